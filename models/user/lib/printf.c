/*
 * The printf family: the ways out of the formatter (format.c).
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "stdio_private.h"

/*
 * Into a stream.  An unbuffered one gets a buffer for the time of the call, so
 * that a message is one write(2).
 */
static void
put_file(struct __sink *k, const char *s, size_t n)
{
	k->count += n;
	if (n > 0)
		fwrite(s, 1, n, k->file);
}

int
vfprintf(FILE *restrict f, const char *restrict fmt, va_list ap)
{
	struct __sink k = { .put = put_file, .file = f };
	unsigned char tmp[BUFSIZ];
	int r, unbuffered, had = f->_flags & F_ERR;

	FLOCK(f);
	unbuffered = f->_flags & F_NBF && f->_flags & F_WR;
	if (unbuffered) {
		__sflush(f);
		k.buf = (char *)f->_base;
		k.room = f->_size;
		f->_flags &= ~(F_NBF | F_READING);
		f->_flags |= F_WRITING;
		f->_base = f->_p = tmp;
		f->_size = f->_w = sizeof(tmp);
		f->_r = 0;
	}
	f->_flags &= ~F_ERR;
	r = __format(&k, fmt, ap);
	if (unbuffered) {
		__sflush(f);
		f->_base = f->_p = (unsigned char *)k.buf;
		f->_size = k.room;
		f->_w = 0;
		f->_flags |= F_NBF;
		if (f->_base == NULL)
			f->_flags &= ~F_WRITING;
	}
	if (f->_flags & F_ERR)
		r = -1;
	f->_flags |= had;
	FUNLOCK(f);
	return (r);
}

int
fprintf(FILE *restrict f, const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vfprintf(f, fmt, ap);
	va_end(ap);
	return (r);
}

int
vprintf(const char *restrict fmt, va_list ap)
{
	return (vfprintf(stdout, fmt, ap));
}

int
printf(const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vfprintf(stdout, fmt, ap);
	va_end(ap);
	return (r);
}

/*
 * Into memory: what does not fit is counted, not stored.
 */
static void
put_memory(struct __sink *k, const char *s, size_t n)
{
	k->count += n;
	if (n > k->room)
		n = k->room;
	memcpy(k->buf, s, n);
	k->buf += n;
	k->room -= n;
}

int
vsnprintf(char *restrict buf, size_t size, const char *restrict fmt, va_list ap)
{
	struct __sink k = { .put = put_memory, .buf = buf };
	int r;

	k.room = size > 0 ? size - 1 : 0;
	r = __format(&k, fmt, ap);
	if (size > 0)
		*k.buf = '\0';
	return (r);
}

int
snprintf(char *restrict buf, size_t size, const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return (r);
}

int
vsprintf(char *restrict buf, const char *restrict fmt, va_list ap)
{
	return (vsnprintf(buf, INT32_MAX, fmt, ap));
}

int
sprintf(char *restrict buf, const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vsprintf(buf, fmt, ap);
	va_end(ap);
	return (r);
}

int
vasprintf(char **out, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	*out = NULL;
	if (n < 0 || (*out = malloc((size_t)n + 1)) == NULL)
		return (-1);
	return (vsnprintf(*out, (size_t)n + 1, fmt, ap));
}

int
asprintf(char **out, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vasprintf(out, fmt, ap);
	va_end(ap);
	return (r);
}

int
vdprintf(int fd, const char *restrict fmt, va_list ap)
{
	struct __file f = { ._fd = fd, ._flags = F_WR | F_NBF };

	return (vfprintf(&f, fmt, ap));
}

int
dprintf(int fd, const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vdprintf(fd, fmt, ap);
	va_end(ap);
	return (r);
}
