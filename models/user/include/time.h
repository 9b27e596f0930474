/* time.h: clocks and the calendar.  The local time zone is UTC. */
#ifndef _TIME_H_
#define	_TIME_H_

#include <sys/types.h>
#include <sys/time.h>

#define	CLOCKS_PER_SEC	128
#define	TIME_UTC	1

struct tm {
	int	tm_sec;		/* 0-60 */
	int	tm_min;		/* 0-59 */
	int	tm_hour;	/* 0-23 */
	int	tm_mday;	/* 1-31 */
	int	tm_mon;		/* 0-11 */
	int	tm_year;	/* Since 1900. */
	int	tm_wday;	/* 0 is Sunday. */
	int	tm_yday;	/* 0-365 */
	int	tm_isdst;
	long	tm_gmtoff;
	const char *tm_zone;
};

char	*asctime(const struct tm *);
char	*asctime_r(const struct tm *restrict, char *restrict);
clock_t	 clock(void);
int	 clock_getres(clockid_t, struct timespec *);
int	 clock_gettime(clockid_t, struct timespec *);
int	 clock_nanosleep(clockid_t, int, const struct timespec *, struct timespec *);
char	*ctime(const time_t *);
char	*ctime_r(const time_t *, char *);
double	 difftime(time_t, time_t);
struct tm *gmtime(const time_t *);
struct tm *gmtime_r(const time_t *restrict, struct tm *restrict);
struct tm *localtime(const time_t *);
struct tm *localtime_r(const time_t *restrict, struct tm *restrict);
time_t	 mktime(struct tm *);
int	 nanosleep(const struct timespec *, struct timespec *);
size_t	 strftime(char *restrict, size_t, const char *restrict, const struct tm *restrict);
time_t	 time(time_t *);
time_t	 timegm(struct tm *);
int	 timespec_get(struct timespec *, int);
void	 tzset(void);

#endif /* !_TIME_H_ */
