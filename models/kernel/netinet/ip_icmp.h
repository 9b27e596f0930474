/*
 * The header of an ICMP message (RFC 792), in network byte order.
 */
#ifndef _NETINET_IP_ICMP_H_
#define	_NETINET_IP_ICMP_H_

#include <netinet/in.h>
#include <netinet/ip.h>

struct icmp {
	u_char		 icmp_type;
	u_char		 icmp_code;
	u_short		 icmp_cksum;
	union {
		u_char		 ih_pptr;
		struct in_addr	 ih_gwaddr;
		struct {
			uint16_t icd_id;
			uint16_t icd_seq;
		} ih_idseq;		/* Of an echo. */
	} icmp_hun;
};
#define	ICMP_ECHOREPLY	0
#define	ICMP_UNREACH	3
#define	ICMP_ECHO	8

#endif /* !_NETINET_IP_ICMP_H_ */
