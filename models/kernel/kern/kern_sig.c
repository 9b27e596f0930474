/*
 * Signals: sending, waiting to be taken, and taking.  What a process wants done
 * about each, and its masks, are kern_sigact.c.
 *
 * Sending (tdsendsignal()) puts the signal into a pending set, picks a thread to
 * take it and pokes that one: out of an interruptible sleep, or over an IPI out of
 * user mode.  Taking happens in ast(): cursig() finds a signal that the mask lets
 * through, postsig() does what the process wants done: die, or run a handler
 * (sendsig(), amd64/exec_machdep.c).  Stopping happens inside cursig().
 *
 * Lock order: process lock, then ps_mtx ("sigacts").
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/sdt.h>
#include <sys/signalvar.h>
#include <sys/sleepqueue.h>
#include <sys/smp.h>
#include <sys/sx.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/wait.h>

SDT_PROVIDER_DECLARE(proc);
SDT_PROBE_DEFINE3_XLATE(proc, , , signal__send, "struct thread *",
    "lwpsinfo_t *", "struct proc *", "psinfo_t *", "int", "int");
SDT_PROBE_DEFINE3_XLATE(proc, , , signal__discard, "struct thread *",
    "lwpsinfo_t *", "struct proc *", "psinfo_t *", "int", "int");
/* A signal taken by sigwait(2) and its like, which there are none of. */
SDT_PROBE_DEFINE2(proc, , , signal__clear, "int", "ksiginfo_t *");

/* What each does by default: SIGPROP_. */
const unsigned char sigproptbl[NSIG] = {
	[SIGHUP] = SIGPROP_KILL,
	[SIGINT] = SIGPROP_KILL,
	[SIGQUIT] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGILL] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGTRAP] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGABRT] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGEMT] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGFPE] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGKILL] = SIGPROP_KILL,
	[SIGBUS] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGSEGV] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGSYS] = SIGPROP_KILL | SIGPROP_CORE,
	[SIGPIPE] = SIGPROP_KILL,
	[SIGALRM] = SIGPROP_KILL,
	[SIGTERM] = SIGPROP_KILL,
	[SIGURG] = SIGPROP_IGNORE,
	[SIGSTOP] = SIGPROP_STOP,
	[SIGTSTP] = SIGPROP_STOP | SIGPROP_TTYSTOP,
	[SIGCONT] = SIGPROP_IGNORE | SIGPROP_CONT,
	[SIGCHLD] = SIGPROP_IGNORE,
	[SIGTTIN] = SIGPROP_STOP | SIGPROP_TTYSTOP,
	[SIGTTOU] = SIGPROP_STOP | SIGPROP_TTYSTOP,
	[SIGIO] = SIGPROP_IGNORE,
	[SIGXCPU] = SIGPROP_KILL,
	[SIGXFSZ] = SIGPROP_KILL,
	[SIGVTALRM] = SIGPROP_KILL,
	[SIGPROF] = SIGPROP_KILL,
	[SIGWINCH] = SIGPROP_IGNORE,
	[SIGINFO] = SIGPROP_IGNORE,
	[SIGUSR1] = SIGPROP_KILL,
	[SIGUSR2] = SIGPROP_KILL,
};

#define	STOPSIGMASK	(SIG_BIT(SIGSTOP) | SIG_BIT(SIGTSTP) |		\
	SIG_BIT(SIGTTIN) | SIG_BIT(SIGTTOU))

int	kern_logsigexit = 1;	/* Tell the console of accidents. */

static int	issignal(struct thread *td);
static struct thread *sigtd(struct proc *p, int sig);
static void	tdsigwakeup(struct thread *td, int sig, int prop, int intrval);

/*
 * Sending.
 */

void
kern_psignal(struct proc *p, int sig)
{
	ksiginfo_t ksi;

	bzero(&ksi, sizeof(ksi));
	ksi.ksi_signo = sig;
	ksi.ksi_code = SI_KERNEL;
	(void)tdsendsignal(p, NULL, sig, &ksi);
}

void
pksignal(struct proc *p, int sig, ksiginfo_t *ksi)
{

	(void)tdsendsignal(p, NULL, sig, ksi);
}

void
tdsignal(struct thread *td, int sig)
{
	ksiginfo_t ksi;

	bzero(&ksi, sizeof(ksi));
	ksi.ksi_signo = sig;
	ksi.ksi_code = SI_KERNEL;
	(void)tdsendsignal(td->td_proc, td, sig, &ksi);
}

/*
 * A fault in user code.  It cannot be put off: if the process blocks or ignores
 * that signal, it dies of it.
 */
void
trapsignal(struct thread *td, ksiginfo_t *ksi)
{
	struct sigacts *ps;
	struct proc *p;
	int sig;

	p = td->td_proc;
	sig = ksi->ksi_signo;
	PROC_LOCK(p);
	ps = p->p_sigacts;
	mtx_lock(&ps->ps_mtx);
	if (SIGISMEMBER(td->td_sigmask, sig) ||
	    SIGISMEMBER(ps->ps_sigignore, sig)) {
		SIGDELSET(td->td_sigmask, sig);
		SIGDELSET(ps->ps_sigignore, sig);
		SIGDELSET(ps->ps_sigcatch, sig);
		ps->ps_sigact[sig] = SIG_DFL;
	}
	mtx_unlock(&ps->ps_mtx);
	ksi->ksi_flags |= KSI_TRAP;
	(void)tdsendsignal(p, td, sig, ksi);
	PROC_UNLOCK(p);
}

/* The thread that is to take a signal sent to the whole process. */
static struct thread *
sigtd(struct proc *p, int sig)
{
	struct thread *td;

	PROC_LOCK_ASSERT(p, MA_OWNED);
	if (curproc == p && !SIGISMEMBER(curthread->td_sigmask, sig))
		return (curthread);
	FOREACH_THREAD_IN_PROC(p, td)
		if (!SIGISMEMBER(td->td_sigmask, sig))
			return (td);
	return (FIRST_THREAD_IN_PROC(p));
}

/* A stopped process goes on. */
static void
sig_unstop(struct proc *p)
{

	p->p_flag &= ~(P_STOPPED_SIG | P_WAITED);
	wakeup(&p->p_stopped);
}

int
tdsendsignal(struct proc *p, struct thread *td, int sig, ksiginfo_t *ksi)
{
	struct thread *tdi;
	struct sigacts *ps;
	sigset_t *list;
	int intrval, prop;
	bool held;

	PROC_LOCK_ASSERT(p, MA_OWNED);
	KASSERT(_SIG_VALID(sig), ("%s(): invalid signal %d", __func__, sig));
	if (p->p_state == PRS_ZOMBIE || (p->p_flag & P_KPROC) != 0)
		return (0);
	ps = p->p_sigacts;
	list = td != NULL ? &td->td_siglist : &p->p_siglist;
	if (td == NULL)
		td = sigtd(p, sig);
	SDT_PROBE3(proc, , , signal__send, td, p, sig);

	prop = sigproptbl[sig];
	mtx_lock(&ps->ps_mtx);
	if (SIGISMEMBER(ps->ps_sigignore, sig)) {
		SDT_PROBE3(proc, , , signal__discard, td, p, sig);
		mtx_unlock(&ps->ps_mtx);
		return (0);
	}
	held = SIGISMEMBER(td->td_sigmask, sig);
	intrval = SIGISMEMBER(ps->ps_sigintr, sig) ? EINTR : ERESTART;
	if (ksi != NULL)
		ps->ps_info[sig] = ksi->ksi_info;
	mtx_unlock(&ps->ps_mtx);

	/* Stop and continue cancel each other. */
	if (prop & SIGPROP_CONT) {
		p->p_siglist.__bits[0] &= ~STOPSIGMASK;
		FOREACH_THREAD_IN_PROC(p, tdi)
			tdi->td_siglist.__bits[0] &= ~STOPSIGMASK;
	} else if (prop & SIGPROP_STOP) {
		SIGDELSET(p->p_siglist, SIGCONT);
		FOREACH_THREAD_IN_PROC(p, tdi)
			SIGDELSET(tdi->td_siglist, SIGCONT);
	}
	SIGADDSET(*list, sig);
	if (list == &p->p_siglist) {
		FOREACH_THREAD_IN_PROC(p, tdi)
			signotify(tdi);
	} else
		signotify(td);

	if (p->p_flag & P_STOPPED_SIG) {
		if ((prop & SIGPROP_CONT) == 0 && sig != SIGKILL)
			return (0);	/* Taken when it goes on. */
		sig_unstop(p);
	}
	if (held && (prop & SIGPROP_CONT) == 0)
		return (0);
	tdsigwakeup(td, sig, prop, intrval);
	return (0);
}

/* Bring td to look at its signals soon. */
static void
tdsigwakeup(struct thread *td, int sig, int prop, int intrval)
{

	thread_lock(td);
	/* Who is to die should not wait for the CPU long. */
	if (sig == SIGKILL && td->td_priority > PUSER &&
	    PRI_BASE(td->td_pri_class) != PRI_IDLE)
		sched_prio(td, PUSER);
	if (TD_ON_SLEEPQ(td) && TD_IS_SLEEPING(td)) {
		if ((td->td_flags & TDF_SINTR) == 0) {
			thread_unlock(td);	/* Not to be disturbed. */
			return;
		}
		(void)sleepq_abort(td, intrval);
		return;
	}
	if (TD_IS_RUNNING(td) && td != curthread && td->td_oncpu != NOCPU)
		ipi_cpu(td->td_oncpu, IPI_AST_BIT);
	thread_unlock(td);
}

void
pgsignal(struct pgrp *pgrp, int sig, int checkctty, ksiginfo_t *ksi)
{
	struct proc *p;

	mtx_assert(&pgrp->pg_mtx, MA_OWNED);
	LIST_FOREACH(p, &pgrp->pg_members, p_pglist) {
		PROC_LOCK(p);
		if (p->p_state == PRS_NORMAL &&
		    (checkctty == 0 || (p->p_flag & P_CONTROLT) != 0))
			pksignal(p, sig, ksi);
		PROC_UNLOCK(p);
	}
}

void
gsignal(int pgid, int sig, ksiginfo_t *ksi)
{
	struct pgrp *pgrp;

	sx_slock(&proctree_lock);
	pgrp = pgfind(pgid);
	if (pgrp != NULL) {
		PGRP_LOCK(pgrp);
		pgsignal(pgrp, sig, 0, ksi);
		PGRP_UNLOCK(pgrp);
	}
	sx_sunlock(&proctree_lock);
}

/* kill(2) to a group, or (all) to everybody but the system and ourselves. */
static int
killpg1(struct thread *td, int sig, int pgid, int all, ksiginfo_t *ksi)
{
	struct proc *p;
	struct pgrp *pgrp;
	int nfound;

	nfound = 0;
	if (all) {
		sx_slock(&allproc_lock);
		FOREACH_PROC_IN_SYSTEM(p) {
			if (p->p_pid <= 1 || (p->p_flag & P_SYSTEM) != 0 ||
			    p == td->td_proc || p->p_state != PRS_NORMAL)
				continue;
			PROC_LOCK(p);
			nfound++;
			if (sig != 0)
				pksignal(p, sig, ksi);
			PROC_UNLOCK(p);
		}
		sx_sunlock(&allproc_lock);
	} else {
		sx_slock(&proctree_lock);
		pgrp = pgid == 0 ? td->td_proc->p_pgrp : pgfind(pgid);
		if (pgrp == NULL) {
			sx_sunlock(&proctree_lock);
			return (ESRCH);
		}
		PGRP_LOCK(pgrp);
		LIST_FOREACH(p, &pgrp->pg_members, p_pglist)
			if (p->p_pid > 1 && p->p_state == PRS_NORMAL)
				nfound++;
		if (sig != 0)
			pgsignal(pgrp, sig, 0, ksi);
		PGRP_UNLOCK(pgrp);
		sx_sunlock(&proctree_lock);
	}
	return (nfound != 0 ? 0 : ESRCH);
}

int
sys_kill(struct thread *td, struct kill_args *uap)
{
	ksiginfo_t ksi;
	struct proc *p;

	if ((u_int)uap->signum >= NSIG)
		return (EINVAL);
	bzero(&ksi, sizeof(ksi));
	ksi.ksi_signo = uap->signum;
	ksi.ksi_code = SI_USER;
	ksi.ksi_pid = td->td_proc->p_pid;
	ksi.ksi_uid = td->td_ucred->cr_ruid;

	if (uap->pid > 0) {
		p = pfind_any(uap->pid);
		if (p == NULL)
			return (ESRCH);
		if (uap->signum != 0)
			pksignal(p, uap->signum, &ksi);
		PROC_UNLOCK(p);
		return (0);
	}
	switch (uap->pid) {
	case -1:
		return (killpg1(td, uap->signum, 0, 1, &ksi));
	case 0:
		return (killpg1(td, uap->signum, 0, 0, &ksi));
	default:
		return (killpg1(td, uap->signum, -uap->pid, 0, &ksi));
	}
}

int
sys_thr_kill(struct thread *td, struct thr_kill_args *uap)
{
	ksiginfo_t ksi;
	struct thread *ttd;
	struct proc *p;

	if ((u_int)uap->sig >= NSIG)
		return (EINVAL);
	bzero(&ksi, sizeof(ksi));
	ksi.ksi_signo = uap->sig;
	ksi.ksi_code = SI_LWP;
	ksi.ksi_pid = td->td_proc->p_pid;
	ksi.ksi_uid = td->td_ucred->cr_ruid;
	ttd = tdfind((lwpid_t)uap->id, td->td_proc->p_pid);
	if (ttd == NULL)
		return (ESRCH);
	p = ttd->td_proc;
	if (uap->sig != 0)
		(void)tdsendsignal(p, ttd, uap->sig, &ksi);
	PROC_UNLOCK(p);
	return (0);
}

/*
 * Taking.
 */

/*
 * Is there a reason not to sleep interruptibly?  Looks without taking: what is
 * found stays pending for ast().
 */
int
sig_intr_locked(struct thread *td)
{
	struct sigacts *ps;
	struct proc *p;
	uint32_t pending;
	int ret;

	p = td->td_proc;
	PROC_LOCK_ASSERT(p, MA_OWNED);
	if ((p->p_flag & P_SINGLE_EXIT) != 0 && p->p_singlethread != td)
		return (EINTR);
	ret = 0;
	ps = p->p_sigacts;
	mtx_lock(&ps->ps_mtx);
	pending = (td->td_siglist.__bits[0] | p->p_siglist.__bits[0]) &
	    ~td->td_sigmask.__bits[0] & ~ps->ps_sigignore.__bits[0];
	if (p->p_flag & P_PPWAIT)
		pending &= ~STOPSIGMASK;
	if (pending != 0)
		ret = SIGISMEMBER(ps->ps_sigintr, ffs(pending)) ?
		    EINTR : ERESTART;
	mtx_unlock(&ps->ps_mtx);
	return (ret);
}

int
sig_intr(void)
{
	struct thread *td;
	int ret;

	td = curthread;
	if ((td->td_flags & (TDF_NEEDSIGCHK | TDF_NEEDSUSPCHK)) == 0)
		return (0);
	PROC_LOCK(td->td_proc);
	ret = sig_intr_locked(td);
	PROC_UNLOCK(td->td_proc);
	return (ret);
}

/* The next signal to be acted upon, or 0. */
int
cursig(struct thread *td)
{

	PROC_LOCK_ASSERT(td->td_proc, MA_OWNED);
	mtx_assert(&td->td_proc->p_sigacts->ps_mtx, MA_OWNED);
	return (SIGPENDING(td) ? issignal(td) : 0);
}

static void
sigdelete(struct thread *td, int sig)
{

	if (SIGISMEMBER(td->td_siglist, sig))
		SIGDELSET(td->td_siglist, sig);
	else
		SIGDELSET(td->td_proc->p_siglist, sig);
}

/* Stop here until somebody sends SIGCONT or SIGKILL. */
static void
sig_stop(struct thread *td, int sig)
{
	struct sigacts *ps;
	struct proc *p, *pptr;
	ksiginfo_t ksi;

	p = td->td_proc;
	ps = p->p_sigacts;
	mtx_unlock(&ps->ps_mtx);
	p->p_flag |= P_STOPPED_SIG;
	p->p_flag &= ~P_WAITED;
	p->p_xsig = sig;
	PROC_UNLOCK(p);

	sx_slock(&proctree_lock);
	pptr = p->p_pptr;
	PROC_LOCK(pptr);
	pptr->p_flag |= P_STATCHILD;
	wakeup(pptr);
	if ((pptr->p_sigacts->ps_flag & PS_NOCLDSTOP) == 0) {
		bzero(&ksi, sizeof(ksi));
		ksi.ksi_signo = SIGCHLD;
		ksi.ksi_code = CLD_STOPPED;
		ksi.ksi_pid = p->p_pid;
		ksi.ksi_status = sig;
		pksignal(pptr, SIGCHLD, &ksi);
	}
	PROC_UNLOCK(pptr);
	sx_sunlock(&proctree_lock);

	PROC_LOCK(p);
	while (p->p_flag & P_STOPPED_SIG)
		(void)msleep(&p->p_stopped, &p->p_mtx, PPAUSE, "stopped", 0);
	mtx_lock(&ps->ps_mtx);
}

static int
issignal(struct thread *td)
{
	struct sigacts *ps;
	struct proc *p;
	uint32_t pending;
	int prop, sig;

	p = td->td_proc;
	ps = p->p_sigacts;
	for (;;) {
		pending = (td->td_siglist.__bits[0] | p->p_siglist.__bits[0]) &
		    ~td->td_sigmask.__bits[0];
		if (p->p_flag & P_PPWAIT)
			pending &= ~STOPSIGMASK;
		/*
		 * A handler's frame goes on top of the frame that was
		 * interrupted; on top of one that has not started yet there
		 * is no telling where.  Handlers then wait for the next time.
		 */
		if ((pending & ps->ps_sigcatch.__bits[0]) != 0 &&
		    !sendsig_possible(td)) {
			td->td_pflags |= TDP_SIGDEFER;
			pending &= ~ps->ps_sigcatch.__bits[0];
		}
		if (pending == 0)
			return (0);
		sig = ffs(pending);
		if (SIGISMEMBER(ps->ps_sigignore, sig)) {
			sigdelete(td, sig);
			continue;
		}
		if (ps->ps_sigact[sig] != SIG_DFL)
			return (sig);

		/* By default: */
		prop = sigproptbl[sig];
		if (p->p_pid <= 1 || (prop & SIGPROP_IGNORE) != 0) {
			/* init(8) must not be killed by accident. */
			sigdelete(td, sig);
			continue;
		}
		if ((prop & SIGPROP_STOP) == 0)
			return (sig);
		sigdelete(td, sig);
		sig_stop(td, sig);
	}
}

/* Act upon a signal that cursig() returned.  Does not always return. */
int
postsig(int sig)
{
	struct thread *td;
	struct sigacts *ps;
	struct proc *p;
	ksiginfo_t ksi;
	sigset_t returnmask;
	__sighandler_t *action;

	td = curthread;
	p = td->td_proc;
	ps = p->p_sigacts;
	PROC_LOCK_ASSERT(p, MA_OWNED);
	mtx_assert(&ps->ps_mtx, MA_OWNED);
	sigdelete(td, sig);
	bzero(&ksi, sizeof(ksi));
	ksi.ksi_info = ps->ps_info[sig];
	ksi.ksi_signo = sig;
	action = ps->ps_sigact[sig];
	if (action == SIG_DFL) {
		mtx_unlock(&ps->ps_mtx);
		sigexit(td, sig);
		/* NOTREACHED */
	}
	KASSERT(action != SIG_IGN && !SIGISMEMBER(td->td_sigmask, sig),
	    ("postsig action"));

	/* The mask to come back to: sigsuspend(2) has kept the true one. */
	if (td->td_pflags & TDP_OLDMASK) {
		returnmask = td->td_oldsigmask;
		td->td_pflags &= ~TDP_OLDMASK;
	} else
		returnmask = td->td_sigmask;
	SIGSETOR(td->td_sigmask, ps->ps_catchmask[sig]);
	if (!SIGISMEMBER(ps->ps_signodefer, sig))
		SIGADDSET(td->td_sigmask, sig);
	if (SIGISMEMBER(ps->ps_sigreset, sig)) {
		ps->ps_sigact[sig] = SIG_DFL;
		SIGDELSET(ps->ps_sigcatch, sig);
		if ((sigproptbl[sig] & SIGPROP_IGNORE) != 0 && sig != SIGCONT)
			SIGADDSET(ps->ps_sigignore, sig);
	}
	/* A handler without SA_RESTART makes the call fail instead. */
	if (td->td_sa.restart && SIGISMEMBER(ps->ps_sigintr, sig)) {
		td->td_sa.restart = 0;
		cpu_set_syscall_retval(td, EINTR);
	}
	mtx_unlock(&ps->ps_mtx);
	PROC_UNLOCK(p);
	if (sendsig(action, &ksi, &returnmask) != 0) {
		/* No room for it on the stack. */
		PROC_LOCK(p);
		sigexit(td, SIGILL);
	}
	PROC_LOCK(p);
	mtx_lock(&ps->ps_mtx);
	return (1);
}

/* The process dies of a signal. */
void
sigexit(struct thread *td, int sig)
{
	struct proc *p;

	p = td->td_proc;
	PROC_LOCK_ASSERT(p, MA_OWNED);
	if (kern_logsigexit && (sigproptbl[sig] & SIGPROP_CORE) != 0)
		printf("pid %d (%s), jid 0, uid %d: exited on signal %d\n",
		    p->p_pid, p->p_comm, (int)td->td_ucred->cr_uid, sig);
	PROC_UNLOCK(p);
	exit1(td, 0, sig);
	/* NOTREACHED */
}
