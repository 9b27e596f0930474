/*
 * poll(2).  Shared with user land.
 */
#ifndef _SYS_POLL_H_
#define	_SYS_POLL_H_

typedef	unsigned int	nfds_t;

struct pollfd {
	int		 fd;
	short		 events;	/* What to look for ... */
	short		 revents;	/* ... and what there is. */
};

#define	POLLIN		0x0001
#define	POLLPRI		0x0002
#define	POLLOUT		0x0004
#define	POLLERR		0x0008
#define	POLLHUP		0x0010
#define	POLLNVAL	0x0020
#define	POLLRDNORM	0x0040
#define	POLLWRNORM	POLLOUT
#define	INFTIM		(-1)

#ifndef _KERNEL
int	poll(struct pollfd *, nfds_t, int);
#endif

#endif /* !_SYS_POLL_H_ */
