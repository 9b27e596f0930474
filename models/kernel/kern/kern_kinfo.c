/*
 * kern.proc: processes and threads for ps(1) and procstat(1).
 *
 * A process is looked at under its lock into a buffer, and only handed out after
 * that: the user's page may have to be brought in.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/resource.h>
#include <sys/sched.h>
#include <sys/sx.h>
#include <sys/sysctl.h>
#include <sys/systm.h>
#include <sys/user.h>
#include <vm/vm.h>
#include <vm/vm_map.h>

MALLOC_DECLARE(M_SYSCTLTMP);

SYSCTL_NODE(_kern, KERN_PROC, proc, CTLFLAG_RD, NULL, "Process table");

static void
fill_kinfo_proc_only(struct proc *p, struct kinfo_proc *kp)
{

	PROC_LOCK_ASSERT(p, MA_OWNED);
	bzero(kp, sizeof(*kp));
	kp->ki_structsize = sizeof(*kp);
	kp->ki_pid = p->p_pid;
	kp->ki_ppid = p->p_pptr != NULL ? p->p_pptr->p_pid : 0;
	if (p->p_pgrp != NULL) {
		kp->ki_pgid = p->p_pgrp->pg_id;
		kp->ki_sid = p->p_session->s_sid;
	}
	if (p->p_ucred != NULL) {
		kp->ki_uid = p->p_ucred->cr_uid;
		kp->ki_ruid = p->p_ucred->cr_ruid;
	}
	kp->ki_numthreads = p->p_numthreads;
	kp->ki_flag = p->p_flag;
	kp->ki_nice = p->p_nice;
	kp->ki_start.tv_sec = p->p_starttime.sec;
	kp->ki_start.tv_usec =
	    ((p->p_starttime.frac >> 32) * 1000000) >> 32;
	if (p->p_state != PRS_ZOMBIE && p->p_vmspace != NULL) {
		kp->ki_size = p->p_vmspace->vm_map.size;
		kp->ki_rssize = vmspace_resident_count(p->p_vmspace);
	}
	kp->ki_stat = p->p_state == PRS_ZOMBIE ? SZOMB : SIDL;
	kp->ki_oncpu = kp->ki_lastcpu = KI_NOCPU;
	strlcpy(kp->ki_comm, p->p_comm, sizeof(kp->ki_comm));
}

static void
fill_kinfo_thread(struct thread *td, struct kinfo_proc *kp)
{

	thread_lock(td);
	kp->ki_tid = td->td_tid;
	kp->ki_tdflags = td->td_flags;
	if (td->td_wmesg != NULL)
		strlcpy(kp->ki_wmesg, td->td_wmesg, sizeof(kp->ki_wmesg));
	if (TD_ON_LOCK(td)) {
		kp->ki_kiflag |= KI_LOCKBLOCK;
		strlcpy(kp->ki_lockname, td->td_lockname,
		    sizeof(kp->ki_lockname));
	}
	strlcpy(kp->ki_tdname, td->td_name, sizeof(kp->ki_tdname));
	if (td->td_proc->p_state == PRS_NORMAL) {
		if (TD_ON_RUNQ(td) || TD_CAN_RUN(td) || TD_IS_RUNNING(td))
			kp->ki_stat = SRUN;
		else if (td->td_proc->p_flag & P_STOPPED_SIG)
			kp->ki_stat = SSTOP;
		else if (TD_IS_SLEEPING(td))
			kp->ki_stat = SSLEEP;
		else if (TD_ON_LOCK(td))
			kp->ki_stat = SLOCK;
		else
			kp->ki_stat = SWAIT;
	}
	kp->ki_priority = td->td_priority;
	kp->ki_pri_class = td->td_pri_class;
	kp->ki_pri_user = td->td_user_pri;
	kp->ki_oncpu = td->td_oncpu;
	kp->ki_lastcpu = td->td_lastcpu;
	kp->ki_runtime += cycles_to_ns(td->td_runtime) / 1000;
	kp->ki_nvcsw += td->td_rux.rux_nvcsw;
	kp->ki_nivcsw += td->td_rux.rux_nivcsw;
	thread_unlock(td);
}

/*
 * One process out: one record, or one for each thread.  allproc_lock held; the
 * number of threads may grow until the lock is taken, so ask again.
 */
static int
sysctl_out_proc(struct proc *p, struct sysctl_req *req, bool threads)
{
	struct kinfo_proc *kp;
	struct thread *td;
	int error, max, n;

	for (max = p->p_numthreads + 1;; max *= 2) {
		kp = malloc(max * sizeof(*kp), M_SYSCTLTMP, M_WAITOK);
		PROC_LOCK(p);
		if (p->p_numthreads <= max)
			break;
		PROC_UNLOCK(p);
		free(kp, M_SYSCTLTMP);
	}
	n = 0;
	fill_kinfo_proc_only(p, &kp[0]);
	if (p->p_state == PRS_NORMAL) {
		FOREACH_THREAD_IN_PROC(p, td) {
			if (n > 0)
				fill_kinfo_proc_only(p, &kp[n]);
			fill_kinfo_thread(td, &kp[n]);
			if (!threads)
				break;
			n++;
		}
	}
	if (n == 0)
		n = 1;
	PROC_UNLOCK(p);
	error = SYSCTL_OUT(req, kp, n * sizeof(*kp));
	free(kp, M_SYSCTLTMP);
	return (error);
}

/* arg1, arg2: the rest of the name; oid_number says by what to choose. */
static int
sysctl_kern_proc(SYSCTL_HANDLER_ARGS)
{
	struct proc *p;
	int error, mode;
	bool threads;

	threads = (oidp->oid_number & KERN_PROC_INC_THREAD) != 0;
	mode = oidp->oid_number & ~KERN_PROC_INC_THREAD;
	if (arg2 != (mode == KERN_PROC_ALL || mode == KERN_PROC_PROC ? 0 : 1))
		return (EINVAL);
	error = 0;
	sx_slock(&allproc_lock);
	FOREACH_PROC_IN_SYSTEM(p) {
		if (p->p_state == PRS_NEW)
			continue;
		if (mode == KERN_PROC_PID && p->p_pid != *(int *)arg1)
			continue;
		if (mode == KERN_PROC_PGRP && (p->p_pgrp == NULL ||
		    p->p_pgrp->pg_id != *(int *)arg1))
			continue;
		error = sysctl_out_proc(p, req, threads);
		if (error != 0)
			break;
	}
	sx_sunlock(&allproc_lock);
	return (error);
}

SYSCTL_NODE(_kern_proc, KERN_PROC_ALL, all, CTLFLAG_RD, sysctl_kern_proc,
    "Return entire process table");
SYSCTL_NODE(_kern_proc, KERN_PROC_PROC, proc, CTLFLAG_RD, sysctl_kern_proc,
    "Return process table, no threads");
SYSCTL_NODE(_kern_proc, KERN_PROC_PID, pid, CTLFLAG_RD, sysctl_kern_proc,
    "Process table by pid");
SYSCTL_NODE(_kern_proc, KERN_PROC_PGRP, pgrp, CTLFLAG_RD, sysctl_kern_proc,
    "Process table by group");
SYSCTL_NODE(_kern_proc, KERN_PROC_ALL | KERN_PROC_INC_THREAD, all_td, CTLFLAG_RD,
    sysctl_kern_proc, "Return entire process table with threads");
SYSCTL_NODE(_kern_proc, KERN_PROC_PROC | KERN_PROC_INC_THREAD, proc_td,
    CTLFLAG_RD, sysctl_kern_proc, "Return process table, with threads");
SYSCTL_NODE(_kern_proc, KERN_PROC_PID | KERN_PROC_INC_THREAD, pid_td, CTLFLAG_RD,
    sysctl_kern_proc, "Process table by pid, with threads");
SYSCTL_NODE(_kern_proc, KERN_PROC_PGRP | KERN_PROC_INC_THREAD, pgrp_td,
    CTLFLAG_RD, sysctl_kern_proc, "Process table by group, with threads");
