/*
 * The head of a packet in memory.  Reduced to what probes show: there is no network.
 */
#ifndef _SYS_MBUF_H_
#define	_SYS_MBUF_H_

#include <sys/types.h>

struct ifnet;

struct pkthdr {
	struct ifnet	*rcvif;		/* Interface it came by. */
	int32_t		 len;		/* Bytes of the whole packet. */
	uint32_t	 flowid;	/* Packets of a flow have the same. */
	uint32_t	 csum_flags;
	uint16_t	 fibnum;
	uint16_t	 ether_vtag;
};

struct mbuf {
	struct mbuf	*m_next;	/* Next piece of this packet. */
	struct mbuf	*m_nextpkt;	/* Next packet of the queue. */
	caddr_t		 m_data;	/* Where the data begins. */
	int32_t		 m_len;		/* Bytes in this piece. */
	uint32_t	 m_type;
	uint32_t	 m_flags;
	struct pkthdr	 m_pkthdr;	/* Of a packet's first piece. */
};

#endif /* !_SYS_MBUF_H_ */
