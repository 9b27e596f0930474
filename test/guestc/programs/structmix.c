/* Structures of every size passed and returned by value. */
#include <stdio.h>

#define	T(n) struct t##n { char c[n]; }; static struct t##n f##n(struct t##n v, int k) { v.c[k % n] += k; return (v); } \
	static int g##n(void) { struct t##n v; int i, s = 0; for (i = 0; i < n; i++) v.c[i] = i; for (i = 0; i < 20; i++) v = f##n(f##n(v, i), i + 1); for (i = 0; i < n; i++) s = s * 3 + v.c[i]; return (s); }
T(1) T(2) T(3) T(4) T(5) T(7) T(8) T(9) T(12) T(15) T(16) T(17) T(31) T(33) T(64) T(65)

int
main(void)
{

	printf("%d %d %d %d %d %d %d %d\n", g1(), g2(), g3(), g4(), g5(), g7(), g8(), g9());
	printf("%d %d %d %d %d %d %d %d\n", g12(), g15(), g16(), g17(), g31(), g33(), g64(), g65());
	return (0);
}
