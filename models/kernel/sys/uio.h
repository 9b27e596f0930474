/*
 * struct uio: a request to move bytes.
 *
 * A read or write travels from the system call through file, vnode or device
 * down to whoever has the bytes, as one of these: where the user's (or the
 * kernel's) memory is, which way the bytes go, and how many are left.  The one
 * who has the bytes calls uiomove() as often as he likes; what has not moved
 * at the end is uio_resid.  Shared with user land (readv and writev).
 */
#ifndef _SYS_UIO_H_
#define	_SYS_UIO_H_

#include <sys/_iovec.h>

enum uio_rw { UIO_READ, UIO_WRITE };
enum uio_seg {
	UIO_USERSPACE,		/* The current user's memory. */
	UIO_SYSSPACE,		/* Kernel memory. */
	UIO_NOCOPY		/* Count only. */
};

#ifdef _KERNEL
struct thread;

struct uio {
	struct iovec	*uio_iov;	/* Pieces left, current one first. */
	int		 uio_iovcnt;
	off_t		 uio_offset;	/* Position in the file. */
	ssize_t		 uio_resid;	/* Bytes left. */
	enum uio_seg	 uio_segflg;
	enum uio_rw	 uio_rw;
	struct thread	*uio_td;	/* Whose request it is. */
};

#define	UIO_MAXIOV	1024
#define	IOSIZE_MAX	0x7fffffffUL

struct uio *cloneuio(struct uio *);
int	copyinuio(const struct iovec *, u_int, struct uio **);
int	uiomove(void *, int, struct uio *);
int	uiomove_faultflag(void *, int, struct uio *, int);
int	uiomove_frombuf(void *, int, struct uio *);
int	ureadc(int, struct uio *);
#else
ssize_t	readv(int, const struct iovec *, int);
ssize_t	writev(int, const struct iovec *, int);
#endif

#endif /* !_SYS_UIO_H_ */
