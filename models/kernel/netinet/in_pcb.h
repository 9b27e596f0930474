/*
 * The end of a connection, whatever the protocol: who talks with whom.
 */
#ifndef _NETINET_IN_PCB_H_
#define	_NETINET_IN_PCB_H_

#include <netinet/in.h>

#define	INP_IPV4	0x1
#define	INP_IPV6	0x2

/* Addresses: an IPv4 one lies in the last word of an IPv6 one's place. */
struct in_addr_4in6 {
	uint32_t	 ia46_pad32[3];
	struct in_addr	 ia46_addr4;
};

union in_dependaddr {
	struct in_addr_4in6 id46_addr;
	struct in6_addr	 id6_addr;
};

struct in_endpoints {
	uint16_t	 ie_fport;	/* Foreign. */
	uint16_t	 ie_lport;	/* Local. */
	union in_dependaddr ie_dependfaddr;
	union in_dependaddr ie_dependladdr;
};

struct in_conninfo {
	uint8_t		 inc_flags;
	uint8_t		 inc_len;
	uint16_t	 inc_fibnum;
	struct in_endpoints inc_ie;
};

struct inpcb {
	int		 inp_flags;
	u_char		 inp_vflag;	/* INP_IPV4, INP_IPV6. */
	struct in_conninfo inp_inc;
};

#endif /* !_NETINET_IN_PCB_H_ */
