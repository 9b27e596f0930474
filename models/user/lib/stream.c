/*
 * Streams: opening, filling, emptying, moving about.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "stdio_private.h"

static struct __file std_err = {
	._fd = 2, ._flags = F_WR | F_NBF | F_STATIC
};
static struct __file std_out = {
	._fd = 1, ._flags = F_WR | F_STATIC, ._next = &std_err
};
static struct __file std_in = {
	._fd = 0, ._flags = F_RD | F_STATIC, ._next = &std_out
};
FILE	*__stdinp = &std_in;
FILE	*__stdoutp = &std_out;
FILE	*__stderrp = &std_err;

struct __file	*__files = &std_in;
__lock_t	 __files_lock;

/*
 * "r", "w", "a", with "+", "b", "e", "x": stream flags as result, open(2) flags
 * in *oflags.  0 if the mode makes no sense.
 */
int
__sflags(const char *mode, int *oflags)
{
	int flags, how;

	switch (*mode++) {
	case 'r':
		flags = F_RD;
		how = 0;
		break;
	case 'w':
		flags = F_WR;
		how = O_CREAT | O_TRUNC;
		break;
	case 'a':
		flags = F_WR | F_APPEND;
		how = O_CREAT | O_APPEND;
		break;
	default:
		errno = EINVAL;
		return (0);
	}
	for (; *mode != '\0'; mode++)
		switch (*mode) {
		case '+':
			flags |= F_RD | F_WR;
			break;
		case 'e':
			how |= O_CLOEXEC;
			break;
		case 'x':
			how |= O_EXCL;
			break;
		}
	if ((flags & (F_RD | F_WR)) == (F_RD | F_WR))
		how |= O_RDWR;
	else
		how |= flags & F_WR ? O_WRONLY : O_RDONLY;
	*oflags = how;
	return (flags);
}

FILE *
__snew(int fd, int flags)
{
	FILE *f;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		return (NULL);
	f->_fd = fd;
	f->_flags = flags;
	__lock(&__files_lock);
	f->_next = __files;
	__files = f;
	__unlock(&__files_lock);
	return (f);
}

FILE *
fopen(const char *restrict path, const char *restrict mode)
{
	FILE *f;
	int flags, how, fd;

	if ((flags = __sflags(mode, &how)) == 0)
		return (NULL);
	if ((fd = open(path, how, 0666)) == -1)
		return (NULL);
	if ((f = __snew(fd, flags)) == NULL)
		close(fd);
	return (f);
}

FILE *
fdopen(int fd, const char *mode)
{
	int flags, how;

	if ((flags = __sflags(mode, &how)) == 0)
		return (NULL);
	if (fcntl(fd, F_GETFL, 0) == -1)
		return (NULL);
	return (__snew(fd, flags));
}

static void
drop_buffer(FILE *f)
{
	if (f->_flags & F_MYBUF)
		free(f->_base - UNGET);
	f->_base = f->_p = NULL;
	f->_r = f->_w = 0;
	f->_size = 0;
	f->_flags &= ~(F_MYBUF | F_READING | F_WRITING);
}

static int
shut(FILE *f)
{
	int r;

	r = __sflush(f);
	if (f->_flags & F_MEM) {
		/* The memory now belongs to the caller. */
		f->_flags &= ~F_MYBUF;
	} else if (f->_fd >= 0 && close(f->_fd) == -1)
		r = EOF;
	drop_buffer(f);
	return (r);
}

FILE *
freopen(const char *restrict path, const char *restrict mode, FILE *restrict f)
{
	int flags, how, fd, want = f->_fd;

	if ((flags = __sflags(mode, &how)) == 0)
		return (NULL);
	if (path == NULL) {
		__sflush(f);
		f->_flags = (f->_flags & (F_STATIC | F_MYBUF)) | flags;
		return (f);
	}
	shut(f);
	if ((fd = open(path, how, 0666)) == -1) {
		f->_flags &= F_STATIC;
		f->_fd = -1;
		return (NULL);
	}
	/* Standard streams keep their descriptor. */
	if (want >= 0 && want <= 2 && fd != want && dup2(fd, want) != -1) {
		close(fd);
		fd = want;
	}
	f->_fd = fd;
	f->_flags = (f->_flags & F_STATIC) | flags;
	if (f == stderr)
		f->_flags |= F_NBF;
	return (f);
}

int
fclose(FILE *f)
{
	struct __file **fp;
	int r;

	r = shut(f);
	__lock(&__files_lock);
	for (fp = &__files; *fp != NULL; fp = &(*fp)->_next)
		if (*fp == f) {
			*fp = f->_next;
			break;
		}
	__unlock(&__files_lock);
	if ((f->_flags & F_STATIC) == 0)
		free(f);
	return (r);
}

/*
 * Gives a stream its buffer: as large as the file likes, by lines if it is a
 * terminal.
 */
void
__smakebuf(FILE *f)
{
	struct stat st;
	unsigned char *mem;
	size_t size = BUFSIZ;

	if (f->_base != NULL)
		return;
	if ((f->_flags & (F_NBF | F_STR | F_MEM)) == 0 &&
	    fstat(f->_fd, &st) == 0) {
		if (st.st_blksize > 0)
			size = st.st_blksize;
		if (S_ISCHR(st.st_mode) && isatty(f->_fd))
			f->_flags |= F_LBF;
	}
	if (f->_flags & F_NBF)
		size = 1;
	if ((mem = malloc(UNGET + size)) == NULL)
		abort();
	f->_base = f->_p = mem + UNGET;
	f->_size = size;
	f->_flags |= F_MYBUF;
}

/* write(2) all of it. */
size_t
__swrite(FILE *f, const void *buf, size_t n)
{
	const char *p = buf;
	ssize_t done;
	size_t left;

	for (left = n; left > 0; left -= done, p += done) {
		done = write(f->_fd, p, left);
		if (done <= 0) {
			f->_flags |= F_ERR;
			break;
		}
	}
	return (n - left);
}

/* open_memstream(): the buffer grows instead of being written. */
static int
mem_grow(FILE *f)
{
	size_t used = f->_p - f->_base, size = f->_size * 2;
	unsigned char *mem;

	if ((mem = realloc(f->_base, size)) == NULL) {
		f->_flags |= F_ERR;
		return (EOF);
	}
	f->_base = mem;
	f->_p = mem + used;
	f->_w = size - used - 1;
	f->_size = size;
	return (0);
}

static void
mem_tell(FILE *f)
{
	*f->_p = '\0';
	*f->_memp = (char *)f->_base;
	*f->_sizep = f->_p - f->_base;
}

FILE *
open_memstream(char **memp, size_t *sizep)
{
	FILE *f;

	if ((f = __snew(-1, F_WR | F_WRITING | F_MEM)) == NULL)
		return (NULL);
	if ((f->_base = malloc(128)) == NULL) {
		fclose(f);
		return (NULL);
	}
	f->_p = f->_base;
	f->_size = 128;
	f->_w = 127;
	f->_memp = memp;
	f->_sizep = sizep;
	mem_tell(f);
	return (f);
}

/*
 * Writes what waits, or forgets what was read ahead (moving the file's position
 * back to where the program believes it is).
 */
int
__sflush(FILE *f)
{
	size_t n;

	if (f->_flags & F_MEM) {
		mem_tell(f);
		return (0);
	}
	if (f->_flags & F_WRITING) {
		n = f->_p - f->_base;
		f->_p = f->_base;
		f->_w = f->_flags & (F_LBF | F_NBF) ? 0 : f->_size;
		if (n > 0 && __swrite(f, f->_base, n) != n)
			return (EOF);
	} else if (f->_flags & F_READING) {
		if (f->_r > 0 && (f->_flags & F_STR) == 0)
			lseek(f->_fd, -f->_r, SEEK_CUR);
		f->_r = 0;
		f->_p = f->_base;
		f->_flags &= ~F_READING;
	}
	return (0);
}

int
fflush(FILE *f)
{
	int r = 0;

	if (f != NULL) {
		FLOCK(f);
		r = __sflush(f);
		FUNLOCK(f);
		return (r);
	}
	for (f = __files; f != NULL; f = f->_next)
		if (f->_flags & F_WRITING && __sflush(f) != 0)
			r = EOF;
	return (r);
}

/* exit(): also hand back what was read ahead from shared descriptors. */
void
__stdio_flush(void)
{
	FILE *f;

	for (f = __files; f != NULL; f = f->_next)
		if (f->_flags & (F_WRITING | F_READING))
			__sflush(f);
}

/* Turns a stream to writing.  EOF if it may not. */
int
__towrite(FILE *f)
{
	if ((f->_flags & F_WR) == 0) {
		f->_flags |= F_ERR;
		errno = EBADF;
		return (EOF);
	}
	if (f->_flags & F_READING)
		__sflush(f);
	__smakebuf(f);
	f->_flags |= F_WRITING;
	f->_flags &= ~F_EOF;
	f->_p = f->_base;
	f->_w = f->_flags & (F_LBF | F_NBF) ? 0 : f->_size;
	return (0);
}

/* putc() found no room: first use, buffer full, or a stream without one. */
int
__overflow(int c, FILE *f)
{
	if (f->_flags & F_MEM) {
		if (mem_grow(f) != 0)
			return (EOF);
		f->_w--;
		return (*f->_p++ = (unsigned char)c);
	}
	if ((f->_flags & F_WRITING) == 0 && __towrite(f) != 0)
		return (EOF);
	if (f->_p == f->_base + f->_size && __sflush(f) != 0)
		return (EOF);
	*f->_p++ = (unsigned char)c;
	if (f->_w > 0)
		f->_w--;
	if (f->_p == f->_base + f->_size ||
	    (f->_flags & F_LBF && c == '\n'))
		if (__sflush(f) != 0)
			return (EOF);
	return ((unsigned char)c);
}

/* getc() found nothing: read more. */
int
__underflow(FILE *f)
{
	FILE *out;
	ssize_t n;

	if (f->_flags & F_STR || (f->_flags & F_RD) == 0) {
		if ((f->_flags & F_RD) == 0) {
			f->_flags |= F_ERR;
			errno = EBADF;
		} else
			f->_flags |= F_EOF;
		return (EOF);
	}
	if (f->_flags & F_EOF)
		return (EOF);
	if (f->_flags & F_WRITING) {
		__sflush(f);
		f->_flags &= ~F_WRITING;
		f->_w = 0;
	}
	__smakebuf(f);
	/* Whoever waits for a line from the user should see the question. */
	if (f->_flags & (F_LBF | F_NBF))
		for (out = __files; out != NULL; out = out->_next)
			if ((out->_flags & (F_WRITING | F_LBF)) ==
			    (F_WRITING | F_LBF))
				__sflush(out);
	f->_flags |= F_READING;
	f->_p = f->_base;
	f->_r = 0;
	n = read(f->_fd, f->_base, f->_size);
	if (n <= 0) {
		f->_flags |= n == 0 ? F_EOF : F_ERR;
		return (EOF);
	}
	f->_r = n - 1;
	return (*f->_p++);
}

int
setvbuf(FILE *restrict f, char *restrict buf, int mode, size_t size)
{
	if (mode != _IOFBF && mode != _IOLBF && mode != _IONBF)
		return (EOF);
	__sflush(f);
	drop_buffer(f);
	f->_flags &= ~(F_NBF | F_LBF);
	if (mode == _IONBF)
		f->_flags |= F_NBF;
	else if (mode == _IOLBF)
		f->_flags |= F_LBF;
	if (mode != _IONBF && buf != NULL && size > UNGET) {
		f->_base = f->_p = (unsigned char *)buf + UNGET;
		f->_size = size - UNGET;
	} else if (mode != _IONBF && size > 0) {
		unsigned char *mem = malloc(UNGET + size);

		if (mem == NULL)
			return (EOF);
		f->_base = f->_p = mem + UNGET;
		f->_size = size;
		f->_flags |= F_MYBUF;
	}
	return (0);
}

void
setbuffer(FILE *f, char *buf, int size)
{
	setvbuf(f, buf, buf != NULL ? _IOFBF : _IONBF, size);
}

void
setbuf(FILE *restrict f, char *restrict buf)
{
	setbuffer(f, buf, BUFSIZ);
}

int
setlinebuf(FILE *f)
{
	return (setvbuf(f, NULL, _IOLBF, 0));
}

/*
 * Position.
 */
int
fseeko(FILE *f, off_t off, int whence)
{
	int r = 0;

	FLOCK(f);
	if (whence == SEEK_CUR && f->_flags & F_READING)
		off -= f->_r;
	if (f->_flags & F_READING) {
		f->_r = 0;
		f->_p = f->_base;
		f->_flags &= ~F_READING;
	} else if (__sflush(f) != 0)
		r = -1;
	if (r == 0 && lseek(f->_fd, off, whence) == -1)
		r = -1;
	if (r == 0)
		f->_flags &= ~F_EOF;
	FUNLOCK(f);
	return (r);
}

int
fseek(FILE *f, long off, int whence)
{
	return (fseeko(f, off, whence));
}

off_t
ftello(FILE *f)
{
	off_t off;

	if (f->_flags & F_MEM)
		return (f->_p - f->_base);
	if (f->_flags & F_APPEND && f->_flags & F_WRITING)
		__sflush(f);
	if ((off = lseek(f->_fd, 0, SEEK_CUR)) == -1)
		return (-1);
	if (f->_flags & F_READING)
		off -= f->_r;
	else if (f->_flags & F_WRITING)
		off += f->_p - f->_base;
	return (off);
}

long
ftell(FILE *f)
{
	return (ftello(f));
}

void
rewind(FILE *f)
{
	fseeko(f, 0, SEEK_SET);
	f->_flags &= ~F_ERR;
}

int
fgetpos(FILE *restrict f, fpos_t *restrict pos)
{
	return ((*pos = ftello(f)) == -1 ? -1 : 0);
}

int
fsetpos(FILE *f, const fpos_t *pos)
{
	return (fseeko(f, *pos, SEEK_SET));
}

int
feof(FILE *f)
{
	return ((f->_flags & F_EOF) != 0);
}

int
ferror(FILE *f)
{
	return ((f->_flags & F_ERR) != 0);
}

void
clearerr(FILE *f)
{
	f->_flags &= ~(F_EOF | F_ERR);
}

int
fileno(FILE *f)
{
	if (f->_fd < 0) {
		errno = EBADF;
		return (-1);
	}
	return (f->_fd);
}

/*
 * A stream's lock may be taken again by the thread that has it.
 */
void
flockfile(FILE *f)
{
	struct pthread *self = __thr_self();

	if (f->_owner != self) {
		__lock(&f->_lock);
		f->_owner = self;
	}
	f->_count++;
}

void
funlockfile(FILE *f)
{
	if (--f->_count == 0) {
		f->_owner = NULL;
		__unlock(&f->_lock);
	}
}
