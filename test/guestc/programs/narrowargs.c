/* Narrow parameters and results are cut and extended as their types say. */
#include <stdio.h>

static char rc(int n) { return (n); }
static unsigned char ruc(int n) { return (n); }
static short rs(long n) { return (n); }
static unsigned short rus(long n) { return (n); }
static _Bool rb(int n) { return (n); }
static long
all(char a, unsigned char b, short c, unsigned short d, int e, unsigned int f, _Bool g)
{

	return (a + b * 10L + c * 100L + d * 1000L + e * 10000L + f + g);
}
static long
mutate(char a, unsigned short b)
{

	a += 100;
	b -= 10;
	a <<= 1;
	return (a * 100000L + b);
}

int
main(void)
{
	long n;

	for (n = -300; n < 70000; n += 3517)
		printf("%d %d %d %d %d %ld %ld\n", rc(n), ruc(n), rs(n), rus(n), rb(n & 4096), all(n, n, n, n, n, n, n & 1), mutate(n, n));
	return (0);
}
