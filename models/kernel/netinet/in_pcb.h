/*
 * The end of a connection, whatever the protocol: who talks with whom.
 */
#ifndef _NETINET_IN_PCB_H_
#define	_NETINET_IN_PCB_H_

#include <netinet/in.h>

struct socket;
struct ucred;

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
	struct socket	*inp_socket;	/* Above. */
	void		*inp_ppcb;	/* The protocol's own: struct tcpcb. */
	struct ucred	*inp_cred;
	int		 inp_flags;
	int		 inp_flags2;
	uint32_t	 inp_flow;
	u_char		 inp_vflag;	/* INP_IPV4, INP_IPV6. */
	u_char		 inp_ip_ttl;
	u_char		 inp_ip_p;	/* IPPROTO_. */
	u_char		 inp_ip_minttl;
	struct in_conninfo inp_inc;
};
#define	inp_fport	inp_inc.inc_ie.ie_fport
#define	inp_lport	inp_inc.inc_ie.ie_lport

#endif /* !_NETINET_IN_PCB_H_ */
