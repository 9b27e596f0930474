/*
 * Files: making, finding and dropping struct file.
 *
 * Looking a file up, which every read(2) and write(2) does, takes no lock: files
 * never go back to the system, so it is enough to raise the count of the one found
 * and then to look whether it is still the one (fget_unlocked()).
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/file.h>
#include <sys/filedesc.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/ucred.h>
#include <sys/vnode.h>
#include <vm/uma.h>

static uma_zone_t file_zone;		/* Struct files; never shrinks. */
volatile int openfiles;			/* (a) Struct files in use. */

/* A file with one reference and no meaning yet: finit() gives it one. */
int
falloc_noinstall(struct thread *td, struct file **resultfp)
{
	struct file *fp;

	if (atomic_fetchadd_int(&openfiles, 1) >= maxfiles) {
		atomic_subtract_int(&openfiles, 1);
		printf("kern.maxfiles limit exceeded by uid %u, (%s)\n",
		    td->td_ucred->cr_uid, td->td_proc->p_comm);
		return (ENFILE);
	}
	fp = uma_zalloc(file_zone, M_WAITOK);
	/* f_count of a free file is 0 already: a lookup may be looking. */
	fp->f_data = NULL;
	fp->f_vnode = NULL;
	fp->f_flag = 0;
	fp->f_type = DTYPE_NONE;
	fp->f_vnread_flags = 0;
	fp->f_offset = 0;
	fp->f_cdevpriv = NULL;
	fp->f_cdevpriv_dtr = NULL;
	fp->f_ops = &badfileops;
	fp->f_cred = crhold(td->td_ucred);
	atomic_store_rel_int(&fp->f_count, 1);
	*resultfp = fp;
	return (0);
}

void
finit(struct file *fp, u_int flag, short type, void *data,
    const struct fileops *ops)
{

	fp->f_data = data;
	fp->f_flag = flag;
	fp->f_type = type;
	atomic_store_rel_ptr(&fp->f_ops, ops);
}

/* One more reference, if there is any: a dead file must not come back. */
bool
fhold(struct file *fp)
{
	u_int old;

	for (;;) {
		old = atomic_load_int(&fp->f_count);
		if (old == 0)
			return (false);
		if (atomic_cmpset_int(&fp->f_count, old, old + 1))
			return (true);
	}
}

/* The last reference is gone. */
int
_fdrop(struct file *fp, struct thread *td)
{
	int error;

	KASSERT(fp->f_count == 0, ("_fdrop: %u references", fp->f_count));
	error = fo_close(fp, td);
	crfree(fp->f_cred);
	fp->f_cred = NULL;
	fp->f_ops = &badfileops;
	atomic_subtract_int(&openfiles, 1);
	uma_zfree(file_zone, fp);
	return (error);
}

/*
 * Find a file and take a reference, without a lock.  Between reading the table
 * and raising the count the file may have been closed, and even opened again as
 * something else; so look at the table once more, and try again if it changed.
 */
int
fget_unlocked(struct thread *td, int fd, int needflag, struct file **fpp)
{
	struct filedesc *fdp;
	struct fdescenttbl *t;
	struct file *fp;

	fdp = td->td_proc->p_fd;
	for (;;) {
		t = (struct fdescenttbl *)atomic_load_acq_ptr(&fdp->fd_files);
		if ((u_int)fd >= (u_int)t->fdt_nfiles)
			return (EBADF);
		fp = (struct file *)atomic_load_ptr(
		    &t->fdt_ofiles[fd].fde_file);
		if (fp == NULL)
			return (EBADF);
		if (!fhold(fp))
			continue;
		if ((uintptr_t)t == atomic_load_acq_ptr(&fdp->fd_files) &&
		    (uintptr_t)fp ==
		    atomic_load_ptr(&t->fdt_ofiles[fd].fde_file))
			break;
		fdrop(fp, td);
	}
	if (needflag != 0 && (fp->f_flag & needflag) == 0) {
		fdrop(fp, td);
		return (EBADF);
	}
	*fpp = fp;
	return (0);
}

int
fget(struct thread *td, int fd, struct file **fpp)
{

	return (fget_unlocked(td, fd, 0, fpp));
}

int
fget_read(struct thread *td, int fd, struct file **fpp)
{

	return (fget_unlocked(td, fd, FREAD, fpp));
}

int
fget_write(struct thread *td, int fd, struct file **fpp)
{

	return (fget_unlocked(td, fd, FWRITE, fpp));
}

/* The vnode behind a descriptor, referenced. */
int
fgetvp(struct thread *td, int fd, struct vnode **vpp)
{
	struct file *fp;
	int error;

	error = fget(td, fd, &fp);
	if (error != 0)
		return (error);
	if (fp->f_vnode == NULL)
		error = EINVAL;
	else {
		*vpp = fp->f_vnode;
		vref(*vpp);
	}
	fdrop(fp, td);
	return (error);
}

/*
 * Operations of files that have none.
 */

int
invfo_rdwr(struct file *fp, struct uio *uio, struct ucred *active_cred,
    int flags, struct thread *td)
{

	return (EOPNOTSUPP);
}

int
invfo_truncate(struct file *fp, off_t length, struct ucred *active_cred,
    struct thread *td)
{

	return (EINVAL);
}

int
invfo_ioctl(struct file *fp, u_long com, void *data, struct ucred *active_cred,
    struct thread *td)
{

	return (ENOTTY);
}

int
invfo_poll(struct file *fp, int events, struct ucred *active_cred,
    struct thread *td)
{

	return (0);
}

static int
badfo_rdwr(struct file *fp, struct uio *uio, struct ucred *active_cred,
    int flags, struct thread *td)
{

	return (EBADF);
}

static int
badfo_stat(struct file *fp, struct stat *sb, struct ucred *active_cred,
    struct thread *td)
{

	return (EBADF);
}

static int
badfo_close(struct file *fp, struct thread *td)
{

	return (0);
}

static int
badfo_seek(struct file *fp, off_t offset, int whence, struct thread *td)
{

	return (EBADF);
}

const struct fileops badfileops = {
	.fo_read = badfo_rdwr,
	.fo_write = badfo_rdwr,
	.fo_truncate = invfo_truncate,
	.fo_ioctl = invfo_ioctl,
	.fo_poll = invfo_poll,
	.fo_stat = badfo_stat,
	.fo_close = badfo_close,
	.fo_seek = badfo_seek,
};

static void
filelistinit(const void *dummy)
{

	file_zone = uma_zcreate("Files", sizeof(struct file), NULL, NULL, NULL,
	    NULL, UMA_ALIGN_PTR, UMA_ZONE_NOFREE | UMA_ZONE_ZINIT);
}
SYSINIT(select, SI_SUB_LOCK, SI_ORDER_FIRST, filelistinit, NULL);
