/*
 * Parameters of the kernel: limits, priorities and rounding.
 *
 * Priorities are those of FreeBSD 13: small numbers run first.  Interrupt
 * threads 0-47, realtime 48-79, sleeping in the kernel 80-119, timeshare
 * 120-223, idle 224-255.
 */
#ifndef _SYS_PARAM_H_
#define	_SYS_PARAM_H_

#include <sys/types.h>
#include <sys/errno.h>
#include <sys/signal.h>
#include <sys/time.h>
#include <machine/param.h>

#define	MAXCOMLEN	19		/* Longest name of a process or thread. */
#define	MAXHOSTNAMELEN	256
#define	MAXPATHLEN	1024
#define	PATH_MAX	MAXPATHLEN
#define	MAXPHYS		(1024 * 1024)
#define	NGROUPS		16
#define	NOFILE		256
#define	ARG_MAX		(256 * 1024)
#define	NZERO		0

/* Interrupt threads. */
#define	PRI_MIN			0
#define	PRI_MAX			255
#define	PRI_MIN_ITHD		PRI_MIN
#define	PRI_MAX_ITHD		(PRI_MIN_REALTIME - 1)
#define	PI_REALTIME		(PRI_MIN_ITHD + 0)
#define	PI_AV			(PRI_MIN_ITHD + 4)
#define	PI_NET			(PRI_MIN_ITHD + 8)
#define	PI_DISK			(PRI_MIN_ITHD + 12)
#define	PI_TTY			(PRI_MIN_ITHD + 16)
#define	PI_DULL			(PRI_MIN_ITHD + 20)
#define	PI_SOFT			(PRI_MIN_ITHD + 24)
#define	PI_SWI(x)		(PI_SOFT + (x) * RQ_PPQ)
/* Realtime threads. */
#define	PRI_MIN_REALTIME	48
#define	PRI_MAX_REALTIME	(PRI_MIN_KERN - 1)
/* Threads that sleep in the kernel. */
#define	PRI_MIN_KERN		80
#define	PRI_MAX_KERN		(PRI_MIN_TIMESHARE - 1)
#define	PSWP			(PRI_MIN_KERN + 0)
#define	PVM			(PRI_MIN_KERN + 4)
#define	PINOD			(PRI_MIN_KERN + 8)
#define	PRIBIO			(PRI_MIN_KERN + 12)
#define	PVFS			(PRI_MIN_KERN + 16)
#define	PZERO			(PRI_MIN_KERN + 20)
#define	PSOCK			(PRI_MIN_KERN + 24)
#define	PWAIT			(PRI_MIN_KERN + 28)
#define	PLOCK			(PRI_MIN_KERN + 32)
#define	PPAUSE			(PRI_MIN_KERN + 36)
/* Timeshare: a thread of its own making. */
#define	PRI_MIN_TIMESHARE	120
#define	PRI_MAX_TIMESHARE	(PRI_MIN_IDLE - 1)
#define	PUSER			PRI_MIN_TIMESHARE
#define	PRI_MIN_IDLE		224
#define	PRI_MAX_IDLE		PRI_MAX
/* Priority classes; PRI_FIFO_BIT: without time slices. */
#define	PRI_ITHD		1
#define	PRI_REALTIME		2
#define	PRI_TIMESHARE		3
#define	PRI_IDLE		4
#define	PRI_FIFO_BIT		8
#define	PRI_FIFO		(PRI_FIFO_BIT | PRI_REALTIME)
#define	PRI_BASE(p)		((p) & ~PRI_FIFO_BIT)

/* Run queues: four priorities a list. */
#define	RQ_NQS			64
#define	RQ_PPQ			4

/* Flags in the priority argument of sleep functions. */
#define	PRIMASK			0x0ff
#define	PCATCH			0x100	/* Signals interrupt the sleep. */
#define	PDROP			0x200	/* Don't take the interlock again. */

/* Tables and rounding. */
#ifndef nitems
#define	nitems(x)		(sizeof(x) / sizeof((x)[0]))
#endif
#define	howmany(x, y)		(((x) + ((y) - 1)) / (y))
#define	rounddown(x, y)		(((x) / (y)) * (y))
#define	rounddown2(x, y)	((x) & ~((y) - 1UL))
#define	roundup(x, y)		((((x) + ((y) - 1)) / (y)) * (y))
#define	roundup2(x, y)		(((x) + ((y) - 1UL)) & ~((y) - 1UL))
#define	powerof2(x)		((((x) - 1) & (x)) == 0)
#define	MIN(a, b)		(((a) < (b)) ? (a) : (b))
#define	MAX(a, b)		(((a) > (b)) ? (a) : (b))
#define	NBBY			8
#define	setbit(a, i)	(((unsigned char *)(a))[(i) / NBBY] |= 1 << ((i) % NBBY))
#define	clrbit(a, i)	(((unsigned char *)(a))[(i) / NBBY] &= ~(1 << ((i) % NBBY)))
#define	isset(a, i)	(((const unsigned char *)(a))[(i) / NBBY] & (1 << ((i) % NBBY)))
#define	isclr(a, i)	(isset(a, i) == 0)

#define	FSHIFT			11	/* Fixed point, load averages. */
#define	FSCALE			(1 << FSHIFT)

#ifdef _KERNEL
#include <sys/systm.h>
#endif

#endif /* !_SYS_PARAM_H_ */
