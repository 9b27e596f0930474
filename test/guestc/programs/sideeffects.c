/* The order that C prescribes: && || ?: comma, full expressions, call before use. */
#include <stdio.h>

static int trace;
static int t(int n, int r) { trace = trace * 10 + n; return (r); }
static int zero(void) { trace = 0; return (0); }
static int *slot(int *a, int n) { trace = trace * 10 + n; return (&a[n]); }

int
main(void)
{
	int a[4] = { 1, 2, 3, 4 }, i, x, y;

	zero(); x = t(1, 0) && t(2, 1); printf("%d %d\n", x, trace);
	zero(); x = t(1, 1) && t(2, 0) && t(3, 1); printf("%d %d\n", x, trace);
	zero(); x = t(1, 0) || t(2, 7) || t(3, 1); printf("%d %d\n", x, trace);
	zero(); x = t(1, 1) ? t(2, 5) : t(3, 6); printf("%d %d\n", x, trace);
	zero(); x = (t(1, 1), t(2, 2), t(3, 3)); printf("%d %d\n", x, trace);
	zero(); x = (t(1, 0) || t(2, 0)) && t(3, 1); printf("%d %d\n", x, trace);
	zero(); x = !t(1, 0) && (t(2, 0) || !t(3, 0)); printf("%d %d\n", x, trace);
	zero(); if (t(1, 0) || (t(2, 1) && t(3, 0))) x = 1; else x = 2; printf("%d %d\n", x, trace);
	zero(); for (i = t(1, 0); t(2, i < 2); t(3, 0)) i++; printf("%d %d\n", i, trace);
	zero(); *slot(a, 2) += 10; printf("%d %d\n", a[2], trace);
	zero(); (*slot(a, 1))++; printf("%d %d\n", a[1], trace);
	x = 3; y = x++ * 2; printf("%d %d\n", x, y);
	x = 3; y = --x * 2; printf("%d %d\n", x, y);
	i = 0; a[i++] = 50; a[i++] = 51; printf("%d %d %d\n", i, a[0], a[1]);
	x = 1; y = 2; x ^= y; y ^= x; x ^= y; printf("%d %d\n", x, y);
	x = y = i = 9; printf("%d\n", x + y + i);
	x = 5; x = x + (x > 3 ? (y = 1) : (y = 2)); printf("%d %d\n", x, y);
	zero(); i = 5; while (t(1, --i) && i > 2) ; printf("%d %d\n", i, trace);
	return (0);
}
