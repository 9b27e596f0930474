/* Integer promotions and the usual arithmetic conversions. */
#include <stdio.h>

int
main(void)
{
	char c = -1;
	unsigned char uc = 255;
	short s = -32768;
	unsigned short us = 65535;
	int i = -1;
	unsigned int u = 4294967295u;
	long l = -1;
	unsigned long ul = ~0UL;

	printf("%d %d %d %d\n", c == uc, c + uc, s - us, us * us > 0);
	printf("%d %d %d %d\n", i < u, l < u, i < (int)u, (long)i < (long)ul);
	printf("%d %d %d\n", c < 0u, uc < -1, (unsigned char)c == uc);
	printf("%lu %ld %lu\n", (unsigned long)i, (long)u, (unsigned long)c);
	printf("%d %d %u\n", ~uc, -us, ~u);
	printf("%zu %zu %zu\n", sizeof(c + c), sizeof(l + i), sizeof(u + s));
	printf("%d %d\n", (signed char)200, (short)70000);
	printf("%ld %ld\n", (long)(int)3000000000u, (long)(unsigned int)-5);
	uc += 1;
	us += 1;
	c += 1;
	printf("%d %d %d\n", uc, us, c);
	return (0);
}
