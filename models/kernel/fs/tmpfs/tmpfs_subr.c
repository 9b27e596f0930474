/*
 * tmpfs: nodes, directory entries, and the bytes of files.
 */
#include <sys/param.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/namei.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/uio.h>
#include <sys/vnode.h>
#include <vm/vm.h>
#include <vm/vm_extern.h>
#include <fs/tmpfs/tmpfs.h>

MALLOC_DEFINE(M_TMPFSNAME, "tmpfs name", "tmpfs file names");
MALLOC_DEFINE(M_TMPFSNODE, "tmpfs node", "tmpfs node structure");
MALLOC_DEFINE(M_TMPFSDIR, "tmpfs dir", "tmpfs dirent structure");
MALLOC_DEFINE(M_TMPFSPAGES, "tmpfs pages", "tmpfs page arrays");

/* What a missing page reads as. */
static const char tmpfs_zeropage[PAGE_SIZE] __aligned(PAGE_SIZE);

/*
 * Nodes.
 */

int
tmpfs_alloc_node(struct mount *mp, enum vtype type, mode_t mode,
    struct tmpfs_node *parent, struct tmpfs_node **node)
{
	struct tmpfs_mount *tmp;
	struct tmpfs_node *n;

	tmp = VFS_TO_TMPFS(mp);
	n = malloc(sizeof(*n), M_TMPFSNODE, M_WAITOK | M_ZERO);
	mtx_init(&n->tn_interlock, "tmpfs node interlock", NULL, MTX_DEF);
	n->tn_type = type;
	n->tn_mode = mode & ALLPERMS;
	getnanotime(&n->tn_birthtime);
	n->tn_atime = n->tn_mtime = n->tn_ctime = n->tn_birthtime;
	mtx_lock(&tmp->tm_allnode_lock);
	n->tn_id = tmp->tm_nextino++;
	mtx_unlock(&tmp->tm_allnode_lock);
	if (type == VDIR) {
		TAILQ_INIT(&n->tn_dirents);
		n->tn_parent = parent != NULL ? parent : n;
		n->tn_nextcookie = TMPFS_DIRCOOKIE_FIRST;
		n->tn_links = 1;		/* "." */
	}
	*node = n;
	return (0);
}

void
tmpfs_free_node(struct mount *mp, struct tmpfs_node *node)
{

	if (node->tn_type == VREG)
		(void)tmpfs_reg_resize(mp, node, 0);
	mtx_destroy(&node->tn_interlock);
	free(node, M_TMPFSNODE);
}

/* The node's vnode, referenced: its own, or a new one that becomes so. */
int
tmpfs_alloc_vp(struct mount *mp, struct tmpfs_node *node, struct vnode **vpp)
{
	struct vnode *vp, *nvp;
	int error;

	mtx_lock(&node->tn_interlock);
	vp = node->tn_vnode;
	if (vp != NULL)
		vref(vp);
	mtx_unlock(&node->tn_interlock);
	if (vp != NULL) {
		*vpp = vp;
		return (0);
	}
	error = getnewvnode("tmpfs", mp, &tmpfs_vnodeop_entries, &nvp);
	if (error != 0)
		return (error);
	nvp->v_type = node->tn_type;
	nvp->v_data = node;
	if (node == VFS_TO_TMPFS(mp)->tm_root)
		nvp->v_vflag |= VV_ROOT;
	mtx_lock(&node->tn_interlock);
	vp = node->tn_vnode;
	if (vp == NULL)
		node->tn_vnode = nvp;
	else
		vref(vp);
	mtx_unlock(&node->tn_interlock);
	if (vp != NULL) {
		/* Another was quicker: throw ours away. */
		nvp->v_data = NULL;
		nvp->v_op = &default_vnodeops;
		nvp->v_vflag = VV_UNLINKED;
		vrele(nvp);
	} else
		vp = nvp;
	*vpp = vp;
	return (0);
}

/* A name more or fewer; without any, the vnode ends with its last user. */
void
tmpfs_links(struct tmpfs_node *node, int delta)
{

	node->tn_links += delta;
	KASSERT(node->tn_links >= 0, ("tmpfs: %d links", node->tn_links));
	if (node->tn_vnode != NULL) {
		if (node->tn_links == 0)
			node->tn_vnode->v_vflag |= VV_UNLINKED;
		else
			node->tn_vnode->v_vflag &= ~VV_UNLINKED;
	}
}

/*
 * Directories.
 */

struct tmpfs_dirent *
tmpfs_alloc_dirent(struct tmpfs_node *node, const char *name, size_t len)
{
	struct tmpfs_dirent *de;

	de = malloc(sizeof(*de), M_TMPFSDIR, M_WAITOK | M_ZERO);
	de->td_node = node;
	de->td_namelen = len;
	de->td_name = malloc(len, M_TMPFSNAME, M_WAITOK);
	memcpy(de->td_name, name, len);
	return (de);
}

void
tmpfs_free_dirent(struct tmpfs_dirent *de)
{

	free(de->td_name, M_TMPFSNAME);
	free(de, M_TMPFSDIR);
}

struct tmpfs_dirent *
tmpfs_dir_lookup(struct tmpfs_node *dnode, const char *name, size_t len)
{
	struct tmpfs_dirent *de;

	TAILQ_FOREACH(de, &dnode->tn_dirents, td_entries)
		if (de->td_namelen == len && memcmp(de->td_name, name, len) == 0)
			return (de);
	return (NULL);
}

static void
tmpfs_dir_changed(struct tmpfs_node *dnode, off_t delta)
{

	dnode->tn_size += delta;
	getnanotime(&dnode->tn_mtime);
	dnode->tn_ctime = dnode->tn_mtime;
}

void
tmpfs_dir_attach(struct tmpfs_node *dnode, struct tmpfs_dirent *de)
{

	de->td_cookie = dnode->tn_nextcookie++;
	TAILQ_INSERT_TAIL(&dnode->tn_dirents, de, td_entries);
	tmpfs_links(de->td_node, 1);
	if (de->td_node->tn_type == VDIR) {
		de->td_node->tn_parent = dnode;
		tmpfs_links(dnode, 1);		/* Its "..". */
	}
	tmpfs_dir_changed(dnode, sizeof(*de));
}

void
tmpfs_dir_detach(struct tmpfs_node *dnode, struct tmpfs_dirent *de)
{

	TAILQ_REMOVE(&dnode->tn_dirents, de, td_entries);
	if (de->td_node->tn_type == VDIR)
		tmpfs_links(dnode, -1);
	tmpfs_links(de->td_node, -1);
	tmpfs_dir_changed(dnode, -(off_t)sizeof(*de));
}

/* A new file or directory under the name of cnp; it comes back locked. */
int
tmpfs_alloc_file(struct vnode *dvp, struct vnode **vpp, struct vattr *vap,
    struct componentname *cnp)
{
	struct tmpfs_node *dnode, *node;
	struct tmpfs_dirent *de;
	int error;

	dnode = VP_TO_TMPFS_NODE(dvp);
	if (dnode->tn_links == 0)
		return (ENOENT);		/* The directory is gone. */
	error = tmpfs_alloc_node(dvp->v_mount, vap->va_type, vap->va_mode,
	    dnode, &node);
	if (error != 0)
		return (error);
	node->tn_uid = cnp->cn_cred->cr_uid;
	node->tn_gid = dnode->tn_gid;
	de = tmpfs_alloc_dirent(node, cnp->cn_nameptr, cnp->cn_namelen);
	error = tmpfs_alloc_vp(dvp->v_mount, node, vpp);
	if (error != 0) {
		tmpfs_free_dirent(de);
		tmpfs_free_node(dvp->v_mount, node);
		return (error);
	}
	(void)vn_lock(*vpp, LK_EXCLUSIVE);
	tmpfs_dir_attach(dnode, de);
	return (0);
}

/*
 * The bytes of regular files.
 */

static void
tmpfs_account(struct mount *mp, long pages)
{
	struct tmpfs_mount *tmp;

	tmp = VFS_TO_TMPFS(mp);
	mtx_lock(&tmp->tm_allnode_lock);
	tmp->tm_pages += pages;
	mtx_unlock(&tmp->tm_allnode_lock);
}

/* Room in the array for a file of npages. */
static void
tmpfs_reg_grow(struct tmpfs_node *node, u_long npages)
{
	char **pages;
	u_long n;

	if (npages <= node->tn_npages)
		return;
	n = node->tn_npages != 0 ? node->tn_npages : 4;
	while (n < npages)
		n *= 2;
	pages = malloc(n * sizeof(char *), M_TMPFSPAGES, M_WAITOK | M_ZERO);
	if (node->tn_npages != 0) {
		memcpy(pages, node->tn_pages,
		    node->tn_npages * sizeof(char *));
		free(node->tn_pages, M_TMPFSPAGES);
	}
	node->tn_pages = pages;
	node->tn_npages = n;
}

/* The page idx of a file, made if it is missing. */
static char *
tmpfs_reg_page(struct mount *mp, struct tmpfs_node *node, u_long idx,
    bool zero)
{

	if (node->tn_pages[idx] == NULL) {
		node->tn_pages[idx] = kmem_malloc(PAGE_SIZE,
		    M_WAITOK | (zero ? M_ZERO : 0));
		tmpfs_account(mp, 1);
	}
	return (node->tn_pages[idx]);
}

/* A file that is still the boot file system's gets pages of its own. */
static void
tmpfs_reg_own(struct mount *mp, struct tmpfs_node *node)
{
	const char *image;
	off_t off;
	size_t n;

	image = node->tn_image;
	if (image == NULL)
		return;
	node->tn_image = NULL;
	tmpfs_reg_grow(node, howmany(node->tn_size, PAGE_SIZE));
	for (off = 0; off < node->tn_size; off += PAGE_SIZE) {
		n = ulmin(PAGE_SIZE, node->tn_size - off);
		memcpy(tmpfs_reg_page(mp, node, off >> PAGE_SHIFT, true),
		    image + off, n);
	}
}

int
tmpfs_reg_resize(struct mount *mp, struct tmpfs_node *node, off_t size)
{
	u_long idx, npages;
	size_t tail;

	if (size == 0)
		node->tn_image = NULL;
	else
		tmpfs_reg_own(mp, node);
	npages = howmany(size, PAGE_SIZE);
	if (size < node->tn_size) {
		for (idx = npages; idx < node->tn_npages; idx++) {
			if (node->tn_pages[idx] == NULL)
				continue;
			kmem_free(node->tn_pages[idx], PAGE_SIZE);
			node->tn_pages[idx] = NULL;
			tmpfs_account(mp, -1);
		}
		/* What is beyond the end must read as zeros when it grows. */
		tail = size & PAGE_MASK;
		if (tail != 0 && node->tn_pages[npages - 1] != NULL)
			memset(node->tn_pages[npages - 1] + tail, 0,
			    PAGE_SIZE - tail);
		if (npages == 0 && node->tn_npages != 0) {
			free(node->tn_pages, M_TMPFSPAGES);
			node->tn_pages = NULL;
			node->tn_npages = 0;
		}
	} else
		tmpfs_reg_grow(node, npages);
	node->tn_size = size;
	return (0);
}

int
tmpfs_reg_read(struct tmpfs_node *node, struct uio *uio)
{
	const char *page;
	size_t n, off;
	u_long idx;
	int error;

	error = 0;
	while (error == 0 && uio->uio_resid > 0 &&
	    uio->uio_offset < node->tn_size) {
		n = ulmin(uio->uio_resid, node->tn_size - uio->uio_offset);
		if (node->tn_image != NULL) {
			error = uiomove(__DECONST(char *, node->tn_image) +
			    uio->uio_offset, n, uio);
			continue;
		}
		idx = uio->uio_offset >> PAGE_SHIFT;
		off = uio->uio_offset & PAGE_MASK;
		n = ulmin(n, PAGE_SIZE - off);
		page = idx < node->tn_npages ? node->tn_pages[idx] : NULL;
		if (page == NULL)
			page = tmpfs_zeropage;
		error = uiomove(__DECONST(char *, page) + off, n, uio);
	}
	return (error);
}

int
tmpfs_reg_write(struct mount *mp, struct tmpfs_node *node, struct uio *uio)
{
	char *page;
	off_t oldsize;
	size_t n, off;
	int error;

	oldsize = node->tn_size;
	if (uio->uio_offset + uio->uio_resid > oldsize) {
		error = tmpfs_reg_resize(mp, node,
		    uio->uio_offset + uio->uio_resid);
		if (error != 0)
			return (error);
	} else
		tmpfs_reg_own(mp, node);
	error = 0;
	while (error == 0 && uio->uio_resid > 0) {
		off = uio->uio_offset & PAGE_MASK;
		n = ulmin(uio->uio_resid, PAGE_SIZE - off);
		page = tmpfs_reg_page(mp, node, uio->uio_offset >> PAGE_SHIFT,
		    n != PAGE_SIZE);
		error = uiomove(page + off, n, uio);
	}
	if (error != 0 && oldsize < node->tn_size)
		(void)tmpfs_reg_resize(mp, node, oldsize);
	return (error);
}
