/*
 * How an ioctl(2) command word is made: direction in the top three bits, size
 * of the argument, a group letter and a number.  sys_ioctl() copies the argument
 * in and out by that, so drivers see kernel memory only.  Shared with user land.
 *
 *   31  30  29  28 ... 16   15 ... 8   7 ... 0
 *   in  out void  length     group     number
 */
#ifndef _SYS_IOCCOM_H_
#define	_SYS_IOCCOM_H_

#define	IOCPARM_SHIFT	13
#define	IOCPARM_MASK	((1 << IOCPARM_SHIFT) - 1)
#define	IOCPARM_LEN(x)	(((x) >> 16) & IOCPARM_MASK)
#define	IOCPARM_MAX	(1 << IOCPARM_SHIFT)
#define	IOCGROUP(x)	(((x) >> 8) & 0xff)

#define	IOC_VOID	0x20000000UL
#define	IOC_OUT		0x40000000UL
#define	IOC_IN		0x80000000UL
#define	IOC_INOUT	(IOC_IN | IOC_OUT)

#define	_IOC(inout, group, num, len)	((unsigned long)		\
	((inout) | (((len) & IOCPARM_MASK) << 16) | ((group) << 8) | (num)))
#define	_IO(g, n)	_IOC(IOC_VOID, (g), (n), 0)
#define	_IOWINT(g, n)	_IOC(IOC_VOID, (g), (n), sizeof(int))
#define	_IOR(g, n, t)	_IOC(IOC_OUT, (g), (n), sizeof(t))
#define	_IOW(g, n, t)	_IOC(IOC_IN, (g), (n), sizeof(t))
#define	_IOWR(g, n, t)	_IOC(IOC_INOUT, (g), (n), sizeof(t))

#ifndef _KERNEL
int	ioctl(int, unsigned long, ...);
#endif

#endif /* !_SYS_IOCCOM_H_ */
