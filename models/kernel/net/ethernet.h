/*
 * The header of an Ethernet frame, in network byte order.
 */
#ifndef _NET_ETHERNET_H_
#define	_NET_ETHERNET_H_

#include <sys/types.h>

#define	ETHER_ADDR_LEN	6

struct ether_header {
	u_char		 ether_dhost[ETHER_ADDR_LEN];	/* To ... */
	u_char		 ether_shost[ETHER_ADDR_LEN];	/* ... and from. */
	u_short		 ether_type;
};
#define	ETHERTYPE_IP	0x0800
#define	ETHERTYPE_ARP	0x0806
#define	ETHERTYPE_IPV6	0x86dd

struct ether_addr {
	u_char		 octet[ETHER_ADDR_LEN];
};

#endif /* !_NET_ETHERNET_H_ */
