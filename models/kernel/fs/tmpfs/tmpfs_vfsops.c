/*
 * tmpfs: mounting.  The first tmpfs is the root and gets the files of the boot file
 * system (struct bootfs_entry, docs/guest-abi.md section 6).
 */
#include <sys/param.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <machine/abi.h>
#include <fs/tmpfs/tmpfs.h>

MALLOC_DEFINE(M_TMPFSMNT, "tmpfs mount", "tmpfs mount structures");

/* The directory `name' below dnode, made if it is missing. */
static struct tmpfs_node *
tmpfs_subdir(struct mount *mp, struct tmpfs_node *dnode, const char *name,
    size_t len)
{
	struct tmpfs_dirent *de;
	struct tmpfs_node *node;

	de = tmpfs_dir_lookup(dnode, name, len);
	if (de != NULL)
		return (de->td_node->tn_type == VDIR ? de->td_node : NULL);
	(void)tmpfs_alloc_node(mp, VDIR, 0755, dnode, &node);
	tmpfs_dir_attach(dnode, tmpfs_alloc_dirent(node, name, len));
	return (node);
}

/* One file of the boot file system: its bytes stay where they are. */
static int
tmpfs_bootfile(struct mount *mp, const char *path, const char *data,
    size_t size, mode_t mode)
{
	struct tmpfs_node *dnode, *node;
	const char *end;

	dnode = VFS_TO_TMPFS(mp)->tm_root;
	for (;;) {
		while (*path == '/')
			path++;
		end = strchr(path, '/');
		if (end == NULL)
			break;
		dnode = tmpfs_subdir(mp, dnode, path, end - path);
		if (dnode == NULL)
			return (ENOTDIR);
		path = end;
	}
	if ((mode & S_IFMT) == S_IFDIR) {
		if (*path != '\0' &&
		    tmpfs_subdir(mp, dnode, path, strlen(path)) == NULL)
			return (ENOTDIR);
		return (0);
	}
	if (*path == '\0' || tmpfs_dir_lookup(dnode, path, strlen(path)) != NULL)
		return (EEXIST);
	(void)tmpfs_alloc_node(mp, VREG, mode, NULL, &node);
	node->tn_size = size;
	node->tn_image = size != 0 ? data : NULL;
	tmpfs_dir_attach(dnode, tmpfs_alloc_dirent(node, path, strlen(path)));
	return (0);
}

static void
tmpfs_load_bootfs(struct mount *mp)
{
	const struct bootfs_entry *be;
	const char *data, *end, *name, *p;
	int error;

	p = (const char *)bootinfo->bi_rootfs;
	end = p + bootinfo->bi_rootfssize;
	while (p + sizeof(*be) <= end) {
		be = (const struct bootfs_entry *)p;
		if (be->be_magic == 0)
			break;
		name = (const char *)(be + 1);
		data = p + roundup2(sizeof(*be) + be->be_namelen, 16);
		p = (const char *)roundup2((uintptr_t)(data + be->be_size),
		    PAGE_SIZE);
		if (be->be_magic != BOOTFS_MAGIC || p > end ||
		    name[be->be_namelen - 1] != '\0')
			panic("boot file system damaged at %p", be);
		error = tmpfs_bootfile(mp, name, data, be->be_size,
		    be->be_mode);
		if (error != 0)
			printf("boot file system: %s: error %d\n", name, error);
	}
}

static int
tmpfs_mount(struct mount *mp)
{
	struct tmpfs_mount *tmp;

	tmp = malloc(sizeof(*tmp), M_TMPFSMNT, M_WAITOK | M_ZERO);
	mtx_init(&tmp->tm_allnode_lock, "tmpfs allnode lock", NULL, MTX_DEF);
	tmp->tm_nextino = 2;
	mp->mnt_data = tmp;
	(void)tmpfs_alloc_node(mp, VDIR, 0755, NULL, &tmp->tm_root);
	tmpfs_links(tmp->tm_root, 1);		/* Always in use. */
	if (mp->mnt_vnodecovered == NULL)
		tmpfs_load_bootfs(mp);
	return (0);
}

static int
tmpfs_root(struct mount *mp, struct vnode **vpp)
{

	return (tmpfs_alloc_vp(mp, VFS_TO_TMPFS(mp)->tm_root, vpp));
}

static const struct vfsops tmpfs_vfsops = {
	.vfs_mount = tmpfs_mount,
	.vfs_root = tmpfs_root,
};
VFS_SET(tmpfs_vfsops, tmpfs);
