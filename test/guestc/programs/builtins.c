/* Bit builtins, byte swaps, expect. */
#include <stdio.h>

int
main(void)
{
	unsigned int u[] = { 1, 2, 0x80000000u, 0x00f0f000, 0xffffffffu, 12345 };
	unsigned long l[] = { 1, 0x8000000000000000UL, 0x00ff00000000f000UL, ~0UL, 1234567890123UL };
	int i;

	for (i = 0; i < 6; i++)
		printf("%d %d %d %d %x %x\n", __builtin_clz(u[i]), __builtin_ctz(u[i]), __builtin_ffs(u[i]), __builtin_popcount(u[i]), __builtin_bswap32(u[i]), __builtin_bswap16(u[i]));
	for (i = 0; i < 5; i++)
		printf("%d %d %d %d %lx %d\n", __builtin_clzl(l[i]), __builtin_ctzll(l[i]), __builtin_ffsl(l[i]), __builtin_popcountl(l[i]), __builtin_bswap64(l[i]), __builtin_parityl(l[i]));
	i = 0;
	printf("%d %d\n", __builtin_ffs(i), __builtin_ffsl(i));
	if (__builtin_expect(i == 0, 1))
		printf("expected\n");
	printf("%d %d\n", __builtin_constant_p(3), (int)__builtin_offsetof(struct { char a; long b; }, b));
	return (0);
}
