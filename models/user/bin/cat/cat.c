/*
 * cat [-n] [-u] [file ...]: files one after the other; - is standard input.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int	rval;

/* Plain: block by block. */
static void
raw_cat(int fd, const char *name)
{
	static char *buf;
	static const size_t size = 16384;
	ssize_t n, off, w;

	if (buf == NULL && (buf = malloc(size)) == NULL)
		err(1, "buffer");
	while ((n = read(fd, buf, size)) > 0)
		for (off = 0; off < n; off += w)
			if ((w = write(STDOUT_FILENO, buf + off, n - off)) == -1)
				err(1, "stdout");
	if (n == -1) {
		warn("%s", name);
		rval = 1;
	}
}

/* With line numbers. */
static void
number_cat(int fd, const char *name)
{
	static long line;
	int c, start = 1;
	FILE *f;

	if ((f = fdopen(dup(fd), "r")) == NULL)
		err(1, "%s", name);
	while ((c = getc(f)) != EOF) {
		if (start)
			printf("%6ld\t", ++line);
		putchar(c);
		start = c == '\n';
	}
	fclose(f);
}

int
main(int argc, char **argv)
{
	int c, fd, number = 0;
	const char *name;

	while ((c = getopt(argc, argv, "nu")) != -1)
		switch (c) {
		case 'n':
			number = 1;
			break;
		case 'u':
			break;		/* It never buffers. */
		default:
			fprintf(stderr, "usage: cat [-nu] [file ...]\n");
			return (1);
		}
	argv += optind;
	do {
		name = *argv == NULL || strcmp(*argv, "-") == 0 ? "stdin" : *argv;
		fd = strcmp(name, "stdin") == 0 ? STDIN_FILENO :
		    open(name, O_RDONLY);
		if (fd == -1) {
			warn("%s", name);
			rval = 1;
		} else {
			if (number)
				number_cat(fd, name);
			else
				raw_cat(fd, name);
			if (fd != STDIN_FILENO)
				close(fd);
		}
	} while (*argv != NULL && *++argv != NULL);
	return (rval);
}
