/*
 * mallocbench [-k] [-u] [-n rounds]: allocation, in the program and in the kernel.
 *
 * -u: malloc(3) of mixed sizes, kept for a while and freed in another order.
 * -k: system calls that make the kernel allocate and free: pipes, open files.
 * Both by default.  The sizes come from a fixed sequence, so that every run asks
 * for the same.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define	SLOTS	256
#define	OPEN	8

static uint32_t	seed = 12345;

static uint32_t
next(void)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8);
}

/* Mostly small, sometimes large: as programs are. */
static size_t
size(void)
{
	uint32_t r = next();

	if (r % 64 == 0)
		return (32768 + next() % 65536);
	if (r % 8 == 0)
		return (512 + next() % 4096);
	return (8 + next() % 248);
}

static unsigned
user_round(void)
{
	static unsigned char *slot[SLOTS];
	static size_t len[SLOTS];
	unsigned i, sum = 0, n;

	for (n = 0; n < SLOTS; n++) {
		i = next() % SLOTS;
		if (slot[i] != NULL) {
			sum += slot[i][0] + slot[i][len[i] - 1];
			free(slot[i]);
		}
		len[i] = size();
		if ((slot[i] = malloc(len[i])) == NULL)
			err(1, "malloc");
		slot[i][0] = (unsigned char)n;
		slot[i][len[i] - 1] = (unsigned char)len[i];
	}
	return (sum);
}

static unsigned
kernel_round(void)
{
	int fds[OPEN][2], files[OPEN], i;
	unsigned sum = 0;
	char c = 'x';

	for (i = 0; i < OPEN; i++) {
		if (pipe(fds[i]) == -1)
			err(1, "pipe");
		if ((files[i] = open("/dev/null", O_RDWR)) == -1)
			err(1, "/dev/null");
		if (write(fds[i][1], &c, 1) != 1 || read(fds[i][0], &c, 1) != 1)
			err(1, "pipe I/O");
		sum += c;
	}
	for (i = 0; i < OPEN; i++) {
		close(fds[i][0]);
		close(files[i]);
		close(fds[i][1]);
	}
	return (sum);
}

int
main(int argc, char **argv)
{
	int c, rounds = 20, user = 0, kernel = 0, i;
	unsigned sum = 0;
	const char *why;

	while ((c = getopt(argc, argv, "kn:u")) != -1)
		switch (c) {
		case 'k':
			kernel = 1;
			break;
		case 'n':
			rounds = strtonum(optarg, 1, 1000000, &why);
			if (why != NULL)
				errx(1, "rounds is %s: %s", why, optarg);
			break;
		case 'u':
			user = 1;
			break;
		default:
			fprintf(stderr, "usage: mallocbench [-ku] [-n rounds]\n");
			return (1);
		}
	if (!user && !kernel)
		user = kernel = 1;
	for (i = 0; i < rounds; i++) {
		if (user)
			sum += user_round();
		if (kernel)
			sum += kernel_round();
	}
	printf("%d rounds, check %u\n", rounds, sum);
	return (0);
}
