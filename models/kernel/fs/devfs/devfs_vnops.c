/*
 * devfs: the vnode operations of its directories and devices, and the file
 * operations of open devices.
 *
 * Reading and writing an open device does not go through the vnode: devfs_open()
 * gives the file operations of its own (devfs_ops_f), which find the driver and
 * call it without any lock.
 */
#include <sys/param.h>
#include <sys/conf.h>
#include <sys/dirent.h>
#include <sys/fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/namei.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/systm.h>
#include <sys/uio.h>
#include <sys/vnode.h>
#include <fs/devfs/devfs_int.h>

#define	VP_TO_DE(vp)	((struct devfs_dirent *)(vp)->v_data)

static fo_rdwr_t	devfs_read_f;
static fo_rdwr_t	devfs_write_f;
static fo_ioctl_t	devfs_ioctl_f;
static fo_poll_t	devfs_poll_f;
static fo_stat_t	devfs_stat_f;
static fo_truncate_t	devfs_truncate_f;
static fo_close_t	devfs_close_f;

const struct fileops devfs_ops_f = {
	.fo_read = devfs_read_f,
	.fo_write = devfs_write_f,
	.fo_truncate = devfs_truncate_f,
	.fo_ioctl = devfs_ioctl_f,
	.fo_poll = devfs_poll_f,
	.fo_stat = devfs_stat_f,
	.fo_close = devfs_close_f,
	.fo_seek = vn_seek,
	.fo_flags = DFLAG_PASSABLE | DFLAG_SEEKABLE,
};

/* The entry's vnode, referenced; made on first use and kept. */
static int
devfs_allocv(struct devfs_dirent *de, struct mount *mp, struct vnode **vpp)
{
	struct vnode *nvp, *vp;
	int error;

	mtx_lock(&devfs_de_interlock);
	vp = de->de_vnode;
	if (vp != NULL)
		vref(vp);
	mtx_unlock(&devfs_de_interlock);
	if (vp != NULL) {
		*vpp = vp;
		return (0);
	}
	error = getnewvnode("devfs", mp, de->de_type == VDIR ?
	    &devfs_vnodeops : &devfs_specops, &nvp);
	if (error != 0)
		return (error);
	nvp->v_type = de->de_type;
	nvp->v_data = de;
	if (de->de_type == VCHR)
		nvp->v_rdev = de->de_cdp;
	if (de == devfs_rootdir)
		nvp->v_vflag |= VV_ROOT;
	mtx_lock(&devfs_de_interlock);
	vp = de->de_vnode;
	if (vp == NULL)
		de->de_vnode = nvp;
	else
		vref(vp);
	mtx_unlock(&devfs_de_interlock);
	if (vp != NULL) {
		nvp->v_data = NULL;
		nvp->v_op = &default_vnodeops;
		nvp->v_vflag = VV_UNLINKED;
		vrele(nvp);
	} else
		vp = nvp;
	*vpp = vp;
	return (0);
}

static int
devfs_lookup(struct vop_lookup_args *ap)
{
	struct componentname *cnp;
	struct devfs_dirent *dd, *de;

	cnp = ap->a_cnp;
	if (cnp->cn_namelen == 1 && cnp->cn_nameptr[0] == '.') {
		vref(ap->a_dvp);
		*ap->a_vpp = ap->a_dvp;
		return (0);
	}
	dd = VP_TO_DE(ap->a_dvp);
	if (cnp->cn_flags & ISDOTDOT)
		return (devfs_allocv(dd->de_dir, ap->a_dvp->v_mount,
		    ap->a_vpp));
	sx_slock(&devfs_lock);
	de = devfs_find(dd, cnp->cn_nameptr, cnp->cn_namelen);
	if (de != NULL && de->de_type == VCHR && de->de_cdp == NULL)
		de = NULL;		/* destroy_dev() was here. */
	sx_sunlock(&devfs_lock);
	if (de == NULL)
		return (ENOENT);
	return (devfs_allocv(de, ap->a_dvp->v_mount, ap->a_vpp));
}

static int
devfs_access(struct vop_access_args *ap)
{
	struct devfs_dirent *de;

	de = VP_TO_DE(ap->a_vp);
	return (vaccess(ap->a_vp->v_type, de->de_mode, 0, 0, ap->a_accmode,
	    ap->a_cred));
}

static int
devfs_getattr(struct vop_getattr_args *ap)
{
	struct devfs_dirent *de;
	struct vattr *vap;

	de = VP_TO_DE(ap->a_vp);
	vap = ap->a_vap;
	vap->va_type = de->de_type;
	vap->va_mode = de->de_mode;
	vap->va_nlink = de->de_links;
	vap->va_uid = 0;
	vap->va_gid = 0;
	vap->va_fsid = ap->a_vp->v_mount->mnt_fsid;
	vap->va_fileid = de->de_inode;
	vap->va_size = de->de_type == VDIR ? 512 : 0;
	vap->va_blocksize = de->de_type == VDIR ? 512 : PAGE_SIZE;
	vap->va_atime = vap->va_mtime = vap->va_ctime = vap->va_birthtime =
	    de->de_ctime;
	vap->va_rdev = de->de_type == VCHR ? de->de_inode : 0;
	vap->va_bytes = 0;
	return (0);
}

static int
devfs_setattr(struct vop_setattr_args *ap)
{

	if (ap->a_vap->va_mode != (u_short)VNOVAL)
		VP_TO_DE(ap->a_vp)->de_mode = ap->a_vap->va_mode & ALLPERMS;
	return (0);		/* Truncating a device does nothing. */
}

/* uio_offset counts entries: 0 is ".", 1 is "..". */
static int
devfs_readdir(struct vop_readdir_args *ap)
{
	struct devfs_dirent *dd, *de;
	struct dirent d;
	struct uio *uio;
	const char *name;
	ssize_t start;
	off_t first, n;
	size_t len;
	int error;

	uio = ap->a_uio;
	dd = VP_TO_DE(ap->a_vp);
	start = uio->uio_resid;
	first = uio->uio_offset;	/* uiomove() counts it on. */
	error = 0;
	n = 0;
	*ap->a_eofflag = 0;
	sx_slock(&devfs_lock);
	de = TAILQ_FIRST(&dd->de_dlist);
	while (error == 0) {
		bzero(&d, sizeof(d));
		if (n < 2) {
			name = n == 0 ? "." : "..";
			len = n + 1;
			d.d_fileno = n == 0 ? dd->de_inode :
			    dd->de_dir->de_inode;
			d.d_type = DT_DIR;
		} else {
			while (de != NULL && de->de_type == VCHR &&
			    de->de_cdp == NULL)
				de = TAILQ_NEXT(de, de_list);
			if (de == NULL) {
				*ap->a_eofflag = 1;
				break;
			}
			name = de->de_name;
			len = de->de_namelen;
			d.d_fileno = de->de_inode;
			d.d_type = de->de_type == VDIR ? DT_DIR : DT_CHR;
			de = TAILQ_NEXT(de, de_list);
		}
		if (n++ < first)
			continue;
		d.d_namlen = len;
		d.d_reclen = _GENERIC_DIRLEN(len);
		d.d_off = n;
		memcpy(d.d_name, name, len);
		if (d.d_reclen > uio->uio_resid) {
			n--;
			error = start == uio->uio_resid ? EINVAL : -1;
			break;
		}
		error = uiomove(&d, d.d_reclen, uio);
	}
	sx_sunlock(&devfs_lock);
	uio->uio_offset = n;
	return (error == -1 ? 0 : error);
}

static int
devfs_vptocnp(struct vop_vptocnp_args *ap)
{
	struct devfs_dirent *de;
	int error;

	de = VP_TO_DE(ap->a_vp);
	if (de->de_namelen > *ap->a_buflen)
		return (ENOMEM);
	error = devfs_allocv(de->de_dir, ap->a_vp->v_mount, ap->a_vpp);
	if (error != 0)
		return (error);
	*ap->a_buflen -= de->de_namelen;
	memcpy(ap->a_buf + *ap->a_buflen, de->de_name, de->de_namelen);
	return (0);
}

/*
 * Devices.
 */

static int
devfs_open(struct vop_open_args *ap)
{
	struct cdev *dev;
	struct cdevsw *dsw;
	struct file *fpop;
	struct thread *td;
	struct vnode *vp;
	int error;

	vp = ap->a_vp;
	td = ap->a_td;
	dev = vp->v_rdev;
	dsw = dev != NULL ? dev->si_devsw : NULL;
	if (dsw == NULL)
		return (ENXIO);
	(void)dev_usecount(dev, 1);
	/* The driver may sleep in there. */
	VOP_UNLOCK(vp);
	fpop = td->td_fpop;
	td->td_fpop = ap->a_fp;
	if (ap->a_fp != NULL)
		ap->a_fp->f_data = dev;
	error = dsw->d_open(dev, ap->a_mode, S_IFCHR, td);
	if (error != 0)
		devfs_clear_cdevpriv();
	td->td_fpop = fpop;
	(void)vn_lock(vp, LK_EXCLUSIVE);
	if (error != 0) {
		(void)dev_usecount(dev, -1);
		return (error);
	}
	if (ap->a_fp != NULL)
		finit(ap->a_fp, ap->a_mode & FMASK, DTYPE_VNODE, dev,
		    &devfs_ops_f);
	return (0);
}

static int
devfs_close(struct vop_close_args *ap)
{
	struct cdev *dev;
	struct cdevsw *dsw;
	u_long left;

	dev = ap->a_vp->v_rdev;
	left = dev_usecount(dev, -1);
	dsw = dev->si_devsw;
	if (dsw == NULL)
		return (0);		/* destroy_dev() came before. */
	if (left != 0 && (dsw->d_flags & D_TRACKCLOSE) == 0)
		return (0);
	return (dsw->d_close(dev, ap->a_fflag, S_IFCHR, ap->a_td));
}

/*
 * The driver of an open device.  td_fpop tells it, through devfs_get_cdevpriv(9),
 * which opening it is called for.
 */
static int
devfs_fp_check(struct file *fp, struct cdev **devp, struct cdevsw **dswp)
{

	*devp = fp->f_data;
	*dswp = (*devp)->si_devsw;
	if (*dswp == NULL)
		return (ENXIO);
	curthread->td_fpop = fp;
	return (0);
}

static int
devfs_read_f(struct file *fp, struct uio *uio, struct ucred *cred, int flags,
    struct thread *td)
{
	struct cdev *dev;
	struct cdevsw *dsw;
	struct file *fpop;
	int error, ioflag;

	if ((u_long)uio->uio_resid > IOSIZE_MAX)
		return (EINVAL);
	fpop = td->td_fpop;
	error = devfs_fp_check(fp, &dev, &dsw);
	if (error != 0)
		return (error);
	ioflag = (fp->f_flag & FNONBLOCK) != 0 ? IO_NDELAY : 0;
	foffset_lock_uio(fp, uio, flags | FOF_NOLOCK);
	error = dsw->d_read(dev, uio, ioflag);
	td->td_fpop = fpop;
	foffset_unlock_uio(fp, uio, flags | FOF_NOLOCK);
	return (error);
}

static int
devfs_write_f(struct file *fp, struct uio *uio, struct ucred *cred, int flags,
    struct thread *td)
{
	struct cdev *dev;
	struct cdevsw *dsw;
	struct file *fpop;
	int error, ioflag;

	if ((u_long)uio->uio_resid > IOSIZE_MAX)
		return (EINVAL);
	fpop = td->td_fpop;
	error = devfs_fp_check(fp, &dev, &dsw);
	if (error != 0)
		return (error);
	ioflag = (fp->f_flag & FNONBLOCK) != 0 ? IO_NDELAY : 0;
	foffset_lock_uio(fp, uio, flags | FOF_NOLOCK);
	error = dsw->d_write(dev, uio, ioflag);
	td->td_fpop = fpop;
	foffset_unlock_uio(fp, uio, flags | FOF_NOLOCK);
	return (error);
}

static int
devfs_ioctl_f(struct file *fp, u_long com, void *data, struct ucred *cred,
    struct thread *td)
{
	struct cdev *dev;
	struct cdevsw *dsw;
	struct file *fpop;
	int error;

	fpop = td->td_fpop;
	error = devfs_fp_check(fp, &dev, &dsw);
	if (error != 0)
		return (error);
	error = dsw->d_ioctl(dev, com, data, fp->f_flag, td);
	td->td_fpop = fpop;
	return (error == ENOIOCTL ? ENOTTY : error);
}

static int
devfs_poll_f(struct file *fp, int events, struct ucred *cred,
    struct thread *td)
{
	struct cdev *dev;
	struct cdevsw *dsw;
	struct file *fpop;
	int revents;

	fpop = td->td_fpop;
	if (devfs_fp_check(fp, &dev, &dsw) != 0)
		return (events);
	revents = dsw->d_poll(dev, events, td);
	td->td_fpop = fpop;
	return (revents);
}

static int
devfs_stat_f(struct file *fp, struct stat *sb, struct ucred *cred,
    struct thread *td)
{

	return ((*vnops.fo_stat)(fp, sb, cred, td));
}

static int
devfs_truncate_f(struct file *fp, off_t length, struct ucred *cred,
    struct thread *td)
{

	return (0);
}

static int
devfs_close_f(struct file *fp, struct thread *td)
{
	struct file *fpop;
	int error;

	fpop = td->td_fpop;
	td->td_fpop = fp;
	error = (*vnops.fo_close)(fp, td);
	devfs_clear_cdevpriv();
	td->td_fpop = fpop;
	return (error);
}

const struct vop_vector devfs_vnodeops = {
	.vop_default = &default_vnodeops,
	.vop_lookup = devfs_lookup,
	.vop_access = devfs_access,
	.vop_getattr = devfs_getattr,
	.vop_setattr = devfs_setattr,
	.vop_readdir = devfs_readdir,
	.vop_vptocnp = devfs_vptocnp,
};

const struct vop_vector devfs_specops = {
	.vop_default = &default_vnodeops,
	.vop_access = devfs_access,
	.vop_open = devfs_open,
	.vop_close = devfs_close,
	.vop_getattr = devfs_getattr,
	.vop_setattr = devfs_setattr,
	.vop_read = VOP_EBADF,
	.vop_write = VOP_EBADF,
};

/*
 * Mounting.
 */

static int
devfs_mount(struct mount *mp)
{

	return (0);
}

static int
devfs_root(struct mount *mp, struct vnode **vpp)
{

	return (devfs_allocv(devfs_rootdir, mp, vpp));
}

static const struct vfsops devfs_vfsops = {
	.vfs_mount = devfs_mount,
	.vfs_root = devfs_root,
};
VFS_SET(devfs_vfsops, devfs);
