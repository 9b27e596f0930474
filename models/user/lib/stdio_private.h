/*
 * A stream: one buffer, used for reading or for writing, never both at a time.
 *
 *   reading:  _base ... _p ... _p + _r        _r bytes are yet to be handed out
 *   writing:  _base ... _p ... _base + _size  _p - _base bytes are yet to be written
 *
 * _w is the room that putc() may use without asking: for a line-buffered or
 * unbuffered stream it is 0, so that each byte passes __overflow().  UNGET bytes
 * before _base are kept free for ungetc().
 */
#ifndef _STDIO_PRIVATE_H_
#define	_STDIO_PRIVATE_H_

#include <stdio.h>
#include "libc_private.h"

#define	UNGET		8

struct __file {
	unsigned char	*_p;
	long		 _r;
	long		 _w;
	unsigned char	*_base;
	size_t		 _size;
	int		 _fd;
	int		 _flags;
	struct __file	*_next;		/* All open streams. */
	pid_t		 _pid;		/* popen(): the child. */
	__lock_t	 _lock;		/* flockfile(): recursive. */
	int		 _count;
	struct pthread	*_owner;
	/* open_memstream(): where to tell the caller what he has. */
	char		**_memp;
	size_t		*_sizep;
};

#define	F_RD		0x0001		/* May be read. */
#define	F_WR		0x0002		/* May be written. */
#define	F_READING	0x0004
#define	F_WRITING	0x0008
#define	F_EOF		0x0010
#define	F_ERR		0x0020
#define	F_NBF		0x0040		/* Unbuffered. */
#define	F_LBF		0x0080		/* By lines. */
#define	F_MYBUF		0x0100		/* Buffer is ours to free. */
#define	F_STR		0x0200		/* A string: no file behind it. */
#define	F_APPEND	0x0400
#define	F_MEM		0x0800		/* open_memstream(). */
#define	F_STATIC	0x1000		/* stdin, stdout, stderr: not to be freed. */

extern struct __file	*__files;
extern __lock_t		 __files_lock;

int	 __overflow(int, FILE *);
int	 __underflow(FILE *);
int	 __sflush(FILE *);
int	 __towrite(FILE *);
void	 __smakebuf(FILE *);
FILE	*__snew(int, int);
int	 __sflags(const char *, int *);
size_t	 __swrite(FILE *, const void *, size_t);

#define	__sputc(c, f)							\
	((f)->_w > 0 ? ((f)->_w--, (int)(*(f)->_p++ = (unsigned char)(c))) : \
	__overflow((c), (f)))
#define	__sgetc(f)							\
	((f)->_r > 0 ? ((f)->_r--, (int)*(f)->_p++) : __underflow(f))

#define	FLOCK(f)	do { if (__isthreaded) flockfile(f); } while (0)
#define	FUNLOCK(f)	do { if (__isthreaded) funlockfile(f); } while (0)

/* Where formatted output goes. */
struct __sink {
	void	(*put)(struct __sink *, const char *, size_t);
	FILE	*file;
	char	*buf;
	size_t	 room;			/* Bytes of buf that are left, NUL excluded. */
	size_t	 count;			/* All that was put. */
};
int	 __format(struct __sink *, const char *, va_list);

#endif /* !_STDIO_PRIVATE_H_ */
