/* Who connects to whom, and who is refused. */
#pragma D option quiet

tcp:::connect-request
{
	@requests[execname, args[2]->ip_daddr, args[4]->tcp_dport] = count();
	began[args[1]->cs_cid] = timestamp;
}

tcp:::connect-established
/began[args[1]->cs_cid]/
{
	@latency["connect (us)", args[3]->tcps_raddr] = quantize((timestamp - began[args[1]->cs_cid]) / 1000);
	began[args[1]->cs_cid] = 0;
}

tcp:::connect-refused,
tcp:::accept-refused
{
	@refused[probename, args[2]->ip_saddr] = count();
}

tcp:::accept-established
{
	@accepted[args[3]->tcps_raddr, args[3]->tcps_lport] = count();
}

tcp:::send,
tcp:::receive
{
	@bytes[probename] = sum(args[2]->ip_plength - args[4]->tcp_offset);
	@flags[args[4]->tcp_flags & TH_SYN ? "SYN" : args[4]->tcp_flags & TH_RST ? "RST" :
	    args[4]->tcp_flags & TH_FIN ? "FIN" : "-"] = count();
}
