/*
 * namei(): from a path to a vnode.
 *
 * The path is copied in and taken component by component.  At each, the directory
 * is locked, the file system asked (VOP_LOOKUP()), and, if what it found is covered
 * by another file system, we go up to that one's root; ".." goes the other way.
 * There are no symbolic links here.
 */
#include <sys/param.h>
#include <sys/dirent.h>
#include <sys/filedesc.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/mount.h>
#include <sys/namei.h>
#include <sys/proc.h>
#include <sys/sdt.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <vm/uma.h>

SDT_PROVIDER_DECLARE(vfs);
SDT_PROBE_DEFINE4(vfs, namei, lookup, entry, "struct vnode *", "char *",
    "unsigned long", "bool");
SDT_PROBE_DEFINE4(vfs, namei, lookup, return, "int", "struct vnode *", "bool",
    "struct nameidata *");

static uma_zone_t namei_zone;		/* Paths. */

static void
nameiinit(const void *dummy)
{

	namei_zone = uma_zcreate("NAMEI", MAXPATHLEN, NULL, NULL, NULL, NULL,
	    UMA_ALIGN_PTR, 0);
}
SYSINIT(namei, SI_SUB_LOCK, SI_ORDER_SECOND, nameiinit, NULL);

void
NDINIT_ATVP(struct nameidata *ndp, u_long op, u_long flags,
    enum uio_seg segflg, const char *namep, struct vnode *startdir,
    struct thread *td)
{

	bzero(ndp, sizeof(*ndp));
	ndp->ni_cnd.cn_nameiop = op;
	ndp->ni_cnd.cn_flags = flags;
	ndp->ni_segflg = segflg;
	ndp->ni_dirp = namep;
	ndp->ni_startdir = startdir;
	ndp->ni_cnd.cn_thread = td;
	ndp->ni_cnd.cn_cred = td->td_ucred;
}

void
NDFREE_PNBUF(struct nameidata *ndp)
{

	if ((ndp->ni_cnd.cn_flags & HASBUF) != 0) {
		uma_zfree(namei_zone, ndp->ni_cnd.cn_pnbuf);
		ndp->ni_cnd.cn_flags &= ~HASBUF;
	}
}

/* Where to start: a reference to root, current or given directory. */
static int
namei_start(struct nameidata *ndp, struct vnode **dpp)
{
	struct filedesc *fdp;
	struct vnode *dp;

	fdp = ndp->ni_cnd.cn_thread->td_proc->p_fd;
	FILEDESC_SLOCK(fdp);
	ndp->ni_rootdir = fdp->fd_rdir;
	if (ndp->ni_cnd.cn_pnbuf[0] == '/')
		dp = fdp->fd_rdir;
	else if (ndp->ni_startdir != NULL)
		dp = ndp->ni_startdir;
	else
		dp = fdp->fd_cdir;
	if (dp != NULL)
		vref(dp);
	FILEDESC_SUNLOCK(fdp);
	*dpp = dp;
	return (dp != NULL ? 0 : ENOENT);
}

/*
 * Look up a path.  On success the caller owns what the flags asked for, and the
 * path buffer until NDFREE_PNBUF(); on failure nothing.
 */
int
namei(struct nameidata *ndp)
{
	struct componentname *cnp;
	struct vnode *dp;
	int error;

	SDT_PROBE2(sysinfo, , , namei, 1, 0);
	cnp = &ndp->ni_cnd;
	cnp->cn_pnbuf = uma_zalloc(namei_zone, M_WAITOK);
	cnp->cn_flags |= HASBUF;
	error = ndp->ni_segflg == UIO_SYSSPACE ?
	    copystr(ndp->ni_dirp, cnp->cn_pnbuf, MAXPATHLEN,
	    &ndp->ni_pathlen) :
	    copyinstr(ndp->ni_dirp, cnp->cn_pnbuf, MAXPATHLEN,
	    &ndp->ni_pathlen);
	if (error == 0 && *cnp->cn_pnbuf == '\0')
		error = ENOENT;
	if (error == 0)
		error = namei_start(ndp, &dp);
	if (error != 0) {
		NDFREE_PNBUF(ndp);
		return (error);
	}
	SDT_PROBE4(vfs, namei, lookup, entry, dp, cnp->cn_pnbuf,
	    cnp->cn_flags, 0);
	cnp->cn_nameptr = cnp->cn_pnbuf;
	ndp->ni_dvp = dp;
	error = lookup(ndp);
	SDT_PROBE4(vfs, namei, lookup, return, error,
	    error == 0 ? ndp->ni_vp : NULL, 0, ndp);
	if (error != 0)
		NDFREE_PNBUF(ndp);
	return (error);
}

/* Cut the next component out of the path.  False at the end of the path. */
static bool
next_component(struct nameidata *ndp)
{
	struct componentname *cnp;
	char *cp;

	cnp = &ndp->ni_cnd;
	cnp->cn_flags &= ~(ISLASTCN | ISDOTDOT | TRAILINGSLASH);
	for (cp = cnp->cn_nameptr; *cp == '/'; cp++)
		continue;
	cnp->cn_nameptr = cp;
	while (*cp != '\0' && *cp != '/')
		cp++;
	cnp->cn_namelen = cp - cnp->cn_nameptr;
	if (*cp == '/')
		cnp->cn_flags |= TRAILINGSLASH;
	while (*cp == '/')
		cp++;
	ndp->ni_next = cp;
	if (*cp == '\0')
		cnp->cn_flags |= ISLASTCN;
	else
		cnp->cn_flags &= ~TRAILINGSLASH;
	if (cnp->cn_namelen == 2 && cnp->cn_nameptr[0] == '.' &&
	    cnp->cn_nameptr[1] == '.')
		cnp->cn_flags |= ISDOTDOT;
	return (cnp->cn_namelen != 0);
}

/* From a directory to the root of what is mounted on it, if anything is. */
static int
cross_mounts(struct vnode **vpp)
{
	struct vnode *vp, *tdp;
	int error;

	vp = *vpp;
	while (vp->v_type == VDIR && vp->v_mountedhere != NULL) {
		error = VFS_ROOT(vp->v_mountedhere, &tdp);
		vrele(vp);
		if (error != 0)
			return (error);
		vp = tdp;
	}
	*vpp = vp;
	return (0);
}

/*
 * The walk itself: ni_dvp is the referenced starting point, cn_nameptr the path.
 */
int
lookup(struct nameidata *ndp)
{
	struct componentname *cnp;
	struct vnode *dp, *vp;
	bool last, modify;
	int error;

	cnp = &ndp->ni_cnd;
	dp = ndp->ni_dvp;
	ndp->ni_dvp = NULL;
	ndp->ni_vp = NULL;
	if (!next_component(ndp)) {
		/* "/": there is no directory that it is in. */
		if (cnp->cn_nameiop != LOOKUP) {
			vrele(dp);
			return (cnp->cn_nameiop == CREATE ? EEXIST : EBUSY);
		}
		if (cnp->cn_flags & (LOCKPARENT | WANTPARENT)) {
			vrele(dp);
			return (EISDIR);
		}
		ndp->ni_vp = dp;
		if (cnp->cn_flags & LOCKLEAF)
			(void)vn_lock(dp, (cnp->cn_flags & LOCKSHARED) != 0 ?
			    LK_SHARED : LK_EXCLUSIVE);
		return (0);
	}
	for (;;) {
		last = (cnp->cn_flags & ISLASTCN) != 0;
		modify = last && (cnp->cn_nameiop != LOOKUP ||
		    (cnp->cn_flags & LOCKPARENT) != 0);
		if (cnp->cn_namelen > MAXNAMLEN) {
			vrele(dp);
			return (ENAMETOOLONG);
		}
		/* ".." of a root: stay, or go down to the covered directory. */
		if (cnp->cn_flags & ISDOTDOT) {
			if (modify) {
				vrele(dp);
				return (cnp->cn_nameiop == CREATE ? EEXIST :
				    EINVAL);
			}
			while (dp != ndp->ni_rootdir &&
			    (dp->v_vflag & VV_ROOT) != 0 &&
			    dp->v_mount->mnt_vnodecovered != NULL) {
				vp = dp->v_mount->mnt_vnodecovered;
				vref(vp);
				vrele(dp);
				dp = vp;
			}
		}

		(void)vn_lock(dp, modify ? LK_EXCLUSIVE : LK_SHARED);
		if (dp->v_type != VDIR)
			error = ENOTDIR;
		else if ((cnp->cn_flags & ISDOTDOT) != 0 &&
		    dp == ndp->ni_rootdir) {
			vp = dp;
			vref(vp);
			error = 0;
		} else {
			error = VOP_ACCESS(dp, VEXEC, cnp->cn_cred,
			    cnp->cn_thread);
			if (error == 0)
				error = VOP_LOOKUP(dp, &vp, cnp);
		}
		if (error == ENOENT && last && (cnp->cn_nameiop == CREATE ||
		    cnp->cn_nameiop == RENAME)) {
			/* May be made here. */
			ndp->ni_dvp = dp;
			ndp->ni_vp = NULL;
			if ((cnp->cn_flags & LOCKPARENT) == 0)
				VOP_UNLOCK(dp);
			return (0);
		}
		if (error != 0) {
			vput(dp);
			return (error);
		}
		error = cross_mounts(&vp);
		if (error == 0 && vp->v_path == NULL)
			vn_setpath(dp, vp, cnp->cn_nameptr, cnp->cn_namelen);
		if (error == 0 && last && vp->v_type != VDIR &&
		    (cnp->cn_flags & TRAILINGSLASH) != 0) {
			vrele(vp);
			error = ENOTDIR;
		}
		if (error != 0) {
			vput(dp);
			return (error);
		}
		if (last)
			break;
		vput(dp);
		dp = vp;
		cnp->cn_nameptr = ndp->ni_next;
		(void)next_component(ndp);
	}

	/* What of the two the caller wants, and how. */
	ndp->ni_vp = vp;
	if (cnp->cn_flags & LOCKPARENT)
		ndp->ni_dvp = dp;
	else {
		VOP_UNLOCK(dp);
		if (cnp->cn_flags & WANTPARENT)
			ndp->ni_dvp = dp;
		else
			vrele(dp);
	}
	/* "." with its directory locked is locked already. */
	if ((cnp->cn_flags & LOCKLEAF) != 0 &&
	    !(vp == dp && (cnp->cn_flags & LOCKPARENT) != 0))
		(void)vn_lock(vp, (cnp->cn_flags & LOCKSHARED) != 0 ?
		    LK_SHARED : LK_EXCLUSIVE);
	return (0);
}
