/*
 * sysctl(3): the kernel's variables as a tree of names.
 *
 * SYSCTL_INT(_kern, OID_AUTO, maxproc, CTLFLAG_RD, &maxproc, 0, "...") makes the
 * leaf kern.maxproc; SYSCTL_NODE() makes an inner one.  Each is in the linker set
 * sysctl_set and hung into the tree at boot.  A name travels to the kernel as a
 * list of numbers; {0, 3} turns a string into such a list.
 *
 * The top part is shared with user land.
 */
#ifndef _SYS_SYSCTL_H_
#define	_SYS_SYSCTL_H_

#include <sys/types.h>

#define	CTL_MAXNAME	24

/* Top level. */
#define	CTL_SYSCTL	0
#define	CTL_KERN	1
#define	CTL_VM		2
#define	CTL_VFS		3
#define	CTL_DEBUG	5
#define	CTL_HW		6
#define	CTL_MACHDEP	7
/* Below CTL_SYSCTL: about the tree itself. */
#define	CTL_SYSCTL_NAME		1	/* Name of an OID. */
#define	CTL_SYSCTL_NEXT		2	/* OID after this one. */
#define	CTL_SYSCTL_NAME2OID	3	/* OID of a name. */
#define	CTL_SYSCTL_OIDFMT	4	/* Kind and format. */
#define	CTL_SYSCTL_OIDDESCR	5	/* What it is. */
/* Below CTL_KERN. */
#define	KERN_OSTYPE	1
#define	KERN_OSRELEASE	2
#define	KERN_OSREV	3
#define	KERN_VERSION	4
#define	KERN_MAXPROC	6
#define	KERN_MAXFILES	7
#define	KERN_ARGMAX	8
#define	KERN_HOSTNAME	10
#define	KERN_CLOCKRATE	12
#define	KERN_PROC	14
#define	KERN_BOOTTIME	21
/* Below KERN_PROC. */
#define	KERN_PROC_ALL	0
#define	KERN_PROC_PID	1
#define	KERN_PROC_PGRP	2
#define	KERN_PROC_PROC	8		/* Processes without threads. */
#define	KERN_PROC_INC_THREAD 0x10	/* One record a thread. */
/* Below CTL_HW. */
#define	HW_MACHINE	1
#define	HW_MODEL	2
#define	HW_NCPU		3
#define	HW_PHYSMEM	5
#define	HW_PAGESIZE	7
#define	HW_MACHINE_ARCH	11

/* Kind of an OID: type, and what may be done. */
#define	CTLTYPE		0xf
#define	CTLTYPE_NODE	1
#define	CTLTYPE_INT	2
#define	CTLTYPE_STRING	3
#define	CTLTYPE_S64	4
#define	CTLTYPE_OPAQUE	5
#define	CTLTYPE_STRUCT	CTLTYPE_OPAQUE
#define	CTLTYPE_UINT	6
#define	CTLTYPE_LONG	7
#define	CTLTYPE_ULONG	8
#define	CTLTYPE_U64	9
#define	CTLFLAG_RD	0x80000000
#define	CTLFLAG_WR	0x40000000
#define	CTLFLAG_RW	(CTLFLAG_RD | CTLFLAG_WR)

/* kern.clockrate */
struct clockinfo {
	int		 hz;
	int		 tick;		/* Microseconds a tick. */
	int		 spare;
	int		 stathz;
	int		 profhz;
};

#ifdef _KERNEL
#include <sys/linker_set.h>
#include <sys/queue.h>

struct sysctl_oid;
struct thread;
SLIST_HEAD(sysctl_oid_list, sysctl_oid);

/* A request under way. */
struct sysctl_req {
	struct thread	*td;
	void		*oldptr;	/* Where the value goes; NULL: count. */
	size_t		 oldlen;	/* Room there. */
	size_t		 oldidx;	/* Bytes handed out so far. */
	const void	*newptr;	/* New value, or NULL. */
	size_t		 newlen;
	size_t		 newidx;
};

#define	SYSCTL_HANDLER_ARGS	struct sysctl_oid *oidp, void *arg1,	\
	intmax_t arg2, struct sysctl_req *req
typedef int sysctl_handler_t(SYSCTL_HANDLER_ARGS);

struct sysctl_oid {
	struct sysctl_oid_list *oid_parent; /* List it belongs to. */
	SLIST_ENTRY(sysctl_oid) oid_link;
	int		 oid_number;	/* OID_AUTO until it is linked. */
	u_int		 oid_kind;
	void		*oid_arg1;
	intmax_t	 oid_arg2;
	const char	*oid_name;
	sysctl_handler_t *oid_handler;	/* NULL: a node without. */
	const char	*oid_fmt;
	const char	*oid_descr;
};
#define	OID_AUTO	(-1)
#define	CTL_AUTO_START	0x100

#define	SYSCTL_IN(r, p, l)	sysctl_in((r), (p), (l))
#define	SYSCTL_OUT(r, p, l)	sysctl_out((r), (p), (l))
int	sysctl_in(struct sysctl_req *req, void *p, size_t l);
int	sysctl_out(struct sysctl_req *req, const void *p, size_t l);
sysctl_handler_t sysctl_handle_int;
sysctl_handler_t sysctl_handle_long;
sysctl_handler_t sysctl_handle_string;
sysctl_handler_t sysctl_handle_opaque;

#define	SYSCTL_DECL(name)	extern struct sysctl_oid_list sysctl_##name##_children
#define	SYSCTL_OID(parent, nbr, name, kind, a1, a2, handler, fmt, descr) \
	static struct sysctl_oid sysctl_##parent##_##name = {		\
		.oid_parent = &sysctl_##parent##_children,		\
		.oid_number = nbr,					\
		.oid_kind = kind,					\
		.oid_arg1 = a1,						\
		.oid_arg2 = a2,						\
		.oid_name = #name,					\
		.oid_handler = handler,					\
		.oid_fmt = fmt,						\
		.oid_descr = descr					\
	};								\
	DATA_SET(sysctl_set, sysctl_##parent##_##name)
#define	SYSCTL_NODE(parent, nbr, name, access, handler, descr)		\
	struct sysctl_oid_list sysctl_##parent##_##name##_children;	\
	SYSCTL_OID(parent, nbr, name, CTLTYPE_NODE | (access),		\
	    &sysctl_##parent##_##name##_children, 0, handler, "N", descr)
#define	SYSCTL_ROOT_NODE(nbr, name, access, handler, descr)		\
	struct sysctl_oid_list sysctl__##name##_children;		\
	SYSCTL_OID(, nbr, name, CTLTYPE_NODE | (access),		\
	    &sysctl__##name##_children, 0, handler, "N", descr)
#define	SYSCTL_STRING(parent, nbr, name, access, arg, len, descr)	\
	SYSCTL_OID(parent, nbr, name, CTLTYPE_STRING | (access), arg, len, \
	    sysctl_handle_string, "A", descr)
#define	SYSCTL_INT(parent, nbr, name, access, ptr, val, descr)		\
	SYSCTL_OID(parent, nbr, name, CTLTYPE_INT | (access), ptr, val,	\
	    sysctl_handle_int, "I", descr)
#define	SYSCTL_UINT(parent, nbr, name, access, ptr, val, descr)		\
	SYSCTL_OID(parent, nbr, name, CTLTYPE_UINT | (access), ptr, val, \
	    sysctl_handle_int, "IU", descr)
#define	SYSCTL_LONG(parent, nbr, name, access, ptr, val, descr)		\
	SYSCTL_OID(parent, nbr, name, CTLTYPE_LONG | (access), ptr, val, \
	    sysctl_handle_long, "L", descr)
#define	SYSCTL_ULONG(parent, nbr, name, access, ptr, val, descr)	\
	SYSCTL_OID(parent, nbr, name, CTLTYPE_ULONG | (access), ptr, val, \
	    sysctl_handle_long, "LU", descr)
#define	SYSCTL_STRUCT(parent, nbr, name, access, ptr, type, descr)	\
	SYSCTL_OID(parent, nbr, name, CTLTYPE_OPAQUE | (access), ptr,	\
	    sizeof(struct type), sysctl_handle_opaque, "S," #type, descr)
#define	SYSCTL_PROC(parent, nbr, name, access, ptr, arg, handler, fmt, descr) \
	SYSCTL_OID(parent, nbr, name, access, ptr, arg, handler, fmt, descr)

SYSCTL_DECL();
SYSCTL_DECL(_sysctl);
SYSCTL_DECL(_kern);
SYSCTL_DECL(_kern_proc);
SYSCTL_DECL(_vm);
SYSCTL_DECL(_vfs);
SYSCTL_DECL(_debug);
SYSCTL_DECL(_hw);
SYSCTL_DECL(_machdep);
#else
int	sysctl(const int *, u_int, void *, size_t *, const void *, size_t);
int	sysctlbyname(const char *, void *, size_t *, const void *, size_t);
int	sysctlnametomib(const char *, int *, size_t *);
#endif /* _KERNEL */

#endif /* !_SYS_SYSCTL_H_ */
