/*
 * Datagrams and sockets: arguments of the udp provider.
 */
#pragma D depends_on library ip.d

typedef struct udpinfo {
	uint16_t udp_sport;
	uint16_t udp_dport;
	uint16_t udp_length;	/* Bytes, header included. */
	uint16_t udp_checksum;
	struct udphdr *udp_hdr;
} udpinfo_t;

translator udpinfo_t < struct udphdr *U > {
	udp_sport = U == NULL ? 0 : ntohs(U->uh_sport);
	udp_dport = U == NULL ? 0 : ntohs(U->uh_dport);
	udp_length = U == NULL ? 0 : ntohs(U->uh_ulen);
	udp_checksum = U == NULL ? 0 : ntohs(U->uh_sum);
	udp_hdr = U;
};

typedef struct udpsinfo {
	uintptr_t udps_addr;
	uint16_t udps_lport;
	uint16_t udps_rport;
	string	udps_laddr;
	string	udps_raddr;
} udpsinfo_t;

translator udpsinfo_t < struct inpcb *P > {
	udps_addr = (uintptr_t)P;
	udps_lport = P == NULL ? 0 : ntohs(P->inp_inc.inc_ie.ie_lport);
	udps_rport = P == NULL ? 0 : ntohs(P->inp_inc.inc_ie.ie_fport);
	udps_laddr = P == NULL ? "<unknown>" : P->inp_vflag == 1 ?
	    inet_ntoa(&P->inp_inc.inc_ie.ie_dependladdr.id46_addr.
	    ia46_addr4.s_addr) :
	    inet_ntoa6(&P->inp_inc.inc_ie.ie_dependladdr.id6_addr);
	udps_raddr = P == NULL ? "<unknown>" : P->inp_vflag == 1 ?
	    inet_ntoa(&P->inp_inc.inc_ie.ie_dependfaddr.id46_addr.
	    ia46_addr4.s_addr) :
	    inet_ntoa6(&P->inp_inc.inc_ie.ie_dependfaddr.id6_addr);
};
