/* Multi-word arithmetic: factorials and powers. */
#include <stdio.h>

static unsigned int d[80];
static int n = 1;
static void
mul(unsigned int m)
{
	unsigned long carry = 0;
	int i;

	for (i = 0; i < n; i++) {
		carry += (unsigned long)d[i] * m;
		d[i] = carry % 1000000000;
		carry /= 1000000000;
	}
	if (carry != 0)
		d[n++] = carry;
}

int
main(void)
{
	int i;

	d[0] = 1;
	for (i = 2; i <= 150; i++)
		mul(i);
	printf("%u", d[n - 1]);
	for (i = n - 2; i >= 0; i--)
		printf("%09u", d[i]);
	printf("\n");
	return (0);
}
