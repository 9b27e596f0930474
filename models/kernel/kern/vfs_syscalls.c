/*
 * System calls on paths and directories.
 */
#include <sys/param.h>
#include <sys/dirent.h>
#include <sys/fcntl.h>
#include <sys/file.h>
#include <sys/filedesc.h>
#include <sys/kernel.h>
#include <sys/mount.h>
#include <sys/namei.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/syscallsubr.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/uio.h>
#include <sys/unistd.h>
#include <sys/vnode.h>

/* The directory a relative path starts at: *dvpp is NULL for the current one. */
static int
at_startdir(struct thread *td, int fd, const char *path, enum uio_seg segflg,
    struct vnode **dvpp)
{
	int c, error;

	*dvpp = NULL;
	if (fd == AT_FDCWD)
		return (0);
	c = segflg == UIO_SYSSPACE ? *path : fubyte(path);
	if (c == '/')
		return (0);
	error = fgetvp(td, fd, dvpp);
	if (error == 0 && (*dvpp)->v_type != VDIR) {
		vrele(*dvpp);
		*dvpp = NULL;
		error = ENOTDIR;
	}
	return (error);
}

int
sys_open(struct thread *td, struct open_args *uap)
{

	return (kern_openat(td, AT_FDCWD, uap->path, UIO_USERSPACE, uap->flags,
	    uap->mode));
}

int
sys_openat(struct thread *td, struct openat_args *uap)
{

	return (kern_openat(td, uap->fd, uap->path, UIO_USERSPACE, uap->flag,
	    uap->mode));
}

int
kern_openat(struct thread *td, int fd, const char *path, enum uio_seg pathseg,
    int flags, int mode)
{
	struct filedesc *fdp;
	struct file *fp;
	struct nameidata nd;
	struct vnode *dvp, *vp;
	int cmode, error, indx;

	fdp = td->td_proc->p_fd;
	if ((flags & O_ACCMODE) == O_ACCMODE)
		return (EINVAL);
	flags = FFLAGS(flags);
	error = at_startdir(td, fd, path, pathseg, &dvp);
	if (error != 0)
		return (error);
	error = falloc_noinstall(td, &fp);
	if (error != 0)
		goto out;
	fp->f_flag = flags & FMASK;
	cmode = ((mode & ~fdp->fd_cmask) & ALLPERMS) & ~S_ISVTX;
	NDINIT_ATVP(&nd, LOOKUP, FOLLOW, pathseg, path, dvp, td);
	error = vn_open(&nd, &flags, cmode, fp);
	if (error != 0)
		goto bad;
	vp = nd.ni_vp;
	fp->f_vnode = vp;
	/* A device has made the file its own in VOP_OPEN(). */
	if (fp->f_ops == &badfileops)
		finit(fp, flags & FMASK, DTYPE_VNODE, vp, &vnops);
	VOP_UNLOCK(vp);
	if (flags & O_TRUNC) {
		error = fo_truncate(fp, 0, td->td_ucred, td);
		if (error != 0 && vp->v_type != VREG)
			error = 0;
		if (error != 0)
			goto bad;
	}
	error = finstall(td, fp, &indx, flags);
	if (error == 0)
		td->td_retval[0] = indx;
bad:
	/* finstall() took its own reference; ours goes. */
	fdrop(fp, td);
out:
	if (dvp != NULL)
		vrele(dvp);
	return (error);
}

int
sys_access(struct thread *td, struct access_args *uap)
{
	struct nameidata nd;
	int accmode, error;

	if ((uap->amode & ~(F_OK | R_OK | W_OK | X_OK)) != 0)
		return (EINVAL);
	NDINIT(&nd, LOOKUP, FOLLOW | LOCKSHARED | LOCKLEAF, UIO_USERSPACE,
	    uap->path, td);
	error = namei(&nd);
	if (error != 0)
		return (error);
	NDFREE_PNBUF(&nd);
	accmode = 0;
	if (uap->amode & R_OK)
		accmode |= VREAD;
	if (uap->amode & W_OK)
		accmode |= VWRITE;
	if (uap->amode & X_OK)
		accmode |= VEXEC;
	if (accmode != 0)
		error = VOP_ACCESS(nd.ni_vp, accmode, td->td_ucred, td);
	vput(nd.ni_vp);
	return (error);
}

int
sys_fstatat(struct thread *td, struct fstatat_args *uap)
{
	struct stat sb;
	int error;

	error = kern_statat(td, uap->flag, uap->fd, uap->path, UIO_USERSPACE,
	    &sb);
	if (error == 0)
		error = copyout(&sb, uap->buf, sizeof(sb));
	return (error);
}

int
kern_statat(struct thread *td, int flag, int fd, const char *path,
    enum uio_seg pathseg, struct stat *sbp)
{
	struct nameidata nd;
	struct vnode *dvp;
	int error;

	if ((flag & ~AT_SYMLINK_NOFOLLOW) != 0)
		return (EINVAL);
	error = at_startdir(td, fd, path, pathseg, &dvp);
	if (error != 0)
		return (error);
	NDINIT_ATVP(&nd, LOOKUP, FOLLOW | LOCKSHARED | LOCKLEAF, pathseg, path,
	    dvp, td);
	error = namei(&nd);
	if (error == 0) {
		NDFREE_PNBUF(&nd);
		error = vn_stat(nd.ni_vp, sbp, td->td_ucred, td);
		vput(nd.ni_vp);
	}
	if (dvp != NULL)
		vrele(dvp);
	return (error);
}

/* chmod(2), truncate(2): set one attribute of the file at a path. */
static int
setattr_path(struct thread *td, const char *path, struct vattr *vap,
    int accmode)
{
	struct nameidata nd;
	int error;

	NDINIT(&nd, LOOKUP, FOLLOW | LOCKLEAF, UIO_USERSPACE, path, td);
	error = namei(&nd);
	if (error != 0)
		return (error);
	NDFREE_PNBUF(&nd);
	if (vap->va_size != VNOVAL && nd.ni_vp->v_type == VDIR)
		error = EISDIR;
	if (error == 0 && accmode != 0)
		error = VOP_ACCESS(nd.ni_vp, accmode, td->td_ucred, td);
	if (error == 0)
		error = VOP_SETATTR(nd.ni_vp, vap, td->td_ucred);
	vput(nd.ni_vp);
	return (error);
}

int
sys_chmod(struct thread *td, struct chmod_args *uap)
{
	struct vattr va;

	vattr_null(&va);
	va.va_mode = uap->mode & ALLPERMS;
	return (setattr_path(td, uap->path, &va, 0));
}

int
sys_truncate(struct thread *td, struct truncate_args *uap)
{
	struct vattr va;

	if (uap->length < 0)
		return (EINVAL);
	vattr_null(&va);
	va.va_size = uap->length;
	return (setattr_path(td, uap->path, &va, VWRITE));
}

/* Release what a namei() with LOCKPARENT | LOCKLEAF found. */
static void
nd_release(struct nameidata *nd)
{

	NDFREE_PNBUF(nd);
	if (nd->ni_vp != NULL) {
		if (nd->ni_vp == nd->ni_dvp)
			vrele(nd->ni_vp);
		else
			vput(nd->ni_vp);
	}
	vput(nd->ni_dvp);
}

int
sys_mkdir(struct thread *td, struct mkdir_args *uap)
{

	return (kern_mkdirat(td, AT_FDCWD, uap->path, UIO_USERSPACE,
	    uap->mode));
}

int
kern_mkdirat(struct thread *td, int fd, const char *path, enum uio_seg segflg,
    int mode)
{
	struct nameidata nd;
	struct vattr va;
	int error;

	NDINIT(&nd, CREATE, LOCKPARENT, segflg, path, td);
	error = namei(&nd);
	if (error != 0)
		return (error);
	if (nd.ni_vp != NULL) {
		NDFREE_PNBUF(&nd);
		vput(nd.ni_dvp);
		vrele(nd.ni_vp);
		return (EEXIST);
	}
	vattr_null(&va);
	va.va_type = VDIR;
	va.va_mode = (mode & ACCESSPERMS) & ~td->td_proc->p_fd->fd_cmask;
	error = VOP_MKDIR(nd.ni_dvp, &nd.ni_vp, &nd.ni_cnd, &va);
	NDFREE_PNBUF(&nd);
	vput(nd.ni_dvp);
	if (error == 0)
		vput(nd.ni_vp);
	return (error);
}

int
sys_rmdir(struct thread *td, struct rmdir_args *uap)
{
	struct nameidata nd;
	struct vnode *vp;
	int error;

	NDINIT(&nd, DELETE, LOCKPARENT | LOCKLEAF, UIO_USERSPACE, uap->path,
	    td);
	error = namei(&nd);
	if (error != 0)
		return (error);
	vp = nd.ni_vp;
	if (vp->v_type != VDIR)
		error = ENOTDIR;
	else if (nd.ni_dvp == vp)
		error = EINVAL;		/* "." */
	else if (vp->v_vflag & VV_ROOT)
		error = EBUSY;
	else
		error = VOP_RMDIR(nd.ni_dvp, vp, &nd.ni_cnd);
	nd_release(&nd);
	return (error);
}

int
sys_unlink(struct thread *td, struct unlink_args *uap)
{
	struct nameidata nd;
	int error;

	NDINIT(&nd, DELETE, LOCKPARENT | LOCKLEAF, UIO_USERSPACE, uap->path,
	    td);
	error = namei(&nd);
	if (error != 0)
		return (error);
	if (nd.ni_vp->v_type == VDIR)
		error = EPERM;
	else
		error = VOP_REMOVE(nd.ni_dvp, nd.ni_vp, &nd.ni_cnd);
	nd_release(&nd);
	return (error);
}

/*
 * rename(2).  VOP_RENAME() wants both directories locked; they are found unlocked
 * and then locked in order of address, so that two renames cannot each hold what
 * the other wants.
 */
int
sys_rename(struct thread *td, struct rename_args *uap)
{
	struct nameidata fromnd, tond;
	struct vnode *fdvp, *fvp, *tdvp, *tvp;
	int error;

	NDINIT(&fromnd, DELETE, WANTPARENT, UIO_USERSPACE, uap->from, td);
	error = namei(&fromnd);
	if (error != 0)
		return (error);
	fdvp = fromnd.ni_dvp;
	fvp = fromnd.ni_vp;
	NDINIT(&tond, RENAME, WANTPARENT, UIO_USERSPACE, uap->to, td);
	error = namei(&tond);
	if (error != 0) {
		NDFREE_PNBUF(&fromnd);
		vrele(fdvp);
		vrele(fvp);
		return (error);
	}
	tdvp = tond.ni_dvp;
	tvp = tond.ni_vp;
	if (fvp == tvp)
		goto out;		/* Two names of one file: done. */
	if (fdvp->v_mount != tdvp->v_mount || (fvp->v_vflag & VV_ROOT) != 0 ||
	    (tvp != NULL && (tvp->v_vflag & VV_ROOT) != 0)) {
		error = EXDEV;
		goto out;
	}
	if (fvp == fdvp || tvp == tdvp) {
		error = EINVAL;		/* "." */
		goto out;
	}
	if (fdvp == tdvp)
		(void)vn_lock(fdvp, LK_EXCLUSIVE);
	else {
		(void)vn_lock(fdvp < tdvp ? fdvp : tdvp, LK_EXCLUSIVE);
		(void)vn_lock(fdvp < tdvp ? tdvp : fdvp, LK_EXCLUSIVE);
	}
	error = VOP_RENAME(fdvp, fvp, &fromnd.ni_cnd, tdvp, tvp, &tond.ni_cnd);
	if (error == 0)
		vn_clearpath(fvp);
	VOP_UNLOCK(fdvp);
	if (fdvp != tdvp)
		VOP_UNLOCK(tdvp);
out:
	NDFREE_PNBUF(&fromnd);
	NDFREE_PNBUF(&tond);
	vrele(fdvp);
	vrele(fvp);
	vrele(tdvp);
	if (tvp != NULL)
		vrele(tvp);
	return (error);
}

/* Make vp (referenced) the current directory. */
static int
change_dir(struct thread *td, struct vnode *vp)
{
	struct filedesc *fdp;
	struct vnode *oldvp;
	int error;

	(void)vn_lock(vp, LK_SHARED);
	error = vp->v_type != VDIR ? ENOTDIR :
	    VOP_ACCESS(vp, VEXEC, td->td_ucred, td);
	VOP_UNLOCK(vp);
	if (error != 0) {
		vrele(vp);
		return (error);
	}
	fdp = td->td_proc->p_fd;
	FILEDESC_XLOCK(fdp);
	oldvp = fdp->fd_cdir;
	fdp->fd_cdir = vp;
	FILEDESC_XUNLOCK(fdp);
	if (oldvp != NULL)
		vrele(oldvp);
	return (0);
}

int
kern_chdir(struct thread *td, const char *path, enum uio_seg pathseg)
{
	struct nameidata nd;
	int error;

	NDINIT(&nd, LOOKUP, FOLLOW, pathseg, path, td);
	error = namei(&nd);
	if (error != 0)
		return (error);
	NDFREE_PNBUF(&nd);
	return (change_dir(td, nd.ni_vp));
}

int
sys_chdir(struct thread *td, struct chdir_args *uap)
{

	return (kern_chdir(td, uap->path, UIO_USERSPACE));
}

int
sys_fchdir(struct thread *td, struct fchdir_args *uap)
{
	struct vnode *vp;
	int error;

	error = fgetvp(td, uap->fd, &vp);
	if (error != 0)
		return (error);
	return (change_dir(td, vp));
}

int
sys_fsync(struct thread *td, struct fsync_args *uap)
{
	struct vnode *vp;
	int error;

	error = fgetvp(td, uap->fd, &vp);
	if (error != 0)
		return (error);
	(void)vn_lock(vp, LK_EXCLUSIVE);
	error = VOP_FSYNC(vp, 1, td);
	vput(vp);
	return (error);
}

/* Every file system here keeps its files in memory: nothing to write. */
int
sys_sync(struct thread *td, struct sync_args *uap)
{

	return (0);
}

int
sys_getdirentries(struct thread *td, struct getdirentries_args *uap)
{
	ssize_t resid;
	off_t base;
	int error;

	error = kern_getdirentries(td, uap->fd, uap->buf, uap->count, &base,
	    &resid, UIO_USERSPACE);
	if (error == 0 && uap->basep != NULL)
		error = copyout(&base, uap->basep, sizeof(base));
	return (error);
}

int
kern_getdirentries(struct thread *td, int fd, char *buf, size_t count,
    off_t *basep, ssize_t *residp, enum uio_seg bufseg)
{
	struct file *fp;
	struct iovec aiov;
	struct uio auio;
	struct vnode *vp;
	int eofflag, error;

	if (count > IOSIZE_MAX)
		return (EINVAL);
	error = fget_read(td, fd, &fp);
	if (error != 0)
		return (error);
	vp = fp->f_vnode;
	if (vp == NULL || vp->v_type != VDIR) {
		fdrop(fp, td);
		return (EINVAL);
	}
	aiov.iov_base = buf;
	aiov.iov_len = count;
	auio.uio_iov = &aiov;
	auio.uio_iovcnt = 1;
	auio.uio_rw = UIO_READ;
	auio.uio_segflg = bufseg;
	auio.uio_resid = count;
	auio.uio_td = td;
	*basep = foffset_lock(fp, 0);
	auio.uio_offset = *basep;
	(void)vn_lock(vp, LK_SHARED);
	error = VOP_READDIR(vp, &auio, fp->f_cred, &eofflag);
	VOP_UNLOCK(vp);
	foffset_unlock(fp, auio.uio_offset, 0);
	td->td_retval[0] = count - auio.uio_resid;
	if (residp != NULL)
		*residp = auio.uio_resid;
	fdrop(fp, td);
	return (error);
}
