/*
 * Threads of user processes: thr_new(2) makes one, thr_exit(2) ends it, and when
 * one of them ends the whole process or changes the program, the others have to go
 * first (thread_single()).
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/signalvar.h>
#include <sys/sleepqueue.h>
#include <sys/smp.h>
#include <sys/syscallsubr.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/thr.h>
#include <sys/umtx.h>

int	max_threads_per_proc = 1500;

int
sys_thr_new(struct thread *td, struct thr_new_args *uap)
{
	struct thr_param param;
	int error;

	if (uap->param_size < 0 || (size_t)uap->param_size > sizeof(param))
		return (EINVAL);
	bzero(&param, sizeof(param));
	error = copyin(uap->param, &param, uap->param_size);
	if (error != 0)
		return (error);
	return (kern_thr_new(td, &param));
}

int
kern_thr_new(struct thread *td, struct thr_param *param)
{
	struct thread *newtd;
	struct proc *p;
	unsigned long usp;
	int error;

	p = td->td_proc;
	if (p->p_numthreads >= max_threads_per_proc)
		return (EPROCLIM);
	newtd = thread_alloc(0);
	if (newtd == NULL)
		return (ENOMEM);
	if (cpu_ustack_reserve(newtd) != 0) {
		thread_free(newtd);
		return (EAGAIN);
	}

	/* It starts with a frame of its own on register and memory stack. */
	cpu_copy_thread(newtd, td);
	usp = ((unsigned long)param->stack_base + param->stack_size) & ~15UL;
	error = cpu_set_upcall(newtd, param->start_func, 0, param->arg, usp);
	if (error == 0 && param->child_tid != NULL &&
	    suword(param->child_tid, newtd->td_tid) != 0)
		error = EFAULT;
	if (error == 0 && param->parent_tid != NULL &&
	    suword(param->parent_tid, newtd->td_tid) != 0)
		error = EFAULT;
	if (error != 0) {
		thread_free(newtd);
		return (error);
	}
	newtd->td_sigmask = td->td_sigmask;
	newtd->td_base_user_pri = td->td_base_user_pri;
	newtd->td_user_pri = td->td_user_pri;
	newtd->td_pri_class = td->td_pri_class;

	PROC_LOCK(p);
	if (p->p_flag & (P_SINGLE_EXIT | P_WEXIT)) {
		PROC_UNLOCK(p);
		thread_free(newtd);
		return (EAGAIN);
	}
	newtd->td_ucred = crhold(td->td_ucred);
	p->p_flag |= P_HADTHREADS;
	thread_link(newtd, p);
	thread_set_name(newtd, p->p_comm);
	thread_lock(td);
	sched_fork_thread(td, newtd);
	thread_unlock(td);
	PROC_UNLOCK(p);
	tidhash_add(newtd);

	thread_lock(newtd);
	TD_SET_CAN_RUN(newtd);
	sched_add(newtd, SRQ_BORING);
	return (0);
}

int
sys_thr_self(struct thread *td, struct thr_self_args *uap)
{

	if (suword(uap->id, td->td_tid) != 0)
		return (EFAULT);
	return (0);
}

/*
 * The last thread stays: a process ends by exit(2).  *state tells those who wait
 * for us that we no longer use our stack.
 */
int
sys_thr_exit(struct thread *td, struct thr_exit_args *uap)
{
	struct proc *p;

	p = td->td_proc;
	if (uap->state != NULL) {
		(void)suword(uap->state, 1);
		(void)kern_umtx_wake(td, uap->state, 0x7fffffff);
	}
	PROC_LOCK(p);
	if (p->p_numthreads == 1) {
		PROC_UNLOCK(p);
		return (0);
	}
	if (p->p_flag & P_SINGLE_EXIT)
		wakeup(&p->p_singlethread);
	tidhash_remove(td);
	PROC_SLOCK(p);
	thread_exit();
	/* NOTREACHED */
}

int
sys_thr_set_name(struct thread *td, struct thr_set_name_args *uap)
{
	char name[MAXCOMLEN + 1];
	struct thread *ttd;
	int error;

	error = 0;
	name[0] = '\0';
	if (uap->name != NULL) {
		error = copyinstr(uap->name, name, sizeof(name), NULL);
		if (error == ENAMETOOLONG) {
			name[MAXCOMLEN] = '\0';
			error = 0;
		}
		if (error != 0)
			return (error);
	}
	ttd = tdfind((lwpid_t)uap->id, td->td_proc->p_pid);
	if (ttd == NULL)
		return (ESRCH);
	thread_set_name(ttd, name);
	PROC_UNLOCK(ttd->td_proc);
	return (0);
}

/*
 * Be the only thread of the process: all others are to end.  Non-zero if another
 * thread asked first; then the caller is one of those who are to end.
 */
int
thread_single(struct proc *p, int mode)
{
	struct thread *td, *td2;

	td = curthread;
	PROC_LOCK_ASSERT(p, MA_OWNED);
	KASSERT(mode == SINGLE_EXIT, ("thread_single: mode %d", mode));
	if (p->p_singlethread != NULL && p->p_singlethread != td)
		return (1);
	p->p_singlethread = td;
	p->p_flag |= P_SINGLE_EXIT;
	while (p->p_numthreads > 1) {
		FOREACH_THREAD_IN_PROC(p, td2) {
			if (td2 == td)
				continue;
			thread_lock(td2);
			td2->td_flags |= TDF_ASTPENDING | TDF_NEEDSUSPCHK;
			if (TD_ON_SLEEPQ(td2) && TD_IS_SLEEPING(td2) &&
			    (td2->td_flags & TDF_SINTR) != 0) {
				(void)sleepq_abort(td2, EINTR);
				continue;
			}
			if (TD_IS_RUNNING(td2) && td2->td_oncpu != NOCPU)
				ipi_cpu(td2->td_oncpu, IPI_AST_BIT);
			thread_unlock(td2);
		}
		/* Each of them wakes us as it goes: see thread_suspend_check(). */
		if (p->p_numthreads > 1)
			(void)msleep(&p->p_singlethread, &p->p_mtx, PWAIT,
			    "exithread", 0);
	}
	return (0);
}

void
thread_single_end(struct proc *p)
{

	PROC_LOCK_ASSERT(p, MA_OWNED);
	if (p->p_singlethread != curthread)
		return;
	p->p_singlethread = NULL;
	p->p_flag &= ~(P_SINGLE_EXIT | P_HADTHREADS);
}

/* On the way to user mode: does somebody want to be the only thread? */
void
thread_suspend_check(void)
{
	struct thread *td;
	struct proc *p;

	td = curthread;
	p = td->td_proc;
	PROC_LOCK_ASSERT(p, MA_OWNED);
	if ((p->p_flag & P_SINGLE_EXIT) == 0 || p->p_singlethread == td)
		return;
	PROC_UNLOCK(p);
	tidhash_remove(td);
	PROC_LOCK(p);
	wakeup(&p->p_singlethread);
	PROC_SLOCK(p);
	thread_exit();
	/* NOTREACHED */
}
