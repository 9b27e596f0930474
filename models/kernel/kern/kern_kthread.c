/*
 * Kernel processes and threads.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/kthread.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/sx.h>
#include <sys/trace.h>

typedef void kfunc_t(void *, struct trapframe *);

void
kproc_start(const void *udata)
{
	const struct kproc_desc *kp = udata;
	int error;

	error = kproc_create((void (*)(void *))kp->func, NULL,
	    kp->global_procpp, 0, 0, "%s", kp->arg0);
	if (error != 0)
		panic("kproc_start: %s: error %d", kp->arg0, error);
}

void
kthread_start(const void *udata)
{
	const struct kthread_desc *kp = udata;
	int error;

	error = kthread_add((void (*)(void *))kp->func, NULL, NULL,
	    kp->global_threadpp, 0, 0, "%s", kp->arg0);
	if (error != 0)
		panic("kthread_start: %s: error %d", kp->arg0, error);
}

/* A process that runs func(arg) in the kernel. */
int
kproc_create(void (*func)(void *), void *arg, struct proc **newpp, int flags,
    int pages, const char *fmt, ...)
{
	struct fork_req fr;
	struct proc *p2;
	struct thread *td;
	char name[MAXCOMLEN + 1];
	va_list ap;
	int error;

	bzero(&fr, sizeof(fr));
	fr.fr_flags = RFMEM | RFFDG | RFPROC | RFSTOPPED | flags;
	fr.fr_pages = pages;
	fr.fr_procp = &p2;
	error = fork1(&thread0, &fr);
	if (error != 0)
		return (error);
	if (newpp != NULL)
		*newpp = p2;
	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	td = FIRST_THREAD_IN_PROC(p2);
	PROC_LOCK(p2);
	p2->p_flag |= P_SYSTEM | P_KPROC;
	proc_set_comm(p2, name);
	thread_set_name(td, name);
	PROC_UNLOCK(p2);
	td->td_pflags |= TDP_KTHREAD;
	cpu_fork_kthread_handler(td, (kfunc_t *)func, arg);
	thread_lock(td);
	if ((flags & RFSTOPPED) == 0)
		TD_SET_CAN_RUN(td);
	sched_prio(td, PVM);
	sched_user_prio(td, PUSER);
	/* Held back, it is the caller's to start. */
	if ((flags & RFSTOPPED) == 0)
		sched_add(td, SRQ_BORING);
	else
		thread_unlock(td);
	return (0);
}

void
kproc_exit(int status)
{
	struct proc *p = curproc;

	/* init is to bury it. */
	sx_xlock(&proctree_lock);
	PROC_LOCK(p);
	proc_reparent(p, initproc);
	PROC_UNLOCK(p);
	sx_xunlock(&proctree_lock);
	wakeup(p);
	exit1(curthread, status, 0);
}

/* One more thread for a kernel process (NULL: process 0). */
int
kthread_add(void (*func)(void *), void *arg, struct proc *p,
    struct thread **newtdp, int flags, int pages, const char *fmt, ...)
{
	struct thread *newtd, *oldtd;
	char name[MAXCOMLEN + 1];
	va_list ap;

	if (p == NULL)
		p = &proc0;
	oldtd = FIRST_THREAD_IN_PROC(p);
	newtd = thread_alloc(pages);
	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	newtd->td_pflags |= TDP_KTHREAD;
	newtd->td_ucred = crhold(oldtd->td_ucred);
	newtd->td_pri_class = PRI_TIMESHARE;
	newtd->td_base_pri = PVM;
	newtd->td_proc = p;
	cpu_copy_thread(newtd, oldtd);
	cpu_fork_kthread_handler(newtd, (kfunc_t *)func, arg);

	PROC_LOCK(p);
	p->p_flag |= P_HADTHREADS;
	thread_link(newtd, p);
	thread_set_name(newtd, name);
	thread_lock(oldtd);
	sched_fork_thread(curthread, newtd);
	thread_unlock(oldtd);
	PROC_UNLOCK(p);
	tidhash_add(newtd);
	if (newtdp != NULL)
		*newtdp = newtd;
	if ((flags & RFSTOPPED) == 0) {
		thread_lock(newtd);
		TD_SET_CAN_RUN(newtd);
		sched_add(newtd, SRQ_BORING);
	}
	return (0);
}

void
kthread_exit(void)
{
	struct thread *td = curthread;
	struct proc *p = td->td_proc;

	/* Who waits for us sleeps on our address. */
	wakeup(td);
	PROC_LOCK(p);
	if (p->p_numthreads == 1) {
		PROC_UNLOCK(p);
		kproc_exit(0);
	}
	PROC_UNLOCK(p);
	tidhash_remove(td);
	PROC_LOCK(p);
	PROC_SLOCK(p);
	thread_exit();
}

/* A thread of *procptr, which is made first if need be. */
int
kproc_kthread_add(void (*func)(void *), void *arg, struct proc **procptr,
    struct thread **tdptr, int flags, int pages, const char *procname,
    const char *fmt, ...)
{
	struct thread *td;
	char name[MAXCOMLEN + 1];
	va_list ap;
	int error;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	if (*procptr != NULL)
		return (kthread_add(func, arg, *procptr, tdptr, flags, pages,
		    "%s", name));
	error = kproc_create(func, arg, procptr, flags, pages, "%s", procname);
	if (error != 0)
		return (error);
	td = FIRST_THREAD_IN_PROC(*procptr);
	if (tdptr != NULL)
		*tdptr = td;
	thread_set_name(td, name);
	return (0);
}
