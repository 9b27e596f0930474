/* memcpy and friends over odd sizes and alignments, unaligned accesses, page crossings. */
#include <stdio.h>
#include <string.h>

static char	 area[3 * 4096];
struct __attribute__((packed)) pk { char a; long b; short c; int d; };

int
main(void)
{
	unsigned long i, h = 0, v;
	char *p = area + 4096;
	struct pk k[3], *q;
	long *l;

	for (i = 0; i < sizeof(area); i++)
		area[i] = i * 7;
	for (i = 1; i < 40; i += 3) {
		memcpy(p - i, area + i, 2 * i);
		memmove(p - i + 1, p - i, i);
		h = h * 31 + (unsigned char)p[-1] + (unsigned char)p[0];
	}
	printf("%lu %d\n", h, memcmp(p, area, 5) > 0);
	for (i = 0; i < 9; i++) {
		l = (long *)(p - i);
		*l = 0x0102030405060708L * (i + 1);
		memcpy(&v, p - i, 8);
		h ^= v + *(short *)(p - 1) + *(int *)(p - 2);
	}
	printf("%lx\n", h);
	memset(k, 0xee, sizeof(k));
	q = (struct pk *)(area + 4090);
	q->a = 1;
	q->b = -2;
	q->c = 3;
	q->d = 0x12345678;
	k[1] = *q;
	*(struct pk *)(area + 8188) = k[1];
	q = (struct pk *)(area + 8188);
	printf("%zu %d %ld %d %x %x\n", sizeof(k), q->a, q->b, q->c, q->d, k[2].d);
	return (0);
}
