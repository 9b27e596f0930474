/*
 * The address of a local socket: a path.
 */
#ifndef _SYS_UN_H_
#define	_SYS_UN_H_

#include <sys/types.h>

struct sockaddr_un {
	unsigned char	 sun_len;
	unsigned char	 sun_family;	/* AF_UNIX */
	char		 sun_path[104];
};

#endif /* !_SYS_UN_H_ */
