/*
 * The descriptor table of a process, and its place in the file system.
 *
 * The table grows by doubling.  An outgrown one is kept until the process ends,
 * because a thread may be reading it without a lock (fget_unlocked()).
 *
 * Locking key: (x) fd_sx exclusive to change, shared to read at rest,
 * (a) atomic count.
 */
#ifndef _SYS_FILEDESC_H_
#define	_SYS_FILEDESC_H_

#include <sys/types.h>
#include <sys/lock.h>
#include <sys/sx.h>

struct filedescent {
	struct file	*fde_file;	/* (x) */
	uint8_t		 fde_flags;	/* (x) UF_. */
};
#define	UF_EXCLOSE	0x01		/* Close on exec. */

struct fdescenttbl {
	int		 fdt_nfiles;
	struct fdescenttbl *fdt_outgrown; /* Kept: see above. */
	struct filedescent fdt_ofiles[];
};

#define	NDFILE		20		/* Descriptors to start with. */

struct filedesc {
	struct fdescenttbl *fd_files;	/* (x) */
	struct vnode	*fd_cdir;	/* (x) Current directory. */
	struct vnode	*fd_rdir;	/* (x) Root directory. */
	int		 fd_freefile;	/* (x) No free one is lower. */
	int		 fd_lastfile;	/* (x) Highest in use, or -1. */
	u_short		 fd_cmask;	/* (x) umask(2). */
	u_int		 fd_refcnt;	/* (a) Processes that share it. */
	struct sx	 fd_sx;		/* "filedesc structure" */
};
#define	fd_ofiles	fd_files->fdt_ofiles
#define	fd_nfiles	fd_files->fdt_nfiles

#define	FILEDESC_LOCK_INIT(fdp)	sx_init(&(fdp)->fd_sx, "filedesc structure")
#define	FILEDESC_LOCK_DESTROY(fdp) sx_destroy(&(fdp)->fd_sx)
#define	FILEDESC_XLOCK(fdp)	sx_xlock(&(fdp)->fd_sx)
#define	FILEDESC_XUNLOCK(fdp)	sx_xunlock(&(fdp)->fd_sx)
#define	FILEDESC_SLOCK(fdp)	sx_slock(&(fdp)->fd_sx)
#define	FILEDESC_SUNLOCK(fdp)	sx_sunlock(&(fdp)->fd_sx)
#define	FILEDESC_LOCK_ASSERT(fdp) sx_assert(&(fdp)->fd_sx, SA_LOCKED)
#define	FILEDESC_XLOCK_ASSERT(fdp) sx_assert(&(fdp)->fd_sx, SA_XLOCKED)

struct proc;
struct thread;
struct vnode;

int	falloc(struct thread *td, struct file **resultfp, int *resultfd,
	    int flags);
int	falloc_noinstall(struct thread *td, struct file **resultfp);
int	finstall(struct thread *td, struct file *fp, int *fd, int flags);
int	fdalloc(struct thread *td, int minfd, int *result);
void	fdclose(struct thread *td, struct file *fp, int idx);
void	fdcloseexec(struct thread *td);
struct filedesc *fdcopy(struct filedesc *fdp);
struct filedesc *fdinit(void);
struct filedesc *fdshare(struct filedesc *fdp);
void	fdescfree(struct thread *td);
struct file *fget_locked(struct filedesc *fdp, int fd);

#endif /* !_SYS_FILEDESC_H_ */
