/*
 * Credentials: who a thread acts for.  Shared by reference, never changed once
 * more than one holds them (kern_prot.c copies first).
 */
#ifndef _SYS_UCRED_H_
#define	_SYS_UCRED_H_

#include <sys/types.h>

struct ucred {
	u_int		 cr_ref;	/* (atomic) References. */
	uid_t		 cr_uid;	/* Effective user id. */
	uid_t		 cr_ruid;	/* Real user id. */
	uid_t		 cr_svuid;	/* Saved user id. */
	int		 cr_ngroups;
	gid_t		 cr_rgid;	/* Real group id. */
	gid_t		 cr_svgid;	/* Saved group id. */
	gid_t		 cr_groups[16];	/* [0] is the effective group id. */
};
#define	cr_gid		cr_groups[0]
#define	NOCRED		((struct ucred *)0)
#define	FSCRED		((struct ucred *)-1)

#ifdef _KERNEL
struct thread;
struct ucred	*crget(void);
struct ucred	*crhold(struct ucred *cr);
void		 crfree(struct ucred *cr);
struct ucred	*crdup(struct ucred *cr);
void		 crcopy(struct ucred *dst, struct ucred *src);
#endif

#endif /* !_SYS_UCRED_H_ */
