/* 64-bit arithmetic: products, carries, comparisons, mixes with 32 bits. */
#include <stdio.h>

int
main(void)
{
	long a[] = { 0, 1, -1, 0x7fffffff, -0x80000000L, 0x80000000L, 0x123456789abcdefL, -0x7fffffffffffffffL };
	unsigned long h = 0;
	int i, j;

	for (i = 0; i < 8; i++)
		for (j = 0; j < 8; j++) {
			h = h * 33 + (unsigned long)a[i] * (unsigned long)a[j];
			h += (unsigned long)a[i] - (unsigned long)a[j];
			h ^= (a[i] < a[j]) | ((unsigned long)a[i] < (unsigned long)a[j]) << 1 | ((int)a[i] < a[j]) << 2 | ((unsigned int)a[i] >= a[j]) << 3;
			h += (unsigned int)a[i] * (unsigned long)(unsigned int)a[j];
			h -= (long)(int)a[i] * (short)a[j];
			h ^= -a[i] + ~a[j];
		}
	printf("%lx\n", h);
	for (i = 0; i < 8; i++)
		printf("%d %u %ld %lx\n", (int)a[i], (unsigned int)a[i], a[i] >> 32, (unsigned long)a[i] >> 3);
	return (0);
}
