/*
 * The vnode operations: one argument structure, one caller and one entry in
 * a table for each.
 *
 * VOP_READ(vp, ...) packs its arguments and calls VOP_READ_APV(), which finds the
 * file system's function: the first non-NULL vop_read on the way from the vnode's
 * own table along vop_default.  Around that call lie the vfs:vop:vop_read probes.
 * Packing makes it possible for a default to stand in for any file system.
 */
#ifndef _SYS_VNODE_IF_H_
#define	_SYS_VNODE_IF_H_

struct vop_lookup_args {
	struct vnode *a_dvp;
	struct vnode **a_vpp;
	struct componentname *a_cnp;
};
typedef int vop_lookup_t(struct vop_lookup_args *ap);

struct vop_create_args {
	struct vnode *a_dvp;
	struct vnode **a_vpp;
	struct componentname *a_cnp;
	struct vattr *a_vap;
};
typedef int vop_create_t(struct vop_create_args *ap);

struct vop_open_args {
	struct vnode *a_vp;
	int a_mode;
	struct ucred *a_cred;
	struct thread *a_td;
	struct file *a_fp;
};
typedef int vop_open_t(struct vop_open_args *ap);

struct vop_close_args {
	struct vnode *a_vp;
	int a_fflag;
	struct ucred *a_cred;
	struct thread *a_td;
};
typedef int vop_close_t(struct vop_close_args *ap);

struct vop_access_args {
	struct vnode *a_vp;
	int a_accmode;
	struct ucred *a_cred;
	struct thread *a_td;
};
typedef int vop_access_t(struct vop_access_args *ap);

struct vop_getattr_args {
	struct vnode *a_vp;
	struct vattr *a_vap;
	struct ucred *a_cred;
};
typedef int vop_getattr_t(struct vop_getattr_args *ap);

struct vop_setattr_args {
	struct vnode *a_vp;
	struct vattr *a_vap;
	struct ucred *a_cred;
};
typedef int vop_setattr_t(struct vop_setattr_args *ap);

struct vop_read_args {
	struct vnode *a_vp;
	struct uio *a_uio;
	int a_ioflag;
	struct ucred *a_cred;
};
typedef int vop_read_t(struct vop_read_args *ap);

struct vop_write_args {
	struct vnode *a_vp;
	struct uio *a_uio;
	int a_ioflag;
	struct ucred *a_cred;
};
typedef int vop_write_t(struct vop_write_args *ap);

struct vop_ioctl_args {
	struct vnode *a_vp;
	u_long a_command;
	void *a_data;
	int a_fflag;
	struct ucred *a_cred;
	struct thread *a_td;
};
typedef int vop_ioctl_t(struct vop_ioctl_args *ap);

struct vop_poll_args {
	struct vnode *a_vp;
	int a_events;
	struct ucred *a_cred;
	struct thread *a_td;
};
typedef int vop_poll_t(struct vop_poll_args *ap);

struct vop_fsync_args {
	struct vnode *a_vp;
	int a_waitfor;
	struct thread *a_td;
};
typedef int vop_fsync_t(struct vop_fsync_args *ap);

struct vop_remove_args {
	struct vnode *a_dvp;
	struct vnode *a_vp;
	struct componentname *a_cnp;
};
typedef int vop_remove_t(struct vop_remove_args *ap);

struct vop_rename_args {
	struct vnode *a_fdvp;
	struct vnode *a_fvp;
	struct componentname *a_fcnp;
	struct vnode *a_tdvp;
	struct vnode *a_tvp;
	struct componentname *a_tcnp;
};
typedef int vop_rename_t(struct vop_rename_args *ap);

struct vop_mkdir_args {
	struct vnode *a_dvp;
	struct vnode **a_vpp;
	struct componentname *a_cnp;
	struct vattr *a_vap;
};
typedef int vop_mkdir_t(struct vop_mkdir_args *ap);

struct vop_rmdir_args {
	struct vnode *a_dvp;
	struct vnode *a_vp;
	struct componentname *a_cnp;
};
typedef int vop_rmdir_t(struct vop_rmdir_args *ap);

struct vop_readdir_args {
	struct vnode *a_vp;
	struct uio *a_uio;
	struct ucred *a_cred;
	int *a_eofflag;
};
typedef int vop_readdir_t(struct vop_readdir_args *ap);

struct vop_inactive_args {
	struct vnode *a_vp;
	struct thread *a_td;
};
typedef int vop_inactive_t(struct vop_inactive_args *ap);

struct vop_reclaim_args {
	struct vnode *a_vp;
	struct thread *a_td;
};
typedef int vop_reclaim_t(struct vop_reclaim_args *ap);

struct vop_vptocnp_args {
	struct vnode *a_vp;
	struct vnode **a_vpp;
	char *a_buf;
	size_t *a_buflen;
};
typedef int vop_vptocnp_t(struct vop_vptocnp_args *ap);

/* What a file system can do.  NULL: as vop_default does it. */
struct vop_vector {
	const struct vop_vector *vop_default;
	vop_lookup_t	*vop_lookup;	/* Find a name in a directory. */
	vop_create_t	*vop_create;	/* Make a file. */
	vop_open_t	*vop_open;	/* A file is opened ... */
	vop_close_t	*vop_close;	/* ... and closed. */
	vop_access_t	*vop_access;	/* May he? */
	vop_getattr_t	*vop_getattr;	/* stat(2). */
	vop_setattr_t	*vop_setattr;	/* chmod(2), truncate(2). */
	vop_read_t	*vop_read;
	vop_write_t	*vop_write;
	vop_ioctl_t	*vop_ioctl;
	vop_poll_t	*vop_poll;
	vop_fsync_t	*vop_fsync;
	vop_remove_t	*vop_remove;	/* unlink(2). */
	vop_rename_t	*vop_rename;	/* Both directories locked. */
	vop_mkdir_t	*vop_mkdir;
	vop_rmdir_t	*vop_rmdir;
	vop_readdir_t	*vop_readdir;	/* Entries as struct dirent. */
	vop_inactive_t	*vop_inactive;	/* The last user has gone. */
	vop_reclaim_t	*vop_reclaim;	/* The vnode goes. */
	vop_vptocnp_t	*vop_vptocnp;	/* Parent directory and name there. */
};

extern const struct vop_vector default_vnodeops;

int	VOP_LOOKUP_APV(const struct vop_vector *vop,
	    struct vop_lookup_args *ap);
int	VOP_CREATE_APV(const struct vop_vector *vop,
	    struct vop_create_args *ap);
int	VOP_OPEN_APV(const struct vop_vector *vop,
	    struct vop_open_args *ap);
int	VOP_CLOSE_APV(const struct vop_vector *vop,
	    struct vop_close_args *ap);
int	VOP_ACCESS_APV(const struct vop_vector *vop,
	    struct vop_access_args *ap);
int	VOP_GETATTR_APV(const struct vop_vector *vop,
	    struct vop_getattr_args *ap);
int	VOP_SETATTR_APV(const struct vop_vector *vop,
	    struct vop_setattr_args *ap);
int	VOP_READ_APV(const struct vop_vector *vop,
	    struct vop_read_args *ap);
int	VOP_WRITE_APV(const struct vop_vector *vop,
	    struct vop_write_args *ap);
int	VOP_IOCTL_APV(const struct vop_vector *vop,
	    struct vop_ioctl_args *ap);
int	VOP_POLL_APV(const struct vop_vector *vop,
	    struct vop_poll_args *ap);
int	VOP_FSYNC_APV(const struct vop_vector *vop,
	    struct vop_fsync_args *ap);
int	VOP_REMOVE_APV(const struct vop_vector *vop,
	    struct vop_remove_args *ap);
int	VOP_RENAME_APV(const struct vop_vector *vop,
	    struct vop_rename_args *ap);
int	VOP_MKDIR_APV(const struct vop_vector *vop,
	    struct vop_mkdir_args *ap);
int	VOP_RMDIR_APV(const struct vop_vector *vop,
	    struct vop_rmdir_args *ap);
int	VOP_READDIR_APV(const struct vop_vector *vop,
	    struct vop_readdir_args *ap);
int	VOP_INACTIVE_APV(const struct vop_vector *vop,
	    struct vop_inactive_args *ap);
int	VOP_RECLAIM_APV(const struct vop_vector *vop,
	    struct vop_reclaim_args *ap);
int	VOP_VPTOCNP_APV(const struct vop_vector *vop,
	    struct vop_vptocnp_args *ap);

#define	VOP_LOOKUP(dvp, vpp, cnp)					\
	VOP_LOOKUP_APV((dvp)->v_op, &(struct vop_lookup_args)		\
	    { (dvp), (vpp), (cnp) })

#define	VOP_CREATE(dvp, vpp, cnp, vap)					\
	VOP_CREATE_APV((dvp)->v_op, &(struct vop_create_args)		\
	    { (dvp), (vpp), (cnp), (vap) })

#define	VOP_OPEN(vp, mode, cred, td, fp)				\
	VOP_OPEN_APV((vp)->v_op, &(struct vop_open_args)		\
	    { (vp), (mode), (cred), (td), (fp) })

#define	VOP_CLOSE(vp, fflag, cred, td)					\
	VOP_CLOSE_APV((vp)->v_op, &(struct vop_close_args)		\
	    { (vp), (fflag), (cred), (td) })

#define	VOP_ACCESS(vp, accmode, cred, td)				\
	VOP_ACCESS_APV((vp)->v_op, &(struct vop_access_args)		\
	    { (vp), (accmode), (cred), (td) })

#define	VOP_GETATTR(vp, vap, cred)					\
	VOP_GETATTR_APV((vp)->v_op, &(struct vop_getattr_args)		\
	    { (vp), (vap), (cred) })

#define	VOP_SETATTR(vp, vap, cred)					\
	VOP_SETATTR_APV((vp)->v_op, &(struct vop_setattr_args)		\
	    { (vp), (vap), (cred) })

#define	VOP_READ(vp, uio, ioflag, cred)					\
	VOP_READ_APV((vp)->v_op, &(struct vop_read_args)		\
	    { (vp), (uio), (ioflag), (cred) })

#define	VOP_WRITE(vp, uio, ioflag, cred)				\
	VOP_WRITE_APV((vp)->v_op, &(struct vop_write_args)		\
	    { (vp), (uio), (ioflag), (cred) })

#define	VOP_IOCTL(vp, command, data, fflag, cred, td)			\
	VOP_IOCTL_APV((vp)->v_op, &(struct vop_ioctl_args)		\
	    { (vp), (command), (data), (fflag), (cred), (td) })

#define	VOP_POLL(vp, events, cred, td)					\
	VOP_POLL_APV((vp)->v_op, &(struct vop_poll_args)		\
	    { (vp), (events), (cred), (td) })

#define	VOP_FSYNC(vp, waitfor, td)					\
	VOP_FSYNC_APV((vp)->v_op, &(struct vop_fsync_args)		\
	    { (vp), (waitfor), (td) })

#define	VOP_REMOVE(dvp, vp, cnp)					\
	VOP_REMOVE_APV((dvp)->v_op, &(struct vop_remove_args)		\
	    { (dvp), (vp), (cnp) })

#define	VOP_RENAME(fdvp, fvp, fcnp, tdvp, tvp, tcnp)			\
	VOP_RENAME_APV((fdvp)->v_op, &(struct vop_rename_args)		\
	    { (fdvp), (fvp), (fcnp), (tdvp), (tvp), (tcnp) })

#define	VOP_MKDIR(dvp, vpp, cnp, vap)					\
	VOP_MKDIR_APV((dvp)->v_op, &(struct vop_mkdir_args)		\
	    { (dvp), (vpp), (cnp), (vap) })

#define	VOP_RMDIR(dvp, vp, cnp)						\
	VOP_RMDIR_APV((dvp)->v_op, &(struct vop_rmdir_args)		\
	    { (dvp), (vp), (cnp) })

#define	VOP_READDIR(vp, uio, cred, eofflag)				\
	VOP_READDIR_APV((vp)->v_op, &(struct vop_readdir_args)		\
	    { (vp), (uio), (cred), (eofflag) })

#define	VOP_INACTIVE(vp, td)						\
	VOP_INACTIVE_APV((vp)->v_op, &(struct vop_inactive_args)	\
	    { (vp), (td) })

#define	VOP_RECLAIM(vp, td)						\
	VOP_RECLAIM_APV((vp)->v_op, &(struct vop_reclaim_args)		\
	    { (vp), (td) })

#define	VOP_VPTOCNP(vp, vpp, buf, buflen)				\
	VOP_VPTOCNP_APV((vp)->v_op, &(struct vop_vptocnp_args)		\
	    { (vp), (vpp), (buf), (buflen) })

/* The vnode's own lock. */
#define	VOP_UNLOCK(vp)		sx_unlock(&(vp)->v_lock)
#define	VOP_ISLOCKED(vp)	(sx_xlocked(&(vp)->v_lock) ? LK_EXCLUSIVE : 0)
#define	ASSERT_VOP_LOCKED(vp, str)	sx_assert(&(vp)->v_lock, SA_LOCKED)
#define	ASSERT_VOP_ELOCKED(vp, str)	sx_assert(&(vp)->v_lock, SA_XLOCKED)

/* Ready-made answers for the tables. */
int	vop_null(void *ap);
int	vop_ebadf(void *ap);
int	vop_einval(void *ap);
int	vop_enoent(void *ap);
int	vop_enotty(void *ap);
int	vop_enotdir(void *ap);
int	vop_eopnotsupp(void *ap);
int	vop_eperm(void *ap);
#define	VOP_NULL	((void *)vop_null)
#define	VOP_EBADF	((void *)vop_ebadf)
#define	VOP_EINVAL	((void *)vop_einval)
#define	VOP_ENOENT	((void *)vop_enoent)
#define	VOP_ENOTTY	((void *)vop_enotty)
#define	VOP_ENOTDIR	((void *)vop_enotdir)
#define	VOP_EOPNOTSUPP	((void *)vop_eopnotsupp)
#define	VOP_EPERM	((void *)vop_eperm)

#endif /* !_SYS_VNODE_IF_H_ */
