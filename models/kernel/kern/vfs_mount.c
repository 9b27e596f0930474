/*
 * Mounting, and the root.
 *
 * At boot: a tmpfs becomes "/" and is filled from the boot file system (fs/tmpfs
 * looks after that), devfs goes on /dev, and every process that there is by then
 * gets "/" as its root and current directory.
 */
#include <sys/param.h>
#include <sys/fcntl.h>
#include <sys/filedesc.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/namei.h>
#include <sys/proc.h>
#include <sys/sx.h>
#include <sys/syscallsubr.h>
#include <sys/systm.h>
#include <sys/vnode.h>

MALLOC_DEFINE(M_MOUNT, "mount", "vfs mount structure");
SET_DECLARE(vfsconf_set, const struct vfsconf);

struct mntlist mountlist = TAILQ_HEAD_INITIALIZER(mountlist);
struct mtx mountlist_mtx;
MTX_SYSINIT(mountlist, &mountlist_mtx, "mountlist", MTX_DEF);
struct vnode *rootvnode;
static dev_t nextfsid = 1;

static const struct vfsconf *
vfs_byname(const char *name)
{
	const struct vfsconf **vfcp;

	SET_FOREACH(vfcp, vfsconf_set)
		if (strcmp((*vfcp)->vfc_name, name) == 0)
			return (*vfcp);
	return (NULL);
}

/* Mount a file system of type fsname; on "/" it becomes the root. */
int
vfs_mount_kernel(const char *fsname, const char *path)
{
	struct nameidata nd;
	const struct vfsconf *vfc;
	struct mount *mp;
	struct vnode *rvp, *vp;
	int error;

	vfc = vfs_byname(fsname);
	if (vfc == NULL)
		return (ENODEV);
	vp = NULL;
	if (rootvnode != NULL) {
		NDINIT(&nd, LOOKUP, FOLLOW, UIO_SYSSPACE, path, curthread);
		error = namei(&nd);
		if (error != 0)
			return (error);
		NDFREE_PNBUF(&nd);
		vp = nd.ni_vp;
		if (vp->v_type != VDIR || vp->v_mountedhere != NULL) {
			error = vp->v_type != VDIR ? ENOTDIR : EBUSY;
			vrele(vp);
			return (error);
		}
	}
	mp = malloc(sizeof(*mp), M_MOUNT, M_WAITOK | M_ZERO);
	mtx_init(&mp->mnt_mtx, "struct mount mtx", NULL, MTX_DEF);
	TAILQ_INIT(&mp->mnt_nvnodelist);
	mp->mnt_vfc = vfc;
	mp->mnt_vnodecovered = vp;
	mp->mnt_fsid = nextfsid++;
	mp->mnt_flag = vp == NULL ? MNT_ROOTFS : 0;
	mp->mnt_stat.f_fsid = mp->mnt_fsid;
	mp->mnt_stat.f_flags = mp->mnt_flag;
	strlcpy(mp->mnt_stat.f_fstypename, fsname, MFSNAMELEN);
	strlcpy(mp->mnt_stat.f_mntfromname, fsname, MNAMELEN);
	strlcpy(mp->mnt_stat.f_mntonname, path, MNAMELEN);
	error = vfc->vfc_vfsops->vfs_mount(mp);
	if (error == 0)
		error = VFS_ROOT(mp, &rvp);
	if (error != 0) {
		if (vp != NULL)
			vrele(vp);
		mtx_destroy(&mp->mnt_mtx);
		free(mp, M_MOUNT);
		return (error);
	}
	mtx_lock(&mountlist_mtx);
	TAILQ_INSERT_TAIL(&mountlist, mp, mnt_list);
	mtx_unlock(&mountlist_mtx);
	if (vp != NULL) {
		(void)vn_lock(vp, LK_EXCLUSIVE);
		vp->v_mountedhere = mp;
		VOP_UNLOCK(vp);
		vrele(rvp);
	} else
		rootvnode = rvp;
	return (0);
}

/* Processes made before there was a root get theirs. */
static void
set_rootvnode(void)
{
	struct filedesc *fdp;
	struct proc *p;

	sx_slock(&allproc_lock);
	FOREACH_PROC_IN_SYSTEM(p) {
		fdp = p->p_fd;
		if (fdp == NULL)
			continue;
		FILEDESC_XLOCK(fdp);
		if (fdp->fd_rdir == NULL) {
			fdp->fd_rdir = rootvnode;
			vref(rootvnode);
		}
		if (fdp->fd_cdir == NULL) {
			fdp->fd_cdir = rootvnode;
			vref(rootvnode);
		}
		FILEDESC_XUNLOCK(fdp);
	}
	sx_sunlock(&allproc_lock);
}

void
vfs_mountroot(void)
{
	int error;

	error = vfs_mount_kernel("tmpfs", "/");
	if (error != 0)
		panic("mountroot: unable to (re-)mount root: error %d", error);
	set_rootvnode();
	(void)kern_mkdirat(curthread, AT_FDCWD, "/tmp", UIO_SYSSPACE, 01777);
	error = kern_mkdirat(curthread, AT_FDCWD, "/dev", UIO_SYSSPACE, 0755);
	if (error == 0 || error == EEXIST)
		error = vfs_mount_kernel("devfs", "/dev");
	if (error != 0)
		panic("mountroot: unable to mount devfs: error %d", error);
}
SYSINIT(mountroot, SI_SUB_ROOT_CONF, SI_ORDER_SECOND, vfs_mountroot, NULL);
