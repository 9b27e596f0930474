/*
 * fork(2), vfork(2), rfork(2): a process makes another that is its copy.
 *
 * The child gets copies of what a process has (descriptor table, signal actions)
 * and one thread, the copy of the caller; its memory is a copy-on-write copy, or
 * the parent's own (RFMEM).  Both then return from the same system call: the
 * parent with the child's pid, the child with 0.
 *
 * vfork(2) shares the memory and makes the parent wait (P_PPWAIT) until the child
 * has left it, by execve(2) or exit(2).
 */
#include <sys/param.h>
#include <sys/dtrace_bsd.h>
#include <sys/eventhandler.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/filedesc.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/sdt.h>
#include <sys/signalvar.h>
#include <sys/sx.h>
#include <sys/sysent.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/unistd.h>
#include <sys/vmmeter.h>
#include <sys/vnode.h>
#include <vm/vm.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>

SDT_PROVIDER_DECLARE(proc);
SDT_PROBE_DEFINE3_XLATE(proc, , , create, "struct proc *", "psinfo_t *",
    "struct proc *", "psinfo_t *", "int", "int");

int	lastpid;		/* (allproc_lock) Last pid given out. */
static int nprocs = 1;		/* (allproc_lock) */

int
sys_fork(struct thread *td, struct fork_args *uap)
{
	struct fork_req fr;
	int error, pid;

	SDT_PROBE2(sysinfo, , , sysfork, 1, 0);
	bzero(&fr, sizeof(fr));
	fr.fr_flags = RFFDG | RFPROC;
	fr.fr_pidp = &pid;
	error = fork1(td, &fr);
	if (error == 0)
		td->td_retval[0] = pid;
	return (error);
}

int
sys_vfork(struct thread *td, struct vfork_args *uap)
{
	struct fork_req fr;
	int error, pid;

	SDT_PROBE2(sysinfo, , , sysvfork, 1, 0);
	bzero(&fr, sizeof(fr));
	fr.fr_flags = RFFDG | RFPROC | RFPPWAIT | RFMEM;
	fr.fr_pidp = &pid;
	error = fork1(td, &fr);
	if (error == 0)
		td->td_retval[0] = pid;
	return (error);
}

int
sys_rfork(struct thread *td, struct rfork_args *uap)
{
	struct fork_req fr;
	int error, pid;

	if ((uap->flags & ~RFFLAGS) != 0)
		return (EINVAL);
	bzero(&fr, sizeof(fr));
	fr.fr_flags = uap->flags;
	fr.fr_pidp = &pid;
	pid = 0;
	error = fork1(td, &fr);
	if (error == 0)
		td->td_retval[0] = pid;
	return (error);
}

/*
 * The next free process id.  The counter goes round; RFHIGHPID, for the kernel's
 * own early processes, looks from 10 up and leaves the counter alone.
 */
static int
fork_findpid(int flags)
{
	int trypid;

	sx_assert(&allproc_lock, SA_XLOCKED);
	trypid = (flags & RFHIGHPID) != 0 ? 10 : lastpid + 1;
	while (pfind_any_locked(trypid) != NULL || pgfind(trypid) != NULL)
		if (++trypid > PID_MAX)
			trypid = 100;
	if ((flags & RFHIGHPID) == 0)
		lastpid = trypid;
	return (trypid);
}

/* rfork(2) without RFPROC: change our own. */
static int
fork_norfproc(struct thread *td, int flags)
{
	struct filedesc *fdp;
	struct proc *p;
	int error;

	p = td->td_proc;
	if ((flags & RFMEM) == 0) {
		error = vmspace_unshare(p);
		if (error != 0)
			return (error);
	}
	fdp = p->p_fd;
	if (flags & RFFDG) {
		p->p_fd = fdcopy(fdp);
	} else if (flags & RFCFDG)
		p->p_fd = fdinit();
	if (p->p_fd != fdp) {
		/* Drop the old one as exit would. */
		struct filedesc *newfdp = p->p_fd;

		p->p_fd = fdp;
		fdescfree(td);
		p->p_fd = newfdp;
	}
	return (0);
}

/* Everything is allocated, nothing can fail: make p2 a copy of the caller. */
static void
do_fork(struct thread *td, struct fork_req *fr, struct proc *p2,
    struct thread *td2, struct vmspace *vm2)
{
	struct proc *p1, *pptr;
	struct filedesc *fd;
	struct sigacts *newsigacts;

	p1 = td->td_proc;

	/* What may sleep comes first. */
	newsigacts = sigacts_alloc();
	if (p1->p_fd == NULL || (fr->fr_flags & RFCFDG) != 0)
		fd = fdinit();
	else if (fr->fr_flags & RFFDG)
		fd = fdcopy(p1->p_fd);
	else
		fd = fdshare(p1->p_fd);

	sx_slock(&proctree_lock);
	sx_xlock(&allproc_lock);
	nprocs++;
	p2->p_state = PRS_NEW;
	p2->p_pid = fork_findpid(fr->fr_flags);
	pidhash_add(p2);
	sx_xunlock(&allproc_lock);
	sx_sunlock(&proctree_lock);

	proc_linkup(p2, td2);
	tidhash_add(td2);

	/* The thread: a copy of ours in what matters. */
	td2->td_pflags = 0;
	td2->td_dbgflags = 0;
	td2->td_sigmask = td->td_sigmask;
	SIGEMPTYSET(td2->td_siglist);
	td2->td_base_user_pri = td->td_base_user_pri;
	td2->td_user_pri = td->td_user_pri;
	td2->td_pri_class = td->td_pri_class;
	td2->td_errno = 0;
	td2->td_sa = td->td_sa;
	td2->td_ucred = crhold(td->td_ucred);
	thread_set_name(td2, td->td_name);

	/* The process. */
	bzero(&p2->p_rux, sizeof(p2->p_rux));
	bzero(&p2->p_crux, sizeof(p2->p_crux));
	bzero(&p2->p_realtimer, sizeof(p2->p_realtimer));
	callout_init_mtx(&p2->p_itcallout, &p2->p_mtx, 0);
	SIGEMPTYSET(p2->p_siglist);
	p2->p_sysent = p1->p_sysent;
	p2->p_nice = p1->p_nice;
	p2->p_ftab = p1->p_ftab;
	p2->p_ustat_image = p1->p_ustat_image;
	p2->p_acflag = 0;
	p2->p_flag2 = 0;
	p2->p_xexit = p2->p_xsig = 0;
	p2->p_exitthreads = 0;
	p2->p_lock = 0;
	p2->p_singlethread = NULL;
	p2->p_limit = p1->p_limit;
	p2->p_flag = P_INMEM;
	p2->p_start = cpu_ticks();
	binuptime(&p2->p_starttime);
	p2->p_ucred = crhold(td->td_ucred);
	p2->p_vmspace = vm2;
	p2->p_fd = fd;
	PROC_LOCK(p1);
	p2->p_args = p1->p_args;
	pargs_hold(p2->p_args);
	if ((fr->fr_flags & RFMEM) != 0 && (p1->p_flag & P_KPROC) != 0)
		p2->p_flag |= P_KPROC | P_SYSTEM;
	p2->p_flag |= p1->p_flag & (P_SUGID | P_CONTROLT);
	mtx_lock(&p1->p_sigacts->ps_mtx);
	sigacts_copy(newsigacts, p1->p_sigacts);
	mtx_unlock(&p1->p_sigacts->ps_mtx);
	PROC_UNLOCK(p1);
	p2->p_sigacts = newsigacts;
	proc_set_comm(p2, p1->p_comm);
	p2->p_textvp = p1->p_textvp;
	if (p2->p_textvp != NULL)
		vref(p2->p_textvp);

	sched_fork(td, td2);
	if (fr->fr_flags & RFPPWAIT) {
		PROC_LOCK(p2);
		p2->p_flag |= P_PPWAIT;
		PROC_UNLOCK(p2);
	}

	/* Into the tree and the group. */
	sx_xlock(&proctree_lock);
	PGRP_LOCK(p1->p_pgrp);
	PROC_LOCK(p2);
	p2->p_pgrp = p1->p_pgrp;
	PROC_UNLOCK(p2);
	LIST_INSERT_AFTER(p1, p2, p_pglist);
	PGRP_UNLOCK(p1->p_pgrp);
	LIST_INIT(&p2->p_children);
	pptr = (fr->fr_flags & RFNOWAIT) != 0 && initproc != NULL ?
	    initproc : p1;
	p2->p_pptr = pptr;
	LIST_INSERT_HEAD(&pptr->p_children, p2, p_sibling);
	sx_xunlock(&proctree_lock);

	/* Registers, register stack and kernel stack. */
	cpu_fork(td, p2, td2, fr->fr_flags);
	VM_CNT_INC(v_forks);

	EVENTHANDLER_INVOKE(process_fork, p1, p2, fr->fr_flags);

	PROC_LOCK(p2);
	PROC_SLOCK(p2);
	p2->p_state = PRS_NORMAL;
	PROC_SUNLOCK(p2);
	PROC_UNLOCK(p2);

#ifdef KDTRACE_HOOKS
	if (__predict_false(dtrace_fasttrap_fork != NULL) &&
	    (fr->fr_flags & RFMEM) == 0)
		(*dtrace_fasttrap_fork)(p1, p2);
#endif
	SDT_PROBE3(proc, , , create, p2, p1, fr->fr_flags);

	if (fr->fr_procp != NULL)
		*fr->fr_procp = p2;
	if (fr->fr_pidp != NULL)
		*fr->fr_pidp = p2->p_pid;
	if (fr->fr_flags & RFPPWAIT) {
		td->td_pflags |= TDP_RFPPWAIT;
		td->td_rfppwait_p = p2;
	}
	if ((fr->fr_flags & RFSTOPPED) == 0) {
		/* From here on the child may run, and even be gone. */
		thread_lock(td2);
		TD_SET_CAN_RUN(td2);
		sched_add(td2, SRQ_BORING);
	}
}

int
fork1(struct thread *td, struct fork_req *fr)
{
	struct proc *newproc, *p1;
	struct thread *td2;
	struct vmspace *vm2;
	int flags;

	flags = fr->fr_flags;
	p1 = td->td_proc;
	if ((flags & (RFFDG | RFCFDG)) == (RFFDG | RFCFDG))
		return (EINVAL);
	if ((flags & RFPROC) == 0)
		return (fork_norfproc(td, flags));
	if (nprocs >= maxproc) {
		SDT_PROBE2(sysinfo, , , procovf, 1, 0);
		printf("maxproc limit exceeded by uid %u (pid %d); see tuning(7)"
		    " and login.conf(5)\n", td->td_ucred->cr_ruid, p1->p_pid);
		return (EAGAIN);
	}

	newproc = proc_alloc();
	td2 = thread_alloc(fr->fr_pages);
	if (td2 == NULL) {
		proc_free(newproc);
		return (ENOMEM);
	}
	/* A user's thread has a register stack; the kernel's have none. */
	if (td->td_pcb->pcb_ustack != 0 && cpu_ustack_reserve(td2) != 0) {
		thread_free(td2);
		proc_free(newproc);
		return (EAGAIN);
	}
	if (flags & RFMEM) {
		vm2 = vmspace_acquire_ref(p1);
	} else {
		vm2 = vmspace_fork(p1->p_vmspace);
		if (vm2 == NULL) {
			thread_free(td2);
			proc_free(newproc);
			return (ENOMEM);
		}
	}
	do_fork(td, fr, newproc, td2, vm2);
	return (0);
}

/* A process has been waited for: one fewer. */
void
fork_release_pid(void)
{

	sx_assert(&allproc_lock, SA_XLOCKED);
	nprocs--;
}

/* vfork(2), parent: wait until the child has left our memory. */
void
fork_rfppwait(struct thread *td)
{
	struct proc *p2;

	KASSERT(td->td_pflags & TDP_RFPPWAIT, ("fork_rfppwait: not asked for"));
	td->td_pflags &= ~TDP_RFPPWAIT;
	p2 = td->td_rfppwait_p;
	td->td_rfppwait_p = NULL;
	/*
	 * The child cannot be waited for while we are here, and processes are
	 * never freed for other uses: p2 stays good to look at.
	 */
	PROC_LOCK(p2);
	while (p2->p_flag & P_PPWAIT)
		(void)msleep(&p2->p_pptr, &p2->p_mtx, PWAIT, "ppwait", 0);
	PROC_UNLOCK(p2);
}

/*
 * Where a new thread begins (fork_trampoline() calls this): do what it was made
 * for.  Kernel threads never come back from `callout';
 * forked ones go to user mode.
 */
void
fork_exit(void (*callout)(void *, struct trapframe *), void *arg,
    struct trapframe *frame)
{
	struct thread *td;

	td = curthread;
	sched_fork_exit(td);
	KASSERT(callout != NULL, ("NULL callout in fork_exit"));
	callout(arg, frame);

	if (td->td_pflags & TDP_KTHREAD) {
		printf("Kernel thread \"%s\" (pid %d) exited prematurely.\n",
		    td->td_name, td->td_proc->p_pid);
		kthread_exit();
	}
	userret(td, frame);
}

/* A forked child's way to user mode. */
void
fork_return(struct thread *td, struct trapframe *frame)
{

	td->td_frame = frame;
	userret(td, frame);
}
