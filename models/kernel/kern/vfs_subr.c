/*
 * Vnodes: making, counting, locking, and small helpers of file systems.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/sx.h>
#include <sys/systm.h>
#include <sys/ucred.h>
#include <sys/vnode.h>
#include <vm/uma.h>

static uma_zone_t vnode_zone;

const enum vtype iftovt_tab[16] = {
	VNON, VFIFO, VCHR, VNON, VDIR, VNON, VBLK, VNON,
	VREG, VNON, VLNK, VNON, VSOCK, VNON, VNON, VNON
};
const int vttoif_tab[9] = {
	0, S_IFREG, S_IFDIR, S_IFBLK, S_IFCHR, S_IFLNK, S_IFSOCK, S_IFIFO, S_IFMT
};

static int
vnode_init(void *mem, int size, int flags)
{
	struct vnode *vp;

	vp = mem;
	bzero(vp, sizeof(*vp));
	mtx_init(&vp->v_interlock, "vnode interlock", NULL,
	    MTX_DEF | MTX_DUPOK | MTX_NEW);
	return (0);
}

static void
vntblinit(const void *dummy)
{

	vnode_zone = uma_zcreate("VNODE", sizeof(struct vnode), NULL, NULL,
	    vnode_init, NULL, UMA_ALIGN_PTR, UMA_ZONE_NOFREE);
}
SYSINIT(vfs, SI_SUB_LOCK, SI_ORDER_SECOND, vntblinit, NULL);

/* A vnode with one reference, unlocked.  The caller gives it type and data. */
int
getnewvnode(const char *tag, struct mount *mp, const struct vop_vector *vops,
    struct vnode **vpp)
{
	struct vnode *vp;

	vp = uma_zalloc(vnode_zone, M_WAITOK);
	/* Of two vnodes the directory is locked first: same name, twice. */
	sx_init_flags(&vp->v_lock, tag, SX_DUPOK | SX_NEW);
	vp->v_type = VNON;
	vp->v_op = vops;
	vp->v_tag = tag;
	vp->v_data = NULL;
	vp->v_mountedhere = NULL;
	vp->v_usecount = 1;
	vp->v_vflag = 0;
	vp->v_writecount = 0;
	vp->v_path = NULL;
	vp->v_mount = mp;
	if (mp != NULL) {
		MNT_ILOCK(mp);
		TAILQ_INSERT_TAIL(&mp->mnt_nvnodelist, vp, v_nmntvnodes);
		mp->mnt_nvnodelistsize++;
		MNT_IUNLOCK(mp);
	}
	*vpp = vp;
	return (0);
}

/* The file is gone, and with it this vnode.  Locked; nobody uses it. */
static void
vgonel(struct vnode *vp, struct thread *td)
{
	struct mount *mp;

	(void)VOP_INACTIVE(vp, td);
	(void)VOP_RECLAIM(vp, td);
	KASSERT(vp->v_data == NULL, ("vgonel: %s kept data", vp->v_tag));
	VOP_UNLOCK(vp);
	mp = vp->v_mount;
	if (mp != NULL) {
		MNT_ILOCK(mp);
		TAILQ_REMOVE(&mp->mnt_nvnodelist, vp, v_nmntvnodes);
		mp->mnt_nvnodelistsize--;
		MNT_IUNLOCK(mp);
	}
	vn_clearpath(vp);
	sx_destroy(&vp->v_lock);
	uma_zfree(vnode_zone, vp);
}

void
vref(struct vnode *vp)
{

	VI_LOCK(vp);
	vp->v_usecount++;
	VI_UNLOCK(vp);
}

/* One user fewer; true if that was the last of an unlinked file. */
static bool
vputx(struct vnode *vp)
{
	bool gone;

	VI_LOCK(vp);
	KASSERT(vp->v_usecount > 0, ("vrele: %p is not in use", vp));
	vp->v_usecount--;
	gone = vp->v_usecount == 0 && (vp->v_vflag & VV_UNLINKED) != 0;
	VI_UNLOCK(vp);
	return (gone);
}

void
vrele(struct vnode *vp)
{

	if (!vputx(vp))
		return;
	/* Unlinked: no lookup can find it, so nobody can come now. */
	(void)vn_lock(vp, LK_EXCLUSIVE);
	vgonel(vp, curthread);
}

/* vrele() and unlock in one. */
void
vput(struct vnode *vp)
{

	ASSERT_VOP_LOCKED(vp, "vput");
	VOP_UNLOCK(vp);
	vrele(vp);
}

/* Reference and lock. */
int
vget(struct vnode *vp, int flags)
{

	vref(vp);
	return (vn_lock(vp, flags));
}

int
vrefcnt(struct vnode *vp)
{

	return (vp->v_usecount);
}

int
vn_lock(struct vnode *vp, int flags)
{

	if ((flags & LK_TYPE_MASK) == LK_SHARED)
		sx_slock(&vp->v_lock);
	else
		sx_xlock(&vp->v_lock);
	return (0);
}

/* Nothing known, nothing to be set. */
void
vattr_null(struct vattr *vap)
{

	bzero(vap, sizeof(*vap));
	vap->va_type = VNON;
	vap->va_mode = (u_short)VNOVAL;
	vap->va_nlink = (u_short)VNOVAL;
	vap->va_uid = (uid_t)VNOVAL;
	vap->va_gid = (gid_t)VNOVAL;
	vap->va_size = VNOVAL;
	vap->va_bytes = VNOVAL;
	vap->va_mtime.tv_sec = VNOVAL;
	vap->va_atime.tv_sec = VNOVAL;
}

/* May somebody with these credentials do this to a file with that mode? */
int
vaccess(enum vtype type, mode_t file_mode, uid_t file_uid, gid_t file_gid,
    int accmode, struct ucred *cred)
{
	int granted, i;

	/* Root may all, but execute only what somebody may execute. */
	if (cred->cr_uid == 0) {
		if ((accmode & VEXEC) != 0 && type != VDIR &&
		    (file_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0)
			return (EACCES);
		return (0);
	}
	if (cred->cr_uid == file_uid)
		granted = file_mode & S_IRWXU;
	else {
		granted = (file_mode & S_IRWXO) << 6;
		for (i = 0; i < cred->cr_ngroups; i++)
			if (cred->cr_groups[i] == file_gid)
				granted = (file_mode & S_IRWXG) << 3;
	}
	return ((accmode & ~granted) == 0 ? 0 : EACCES);
}
