/*
 * struct termios: how a terminal line treats what passes.  Shared with user
 * land.  The line discipline here is a light one: it knows the flags below that
 * carry a comment and keeps the rest for whoever asks.
 */
#ifndef _SYS__TERMIOS_H_
#define	_SYS__TERMIOS_H_

#define	VEOF		0	/* End of file (^D). */
#define	VEOL		1
#define	VEOL2		2
#define	VERASE		3	/* Delete a character. */
#define	VWERASE		4
#define	VKILL		5	/* Delete the line (^U). */
#define	VREPRINT	6
#define	VERASE2		7
#define	VINTR		8	/* SIGINT (^C). */
#define	VQUIT		9	/* SIGQUIT (^\). */
#define	VSUSP		10
#define	VDSUSP		11
#define	VSTART		12
#define	VSTOP		13
#define	VLNEXT		14
#define	VDISCARD	15
#define	VMIN		16	/* Raw mode: bytes that satisfy a read. */
#define	VTIME		17
#define	VSTATUS		18	/* SIGINFO (^T). */
#define	NCCS		20
#define	_POSIX_VDISABLE	0xff

#define	BRKINT		0x00000002U
#define	ICRNL		0x00000100U	/* Carriage return comes in as newline. */
#define	IXON		0x00000200U
#define	IXANY		0x00000800U
#define	IMAXBEL		0x00002000U

#define	OPOST		0x00000001U	/* Output processing on. */
#define	ONLCR		0x00000002U	/* Newline goes out as CR-LF. */

#define	CS8		0x00000300U
#define	CREAD		0x00000800U
#define	HUPCL		0x00004000U

#define	ECHOKE		0x00000001U
#define	ECHOE		0x00000002U	/* Erase wipes the character out. */
#define	ECHOK		0x00000004U
#define	ECHO		0x00000008U	/* Show what is typed. */
#define	ECHONL		0x00000010U
#define	ECHOCTL		0x00000040U	/* Show control characters as ^X. */
#define	ISIG		0x00000080U	/* ^C and friends make signals. */
#define	ICANON		0x00000100U	/* Input comes by lines. */
#define	IEXTEN		0x00000400U
#define	TOSTOP		0x00400000U
#define	NOFLSH		0x80000000U

typedef	unsigned int	tcflag_t;
typedef	unsigned char	cc_t;
typedef	unsigned int	speed_t;

struct termios {
	tcflag_t	 c_iflag;
	tcflag_t	 c_oflag;
	tcflag_t	 c_cflag;
	tcflag_t	 c_lflag;
	cc_t		 c_cc[NCCS];
	speed_t		 c_ispeed;
	speed_t		 c_ospeed;
};
#define	B9600		9600
#define	B115200		115200

#endif /* !_SYS__TERMIOS_H_ */
