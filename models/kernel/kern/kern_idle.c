/*
 * The idle threads: one a CPU, for when there is nothing to run.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/mutex.h>
#include <sys/pcpu.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/smp.h>
#include <sys/unistd.h>

static void
idle_setup(const void *dummy __unused)
{
	struct proc *p = NULL;
	struct thread *td;
	int cpu, error;

	CPU_FOREACH(cpu) {
		error = kproc_kthread_add(sched_idletd, NULL, &p, &td,
		    RFSTOPPED | RFHIGHPID, 0, "idle",
#ifdef SMP
		    "idle: cpu%d", cpu);
#else
		    "idle");
#endif
		if (error != 0)
			panic("idle_setup: kproc_create error %d", error);
		pcpu_find(cpu)->pc_idlethread = td;
		thread_lock(td);
		TD_SET_CAN_RUN(td);
		td->td_flags |= TDF_IDLETD | TDF_NOLOAD;
		sched_class(td, PRI_IDLE);
		sched_prio(td, PRI_MAX_IDLE);
		thread_unlock(td);
		sched_setup_idle(td, cpu);
	}
}
SYSINIT(idle_setup, SI_SUB_SCHED_IDLE, SI_ORDER_FIRST, idle_setup, NULL);
