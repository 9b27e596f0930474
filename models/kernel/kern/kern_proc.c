/*
 * The process table: finding processes by number, and the process groups and
 * sessions they belong to.
 *
 * Lock order: proctree_lock, allproc_lock, process group, process lock.  The tree
 * (parents, children, groups) is proctree's; the list of all processes and the hash
 * by pid are allproc's.  A process stays in both until it has been waited for.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/filedesc.h>
#include <sys/eventhandler.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/refcount.h>
#include <sys/sdt.h>
#include <sys/signalvar.h>
#include <sys/sx.h>
#include <sys/systm.h>
#include <sys/ucred.h>
#include <vm/uma.h>

SDT_PROVIDER_DEFINE(proc);

MALLOC_DEFINE(M_PGRP, "pgrp", "process group header");
MALLOC_DEFINE(M_SESSION, "session", "session header");
MALLOC_DEFINE(M_PARGS, "pargs", "process arguments");
MALLOC_DEFINE(M_SUBPROC, "subproc", "Proc sub-structures");

#define	PIDHASHSIZE	64		/* A power of two. */
#define	PIDHASH(pid)	(&pidhashtbl[(pid) & (PIDHASHSIZE - 1)])
#define	PGRPHASH(pgid)	(&pgrphashtbl[(pgid) & (PIDHASHSIZE - 1)])

struct proclist allproc = LIST_HEAD_INITIALIZER(allproc);
struct sx allproc_lock;
struct sx proctree_lock;
SX_SYSINIT(allproc, &allproc_lock, "allproc");
SX_SYSINIT(proctree, &proctree_lock, "proctree");

static LIST_HEAD(, proc) pidhashtbl[PIDHASHSIZE];	/* (allproc_lock) */
static LIST_HEAD(, pgrp) pgrphashtbl[PIDHASHSIZE];	/* (proctree_lock) */
static uma_zone_t proc_zone;
static struct pgrp pgrp0;
static struct session session0;

static void
proc_init_locks(struct proc *p)
{

	mtx_init(&p->p_mtx, "process lock", NULL, MTX_DEF | MTX_DUPOK | MTX_NEW);
	mtx_init(&p->p_slock, "process slock", NULL, MTX_SPIN | MTX_NEW);
	mtx_init(&p->p_statmtx, "pstatl", NULL, MTX_SPIN | MTX_NEW);
	TAILQ_INIT(&p->p_threads);
	LIST_INIT(&p->p_children);
}

/* Once for each item of the zone: locks outlive the processes that use them. */
static int
proc_init(void *mem, int size, int flags)
{
	struct proc *p;

	p = mem;
	bzero(p, sizeof(*p));
	proc_init_locks(p);
	EVENTHANDLER_INVOKE(process_init, p);
	return (0);
}

struct proc *
proc_alloc(void)
{
	struct proc *p;

	p = uma_zalloc(proc_zone, M_WAITOK);
	p->p_state = PRS_NEW;
	EVENTHANDLER_INVOKE(process_ctor, p);
	return (p);
}

void
proc_free(struct proc *p)
{

	EVENTHANDLER_INVOKE(process_dtor, p);
	uma_zfree(proc_zone, p);
}

/*
 * Finding.
 */

void
pidhash_add(struct proc *p)
{

	sx_assert(&allproc_lock, SA_XLOCKED);
	LIST_INSERT_HEAD(PIDHASH(p->p_pid), p, p_hash);
	LIST_INSERT_HEAD(&allproc, p, p_list);
}

/* allproc_lock held; the process comes back unlocked, whatever its state. */
struct proc *
pfind_any_locked(pid_t pid)
{
	struct proc *p;

	sx_assert(&allproc_lock, SA_LOCKED);
	LIST_FOREACH(p, PIDHASH(pid), p_hash)
		if (p->p_pid == pid)
			return (p);
	return (NULL);
}

static struct proc *
_pfind(pid_t pid, bool zombie)
{
	struct proc *p;

	if (pid == curproc->p_pid) {
		PROC_LOCK(curproc);
		return (curproc);
	}
	sx_slock(&allproc_lock);
	p = pfind_any_locked(pid);
	if (p != NULL) {
		PROC_LOCK(p);
		if (p->p_state == PRS_NEW ||
		    (!zombie && p->p_state == PRS_ZOMBIE)) {
			PROC_UNLOCK(p);
			p = NULL;
		}
	}
	sx_sunlock(&allproc_lock);
	return (p);
}

struct proc *
pfind(pid_t pid)
{

	return (_pfind(pid, false));
}

struct proc *
pfind_any(pid_t pid)
{

	return (_pfind(pid, true));
}

/*
 * Process groups.
 */

struct pgrp *
pgfind(pid_t pgid)
{
	struct pgrp *pgrp;

	sx_assert(&proctree_lock, SA_LOCKED);
	LIST_FOREACH(pgrp, PGRPHASH(pgid), pg_hash)
		if (pgrp->pg_id == pgid)
			return (pgrp);
	return (NULL);
}

/* The last member has left. */
static void
pgdelete(struct pgrp *pgrp)
{
	struct session *sess;

	LIST_REMOVE(pgrp, pg_hash);
	sess = pgrp->pg_session;
	if (--sess->s_count == 0 && sess != &session0)
		free(sess, M_SESSION);
	mtx_destroy(&pgrp->pg_mtx);
	if (pgrp != &pgrp0)
		free(pgrp, M_PGRP);
}

/*
 * Move p to group pgid: an existing one, or the new structure `pgrp', in session
 * `sess' (new as well) or in p's own.
 */
int
enterpgrp(struct proc *p, pid_t pgid, struct pgrp *pgrp, struct session *sess)
{
	struct pgrp *to;

	sx_assert(&proctree_lock, SA_XLOCKED);
	to = pgrp;
	if (to == NULL) {
		to = pgfind(pgid);
		if (to == NULL)
			return (EPERM);
	} else {
		if (sess != NULL) {
			sess->s_leader = p;
			sess->s_sid = p->p_pid;
			sess->s_count = 0;
			sess->s_ttyp = NULL;
			PROC_LOCK(p);
			p->p_flag &= ~P_CONTROLT;
			PROC_UNLOCK(p);
		} else
			sess = p->p_session;
		sess->s_count++;
		pgrp->pg_session = sess;
		pgrp->pg_id = pgid;
		LIST_INIT(&pgrp->pg_members);
		mtx_init(&pgrp->pg_mtx, "process group", NULL,
		    MTX_DEF | MTX_DUPOK | MTX_NEW);
		LIST_INSERT_HEAD(PGRPHASH(pgid), pgrp, pg_hash);
	}
	if (p->p_pgrp == to)
		return (0);
	if (p->p_pgrp != NULL)
		leavepgrp(p);
	PGRP_LOCK(to);
	PROC_LOCK(p);
	p->p_pgrp = to;
	PROC_UNLOCK(p);
	LIST_INSERT_HEAD(&to->pg_members, p, p_pglist);
	PGRP_UNLOCK(to);
	return (0);
}

void
leavepgrp(struct proc *p)
{
	struct pgrp *pgrp;

	sx_assert(&proctree_lock, SA_XLOCKED);
	pgrp = p->p_pgrp;
	PGRP_LOCK(pgrp);
	PROC_LOCK(p);
	LIST_REMOVE(p, p_pglist);
	p->p_pgrp = NULL;
	PROC_UNLOCK(p);
	PGRP_UNLOCK(pgrp);
	if (LIST_EMPTY(&pgrp->pg_members))
		pgdelete(pgrp);
}

/*
 * Arguments as ps(1) shows them: shared by fork, replaced by exec.
 */

struct pargs *
pargs_alloc(int len)
{
	struct pargs *pa;

	pa = malloc(sizeof(*pa) + len, M_PARGS, M_WAITOK);
	refcount_init(&pa->ar_ref, 1);
	pa->ar_length = len;
	return (pa);
}

void
pargs_hold(struct pargs *pa)
{

	if (pa != NULL)
		refcount_acquire(&pa->ar_ref);
}

void
pargs_drop(struct pargs *pa)
{

	if (pa != NULL && refcount_release(&pa->ar_ref))
		free(pa, M_PARGS);
}

/*
 * Process 0, "kernel": the one that nobody forked.  Its structure is static and
 * linked with its thread already (init_main.c); here it gets what a process has.
 */
static void
proc0_resources(const void *dummy)
{
	struct proc *p;

	p = &proc0;
	proc_zone = uma_zcreate("PROC", sizeof(struct proc), NULL, NULL,
	    proc_init, NULL, UMA_ALIGN_CACHE, UMA_ZONE_NOFREE);
	LIST_INIT(&p->p_children);
	p->p_ucred = crget();
	thread0.td_ucred = crhold(p->p_ucred);
	p->p_sigacts = sigacts_alloc();
	siginit(p);
	p->p_fd = fdinit();

	sx_xlock(&proctree_lock);
	LIST_INSERT_HEAD(PGRPHASH(0), &pgrp0, pg_hash);
	mtx_init(&pgrp0.pg_mtx, "process group", NULL, MTX_DEF | MTX_DUPOK);
	p->p_pgrp = &pgrp0;
	LIST_INSERT_HEAD(&pgrp0.pg_members, p, p_pglist);
	pgrp0.pg_session = &session0;
	session0.s_count = 1;
	session0.s_leader = p;
	sx_xunlock(&proctree_lock);

	sx_xlock(&allproc_lock);
	pidhash_add(p);
	sx_xunlock(&allproc_lock);
}
SYSINIT(proc0_resources, SI_SUB_INTRINSIC, SI_ORDER_SECOND, proc0_resources,
    NULL);
