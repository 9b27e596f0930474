/* Initialisers: designators, nesting, strings, zero fill, addresses, at file scope and automatic. */
#include <stdio.h>

struct in { int a; char b[4]; struct { short x, y; } c[2]; };
static struct in g1 = { 1, "ab", { { 1, 2 }, { 3 } } };
static struct in g2 = { .c[1].y = 9, .b = { 'z' }, .a = -1 };
static int sparse[10] = { [3] = 3, 4, [8] = 8 };
static const char *names[] = { "zero", "one", [4] = "four" };
static int *where[] = { &sparse[3], sparse + 8, &g1.a, 0 };
static char exact[3] = "abc", open_[] = "hello";
static struct { long l; int *p; const char *s; } mixed = { -1, &sparse[4], "tail" + 1 };
static int grid[][3] = { { 1 }, { 2, 3 }, { 4, 5, 6 } };
static unsigned long calc = sizeof(grid) / sizeof(grid[0]) * 1000 + (3 > 2 ? 7 : 8);
static int flat[2][2] = { 1, 2, 3 };

static void
show(const struct in *p)
{

	printf("%d %d%d%d%d %d %d %d %d\n", p->a, p->b[0], p->b[1], p->b[2], p->b[3], p->c[0].x, p->c[0].y, p->c[1].x, p->c[1].y);
}

int
main(void)
{
	int n = 5, i;
	struct in l1 = { n, "xy", { { n + 1, n * 2 } } }, l2 = { .c = { [1] = { .y = n } } }, l3 = g1;
	int arr[6] = { n, [4] = n * n, 1 }, zero[50] = { 0 };
	char s[8] = "auto", t[] = { 'a', 'b', 0 };
	const char *p = (const char *[]){ "lit0", "lit1" }[n > 3];
	struct in *q = &(struct in){ .a = 42, .b = "q" };

	show(&g1); show(&g2); show(&l1); show(&l2); show(&l3); show(q);
	for (i = 0; i < 10; i++)
		printf("%d ", sparse[i]);
	for (i = 0; i < 6; i++)
		printf("%d ", arr[i]);
	for (i = n = 0; i < 50; i++)
		n += zero[i];
	printf("%d\n%s %s %d %zu\n", n, names[1], names[4], names[2] == 0, sizeof(names) / sizeof(names[0]));
	printf("%d %d %d %s %d %d\n", *where[0], *where[1], *where[2], mixed.s, *mixed.p, exact[2]);
	printf("%s %zu %s %s %s %lu\n", open_, sizeof(open_), s, t, p, calc);
	for (i = 0; i < 3; i++)
		printf("%d %d %d\n", grid[i][0], grid[i][1], grid[i][2]);
	printf("%d %d\n", flat[1][0], flat[1][1]);
	return (0);
}
