/*
 * Open files.
 *
 * A struct file is one opening of something: a vnode, a pipe end, a device.  It
 * holds the position and the mode; descriptors point to it, several of them after
 * dup(2) or fork(2), and the last to go closes it.  What it is an opening of
 * decides f_ops: read(2) asks fo_read and does not know who answers.
 *
 * Files never return to the system once allocated (UMA zone "Files", no-free),
 * so that a descriptor can be looked up without a lock: see fget_unlocked().
 *
 * Locking key: (a) atomics, (c) constant from finit() on, (f) FOFFSET_LOCKED.
 */
#ifndef _SYS_FILE_H_
#define	_SYS_FILE_H_

#include <sys/types.h>
#include <sys/fcntl.h>
#include <sys/refcount.h>
#include <sys/unistd.h>

#ifdef _KERNEL
struct file;
struct stat;
struct thread;
struct ucred;
struct uio;
struct vnode;

#define	DTYPE_NONE	0
#define	DTYPE_VNODE	1
#define	DTYPE_PIPE	3
#define	DTYPE_DEV	11

typedef int fo_rdwr_t(struct file *fp, struct uio *uio,
	    struct ucred *active_cred, int flags, struct thread *td);
/* Use uio_offset as given: pread(2), pwrite(2). */
#define	FOF_OFFSET	0x01
typedef int fo_truncate_t(struct file *fp, off_t length,
	    struct ucred *active_cred, struct thread *td);
typedef int fo_ioctl_t(struct file *fp, u_long com, void *data,
	    struct ucred *active_cred, struct thread *td);
typedef int fo_poll_t(struct file *fp, int events,
	    struct ucred *active_cred, struct thread *td);
typedef int fo_stat_t(struct file *fp, struct stat *sb,
	    struct ucred *active_cred, struct thread *td);
typedef int fo_close_t(struct file *fp, struct thread *td);
typedef int fo_seek_t(struct file *fp, off_t offset, int whence,
	    struct thread *td);

struct fileops {
	fo_rdwr_t	*fo_read;
	fo_rdwr_t	*fo_write;
	fo_truncate_t	*fo_truncate;
	fo_ioctl_t	*fo_ioctl;
	fo_poll_t	*fo_poll;
	fo_stat_t	*fo_stat;
	fo_close_t	*fo_close;
	fo_seek_t	*fo_seek;
	int		 fo_flags;	/* DFLAG_. */
};
#define	DFLAG_PASSABLE	0x01
#define	DFLAG_SEEKABLE	0x02

struct file {
	void		*f_data;	/* (c) A vnode, a pipe, a cdev. */
	const struct fileops *f_ops;	/* (c) */
	struct ucred	*f_cred;	/* (c) Who opened it. */
	struct vnode	*f_vnode;	/* (c) NULL for pipes. */
	short		 f_type;	/* (c) DTYPE_. */
	u_int		 f_vnread_flags; /* (a) FOFFSET_. */
	u_int		 f_flag;	/* FREAD and so on; see fcntl.h. */
	u_int		 f_count;	/* (a) References. */
	off_t		 f_offset;	/* (f) Position. */
	void		*f_cdevpriv;	/* (c) devfs_set_cdevpriv(9). */
	void		(*f_cdevpriv_dtr)(void *); /* (c) */
};

#define	FOFFSET_LOCKED		0x1
#define	FOFFSET_LOCK_WAITING	0x2
/* Flags of foffset_lock() and foffset_unlock(). */
#define	FOF_NOLOCK	0x02
#define	FOF_NOUPDATE	0x10

extern const struct fileops vnops;
extern const struct fileops badfileops;
extern const struct fileops devfs_ops_f;
extern struct fileops pipeops;
extern volatile int openfiles;		/* Struct files in use. */
extern int maxfiles, maxfilesperproc;

int	_fdrop(struct file *fp, struct thread *td);
bool	fhold(struct file *fp);
/* One reference fewer; with the last the file is closed. */
#define	fdrop(fp, td)							\
	(refcount_release(&(fp)->f_count) ? _fdrop((fp), (td)) : 0)
int	fget(struct thread *td, int fd, struct file **fpp);
int	fget_read(struct thread *td, int fd, struct file **fpp);
int	fget_write(struct thread *td, int fd, struct file **fpp);
int	fget_unlocked(struct thread *td, int fd, int needflag,
	    struct file **fpp);
int	fgetvp(struct thread *td, int fd, struct vnode **vpp);
void	finit(struct file *fp, u_int flag, short type, void *data,
	    const struct fileops *ops);
off_t	foffset_lock(struct file *fp, int flags);
void	foffset_unlock(struct file *fp, off_t val, int flags);
void	foffset_lock_uio(struct file *fp, struct uio *uio, int flags);
void	foffset_unlock_uio(struct file *fp, struct uio *uio, int flags);

fo_rdwr_t	invfo_rdwr;
fo_truncate_t	invfo_truncate;
fo_ioctl_t	invfo_ioctl;
fo_poll_t	invfo_poll;
fo_seek_t	vn_seek;

#define	fo_read(fp, uio, cred, flags, td)				\
	((*(fp)->f_ops->fo_read)((fp), (uio), (cred), (flags), (td)))
#define	fo_write(fp, uio, cred, flags, td)				\
	((*(fp)->f_ops->fo_write)((fp), (uio), (cred), (flags), (td)))
#define	fo_truncate(fp, length, cred, td)				\
	((*(fp)->f_ops->fo_truncate)((fp), (length), (cred), (td)))
#define	fo_ioctl(fp, com, data, cred, td)				\
	((*(fp)->f_ops->fo_ioctl)((fp), (com), (data), (cred), (td)))
#define	fo_poll(fp, events, cred, td)					\
	((*(fp)->f_ops->fo_poll)((fp), (events), (cred), (td)))
#define	fo_stat(fp, sb, cred, td)					\
	((*(fp)->f_ops->fo_stat)((fp), (sb), (cred), (td)))
#define	fo_close(fp, td)	((*(fp)->f_ops->fo_close)((fp), (td)))
#define	fo_seek(fp, off, whence, td)					\
	((*(fp)->f_ops->fo_seek)((fp), (off), (whence), (td)))
#endif /* _KERNEL */

#endif /* !_SYS_FILE_H_ */
