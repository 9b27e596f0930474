/*
 * race [work]: two threads want one mutex.  The first comes to it by system calls,
 * the second by counting; who gets it first is printed, and is the exit status.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define	CALLS	64

static pthread_mutex_t	lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t start;
static int		first;
static int		work = 20000;

static void
take(int who)
{

	pthread_mutex_lock(&lock);
	if (first == 0)
		first = who;
	pthread_mutex_unlock(&lock);
}

static void *
calls(void *arg)
{
	int i;

	pthread_barrier_wait(&start);
	for (i = 0; i < CALLS; i++)
		(void)getppid();
	take(1);
	return (NULL);
}

static void *
counts(void *arg)
{
	volatile int v = 0;
	int i;

	pthread_barrier_wait(&start);
	for (i = 0; i < work; i++)
		v += i;
	take(2);
	return (NULL);
}

int
main(int argc, char **argv)
{
	pthread_t a, b;

	if (argc > 1)
		work = atoi(argv[1]);
	pthread_barrier_init(&start, NULL, 2);
	pthread_create(&a, NULL, calls, NULL);
	pthread_create(&b, NULL, counts, NULL);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	printf("first: %d\n", first);
	return (first);
}
