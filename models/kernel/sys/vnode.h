/*
 * The vnode: a file as the kernel sees it, whichever file system it is in.
 *
 * Above are open files, path lookup and exec; they call the VOP_ functions (see
 * vnode_if.h).  Below are file systems; each fills in a table of operations.
 * v_data belongs to the file system.
 *
 * Life: getnewvnode() gives one reference; vref() and vrele() count.  A vnode that
 * nobody uses stays with its file, for the next user.  Only when the file has no
 * name left (VV_UNLINKED) does it end with its last user: VOP_INACTIVE(), then
 * VOP_RECLAIM(), which gives the file back.
 *
 * Locking key: (v) v_lock, (i) v_interlock, (m) mount's mnt_mtx, (c) constant.
 * v_lock may be held across a sleep; it comes before v_interlock.  Of two vnode
 * locks the directory's comes first.
 */
#ifndef _SYS_VNODE_H_
#define	_SYS_VNODE_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/time.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/sx.h>
#include <sys/stat.h>
#include <sys/uio.h>

enum vtype { VNON, VREG, VDIR, VBLK, VCHR, VLNK, VSOCK, VFIFO, VBAD };

struct cdev;
struct componentname;
struct file;
struct mount;
struct nameidata;
struct thread;
struct ucred;
struct vop_vector;

struct vnode {
	enum vtype	 v_type;		/* (c) */
	const struct vop_vector *v_op;		/* (c) */
	void		*v_data;		/* (v) The file system's own. */
	struct mount	*v_mount;		/* (c) File system we are in. */
	TAILQ_ENTRY(vnode) v_nmntvnodes;	/* (m) Vnodes of that mount. */
	union {
		struct mount	*v_mountedhere;	/* (v) VDIR: covered by. */
		struct cdev	*v_rdev;	/* (c) VCHR. */
	};
	const char	*v_tag;			/* (c) File system's name. */
	struct sx	 v_lock;		/* Named after the file system. */
	struct mtx	 v_interlock;		/* "vnode interlock" */
	u_int		 v_usecount;		/* (i) */
	u_int		 v_vflag;		/* (v) VV_. */
	u_int		 v_writecount;		/* (i) Open for writing. */
	char		*v_path;		/* (i) vn_setpath(), or NULL. */
};
#define	VV_ROOT		0x0001		/* Root of its file system. */
#define	VV_UNLINKED	0x0002		/* No name left: goes with its last user. */

#define	VI_LOCK(vp)	mtx_lock(&(vp)->v_interlock)
#define	VI_UNLOCK(vp)	mtx_unlock(&(vp)->v_interlock)

/* Ways to lock a vnode. */
#define	LK_SHARED	0x200000
#define	LK_EXCLUSIVE	0x080000
#define	LK_TYPE_MASK	(LK_SHARED | LK_EXCLUSIVE)
#define	LK_RETRY	0x000400

/* What a file system knows about a file; VNOVAL: not known or not to be set. */
struct vattr {
	enum vtype	 va_type;
	u_short		 va_mode;
	u_short		 va_nlink;
	uid_t		 va_uid;
	gid_t		 va_gid;
	dev_t		 va_fsid;
	ino_t		 va_fileid;
	off_t		 va_size;
	long		 va_blocksize;
	struct timespec	 va_atime;
	struct timespec	 va_mtime;
	struct timespec	 va_ctime;
	struct timespec	 va_birthtime;
	dev_t		 va_rdev;
	off_t		 va_bytes;
};
#define	VNOVAL		(-1)

/* Access wanted: VOP_ACCESS(). */
#define	VEXEC		000100
#define	VWRITE		000200
#define	VREAD		000400

/* ioflag of VOP_READ() and VOP_WRITE(). */
#define	IO_UNIT		0x0001		/* All or nothing. */
#define	IO_APPEND	0x0002
#define	IO_NDELAY	0x0004
#define	IO_NODELOCKED	0x0008		/* vn_rdwr(): caller has the lock. */

extern struct vnode *rootvnode;
extern const enum vtype iftovt_tab[];
extern const int vttoif_tab[];
#define	IFTOVT(mode)	(iftovt_tab[((mode) & S_IFMT) >> 12])
#define	VTTOIF(indx)	(vttoif_tab[(int)(indx)])
#define	MAKEIMODE(indx, mode)	(int)(VTTOIF(indx) | (mode))

/* kern/vfs_subr.c */
int	getnewvnode(const char *tag, struct mount *mp,
	    const struct vop_vector *vops, struct vnode **vpp);
void	vattr_null(struct vattr *vap);
int	vaccess(enum vtype type, mode_t file_mode, uid_t file_uid,
	    gid_t file_gid, int accmode, struct ucred *cred);
void	vref(struct vnode *vp);
void	vrele(struct vnode *vp);
void	vput(struct vnode *vp);
int	vget(struct vnode *vp, int flags);
int	vrefcnt(struct vnode *vp);
int	vn_lock(struct vnode *vp, int flags);

/* kern/vfs_vnops.c */
int	vn_open(struct nameidata *ndp, int *flagp, int cmode, struct file *fp);
int	vn_open_cred(struct nameidata *ndp, int *flagp, int cmode,
	    struct ucred *cred, struct file *fp);
int	vn_open_vnode(struct vnode *vp, int fmode, struct ucred *cred,
	    struct thread *td, struct file *fp);
int	vn_close(struct vnode *vp, int flags, struct ucred *cred,
	    struct thread *td);
int	vn_rdwr(enum uio_rw rw, struct vnode *vp, void *base, int len,
	    off_t offset, enum uio_seg segflg, int ioflg, struct ucred *cred,
	    ssize_t *aresid, struct thread *td);
int	vn_stat(struct vnode *vp, struct stat *sb, struct ucred *active_cred,
	    struct thread *td);
int	vn_isdisk(struct vnode *vp);

/* kern/vfs_cache.c: names of vnodes, for __getcwd(2) and p_args. */
int	vn_fullpath(struct vnode *vp, char *buf, size_t buflen, char **retbuf);
void	vn_setpath(struct vnode *dvp, struct vnode *vp, const char *name,
	    size_t namelen);
void	vn_clearpath(struct vnode *vp);

#include <sys/vnode_if.h>

#endif /* !_SYS_VNODE_H_ */
