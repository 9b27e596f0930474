/*
 * tmpfs: the vnode operations.
 */
#include <sys/param.h>
#include <sys/dirent.h>
#include <sys/malloc.h>
#include <sys/mount.h>
#include <sys/namei.h>
#include <sys/proc.h>
#include <sys/stat.h>
#include <sys/systm.h>
#include <sys/uio.h>
#include <sys/vnode.h>
#include <fs/tmpfs/tmpfs.h>

MALLOC_DECLARE(M_TMPFSNAME);

static int
tmpfs_lookup(struct vop_lookup_args *v)
{
	struct componentname *cnp;
	struct tmpfs_dirent *de;
	struct tmpfs_node *dnode;

	cnp = v->a_cnp;
	dnode = VP_TO_TMPFS_NODE(v->a_dvp);
	if (cnp->cn_namelen == 1 && cnp->cn_nameptr[0] == '.') {
		vref(v->a_dvp);
		*v->a_vpp = v->a_dvp;
		return (0);
	}
	if (cnp->cn_flags & ISDOTDOT)
		return (tmpfs_alloc_vp(v->a_dvp->v_mount, dnode->tn_parent,
		    v->a_vpp));
	de = tmpfs_dir_lookup(dnode, cnp->cn_nameptr, cnp->cn_namelen);
	if (de == NULL)
		return (ENOENT);
	return (tmpfs_alloc_vp(v->a_dvp->v_mount, de->td_node, v->a_vpp));
}

static int
tmpfs_create(struct vop_create_args *v)
{

	return (tmpfs_alloc_file(v->a_dvp, v->a_vpp, v->a_vap, v->a_cnp));
}

static int
tmpfs_mkdir(struct vop_mkdir_args *v)
{

	return (tmpfs_alloc_file(v->a_dvp, v->a_vpp, v->a_vap, v->a_cnp));
}

static int
tmpfs_access(struct vop_access_args *v)
{
	struct tmpfs_node *node;

	node = VP_TO_TMPFS_NODE(v->a_vp);
	return (vaccess(node->tn_type, node->tn_mode, node->tn_uid,
	    node->tn_gid, v->a_accmode, v->a_cred));
}

static int
tmpfs_getattr(struct vop_getattr_args *v)
{
	struct tmpfs_node *node;
	struct vattr *vap;

	node = VP_TO_TMPFS_NODE(v->a_vp);
	vap = v->a_vap;
	vap->va_type = node->tn_type;
	vap->va_mode = node->tn_mode;
	vap->va_nlink = node->tn_links;
	vap->va_uid = node->tn_uid;
	vap->va_gid = node->tn_gid;
	vap->va_fsid = v->a_vp->v_mount->mnt_fsid;
	vap->va_fileid = node->tn_id;
	vap->va_size = node->tn_size;
	vap->va_blocksize = PAGE_SIZE;
	vap->va_atime = node->tn_atime;
	vap->va_mtime = node->tn_mtime;
	vap->va_ctime = node->tn_ctime;
	vap->va_birthtime = node->tn_birthtime;
	vap->va_rdev = (dev_t)VNOVAL;
	vap->va_bytes = roundup2(node->tn_size, PAGE_SIZE);
	return (0);
}

static int
tmpfs_setattr(struct vop_setattr_args *v)
{
	struct tmpfs_node *node;
	struct vattr *vap;
	int error;

	node = VP_TO_TMPFS_NODE(v->a_vp);
	vap = v->a_vap;
	ASSERT_VOP_ELOCKED(v->a_vp, "tmpfs_setattr");
	if (vap->va_size != VNOVAL) {
		if (node->tn_type != VREG)
			return (node->tn_type == VDIR ? EISDIR : EINVAL);
		error = tmpfs_reg_resize(v->a_vp->v_mount, node, vap->va_size);
		if (error != 0)
			return (error);
		getnanotime(&node->tn_mtime);
	}
	if (vap->va_mode != (u_short)VNOVAL)
		node->tn_mode = vap->va_mode & ALLPERMS;
	getnanotime(&node->tn_ctime);
	return (0);
}

static int
tmpfs_read(struct vop_read_args *v)
{
	struct tmpfs_node *node;

	if (v->a_vp->v_type != VREG)
		return (EISDIR);
	if (v->a_uio->uio_offset < 0)
		return (EINVAL);
	node = VP_TO_TMPFS_NODE(v->a_vp);
	getnanotime(&node->tn_atime);
	return (tmpfs_reg_read(node, v->a_uio));
}

static int
tmpfs_write(struct vop_write_args *v)
{
	struct tmpfs_node *node;
	struct uio *uio;

	uio = v->a_uio;
	node = VP_TO_TMPFS_NODE(v->a_vp);
	if (uio->uio_offset < 0 || v->a_vp->v_type != VREG)
		return (EINVAL);
	if (uio->uio_resid == 0)
		return (0);
	if (v->a_ioflag & IO_APPEND)
		uio->uio_offset = node->tn_size;
	getnanotime(&node->tn_mtime);
	node->tn_ctime = node->tn_mtime;
	return (tmpfs_reg_write(v->a_vp->v_mount, node, uio));
}

static int
tmpfs_remove(struct vop_remove_args *v)
{
	struct componentname *cnp;
	struct tmpfs_dirent *de;
	struct tmpfs_node *dnode;

	cnp = v->a_cnp;
	dnode = VP_TO_TMPFS_NODE(v->a_dvp);
	de = tmpfs_dir_lookup(dnode, cnp->cn_nameptr, cnp->cn_namelen);
	if (de == NULL || de->td_node != VP_TO_TMPFS_NODE(v->a_vp))
		return (ENOENT);
	tmpfs_dir_detach(dnode, de);
	tmpfs_free_dirent(de);
	return (0);
}

static int
tmpfs_rmdir(struct vop_rmdir_args *v)
{
	struct componentname *cnp;
	struct tmpfs_dirent *de;
	struct tmpfs_node *dnode, *node;

	cnp = v->a_cnp;
	dnode = VP_TO_TMPFS_NODE(v->a_dvp);
	node = VP_TO_TMPFS_NODE(v->a_vp);
	if (!TAILQ_EMPTY(&node->tn_dirents))
		return (ENOTEMPTY);
	if (v->a_vp->v_mountedhere != NULL)
		return (EBUSY);
	de = tmpfs_dir_lookup(dnode, cnp->cn_nameptr, cnp->cn_namelen);
	if (de == NULL || de->td_node != node)
		return (ENOENT);
	tmpfs_dir_detach(dnode, de);
	tmpfs_free_dirent(de);
	tmpfs_links(node, -1);			/* Its "." */
	return (0);
}

/* Is `node' the directory `dir' or above it? */
static bool
tmpfs_isabove(struct tmpfs_node *node, struct tmpfs_node *dir)
{

	for (;;) {
		if (dir == node)
			return (true);
		if (dir->tn_parent == dir)
			return (false);
		dir = dir->tn_parent;
	}
}

static int
tmpfs_rename(struct vop_rename_args *v)
{
	struct componentname *fcnp, *tcnp;
	struct tmpfs_dirent *de, *tde;
	struct tmpfs_node *fdnode, *fnode, *tdnode, *tnode;
	char *newname;

	fcnp = v->a_fcnp;
	tcnp = v->a_tcnp;
	fdnode = VP_TO_TMPFS_NODE(v->a_fdvp);
	tdnode = VP_TO_TMPFS_NODE(v->a_tdvp);
	fnode = VP_TO_TMPFS_NODE(v->a_fvp);

	/* The lookups were made without locks: look again. */
	de = tmpfs_dir_lookup(fdnode, fcnp->cn_nameptr, fcnp->cn_namelen);
	if (de == NULL || de->td_node != fnode || tdnode->tn_links == 0)
		return (ENOENT);
	if (fnode->tn_type == VDIR && tmpfs_isabove(fnode, tdnode))
		return (EINVAL);
	tde = tmpfs_dir_lookup(tdnode, tcnp->cn_nameptr, tcnp->cn_namelen);
	if (tde == de)
		return (0);
	if (tde != NULL) {
		tnode = tde->td_node;
		if (tnode->tn_type == VDIR) {
			if (fnode->tn_type != VDIR)
				return (EISDIR);
			if (!TAILQ_EMPTY(&tnode->tn_dirents))
				return (ENOTEMPTY);
			if (v->a_tvp == NULL ||
			    VP_TO_TMPFS_NODE(v->a_tvp) != tnode ||
			    v->a_tvp->v_mountedhere != NULL)
				return (EBUSY);
		} else if (fnode->tn_type == VDIR)
			return (ENOTDIR);
		/* It must have a vnode, to end with: the caller's. */
		if (v->a_tvp == NULL || VP_TO_TMPFS_NODE(v->a_tvp) != tnode)
			return (EBUSY);
		tmpfs_dir_detach(tdnode, tde);
		tmpfs_free_dirent(tde);
		if (tnode->tn_type == VDIR)
			tmpfs_links(tnode, -1);
	}
	/* The entry moves; only its name is new. */
	newname = malloc(tcnp->cn_namelen, M_TMPFSNAME, M_WAITOK);
	memcpy(newname, tcnp->cn_nameptr, tcnp->cn_namelen);
	tmpfs_links(fnode, 1);		/* Not for a moment without a name. */
	tmpfs_dir_detach(fdnode, de);
	free(de->td_name, M_TMPFSNAME);
	de->td_name = newname;
	de->td_namelen = tcnp->cn_namelen;
	tmpfs_dir_attach(tdnode, de);
	tmpfs_links(fnode, -1);
	getnanotime(&fnode->tn_ctime);
	return (0);
}

/* One entry for readdir; -1 if it does not fit any more. */
static int
tmpfs_dirent_out(struct uio *uio, ino_t id, enum vtype type, const char *name,
    size_t len, off_t nextcookie)
{
	struct dirent d;

	bzero(&d, offsetof(struct dirent, d_name));
	d.d_fileno = id;
	d.d_type = type == VDIR ? DT_DIR : type == VREG ? DT_REG : DT_UNKNOWN;
	d.d_namlen = len;
	d.d_reclen = _GENERIC_DIRLEN(len);
	d.d_off = nextcookie;
	if (d.d_reclen > uio->uio_resid)
		return (-1);
	memset(d.d_name + len, 0,
	    d.d_reclen - offsetof(struct dirent, d_name) - len);
	memcpy(d.d_name, name, len);
	return (uiomove(&d, d.d_reclen, uio));
}

/* uio_offset is the cookie of the next entry to be returned. */
static int
tmpfs_readdir(struct vop_readdir_args *v)
{
	struct tmpfs_dirent *de;
	struct tmpfs_node *node;
	struct uio *uio;
	off_t cookie;
	ssize_t start;
	int error;

	uio = v->a_uio;
	if (v->a_vp->v_type != VDIR)
		return (ENOTDIR);
	node = VP_TO_TMPFS_NODE(v->a_vp);
	cookie = uio->uio_offset;
	start = uio->uio_resid;
	error = 0;
	if (cookie == TMPFS_DIRCOOKIE_DOT) {
		error = tmpfs_dirent_out(uio, node->tn_id, VDIR, ".", 1,
		    TMPFS_DIRCOOKIE_DOTDOT);
		if (error == 0)
			cookie = TMPFS_DIRCOOKIE_DOTDOT;
	}
	if (error == 0 && cookie == TMPFS_DIRCOOKIE_DOTDOT) {
		error = tmpfs_dirent_out(uio, node->tn_parent->tn_id, VDIR,
		    "..", 2, TMPFS_DIRCOOKIE_FIRST);
		if (error == 0)
			cookie = TMPFS_DIRCOOKIE_FIRST;
	}
	TAILQ_FOREACH(de, &node->tn_dirents, td_entries) {
		if (error != 0)
			break;
		if (de->td_cookie < cookie)
			continue;
		error = tmpfs_dirent_out(uio, de->td_node->tn_id,
		    de->td_node->tn_type, de->td_name, de->td_namelen,
		    de->td_cookie + 1);
		if (error == 0)
			cookie = de->td_cookie + 1;
	}
	*v->a_eofflag = error == 0;
	if (error == -1)		/* Full: an error if nothing went in. */
		error = start == uio->uio_resid ? EINVAL : 0;
	uio->uio_offset = cookie;
	return (error);
}

/* The last user of a file without a name has gone. */
static int
tmpfs_reclaim(struct vop_reclaim_args *v)
{
	struct tmpfs_node *node;

	node = VP_TO_TMPFS_NODE(v->a_vp);
	mtx_lock(&node->tn_interlock);
	node->tn_vnode = NULL;
	mtx_unlock(&node->tn_interlock);
	v->a_vp->v_data = NULL;
	KASSERT(node->tn_links == 0, ("tmpfs_reclaim: %d links",
	    node->tn_links));
	tmpfs_free_node(v->a_vp->v_mount, node);
	return (0);
}

static int
tmpfs_vptocnp(struct vop_vptocnp_args *v)
{
	struct tmpfs_dirent *de;
	struct tmpfs_node *node, *dnode;
	int error;

	node = VP_TO_TMPFS_NODE(v->a_vp);
	if (v->a_vp->v_type != VDIR)
		return (EOPNOTSUPP);
	dnode = node->tn_parent;
	TAILQ_FOREACH(de, &dnode->tn_dirents, td_entries)
		if (de->td_node == node)
			break;
	if (de == NULL)
		return (ENOENT);
	if (de->td_namelen > *v->a_buflen)
		return (ENOMEM);
	error = tmpfs_alloc_vp(v->a_vp->v_mount, dnode, v->a_vpp);
	if (error != 0)
		return (error);
	*v->a_buflen -= de->td_namelen;
	memcpy(v->a_buf + *v->a_buflen, de->td_name, de->td_namelen);
	return (0);
}

const struct vop_vector tmpfs_vnodeop_entries = {
	.vop_default = &default_vnodeops,
	.vop_lookup = tmpfs_lookup,
	.vop_create = tmpfs_create,
	.vop_access = tmpfs_access,
	.vop_getattr = tmpfs_getattr,
	.vop_setattr = tmpfs_setattr,
	.vop_read = tmpfs_read,
	.vop_write = tmpfs_write,
	.vop_remove = tmpfs_remove,
	.vop_rename = tmpfs_rename,
	.vop_mkdir = tmpfs_mkdir,
	.vop_rmdir = tmpfs_rmdir,
	.vop_readdir = tmpfs_readdir,
	.vop_reclaim = tmpfs_reclaim,
	.vop_vptocnp = tmpfs_vptocnp,
};
