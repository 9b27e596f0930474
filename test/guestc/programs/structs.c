/* Structures: copies, arguments, results, nesting, arrays in them. */
#include <stdio.h>

struct point { int x, y; };
struct small { char c; };
struct odd { char c[13]; };
struct big { long v[20]; struct point p[3]; };

static struct point
add(struct point a, struct point b)
{
	a.x += b.x;
	a.y += b.y;
	return (a);
}
static struct small
next(struct small s)
{
	s.c++;
	return (s);
}
static struct odd
fill(char c)
{
	struct odd o;
	int i;

	for (i = 0; i < 13; i++)
		o.c[i] = c + i;
	return (o);
}
static struct big
grow(struct big b, int by)
{
	int i;

	for (i = 0; i < 20; i++)
		b.v[i] += by * i;
	b.p[1] = add(b.p[0], b.p[2]);
	return (b);
}
static long
sum(struct big b)
{
	long s = 0;
	int i;

	for (i = 0; i < 20; i++)
		s += b.v[i];
	return (s + b.p[1].x * 1000 + b.p[1].y);
}

int
main(void)
{
	struct point p = { 1, 2 }, q = { .y = 5 }, r;
	struct small s = { 'a' };
	struct odd o, *po = &o;
	struct big b = { { 1, 2, 3 }, { { 1, 1 }, { 2, 2 }, { 3, 3 } } }, c;
	struct point arr[4] = { [2] = { 7, 8 }, [0] = { 1 } };
	int i;

	r = add(add(p, q), (struct point){ 100, 200 });
	printf("%d %d %d %d\n", p.x, p.y, r.x, r.y);
	printf("%c %c\n", next(s).c, next(next(s)).c);
	*po = fill('A');
	for (i = 0; i < 13; i++)
		printf("%c", o.c[i]);
	printf(" %c\n", fill('0').c[9]);
	c = grow(b, 3);
	printf("%ld %ld %ld\n", sum(b), sum(c), sum(grow(c, -1)));
	arr[3] = arr[1] = arr[2];
	for (i = 0; i < 4; i++)
		printf("%d,%d ", arr[i].x, arr[i].y);
	printf("\n%d\n", (i > 3 ? p : q).x + (arr[0].x ? r : p).y);
	p = p;
	r = (p.x++, add(p, p));
	printf("%d %d\n", r.x, r.y);
	return (0);
}
