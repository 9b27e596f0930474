/* Takes memory until it is stopped. */
#include <sys/mman.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	char *p;
	long i;

	for (;;) {
		p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
		    MAP_ANON | MAP_PRIVATE, -1, 0);
		if (p == MAP_FAILED) {
			printf("mmap failed\n");
			return (1);
		}
		for (i = 0; i < 1 << 20; i += 4096)
			p[i] = 1;
	}
}
