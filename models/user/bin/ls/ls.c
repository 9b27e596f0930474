/*
 * ls [-1AadFlR] [file ...]: names, one a line, or in columns on a terminal.
 */
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct entry {
	char		*e_name;
	struct stat	 e_st;
};

static int	all, almost, dironly, slash, longform, recursive, columns, rval;

static void
mode_string(mode_t m, char *s)
{
	static const char rwx[] = "rwxrwxrwx";
	int i;

	s[0] = S_ISDIR(m) ? 'd' : S_ISCHR(m) ? 'c' : S_ISBLK(m) ? 'b' :
	    S_ISLNK(m) ? 'l' : S_ISFIFO(m) ? 'p' : '-';
	for (i = 0; i < 9; i++)
		s[i + 1] = m >> (8 - i) & 1 ? rwx[i] : '-';
	s[10] = ' ';
	s[11] = '\0';
}

static char
suffix(mode_t m)
{
	if (!slash)
		return (0);
	return (S_ISDIR(m) ? '/' : S_ISLNK(m) ? '@' : S_ISFIFO(m) ? '|' :
	    S_ISREG(m) && m & 0111 ? '*' : 0);
}

static const char *
owner(unsigned id, char *buf, int group)
{
	if (id == 0)
		return (group ? "wheel" : "root");
	sprintf(buf, "%u", id);
	return (buf);
}

static void
print_long(const struct entry *e)
{
	char mode[12], u[12], g[12], when[20], size[24];
	struct tm *tm;

	mode_string(e->e_st.st_mode, mode);
	if (S_ISCHR(e->e_st.st_mode) || S_ISBLK(e->e_st.st_mode))
		sprintf(size, "%#lx", (unsigned long)e->e_st.st_rdev);
	else
		sprintf(size, "%ld", (long)e->e_st.st_size);
	tm = localtime(&e->e_st.st_mtime);
	strftime(when, sizeof(when), "%b %e %H:%M", tm);
	printf("%s%2lu %s  %s  %8s %s %s", mode, (unsigned long)e->e_st.st_nlink,
	    owner(e->e_st.st_uid, u, 0), owner(e->e_st.st_gid, g, 1), size,
	    when, e->e_name);
}

static void
print(struct entry *v, int n)
{
	int i, j, width = 0, cols, rows, len;
	struct winsize ws;
	char s;

	if (!columns) {
		for (i = 0; i < n; i++) {
			if (longform)
				print_long(&v[i]);
			else
				fputs(v[i].e_name, stdout);
			if ((s = suffix(v[i].e_st.st_mode)) != 0)
				putchar(s);
			putchar('\n');
		}
		return;
	}
	for (i = 0; i < n; i++)
		if ((len = (int)strlen(v[i].e_name) + (slash != 0)) > width)
			width = len;
	width = (width + 8) & ~7;
	cols = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0)
		cols = ws.ws_col;
	cols = cols / width > 0 ? cols / width : 1;
	rows = (n + cols - 1) / cols;
	for (i = 0; i < rows; i++) {
		for (j = i; j < n; j += rows) {
			len = printf("%s", v[j].e_name);
			if ((s = suffix(v[j].e_st.st_mode)) != 0) {
				putchar(s);
				len++;
			}
			for (; len < width && j + rows < n; len = (len + 8) & ~7)
				putchar('\t');
		}
		putchar('\n');
	}
}

static int
wanted(const struct dirent *d)
{
	if (all || d->d_name[0] != '.')
		return (1);
	return (almost && strcmp(d->d_name, ".") != 0 &&
	    strcmp(d->d_name, "..") != 0);
}

static void
list_dir(const char *dir)
{
	char path[PATH_MAX];
	struct dirent **names;
	struct entry *v;
	int n, i, k = 0;
	long blocks = 0;

	if ((n = scandir(dir, &names, wanted, alphasort)) == -1) {
		warn("%s", dir);
		rval = 1;
		return;
	}
	if ((v = calloc(n + 1, sizeof(*v))) == NULL)
		err(1, NULL);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		if (lstat(path, &v[k].e_st) == -1) {
			warn("%s", path);
			rval = 1;
			continue;
		}
		v[k].e_name = names[i]->d_name;
		blocks += v[k++].e_st.st_blocks;
	}
	if (longform)
		printf("total %ld\n", (blocks + 1) / 2);
	print(v, k);
	for (i = 0; i < k && recursive; i++)
		if (S_ISDIR(v[i].e_st.st_mode) && strcmp(v[i].e_name, ".") != 0 &&
		    strcmp(v[i].e_name, "..") != 0) {
			snprintf(path, sizeof(path), "%s/%s", dir, v[i].e_name);
			printf("\n%s:\n", path);
			list_dir(path);
		}
	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
	free(v);
}

int
main(int argc, char **argv)
{
	static char *dot[] = { ".", NULL };
	struct entry *files, *dirs, e;
	int c, nf = 0, nd = 0, i;

	columns = isatty(STDOUT_FILENO);
	while ((c = getopt(argc, argv, "1AaCdFlR")) != -1)
		switch (c) {
		case '1': columns = 0; break;
		case 'A': almost = 1; break;
		case 'a': all = 1; break;
		case 'C': columns = 1; break;
		case 'd': dironly = 1; break;
		case 'F': slash = 1; break;
		case 'l': longform = 1; columns = 0; break;
		case 'R': recursive = 1; break;
		default:
			fprintf(stderr, "usage: ls [-1AaCdFlR] [file ...]\n");
			return (1);
		}
	argv += optind;
	argc -= optind;
	if (argc == 0) {
		argv = dot;
		argc = 1;
	}
	files = calloc(argc, sizeof(*files));
	dirs = calloc(argc, sizeof(*dirs));
	if (files == NULL || dirs == NULL)
		err(1, NULL);
	for (i = 0; i < argc; i++) {
		e.e_name = argv[i];
		if (stat(argv[i], &e.e_st) == -1) {
			warn("%s", argv[i]);
			rval = 1;
		} else if (S_ISDIR(e.e_st.st_mode) && !dironly)
			dirs[nd++] = e;
		else
			files[nf++] = e;
	}
	if (nf > 0)
		print(files, nf);
	for (i = 0; i < nd; i++) {
		if (argc > 1)
			printf("%s%s:\n", nf > 0 || i > 0 ? "\n" : "", dirs[i].e_name);
		list_dir(dirs[i].e_name);
	}
	return (rval);
}
