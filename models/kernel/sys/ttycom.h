/*
 * ioctl(2) commands of terminals.  Shared with user land.
 */
#ifndef _SYS_TTYCOM_H_
#define	_SYS_TTYCOM_H_

#include <sys/_termios.h>
#include <sys/ioccom.h>

struct winsize {
	unsigned short	 ws_row;
	unsigned short	 ws_col;
	unsigned short	 ws_xpixel;
	unsigned short	 ws_ypixel;
};

#define	TIOCSCTTY	_IO('t', 97)		/* Become the controlling tty. */
#define	TIOCGETA	_IOR('t', 19, struct termios)
#define	TIOCSETA	_IOW('t', 20, struct termios)
#define	TIOCSETAW	_IOW('t', 21, struct termios)
#define	TIOCSETAF	_IOW('t', 22, struct termios)
#define	TIOCSPGRP	_IOW('t', 118, int)	/* Foreground process group. */
#define	TIOCGPGRP	_IOR('t', 119, int)
#define	TIOCOUTQ	_IOR('t', 115, int)
#define	TIOCGWINSZ	_IOR('t', 104, struct winsize)
#define	TIOCSWINSZ	_IOW('t', 103, struct winsize)
#define	TIOCGSID	_IOR('t', 99, int)

#endif /* !_SYS_TTYCOM_H_ */
