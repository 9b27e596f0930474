/* A sieve over bits, and number theory in 64 bits. */
#include <stdio.h>

static unsigned long bits[200];
static unsigned long
power(unsigned long b, unsigned long e, unsigned long m)
{
	unsigned long r = 1;

	for (b %= m; e != 0; e >>= 1, b = b * b % m)
		if (e & 1)
			r = r * b % m;
	return (r);
}
static long
gcd(long a, long b, long *x, long *y)
{
	long g, t;

	if (b == 0) {
		*x = 1;
		*y = 0;
		return (a);
	}
	g = gcd(b, a % b, x, y);
	t = *x - a / b * *y;
	*x = *y;
	*y = t;
	return (g);
}

int
main(void)
{
	unsigned long i, j, n = 0;
	long x, y;

	for (i = 2; i < 12800; i++) {
		if (bits[i / 64] & 1UL << i % 64)
			continue;
		n += i;
		for (j = i * i; j < 12800; j += i)
			bits[j / 64] |= 1UL << (j & 63);
	}
	printf("%lu %lu\n", n, power(3, 1000003, 1000000007));
	printf("%ld %ld %ld\n", gcd(1234567, -7654321, &x, &y), x, y);
	return (0);
}
