/*
 * cp source target; cp source ... directory
 */
#include <sys/stat.h>
#include <err.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int
copy(const char *from, const char *to)
{
	static char buf[16384];
	struct stat a, b;
	ssize_t n = 0;
	int in, out;

	if ((in = open(from, O_RDONLY)) == -1 || fstat(in, &a) == -1) {
		warn("%s", from);
		return (1);
	}
	if (stat(to, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino) {
		warnx("%s and %s are identical (not copied).", to, from);
		close(in);
		return (1);
	}
	if ((out = open(to, O_WRONLY | O_CREAT | O_TRUNC, a.st_mode & 0777)) == -1) {
		warn("%s", to);
		close(in);
		return (1);
	}
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, n) != n) {
			warn("%s", to);
			break;
		}
	if (n == -1)
		warn("%s", from);
	close(in);
	close(out);
	return (n != 0);
}

int
main(int argc, char **argv)
{
	char path[PATH_MAX], name[PATH_MAX];
	const char *target;
	struct stat st;
	int i, r = 0, dir;

	if (argc < 3) {
		fprintf(stderr, "usage: cp source_file target_file\n"
		    "       cp source_file ... target_directory\n");
		return (64);
	}
	target = argv[argc - 1];
	dir = stat(target, &st) == 0 && S_ISDIR(st.st_mode);
	if (argc > 3 && !dir)
		errx(1, "%s is not a directory", target);
	for (i = 1; i < argc - 1; i++) {
		if (!dir) {
			r |= copy(argv[i], target);
			continue;
		}
		strlcpy(name, argv[i], sizeof(name));
		snprintf(path, sizeof(path), "%s/%s", target, basename(name));
		r |= copy(argv[i], path);
	}
	return (r);
}
