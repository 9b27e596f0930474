/* Bit-fields: packing, signs, units, assignment operators, side effects. */
#include <stdio.h>

struct a {
	unsigned int	 x : 3;
	int		 y : 5;
	unsigned int	 z : 24;
	unsigned long	 w : 40;
	signed char	 s : 4;
	_Bool		 b : 1;
	unsigned short	 h : 16;
};
struct b {
	int	 a : 7;
	int	   : 0;
	int	 c : 9;
	char	 d;
	long	 e : 33;
};
union u {
	struct a	 a;
	unsigned char	 raw[sizeof(struct a)];
};

int
main(void)
{
	struct a v = { 5, -7, 0xabcdef, 0xfedcba9876, -3, 1, 0xffff };
	struct b w = { -64, 255, 'q', -1 };
	union u u = { { 0 } };
	struct a *p = &v;
	int i;

	printf("%zu %zu\n", sizeof(struct a), sizeof(struct b));
	printf("%d %d %d %lx %d %d %d\n", v.x, v.y, v.z, (unsigned long)v.w, v.s, v.b, v.h);
	v.x += 4;
	p->y -= 12;
	v.z <<= 3;
	p->w++;
	v.s--;
	v.b ^= 1;
	v.h *= 3;
	printf("%d %d %d %lx %d %d %d\n", v.x, v.y, v.z, (unsigned long)v.w, v.s, v.b, v.h);
	printf("%d %d %d %ld\n", w.a, w.c, w.d, (long)w.e);
	i = (v.x = 13);
	printf("%d %d %d\n", i, v.x++, v.x);
	printf("%d %d\n", (v.y = 21), --v.s);
	u.a.x = 7;
	u.a.w = ~0UL;
	u.a.b = 2;
	for (i = 0; i < (int)sizeof(u.raw); i++)
		printf("%02x", u.raw[i]);
	printf("\n%d\n", v.b || w.a < 0);
	return (0);
}
