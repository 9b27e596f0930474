/* Times in microseconds and nanoseconds, interval timers, arithmetic. */
#ifndef _SYS_TIME_H_
#define	_SYS_TIME_H_

#include <sys/_timespec.h>

struct timeval {
	time_t		tv_sec;
	suseconds_t	tv_usec;
};
struct timezone {
	int	tz_minuteswest;
	int	tz_dsttime;
};
struct itimerval {
	struct timeval	it_interval;	/* Again after. */
	struct timeval	it_value;	/* First time after. */
};
#define	ITIMER_REAL	0
#define	ITIMER_VIRTUAL	1
#define	ITIMER_PROF	2

#define	CLOCK_REALTIME		0
#define	CLOCK_VIRTUAL		1
#define	CLOCK_PROF		2
#define	CLOCK_MONOTONIC		4
#define	CLOCK_UPTIME		5
#define	CLOCK_THREAD_CPUTIME_ID	14
#define	CLOCK_PROCESS_CPUTIME_ID 15
#define	TIMER_ABSTIME		1

#define	timerclear(t)	((t)->tv_sec = (t)->tv_usec = 0)
#define	timerisset(t)	((t)->tv_sec != 0 || (t)->tv_usec != 0)
#define	timercmp(a, b, op)						\
	((a)->tv_sec == (b)->tv_sec ? (a)->tv_usec op (b)->tv_usec :	\
	(a)->tv_sec op (b)->tv_sec)
#define	timeradd(a, b, r) do {						\
	(r)->tv_sec = (a)->tv_sec + (b)->tv_sec;			\
	(r)->tv_usec = (a)->tv_usec + (b)->tv_usec;			\
	if ((r)->tv_usec >= 1000000) {					\
		(r)->tv_sec++;						\
		(r)->tv_usec -= 1000000;				\
	}								\
} while (0)
#define	timersub(a, b, r) do {						\
	(r)->tv_sec = (a)->tv_sec - (b)->tv_sec;			\
	(r)->tv_usec = (a)->tv_usec - (b)->tv_usec;			\
	if ((r)->tv_usec < 0) {						\
		(r)->tv_sec--;						\
		(r)->tv_usec += 1000000;				\
	}								\
} while (0)

int	getitimer(int, struct itimerval *);
int	gettimeofday(struct timeval *, struct timezone *);
int	setitimer(int, const struct itimerval *, struct itimerval *);

#endif /* !_SYS_TIME_H_ */
