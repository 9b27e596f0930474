/*
 * A network interface, reduced to what probes show: there is no network.
 */
#ifndef _NET_IF_VAR_H_
#define	_NET_IF_VAR_H_

#include <sys/types.h>

#define	IFNAMSIZ	16

/* if_type */
#define	IFT_ETHER	0x06
#define	IFT_LOOP	0x18

struct ifnet {
	struct ifnet	*if_next;
	char		 if_xname[IFNAMSIZ];	/* "em0" */
	u_short		 if_index;
	u_char		 if_type;		/* IFT_LOOP and the like. */
	int		 if_flags;
	u_long		 if_mtu;		/* Largest packet, bytes. */
};

#endif /* !_NET_IF_VAR_H_ */
