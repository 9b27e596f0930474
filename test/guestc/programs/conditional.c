/* ?: with all kinds of operands, nested, as arguments, with void. */
#include <stdio.h>

static int hits;
static void hit(void) { hits++; }
static void miss(void) { hits += 100; }
struct s { int a, b; };

int
main(void)
{
	int i, *p, a[3] = { 1, 2, 3 };
	struct s s = { 1, 2 }, t = { 3, 4 };
	long l;

	for (i = -2; i <= 2; i++) {
		p = i < 0 ? a : i > 0 ? a + 2 : 0;
		l = i ? i * 3L : 7u;
		printf("%d %ld %d %s\n", p ? *p : -1, l, (i > 0 ? s : t).b, i == 0 ? "zero" : "other");
		i & 1 ? hit() : miss();
		printf("%d\n", (i < 0 ? -1 : 1) * (i ? 10 : 20) + (i > 1 ? i : i < -1 ? -i : 0));
	}
	printf("%d %d %d\n", hits, i ?: 9, 0 ?: 5);
	printf("%d\n", (unsigned char)(i > 0 ? 300 : 2) + (i > 5 ? 1 : -1u > 0));
	return (0);
}
