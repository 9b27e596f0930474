/* More live values across calls and branches than any machine has registers. */
#include <stdio.h>

static int id(int n) { return (n); }
static long
many(int a, int b, int c, int d)
{
	long v0 = id(a), v1 = id(b), v2 = id(c), v3 = id(d), v4 = v0 * 3, v5 = v1 * 5, v6 = v2 * 7, v7 = v3 * 9;
	long w0 = id(v4), w1 = id(v5), w2 = id(v6), w3 = id(v7), w4, w5, w6, w7;

	w4 = a > b ? id(a) + v0 : id(b) - v1;
	w5 = c > d && id(c) > id(d) ? w4 + v6 : w4 - v7;
	w6 = (id(w5) + id(w4)) * (id(w3) - id(w2));
	w7 = w6 % (id(a * a) + 1);
	while (w7 > 10) {
		w7 -= id(3) + v0;
		v0 = (v0 & 1) + id(1);
		v1 += w7;
	}
	return (v0 + v1 * 2 + v2 * 3 + v3 * 4 + v4 * 5 + v5 * 6 + v6 * 7 + v7 * 8 + w0 + w1 + w2 + w3 + w4 + w5 + w6 + w7);
}

int
main(void)
{
	int i;

	for (i = -5; i < 6; i++)
		printf("%ld\n", many(i, i * 2 - 3, 7 - i, i * i));
	return (0);
}
