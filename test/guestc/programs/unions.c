/* Unions: aliasing, in structures, of arrays and pointers. */
#include <stdio.h>

union num {
	unsigned char	 bytes[8];
	unsigned short	 half;
	unsigned int	 word;
	unsigned long	 quad;
	signed char	 tiny;
};
struct tagged {
	int	 kind;
	union {
		long	 l;
		char	 name[8];
		struct { short a, b; };
	};
};

static long
value(struct tagged t)
{

	switch (t.kind) {
	case 0:
		return (t.l);
	case 1:
		return (t.name[0] * 256 + t.name[1]);
	default:
		return (t.a * t.b);
	}
}

int
main(void)
{
	union num n;
	struct tagged t[3] = { { 0, { -5 } }, { 1, { .name = "hi" } }, { 2, { .l = 0 } } };
	int i;

	n.quad = 0x8877665544332211UL;
	printf("%x %x %d %x\n", n.half, n.word, n.tiny, n.bytes[7]);
	n.bytes[1] = 0xff;
	n.tiny = -2;
	printf("%lx\n", n.quad);
	t[2].a = -3;
	t[2].b = 14;
	for (i = 0; i < 3; i++)
		printf("%ld ", value(t[i]));
	printf("%zu %zu\n", sizeof(union num), sizeof(struct tagged));
	return (0);
}
