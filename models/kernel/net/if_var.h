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
	void		*if_softc;		/* The driver's own. */
	const char	*if_dname;		/* Driver: "em" ... */
	int		 if_dunit;		/* ... and unit: 0. */
	char		 if_xname[IFNAMSIZ];	/* "em0" */
	u_short		 if_index;
	u_char		 if_type;		/* IFT_LOOP and the like. */
	u_char		 if_addrlen;
	u_char		 if_hdrlen;
	int		 if_flags;
	int		 if_drv_flags;
	int		 if_capabilities;
	int		 if_capenable;
	uint64_t	 if_baudrate;		/* Bits a second. */
	uint64_t	 if_hwassist;
	u_long		 if_mtu;		/* Largest packet, bytes. */
};

#endif /* !_NET_IF_VAR_H_ */
