/*
 * exit(2) and wait4(2): how a process ends, and how its parent learns of it.
 *
 * exit1() gives back all that a process has except its struct proc, which stays as
 * a zombie with the exit status until the parent waits.  Children of the dead go to
 * init(8).
 */
#include <sys/param.h>
#include <sys/dtrace_bsd.h>
#include <sys/callout.h>
#include <sys/eventhandler.h>
#include <sys/filedesc.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/resource.h>
#include <sys/sched.h>
#include <sys/sdt.h>
#include <sys/signalvar.h>
#include <sys/sx.h>
#include <sys/syscallsubr.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/trace.h>
#include <sys/tty.h>
#include <sys/umtx.h>
#include <sys/vnode.h>
#include <sys/wait.h>
#include <vm/vm.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>

SDT_PROVIDER_DECLARE(proc);
SDT_PROBE_DEFINE1(proc, , , exit, "int");

int
sys_exit(struct thread *td, struct exit_args *uap)
{

	exit1(td, uap->rval, 0);
	/* NOTREACHED */
}

/* Change the parent of child.  proctree_lock exclusive. */
void
proc_reparent(struct proc *child, struct proc *newparent)
{

	sx_assert(&proctree_lock, SA_XLOCKED);
	PROC_LOCK_ASSERT(child, MA_OWNED);
	if (child->p_pptr == newparent)
		return;
	LIST_REMOVE(child, p_sibling);
	LIST_INSERT_HEAD(&newparent->p_children, child, p_sibling);
	child->p_pptr = newparent;
}

/* init(8) is to wait for p from now on. */
void
proc_reparent_init(struct proc *p)
{

	sx_xlock(&proctree_lock);
	PROC_LOCK(p);
	proc_reparent(p, initproc);
	PROC_UNLOCK(p);
	sx_xunlock(&proctree_lock);
}

/* Let a waiting parent look again.  Parent locked. */
static void
wakeup_parent(struct proc *pptr)
{

	PROC_LOCK_ASSERT(pptr, MA_OWNED);
	pptr->p_flag |= P_STATCHILD;
	wakeup(pptr);
}

/*
 * End the process of td: exit status rval, or killed by signo.  Does not return.
 */
void
exit1(struct thread *td, int rval, int signo)
{
	struct proc *p, *q, *nq;
	struct vnode *vp;
	siginfo_t *si;
	ksiginfo_t ksi;
	bool autoreap;

	p = td->td_proc;
	if (p == initproc) {
		printf("init died (signal %d, exit %d)\n", signo, rval);
		panic("Going nowhere without my init!");
	}

	/* Other threads of the process go first. */
	PROC_LOCK(p);
	while (p->p_flag & P_HADTHREADS) {
		thread_suspend_check();		/* Another thread is ahead of us. */
		if (thread_single(p, SINGLE_EXIT) == 0)
			break;
	}
	p->p_flag |= P_WEXIT;
	p->p_xexit = rval;
	p->p_xsig = signo;
	SIGEMPTYSET(p->p_siglist);
	SIGEMPTYSET(td->td_siglist);
	wakeup(&p->p_stopped);
	while (p->p_lock > 0)
		msleep(&p->p_lock, &p->p_mtx, PWAIT, "exithold", 0);
	bzero(&p->p_realtimer, sizeof(p->p_realtimer));
	(void)callout_stop(&p->p_itcallout);
	PROC_UNLOCK(p);
	callout_drain(&p->p_itcallout);
	tidhash_remove(td);

	EVENTHANDLER_INVOKE(process_exit, p);
#ifdef KDTRACE_HOOKS
	if (__predict_false(dtrace_fasttrap_exit != NULL))
		(*dtrace_fasttrap_exit)(p);
#endif

	/* Files, then memory. */
	fdescfree(td);
	vmspace_exit(td);

	/* A session's leader leaves the terminal behind. */
	sx_xlock(&proctree_lock);
	if (SESS_LEADER(p) && p->p_session->s_ttyp != NULL)
		tty_rel_sess(p->p_session->s_ttyp, p->p_session);
	sx_xunlock(&proctree_lock);

	vp = p->p_textvp;
	p->p_textvp = NULL;
	if (vp != NULL)
		vrele(vp);

	/* Out of the system, in the eyes of all but the parent. */
	sx_xlock(&proctree_lock);
	PROC_LOCK(p);
	p->p_flag &= ~(P_TRACED | P_PPWAIT);
	wakeup(&p->p_pptr);			/* vfork's parent. */
	PROC_UNLOCK(p);

	/* Orphans go to init; dead ones it will have to wait for. */
	LIST_FOREACH_SAFE(q, &p->p_children, p_sibling, nq) {
		PROC_LOCK(q);
		proc_reparent(q, initproc);
		if (q->p_state == PRS_ZOMBIE) {
			PROC_UNLOCK(q);
			PROC_LOCK(initproc);
			wakeup_parent(initproc);
			PROC_UNLOCK(initproc);
		} else
			PROC_UNLOCK(q);
	}

	/* What it used, for wait4(2) and the parent's totals. */
	PROC_LOCK(p);
	PROC_STATLOCK(p);
	ruxagg(p, td);
	PROC_STATUNLOCK(p);
	PROC_UNLOCK(p);

	SDT_PROBE1(proc, , , exit, signo == 0 ? CLD_EXITED :
	    WCOREDUMP(signo) ? CLD_DUMPED : CLD_KILLED);

	/* A parent that does not care for its children gives them to init. */
	PROC_LOCK(p->p_pptr);
	mtx_lock(&p->p_pptr->p_sigacts->ps_mtx);
	autoreap = (p->p_pptr->p_sigacts->ps_flag &
	    (PS_NOCLDWAIT | PS_CLDSIGIGN)) != 0;
	mtx_unlock(&p->p_pptr->p_sigacts->ps_mtx);
	if (autoreap && p->p_pptr != initproc) {
		wakeup_parent(p->p_pptr);
		PROC_UNLOCK(p->p_pptr);
		PROC_LOCK(p);
		proc_reparent(p, initproc);
		PROC_UNLOCK(p);
		PROC_LOCK(initproc);
	}
	bzero(&ksi, sizeof(ksi));
	si = &ksi.ksi_info;
	si->si_signo = SIGCHLD;
	si->si_code = signo == 0 ? CLD_EXITED : CLD_KILLED;
	si->si_status = signo == 0 ? rval : signo;
	si->si_pid = p->p_pid;
	pksignal(p->p_pptr, SIGCHLD, &ksi);

	PROC_LOCK(p);
	sx_xunlock(&proctree_lock);
	p->p_state = PRS_ZOMBIE;
	wakeup_parent(p->p_pptr);
	PROC_UNLOCK(p->p_pptr);

	sched_exit(p->p_pptr, td);
	PROC_SLOCK(p);
	thread_exit();
	/* NOTREACHED */
}

/* Give back what is left of a zombie: its parent has its status. */
static void
proc_reap(struct thread *td, struct proc *p)
{
	struct proc *q;

	sx_assert(&proctree_lock, SA_XLOCKED);
	PROC_LOCK_ASSERT(p, MA_OWNED);
	q = td->td_proc;
	PROC_UNLOCK(p);

	sx_xlock(&allproc_lock);
	LIST_REMOVE(p, p_list);
	LIST_REMOVE(p, p_hash);
	fork_release_pid();
	sx_xunlock(&allproc_lock);
	leavepgrp(p);
	LIST_REMOVE(p, p_sibling);
	sx_xunlock(&proctree_lock);

	/* Its last thread may still be on its way off a CPU. */
	thread_wait(p);
	SDT_PROBE1(_trace, , , proc__reap, p->p_pid);

	PROC_LOCK(q);
	q->p_crux.rux_runtime += p->p_rux.rux_runtime + p->p_crux.rux_runtime;
	q->p_crux.rux_uticks += p->p_rux.rux_uticks + p->p_crux.rux_uticks;
	q->p_crux.rux_sticks += p->p_rux.rux_sticks + p->p_crux.rux_sticks;
	q->p_crux.rux_iticks += p->p_rux.rux_iticks + p->p_crux.rux_iticks;
	q->p_crux.rux_nvcsw += p->p_rux.rux_nvcsw + p->p_crux.rux_nvcsw;
	q->p_crux.rux_nivcsw += p->p_rux.rux_nivcsw + p->p_crux.rux_nivcsw;
	q->p_crux.rux_minflt += p->p_rux.rux_minflt + p->p_crux.rux_minflt;
	PROC_UNLOCK(q);

	sigacts_free(p->p_sigacts);
	p->p_sigacts = NULL;
	pargs_drop(p->p_args);
	p->p_args = NULL;
	crfree(p->p_ucred);
	p->p_ucred = NULL;
	p->p_pptr = NULL;
	proc_free(p);
}

/* Is p one that wait4(pid) means? */
static bool
wait_wanted(struct proc *p, pid_t pid)
{

	if (pid == WAIT_ANY)
		return (true);
	if (pid < 0)
		return (p->p_pgrp->pg_id == -pid);
	return (p->p_pid == pid);
}

int
kern_wait(struct thread *td, pid_t pid, int *status, int options,
    struct rusage *rup)
{
	struct proc *p, *q;
	int error, nfound;

	if (options & ~(WUNTRACED | WNOHANG | WCONTINUED))
		return (EINVAL);
	q = td->td_proc;
	if (pid == WAIT_MYPGRP)
		pid = -q->p_pgrp->pg_id;
loop:
	/* News from here on wakes us: the flag is set again. */
	PROC_LOCK(q);
	q->p_flag &= ~P_STATCHILD;
	PROC_UNLOCK(q);
	nfound = 0;
	sx_xlock(&proctree_lock);
	LIST_FOREACH(p, &q->p_children, p_sibling) {
		if (!wait_wanted(p, pid))
			continue;
		nfound++;
		PROC_LOCK(p);
		if (p->p_state == PRS_ZOMBIE) {
			td->td_retval[0] = p->p_pid;
			if (status != NULL)
				*status = W_EXITCODE(p->p_xexit & 0xff,
				    p->p_xsig);
			if (rup != NULL)
				rufetch(p, rup);
			proc_reap(td, p);
			return (0);
		}
		if ((options & WUNTRACED) != 0 &&
		    (p->p_flag & (P_STOPPED_SIG | P_WAITED)) == P_STOPPED_SIG) {
			p->p_flag |= P_WAITED;
			td->td_retval[0] = p->p_pid;
			if (status != NULL)
				*status = W_STOPCODE(p->p_xsig);
			PROC_UNLOCK(p);
			sx_xunlock(&proctree_lock);
			return (0);
		}
		PROC_UNLOCK(p);
	}
	sx_xunlock(&proctree_lock);
	if (nfound == 0)
		return (ECHILD);
	if (options & WNOHANG) {
		td->td_retval[0] = 0;
		return (0);
	}
	PROC_LOCK(q);
	if (q->p_flag & P_STATCHILD) {
		q->p_flag &= ~P_STATCHILD;
		error = 0;
	} else
		error = msleep(q, &q->p_mtx, PWAIT | PCATCH, "wait", 0);
	PROC_UNLOCK(q);
	if (error != 0)
		return (error);
	goto loop;
}

int
sys_wait4(struct thread *td, struct wait4_args *uap)
{
	struct rusage ru;
	int error, status;

	status = 0;
	error = kern_wait(td, uap->pid, &status, uap->options,
	    uap->rusage != NULL ? &ru : NULL);
	if (error != 0 || td->td_retval[0] == 0)
		return (error);
	if (uap->status != NULL)
		error = copyout(&status, uap->status, sizeof(status));
	if (error == 0 && uap->rusage != NULL)
		error = copyout(&ru, uap->rusage, sizeof(ru));
	return (error);
}
