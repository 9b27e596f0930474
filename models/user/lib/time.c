/*
 * Clocks, and the Gregorian calendar in UTC.
 *
 * Days are counted from 1 March of year 0, so that the leap day is the last of
 * its year and 400 years are always 146097 days.
 */
#include <sys/resource.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define	DAY		86400L
#define	EPOCH_DAYS	719468L		/* 1 March 0 to 1 January 1970. */

static const char *const days[] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday"
};
static const char *const months[] = {
	"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December"
};

time_t
time(time_t *tp)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_REALTIME, &ts) == -1)
		return (-1);
	if (tp != NULL)
		*tp = ts.tv_sec;
	return (ts.tv_sec);
}

clock_t
clock(void)
{
	struct rusage ru;
	long usec;

	if (getrusage(RUSAGE_SELF, &ru) == -1)
		return (-1);
	usec = (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1000000 +
	    ru.ru_utime.tv_usec + ru.ru_stime.tv_usec;
	return (usec * CLOCKS_PER_SEC / 1000000);
}

double
difftime(time_t a, time_t b)
{
	return ((double)(a - b));
}

int
timespec_get(struct timespec *ts, int base)
{
	return (base == TIME_UTC && clock_gettime(CLOCK_REALTIME, ts) == 0 ?
	    base : 0);
}

unsigned
sleep(unsigned seconds)
{
	struct timespec want = { seconds, 0 }, left;

	if (nanosleep(&want, &left) == 0)
		return (0);
	if (errno != EINTR)
		return (seconds);
	return (left.tv_sec + (left.tv_nsec != 0));
}

int
usleep(useconds_t usec)
{
	struct timespec want = { usec / 1000000, usec % 1000000 * 1000L };

	return (nanosleep(&want, NULL));
}

unsigned
alarm(unsigned seconds)
{
	struct itimerval it = { { 0, 0 }, { seconds, 0 } }, old;

	if (setitimer(ITIMER_REAL, &it, &old) == -1)
		return (0);
	return (old.it_value.tv_sec + (old.it_value.tv_usec != 0));
}

struct tm *
gmtime_r(const time_t *restrict tp, struct tm *restrict tm)
{
	long day, sec, era, doe, yoe, doy, m, year;
	int leap;

	day = *tp / DAY;
	sec = *tp % DAY;
	if (sec < 0) {
		sec += DAY;
		day--;
	}
	tm->tm_hour = sec / 3600;
	tm->tm_min = sec / 60 % 60;
	tm->tm_sec = sec % 60;
	tm->tm_wday = (day % 7 + 11) % 7;	/* Day 0 was a Thursday. */

	day += EPOCH_DAYS;
	era = (day >= 0 ? day : day - 146096) / 146097;
	doe = day - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	m = (5 * doy + 2) / 153;		/* 0 is March. */
	tm->tm_mday = doy - (153 * m + 2) / 5 + 1;
	tm->tm_mon = m < 10 ? m + 2 : m - 10;
	year = yoe + era * 400 + (tm->tm_mon < 2);
	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	tm->tm_yday = tm->tm_mon < 2 ? doy - 306 : doy + 59 + leap;
	tm->tm_year = year - 1900;
	tm->tm_isdst = 0;
	tm->tm_gmtoff = 0;
	tm->tm_zone = "UTC";
	return (tm);
}

struct tm *
localtime_r(const time_t *restrict tp, struct tm *restrict tm)
{
	return (gmtime_r(tp, tm));
}

struct tm *
gmtime(const time_t *tp)
{
	static struct tm tm;

	return (gmtime_r(tp, &tm));
}

struct tm *
localtime(const time_t *tp)
{
	return (gmtime(tp));
}

/* Also brings every member into its range. */
time_t
timegm(struct tm *tm)
{
	long year, mon, y, m, era, yoe, doy, day;
	time_t t;

	mon = tm->tm_mon;
	year = tm->tm_year + 1900L + mon / 12;
	mon %= 12;
	if (mon < 0) {
		mon += 12;
		year--;
	}
	y = mon < 2 ? year - 1 : year;
	m = mon < 2 ? mon + 10 : mon - 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * m + 2) / 5;
	day = era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - EPOCH_DAYS +
	    tm->tm_mday - 1;
	t = day * DAY + tm->tm_hour * 3600L + tm->tm_min * 60L + tm->tm_sec;
	gmtime_r(&t, tm);
	return (t);
}

time_t
mktime(struct tm *tm)
{
	return (timegm(tm));
}

void
tzset(void)
{
}

char *
asctime_r(const struct tm *restrict tm, char *restrict buf)
{
	snprintf(buf, 26, "%.3s %.3s%3d %.2d:%.2d:%.2d %d\n",
	    (unsigned)tm->tm_wday < 7 ? days[tm->tm_wday] : "???",
	    (unsigned)tm->tm_mon < 12 ? months[tm->tm_mon] : "???",
	    tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec,
	    1900 + tm->tm_year);
	return (buf);
}

char *
asctime(const struct tm *tm)
{
	static char buf[26];

	return (asctime_r(tm, buf));
}

char *
ctime_r(const time_t *tp, char *buf)
{
	struct tm tm;

	return (asctime_r(gmtime_r(tp, &tm), buf));
}

char *
ctime(const time_t *tp)
{
	return (asctime(gmtime(tp)));
}

/* ISO 8601: the year and week that a day belongs to. */
static int
iso_week(const struct tm *tm, int *yearp)
{
	int year = tm->tm_year + 1900, wday = (tm->tm_wday + 6) % 7, week, len;

	week = (tm->tm_yday - wday + 10) / 7;
	if (week < 1) {
		year--;
		len = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ?
		    366 : 365;
		week = (tm->tm_yday + len - wday + 10) / 7;
	} else if (week == 53) {
		len = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ?
		    366 : 365;
		if (tm->tm_yday - wday + 3 >= len) {
			week = 1;
			year++;
		}
	}
	*yearp = year;
	return (week);
}

size_t
strftime(char *restrict buf, size_t size, const char *restrict fmt,
    const struct tm *restrict tm)
{
	char piece[64];
	const char *sub;
	size_t n = 0, len;
	struct tm copy;
	int year, hour12;

	hour12 = tm->tm_hour % 12 == 0 ? 12 : tm->tm_hour % 12;
	for (; *fmt != '\0'; fmt++) {
		sub = NULL;
		len = 0;
		if (*fmt != '%' || fmt[1] == '\0') {
			piece[0] = *fmt;
			len = 1;
			goto add;
		}
		fmt++;
		if ((*fmt == 'E' || *fmt == 'O') && fmt[1] != '\0')
			fmt++;
#define	P(...)	len = snprintf(piece, sizeof(piece), __VA_ARGS__)
		switch (*fmt) {
		case 'a': P("%.3s", (unsigned)tm->tm_wday < 7 ? days[tm->tm_wday] : "?"); break;
		case 'A': P("%s", (unsigned)tm->tm_wday < 7 ? days[tm->tm_wday] : "?"); break;
		case 'b':
		case 'h': P("%.3s", (unsigned)tm->tm_mon < 12 ? months[tm->tm_mon] : "?"); break;
		case 'B': P("%s", (unsigned)tm->tm_mon < 12 ? months[tm->tm_mon] : "?"); break;
		case 'c': sub = "%a %b %e %H:%M:%S %Y"; break;
		case 'C': P("%02d", (tm->tm_year + 1900) / 100); break;
		case 'd': P("%02d", tm->tm_mday); break;
		case 'D': sub = "%m/%d/%y"; break;
		case 'e': P("%2d", tm->tm_mday); break;
		case 'F': sub = "%Y-%m-%d"; break;
		case 'g': iso_week(tm, &year); P("%02d", year % 100); break;
		case 'G': iso_week(tm, &year); P("%d", year); break;
		case 'H': P("%02d", tm->tm_hour); break;
		case 'I': P("%02d", hour12); break;
		case 'j': P("%03d", tm->tm_yday + 1); break;
		case 'k': P("%2d", tm->tm_hour); break;
		case 'l': P("%2d", hour12); break;
		case 'm': P("%02d", tm->tm_mon + 1); break;
		case 'M': P("%02d", tm->tm_min); break;
		case 'n': P("\n"); break;
		case 'p': P("%s", tm->tm_hour < 12 ? "AM" : "PM"); break;
		case 'r': sub = "%I:%M:%S %p"; break;
		case 'R': sub = "%H:%M"; break;
		case 's': copy = *tm; P("%ld", (long)timegm(&copy)); break;
		case 'S': P("%02d", tm->tm_sec); break;
		case 't': P("\t"); break;
		case 'T': sub = "%H:%M:%S"; break;
		case 'u': P("%d", tm->tm_wday == 0 ? 7 : tm->tm_wday); break;
		case 'U': P("%02d", (tm->tm_yday + 7 - tm->tm_wday) / 7); break;
		case 'V': P("%02d", iso_week(tm, &year)); break;
		case 'w': P("%d", tm->tm_wday); break;
		case 'W': P("%02d", (tm->tm_yday + 7 - (tm->tm_wday + 6) % 7) / 7); break;
		case 'x': sub = "%m/%d/%y"; break;
		case 'X': sub = "%H:%M:%S"; break;
		case 'y': P("%02d", (tm->tm_year % 100 + 100) % 100); break;
		case 'Y': P("%d", tm->tm_year + 1900); break;
		case 'z': P("%+05ld", tm->tm_gmtoff / 36); break;
		case 'Z': P("%s", tm->tm_zone != NULL ? tm->tm_zone : "UTC"); break;
		case '%': P("%%"); break;
		default: P("%%%c", *fmt); break;
		}
#undef P
		if (sub != NULL) {
			len = strftime(buf + n, size - n, sub, tm);
			if (len == 0)
				return (0);
			n += len;
			continue;
		}
add:
		if (n + len >= size)
			return (0);
		memcpy(buf + n, piece, len);
		n += len;
	}
	if (n >= size)
		return (0);
	buf[n] = '\0';
	return (n);
}
