/*
 * Mounted file systems, and the table of file system types.
 *
 * A file system type announces itself with VFS_SET().  vfs_mount_kernel() makes a
 * struct mount of it and hangs it over a directory; path lookup steps from the
 * covered directory to the root of what covers it, and back on "..".
 *
 * Locking key: (l) mountlist_mtx, (m) mnt_mtx, (c) constant.
 */
#ifndef _SYS_MOUNT_H_
#define	_SYS_MOUNT_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/linker_set.h>

#define	MFSNAMELEN	16
#define	MNAMELEN	64

/* What statfs(2) tells on FreeBSD, as far as there is something to tell. */
struct statfs {
	dev_t		 f_fsid;		/* st_dev of its files. */
	uint64_t	 f_flags;		/* MNT_. */
	char		 f_fstypename[MFSNAMELEN]; /* "tmpfs" */
	char		 f_mntfromname[MNAMELEN]; /* What is mounted ... */
	char		 f_mntonname[MNAMELEN];	/* ... and where. */
};

struct mount;
struct vnode;

struct vfsops {
	int		(*vfs_mount)(struct mount *mp);
	int		(*vfs_root)(struct mount *mp, struct vnode **vpp);
};

struct vfsconf {
	const char	*vfc_name;
	const struct vfsops *vfc_vfsops;
};
#define	VFS_SET(vfsops, fsname)						\
	static const struct vfsconf fsname##_vfsconf = { #fsname, &vfsops }; \
	DATA_SET(vfsconf_set, fsname##_vfsconf)

TAILQ_HEAD(vnodelst, vnode);

struct mount {
	TAILQ_ENTRY(mount) mnt_list;		/* (l) */
	const struct vfsconf *mnt_vfc;		/* (c) */
	struct vnode	*mnt_vnodecovered;	/* (c) NULL for "/". */
	void		*mnt_data;		/* (c) The file system's own. */
	struct mtx	 mnt_mtx;		/* "struct mount mtx" */
	struct vnodelst	 mnt_nvnodelist;	/* (m) Vnodes of this mount. */
	int		 mnt_nvnodelistsize;	/* (m) */
	dev_t		 mnt_fsid;		/* (c) st_dev of its files. */
	uint64_t	 mnt_flag;		/* (c) MNT_. */
	struct statfs	 mnt_stat;		/* (c) */
};
#define	MNT_ROOTFS	0x4000UL		/* mnt_flag: it is "/". */
#define	MNT_ILOCK(mp)	mtx_lock(&(mp)->mnt_mtx)
#define	MNT_IUNLOCK(mp)	mtx_unlock(&(mp)->mnt_mtx)

#define	VFS_ROOT(mp, vpp)	((mp)->mnt_vfc->vfc_vfsops->vfs_root((mp), (vpp)))

TAILQ_HEAD(mntlist, mount);
extern struct mntlist mountlist;
extern struct mtx mountlist_mtx;

int	vfs_mount_kernel(const char *fsname, const char *path);
void	vfs_mountroot(void);

#endif /* !_SYS_MOUNT_H_ */
