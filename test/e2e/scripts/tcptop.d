#!/usr/sbin/dtrace -Zs
/* Bytes by connection. */
#pragma D option quiet

tcp:::receive
{
	@in[args[2]->ip_daddr, args[4]->tcp_dport, args[2]->ip_saddr, args[4]->tcp_sport] =
	    sum(args[2]->ip_plength - args[4]->tcp_offset);
}

tcp:::send
{
	@out[args[2]->ip_saddr, args[4]->tcp_sport, args[2]->ip_daddr, args[4]->tcp_dport] =
	    sum(args[2]->ip_plength - args[4]->tcp_offset);
}

profile:::tick-5s
{
	printf("%-18s %6s %-18s %6s %10s %10s\n", "LADDR", "LPORT", "RADDR", "RPORT", "IN", "OUT");
	printa("%-18s %6d %-18s %6d %@10d %@10d\n", @in, @out);
	clear(@in);
	clear(@out);
}
