/*
 * select(2): sets of descriptors, a bit each.  Shared with user land.
 */
#ifndef _SYS_SELECT_H_
#define	_SYS_SELECT_H_

#include <sys/types.h>
#include <sys/time.h>

#define	FD_SETSIZE	1024
#define	_NFDBITS	(8 * sizeof(unsigned long))

typedef struct fd_set {
	unsigned long	 __fds_bits[FD_SETSIZE / _NFDBITS];
} fd_set;

#define	_FD_BIT(n)	(1UL << ((n) % _NFDBITS))
#define	FD_SET(n, p)	((p)->__fds_bits[(n) / _NFDBITS] |= _FD_BIT(n))
#define	FD_CLR(n, p)	((p)->__fds_bits[(n) / _NFDBITS] &= ~_FD_BIT(n))
#define	FD_ISSET(n, p)	(((p)->__fds_bits[(n) / _NFDBITS] & _FD_BIT(n)) != 0)
#define	FD_ZERO(p) do {							\
	unsigned int _i;						\
									\
	for (_i = 0; _i < FD_SETSIZE / _NFDBITS; _i++)			\
		(p)->__fds_bits[_i] = 0;				\
} while (0)

#ifndef _KERNEL
int	select(int, fd_set *, fd_set *, fd_set *, struct timeval *);
#endif

#endif /* !_SYS_SELECT_H_ */
