/* Shifts of every width and sign, by constants and variables. */
#include <stdio.h>

int
main(void)
{
	int i, n = -123456789;
	unsigned int u = 0xdeadbeef;
	long l = -0x123456789abcdefL;
	unsigned long ul = 0xfedcba9876543210UL;

	for (i = 0; i < 32; i += 5)
		printf("%d %u %x\n", n >> i, u >> i, u << i);
	for (i = 0; i < 64; i += 7)
		printf("%ld %lx %lx\n", l >> i, ul >> i, ul << i);
	printf("%d %d\n", (unsigned char)0x80 >> 3, (signed char)0x80 >> 3);
	printf("%x %lx\n", 1u << 31, 1UL << 63);
	u >>= 4;
	u <<= 8u;
	n >>= 2L;
	printf("%x %d\n", u, n);
	return (0);
}
