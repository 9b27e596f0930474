/*
 * lockbench [-t threads] [-n iterations] [-w work] [-m mutex | pipe | file]:
 * threads that want the same lock.
 *
 * mutex: a pthread mutex; contended, it sleeps in the kernel by _umtx_op(2).
 * pipe:  all write to and read from one pipe, whose mutex is in the kernel.
 * file:  all read one open file, whose offset the kernel locks.
 * Between two uses of the lock a thread works `work' times around a small loop;
 * inside it (mutex) a tenth of that.  At the end the count must be right: it is
 * kept under the lock and by plain additions.
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define	THREADS_MAX	64

enum mode { MUTEX, PIPE, FILEPOS };

static pthread_mutex_t	lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t start;
static enum mode	mode;
static long		iterations = 1000;
static int		work = 100;
static long		total;		/* Under the lock. */
static int		fds[2];

static unsigned
loop(int n, unsigned v)
{
	while (n-- > 0)
		v = v * 1103515245 + 12345;
	return (v);
}

static void *
thread(void *arg)
{
	unsigned v = (unsigned)(unsigned long)arg;
	long i, own = 0;
	char c = 'x';

	pthread_barrier_wait(&start);
	for (i = 0; i < iterations; i++) {
		switch (mode) {
		case MUTEX:
			pthread_mutex_lock(&lock);
			total++;
			v = loop(work / 10, v);
			pthread_mutex_unlock(&lock);
			own++;
			break;
		case PIPE:
			if (write(fds[1], &c, 1) != 1 || read(fds[0], &c, 1) != 1)
				err(1, "pipe");
			own += c == 'x';
			break;
		case FILEPOS:
			if (read(fds[0], &c, 1) != 1)
				err(1, "read");
			own++;
			break;
		}
		v = loop(work, v);
	}
	if (v == 42)			/* Keeps the work from being idle. */
		own++;
	if (mode != MUTEX) {
		pthread_mutex_lock(&lock);
		total += own;
		pthread_mutex_unlock(&lock);
	}
	return ((void *)own);
}

static int
number(const char *what, const char *arg, int max)
{
	const char *why;
	int n = strtonum(arg, 0, max, &why);

	if (why != NULL)
		errx(1, "%s is %s: %s", what, why, arg);
	return (n);
}

int
main(int argc, char **argv)
{
	pthread_t t[THREADS_MAX];
	int c, threads = 2, i, e;
	void *own;
	long sum = 0;

	while ((c = getopt(argc, argv, "m:n:t:w:")) != -1)
		switch (c) {
		case 'm':
			if (strcmp(optarg, "mutex") == 0)
				mode = MUTEX;
			else if (strcmp(optarg, "pipe") == 0)
				mode = PIPE;
			else if (strcmp(optarg, "file") == 0)
				mode = FILEPOS;
			else
				errx(1, "mode is mutex, pipe or file: %s", optarg);
			break;
		case 'n':
			iterations = number("iterations", optarg, 100000000);
			break;
		case 't':
			threads = number("threads", optarg, THREADS_MAX);
			break;
		case 'w':
			work = number("work", optarg, 100000000);
			break;
		default:
			fprintf(stderr, "usage: lockbench [-t threads] "
			    "[-n iterations] [-w work] [-m mutex|pipe|file]\n");
			return (1);
		}
	if (threads < 1)
		errx(1, "at least one thread");
	if (mode == PIPE && pipe(fds) == -1)
		err(1, "pipe");
	if (mode == FILEPOS && (fds[0] = open("/dev/zero", O_RDONLY)) == -1)
		err(1, "/dev/zero");

	pthread_barrier_init(&start, NULL, threads);
	for (i = 0; i < threads; i++)
		if ((e = pthread_create(&t[i], NULL, thread,
		    (void *)(unsigned long)(i + 1))) != 0)
			errc(1, e, "pthread_create");
	for (i = 0; i < threads; i++) {
		if ((e = pthread_join(t[i], &own)) != 0)
			errc(1, e, "pthread_join");
		sum += (long)own;
	}
	printf("%d threads, %ld iterations each, count %ld\n", threads,
	    iterations, total);
	return (total != threads * iterations || sum != total);
}
