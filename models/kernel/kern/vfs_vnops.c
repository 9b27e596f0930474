/*
 * Open files that are vnodes: opening, closing, and the file operations on top of
 * the vnode operations.
 */
#include <sys/param.h>
#include <sys/fcntl.h>
#include <sys/file.h>
#include <sys/filedesc.h>
#include <sys/filio.h>
#include <sys/kernel.h>
#include <sys/mount.h>
#include <sys/namei.h>
#include <sys/proc.h>
#include <sys/sleepqueue.h>
#include <sys/stat.h>
#include <sys/systm.h>
#include <sys/uio.h>
#include <sys/vnode.h>

static fo_rdwr_t	vn_read;
static fo_rdwr_t	vn_write;
static fo_rdwr_t	vn_io_fault;
static fo_truncate_t	vn_truncate;
static fo_ioctl_t	vn_ioctl;
static fo_poll_t	vn_poll;
static fo_stat_t	vn_statfile;
static fo_close_t	vn_closefile;

const struct fileops vnops = {
	.fo_read = vn_io_fault,
	.fo_write = vn_io_fault,
	.fo_truncate = vn_truncate,
	.fo_ioctl = vn_ioctl,
	.fo_poll = vn_poll,
	.fo_stat = vn_statfile,
	.fo_close = vn_closefile,
	.fo_seek = vn_seek,
	.fo_flags = DFLAG_PASSABLE | DFLAG_SEEKABLE,
};

int
vn_open(struct nameidata *ndp, int *flagp, int cmode, struct file *fp)
{

	return (vn_open_cred(ndp, flagp, cmode, ndp->ni_cnd.cn_cred, fp));
}

/*
 * Find the file that ndp names, make it if that is asked for, check that it may be
 * used so, and open it.  ni_vp comes back locked; the path buffer is freed.
 */
int
vn_open_cred(struct nameidata *ndp, int *flagp, int cmode, struct ucred *cred,
    struct file *fp)
{
	struct thread *td;
	struct vnode *vp;
	struct vattr va;
	int error, fmode;

	td = ndp->ni_cnd.cn_thread;
	fmode = *flagp;
	if (fmode & O_CREAT) {
		ndp->ni_cnd.cn_nameiop = CREATE;
		ndp->ni_cnd.cn_flags = LOCKPARENT | LOCKLEAF;
		error = namei(ndp);
		if (error != 0)
			return (error == EEXIST && (fmode & O_EXCL) == 0 ?
			    EISDIR : error);
		if (ndp->ni_vp == NULL) {
			if (ndp->ni_cnd.cn_flags & TRAILINGSLASH) {
				vput(ndp->ni_dvp);
				error = ENOENT;
				goto bad;
			}
			vattr_null(&va);
			va.va_type = VREG;
			va.va_mode = cmode;
			error = VOP_CREATE(ndp->ni_dvp, &ndp->ni_vp,
			    &ndp->ni_cnd, &va);
			if (error == 0)
				vn_setpath(ndp->ni_dvp, ndp->ni_vp,
				    ndp->ni_cnd.cn_nameptr,
				    ndp->ni_cnd.cn_namelen);
			vput(ndp->ni_dvp);
			if (error != 0)
				goto bad;
			fmode &= ~O_TRUNC;
		} else {
			if (ndp->ni_dvp == ndp->ni_vp)
				vrele(ndp->ni_dvp);
			else
				vput(ndp->ni_dvp);
			if (fmode & O_EXCL) {
				error = EEXIST;
				vput(ndp->ni_vp);
				goto bad;
			}
			fmode &= ~O_CREAT;
		}
	} else {
		ndp->ni_cnd.cn_nameiop = LOOKUP;
		ndp->ni_cnd.cn_flags = FOLLOW | LOCKLEAF |
		    ((fmode & FWRITE) == 0 ? LOCKSHARED : 0);
		error = namei(ndp);
		if (error != 0)
			return (error);
	}
	vp = ndp->ni_vp;
	error = vn_open_vnode(vp, fmode, cred, td, fp);
	if (error != 0) {
		vput(vp);
		goto bad;
	}
	*flagp = fmode;
	NDFREE_PNBUF(ndp);
	return (0);
bad:
	NDFREE_PNBUF(ndp);
	ndp->ni_vp = NULL;
	return (error);
}

/* The checks and VOP_OPEN().  vp locked. */
int
vn_open_vnode(struct vnode *vp, int fmode, struct ucred *cred,
    struct thread *td, struct file *fp)
{
	int accmode, error;

	if (vp->v_type != VDIR && (fmode & O_DIRECTORY) != 0)
		return (ENOTDIR);
	if (vp->v_type == VDIR && (fmode & (FWRITE | O_TRUNC)) != 0)
		return (EISDIR);
	accmode = 0;
	if (fmode & (FWRITE | O_TRUNC))
		accmode |= VWRITE;
	if (fmode & FREAD)
		accmode |= VREAD;
	if (fmode & FEXEC)
		accmode |= VEXEC;
	if (accmode != 0) {
		error = VOP_ACCESS(vp, accmode, cred, td);
		if (error != 0)
			return (error);
	}
	error = VOP_OPEN(vp, fmode, cred, td, fp);
	if (error != 0)
		return (error);
	if (fmode & FWRITE) {
		VI_LOCK(vp);
		vp->v_writecount++;
		VI_UNLOCK(vp);
	}
	return (0);
}

int
vn_close(struct vnode *vp, int flags, struct ucred *cred, struct thread *td)
{
	int error;

	(void)vn_lock(vp, LK_EXCLUSIVE);
	if (flags & FWRITE) {
		VI_LOCK(vp);
		KASSERT(vp->v_writecount > 0, ("vn_close: writecount"));
		vp->v_writecount--;
		VI_UNLOCK(vp);
	}
	error = VOP_CLOSE(vp, flags, cred, td);
	vput(vp);
	return (error);
}

/* Read or write a vnode from inside the kernel. */
int
vn_rdwr(enum uio_rw rw, struct vnode *vp, void *base, int len, off_t offset,
    enum uio_seg segflg, int ioflg, struct ucred *cred, ssize_t *aresid,
    struct thread *td)
{
	struct uio auio;
	struct iovec aiov;
	int error;

	auio.uio_iov = &aiov;
	auio.uio_iovcnt = 1;
	aiov.iov_base = base;
	aiov.iov_len = len;
	auio.uio_resid = len;
	auio.uio_offset = offset;
	auio.uio_segflg = segflg;
	auio.uio_rw = rw;
	auio.uio_td = td;
	if ((ioflg & IO_NODELOCKED) == 0)
		(void)vn_lock(vp, rw == UIO_READ ? LK_SHARED : LK_EXCLUSIVE);
	error = rw == UIO_READ ? VOP_READ(vp, &auio, ioflg, cred) :
	    VOP_WRITE(vp, &auio, ioflg, cred);
	if ((ioflg & IO_NODELOCKED) == 0)
		VOP_UNLOCK(vp);
	if (aresid != NULL)
		*aresid = auio.uio_resid;
	else if (auio.uio_resid != 0 && error == 0)
		error = EIO;
	return (error);
}

/*
 * The file position.  Two threads that read one file must not get the same bytes:
 * whoever uses f_offset owns it until the transfer is done.
 */
off_t
foffset_lock(struct file *fp, int flags)
{

	if (flags & FOF_NOLOCK)
		return (fp->f_offset);
	while (!atomic_cmpset_int(&fp->f_vnread_flags, 0, FOFFSET_LOCKED)) {
		sleepq_lock(&fp->f_vnread_flags);
		if (fp->f_vnread_flags == 0) {
			sleepq_release(&fp->f_vnread_flags);
			continue;
		}
		fp->f_vnread_flags |= FOFFSET_LOCK_WAITING;
		sleepq_add(&fp->f_vnread_flags, NULL, "vofflock", 0, 0);
		sleepq_wait(&fp->f_vnread_flags, PRIBIO);
	}
	return (fp->f_offset);
}

void
foffset_unlock(struct file *fp, off_t val, int flags)
{

	if ((flags & FOF_NOUPDATE) == 0)
		fp->f_offset = val;
	if (flags & FOF_NOLOCK)
		return;
	if (atomic_cmpset_int(&fp->f_vnread_flags, FOFFSET_LOCKED, 0))
		return;
	sleepq_lock(&fp->f_vnread_flags);
	fp->f_vnread_flags = 0;
	(void)sleepq_broadcast(&fp->f_vnread_flags, SLEEPQ_SLEEP, 0, 0);
	sleepq_release(&fp->f_vnread_flags);
}

void
foffset_lock_uio(struct file *fp, struct uio *uio, int flags)
{

	if ((flags & FOF_OFFSET) == 0)
		uio->uio_offset = foffset_lock(fp, flags);
}

void
foffset_unlock_uio(struct file *fp, struct uio *uio, int flags)
{

	if ((flags & FOF_OFFSET) == 0)
		foffset_unlock(fp, uio->uio_offset, flags);
}

int
vn_seek(struct file *fp, off_t offset, int whence, struct thread *td)
{
	struct vattr vattr;
	struct vnode *vp;
	off_t foffset;
	int error;

	vp = fp->f_vnode;
	foffset = foffset_lock(fp, 0);
	error = 0;
	switch (whence) {
	case SEEK_CUR:
		if (foffset < 0 || (offset > 0 &&
		    foffset > 0x7fffffffffffffffL - offset)) {
			error = EOVERFLOW;
			break;
		}
		offset += foffset;
		break;
	case SEEK_END:
		(void)vn_lock(vp, LK_SHARED);
		error = VOP_GETATTR(vp, &vattr, td->td_ucred);
		VOP_UNLOCK(vp);
		if (error == 0)
			offset += vattr.va_size;
		break;
	case SEEK_SET:
		break;
	default:
		error = EINVAL;
	}
	if (error == 0 && vp->v_type != VCHR && offset < 0)
		error = EINVAL;
	if (error == 0)
		td->td_retval[0] = offset;
	foffset_unlock(fp, offset, error != 0 ? FOF_NOUPDATE : 0);
	return (error);
}

/*
 * read(2) and write(2) of a vnode.  On FreeBSD this function keeps page faults in
 * the user's buffer from happening under the vnode lock; no page here comes from a
 * file, so that a fault may be taken anywhere.
 */
static int
vn_io_fault(struct file *fp, struct uio *uio, struct ucred *active_cred,
    int flags, struct thread *td)
{
	int error;

	foffset_lock_uio(fp, uio, flags);
	error = uio->uio_rw == UIO_READ ?
	    vn_read(fp, uio, active_cred, flags, td) :
	    vn_write(fp, uio, active_cred, flags, td);
	foffset_unlock_uio(fp, uio, flags);
	return (error);
}

static int
vn_read(struct file *fp, struct uio *uio, struct ucred *active_cred, int flags,
    struct thread *td)
{
	struct vnode *vp;
	int error, ioflag;

	vp = fp->f_vnode;
	ioflag = (fp->f_flag & FNONBLOCK) != 0 ? IO_NDELAY : 0;
	if (vp->v_type == VDIR)
		return (EISDIR);
	(void)vn_lock(vp, LK_SHARED);
	error = VOP_READ(vp, uio, ioflag, active_cred);
	VOP_UNLOCK(vp);
	return (error);
}

static int
vn_write(struct file *fp, struct uio *uio, struct ucred *active_cred,
    int flags, struct thread *td)
{
	struct vnode *vp;
	int error, ioflag;

	vp = fp->f_vnode;
	ioflag = IO_UNIT;
	if (vp->v_type == VREG && (fp->f_flag & O_APPEND) != 0)
		ioflag |= IO_APPEND;
	if (fp->f_flag & FNONBLOCK)
		ioflag |= IO_NDELAY;
	(void)vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_WRITE(vp, uio, ioflag, active_cred);
	VOP_UNLOCK(vp);
	return (error);
}

static int
vn_truncate(struct file *fp, off_t length, struct ucred *active_cred,
    struct thread *td)
{
	struct vattr vattr;
	struct vnode *vp;
	int error;

	vp = fp->f_vnode;
	if (vp->v_type == VDIR)
		return (EISDIR);
	vattr_null(&vattr);
	vattr.va_size = length;
	(void)vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_SETATTR(vp, &vattr, active_cred);
	VOP_UNLOCK(vp);
	return (error);
}

static int
vn_statfile(struct file *fp, struct stat *sb, struct ucred *active_cred,
    struct thread *td)
{
	struct vnode *vp;
	int error;

	vp = fp->f_vnode;
	(void)vn_lock(vp, LK_SHARED);
	error = vn_stat(vp, sb, active_cred, td);
	VOP_UNLOCK(vp);
	return (error);
}

int
vn_stat(struct vnode *vp, struct stat *sb, struct ucred *active_cred,
    struct thread *td)
{
	struct vattr vattr, *vap;
	int error;

	vap = &vattr;
	bzero(vap, sizeof(*vap));
	error = VOP_GETATTR(vp, vap, active_cred);
	if (error != 0)
		return (error);
	bzero(sb, sizeof(*sb));
	sb->st_dev = vap->va_fsid;
	sb->st_ino = vap->va_fileid;
	sb->st_mode = MAKEIMODE(vap->va_type, vap->va_mode);
	sb->st_nlink = vap->va_nlink;
	sb->st_uid = vap->va_uid;
	sb->st_gid = vap->va_gid;
	sb->st_rdev = vap->va_rdev;
	sb->st_size = vap->va_size;
	sb->st_atim = vap->va_atime;
	sb->st_mtim = vap->va_mtime;
	sb->st_ctim = vap->va_ctime;
	sb->st_birthtim = vap->va_birthtime;
	sb->st_blksize = vap->va_blocksize > 0 ? vap->va_blocksize : PAGE_SIZE;
	sb->st_blocks = vap->va_bytes / S_BLKSIZE;
	return (0);
}

static int
vn_ioctl(struct file *fp, u_long com, void *data, struct ucred *active_cred,
    struct thread *td)
{
	struct vattr vattr;
	struct vnode *vp;
	int error;

	vp = fp->f_vnode;
	if (vp->v_type == VREG && com == FIONREAD) {
		(void)vn_lock(vp, LK_SHARED);
		error = VOP_GETATTR(vp, &vattr, active_cred);
		VOP_UNLOCK(vp);
		if (error == 0)
			*(int *)data = vattr.va_size - fp->f_offset;
		return (error);
	}
	if (com == FIONBIO)
		return (0);
	return (VOP_IOCTL(vp, com, data, fp->f_flag, active_cred, td));
}

static int
vn_poll(struct file *fp, int events, struct ucred *active_cred,
    struct thread *td)
{

	return (VOP_POLL(fp->f_vnode, events, active_cred, td));
}

static int
vn_closefile(struct file *fp, struct thread *td)
{
	struct vnode *vp;

	vp = fp->f_vnode;
	fp->f_ops = &badfileops;
	return (vn_close(vp, fp->f_flag, fp->f_cred, td));
}
