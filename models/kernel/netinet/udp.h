/*
 * The header of a UDP datagram (RFC 768), in network byte order.
 */
#ifndef _NETINET_UDP_H_
#define	_NETINET_UDP_H_

#include <netinet/in.h>

struct udphdr {
	uint16_t	 uh_sport;
	uint16_t	 uh_dport;
	uint16_t	 uh_ulen;	/* Bytes, header included. */
	uint16_t	 uh_sum;
};

#endif /* !_NETINET_UDP_H_ */
