/*
 * devfs: the tree of entries.
 */
#include <sys/param.h>
#include <sys/conf.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <fs/devfs/devfs_int.h>

MALLOC_DEFINE(M_DEVFS, "DEVFS", "DEVFS data");

struct sx devfs_lock;
struct mtx devfs_de_interlock;
SX_SYSINIT(devfs, &devfs_lock, "devfsmount");
MTX_SYSINIT(devfs_de_interlock, &devfs_de_interlock, "devfs interlock",
    MTX_DEF);

struct devfs_dirent *devfs_rootdir;
static ino_t devfs_nextino = 2;		/* (devfs_lock) */

static struct devfs_dirent *
devfs_newdirent(struct devfs_dirent *dd, const char *name, size_t namelen,
    int type, mode_t mode)
{
	struct devfs_dirent *de;

	de = malloc(sizeof(*de) + namelen + 1, M_DEVFS, M_WAITOK | M_ZERO);
	de->de_name = (char *)(de + 1);
	de->de_namelen = namelen;
	memcpy(de->de_name, name, namelen);
	de->de_type = type;
	de->de_mode = mode;
	de->de_links = type == VDIR ? 2 : 1;
	de->de_inode = devfs_nextino++;
	getnanotime(&de->de_ctime);
	TAILQ_INIT(&de->de_dlist);
	de->de_dir = dd != NULL ? dd : de;
	if (dd != NULL) {
		TAILQ_INSERT_TAIL(&dd->de_dlist, de, de_list);
		if (type == VDIR)
			dd->de_links++;
	}
	return (de);
}

struct devfs_dirent *
devfs_find(struct devfs_dirent *dd, const char *name, size_t namelen)
{
	struct devfs_dirent *de;

	sx_assert(&devfs_lock, SA_LOCKED);
	TAILQ_FOREACH(de, &dd->de_dlist, de_list)
		if (de->de_namelen == namelen &&
		    memcmp(de->de_name, name, namelen) == 0)
			return (de);
	return (NULL);
}

/* Enter a device under its name; the directories on the way come by themselves. */
void
devfs_add(struct cdev *dev)
{
	struct devfs_dirent *dd, *de;
	const char *name, *slash;

	sx_xlock(&devfs_lock);
	dd = devfs_rootdir;
	name = dev->si_name;
	while ((slash = strchr(name, '/')) != NULL) {
		de = devfs_find(dd, name, slash - name);
		if (de == NULL)
			de = devfs_newdirent(dd, name, slash - name, VDIR, 0555);
		KASSERT(de->de_type == VDIR,
		    ("%s: a device stands in the way", dev->si_name));
		dd = de;
		name = slash + 1;
	}
	de = devfs_find(dd, name, strlen(name));
	if (de == NULL)
		de = devfs_newdirent(dd, name, strlen(name), VCHR,
		    dev->si_mode);
	KASSERT(de->de_cdp == NULL, ("make_dev(%s): exists", dev->si_name));
	de->de_cdp = dev;
	dev->si_inode = de->de_inode;
	sx_xunlock(&devfs_lock);
}

/* The name no longer leads anywhere; open files find out by themselves. */
void
devfs_remove(struct cdev *dev)
{
	struct devfs_dirent *dd, *de;
	const char *name, *slash;

	sx_xlock(&devfs_lock);
	dd = devfs_rootdir;
	name = dev->si_name;
	while (dd != NULL && (slash = strchr(name, '/')) != NULL) {
		dd = devfs_find(dd, name, slash - name);
		name = slash + 1;
	}
	de = dd != NULL ? devfs_find(dd, name, strlen(name)) : NULL;
	if (de != NULL && de->de_cdp == dev)
		de->de_cdp = NULL;
	sx_xunlock(&devfs_lock);
}

static void
devfs_devs_init(const void *dummy)
{

	sx_xlock(&devfs_lock);
	devfs_rootdir = devfs_newdirent(NULL, "", 0, VDIR, 0755);
	sx_xunlock(&devfs_lock);
}
SYSINIT(devfs_devs, SI_SUB_DEVFS, SI_ORDER_FIRST, devfs_devs_init, NULL);
