/*
 * hardclock and statclock: what happens hz and stathz times a second.
 */
#include <sys/param.h>
#include <sys/callout.h>
#include <sys/kernel.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/smp.h>
#include <sys/time.h>
#include <sys/timeet.h>
#include <sys/trace.h>

volatile int ticks;
static int pcpu_ticks[MAXCPU];	/* Each CPU's own count. */

/*
 * cnt ticks have passed on this CPU.  Whichever CPU is first advances the
 * global count, and the time with it.
 */
void
hardclock(int cnt, int usermode)
{
	int global, newticks, *t;

	SDT_PROBE1(_trace, , , hardclock, cnt);
	t = &pcpu_ticks[curcpu];
	*t += cnt;
	do {
		global = ticks;
		newticks = *t - global;
		if (newticks <= 0) {
			/* Far behind after a late start: catch up at once. */
			if (newticks < -1)
				*t = global - 1;
			newticks = 0;
			break;
		}
	} while (!atomic_cmpset_int(&ticks, global, *t));
	if (newticks > 0)
		tc_ticktock(newticks);
}

/*
 * Where is this CPU right now?  Charge the thread, the process and the CPU.
 */
void
statclock(int cnt, int usermode)
{
	struct thread *td = curthread;
	struct proc *p = td->td_proc;
	uint64_t new_switchtime, runtime;
	struct pcpu *pc = get_pcpu();

	SDT_PROBE1(_trace, , , statclock, cnt);
	if (usermode) {
		td->td_uticks += cnt;
		pc->pc_cp_time[p->p_nice > NZERO ? CP_NICE : CP_USER] += cnt;
	} else if ((td->td_pflags & TDP_ITHREAD) != 0 ||
	    td->td_intr_nesting_level >= 2) {
		/* An interrupt thread, or an interrupt within one. */
		td->td_iticks += cnt;
		pc->pc_cp_time[CP_INTR] += cnt;
	} else {
		td->td_pticks += cnt;
		td->td_sticks += cnt;
		pc->pc_cp_time[TD_IS_IDLETHREAD(td) ? CP_IDLE : CP_SYS] += cnt;
	}
	SDT_PROBE2(sched, , , tick, td, p);
	thread_lock(td);
	/* Time on the CPU up to now. */
	new_switchtime = cpu_ticks();
	runtime = new_switchtime - pc->pc_switchtime;
	td->td_runtime += runtime;
	td->td_incruntime += runtime;
	pc->pc_switchtime = new_switchtime;
	sched_clock(td, cnt);
	thread_unlock(td);
}

static void
initclocks(const void *arg __unused)
{

	cpu_initclocks_bsp();
}
SYSINIT(clocks, SI_SUB_CLOCKS, SI_ORDER_FIRST, initclocks, NULL);
