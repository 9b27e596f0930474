/*
 * Who a process is: ids, groups, sessions, credentials.
 *
 * Everything here runs as root (uid 0); the calls exist so that programs which ask
 * get an answer, and credentials are counted as on the real thing.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/refcount.h>
#include <sys/sx.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/ucred.h>

MALLOC_DEFINE(M_CRED, "cred", "credentials");
MALLOC_DECLARE(M_PGRP);
MALLOC_DECLARE(M_SESSION);

struct ucred *
crget(void)
{
	struct ucred *cr;

	cr = malloc(sizeof(*cr), M_CRED, M_WAITOK | M_ZERO);
	refcount_init(&cr->cr_ref, 1);
	cr->cr_ngroups = 1;
	return (cr);
}

struct ucred *
crhold(struct ucred *cr)
{

	refcount_acquire(&cr->cr_ref);
	return (cr);
}

void
crfree(struct ucred *cr)
{

	if (refcount_release(&cr->cr_ref))
		free(cr, M_CRED);
}

/* Everything but the count. */
void
crcopy(struct ucred *dst, struct ucred *src)
{

	bcopy(&src->cr_uid, &dst->cr_uid,
	    sizeof(*src) - offsetof(struct ucred, cr_uid));
}

struct ucred *
crdup(struct ucred *cr)
{
	struct ucred *newcr;

	newcr = crget();
	crcopy(newcr, cr);
	return (newcr);
}

int
sys_getpid(struct thread *td, struct getpid_args *uap)
{

	td->td_retval[0] = td->td_proc->p_pid;
	return (0);
}

int
sys_getppid(struct thread *td, struct getppid_args *uap)
{

	/* Who the parent is changes under proctree_lock only. */
	sx_slock(&proctree_lock);
	td->td_retval[0] = td->td_proc->p_pptr->p_pid;
	sx_sunlock(&proctree_lock);
	return (0);
}

int
sys_getuid(struct thread *td, struct getuid_args *uap)
{

	td->td_retval[0] = td->td_ucred->cr_ruid;
	return (0);
}

int
sys_geteuid(struct thread *td, struct geteuid_args *uap)
{

	td->td_retval[0] = td->td_ucred->cr_uid;
	return (0);
}

int
sys_getgid(struct thread *td, struct getgid_args *uap)
{

	td->td_retval[0] = td->td_ucred->cr_rgid;
	return (0);
}

int
sys_getegid(struct thread *td, struct getegid_args *uap)
{

	td->td_retval[0] = td->td_ucred->cr_gid;
	return (0);
}

int
sys_issetugid(struct thread *td, struct issetugid_args *uap)
{

	td->td_retval[0] = (td->td_proc->p_flag & P_SUGID) != 0;
	return (0);
}

int
sys_getpgrp(struct thread *td, struct getpgrp_args *uap)
{

	PROC_LOCK(td->td_proc);
	td->td_retval[0] = td->td_proc->p_pgrp->pg_id;
	PROC_UNLOCK(td->td_proc);
	return (0);
}

int
sys_getpgid(struct thread *td, struct getpgid_args *uap)
{
	struct proc *p;

	if (uap->pid == 0) {
		p = td->td_proc;
		PROC_LOCK(p);
	} else {
		p = pfind(uap->pid);
		if (p == NULL)
			return (ESRCH);
	}
	td->td_retval[0] = p->p_pgrp->pg_id;
	PROC_UNLOCK(p);
	return (0);
}

int
sys_getsid(struct thread *td, struct getsid_args *uap)
{
	struct proc *p;

	if (uap->pid == 0) {
		p = td->td_proc;
		PROC_LOCK(p);
	} else {
		p = pfind(uap->pid);
		if (p == NULL)
			return (ESRCH);
	}
	td->td_retval[0] = p->p_session->s_sid;
	PROC_UNLOCK(p);
	return (0);
}

/* A session of one's own, with a group of one's own, and no terminal. */
int
sys_setsid(struct thread *td, struct setsid_args *uap)
{
	struct pgrp *newpgrp;
	struct session *newsess;
	struct proc *p;
	int error;

	p = td->td_proc;
	newpgrp = malloc(sizeof(*newpgrp), M_PGRP, M_WAITOK | M_ZERO);
	newsess = malloc(sizeof(*newsess), M_SESSION, M_WAITOK | M_ZERO);
	error = 0;
	sx_xlock(&proctree_lock);
	if (p->p_pgrp->pg_id == p->p_pid || pgfind(p->p_pid) != NULL)
		error = EPERM;		/* Leads a group already. */
	else {
		(void)enterpgrp(p, p->p_pid, newpgrp, newsess);
		td->td_retval[0] = p->p_pid;
		newpgrp = NULL;
		newsess = NULL;
	}
	sx_xunlock(&proctree_lock);
	free(newpgrp, M_PGRP);
	free(newsess, M_SESSION);
	return (error);
}

/* Move a process (oneself or a child) to a group, or to a new one it leads. */
int
sys_setpgid(struct thread *td, struct setpgid_args *uap)
{
	struct pgrp *newpgrp;
	struct proc *curp, *targp;
	pid_t pgid;
	int error;

	if (uap->pgid < 0)
		return (EINVAL);
	curp = td->td_proc;
	error = 0;
	newpgrp = malloc(sizeof(*newpgrp), M_PGRP, M_WAITOK | M_ZERO);
	sx_xlock(&proctree_lock);
	if (uap->pid != 0 && uap->pid != curp->p_pid) {
		targp = pfind(uap->pid);
		if (targp == NULL) {
			error = ESRCH;
			goto done;
		}
		PROC_UNLOCK(targp);
		if (targp->p_pptr != curp)
			error = ESRCH;
		else if (targp->p_pgrp == NULL ||
		    targp->p_session != curp->p_session)
			error = EPERM;
		else if (targp->p_flag & P_EXEC)
			error = EACCES;
	} else
		targp = curp;
	if (error == 0 && SESS_LEADER(targp))
		error = EPERM;
	if (error != 0)
		goto done;
	pgid = uap->pgid != 0 ? uap->pgid : targp->p_pid;
	if (pgfind(pgid) != NULL)
		error = enterpgrp(targp, pgid, NULL, NULL);
	else if (pgid == targp->p_pid) {
		error = enterpgrp(targp, pgid, newpgrp, NULL);
		newpgrp = NULL;
	} else
		error = EPERM;
done:
	sx_xunlock(&proctree_lock);
	free(newpgrp, M_PGRP);
	return (error);
}
