/* A line for each packet. */
#pragma D option quiet

ip:::send,
ip:::receive
{
	printf("%-8s %-10s %s > %s %d bytes %s hl=%d ttl=%d\n", probename, args[3]->if_name, args[2]->ip_saddr,
	    args[2]->ip_daddr, args[2]->ip_plength,
	    args[2]->ip_ver == 4 ? args[4]->ipv4_protostr : args[5]->ipv6_nextstr,
	    args[4]->ipv4_ihl << 2, args[4]->ipv4_ttl);
}

udp:::send,
udp:::receive
{
	@udp[probename, args[2]->ip_daddr, args[4]->udp_dport] = sum(args[4]->udp_length);
	@sockets[args[3]->udps_laddr, args[3]->udps_lport] = count();
}
