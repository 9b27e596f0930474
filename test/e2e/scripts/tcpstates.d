/* State changes of connections. */
#pragma D option quiet
#pragma D option switchrate=25hz

dtrace:::BEGIN
{
	last = timestamp;
	printf("%12s %-20s    %-20s %s:%s\n", "DELTA(us)", "OLD", "NEW", "LADDR", "LPORT");
}

tcp:::state-change
{
	this->elapsed = (timestamp - last) / 1000;
	printf("%12d %-20s -> %-20s %s:%d %s:%d\n", this->elapsed,
	    tcp_state_string[args[5]->tcps_state], tcp_state_string[args[3]->tcps_state],
	    args[3]->tcps_laddr, args[3]->tcps_lport, args[3]->tcps_raddr, args[3]->tcps_rport);
	last = timestamp;
}
