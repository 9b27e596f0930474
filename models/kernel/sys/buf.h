/*
 * A buffer of a disk's blocks in memory, as the buffer cache has it.
 *
 * There is no disk and no cache: the structure exists so that D programs that look
 * into one compile.
 */
#ifndef _SYS_BUF_H_
#define	_SYS_BUF_H_

#include <sys/types.h>

struct bufobj;
struct ucred;
struct vnode;

struct buf {
	struct bufobj	*b_bufobj;
	long		 b_bcount;	/* Bytes of the request. */
	void		*b_caller1;
	caddr_t		 b_data;
	int		 b_error;
	uint16_t	 b_iocmd;	/* BIO_READ and the like. */
	uint16_t	 b_ioflags;	/* BIO_ERROR and the like. */
	off_t		 b_iooffset;	/* Where on the device, bytes. */
	long		 b_resid;	/* Bytes not transferred. */
	void		(*b_iodone)(struct buf *);
	daddr_t		 b_blkno;	/* Block of the device ... */
	off_t		 b_offset;	/* Place in the file, bytes. */
	uint32_t	 b_flags;	/* B_ASYNC and the like. */
	uint32_t	 b_xflags;
	uint32_t	 b_vflags;
	long		 b_bufsize;	/* Bytes of memory it has. */
	daddr_t		 b_lblkno;	/* ... and of the file. */
	struct vnode	*b_vp;		/* The file. */
	struct ucred	*b_rcred, *b_wcred;
};

#endif /* !_SYS_BUF_H_ */
