/*
 * The last thing before user mode.
 *
 * ast() does what could not be done where it was noticed: an interrupt that
 * wants the CPU for somebody else, a signal sent from another CPU, a process that
 * is to stop or end set a flag in td_flags; whoever is about to return to user
 * mode sees TDF_ASTPENDING or TDF_NEEDRESCHED and comes here.
 */
#include <sys/param.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/signalvar.h>
#include <sys/systm.h>

/*
 * A thread that returns to user mode holds nothing and has its user priority
 * again, not the one it slept at.
 */
void
userret(struct thread *td, struct trapframe *frame)
{

	KASSERT(td->td_critnest == 0,
	    ("userret: returning in a critical section"));
	KASSERT(td->td_locks == 0,
	    ("userret: returning with %d locks held", td->td_locks));
	KASSERT((td->td_pflags & TDP_NOFAULTING) == 0,
	    ("userret: returning with page faults disabled"));
	sched_userret(td);
}

void
ast(struct trapframe *frame)
{
	struct thread *td;
	struct proc *p;
	struct sigacts *ps;
	uint32_t flags;
	int sig;

	td = curthread;
	p = td->td_proc;
	td->td_frame = frame;

	thread_lock(td);
	flags = td->td_flags;
	td->td_flags &= ~(TDF_ASTPENDING | TDF_NEEDRESCHED | TDF_NEEDSIGCHK |
	    TDF_NEEDSUSPCHK | TDF_ALRMPEND);
	thread_unlock(td);

	if (flags & TDF_NEEDRESCHED) {
		thread_lock(td);
		sched_prio(td, td->td_user_pri);
		mi_switch(SW_INVOL | SWT_NEEDRESCHED);
	}
	if (td->td_dtrace_sig != 0) {
		/* DTrace's raise(): probe context could not post it. */
		sig = td->td_dtrace_sig;
		td->td_dtrace_sig = 0;
		PROC_LOCK(p);
		kern_psignal(p, sig);
		PROC_UNLOCK(p);
		flags |= TDF_NEEDSIGCHK;
	}
	if ((flags & TDF_NEEDSIGCHK) != 0 ||
	    (td->td_pflags & TDP_SIGDEFER) != 0) {
		td->td_pflags &= ~TDP_SIGDEFER;
		PROC_LOCK(p);
		ps = p->p_sigacts;
		mtx_lock(&ps->ps_mtx);
		while ((sig = cursig(td)) != 0)
			(void)postsig(sig);
		mtx_unlock(&ps->ps_mtx);
		PROC_UNLOCK(p);
	}
	if (flags & TDF_NEEDSUSPCHK) {
		PROC_LOCK(p);
		thread_suspend_check();
		PROC_UNLOCK(p);
	}
	/* sigsuspend(2) leaves its mask on until the signal is taken. */
	if (td->td_pflags & TDP_OLDMASK) {
		td->td_pflags &= ~TDP_OLDMASK;
		PROC_LOCK(p);
		td->td_sigmask = td->td_oldsigmask;
		signotify(td);
		PROC_UNLOCK(p);
	}
	userret(td, frame);
}
