/* Loops of every form with break, continue and side effects in all places. */
#include <stdio.h>

int
main(void)
{
	int i, j, n = 0;
	unsigned char u;

	for (i = 0, j = 10; i < j; i++, j--)
		n += i * j;
	printf("%d %d %d\n", i, j, n);
	for (n = i = 0; ; i++) {
		if (i % 2)
			continue;
		if (i > 20)
			break;
		for (j = i; j > 0; j -= 3) {
			if (j == 7)
				break;
			if (j == 4)
				continue;
			n += j;
		}
	}
	printf("%d %d\n", i, n);
	do {
		n -= 7;
		if (n % 5 == 0)
			continue;
		n -= 1;
	} while (n > 0);
	printf("%d\n", n);
	for (u = 250; u >= 5; u++)
		n++;
	printf("%d %d\n", n, u);
	while (1) {
		while (n--)
			if (n == 3)
				goto out;
		break;
	}
out:
	printf("%d\n", n);
	do ; while (n++ < 10);
	for (; n; n >>= 1)
		putchar('0' + (n & 1));
	putchar('\n');
	return (0);
}
