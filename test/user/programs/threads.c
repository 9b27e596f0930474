/*
 * Threads: results, mutexes of all kinds, conditions, barriers, once, errno.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define	N	6

static pthread_mutex_t	m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t	nonempty = PTHREAD_COND_INITIALIZER;
static pthread_cond_t	nonfull = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_once_t	once = PTHREAD_ONCE_INIT;
static int	queue[4], in, out, have, onces;
static long	counter, consumed;

static void
first(void)
{
	onces++;
}

static void *
count(void *arg)
{
	long i, serial;

	pthread_once(&once, first);
	for (i = 0; i < 300; i++) {
		pthread_mutex_lock(&m);
		counter++;
		pthread_mutex_unlock(&m);
	}
	errno = (int)(long)arg;
	serial = pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
	if (counter != 300 * N)
		return ((void *)-1L);
	if (errno != (int)(long)arg)
		return ((void *)-2L);
	return ((void *)((long)arg * 10 + serial));
}

static void *
produce(void *arg)
{
	int i;

	for (i = 1; i <= 100; i++) {
		pthread_mutex_lock(&m);
		while (have == 4)
			pthread_cond_wait(&nonfull, &m);
		queue[in++ % 4] = i;
		have++;
		pthread_cond_signal(&nonempty);
		pthread_mutex_unlock(&m);
	}
	return (arg);
}

static void *
consume(void *arg)
{
	int i;

	for (i = 0; i < 100; i++) {
		pthread_mutex_lock(&m);
		while (have == 0)
			pthread_cond_wait(&nonempty, &m);
		consumed += queue[out++ % 4];
		have--;
		pthread_cond_broadcast(&nonfull);
		pthread_mutex_unlock(&m);
	}
	pthread_exit(arg);
}

static void *
allocate(void *arg)
{
	char *p[20];
	int i, k, bad = 0;

	for (i = 0; i < 50; i++) {
		for (k = 0; k < 20; k++) {
			p[k] = malloc((size_t)(i * k + 1));
			memset(p[k], k, (size_t)(i * k + 1));
		}
		for (k = 0; k < 20; k++) {
			bad += p[k][i * k] != k;
			free(p[k]);
		}
	}
	(void)arg;
	return ((void *)(long)bad);
}

int
main(void)
{
	pthread_mutexattr_t a;
	pthread_mutex_t r;
	pthread_t t[N];
	long sum = 0, serial = 0;
	void *v;
	long i;

	pthread_barrier_init(&barrier, NULL, N);
	for (i = 0; i < N; i++)
		if (pthread_create(&t[i], NULL, count, (void *)(i + 1)) != 0)
			return (1);
	for (i = 0; i < N; i++) {
		pthread_join(t[i], &v);
		sum += (long)v / 10;
		serial += (long)v % 10;
	}
	printf("counter %ld, sum %ld, serial %ld, once %d\n", counter, sum, serial, onces);

	for (i = 0; i < N; i++)
		pthread_create(&t[i], NULL, i % 2 ? produce : consume, NULL);
	for (i = 0; i < N; i++)
		pthread_join(t[i], NULL);
	printf("consumed %ld, left %d\n", consumed, have);

	for (i = 0; i < N; i++)
		pthread_create(&t[i], NULL, allocate, NULL);
	for (sum = i = 0; i < N; i++) {
		pthread_join(t[i], &v);
		sum += (long)v;
	}
	printf("malloc: %ld wrong\n", sum);

	pthread_mutexattr_init(&a);
	pthread_mutexattr_settype(&a, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&r, &a);
	printf("recursive: %d", pthread_mutex_lock(&r));
	printf(" %d", pthread_mutex_lock(&r));
	printf(" %d", pthread_mutex_unlock(&r));
	printf(" %d", pthread_mutex_unlock(&r));
	printf(" %d\n", pthread_mutex_unlock(&r) == EPERM);
	pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&r, &a);
	pthread_mutex_lock(&r);
	printf("errorcheck: %d", pthread_mutex_lock(&r) == EDEADLK);
	printf(" %d", pthread_mutex_trylock(&r) == EBUSY);
	printf(" %d\n", pthread_mutex_unlock(&r));
	printf("self: %d\n", pthread_equal(pthread_self(), pthread_self()));
	return (0);
}
