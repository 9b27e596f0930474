/*
 * spin [-p processes] [-t seconds | -n millions]: keeps CPUs busy in user code.
 */
#include <sys/wait.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static unsigned
loop(long n)
{
	unsigned v = 1;

	while (n-- > 0)
		v = v * 1103515245 + 12345;
	return (v);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((double)ts.tv_sec + (double)ts.tv_nsec * 1e-9);
}

int
main(int argc, char **argv)
{
	int c, processes = 1, i, status, failed = 0;
	double seconds = 0, end;
	const char *why;
	unsigned v = 0;
	long millions = 1;

	while ((c = getopt(argc, argv, "n:p:t:")) != -1)
		switch (c) {
		case 'n':
			millions = strtonum(optarg, 1, 1000000, &why);
			if (why != NULL)
				errx(1, "millions is %s: %s", why, optarg);
			break;
		case 'p':
			processes = strtonum(optarg, 1, 64, &why);
			if (why != NULL)
				errx(1, "processes is %s: %s", why, optarg);
			break;
		case 't':
			if ((seconds = atof(optarg)) <= 0)
				errx(1, "seconds must be positive: %s", optarg);
			break;
		default:
			fprintf(stderr, "usage: spin [-p processes] "
			    "[-t seconds | -n millions]\n");
			return (1);
		}
	for (i = 1; i < processes; i++)
		if (fork() == 0)
			break;
	if (seconds > 0)
		for (end = now() + seconds; now() < end;)
			v ^= loop(10000);
	else
		v = loop(millions * 1000000);
	if (i < processes)
		_exit(v == 42);		/* A child. */
	while (wait(&status) > 0)
		failed |= status;
	return (failed != 0 || v == 42);
}
