/* Every segment with its flags, sequence numbers and windows. */
#pragma D option quiet
#pragma D option switchrate=10hz

tcp:::send, tcp:::receive
{
	this->f = args[4]->tcp_flags;
	printf("%d %s %s:%d -> %s:%d seq=%u ack=%u win=%u %s%s%s%s%s cwnd=%d ssthresh=%d rto=%d mss=%d\n", cpu, probename,
	    args[2]->ip_saddr, args[4]->tcp_sport, args[2]->ip_daddr, args[4]->tcp_dport,
	    args[4]->tcp_seq, args[4]->tcp_ack, args[4]->tcp_window,
	    this->f & TH_SYN ? "S" : "", this->f & TH_ACK ? "A" : "", this->f & TH_PUSH ? "P" : "",
	    this->f & TH_FIN ? "F" : "", this->f & TH_RST ? "R" : "",
	    args[3]->tcps_cwnd, args[3]->tcps_cwnd_ssthresh, args[3]->tcps_rto, args[3]->tcps_mss);
}

tcp:::send
/args[3]->tcps_retransmit/
{
	@retransmits[args[3]->tcps_raddr, args[3]->tcps_rport] = count();
}

tcp:::receive-autoresize
{
	@resize[args[3]->tcps_raddr] = max(args[5]);
}
