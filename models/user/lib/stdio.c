/*
 * Bytes, lines and blocks in and out of streams.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "stdio_private.h"

int
putc_unlocked(int c, FILE *f)
{
	return (__sputc(c, f));
}

int
fputc(int c, FILE *f)
{
	int r;

	FLOCK(f);
	r = __sputc(c, f);
	FUNLOCK(f);
	return (r);
}

int
putc(int c, FILE *f)
{
	return (fputc(c, f));
}

int
putchar(int c)
{
	return (fputc(c, stdout));
}

int
putchar_unlocked(int c)
{
	return (__sputc(c, stdout));
}

int
getc_unlocked(FILE *f)
{
	return (__sgetc(f));
}

int
fgetc(FILE *f)
{
	int c;

	FLOCK(f);
	c = __sgetc(f);
	FUNLOCK(f);
	return (c);
}

int
getc(FILE *f)
{
	return (fgetc(f));
}

int
getchar(void)
{
	return (fgetc(stdin));
}

int
getchar_unlocked(void)
{
	return (__sgetc(stdin));
}

int
ungetc(int c, FILE *f)
{
	if (c == EOF)
		return (EOF);
	FLOCK(f);
	if (f->_flags & F_STR) {
		/* sscanf(): the byte is still there. */
		f->_p--;
		f->_r++;
		FUNLOCK(f);
		return (c);
	}
	if ((f->_flags & F_READING) == 0) {
		if (f->_flags & F_WRITING) {
			__sflush(f);
			f->_flags &= ~F_WRITING;
			f->_w = 0;
		}
		__smakebuf(f);
		f->_p = f->_base;
		f->_r = 0;
		f->_flags |= F_READING;
	}
	if (f->_p == f->_base - UNGET) {
		FUNLOCK(f);
		return (EOF);
	}
	*--f->_p = (unsigned char)c;
	f->_r++;
	f->_flags &= ~F_EOF;
	FUNLOCK(f);
	return ((unsigned char)c);
}

/* n bytes out: into the buffer while they fit, large blocks directly. */
static size_t
put_block(FILE *f, const char *p, size_t n)
{
	size_t left = n, chunk;

	if ((f->_flags & F_WRITING) == 0 && __towrite(f) != 0)
		return (0);
	if (f->_flags & F_NBF)
		return (__sflush(f) != 0 ? 0 : __swrite(f, p, n));
	if (f->_flags & (F_LBF | F_MEM)) {
		for (; left > 0; left--, p++)
			if (__sputc(*p, f) == EOF)
				break;
		return (n - left);
	}
	while (left > 0) {
		if (f->_p == f->_base && left >= f->_size) {
			chunk = left - left % f->_size;
			chunk = __swrite(f, p, chunk);
			if (f->_flags & F_ERR)
				return (n - left + chunk);
		} else {
			chunk = (size_t)f->_w < left ? (size_t)f->_w : left;
			memcpy(f->_p, p, chunk);
			f->_p += chunk;
			f->_w -= chunk;
			if (f->_w == 0 && __sflush(f) != 0)
				return (n - left);
		}
		p += chunk;
		left -= chunk;
	}
	return (n);
}

size_t
fwrite(const void *restrict buf, size_t size, size_t count, FILE *restrict f)
{
	size_t n = size * count;

	if (n == 0)
		return (0);
	FLOCK(f);
	n = put_block(f, buf, n);
	FUNLOCK(f);
	return (n == size * count ? count : n / size);
}

int
fputs(const char *restrict s, FILE *restrict f)
{
	size_t n = strlen(s);

	return (fwrite(s, 1, n, f) == n ? 0 : EOF);
}

int
puts(const char *s)
{
	if (fputs(s, stdout) == EOF)
		return (EOF);
	return (putchar('\n') == EOF ? EOF : '\n');
}

size_t
fread(void *restrict buf, size_t size, size_t count, FILE *restrict f)
{
	size_t n = size * count, left, chunk;
	char *p = buf;
	int c;

	if (n == 0)
		return (0);
	FLOCK(f);
	for (left = n; left > 0;) {
		if (f->_r == 0) {
			if ((c = __underflow(f)) == EOF)
				break;
			*p++ = (char)c;
			left--;
			continue;
		}
		chunk = (size_t)f->_r < left ? (size_t)f->_r : left;
		memcpy(p, f->_p, chunk);
		f->_p += chunk;
		f->_r -= chunk;
		p += chunk;
		left -= chunk;
	}
	FUNLOCK(f);
	return ((n - left) / size);
}

char *
fgets(char *restrict buf, int size, FILE *restrict f)
{
	char *p = buf;
	int c = EOF;

	if (size <= 0)
		return (NULL);
	FLOCK(f);
	while (p < buf + size - 1 && (c = __sgetc(f)) != EOF)
		if ((*p++ = (char)c) == '\n')
			break;
	FUNLOCK(f);
	if ((p == buf && size > 1) || (c == EOF && f->_flags & F_ERR))
		return (NULL);
	*p = '\0';
	return (buf);
}

ssize_t
getdelim(char **restrict linep, size_t *restrict capp, int delim, FILE *restrict f)
{
	size_t n = 0, cap;
	char *line;
	int c;

	FLOCK(f);
	for (;;) {
		if ((c = __sgetc(f)) == EOF)
			break;
		if (*linep == NULL || n + 2 > *capp) {
			cap = *linep == NULL || *capp < 64 ? 128 : *capp * 2;
			if ((line = realloc(*linep, cap)) == NULL) {
				FUNLOCK(f);
				return (-1);
			}
			*linep = line;
			*capp = cap;
		}
		(*linep)[n++] = (char)c;
		if (c == delim)
			break;
	}
	FUNLOCK(f);
	if (n == 0)
		return (-1);
	(*linep)[n] = '\0';
	return (n);
}

ssize_t
getline(char **restrict linep, size_t *restrict capp, FILE *restrict f)
{
	return (getdelim(linep, capp, '\n', f));
}

void
perror(const char *s)
{
	int e = errno;

	if (s != NULL && *s != '\0')
		fprintf(stderr, "%s: %s\n", s, strerror(e));
	else
		fprintf(stderr, "%s\n", strerror(e));
}

int
remove(const char *path)
{
	if (unlink(path) == 0)
		return (0);
	if (errno != EISDIR && errno != EPERM)
		return (-1);
	return (rmdir(path));
}
