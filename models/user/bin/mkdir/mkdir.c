/*
 * mkdir [-p] directory ...
 */
#include <sys/stat.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* All that are missing on the way. */
static int
build(char *path)
{
	struct stat st;
	char *p;

	for (p = path + 1;; p++) {
		if (*p != '/' && *p != '\0')
			continue;
		char saved = *p;

		*p = '\0';
		if (mkdir(path, 0777) == -1 &&
		    (errno != EEXIST || stat(path, &st) == -1 || !S_ISDIR(st.st_mode))) {
			warn("%s", path);
			return (1);
		}
		if ((*p = saved) == '\0')
			return (0);
	}
}

int
main(int argc, char **argv)
{
	int c, parents = 0, r = 0;

	while ((c = getopt(argc, argv, "p")) != -1)
		if (c == 'p')
			parents = 1;
		else
			goto usage;
	argv += optind;
	if (*argv == NULL) {
usage:
		fprintf(stderr, "usage: mkdir [-p] directory_name ...\n");
		return (64);
	}
	for (; *argv != NULL; argv++)
		if (parents)
			r |= build(*argv);
		else if (mkdir(*argv, 0777) == -1) {
			warn("%s", *argv);
			r = 1;
		}
	return (r);
}
