/* An operand that stands left of a call keeps its value (locals only the caller has). */
#include <stdio.h>

static int g;
static int bump(int n) { g += n; return (g); }
static int
work(int a, int b)
{
	int x = a, y = b;
	int r = x * 2 + bump(1) + y;

	x += bump(x);
	y -= bump(y) - x;
	return (r + x * bump(3) + y * (bump(2) + x) + (a << bump(0) % 5));
}
static long
deep(long a, long b, long c, long d, long e, long f, long h)
{

	return (a + b * bump(c) - d * (e + bump(f) * (h - bump(a))));
}

int
main(void)
{

	printf("%d\n", work(3, 4));
	printf("%d\n", work(-5, 11));
	printf("%ld\n", deep(1, 2, 3, 4, 5, 6, 7));
	printf("%d\n", g);
	return (0);
}
