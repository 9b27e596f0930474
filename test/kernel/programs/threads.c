/*
 * Threads: sharing, sleeping on words of memory, and how a process with several
 * of them ends or changes its program.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

#define	NTHREADS	6

static pthread_mutex_t mtx = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cv = PTHREAD_COND_INITIALIZER;
static long total;
static int turn;

static void *
adder(void *arg)
{
	int i;

	for (i = 0; i < 1000; i++) {
		pthread_mutex_lock(&mtx);
		total++;
		pthread_mutex_unlock(&mtx);
	}
	return (arg);
}

static void
pass_turn(int mine)
{
	int i;

	for (i = 0; i < 50; i++) {
		pthread_mutex_lock(&mtx);
		while (turn != mine)
			pthread_cond_wait(&cv, &mtx);
		turn = !mine;
		pthread_cond_broadcast(&cv);
		pthread_mutex_unlock(&mtx);
	}
}

static void *
partner(void *arg)
{

	pass_turn(1);
	return (NULL);
}

static void *
sleeper(void *arg)
{

	for (;;)
		sleep(100);
}

static void *
spinner(void *arg)
{

	for (;;)
		continue;
}

static void *
execer(void *arg)
{

	usleep(5000);
	execl("/bin/true", "true", (char *)NULL);
	return (NULL);
}

/* A child with threads that sleep and spin; what it then does is the caller's. */
static pid_t
crowd(void)
{
	pthread_t t;
	pid_t pid;
	int i;

	pid = fork();
	if (pid == 0)
		for (i = 0; i < 4; i++)
			pthread_create(&t, NULL, i & 1 ? sleeper : spinner,
			    NULL);
	return (pid);
}

int
main(void)
{
	pthread_t t[NTHREADS];
	pid_t pid;
	void *result;
	int i, status;

	for (i = 0; i < NTHREADS; i++)
		CHECK(pthread_create(&t[i], NULL, adder, (void *)(long)i) == 0);
	for (i = 0; i < NTHREADS; i++)
		CHECK(pthread_join(t[i], &result) == 0 && (long)result == i);
	CHECK(total == NTHREADS * 1000);

	CHECK(pthread_create(&t[0], NULL, partner, NULL) == 0);
	pass_turn(0);
	CHECK(pthread_join(t[0], NULL) == 0);
	CHECK(turn == 0);

	pid = crowd();
	if (pid == 0) {
		usleep(2000);
		_exit(5);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 5 << 8);

	pid = crowd();
	if (pid == 0) {
		pthread_create(&t[0], NULL, execer, NULL);
		for (;;)
			pause();
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);

	pid = crowd();
	if (pid == 0)
		for (;;)
			pause();
	usleep(10000);
	kill(pid, SIGTERM);
	CHECK(waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGTERM);
	return (checked());
}
