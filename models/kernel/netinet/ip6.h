/*
 * The header of an IPv6 packet (RFC 8200).  Numbers are in network byte order.
 */
#ifndef _NETINET_IP6_H_
#define	_NETINET_IP6_H_

#include <netinet/in.h>

struct ip6_hdrctl {
	uint32_t	 ip6_un1_flow;	/* Version, class, flow label. */
	uint16_t	 ip6_un1_plen;	/* Payload, bytes. */
	uint8_t		 ip6_un1_nxt;	/* Next header: IPPROTO_. */
	uint8_t		 ip6_un1_hlim;	/* Hops left. */
};

struct ip6_hdr {
	union {
		struct ip6_hdrctl ip6_un1;
		uint8_t	 ip6_un2_vfc;	/* Version in the upper 4 bits. */
	} ip6_ctlun;
	struct in6_addr	 ip6_src;
	struct in6_addr	 ip6_dst;
};
#define	ip6_vfc		ip6_ctlun.ip6_un2_vfc
#define	ip6_flow	ip6_ctlun.ip6_un1.ip6_un1_flow
#define	ip6_plen	ip6_ctlun.ip6_un1.ip6_un1_plen
#define	ip6_nxt		ip6_ctlun.ip6_un1.ip6_un1_nxt
#define	ip6_hlim	ip6_ctlun.ip6_un1.ip6_un1_hlim

#endif /* !_NETINET_IP6_H_ */
