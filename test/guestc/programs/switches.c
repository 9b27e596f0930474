/* switch: dense and sparse, ranges, fall through, nested, on every width. */
#include <stdio.h>

static int
dense(int n)
{

	switch (n) {
	case 0: return (10);
	case 1: return (11);
	case 2:
	case 3: n++;
		/* FALLTHROUGH */
	case 4: return (n + 100);
	case 6: break;
	case 7: return (17);
	default: return (-n);
	}
	return (66);
}
static int
sparse(long n)
{

	switch (n) {
	case -1000000000000: return (1);
	case -1: return (2);
	case 5: return (3);
	case 77777777777: return (4);
	case 0x7fffffffffffffff: return (5);
	}
	return (0);
}
static int
ranges(unsigned char c)
{

	switch (c) {
	case 'a' ... 'z': return (1);
	case 'A' ... 'Z': return (2);
	case '0' ... '9': return (3);
	case 0x80 ... 0xff: return (4);
	}
	return (0);
}
static int
nested(int a, unsigned long b)
{
	int r = 0;

	switch (a) {
	case 1:
		switch (b) {
		case 1: r += 1; break;
		case ~0UL: r += 2; break;
		default: r += 4;
		}
		r += 8;
		break;
	default:
		r = 1000;
		while (a-- > 0) {
			switch (a & 3) {
			case 0: continue;
			case 1: r++; break;
			case 2: goto out;
			}
			r += 10;
		}
	case 2:
		r += 5;
	}
out:
	return (r);
}

int
main(void)
{
	int i;
	long l[] = { -1000000000000, -1, 5, 77777777777, 0x7fffffffffffffff, 0, 1 << 20 };

	for (i = -2; i < 10; i++)
		printf("%d ", dense(i));
	for (i = 0; i < 7; i++)
		printf("%d ", sparse(l[i]));
	for (i = 0; i < 256; i += 5)
		printf("%d", ranges(i));
	printf("\n");
	for (i = 0; i < 9; i++)
		printf("%d %d %d\n", nested(i, 1), nested(i, ~0UL), nested(i, 0));
	return (0);
}
