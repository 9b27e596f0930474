/* Statement expressions and typeof. */
#include <stdio.h>

#define	MAX(a, b)	({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a > _b ? _a : _b; })
#define	SWAP(a, b)	do { __typeof__(a) _t = (a); (a) = (b); (b) = _t; } while (0)
static int calls;
static int f(int n) { calls++; return (n * 2); }

int
main(void)
{
	int x = 3, y = 9;
	long r;

	r = MAX(f(x), y) + MAX(MAX(1, 2), f(4));
	printf("%ld %d\n", r, calls);
	SWAP(x, y);
	printf("%d %d\n", x, y);
	r = ({ int i, s = 0; for (i = 0; i < 5; i++) { if (i == 3) continue; s += i; } s; }) * 10;
	printf("%ld %d\n", r, ({ struct { int a; } v = { 4 }; v; }).a);
	if (({ y++; x; }) > 3)
		printf("%d\n", y);
	return (0);
}
