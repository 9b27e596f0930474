/* Packets and bytes by protocol, for both versions of IP. */
ip:::send
/args[2]->ip_ver == 4/
{
	@packets[args[4]->ipv4_protostr, "out"] = count();
	@bytes[args[4]->ipv4_saddr, args[4]->ipv4_daddr] = sum(args[4]->ipv4_length);
	@ttl = lquantize(args[4]->ipv4_ttl, 0, 256, 32);
	@frag[args[4]->ipv4_flags, args[4]->ipv4_offset] = count();
}

ip:::receive
/args[2]->ip_ver == 6/
{
	@packets[args[5]->ipv6_nextstr, "in"] = count();
	@bytes[args[5]->ipv6_saddr, args[5]->ipv6_daddr] = sum(args[5]->ipv6_plen);
}

ip:::receive
/args[3]->if_local/
{
	@local[args[3]->if_name] = count();
}
