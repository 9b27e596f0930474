/*
 * Packets and interfaces: arguments of the ip provider, and what tcp and udp share
 * with it.
 */
#pragma D depends_on library socket.d

inline short IPPROTO_IP = 0;
inline short IPPROTO_ICMP = 1;
inline short IPPROTO_IGMP = 2;
inline short IPPROTO_IPV4 = 4;
inline short IPPROTO_TCP = 6;
inline short IPPROTO_UDP = 17;
inline short IPPROTO_IPV6 = 41;
inline short IPPROTO_ROUTING = 43;
inline short IPPROTO_FRAGMENT = 44;
inline short IPPROTO_RSVP = 46;
inline short IPPROTO_GRE = 47;
inline short IPPROTO_ESP = 50;
inline short IPPROTO_AH = 51;
inline short IPPROTO_MOBILE = 55;
inline short IPPROTO_ICMPV6 = 58;
inline short IPPROTO_DSTOPTS = 60;
inline short IPPROTO_OSPFIGP = 89;
inline short IPPROTO_ETHERIP = 97;
inline short IPPROTO_PIM = 103;
inline short IPPROTO_IPCOMP = 108;
inline short IPPROTO_SCTP = 132;
inline short IPPROTO_RAW = 255;

inline string protocols[int proto] =
	proto == IPPROTO_IP ? "IP" :
	proto == IPPROTO_ICMP ? "ICMP" :
	proto == IPPROTO_IGMP ? "IGMP" :
	proto == IPPROTO_IPV4 ? "IPV4" :
	proto == IPPROTO_TCP ? "TCP" :
	proto == IPPROTO_UDP ? "UDP" :
	proto == IPPROTO_IPV6 ? "IPV6" :
	proto == IPPROTO_ROUTING ? "ROUTING" :
	proto == IPPROTO_FRAGMENT ? "FRAGMENT" :
	proto == IPPROTO_RSVP ? "RSVP" :
	proto == IPPROTO_GRE ? "GRE" :
	proto == IPPROTO_ESP ? "ESP" :
	proto == IPPROTO_AH ? "AH" :
	proto == IPPROTO_MOBILE ? "MOBILE" :
	proto == IPPROTO_ICMPV6 ? "ICMPV6" :
	proto == IPPROTO_DSTOPTS ? "DSTOPTS" :
	proto == IPPROTO_OSPFIGP ? "OSPFIGP" :
	proto == IPPROTO_ETHERIP ? "ETHERIP" :
	proto == IPPROTO_PIM ? "PIM" :
	proto == IPPROTO_IPCOMP ? "IPCOMP" :
	proto == IPPROTO_SCTP ? "SCTP" :
	proto == IPPROTO_RAW ? "RAW" :
	"<unknown>";

/* inp_vflag, if_flags */
inline uint8_t INP_IPV4 = 0x01;
inline uint8_t INP_IPV6 = 0x02;
inline int IFF_LOOPBACK = 0x8;
inline int IFT_LOOP = 0x18;

typedef uint32_t ipaddr_t;		/* Network byte order. */
typedef struct {
	uint8_t	ipha_version_and_hdr_length;
	uint8_t	ipha_type_of_service;
	uint16_t ipha_length;
	uint16_t ipha_ident;
	uint16_t ipha_fragment_offset_and_flags;
	uint8_t	ipha_ttl;
	uint8_t	ipha_protocol;
	uint16_t ipha_hdr_checksum;
	ipaddr_t ipha_src;
	ipaddr_t ipha_dst;
} ipha_t;			/* An IPv4 header, as others spell it. */
typedef struct in6_addr in6_addr_t;
typedef int zoneid_t;

typedef struct pktinfo {
	uintptr_t pkt_addr;
} pktinfo_t;

translator pktinfo_t < void *P > {
	pkt_addr = (uintptr_t)P;
};

typedef struct csinfo {
	uintptr_t cs_addr;
	uint64_t cs_cid;	/* Tells connections apart. */
	pid_t	cs_pid;
	zoneid_t cs_zoneid;
} csinfo_t;

translator csinfo_t < void *P > {
	cs_addr = 0;
	cs_cid = (uint64_t)P;
	cs_pid = 0;
	cs_zoneid = 0;
};

translator csinfo_t < struct inpcb *P > {
	cs_addr = 0;
	cs_cid = (uint64_t)P;
	cs_pid = 0;
	cs_zoneid = 0;
};

translator csinfo_t < struct tcpcb *P > {
	cs_addr = 0;
	cs_cid = (uint64_t)(P == NULL ? NULL : P->t_inpcb);
	cs_pid = 0;
	cs_zoneid = 0;
};

typedef struct ipinfo {
	uint8_t	ip_ver;
	uint32_t ip_plength;	/* Payload, bytes. */
	string	ip_saddr;
	string	ip_daddr;
} ipinfo_t;

/* The upper half of a packet's first byte is its version. */
translator ipinfo_t < uint8_t *P > {
	ip_ver = P == NULL ? 0 : *P >> 4;
	ip_plength = P == NULL ? 0 : *P >> 4 == 4 ?
	    ntohs(((struct ip *)P)->ip_len) - ((*P & 0xf) << 2) :
	    *P >> 4 == 6 ?
	    ntohs(((struct ip6_hdr *)P)->ip6_ctlun.ip6_un1.ip6_un1_plen) : 0;
	ip_saddr = P == NULL ? "<unknown>" : *P >> 4 == 4 ?
	    inet_ntoa(&((struct ip *)P)->ip_src.s_addr) : *P >> 4 == 6 ?
	    inet_ntoa6(&((struct ip6_hdr *)P)->ip6_src) : "<unknown>";
	ip_daddr = P == NULL ? "<unknown>" : *P >> 4 == 4 ?
	    inet_ntoa(&((struct ip *)P)->ip_dst.s_addr) : *P >> 4 == 6 ?
	    inet_ntoa6(&((struct ip6_hdr *)P)->ip6_dst) : "<unknown>";
};

translator ipinfo_t < struct mbuf *M > {
	ip_ver = M == NULL ? 0 : *(uint8_t *)M->m_data >> 4;
	ip_plength = M == NULL ? 0 : *(uint8_t *)M->m_data >> 4 == 4 ?
	    ntohs(((struct ip *)M->m_data)->ip_len) -
	    ((*(uint8_t *)M->m_data & 0xf) << 2) :
	    *(uint8_t *)M->m_data >> 4 == 6 ?
	    ntohs(((struct ip6_hdr *)M->m_data)->
	    ip6_ctlun.ip6_un1.ip6_un1_plen) : 0;
	ip_saddr = M == NULL ? "<unknown>" :
	    *(uint8_t *)M->m_data >> 4 == 4 ?
	    inet_ntoa(&((struct ip *)M->m_data)->ip_src.s_addr) :
	    *(uint8_t *)M->m_data >> 4 == 6 ?
	    inet_ntoa6(&((struct ip6_hdr *)M->m_data)->ip6_src) : "<unknown>";
	ip_daddr = M == NULL ? "<unknown>" :
	    *(uint8_t *)M->m_data >> 4 == 4 ?
	    inet_ntoa(&((struct ip *)M->m_data)->ip_dst.s_addr) :
	    *(uint8_t *)M->m_data >> 4 == 6 ?
	    inet_ntoa6(&((struct ip6_hdr *)M->m_data)->ip6_dst) : "<unknown>";
};

typedef struct ifinfo {
	string	if_name;
	int8_t	if_local;	/* 1: the loopback interface. */
	id_t	if_ipstack;	/* There is one: 0. */
	uintptr_t if_addr;
} ifinfo_t;

translator ifinfo_t < struct ifnet *I > {
	if_name = I == NULL ? "<unknown>" : stringof(I->if_xname);
	if_ipstack = 0;
	if_local = I == NULL ? 0 : I->if_type == 0x18;
	if_addr = (uintptr_t)I;
};

typedef struct ipv4info {
	uint8_t	ipv4_ver;
	uint8_t	ipv4_ihl;	/* Header, bytes / 4. */
	uint8_t	ipv4_tos;
	uint16_t ipv4_length;	/* Bytes, header included. */
	uint16_t ipv4_ident;
	uint8_t	ipv4_flags;
	uint16_t ipv4_offset;
	uint8_t	ipv4_ttl;
	uint8_t	ipv4_protocol;
	string	ipv4_protostr;
	uint16_t ipv4_checksum;
	ipaddr_t ipv4_src;
	ipaddr_t ipv4_dst;
	string	ipv4_saddr;
	string	ipv4_daddr;
	ipha_t	*ipv4_hdr;
} ipv4info_t;

translator ipv4info_t < struct ip *P > {
	ipv4_ver = P == NULL ? 0 : 4;
	ipv4_ihl = P == NULL ? 0 : P->ip_hl;
	ipv4_tos = P == NULL ? 0 : P->ip_tos;
	ipv4_length = P == NULL ? 0 : ntohs(P->ip_len);
	ipv4_ident = P == NULL ? 0 : ntohs(P->ip_id);
	ipv4_flags = P == NULL ? 0 : ntohs(P->ip_off) >> 13;
	ipv4_offset = P == NULL ? 0 : ntohs(P->ip_off) & 0x1fff;
	ipv4_ttl = P == NULL ? 0 : P->ip_ttl;
	ipv4_protocol = P == NULL ? 0 : P->ip_p;
	ipv4_protostr = P == NULL ? "<null>" : protocols[P->ip_p];
	ipv4_checksum = P == NULL ? 0 : ntohs(P->ip_sum);
	ipv4_src = P == NULL ? 0 : P->ip_src.s_addr;
	ipv4_dst = P == NULL ? 0 : P->ip_dst.s_addr;
	ipv4_saddr = P == NULL ? "<null>" : inet_ntoa(&P->ip_src.s_addr);
	ipv4_daddr = P == NULL ? "<null>" : inet_ntoa(&P->ip_dst.s_addr);
	ipv4_hdr = (ipha_t *)P;
};

typedef struct ipv6info {
	uint8_t	ipv6_ver;
	uint8_t	ipv6_tclass;
	uint32_t ipv6_flow;
	uint16_t ipv6_plen;	/* Payload, bytes. */
	uint8_t	ipv6_nexthdr;
	string	ipv6_nextstr;
	uint8_t	ipv6_hlim;
	in6_addr_t *ipv6_src;
	in6_addr_t *ipv6_dst;
	string	ipv6_saddr;
	string	ipv6_daddr;
	struct ip6_hdr *ipv6_hdr;
} ipv6info_t;

translator ipv6info_t < struct ip6_hdr *P > {
	ipv6_ver = P == NULL ? 0 : 6;
	ipv6_tclass = P == NULL ? 0 :
	    ntohl(P->ip6_ctlun.ip6_un1.ip6_un1_flow) >> 20 & 0xff;
	ipv6_flow = P == NULL ? 0 :
	    ntohl(P->ip6_ctlun.ip6_un1.ip6_un1_flow) & 0xfffff;
	ipv6_plen = P == NULL ? 0 :
	    ntohs(P->ip6_ctlun.ip6_un1.ip6_un1_plen);
	ipv6_nexthdr = P == NULL ? 0 : P->ip6_ctlun.ip6_un1.ip6_un1_nxt;
	ipv6_nextstr = P == NULL ? "<null>" :
	    protocols[P->ip6_ctlun.ip6_un1.ip6_un1_nxt];
	ipv6_hlim = P == NULL ? 0 : P->ip6_ctlun.ip6_un1.ip6_un1_hlim;
	ipv6_src = P == NULL ? 0 : (in6_addr_t *)&P->ip6_src;
	ipv6_dst = P == NULL ? 0 : (in6_addr_t *)&P->ip6_dst;
	ipv6_saddr = P == NULL ? "<null>" : inet_ntoa6(&P->ip6_src);
	ipv6_daddr = P == NULL ? "<null>" : inet_ntoa6(&P->ip6_dst);
	ipv6_hdr = P;
};
