/*
 * Small things around descriptors, paths and the system's settings.
 */
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "stdio_private.h"

int
isatty(int fd)
{
	struct termios t;

	return (tcgetattr(fd, &t) == 0);
}

int
tcgetattr(int fd, struct termios *t)
{
	return (ioctl(fd, TIOCGETA, t));
}

int
tcsetattr(int fd, int when, const struct termios *t)
{
	switch (when) {
	case TCSANOW:
		return (ioctl(fd, TIOCSETA, t));
	case TCSADRAIN:
		return (ioctl(fd, TIOCSETAW, t));
	case TCSAFLUSH:
		return (ioctl(fd, TIOCSETAF, t));
	}
	errno = EINVAL;
	return (-1);
}

void
cfmakeraw(struct termios *t)
{
	t->c_iflag &= ~(IMAXBEL | ICRNL | IXON | BRKINT);
	t->c_oflag &= ~OPOST;
	t->c_lflag &= ~(ECHO | ECHOE | ECHOK | ECHONL | ICANON | ISIG | IEXTEN);
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

pid_t
tcgetpgrp(int fd)
{
	int pgrp;

	return (ioctl(fd, TIOCGPGRP, &pgrp) == -1 ? -1 : pgrp);
}

int
tcsetpgrp(int fd, pid_t pgrp)
{
	int p = pgrp;

	return (ioctl(fd, TIOCSPGRP, &p));
}

char *
ttyname(int fd)
{
	/* The machine has one terminal. */
	return (isatty(fd) ? "/dev/console" : NULL);
}

char *
getcwd(char *buf, size_t size)
{
	char *mem = buf;

	if (mem == NULL && (mem = malloc(size = PATH_MAX)) == NULL)
		return (NULL);
	if (SYSCALL2(SYS___getcwd, mem, size) == -1) {
		if (buf == NULL)
			free(mem);
		return (NULL);
	}
	return (mem);
}

/*
 * Absolute, without "." and "..".  There are no symbolic links, so text is
 * enough; what it names must exist.
 */
char *
realpath(const char *restrict path, char *restrict out)
{
	char full[PATH_MAX], result[PATH_MAX], *p, *next;
	struct stat st;
	size_t n = 0;

	if (stat(path, &st) == -1)
		return (NULL);
	if (*path == '/')
		full[0] = '\0';
	else if (getcwd(full, sizeof(full)) == NULL)
		return (NULL);
	if (strlcat(full, "/", sizeof(full)) >= sizeof(full) ||
	    strlcat(full, path, sizeof(full)) >= sizeof(full)) {
		errno = ENAMETOOLONG;
		return (NULL);
	}
	for (next = full; (p = strsep(&next, "/")) != NULL;) {
		if (*p == '\0' || strcmp(p, ".") == 0)
			continue;
		if (strcmp(p, "..") == 0) {
			while (n > 0 && result[--n] != '/')
				;
			continue;
		}
		result[n++] = '/';
		strcpy(result + n, p);
		n += strlen(p);
	}
	if (n == 0)
		result[n++] = '/';
	result[n] = '\0';
	if (out == NULL)
		return (strdup(result));
	return (strcpy(out, result));
}

/* These two may change their argument. */
char *
basename(char *path)
{
	char *end, *slash;

	if (path == NULL || *path == '\0')
		return (".");
	for (end = path + strlen(path) - 1; end > path && *end == '/'; end--)
		*end = '\0';
	slash = strrchr(path, '/');
	return (slash != NULL && slash[1] != '\0' ? slash + 1 : path);
}

char *
dirname(char *path)
{
	char *end;

	if (path == NULL || *path == '\0')
		return (".");
	for (end = path + strlen(path) - 1; end > path && *end == '/'; end--)
		;
	while (end > path && *end != '/')
		end--;
	if (end == path && *end != '/')
		return (".");
	while (end > path && *end == '/')
		end--;
	end[1] = '\0';
	return (path);
}

/* The X's become letters until the name is new. */
static int
make_temp(char *template, size_t nx)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	static unsigned long seed;
	unsigned long v;
	char *x = template + strlen(template) - nx;
	int fd, try;
	size_t i;

	for (try = 0; try < 1000; try++) {
		v = (unsigned long)getpid() * 62 * 62 * 62 + seed++;
		for (i = nx; i-- > 0; v /= 62)
			x[i] = letters[v % 62];
		fd = open(template, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd != -1 || errno != EEXIST)
			return (fd);
	}
	return (-1);
}

int
mkstemp(char *template)
{
	size_t n, nx;

	n = strlen(template);
	for (nx = 0; nx < n && template[n - 1 - nx] == 'X'; nx++)
		;
	if (nx < 6) {
		errno = EINVAL;
		return (-1);
	}
	return (make_temp(template, nx));
}

FILE *
tmpfile(void)
{
	char name[] = P_tmpdir "tmp.XXXXXX";
	FILE *f;
	int fd;

	if ((fd = mkstemp(name)) == -1)
		return (NULL);
	unlink(name);
	if ((f = fdopen(fd, "w+")) == NULL)
		close(fd);
	return (f);
}

char *
tmpnam(char *buf)
{
	static char mine[L_tmpnam];
	static unsigned n;

	if (buf == NULL)
		buf = mine;
	snprintf(buf, L_tmpnam, P_tmpdir "tmp.%d.%u", (int)getpid(), n++);
	return (buf);
}

int
getpagesize(void)
{
	return (4096);
}

int
mblen(const char *s, size_t n)
{
	return (s == NULL || n == 0 ? 0 : *s != '\0');
}

char *
setlocale(int category, const char *name)
{
	(void)category;
	if (name == NULL || *name == '\0' || strcmp(name, "C") == 0 ||
	    strcmp(name, "POSIX") == 0)
		return ("C");
	return (NULL);
}

struct lconv *
localeconv(void)
{
	static struct lconv c = { ".", "", "" };

	return (&c);
}
