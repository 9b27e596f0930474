/*
 * bgload [-s seed] [-i milliseconds]: the background work that no real system is without.
 *
 * Log daemons, cron, a monitor: each sleeps most of the time, wakes at moments that
 * have nothing to do with what is being measured, and does a little.  This program
 * stands for them: it sleeps for a random time around the interval, then handles a
 * small file and some memory.  The seed decides the moments, so runs of different
 * seeds differ as runs on different days do.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define	RECORDS	96
#define	BLOCK	8192

static uint64_t	state;

/* xorshift64*: the high bits are good enough for a time of day. */
static uint32_t
next(void)
{

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return ((uint32_t)((state * 0x2545f4914f6cdd1dULL) >> 32));
}

/* Append some records to a log, and keep it from growing. */
static void
work(const char *log)
{
	char *block;
	int fd, i;

	block = malloc(BLOCK);
	if (block == NULL)
		return;
	memset(block, 'x', BLOCK);
	fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd >= 0) {
		for (i = 0; i < RECORDS; i++)
			(void)write(fd, block, 1 + next() % BLOCK);
		close(fd);
	}
	free(block);
}

int
main(int argc, char **argv)
{
	struct timespec ts;
	char log[32];
	unsigned long interval;
	int ch;

	interval = 400;
	state = 1;
	while ((ch = getopt(argc, argv, "s:i:")) != -1)
		switch (ch) {
		case 's':
			state = strtoul(optarg, NULL, 10) * 0x9e3779b97f4a7c15ULL + 1;
			break;
		case 'i':
			interval = strtoul(optarg, NULL, 10);
			break;
		default:
			fprintf(stderr, "usage: bgload [-s seed] [-i milliseconds]\n");
			return (1);
		}
	if (interval == 0 || state == 0) {
		fprintf(stderr, "bgload: nothing to wait for\n");
		return (1);
	}
	snprintf(log, sizeof(log), "/tmp/bgload.%d", (int)getpid());
	for (;;) {
		/* Between a tenth of the interval and nearly twice as much. */
		ts.tv_sec = 0;
		ts.tv_nsec = (long)(interval * 100000 +
		    (uint64_t)next() * interval * 1800000 / 0x100000000ULL);
		(void)nanosleep(&ts, NULL);
		work(log);
	}
}
