/*
 * Path lookup: namei() walks a path from a directory to a vnode.
 *
 * What the caller means to do there goes along (ni_cnd.cn_nameiop): CREATE lets the
 * last component be missing, DELETE and RENAME say that it is about to go; with
 * LOCKPARENT the directory comes back locked as well.
 */
#ifndef _SYS_NAMEI_H_
#define	_SYS_NAMEI_H_

#include <sys/types.h>
#include <sys/uio.h>

struct ucred;
struct thread;
struct vnode;

/* One component of a path, as VOP_LOOKUP() and the makers of files see it. */
struct componentname {
	u_long		 cn_nameiop;	/* LOOKUP and so on. */
	uint64_t	 cn_flags;
	struct thread	*cn_thread;
	struct ucred	*cn_cred;
	char		*cn_pnbuf;	/* The whole path, copied in. */
	char		*cn_nameptr;	/* This component; not terminated ... */
	long		 cn_namelen;	/* ... but so long. */
};

struct nameidata {
	const char	*ni_dirp;	/* The path as given. */
	enum uio_seg	 ni_segflg;	/* Where it lies. */
	struct vnode	*ni_startdir;	/* dirfd of openat(2), or NULL. */
	struct vnode	*ni_rootdir;	/* "/" */
	size_t		 ni_pathlen;	/* What is left of it, with the NUL. */
	char		*ni_next;	/* After the current component. */
	struct vnode	*ni_vp;		/* Result, or NULL (CREATE). */
	struct vnode	*ni_dvp;	/* Its directory. */
	struct componentname ni_cnd;
};

/* cn_nameiop */
#define	LOOKUP		0
#define	CREATE		1
#define	DELETE		2
#define	RENAME		3
/* cn_flags: asked for ... */
#define	LOCKLEAF	0x0004		/* ni_vp comes back locked. */
#define	LOCKPARENT	0x0008		/* ni_dvp comes back, locked. */
#define	WANTPARENT	0x0010		/* ni_dvp comes back, unlocked. */
#define	FOLLOW		0x0040
#define	NOFOLLOW	0x0000
#define	LOCKSHARED	0x0100		/* LOCKLEAF is content with shared. */
/* ... and found out on the way. */
#define	HASBUF		0x00000400	/* cn_pnbuf is allocated. */
#define	ISDOTDOT	0x00002000	/* This component is "..". */
#define	ISLASTCN	0x00008000	/* This component is the last. */
#define	TRAILINGSLASH	0x10000000	/* The path ended in '/'. */

#define	NDINIT(ndp, op, flags, segflg, namep, td)			\
	NDINIT_ATVP((ndp), (op), (flags), (segflg), (namep), NULL, (td))
#define	NDF_ONLY_PNBUF	0
#define	NDFREE(ndp, flags)	NDFREE_PNBUF(ndp)

void	NDINIT_ATVP(struct nameidata *ndp, u_long op, u_long flags,
	    enum uio_seg segflg, const char *namep, struct vnode *startdir,
	    struct thread *td);
void	NDFREE_PNBUF(struct nameidata *ndp);
int	namei(struct nameidata *ndp);
int	lookup(struct nameidata *ndp);

#endif /* !_SYS_NAMEI_H_ */
