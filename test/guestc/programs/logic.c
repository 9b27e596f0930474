/* Truth values: comparisons of everything as numbers, _Bool. */
#include <stdio.h>

int
main(void)
{
	_Bool b = 5, c = 0, d = (long)1 << 40, e;
	int i = 256, *p = &i, *q = 0;
	unsigned char u;

	printf("%d %d %d %zu\n", b, c, d, sizeof(b));
	b = i;
	e = p;
	u = (_Bool)i;
	printf("%d %d %d %d\n", b, e, u, (_Bool)q);
	printf("%d %d %d\n", !p, !!i, !q + !i);
	printf("%d %d\n", (i > 3) + (i < 3) * 10 + (i == 256) * 100, (p != 0) & (q == 0));
	b++;
	c--;
	printf("%d %d\n", b, c);
	b += 7;
	c = b + d == 2;
	b ^= 1;
	printf("%d %d %d\n", b, c, b || c && d);
	printf("%d\n", (b = 2) + (c = 0) + (d = -1));
	if (p && !q || i / 0x1000)
		printf("yes\n");
	return (!(i & 256) | (i >> 8));
}
