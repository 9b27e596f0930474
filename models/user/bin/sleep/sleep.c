/*
 * sleep number[unit] ...: waits that long; units s (none), m, h, d; fractions
 * allowed; several times add up.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double
parse(const char *arg)
{
	char *end;
	double v;

	v = strtod(arg, &end);
	if (end == arg)
		errx(1, "invalid time interval: %s", arg);
	switch (*end) {
	case 'd':
		v *= 24;
		/* FALLTHROUGH */
	case 'h':
		v *= 60;
		/* FALLTHROUGH */
	case 'm':
		v *= 60;
		/* FALLTHROUGH */
	case 's':
		end++;
		break;
	}
	if (*end != '\0')
		errx(1, "invalid time interval: %s", arg);
	return (v);
}

int
main(int argc, char **argv)
{
	struct timespec ts;
	double seconds = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: sleep number[unit] [...]\n");
		return (1);
	}
	while (*++argv != NULL)
		seconds += parse(*argv);
	if (seconds <= 0)
		return (0);
	ts.tv_sec = (time_t)seconds;
	ts.tv_nsec = (long)((seconds - (double)ts.tv_sec) * 1e9);
	while (nanosleep(&ts, &ts) == -1)
		if (errno != EINTR)
			err(1, "nanosleep");
	return (0);
}
