/* Division and remainder: signs, widths, by constants and variables. */
#include <stdio.h>

static long vals[] = { 0, 1, -1, 2, 7, -7, 100, -100, 12345678901L, -12345678901L, 0x7fffffffffffffffL, -0x7fffffffffffffffL };

int
main(void)
{
	int i, j, n = sizeof(vals) / sizeof(vals[0]);

	for (i = 0; i < n; i++)
		for (j = 1; j < n; j++) {
			printf("%ld %ld ", vals[i] / vals[j], vals[i] % vals[j]);
			printf("%lu %lu ", (unsigned long)vals[i] / (unsigned long)vals[j], (unsigned long)vals[i] % (unsigned long)vals[j]);
			if ((int)vals[j] != 0 && (int)vals[i] != (-0x7fffffff - 1))
				printf("%d %d ", (int)vals[i] / (int)vals[j], (int)vals[i] % (int)vals[j]);
			if ((unsigned int)vals[j] != 0)
				printf("%u %u\n", (unsigned int)vals[i] / (unsigned int)vals[j], (unsigned int)vals[i] % (unsigned int)vals[j]);
		}
	for (i = 0; i < n; i++)
		printf("%ld %ld %ld %lu %lu\n", vals[i] / 8, vals[i] % 8, vals[i] / -3, (unsigned long)vals[i] / 10, (unsigned long)vals[i] % 1000);
	i = 17;
	i /= 5;
	j = -17;
	j %= 5;
	printf("%d %d\n", i, j);
	return (0);
}
