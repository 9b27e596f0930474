/*
 * The probes of the ip, tcp and udp providers, in one place as on FreeBSD.
 *
 * There is no network in this machine yet: nothing fires.  The probes and the structures
 * behind their arguments exist so that scripts about networks compile and enable.
 */
#include <sys/param.h>
#include <sys/mbuf.h>
#include <sys/sdt.h>
#include <sys/socketvar.h>
#include <sys/un.h>
#include <net/ethernet.h>
#include <net/if_var.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp_var.h>
#include <netinet/udp.h>

SDT_PROVIDER_DEFINE(ip);
SDT_PROVIDER_DEFINE(tcp);
SDT_PROVIDER_DEFINE(udp);

#define	IP_PROBE(name)							\
	SDT_PROBE_DEFINE6_XLATE(ip, , , name, "void *", "pktinfo_t *",	\
	    "void *", "csinfo_t *", "uint8_t *", "ipinfo_t *",		\
	    "struct ifnet *", "ifinfo_t *", "struct ip *", "ipv4info_t *", \
	    "struct ip6_hdr *", "ipv6info_t *")
IP_PROBE(send);
IP_PROBE(receive);

/* A segment that comes: its header is in host byte order already. */
#define	TCP_IN(name)							\
	SDT_PROBE_DEFINE5_XLATE(tcp, , , name, "void *", "pktinfo_t *",	\
	    "struct tcpcb *", "csinfo_t *", "struct mbuf *", "ipinfo_t *", \
	    "struct tcpcb *", "tcpsinfo_t *", "struct tcphdr *", "tcpinfoh_t *")
/* One that goes. */
#define	TCP_OUT(name, packet)						\
	SDT_PROBE_DEFINE5_XLATE(tcp, , , name, "void *", "pktinfo_t *",	\
	    "struct tcpcb *", "csinfo_t *", packet, "ipinfo_t *",	\
	    "struct tcpcb *", "tcpsinfo_t *", "struct tcphdr *", "tcpinfo_t *")
TCP_IN(accept__established);
TCP_OUT(accept__refused, "struct mbuf *");
TCP_IN(connect__established);
TCP_IN(connect__refused);
TCP_OUT(connect__request, "uint8_t *");
TCP_IN(receive);
TCP_OUT(send, "uint8_t *");
SDT_PROBE_DEFINE6_XLATE(tcp, , , state__change, "void *", "void *",
    "struct tcpcb *", "csinfo_t *", "void *", "void *", "struct tcpcb *",
    "tcpsinfo_t *", "void *", "void *", "int", "tcplsinfo_t *");
SDT_PROBE_DEFINE6_XLATE(tcp, , , receive__autoresize, "void *", "void *",
    "struct tcpcb *", "csinfo_t *", "struct mbuf *", "ipinfo_t *",
    "struct tcpcb *", "tcpsinfo_t *", "struct tcphdr *", "tcpinfoh_t *",
    "int", "int");

#define	UDP_PROBE(name)							\
	SDT_PROBE_DEFINE5_XLATE(udp, , , name, "void *", "pktinfo_t *",	\
	    "struct inpcb *", "csinfo_t *", "uint8_t *", "ipinfo_t *",	\
	    "struct inpcb *", "udpsinfo_t *", "struct udphdr *", "udpinfo_t *")
UDP_PROBE(receive);
UDP_PROBE(send);
