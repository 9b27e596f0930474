/*
 * devfs: the devices as files.
 *
 * The tree of entries mirrors the names given to make_dev(9); "a/b" makes a
 * directory a.  Entries are made and removed under devfs_lock ("devfsmount").
 *
 * Locking key: (d) devfs_lock, (i) de_vnode_mtx ("devfs interlock"), (c) constant.
 */
#ifndef _FS_DEVFS_DEVFS_INT_H_
#define	_FS_DEVFS_DEVFS_INT_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/time.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/sx.h>

struct cdev;
struct mount;
struct vnode;

struct devfs_dirent {
	TAILQ_ENTRY(devfs_dirent) de_list;	/* (d) In its directory. */
	TAILQ_HEAD(, devfs_dirent) de_dlist;	/* (d) VDIR: what is in it. */
	struct devfs_dirent *de_dir;		/* (c) Directory it is in. */
	struct cdev	*de_cdp;		/* (d) The device; NULL: gone. */
	struct vnode	*de_vnode;		/* (i) */
	int		 de_type;		/* (c) VDIR or VCHR. */
	int		 de_links;		/* (d) */
	ino_t		 de_inode;		/* (c) */
	mode_t		 de_mode;		/* (d) */
	struct timespec	 de_ctime;		/* (c) */
	size_t		 de_namelen;		/* (c) */
	char		*de_name;		/* (c) */
};

extern struct sx devfs_lock;
extern struct mtx devfs_de_interlock;
extern struct devfs_dirent *devfs_rootdir;
extern const struct vop_vector devfs_vnodeops;
extern const struct vop_vector devfs_specops;

void	devfs_add(struct cdev *dev);
void	devfs_remove(struct cdev *dev);
struct devfs_dirent *devfs_find(struct devfs_dirent *dd, const char *name,
	    size_t namelen);

#endif /* !_FS_DEVFS_DEVFS_INT_H_ */
