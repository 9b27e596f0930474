/* Static inline functions: expanded or not, with loops, returns in the middle, their own variables. */
#include <stdio.h>

struct s { int a; struct s *next; };
static inline int min(int a, int b) { return (a < b ? a : b); }
static inline int clamp(int v, int lo, int hi) { if (v < lo) return (lo); if (v > hi) return (hi); return (v); }
static inline int length(const struct s *p) { int n = 0; for (; p; p = p->next) n++; return (n); }
static inline void bump(int *p) { (*p)++; }
static inline struct s make(int a) { struct s v = { a, 0 }; v.a *= 2; return (v); }
static inline int first(struct s v) { v.a++; return (v.a); }
static inline int outer(int n) { int t = n; t = min(t, 10) + clamp(n, 3, 5); { int t = 100; bump(&t); n += t; } return (t * 1000 + n); }
static inline long fact(int n) { return (n < 2 ? 1 : n * fact(n - 1)); }
static inline int effects(int *p) { return (*p += 3); }
static inline _Bool positive(int n) { return (n); }
static inline char cut(int n) { return (n); }

int
main(void)
{
	struct s c = { 3, 0 }, b = { 2, &c }, a = { 1, &b };
	int i, n = 5;

	for (i = -2; i < 20; i += 4)
		printf("%d %d %d\n", min(i, 7), clamp(i, 0, 9), outer(i));
	printf("%d %d %d\n", length(&a), length(0), first(make(20)));
	bump(&n); bump(&n);
	printf("%d %ld %d\n", n, fact(10), min(effects(&n), 100) + n);
	printf("%d %d %d\n", positive(-4), cut(300), min(cut(200), cut(100)));
	printf("%d\n", min(min(3, 4), min(length(&b), 9)) + (min(1, 2) ? clamp(9, 1, 2) : 0));
	return (0);
}
