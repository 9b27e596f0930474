/*
 * head [-n lines | -c bytes] [file ...]: the beginning of files.
 */
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
head(FILE *f, long lines, long bytes)
{
	int c;

	while ((bytes >= 0 ? bytes-- > 0 : lines > 0) && (c = getc(f)) != EOF) {
		putchar(c);
		lines -= c == '\n';
	}
}

static long
number(const char *s, const char *what)
{
	const char *why;
	long v = strtonum(s, 1, 1L << 40, &why);

	if (why != NULL)
		errx(1, "illegal %s count -- %s", what, s);
	return (v);
}

int
main(int argc, char **argv)
{
	long lines = 10, bytes = -1;
	int c, first = 1, many, r = 0;
	FILE *f;

	/* head -5 */
	if (argc > 1 && argv[1][0] == '-' && isdigit((unsigned char)argv[1][1])) {
		lines = number(argv[1] + 1, "line");
		optind = 2;
	}
	while ((c = getopt(argc, argv, "c:n:")) != -1)
		switch (c) {
		case 'c': bytes = number(optarg, "byte"); break;
		case 'n': lines = number(optarg, "line"); break;
		default:
			fprintf(stderr, "usage: head [-n lines | -c bytes] [file ...]\n");
			return (1);
		}
	argv += optind;
	if (*argv == NULL)
		head(stdin, lines, bytes);
	many = argc - optind > 1;
	for (; *argv != NULL; argv++) {
		if ((f = fopen(*argv, "r")) == NULL) {
			warn("%s", *argv);
			r = 1;
			continue;
		}
		if (many)
			printf("%s==> %s <==\n", first ? "" : "\n", *argv);
		first = 0;
		head(f, lines, bytes);
		fclose(f);
	}
	return (r);
}
