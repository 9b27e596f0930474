/*
 * pipebench [-n messages] [-s bytes]: two processes, two pipes, a message to and
 * fro.  Every message is a wakeup and a context switch on each side.
 */
#include <sys/wait.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
get(int fd, char *buf, size_t n)
{
	ssize_t got;

	for (; n > 0; n -= got, buf += got)
		if ((got = read(fd, buf, n)) <= 0)
			errx(1, "the other side went away");
}

static void
put(int fd, const char *buf, size_t n)
{
	ssize_t done;

	for (; n > 0; n -= done, buf += done)
		if ((done = write(fd, buf, n)) == -1)
			err(1, "write");
}

static size_t
number(const char *what, const char *arg)
{
	const char *why;
	long n = strtonum(arg, 1, 1 << 20, &why);

	if (why != NULL)
		errx(1, "%s is %s: %s", what, why, arg);
	return (n);
}

int
main(int argc, char **argv)
{
	size_t n = 100, size = 64, i;
	int there[2], back[2], c, status;
	char *buf;
	pid_t pid;

	while ((c = getopt(argc, argv, "n:s:")) != -1)
		switch (c) {
		case 'n':
			n = number("messages", optarg);
			break;
		case 's':
			size = number("bytes", optarg);
			break;
		default:
			fprintf(stderr, "usage: pipebench [-n messages] [-s bytes]\n");
			return (1);
		}
	if ((buf = calloc(1, size)) == NULL || pipe(there) == -1 || pipe(back) == -1)
		err(1, NULL);
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		for (i = 0; i < n; i++) {
			get(there[0], buf, size);
			buf[0]++;
			put(back[1], buf, size);
		}
		_exit(0);
	}
	for (i = 0; i < n; i++) {
		put(there[1], buf, size);
		get(back[0], buf, size);
	}
	if (waitpid(pid, &status, 0) == -1)
		err(1, "waitpid");
	printf("%zu messages of %zu bytes, %s\n", n, size,
	    (unsigned char)buf[0] == (n & 0xff) && status == 0 ? "all well" : "WRONG");
	return ((unsigned char)buf[0] != (n & 0xff) || status != 0);
}
