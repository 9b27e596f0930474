/*
 * The header of a TCP segment (RFC 9293), in network byte order.
 */
#ifndef _NETINET_TCP_H_
#define	_NETINET_TCP_H_

#include <netinet/in.h>

typedef uint32_t	tcp_seq;

struct tcphdr {
	uint16_t	 th_sport;
	uint16_t	 th_dport;
	tcp_seq		 th_seq;
	tcp_seq		 th_ack;
	uint8_t		 th_x2:4;
	uint8_t		 th_off:4;	/* Header length, words of 4 bytes. */
	uint8_t		 th_flags;
	uint16_t	 th_win;
	uint16_t	 th_sum;
	uint16_t	 th_urp;
};
#define	TH_FIN		0x01
#define	TH_SYN		0x02
#define	TH_RST		0x04
#define	TH_PUSH		0x08
#define	TH_ACK		0x10
#define	TH_URG		0x20
#define	TH_ECE		0x40
#define	TH_CWR		0x80

#endif /* !_NETINET_TCP_H_ */
