/*
 * One address space on several CPUs: what one thread unmaps, no other may still
 * see; what all touch at once is there once; and fork(2) meanwhile takes
 * nothing away.  Prints "ok" or what went wrong.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define	PAGE		4096
#define	PAGES		150
#define	THREADS		4
#define	ROUNDS		200

static char *region;		/* Counters, one a page. */
static char *window;		/* The page that comes and goes. */
static volatile int stop;
static volatile int failures;

static char *
anon(char *where, size_t len)
{
	char *p;

	p = mmap(where, len, PROT_READ | PROT_WRITE, MAP_ANON | MAP_PRIVATE |
	    (where != NULL ? MAP_FIXED : 0), -1, 0);
	if (p == MAP_FAILED) {
		printf("mmap failed\n");
		exit(1);
	}
	return (p);
}

/* Values in the window only grow, but for a moment of zero. */
static void *
watch(void *arg)
{
	long last, v;

	last = 0;
	while (!stop) {
		v = *(volatile long *)window;
		if (v != 0 && v < last)
			failures++;
		if (v > ROUNDS)
			failures++;
		if (v != 0)
			last = v;
	}
	return (NULL);
}

static void
remap(void)
{
	pthread_t t[THREADS];
	char *other;
	long i;
	int k;

	window = anon(NULL, PAGE);
	for (k = 0; k < THREADS - 1; k++)
		pthread_create(&t[k], NULL, watch, NULL);
	for (i = 1; i <= ROUNDS; i++) {
		*(volatile long *)window = i;
		window = anon(window, PAGE);
		/* Somebody else gets the page that was there. */
		other = anon(NULL, 2 * PAGE);
		memset(other, 0x7f, 2 * PAGE);
		munmap(other, 2 * PAGE);
	}
	stop = 1;
	for (k = 0; k < THREADS - 1; k++)
		pthread_join(t[k], NULL);
	if (failures != 0)
		printf("remap: %d stale values\n", failures);
}

/* Add one to each page's counter, in an order of one's own. */
static void *
count(void *arg)
{
	static const int stride[THREADS] = { 1, 7, 11, 149 };
	int i, page;

	page = (int)(long)arg * 37;
	for (i = 0; i < PAGES; i++) {
		page = (page + stride[(long)arg]) % PAGES;
		__atomic_fetch_add((long *)(region + page * PAGE), 1,
		    __ATOMIC_SEQ_CST);
	}
	return (NULL);
}

static void
together(void)
{
	pthread_t t[THREADS];
	long sum, want;
	int i, k, status;
	pid_t pid;

	region = anon(NULL, PAGES * PAGE);
	want = 0;
	for (k = 0; k < 8; k++) {
		for (i = 0; i < THREADS; i++)
			pthread_create(&t[i], NULL, count, (void *)(long)i);
		/* All pages become copy on write under their feet. */
		pid = fork();
		if (pid == 0) {
			for (i = 0; i < PAGES; i++)
				memset(region + i * PAGE, 0x55, 64);
			_exit(0);
		}
		for (i = 0; i < THREADS; i++)
			pthread_join(t[i], NULL);
		waitpid(pid, &status, 0);
		want += THREADS;
		for (sum = i = 0; i < PAGES; i++)
			sum += *(long *)(region + i * PAGE) != want;
		if (sum != 0) {
			printf("round %d: %ld of %d counters are wrong\n", k,
			    sum, PAGES);
			failures++;
			return;
		}
	}
}

int
main(int argc, char **argv)
{

	remap();
	together();
	if (failures == 0)
		printf("ok\n");
	return (failures != 0);
}
