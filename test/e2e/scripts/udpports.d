/* Datagrams by port. */
udp:::receive
{
	@in[args[4]->udp_dport, args[4]->udp_dport == 53 ? "dns" : args[4]->udp_dport == 123 ? "ntp" : "other"] = count();
	@size = quantize(args[4]->udp_length);
}

udp:::send
{
	@out[args[3]->udps_raddr, args[3]->udps_rport, args[1]->cs_cid != 0] = sum(args[4]->udp_length);
}
