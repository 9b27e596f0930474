/*
 * The header of an IPv4 packet (RFC 791).  Numbers are in network byte order.
 */
#ifndef _NETINET_IP_H_
#define	_NETINET_IP_H_

#include <netinet/in.h>

struct ip {
	uint8_t		 ip_hl:4;	/* Header length, words of 4 bytes. */
	uint8_t		 ip_v:4;	/* 4 */
	uint8_t		 ip_tos;
	uint16_t	 ip_len;	/* Bytes, header included. */
	uint16_t	 ip_id;
	uint16_t	 ip_off;	/* Flags and fragment offset. */
	uint8_t		 ip_ttl;
	uint8_t		 ip_p;		/* IPPROTO_. */
	uint16_t	 ip_sum;
	struct in_addr	 ip_src;
	struct in_addr	 ip_dst;
};
#define	IP_RF		0x8000
#define	IP_DF		0x4000		/* Don't fragment. */
#define	IP_MF		0x2000		/* More fragments follow. */
#define	IP_OFFMASK	0x1fff

#endif /* !_NETINET_IP_H_ */
