/*
 * ioctl(2) commands that every file has.  Shared with user land.
 */
#ifndef _SYS_FILIO_H_
#define	_SYS_FILIO_H_

#include <sys/ioccom.h>

#define	FIOCLEX		_IO('f', 1)		/* Close on exec ... */
#define	FIONCLEX	_IO('f', 2)		/* ... or not. */
#define	FIONREAD	_IOR('f', 127, int)	/* Bytes to read. */
#define	FIONBIO		_IOW('f', 126, int)	/* Non-blocking I/O. */

#endif /* !_SYS_FILIO_H_ */
