/*
 * What a process wants done about signals: sigaction(2), and the masks of its
 * threads.
 *
 * Lock order: process lock, then ps_mtx ("sigacts").
 */
#include <sys/param.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/syscallsubr.h>
#include <sys/sysproto.h>
#include <sys/systm.h>

MALLOC_DECLARE(M_SUBPROC);

struct sigacts *
sigacts_alloc(void)
{
	struct sigacts *ps;

	ps = malloc(sizeof(struct sigacts), M_SUBPROC, M_WAITOK | M_ZERO);
	mtx_init(&ps->ps_mtx, "sigacts", NULL, MTX_DEF | MTX_DUPOK);
	return (ps);
}

void
sigacts_free(struct sigacts *ps)
{

	mtx_destroy(&ps->ps_mtx);
	free(ps, M_SUBPROC);
}

void
sigacts_copy(struct sigacts *dst, struct sigacts *src)
{

	mtx_assert(&src->ps_mtx, MA_OWNED);
	bcopy(&src->ps_sigact, &dst->ps_sigact,
	    sizeof(*src) - offsetof(struct sigacts, ps_sigact));
}

/* Process 0: everything as by default. */
void
siginit(struct proc *p)
{
	struct sigacts *ps;
	int sig;

	ps = p->p_sigacts;
	for (sig = 1; sig < NSIG; sig++)
		if ((sigproptbl[sig] & SIGPROP_IGNORE) != 0 && sig != SIGCONT)
			SIGADDSET(ps->ps_sigignore, sig);
}

/* execve(2): handlers are gone with the program they were in. */
void
execsigs(struct proc *p)
{
	struct sigacts *ps;
	int sig;

	PROC_LOCK_ASSERT(p, MA_OWNED);
	ps = p->p_sigacts;
	mtx_lock(&ps->ps_mtx);
	for (sig = 1; sig < NSIG; sig++) {
		if (!SIGISMEMBER(ps->ps_sigcatch, sig))
			continue;
		SIGDELSET(ps->ps_sigcatch, sig);
		ps->ps_sigact[sig] = SIG_DFL;
		if ((sigproptbl[sig] & SIGPROP_IGNORE) != 0 && sig != SIGCONT)
			SIGADDSET(ps->ps_sigignore, sig);
	}
	ps->ps_flag &= ~PS_NOCLDSTOP;
	mtx_unlock(&ps->ps_mtx);
}

int
kern_sigaction(struct thread *td, int sig, const struct sigaction *act,
    struct sigaction *oact, int flags)
{
	struct sigacts *ps;
	struct proc *p;

	if (!_SIG_VALID(sig))
		return (EINVAL);
	p = td->td_proc;
	PROC_LOCK(p);
	ps = p->p_sigacts;
	mtx_lock(&ps->ps_mtx);
	if (oact != NULL) {
		bzero(oact, sizeof(*oact));
		oact->sa_handler = ps->ps_sigact[sig];
		oact->sa_mask = ps->ps_catchmask[sig];
		if (!SIGISMEMBER(ps->ps_sigintr, sig))
			oact->sa_flags |= SA_RESTART;
		if (SIGISMEMBER(ps->ps_sigreset, sig))
			oact->sa_flags |= SA_RESETHAND;
		if (SIGISMEMBER(ps->ps_signodefer, sig))
			oact->sa_flags |= SA_NODEFER;
		if (SIGISMEMBER(ps->ps_siginfo, sig))
			oact->sa_flags |= SA_SIGINFO;
		if (sig == SIGCHLD && (ps->ps_flag & PS_NOCLDSTOP) != 0)
			oact->sa_flags |= SA_NOCLDSTOP;
		if (sig == SIGCHLD && (ps->ps_flag & PS_NOCLDWAIT) != 0)
			oact->sa_flags |= SA_NOCLDWAIT;
	}
	if (act == NULL)
		goto out;
	if ((sig == SIGKILL || sig == SIGSTOP) &&
	    act->sa_handler != SIG_DFL) {
		mtx_unlock(&ps->ps_mtx);
		PROC_UNLOCK(p);
		return (EINVAL);
	}
	ps->ps_catchmask[sig] = act->sa_mask;
	SIG_CANTMASK(ps->ps_catchmask[sig]);
	ps->ps_sigact[sig] = act->sa_handler;
#define	SETBY(set, flag) do {						\
	if ((act->sa_flags & (flag)) != 0)				\
		SIGADDSET(ps->set, sig);				\
	else								\
		SIGDELSET(ps->set, sig);				\
} while (0)
	SETBY(ps_sigreset, SA_RESETHAND);
	SETBY(ps_signodefer, SA_NODEFER);
	SETBY(ps_siginfo, SA_SIGINFO);
	if ((act->sa_flags & SA_RESTART) == 0)
		SIGADDSET(ps->ps_sigintr, sig);
	else
		SIGDELSET(ps->ps_sigintr, sig);
#undef SETBY
	if (sig == SIGCHLD) {
		ps->ps_flag &= ~(PS_NOCLDSTOP | PS_NOCLDWAIT | PS_CLDSIGIGN);
		if (act->sa_flags & SA_NOCLDSTOP)
			ps->ps_flag |= PS_NOCLDSTOP;
		if (act->sa_flags & SA_NOCLDWAIT)
			ps->ps_flag |= PS_NOCLDWAIT;
		if (act->sa_handler == SIG_IGN)
			ps->ps_flag |= PS_CLDSIGIGN;
	}
	SIGDELSET(ps->ps_sigcatch, sig);
	SIGDELSET(ps->ps_sigignore, sig);
	if (act->sa_handler == SIG_IGN || (act->sa_handler == SIG_DFL &&
	    (sigproptbl[sig] & SIGPROP_IGNORE) != 0)) {
		/* What is ignored does not wait, either. */
		SIGDELSET(p->p_siglist, sig);
		SIGDELSET(td->td_siglist, sig);
		if (sig != SIGCONT || act->sa_handler == SIG_IGN)
			SIGADDSET(ps->ps_sigignore, sig);
	} else if (act->sa_handler != SIG_DFL)
		SIGADDSET(ps->ps_sigcatch, sig);
out:
	mtx_unlock(&ps->ps_mtx);
	PROC_UNLOCK(p);
	return (0);
}

int
sys_sigaction(struct thread *td, struct sigaction_args *uap)
{
	struct sigaction act, oact;
	int error;

	if (uap->act != NULL) {
		error = copyin(uap->act, &act, sizeof(act));
		if (error != 0)
			return (error);
	}
	error = kern_sigaction(td, uap->sig, uap->act != NULL ? &act : NULL,
	    &oact, 0);
	if (error == 0 && uap->oact != NULL)
		error = copyout(&oact, uap->oact, sizeof(oact));
	return (error);
}

/*
 * Masks.
 */

/* Tell a thread to look at its signals before it goes back to user mode. */
void
signotify(struct thread *td)
{

	PROC_LOCK_ASSERT(td->td_proc, MA_OWNED);
	if (SIGPENDING(td)) {
		thread_lock(td);
		td->td_flags |= TDF_NEEDSIGCHK | TDF_ASTPENDING;
		thread_unlock(td);
	}
}

int
kern_sigprocmask(struct thread *td, int how, sigset_t *set, sigset_t *oset,
    int flags)
{
	struct proc *p;
	int error;

	p = td->td_proc;
	error = 0;
	PROC_LOCK(p);
	if (oset != NULL)
		*oset = td->td_sigmask;
	if (set != NULL) {
		switch (how) {
		case SIG_BLOCK:
			SIG_CANTMASK(*set);
			SIGSETOR(td->td_sigmask, *set);
			break;
		case SIG_UNBLOCK:
			SIGSETNAND(td->td_sigmask, *set);
			signotify(td);
			break;
		case SIG_SETMASK:
			SIG_CANTMASK(*set);
			td->td_sigmask = *set;
			signotify(td);
			break;
		default:
			error = EINVAL;
		}
	}
	PROC_UNLOCK(p);
	return (error);
}

int
sys_sigprocmask(struct thread *td, struct sigprocmask_args *uap)
{
	sigset_t set, oset;
	int error;

	if (uap->set != NULL) {
		error = copyin(uap->set, &set, sizeof(set));
		if (error != 0)
			return (error);
	}
	error = kern_sigprocmask(td, uap->how,
	    uap->set != NULL ? &set : NULL, &oset, 0);
	if (error == 0 && uap->oset != NULL)
		error = copyout(&oset, uap->oset, sizeof(oset));
	return (error);
}

int
sys_sigpending(struct thread *td, struct sigpending_args *uap)
{
	sigset_t pending;

	PROC_LOCK(td->td_proc);
	pending = td->td_proc->p_siglist;
	SIGSETOR(pending, td->td_siglist);
	PROC_UNLOCK(td->td_proc);
	return (copyout(&pending, uap->set, sizeof(pending)));
}

/* Wait for a signal under another mask; ast() restores the old one. */
int
kern_sigsuspend(struct thread *td, sigset_t mask)
{
	struct proc *p;

	p = td->td_proc;
	PROC_LOCK(p);
	td->td_oldsigmask = td->td_sigmask;
	td->td_pflags |= TDP_OLDMASK;
	SIG_CANTMASK(mask);
	td->td_sigmask = mask;
	signotify(td);
	while (msleep(&p->p_sigacts, &p->p_mtx, PPAUSE | PCATCH, "pause",
	    0) == 0)
		continue;
	PROC_UNLOCK(p);
	thread_lock(td);
	td->td_flags |= TDF_ASTPENDING | TDF_NEEDSIGCHK;
	thread_unlock(td);
	return (EINTR);
}

int
sys_sigsuspend(struct thread *td, struct sigsuspend_args *uap)
{
	sigset_t mask;
	int error;

	error = copyin(uap->sigmask, &mask, sizeof(mask));
	if (error != 0)
		return (error);
	return (kern_sigsuspend(td, mask));
}
