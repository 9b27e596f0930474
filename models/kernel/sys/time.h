/*
 * Kinds of time: seconds with microseconds (timeval), nanoseconds (timespec)
 * or a 64-bit binary fraction (bintime); sbintime_t is 32.32 fixed point.
 */
#ifndef _SYS_TIME_H_
#define	_SYS_TIME_H_

#include <sys/types.h>

struct timeval {
	time_t		 tv_sec;
	suseconds_t	 tv_usec;
};

struct timespec {
	time_t		 tv_sec;
	long		 tv_nsec;
};

struct timezone {
	int		 tz_minuteswest;
	int		 tz_dsttime;
};

struct bintime {
	time_t		 sec;
	uint64_t	 frac;
};

struct itimerval {
	struct timeval	 it_interval;
	struct timeval	 it_value;
};
#define	ITIMER_REAL	0
#define	ITIMER_VIRTUAL	1
#define	ITIMER_PROF	2

#define	CLOCK_REALTIME		0
#define	CLOCK_VIRTUAL		1
#define	CLOCK_PROF		2
#define	CLOCK_MONOTONIC		4
#define	CLOCK_UPTIME		5
#define	CLOCK_UPTIME_PRECISE	7
#define	CLOCK_UPTIME_FAST	8
#define	CLOCK_REALTIME_PRECISE	9
#define	CLOCK_REALTIME_FAST	10
#define	CLOCK_MONOTONIC_PRECISE	11
#define	CLOCK_MONOTONIC_FAST	12
#define	CLOCK_SECOND		13
#define	CLOCK_THREAD_CPUTIME_ID	14
#define	CLOCK_PROCESS_CPUTIME_ID 15

#define	SBT_1S		((sbintime_t)1 << 32)
#define	SBT_1M		(SBT_1S * 60)
#define	SBT_1MS		(SBT_1S / 1000)
#define	SBT_1US		(SBT_1S / 1000000)
#define	SBT_1NS		(SBT_1S / 1000000000)
#define	SBT_MAX		0x7fffffffffffffffL

#define	sbintime_getsec(sbt)	((int)((sbt) >> 32))
/* Multiply in two halves: the product with 10^9 needs more than 64 bits. */
#define	sbttons(sbt)							\
	((int64_t)(((sbt) >> 32) * 1000000000L +			\
	    ((((sbt) & 0xffffffffL) * 1000000000L) >> 32)))
#define	nstosbt(ns)							\
	((sbintime_t)((((int64_t)(ns) / 1000000000L) << 32) +		\
	    (((((int64_t)(ns) % 1000000000L) << 32) + 999999999L) / 1000000000L)))
#define	sbttous(sbt)	(sbttons(sbt) / 1000)
#define	sbttoms(sbt)	(sbttons(sbt) / 1000000)
#define	ustosbt(us)	nstosbt((int64_t)(us) * 1000)
#define	mstosbt(ms)	nstosbt((int64_t)(ms) * 1000000)
#define	tstosbt(ts)	(((sbintime_t)(ts).tv_sec << 32) + nstosbt((ts).tv_nsec))
#define	tvtosbt(tv)	(((sbintime_t)(tv).tv_sec << 32) + ustosbt((tv).tv_usec))

#ifdef _KERNEL
extern volatile time_t	time_second;	/* Since 1970; set by hardclock. */
extern volatile time_t	time_uptime;	/* Since boot. */

/* Exact: read the clock.  get...(): as of the last hardclock, cheaper. */
void	binuptime(struct bintime *bt);
void	nanouptime(struct timespec *ts);
void	microuptime(struct timeval *tv);
void	nanotime(struct timespec *ts);
void	microtime(struct timeval *tv);
void	getbinuptime(struct bintime *bt);
void	getnanouptime(struct timespec *ts);
void	getmicrouptime(struct timeval *tv);
void	getnanotime(struct timespec *ts);
void	getmicrotime(struct timeval *tv);
sbintime_t sbinuptime(void);
sbintime_t getsbinuptime(void);
int	tvtohz(struct timeval *tv);
uint64_t cycles_to_ns(uint64_t cycles);
uint64_t sbt_to_cycles(sbintime_t sbt);
void	tc_ticktock(int cnt);
#endif

#endif /* !_SYS_TIME_H_ */
