/*
 * Reading directories: getdirentries(2) fills a block with entries, readdir()
 * hands them out.
 */
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libc_private.h"

struct _dirdesc {
	int	 dd_fd;
	off_t	 dd_base;
	long	 dd_size;		/* Bytes that the kernel gave. */
	long	 dd_loc;		/* Next entry. */
	char	 dd_buf[4096];
};

DIR *
fdopendir(int fd)
{
	struct stat st;
	DIR *d;

	if (fstat(fd, &st) == -1)
		return (NULL);
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return (NULL);
	}
	if ((d = malloc(sizeof(*d))) == NULL)
		return (NULL);
	d->dd_fd = fd;
	d->dd_size = d->dd_loc = 0;
	return (d);
}

DIR *
opendir(const char *path)
{
	DIR *d;
	int fd;

	if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return (NULL);
	if ((d = fdopendir(fd)) == NULL)
		close(fd);
	return (d);
}

struct dirent *
readdir(DIR *d)
{
	struct dirent *e;

	do {
		if (d->dd_loc >= d->dd_size) {
			d->dd_loc = 0;
			d->dd_size = SYSCALL4(SYS_getdirentries, d->dd_fd,
			    d->dd_buf, sizeof(d->dd_buf), &d->dd_base);
			if (d->dd_size <= 0) {
				d->dd_size = 0;
				return (NULL);
			}
		}
		e = (struct dirent *)(d->dd_buf + d->dd_loc);
		if (e->d_reclen == 0)
			return (NULL);
		d->dd_loc += e->d_reclen;
	} while (e->d_fileno == 0);
	return (e);
}

void
rewinddir(DIR *d)
{
	lseek(d->dd_fd, 0, SEEK_SET);
	d->dd_loc = d->dd_size = 0;
}

int
dirfd(DIR *d)
{
	return (d->dd_fd);
}

int
closedir(DIR *d)
{
	int fd = d->dd_fd;

	free(d);
	return (close(fd));
}

int
alphasort(const struct dirent **a, const struct dirent **b)
{
	return (strcmp((*a)->d_name, (*b)->d_name));
}

int
scandir(const char *path, struct dirent ***out,
    int (*wanted)(const struct dirent *),
    int (*compare)(const struct dirent **, const struct dirent **))
{
	struct dirent **list = NULL, **more, *e, *copy;
	int n = 0, cap = 0;
	DIR *d;

	if ((d = opendir(path)) == NULL)
		return (-1);
	while ((e = readdir(d)) != NULL) {
		if (wanted != NULL && !wanted(e))
			continue;
		if (n == cap) {
			cap = cap == 0 ? 32 : cap * 2;
			if ((more = realloc(list, cap * sizeof(*list))) == NULL)
				goto fail;
			list = more;
		}
		if ((copy = malloc(sizeof(*copy))) == NULL)
			goto fail;
		memcpy(copy, e, e->d_reclen);
		list[n++] = copy;
	}
	closedir(d);
	if (compare != NULL && n > 1)
		qsort(list, n, sizeof(*list),
		    (int (*)(const void *, const void *))compare);
	*out = list;
	return (n);
fail:
	while (n > 0)
		free(list[--n]);
	free(list);
	closedir(d);
	return (-1);
}
