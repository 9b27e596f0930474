/*
 * rm [-f] [-r] file ...
 */
#include <sys/stat.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int	force, recursive, rval;

static void
remove_one(const char *path)
{
	char sub[PATH_MAX];
	struct dirent *e;
	struct stat st;
	DIR *d;

	if (lstat(path, &st) == -1) {
		if (!force || errno != ENOENT) {
			warn("%s", path);
			rval = 1;
		}
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		if (!recursive) {
			warnx("%s: is a directory", path);
			rval = 1;
			return;
		}
		/* A removed entry may move the others: start again each time. */
		for (;;) {
			if ((d = opendir(path)) == NULL)
				break;
			do
				e = readdir(d);
			while (e != NULL && (strcmp(e->d_name, ".") == 0 ||
			    strcmp(e->d_name, "..") == 0));
			if (e == NULL) {
				closedir(d);
				break;
			}
			snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name);
			closedir(d);
			remove_one(sub);
			if (rval)
				return;
		}
		if (rmdir(path) == -1) {
			warn("%s", path);
			rval = 1;
		}
	} else if (unlink(path) == -1) {
		warn("%s", path);
		rval = 1;
	}
}

int
main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "fRr")) != -1)
		switch (c) {
		case 'f':
			force = 1;
			break;
		case 'R':
		case 'r':
			recursive = 1;
			break;
		default:
			goto usage;
		}
	argv += optind;
	if (*argv == NULL && !force) {
usage:
		fprintf(stderr, "usage: rm [-fRr] file ...\n");
		return (64);
	}
	for (; *argv != NULL; argv++)
		remove_one(*argv);
	return (rval);
}
