/*
 * The sysctl tree: linking it together, finding a leaf, handing values in and out.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sx.h>
#include <sys/sysctl.h>
#include <sys/sysproto.h>
#include <sys/systm.h>

MALLOC_DEFINE(M_SYSCTLTMP, "sysctltmp", "sysctl temp output buffer");
SET_DECLARE(sysctl_set, struct sysctl_oid);

struct sysctl_oid_list sysctl__children;	/* The root. */
static struct sx sysctllock;
SX_SYSINIT(sysctl_lock, &sysctllock, "sysctl lock");

SYSCTL_ROOT_NODE(CTL_SYSCTL, sysctl, CTLFLAG_RW, NULL, "Sysctl internal magic");
SYSCTL_ROOT_NODE(CTL_KERN, kern, CTLFLAG_RW, NULL, "High kernel, proc, limits &c");
SYSCTL_ROOT_NODE(CTL_VM, vm, CTLFLAG_RW, NULL, "Virtual memory");
SYSCTL_ROOT_NODE(CTL_VFS, vfs, CTLFLAG_RW, NULL, "File system");
SYSCTL_ROOT_NODE(CTL_DEBUG, debug, CTLFLAG_RW, NULL, "Debugging");
SYSCTL_ROOT_NODE(CTL_HW, hw, CTLFLAG_RW, NULL, "hardware");
SYSCTL_ROOT_NODE(CTL_MACHDEP, machdep, CTLFLAG_RW, NULL, "machine dependent");

/* Into the parent's list, by number. */
static void
sysctl_register_oid(struct sysctl_oid *oidp)
{
	struct sysctl_oid *p, *prev;
	static int newoid = CTL_AUTO_START;

	if (oidp->oid_number == OID_AUTO)
		oidp->oid_number = newoid++;
	prev = NULL;
	SLIST_FOREACH(p, oidp->oid_parent, oid_link) {
		if (p->oid_number > oidp->oid_number)
			break;
		prev = p;
	}
	if (prev != NULL)
		SLIST_INSERT_AFTER(prev, oidp, oid_link);
	else
		SLIST_INSERT_HEAD(oidp->oid_parent, oidp, oid_link);
}

static void
sysctl_register_all(const void *arg)
{
	struct sysctl_oid **oidp;

	SET_FOREACH(oidp, sysctl_set)
		sysctl_register_oid(*oidp);
}
SYSINIT(sysctl, SI_SUB_KMEM, SI_ORDER_FIRST, sysctl_register_all, NULL);

#define	SYSCTL_CHILDREN(oidp)	((struct sysctl_oid_list *)(oidp)->oid_arg1)

/*
 * Find an OID.  A node with a handler takes the rest of the name as arguments:
 * *indx says where they begin.
 */
static int
sysctl_find_oid(const int *name, u_int namelen, struct sysctl_oid **noid,
    int *nindx)
{
	struct sysctl_oid_list *lsp;
	struct sysctl_oid *oid;
	u_int indx;

	lsp = &sysctl__children;
	indx = 0;
	while (indx < namelen) {
		SLIST_FOREACH(oid, lsp, oid_link)
			if (oid->oid_number == name[indx])
				break;
		if (oid == NULL)
			return (ENOENT);
		indx++;
		if ((oid->oid_kind & CTLTYPE) != CTLTYPE_NODE ||
		    oid->oid_handler != NULL || indx == namelen) {
			*noid = oid;
			*nindx = indx;
			return (0);
		}
		lsp = SYSCTL_CHILDREN(oid);
	}
	return (ENOENT);
}

/*
 * Values out and in.
 */

int
sysctl_out(struct sysctl_req *req, const void *p, size_t l)
{
	size_t i;
	int error;

	error = 0;
	if (req->oldptr != NULL) {
		i = 0;
		if (req->oldidx < req->oldlen)
			i = ulmin(l, req->oldlen - req->oldidx);
		error = copyout(p, (char *)req->oldptr + req->oldidx, i);
		if (error == 0 && i < l)
			error = ENOMEM;
	}
	req->oldidx += l;
	return (error);
}

int
sysctl_in(struct sysctl_req *req, void *p, size_t l)
{
	int error;

	if (req->newptr == NULL)
		return (0);
	if (req->newlen - req->newidx < l)
		return (EINVAL);
	error = copyin((const char *)req->newptr + req->newidx, p, l);
	req->newidx += l;
	return (error);
}

/* arg1: the variable, or NULL and arg2 is the value. */
int
sysctl_handle_int(SYSCTL_HANDLER_ARGS)
{
	int error, tmp;

	tmp = arg1 != NULL ? *(int *)arg1 : (int)arg2;
	error = SYSCTL_OUT(req, &tmp, sizeof(int));
	if (error != 0 || req->newptr == NULL)
		return (error);
	return (arg1 == NULL ? EPERM : SYSCTL_IN(req, arg1, sizeof(int)));
}

int
sysctl_handle_long(SYSCTL_HANDLER_ARGS)
{
	long tmp;
	int error;

	tmp = arg1 != NULL ? *(long *)arg1 : (long)arg2;
	error = SYSCTL_OUT(req, &tmp, sizeof(long));
	if (error != 0 || req->newptr == NULL)
		return (error);
	return (arg1 == NULL ? EPERM : SYSCTL_IN(req, arg1, sizeof(long)));
}

/* arg2: room at arg1, 0 for a constant. */
int
sysctl_handle_string(SYSCTL_HANDLER_ARGS)
{
	int error;

	error = SYSCTL_OUT(req, arg1, strlen(arg1) + 1);
	if (error != 0 || req->newptr == NULL)
		return (error);
	if (req->newlen >= (size_t)arg2)
		return (EINVAL);
	error = SYSCTL_IN(req, arg1, req->newlen);
	((char *)arg1)[req->newlen] = '\0';
	return (error);
}

int
sysctl_handle_opaque(SYSCTL_HANDLER_ARGS)
{
	int error;

	error = SYSCTL_OUT(req, arg1, arg2);
	if (error != 0 || req->newptr == NULL)
		return (error);
	return (SYSCTL_IN(req, arg1, arg2));
}

/*
 * About the tree itself: the OIDs below {0}.
 */

/* "kern.hz" -> {1, 257} */
static int
sysctl_sysctl_name2oid(SYSCTL_HANDLER_ARGS)
{
	char name[128], *p, *dot;
	struct sysctl_oid_list *lsp;
	struct sysctl_oid *oid;
	int error, oids[CTL_MAXNAME], n;

	if (req->newlen == 0)
		return (ENOENT);
	if (req->newlen >= sizeof(name))
		return (ENAMETOOLONG);
	error = SYSCTL_IN(req, name, req->newlen);
	if (error != 0)
		return (error);
	name[req->newlen] = '\0';
	lsp = &sysctl__children;
	n = 0;
	for (p = name; p != NULL && n < CTL_MAXNAME; p = dot) {
		dot = strchr(p, '.');
		if (dot != NULL)
			*dot++ = '\0';
		if (lsp == NULL)
			return (ENOENT);
		SLIST_FOREACH(oid, lsp, oid_link)
			if (strcmp(oid->oid_name, p) == 0)
				break;
		if (oid == NULL)
			return (ENOENT);
		oids[n++] = oid->oid_number;
		lsp = (oid->oid_kind & CTLTYPE) == CTLTYPE_NODE ?
		    SYSCTL_CHILDREN(oid) : NULL;
	}
	return (SYSCTL_OUT(req, oids, n * sizeof(int)));
}
SYSCTL_PROC(_sysctl, CTL_SYSCTL_NAME2OID, name2oid,
    CTLTYPE_INT | CTLFLAG_RW, NULL, 0, sysctl_sysctl_name2oid, "I", "");

/* {1, 257} -> "kern.hz" */
static int
sysctl_sysctl_name(SYSCTL_HANDLER_ARGS)
{
	const int *name;
	struct sysctl_oid_list *lsp;
	struct sysctl_oid *oid;
	intmax_t n;
	int error;

	name = arg1;
	lsp = &sysctl__children;
	error = 0;
	for (n = 0; error == 0 && n < arg2; n++) {
		oid = NULL;
		if (lsp != NULL)
			SLIST_FOREACH(oid, lsp, oid_link)
				if (oid->oid_number == name[n])
					break;
		if (oid == NULL)
			return (ENOENT);
		if (n != 0)
			error = SYSCTL_OUT(req, ".", 1);
		if (error == 0)
			error = SYSCTL_OUT(req, oid->oid_name,
			    strlen(oid->oid_name));
		lsp = (oid->oid_kind & CTLTYPE) == CTLTYPE_NODE ?
		    SYSCTL_CHILDREN(oid) : NULL;
	}
	return (error != 0 ? error : SYSCTL_OUT(req, "", 1));
}
SYSCTL_NODE(_sysctl, CTL_SYSCTL_NAME, name, CTLFLAG_RD, sysctl_sysctl_name, "");

/*
 * The first leaf after name in the order of a walk: 1 if there is none in this
 * list.  oids collects its OID, *len its length.
 */
static int
sysctl_next_ls(struct sysctl_oid_list *lsp, const int *name, u_int namelen,
    int *oids, int *len, int level)
{
	struct sysctl_oid *oid;
	bool same;

	if (level >= CTL_MAXNAME)
		return (1);
	SLIST_FOREACH(oid, lsp, oid_link) {
		same = false;
		if (namelen > 0) {
			if (oid->oid_number < *name)
				continue;
			same = oid->oid_number == *name;
		}
		oids[level] = oid->oid_number;
		if ((oid->oid_kind & CTLTYPE) != CTLTYPE_NODE ||
		    oid->oid_handler != NULL) {
			if (same)
				continue;	/* That was the last one. */
			*len = level + 1;
			return (0);
		}
		if (sysctl_next_ls(SYSCTL_CHILDREN(oid), name + 1,
		    same ? namelen - 1 : 0, oids, len, level + 1) == 0)
			return (0);
		namelen = 0;
	}
	return (1);
}

static int
sysctl_sysctl_next(SYSCTL_HANDLER_ARGS)
{
	int len, oids[CTL_MAXNAME];

	if (sysctl_next_ls(&sysctl__children, arg1, arg2, oids, &len, 0) != 0)
		return (ENOENT);
	return (SYSCTL_OUT(req, oids, len * sizeof(int)));
}
SYSCTL_NODE(_sysctl, CTL_SYSCTL_NEXT, next, CTLFLAG_RD, sysctl_sysctl_next, "");

static int
sysctl_sysctl_oidfmt(SYSCTL_HANDLER_ARGS)
{
	struct sysctl_oid *oid;
	int error, indx;

	error = sysctl_find_oid(arg1, arg2, &oid, &indx);
	if (error != 0)
		return (error);
	error = SYSCTL_OUT(req, &oid->oid_kind, sizeof(oid->oid_kind));
	if (error != 0)
		return (error);
	return (SYSCTL_OUT(req, oid->oid_fmt, strlen(oid->oid_fmt) + 1));
}
SYSCTL_NODE(_sysctl, CTL_SYSCTL_OIDFMT, oidfmt, CTLFLAG_RD,
    sysctl_sysctl_oidfmt, "");

static int
sysctl_sysctl_oiddescr(SYSCTL_HANDLER_ARGS)
{
	struct sysctl_oid *oid;
	int error, indx;

	error = sysctl_find_oid(arg1, arg2, &oid, &indx);
	if (error != 0)
		return (error);
	return (SYSCTL_OUT(req, oid->oid_descr, strlen(oid->oid_descr) + 1));
}
SYSCTL_NODE(_sysctl, CTL_SYSCTL_OIDDESCR, oiddescr, CTLFLAG_RD,
    sysctl_sysctl_oiddescr, "");

/*
 * The call.
 */

static int
sysctl_root(const int *name, u_int namelen, struct sysctl_req *req)
{
	struct sysctl_oid *oid;
	int error, indx;

	error = sysctl_find_oid(name, namelen, &oid, &indx);
	if (error != 0)
		return (error);
	if (oid->oid_handler == NULL)
		return ((oid->oid_kind & CTLTYPE) == CTLTYPE_NODE ?
		    EISDIR : EINVAL);
	/* What is looked up through {0, 3} is a question, not a value. */
	if (req->newptr != NULL && (oid->oid_kind & CTLFLAG_WR) == 0 &&
	    name[0] != CTL_SYSCTL)
		return (EPERM);
	if ((oid->oid_kind & CTLTYPE) == CTLTYPE_NODE)
		return (oid->oid_handler(oid, __DECONST(int *, name + indx),
		    namelen - indx, req));
	return (oid->oid_handler(oid, oid->oid_arg1, oid->oid_arg2, req));
}

int
sys___sysctl(struct thread *td, struct __sysctl_args *uap)
{
	struct sysctl_req req;
	int error, name[CTL_MAXNAME];

	if (uap->namelen > CTL_MAXNAME || uap->namelen < 2)
		return (EINVAL);
	error = copyin(uap->name, name, uap->namelen * sizeof(int));
	if (error != 0)
		return (error);
	bzero(&req, sizeof(req));
	req.td = td;
	if (uap->oldlenp != NULL) {
		error = copyin(uap->oldlenp, &req.oldlen, sizeof(req.oldlen));
		if (error != 0)
			return (error);
		req.oldptr = uap->old;
	}
	if (uap->new != NULL) {
		req.newptr = uap->new;
		req.newlen = uap->newlen;
	}
	sx_xlock(&sysctllock);
	error = sysctl_root(name, uap->namelen, &req);
	sx_xunlock(&sysctllock);
	if (uap->oldlenp != NULL && (error == 0 || error == ENOMEM)) {
		if (req.oldptr != NULL && req.oldidx > req.oldlen)
			req.oldidx = req.oldlen;
		if (copyout(&req.oldidx, uap->oldlenp, sizeof(size_t)) != 0)
			error = EFAULT;
	}
	return (error);
}
