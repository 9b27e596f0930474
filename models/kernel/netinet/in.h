/*
 * Internet addresses and protocol numbers.
 */
#ifndef _NETINET_IN_H_
#define	_NETINET_IN_H_

#include <sys/types.h>

typedef uint32_t	in_addr_t;	/* Network byte order. */
typedef uint16_t	in_port_t;	/* Network byte order. */
typedef uint8_t		sa_family_t;
typedef uint32_t	socklen_t;

struct in_addr {
	in_addr_t	 s_addr;
};

struct in6_addr {
	union {
		uint8_t		__u6_addr8[16];
		uint16_t	__u6_addr16[8];
		uint32_t	__u6_addr32[4];
	} __u6_addr;
};

struct sockaddr {
	unsigned char	 sa_len;
	sa_family_t	 sa_family;
	char		 sa_data[14];
};

struct sockaddr_in {
	uint8_t		 sin_len;
	sa_family_t	 sin_family;
	in_port_t	 sin_port;
	struct in_addr	 sin_addr;
	char		 sin_zero[8];
};

struct sockaddr_in6 {
	uint8_t		 sin6_len;
	sa_family_t	 sin6_family;
	in_port_t	 sin6_port;
	uint32_t	 sin6_flowinfo;
	struct in6_addr	 sin6_addr;
	uint32_t	 sin6_scope_id;
};

#define	IPPROTO_IP	0
#define	IPPROTO_ICMP	1
#define	IPPROTO_TCP	6
#define	IPPROTO_UDP	17
#define	IPPROTO_IPV6	41

#endif /* !_NETINET_IN_H_ */
