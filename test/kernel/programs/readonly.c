/* Reads three times as much memory as there is, and writes a little of it. */
#include <sys/mman.h>
#include <stdio.h>

#define	SIZE	(300L << 20)

int
main(int argc, char **argv)
{
	volatile char *p;
	long i, sum;

	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_ANON | MAP_PRIVATE, -1,
	    0);
	if (p == MAP_FAILED) {
		printf("mmap failed\n");
		return (1);
	}
	sum = 0;
	for (i = 0; i < SIZE; i += 4096) {
		sum += p[i];
		if (i % (1 << 20) == 0)
			p[i] = 1;
	}
	for (i = 0; i < SIZE; i += 1 << 20)
		sum += p[i];
	if (sum != SIZE >> 20) {
		printf("sum %ld\n", sum);
		return (1);
	}
	printf("ok\n");
	return (0);
}
