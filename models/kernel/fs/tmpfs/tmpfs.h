/*
 * tmpfs: a file system in memory.
 *
 * A node is a file or directory; a directory entry is a name for one.  A regular
 * file's bytes lie in pages of kernel memory, found through an array; a missing
 * page reads as zeros.  Files of the boot file system start out as pictures of it
 * (tn_image) and get pages of their own when they are first changed.
 *
 * Locking key: (v) the node's vnode lock, (i) tn_interlock, (c) constant,
 * (a) tm_allnode_lock.
 */
#ifndef _FS_TMPFS_TMPFS_H_
#define	_FS_TMPFS_TMPFS_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/time.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/vnode.h>

struct tmpfs_node;

struct tmpfs_dirent {
	TAILQ_ENTRY(tmpfs_dirent) td_entries;	/* (v) of the directory. */
	struct tmpfs_node *td_node;		/* (v) */
	off_t		 td_cookie;		/* (c) Place for readdir. */
	uint16_t	 td_namelen;		/* (v) */
	char		*td_name;		/* (v) Not terminated. */
};

struct tmpfs_node {
	struct mtx	 tn_interlock;		/* "tmpfs node interlock" */
	struct vnode	*tn_vnode;		/* (i) */
	enum vtype	 tn_type;		/* (c) */
	ino_t		 tn_id;			/* (c) */
	int		 tn_links;		/* (v) */
	uid_t		 tn_uid;		/* (v) */
	gid_t		 tn_gid;		/* (v) */
	mode_t		 tn_mode;		/* (v) */
	off_t		 tn_size;		/* (v) */
	struct timespec	 tn_atime;		/* (v) */
	struct timespec	 tn_mtime;		/* (v) */
	struct timespec	 tn_ctime;		/* (v) */
	struct timespec	 tn_birthtime;		/* (c) */
	union {
		struct {
			TAILQ_HEAD(, tmpfs_dirent) tn_dirents; /* (v) */
			struct tmpfs_node *tn_parent;	/* (v) */
			off_t	 tn_nextcookie;		/* (v) */
		};
		struct {
			char	**tn_pages;		/* (v) */
			u_long	 tn_npages;		/* (v) */
			const char *tn_image;		/* (v) Or NULL. */
		};
	};
};

struct tmpfs_mount {
	struct tmpfs_node *tm_root;		/* (c) */
	struct mtx	 tm_allnode_lock;	/* "tmpfs allnode lock" */
	ino_t		 tm_nextino;		/* (a) */
	u_long		 tm_pages;		/* (a) Pages in use. */
};

#define	VP_TO_TMPFS_NODE(vp)	((struct tmpfs_node *)(vp)->v_data)
#define	VFS_TO_TMPFS(mp)	((struct tmpfs_mount *)(mp)->mnt_data)

/* Cookies of the entries that are not stored, and the first that is. */
#define	TMPFS_DIRCOOKIE_DOT	0
#define	TMPFS_DIRCOOKIE_DOTDOT	1
#define	TMPFS_DIRCOOKIE_FIRST	2

extern const struct vop_vector tmpfs_vnodeop_entries;

int	tmpfs_alloc_node(struct mount *mp, enum vtype type, mode_t mode,
	    struct tmpfs_node *parent, struct tmpfs_node **node);
void	tmpfs_free_node(struct mount *mp, struct tmpfs_node *node);
int	tmpfs_alloc_vp(struct mount *mp, struct tmpfs_node *node,
	    struct vnode **vpp);
int	tmpfs_alloc_file(struct vnode *dvp, struct vnode **vpp,
	    struct vattr *vap, struct componentname *cnp);
void	tmpfs_dir_attach(struct tmpfs_node *dnode, struct tmpfs_dirent *de);
void	tmpfs_dir_detach(struct tmpfs_node *dnode, struct tmpfs_dirent *de);
struct tmpfs_dirent *tmpfs_dir_lookup(struct tmpfs_node *dnode,
	    const char *name, size_t len);
struct tmpfs_dirent *tmpfs_alloc_dirent(struct tmpfs_node *node,
	    const char *name, size_t len);
void	tmpfs_free_dirent(struct tmpfs_dirent *de);
void	tmpfs_links(struct tmpfs_node *node, int delta);
int	tmpfs_reg_resize(struct mount *mp, struct tmpfs_node *node, off_t size);
int	tmpfs_reg_read(struct tmpfs_node *node, struct uio *uio);
int	tmpfs_reg_write(struct mount *mp, struct tmpfs_node *node,
	    struct uio *uio);

#endif /* !_FS_TMPFS_TMPFS_H_ */
