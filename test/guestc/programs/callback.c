/* Calls through pointers in loops with live state around them. */
#include <stdio.h>

struct it { int (*next)(struct it *); int a, b, c; };
static int fib(struct it *t) { int r = t->a; t->a = t->b; t->b += r; return (r); }
static int count(struct it *t) { return (t->a += t->c); }
static long
fold(struct it *t, int n, long (*f)(long, int), long acc)
{
	int i;

	for (i = 0; i < n; i++)
		acc = f(acc, t->next(t)) + f(i, i) - f(i, i);
	return (acc);
}
static long add(long a, int b) { return (a + b); }
static long mix(long a, int b) { return (a * 31 ^ b); }

int
main(void)
{
	struct it a = { fib, 0, 1 }, b = { count, 5, 0, 7 };

	printf("%ld %ld\n", fold(&a, 20, add, 0), fold(&a, 5, mix, 7));
	printf("%ld %ld\n", fold(&b, 10, mix, 1), fold(&b, 3, add, -100));
	return (0);
}
