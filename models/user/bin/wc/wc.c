/*
 * wc [-clw] [file ...]: lines, words and bytes.
 */
#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdint.h>
#include <unistd.h>

static int		doline, doword, dochar;
static uintmax_t	tline, tword, tchar;

static void
show(uintmax_t l, uintmax_t w, uintmax_t c, const char *name)
{
	if (doline)
		printf(" %7ju", l);
	if (doword)
		printf(" %7ju", w);
	if (dochar)
		printf(" %7ju", c);
	if (name != NULL)
		printf(" %s", name);
	printf("\n");
}

static int
count(const char *name)
{
	static char buf[16384];
	uintmax_t l = 0, w = 0, c = 0;
	int fd = STDIN_FILENO, inword = 0;
	ssize_t n, i;

	if (name != NULL && (fd = open(name, O_RDONLY)) == -1) {
		warn("%s: open", name);
		return (1);
	}
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		c += n;
		if (!doline && !doword)
			continue;
		for (i = 0; i < n; i++) {
			l += buf[i] == '\n';
			if (isspace((unsigned char)buf[i]))
				inword = 0;
			else if (!inword) {
				inword = 1;
				w++;
			}
		}
	}
	if (n == -1)
		warn("%s: read", name != NULL ? name : "stdin");
	if (fd != STDIN_FILENO)
		close(fd);
	show(l, w, c, name);
	tline += l;
	tword += w;
	tchar += c;
	return (n == -1);
}

int
main(int argc, char **argv)
{
	int c, r = 0, files;

	while ((c = getopt(argc, argv, "clw")) != -1)
		switch (c) {
		case 'c': dochar = 1; break;
		case 'l': doline = 1; break;
		case 'w': doword = 1; break;
		default:
			fprintf(stderr, "usage: wc [-clw] [file ...]\n");
			return (1);
		}
	if (doline + doword + dochar == 0)
		doline = doword = dochar = 1;
	argv += optind;
	if (*argv == NULL)
		return (count(NULL));
	for (files = 0; *argv != NULL; argv++, files++)
		r |= count(*argv);
	if (files > 1)
		show(tline, tword, tchar, "total");
	return (r);
}
