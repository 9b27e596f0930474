/* Many parameters, some in memory, some unused; results of each width. */
#include <stdio.h>

static long
f(int a, char b, long c, short d, unsigned char e, unsigned long f_, int g, int h, long i, char j, int k, int l)
{

	return (a + b * 2 + c * 3 + d * 4 + e * 5 + f_ * 6 + g * 7 + h * 8 + i * 9 + j * 10 + k * 11 + l * 12);
}
static void
out(int n, int *a, long *b, char *c, short *d)
{

	*a = n;
	*b = n * 2L;
	*c = n * 3;
	*d = n * 4;
	n = 0;
}
static int addr(int n) { int *p = &n; *p += 5; return (n); }
static int nop(int a, int b, int c) { return (b); }

int
main(void)
{
	int a;
	long b;
	char c;
	short d;

	printf("%ld\n", f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
	printf("%ld\n", f(-1, -2, -3, -4, -5, -6, -7, -8, -9, -10, -11, -12));
	out(100, &a, &b, &c, &d);
	printf("%d %ld %d %d\n", a, b, c, d);
	printf("%d %d\n", addr(10), nop(1, addr(addr(1)), 3));
	return (0);
}
