/* Compound assignment on every kind of place and type mix. */
#include <stdio.h>

struct s { unsigned char c; short h; long l; unsigned int b : 6; int *p; } g = { 250, -1, 1L << 40, 33, 0 };
static int arr[5] = { 1, 2, 3, 4, 5 };
static int calls;
static int idx(void) { calls++; return (2); }

int
main(void)
{
	struct s *p = &g;
	unsigned char u = 200;
	char *q = "abcdef";
	int i = 7;
	unsigned long m = 3;

	u += 100; u -= 1000; u *= 3; u |= 0x101; u ^= 0xf0f; u &= ~4; u <<= 1; u >>= 2; u %= 13; u /= 2;
	printf("%d\n", u);
	g.c += 10; p->h *= -3; p->l /= 1000; p->b += 40; g.l -= p->b; g.h %= 2;
	printf("%d %d %ld %d\n", g.c, g.h, g.l, g.b);
	arr[idx()] += arr[idx()] * 10;
	arr[idx()]++;
	--arr[idx() - 1];
	printf("%d %d %d\n", arr[1], arr[2], calls);
	q += 2; q -= 1; g.p = arr; g.p += i / 3; *g.p++ *= 100; *--g.p -= 1;
	printf("%c %d %ld\n", *q, arr[2], (long)(g.p - arr));
	i <<= 3; i -= 5 > 2; i += m; m -= i; i |= m; i >>= 1;
	printf("%d %lu\n", i, m);
	i = 100;
	m = 1; m <<= i & 31; m += -1;
	printf("%lu\n", m);
	return (0);
}
