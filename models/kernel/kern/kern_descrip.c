/*
 * Descriptors: small integers that stand for open files.
 *
 * Each process has a table (struct filedesc) from descriptor to struct file.
 * Changing the table takes its sx lock; looking a file up does not, see
 * fget_unlocked() in kern_file.c.
 *
 * In this file: the table (growing, allocating, copying), then the system calls on
 * descriptors.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/fcntl.h>
#include <sys/file.h>
#include <sys/filedesc.h>
#include <sys/filio.h>
#include <sys/lock.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/refcount.h>
#include <sys/stat.h>
#include <sys/syscallsubr.h>
#include <sys/sysproto.h>
#include <sys/ucred.h>
#include <sys/vnode.h>
#include <vm/uma.h>

MALLOC_DEFINE(M_FILEDESC, "filedesc", "Open file descriptor table");

static uma_zone_t filedesc_zone;

int	maxfiles = 4096;
int	maxfilesperproc = 1024;

static void	fdgrowtable(struct filedesc *fdp, int nfd);
static int	closefp(struct filedesc *fdp, int fd, struct file *fp,
		    struct thread *td);
static void	fdunused(struct filedesc *fdp, int fd);

/*
 * The table.
 */

static struct fdescenttbl *
fdtable_alloc(int nfd)
{
	struct fdescenttbl *t;

	t = malloc(sizeof(*t) + nfd * sizeof(t->fdt_ofiles[0]), M_FILEDESC,
	    M_WAITOK | M_ZERO);
	t->fdt_nfiles = nfd;
	return (t);
}

/* Make room for at least nfd descriptors.  The old table is kept. */
static void
fdgrowtable(struct filedesc *fdp, int nfd)
{
	struct fdescenttbl *new, *old;
	int n;

	FILEDESC_XLOCK_ASSERT(fdp);
	old = fdp->fd_files;
	if (old->fdt_nfiles >= nfd)
		return;
	for (n = old->fdt_nfiles; n < nfd; n *= 2)
		continue;
	new = fdtable_alloc(n);
	memcpy(new->fdt_ofiles, old->fdt_ofiles,
	    old->fdt_nfiles * sizeof(old->fdt_ofiles[0]));
	new->fdt_outgrown = old;
	/* Lookups see the old table or the new one, both right. */
	atomic_store_rel_ptr(&fdp->fd_files, new);
}

/* The lowest free descriptor from minfd on.  It stays free: see finstall(). */
int
fdalloc(struct thread *td, int minfd, int *result)
{
	struct filedesc *fdp;
	int fd;

	fdp = td->td_proc->p_fd;
	FILEDESC_XLOCK_ASSERT(fdp);
	for (fd = imax(minfd, fdp->fd_freefile); fd < fdp->fd_nfiles; fd++)
		if (fdp->fd_ofiles[fd].fde_file == NULL)
			break;
	if (fd >= maxfilesperproc)
		return (EMFILE);
	fdgrowtable(fdp, fd + 1);
	*result = fd;
	return (0);
}

static void
fdused(struct filedesc *fdp, int fd)
{

	FILEDESC_XLOCK_ASSERT(fdp);
	if (fd > fdp->fd_lastfile)
		fdp->fd_lastfile = fd;
	if (fd == fdp->fd_freefile)
		fdp->fd_freefile++;
}

static void
fdunused(struct filedesc *fdp, int fd)
{

	FILEDESC_XLOCK_ASSERT(fdp);
	KASSERT(fdp->fd_ofiles[fd].fde_file == NULL, ("fd %d in use", fd));
	if (fd < fdp->fd_freefile)
		fdp->fd_freefile = fd;
	while (fdp->fd_lastfile >= 0 &&
	    fdp->fd_ofiles[fdp->fd_lastfile].fde_file == NULL)
		fdp->fd_lastfile--;
}

/* A new, empty table. */
struct filedesc *
fdinit(void)
{
	struct filedesc *fdp;

	fdp = uma_zalloc(filedesc_zone, M_WAITOK | M_ZERO);
	FILEDESC_LOCK_INIT(fdp);
	fdp->fd_files = fdtable_alloc(NDFILE);
	fdp->fd_lastfile = -1;
	fdp->fd_cmask = 022;
	refcount_init(&fdp->fd_refcnt, 1);
	return (fdp);
}

struct filedesc *
fdshare(struct filedesc *fdp)
{

	refcount_acquire(&fdp->fd_refcnt);
	return (fdp);
}

/* fork(2): a table of its own that points to the same files. */
struct filedesc *
fdcopy(struct filedesc *fdp)
{
	struct filedesc *newfdp;
	struct file *fp;
	int i;

	newfdp = fdinit();
	FILEDESC_SLOCK(fdp);
	while (fdp->fd_lastfile >= newfdp->fd_nfiles) {
		/* The table may grow while we allocate: look again. */
		i = fdp->fd_lastfile + 1;
		FILEDESC_SUNLOCK(fdp);
		FILEDESC_XLOCK(newfdp);
		fdgrowtable(newfdp, i);
		FILEDESC_XUNLOCK(newfdp);
		FILEDESC_SLOCK(fdp);
	}
	for (i = 0; i <= fdp->fd_lastfile; i++) {
		fp = fdp->fd_ofiles[i].fde_file;
		if (fp == NULL || !fhold(fp))
			continue;
		newfdp->fd_ofiles[i] = fdp->fd_ofiles[i];
		newfdp->fd_lastfile = i;
	}
	newfdp->fd_freefile = fdp->fd_freefile;
	newfdp->fd_cmask = fdp->fd_cmask;
	newfdp->fd_cdir = fdp->fd_cdir;
	if (newfdp->fd_cdir != NULL)
		vref(newfdp->fd_cdir);
	newfdp->fd_rdir = fdp->fd_rdir;
	if (newfdp->fd_rdir != NULL)
		vref(newfdp->fd_rdir);
	FILEDESC_SUNLOCK(fdp);
	return (newfdp);
}

/* exit(2): give up the table; the last sharer closes everything. */
void
fdescfree(struct thread *td)
{
	struct filedesc *fdp;
	struct fdescenttbl *t;
	struct file *fp;
	struct proc *p;
	int i;

	p = td->td_proc;
	fdp = p->p_fd;
	if (fdp == NULL)
		return;
	PROC_LOCK(p);
	p->p_fd = NULL;
	PROC_UNLOCK(p);
	if (!refcount_release(&fdp->fd_refcnt))
		return;
	/* Nobody else can have it any more: no lock. */
	for (i = 0; i <= fdp->fd_lastfile; i++) {
		fp = fdp->fd_ofiles[i].fde_file;
		if (fp != NULL)
			fdrop(fp, td);
	}
	if (fdp->fd_cdir != NULL)
		vrele(fdp->fd_cdir);
	if (fdp->fd_rdir != NULL)
		vrele(fdp->fd_rdir);
	while ((t = fdp->fd_files) != NULL) {
		fdp->fd_files = t->fdt_outgrown;
		free(t, M_FILEDESC);
	}
	FILEDESC_LOCK_DESTROY(fdp);
	uma_zfree(filedesc_zone, fdp);
}

/* execve(2): close what is marked so. */
void
fdcloseexec(struct thread *td)
{
	struct filedesc *fdp;
	struct filedescent *fde;
	struct file *fp;
	int i;

	fdp = td->td_proc->p_fd;
	FILEDESC_XLOCK(fdp);
	for (i = 0; i <= fdp->fd_lastfile; i++) {
		fde = &fdp->fd_ofiles[i];
		fp = fde->fde_file;
		if (fp == NULL || (fde->fde_flags & UF_EXCLOSE) == 0)
			continue;
		fde->fde_file = NULL;
		fde->fde_flags = 0;
		fdunused(fdp, i);
		(void)closefp(fdp, i, fp, td);
		FILEDESC_XLOCK(fdp);
	}
	FILEDESC_XUNLOCK(fdp);
}

struct file *
fget_locked(struct filedesc *fdp, int fd)
{

	FILEDESC_LOCK_ASSERT(fdp);
	if ((u_int)fd >= (u_int)fdp->fd_nfiles)
		return (NULL);
	return (fdp->fd_ofiles[fd].fde_file);
}

/* Give a file a descriptor, which takes its own reference. */
int
finstall(struct thread *td, struct file *fp, int *fd, int flags)
{
	struct filedesc *fdp;
	int error;

	fdp = td->td_proc->p_fd;
	if (!fhold(fp))
		return (EBADF);
	FILEDESC_XLOCK(fdp);
	error = fdalloc(td, 0, fd);
	if (error != 0) {
		FILEDESC_XUNLOCK(fdp);
		fdrop(fp, td);
		return (error);
	}
	fdp->fd_ofiles[*fd].fde_flags =
	    (flags & O_CLOEXEC) != 0 ? UF_EXCLOSE : 0;
	atomic_store_rel_ptr(&fdp->fd_ofiles[*fd].fde_file, fp);
	fdused(fdp, *fd);
	FILEDESC_XUNLOCK(fdp);
	return (0);
}

/* Both at once; the caller has a reference and must drop it. */
int
falloc(struct thread *td, struct file **resultfp, int *resultfd, int flags)
{
	struct file *fp;
	int error, fd;

	error = falloc_noinstall(td, &fp);
	if (error != 0)
		return (error);
	error = finstall(td, fp, &fd, flags);
	if (error != 0) {
		fdrop(fp, td);
		return (error);
	}
	*resultfp = fp;
	*resultfd = fd;
	return (0);
}

/* Take the file from descriptor idx again, if it is still there. */
void
fdclose(struct thread *td, struct file *fp, int idx)
{
	struct filedesc *fdp;

	fdp = td->td_proc->p_fd;
	FILEDESC_XLOCK(fdp);
	if (fdp->fd_ofiles[idx].fde_file != fp) {
		FILEDESC_XUNLOCK(fdp);
		return;
	}
	fdp->fd_ofiles[idx].fde_file = NULL;
	fdp->fd_ofiles[idx].fde_flags = 0;
	fdunused(fdp, idx);
	FILEDESC_XUNLOCK(fdp);
	fdrop(fp, td);
}

/* A file is out of the table: unlock and drop its reference. */
static int
closefp(struct filedesc *fdp, int fd, struct file *fp, struct thread *td)
{

	FILEDESC_XLOCK_ASSERT(fdp);
	FILEDESC_XUNLOCK(fdp);
	return (fdrop(fp, td));
}

/*
 * System calls.
 */

int
sys_close(struct thread *td, struct close_args *uap)
{

	return (kern_close(td, uap->fd));
}

int
kern_close(struct thread *td, int fd)
{
	struct filedesc *fdp;
	struct file *fp;

	fdp = td->td_proc->p_fd;
	FILEDESC_XLOCK(fdp);
	fp = fget_locked(fdp, fd);
	if (fp == NULL) {
		FILEDESC_XUNLOCK(fdp);
		return (EBADF);
	}
	fdp->fd_ofiles[fd].fde_file = NULL;
	fdp->fd_ofiles[fd].fde_flags = 0;
	fdunused(fdp, fd);
	return (closefp(fdp, fd, fp, td));
}

/* What kern_dup() is to do with `new': F_DUPFD: at least; F_DUP2FD: exactly. */
int
kern_dup(struct thread *td, u_int mode, int flags, int old, int new)
{
	struct filedesc *fdp;
	struct file *fp, *delfp;
	int error;

	fdp = td->td_proc->p_fd;
	if (old < 0)
		return (EBADF);
	if (new < 0 || new >= maxfilesperproc)
		return (mode == F_DUPFD ? EINVAL : EBADF);
	FILEDESC_XLOCK(fdp);
	fp = fget_locked(fdp, old);
	if (fp == NULL) {
		FILEDESC_XUNLOCK(fdp);
		return (EBADF);
	}
	delfp = NULL;
	if (mode == F_DUP2FD) {
		if (old == new) {
			td->td_retval[0] = new;
			FILEDESC_XUNLOCK(fdp);
			return (0);
		}
		fdgrowtable(fdp, new + 1);
		delfp = fdp->fd_ofiles[new].fde_file;
	} else {
		error = fdalloc(td, new, &new);
		if (error != 0) {
			FILEDESC_XUNLOCK(fdp);
			return (error);
		}
	}
	if (!fhold(fp)) {
		FILEDESC_XUNLOCK(fdp);
		return (EBADF);
	}
	fdp->fd_ofiles[new].fde_flags =
	    (flags & O_CLOEXEC) != 0 ? UF_EXCLOSE : 0;
	atomic_store_rel_ptr(&fdp->fd_ofiles[new].fde_file, fp);
	fdused(fdp, new);
	td->td_retval[0] = new;
	if (delfp != NULL)
		return (closefp(fdp, new, delfp, td));
	FILEDESC_XUNLOCK(fdp);
	return (0);
}

int
sys_dup(struct thread *td, struct dup_args *uap)
{

	return (kern_dup(td, F_DUPFD, 0, uap->fd, 0));
}

int
sys_dup2(struct thread *td, struct dup2_args *uap)
{

	return (kern_dup(td, F_DUP2FD, 0, uap->from, uap->to));
}

int
sys_fcntl(struct thread *td, struct fcntl_args *uap)
{

	return (kern_fcntl(td, uap->fd, uap->cmd, uap->arg));
}

int
kern_fcntl(struct thread *td, int fd, int cmd, intptr_t arg)
{
	struct filedesc *fdp;
	struct filedescent *fde;
	struct file *fp;
	int error, tmp;

	fdp = td->td_proc->p_fd;
	switch (cmd) {
	case F_DUPFD:
		return (kern_dup(td, F_DUPFD, 0, fd, arg));
	case F_DUPFD_CLOEXEC:
		return (kern_dup(td, F_DUPFD, O_CLOEXEC, fd, arg));
	case F_DUP2FD:
		return (kern_dup(td, F_DUP2FD, 0, fd, arg));
	case F_GETFD:
	case F_SETFD:
		FILEDESC_XLOCK(fdp);
		if (fget_locked(fdp, fd) == NULL) {
			FILEDESC_XUNLOCK(fdp);
			return (EBADF);
		}
		fde = &fdp->fd_ofiles[fd];
		if (cmd == F_GETFD)
			td->td_retval[0] = (fde->fde_flags & UF_EXCLOSE) != 0 ?
			    FD_CLOEXEC : 0;
		else
			fde->fde_flags = (arg & FD_CLOEXEC) != 0 ?
			    UF_EXCLOSE : 0;
		FILEDESC_XUNLOCK(fdp);
		return (0);
	case F_GETFL:
	case F_SETFL:
		error = fget(td, fd, &fp);
		if (error != 0)
			return (error);
		if (cmd == F_GETFL)
			td->td_retval[0] = OFLAGS(fp->f_flag);
		else {
			tmp = FFLAGS(arg) & FCNTLFLAGS;
			fp->f_flag = (fp->f_flag & ~FCNTLFLAGS) | tmp;
			tmp = (fp->f_flag & FNONBLOCK) != 0;
			/* Drivers may want to know; not all can listen. */
			error = fo_ioctl(fp, FIONBIO, &tmp, td->td_ucred, td);
			if (error == ENOTTY)
				error = 0;
		}
		fdrop(fp, td);
		return (error);
	default:
		return (EINVAL);
	}
}

int
sys_fstat(struct thread *td, struct fstat_args *uap)
{
	struct stat ub;
	int error;

	error = kern_fstat(td, uap->fd, &ub);
	if (error == 0)
		error = copyout(&ub, uap->sb, sizeof(ub));
	return (error);
}

int
kern_fstat(struct thread *td, int fd, struct stat *sbp)
{
	struct file *fp;
	int error;

	error = fget(td, fd, &fp);
	if (error != 0)
		return (error);
	error = fo_stat(fp, sbp, td->td_ucred, td);
	fdrop(fp, td);
	return (error);
}

int
sys_lseek(struct thread *td, struct lseek_args *uap)
{

	return (kern_lseek(td, uap->fd, uap->offset, uap->whence));
}

int
kern_lseek(struct thread *td, int fd, off_t offset, int whence)
{
	struct file *fp;
	int error;

	error = fget(td, fd, &fp);
	if (error != 0)
		return (error);
	error = (fp->f_ops->fo_flags & DFLAG_SEEKABLE) != 0 ?
	    fo_seek(fp, offset, whence, td) : ESPIPE;
	fdrop(fp, td);
	return (error);
}

int
sys_umask(struct thread *td, struct umask_args *uap)
{
	struct filedesc *fdp;

	fdp = td->td_proc->p_fd;
	FILEDESC_XLOCK(fdp);
	td->td_retval[0] = fdp->fd_cmask;
	fdp->fd_cmask = uap->newmask & ALLPERMS;
	FILEDESC_XUNLOCK(fdp);
	return (0);
}

static void
filedescinit(const void *dummy)
{

	filedesc_zone = uma_zcreate("filedesc0", sizeof(struct filedesc), NULL,
	    NULL, NULL, NULL, UMA_ALIGN_PTR, UMA_ZONE_NOFREE);
}
SYSINIT(filedesc, SI_SUB_LOCK, SI_ORDER_FIRST, filedescinit, NULL);
