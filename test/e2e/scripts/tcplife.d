/* How long connections last, from established to closed. */
tcp:::state-change
/args[3]->tcps_state == TCP_STATE_ESTABLISHED/
{
	born[args[1]->cs_cid] = timestamp;
}

tcp:::state-change
/args[3]->tcps_state == TCPS_CLOSED && born[args[1]->cs_cid]/
{
	@life[args[3]->tcps_raddr, tcp_state_string[args[5]->tcps_state]] = quantize((timestamp - born[args[1]->cs_cid]) / 1000000);
	born[args[1]->cs_cid] = 0;
}
