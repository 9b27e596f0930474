/*
 * setjmp and longjmp: out of nested calls, repeatedly, from a signal handler,
 * with locals that must survive.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static jmp_buf	env, outer;
static int	depth;

static int
down(int n, int value)
{
	char pad[100];

	memset(pad, n, sizeof(pad));
	depth++;
	if (n == 0)
		longjmp(env, value);
	return (down(n - 1, value) + pad[5]);
}

static int
try(int n, int value)
{
	const char *name = n % 2 ? "odd" : "even";
	volatile int count = 0;
	int keep = n * 1000, r;
	long array[4] = { 1, 2, 3, n };

	r = setjmp(env);
	if (r == 0) {
		count++;
		array[0] = 77;
		down(n, value);
		printf("not reached\n");
	}
	printf("%d: %s, count %d, keep %d, array %ld %ld, depth %d\n", r, name,
	    count, keep, array[0], array[3], depth);
	return (r);
}

static void
handler(int sig)
{
	printf("signal %s\n", sig == SIGUSR1 ? "USR1" : "other");
	longjmp(outer, 5);
}

static int
thrower(int n)
{
	if (n > 3)
		longjmp(outer, n);
	return (thrower(n + 1) + 1);
}

int
main(void)
{
	volatile int i, loops = 0;
	int r;

	for (i = 0; i < 5; i++) {
		depth = 0;
		try(i * 3, i);
	}
	r = setjmp(outer);
	printf("outer %d\n", r);
	if (r == 0)
		thrower(0);
	r = setjmp(outer);
	if (++loops < 4)
		longjmp(outer, loops * 10);
	printf("loops %d, last %d\n", loops, r);
	signal(SIGUSR1, handler);
	if ((r = setjmp(outer)) == 0) {
		raise(SIGUSR1);
		printf("not reached\n");
	}
	printf("after the signal: %d\n", r);
	return (0);
}
