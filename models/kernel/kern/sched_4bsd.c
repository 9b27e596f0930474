/*
 * The 4BSD scheduler: one run queue for all.
 *
 * A thread's priority in user mode gets worse as it uses the CPU (ts_estcpu grows with
 * each statclock tick) and better as time passes: once a second schedcpu() lets
 * everybody's estcpu decay, the slower the higher the load.  Threads of equal
 * priority take turns, a slice each.
 *
 * Locking: sched_lock ("sched lock") protects the queue and is the thread lock of
 * all threads that run or are ready.
 */
#include <sys/param.h>

#ifdef SCHED_4BSD

#include <sys/dtrace_bsd.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/kthread.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/resource.h>
#include <sys/sched.h>
#include <sys/smp.h>
#include <sys/sx.h>
#include <sys/trace.h>
#include <sys/turnstile.h>

/*
 * estcpu that makes one step of priority, and what niceness counts for.
 */
#define	INVERSE_ESTCPU_WEIGHT	(8 * mp_ncpus)
#define	NICE_WEIGHT		1
#define	ESTCPULIM(e)							\
	imin((e), INVERSE_ESTCPU_WEIGHT * (NICE_WEIGHT *		\
	    (PRIO_MAX - PRIO_MIN) - 1 + PRI_MAX_TIMESHARE - PRI_MIN_TIMESHARE))

/* The scheduler's part of a thread.  All (t). */
struct td_sched {
	fixpt_t		 ts_pctcpu;	/* CPU share, decaying. */
	u_int		 ts_estcpu;	/* CPU used, decaying. */
	int		 ts_cpticks;	/* statclock ticks since schedcpu(). */
	int		 ts_slptime;	/* Seconds asleep. */
	int		 ts_slice;	/* statclock ticks left of the slice. */
	int		 ts_flags;	/* TSF_ */
	int		 ts_cpu;	/* Where, if bound. */
};
#define	TSF_BOUND	0x0001
#define	TSF_DIDRUN	0x0002		/* Ran since schedcpu(). */
#define	td_get_sched(td)	((td)->td_sched)
CTASSERT(sizeof(struct td_sched) <= sizeof(((struct thread *)0)->td_sched_store));

/* Bound ones stay where they are told, pinned ones where they were. */
#define	THREAD_CAN_RUN_HERE(td, cpu)					\
	((td)->td_pinned == 0 ||					\
	    ((td_get_sched(td)->ts_flags & TSF_BOUND) != 0 ?		\
	    td_get_sched(td)->ts_cpu : (td)->td_lastcpu) == (cpu))

static struct mtx sched_lock;
static struct runq runq;
static int sched_tdcnt;			/* Ready and running threads. */
static int sched_slice = 12;		/* statclock ticks. */
static int realstathz = 127;
static fixpt_t averunnable;		/* Load, averaged over a minute. */
static struct thread *cpu_curthread[MAXCPU]; /* Chosen to run there. */

/* exp(-1/60) and exp(-1/20) in fixed point: decay of load and CPU share. */
static const fixpt_t cexp_1min = 2014;
static const fixpt_t ccpu = 1948;

static void	schedcpu_thread(void);

static void
sched_load_add(void)
{

	sched_tdcnt++;
	SDT_PROBE2(sched, , , load__change, NOCPU, sched_tdcnt);
}

static void
sched_load_rem(void)
{

	sched_tdcnt--;
	SDT_PROBE2(sched, , , load__change, NOCPU, sched_tdcnt);
}

/*
 * The priority in user mode, from estcpu and niceness.
 */
static void
resetpriority(struct thread *td)
{
	int newpriority;

	if (PRI_BASE(td->td_pri_class) != PRI_TIMESHARE)
		return;
	newpriority = PUSER +
	    (int)(td_get_sched(td)->ts_estcpu / INVERSE_ESTCPU_WEIGHT) +
	    NICE_WEIGHT * (td->td_proc->p_nice - PRIO_MIN);
	newpriority = imin(imax(newpriority, PRI_MIN_TIMESHARE),
	    PRI_MAX_TIMESHARE);
	sched_user_prio(td, (u_char)newpriority);
}

/* A thread that waits for the CPU in user mode is moved at once. */
static void
resetpriority_thread(struct thread *td)
{

	if (td->td_priority < PRI_MIN_TIMESHARE ||
	    td->td_priority > PRI_MAX_TIMESHARE)
		return;
	sched_prio(td, td->td_user_pri);
}

/* loadfac = 2 * load; estcpu falls to loadfac / (loadfac + 1) of itself. */
static u_int
decay_cpu(fixpt_t loadfac, u_int estcpu)
{

	return ((u_int)(loadfac * estcpu / (loadfac + FSCALE)));
}

/* Once a second. */
static void
schedcpu(void)
{
	fixpt_t loadfac;
	struct proc *p;
	struct td_sched *ts;
	struct thread *td;

	/* Load: how many would run, this thread not counted. */
	averunnable = (cexp_1min * averunnable +
	    (fixpt_t)imax(0, sched_tdcnt - 1) * FSCALE * (FSCALE - cexp_1min)) >>
	    FSHIFT;
	loadfac = 2 * averunnable;
	sx_slock(&allproc_lock);
	FOREACH_PROC_IN_SYSTEM(p) {
		PROC_LOCK(p);
		if (p->p_state == PRS_NEW) {
			PROC_UNLOCK(p);
			continue;
		}
		FOREACH_THREAD_IN_PROC(p, td) {
			ts = td_get_sched(td);
			thread_lock(td);
			if ((TD_ON_RUNQ(td) || TD_IS_RUNNING(td)) ||
			    (ts->ts_flags & TSF_DIDRUN) != 0) {
				ts->ts_flags &= ~TSF_DIDRUN;
				ts->ts_slptime = 0;
			} else
				ts->ts_slptime++;
			ts->ts_pctcpu = (ts->ts_pctcpu * ccpu) >> FSHIFT;
			if (ts->ts_cpticks != 0) {
				ts->ts_pctcpu += (FSCALE - ccpu) *
				    ts->ts_cpticks / realstathz;
				ts->ts_cpticks = 0;
			}
			/* A long sleep is made up for at its end. */
			if (ts->ts_slptime > 1) {
				thread_unlock(td);
				continue;
			}
			ts->ts_estcpu = decay_cpu(loadfac, ts->ts_estcpu);
			resetpriority(td);
			resetpriority_thread(td);
			thread_unlock(td);
		}
		PROC_UNLOCK(p);
	}
	sx_sunlock(&allproc_lock);
}

static void
schedcpu_thread(void)
{

	for (;;) {
		schedcpu();
		(void)pause("-", hz);
	}
}

static struct kthread_desc sched_kp = { "schedcpu", schedcpu_thread, NULL };
SYSINIT(schedcpu, SI_SUB_LAST, SI_ORDER_FIRST, kthread_start, &sched_kp);

/* After a long sleep: the decay of all the seconds missed. */
static void
updatepri(struct thread *td)
{
	struct td_sched *ts = td_get_sched(td);
	fixpt_t loadfac = 2 * averunnable;
	u_int newcpu = ts->ts_estcpu;

	if (ts->ts_slptime > 5 * (int)(loadfac >> FSHIFT) + 5)
		ts->ts_estcpu = 0;
	else {
		ts->ts_slptime--;	/* schedcpu() did one. */
		while (newcpu != 0 && --ts->ts_slptime > 0)
			newcpu = decay_cpu(loadfac, newcpu);
		ts->ts_estcpu = newcpu;
	}
}

/*
 * Priorities.
 */
static void
sched_priority(struct thread *td, u_char prio)
{

	SDT_PROBE3(sched, , , change__pri, td, td->td_proc, prio);
	if (td != curthread && prio < td->td_priority)
		SDT_PROBE4(sched, , , lend__pri, td, td->td_proc, prio,
		    curthread);
	THREAD_LOCK_ASSERT(td, MA_OWNED);
	if (td->td_priority == prio)
		return;
	SDT_PROBE2(_trace, , , priority, td->td_tid, prio);
	td->td_priority = prio;
	if (TD_ON_RUNQ(td) && td->td_rqindex != prio / RQ_PPQ) {
		sched_rem(td);
		sched_add(td, SRQ_BORING | SRQ_HOLDTD);
	}
}

void
sched_lend_prio(struct thread *td, u_char prio)
{

	td->td_flags |= TDF_BORROWING;
	sched_priority(td, prio);
}

void
sched_unlend_prio(struct thread *td, u_char prio)
{
	u_char base_pri;

	if (td->td_base_pri >= PRI_MIN_TIMESHARE &&
	    td->td_base_pri <= PRI_MAX_TIMESHARE)
		base_pri = td->td_user_pri;
	else
		base_pri = td->td_base_pri;
	if (prio >= base_pri) {
		td->td_flags &= ~TDF_BORROWING;
		sched_prio(td, base_pri);
	} else
		sched_lend_prio(td, prio);
}

void
sched_prio(struct thread *td, u_char prio)
{
	u_char oldprio;

	td->td_base_pri = prio;
	if (td->td_flags & TDF_BORROWING && td->td_priority < prio)
		return;
	oldprio = td->td_priority;
	sched_priority(td, prio);
	if (TD_ON_LOCK(td) && oldprio != prio)
		turnstile_adjust(td, oldprio);
}

void
sched_user_prio(struct thread *td, u_char prio)
{

	td->td_base_user_pri = prio;
	if (td->td_lend_user_pri <= prio)
		return;
	td->td_user_pri = prio;
}

void
sched_lend_user_prio(struct thread *td, u_char prio)
{

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	td->td_lend_user_pri = prio;
	td->td_user_pri = imin(prio, td->td_base_user_pri);
	if (td->td_priority > td->td_user_pri)
		sched_prio(td, td->td_user_pri);
	else if (td->td_priority != td->td_user_pri)
		td->td_flags |= TDF_NEEDRESCHED;
}

void
sched_userret_slowpath(struct thread *td)
{

	thread_lock(td);
	td->td_priority = td->td_user_pri;
	SDT_PROBE2(_trace, , , priority, td->td_tid, td->td_user_pri);
	td->td_base_pri = td->td_user_pri;
	thread_unlock(td);
}

void
sched_class(struct thread *td, int class)
{

	td->td_pri_class = class;
}

void
sched_nice(struct proc *p, int nice)
{
	struct thread *td;

	PROC_LOCK_ASSERT(p, MA_OWNED);
	p->p_nice = nice;
	FOREACH_THREAD_IN_PROC(p, td) {
		thread_lock(td);
		resetpriority(td);
		resetpriority_thread(td);
		thread_unlock(td);
	}
}

/*
 * The queue.
 */

/* Would a thread of priority pri interrupt one of cpri? */
static int
should_preempt(int pri, int cpri)
{

	if (pri >= cpri)
		return (0);
#ifdef PREEMPTION
	/* In the kernel, only interrupt threads are worth a switch at once. */
	return (pri <= PRI_MAX_ITHD || cpri >= PRI_MIN_IDLE);
#else
	return (cpri >= PRI_MIN_IDLE);
#endif
}

#ifdef SMP
/* Some CPU shall look at the queue: an idle one, or the one with the least to lose. */
static void
kick_other_cpu(struct thread *td)
{
	struct thread *ctd;
	int best = -1, cpu, pri = td->td_priority;

	CPU_FOREACH(cpu) {
		ctd = cpu_curthread[cpu];
		if (cpu == (int)curcpu || ctd == NULL ||
		    !THREAD_CAN_RUN_HERE(td, cpu))
			continue;
		if (best == -1 ||
		    ctd->td_priority > cpu_curthread[best]->td_priority)
			best = cpu;
	}
	if (best != -1 && should_preempt(pri, cpu_curthread[best]->td_priority))
		ipi_cpu(best, IPI_PREEMPT);
}
#endif

static void
maybe_preempt(struct thread *td)
{
	struct thread *ctd = curthread;

	if (td->td_priority < ctd->td_priority)
		ctd->td_flags |= TDF_NEEDRESCHED;
	if (KERNEL_PANICKED() || cold || TD_IS_INHIBITED(ctd) ||
	    !should_preempt(td->td_priority, ctd->td_priority))
		return;
	ctd->td_owepreempt = 1;
}

void
sched_add(struct thread *td, int flags)
{

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	KASSERT(td->td_inhibitors == 0, ("sched_add: inhibited thread"));
	SDT_PROBE4(sched, , , enqueue, td, td->td_proc, NULL,
	    flags & SRQ_PREEMPTED);
	/* From now on sched_lock protects it. */
	if (td->td_lock != &sched_lock) {
		mtx_lock_spin(&sched_lock);
		if ((flags & SRQ_HOLD) != 0)
			td->td_lock = &sched_lock;
		else
			thread_lock_set(td, &sched_lock);
	}
	TD_SET_RUNQ(td);
	if ((td->td_flags & TDF_NOLOAD) == 0)
		sched_load_add();
	SDT_PROBE4(_trace, , , runq__add, td->td_tid, NOCPU, td->td_priority,
	    flags);
	runq_add(&runq, td, flags);
	td->td_runqp = &runq;
	if ((flags & SRQ_YIELDING) == 0) {
#ifdef SMP
		if (smp_started && !should_preempt(td->td_priority,
		    curthread->td_priority))
			kick_other_cpu(td);
		else
#endif
			maybe_preempt(td);
	}
	if ((flags & SRQ_HOLDTD) == 0)
		thread_unlock(td);
}

void
sched_rem(struct thread *td)
{

	KASSERT(TD_ON_RUNQ(td), ("sched_rem: thread not on run queue"));
	mtx_assert(&sched_lock, MA_OWNED);
	SDT_PROBE3(sched, , , dequeue, td, td->td_proc, NULL);
	if ((td->td_flags & TDF_NOLOAD) == 0)
		sched_load_rem();
	SDT_PROBE2(_trace, , , runq__remove, td->td_tid, NOCPU);
	runq_remove(&runq, td);
	td->td_runqp = NULL;
	TD_SET_CAN_RUN(td);
}

/* The best ready thread that may run here. */
static struct thread *
runq_choose_here(void)
{
	struct thread *td;
	uint64_t status;
	int cpu = curcpu, i;

	td = runq_choose(&runq);
	if (td == NULL || THREAD_CAN_RUN_HERE(td, cpu))
		return (td);
	for (status = runq.rq_status; status != 0; status &= status - 1) {
		i = __builtin_ctzl(status);
		TAILQ_FOREACH(td, &runq.rq_queues[i], td_runq) {
			if (THREAD_CAN_RUN_HERE(td, cpu))
				return (td);
		}
	}
	return (NULL);
}

struct thread *
sched_choose(void)
{
	struct thread *td;

	mtx_assert(&sched_lock, MA_OWNED);
	td = runq_choose_here();
	if (td != NULL) {
		SDT_PROBE2(_trace, , , runq__remove, td->td_tid, NOCPU);
		runq_remove(&runq, td);
		td->td_runqp = NULL;
		td_get_sched(td)->ts_flags |= TSF_DIDRUN;
	} else
		td = PCPU_GET(idlethread);
	cpu_curthread[curcpu] = td;
	TD_SET_RUNNING(td);
	return (td);
}

/*
 * Sleeping and waking.
 */
void
sched_sleep(struct thread *td, int pri)
{

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	td->td_slptick = ticks;
	td_get_sched(td)->ts_slptime = 0;
	if (pri != 0 && PRI_BASE(td->td_pri_class) == PRI_TIMESHARE)
		sched_prio(td, pri);
}

void
sched_wakeup(struct thread *td, int srqflags)
{
	struct td_sched *ts = td_get_sched(td);

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	if (ts->ts_slptime > 1) {
		updatepri(td);
		resetpriority(td);
	}
	td->td_slptick = 0;
	ts->ts_slptime = 0;
	ts->ts_slice = sched_slice;
	sched_add(td, SRQ_BORING | srqflags);
}

/*
 * Switching.
 */
void
sched_switch(struct thread *td, int flags)
{
	struct mtx *tmtx;
	struct thread *newtd;
	int preempted;

	td->td_lastcpu = td->td_oncpu;
	preempted = (td->td_flags & TDF_SLICEEND) == 0 &&
	    (flags & SW_PREEMPT) != 0;
	td->td_flags &= ~(TDF_NEEDRESCHED | TDF_SLICEEND);
	td->td_owepreempt = 0;

	/* Nobody can lock td until it is saved. */
	tmtx = thread_lock_block(td);
	spinlock_enter();
	if (tmtx != &sched_lock) {
		/* To sleep: this was the sleep queue's, turnstile's ... */
		mtx_unlock_spin(tmtx);
		mtx_lock_spin(&sched_lock);
	}
	if (TD_IS_IDLETHREAD(td))
		TD_SET_CAN_RUN(td);
	else if (TD_IS_RUNNING(td)) {
		TD_SET_RUNQ(td);
		SDT_PROBE4(_trace, , , runq__add, td->td_tid, NOCPU,
		    td->td_priority, flags);
		runq_add(&runq, td, preempted ?
		    SRQ_OURSELF | SRQ_YIELDING | SRQ_PREEMPTED :
		    SRQ_OURSELF | SRQ_YIELDING);
		td->td_runqp = &runq;
	} else if ((td->td_flags & TDF_NOLOAD) == 0)
		sched_load_rem();

	newtd = sched_choose();
	if (td != newtd) {
		mtx_unlock_spin(&sched_lock);
		SDT_PROBE2(sched, , , off__cpu, newtd, newtd->td_proc);
		SDT_PROBE4(_trace, , , switch, td->td_tid, newtd->td_tid,
		    flags, newtd->td_priority);
#ifdef KDTRACE_HOOKS
		if (__predict_false(dtrace_vtime_active))
			(*dtrace_vtime_switch_func)(newtd);
#endif
		td->td_oncpu = NOCPU;
		cpu_switch(td, newtd, tmtx);
		td->td_oncpu = PCPU_GET(cpuid);
		SDT_PROBE0(sched, , , on__cpu);
	} else {
		/* It lost nothing: same thread, same lock. */
		td->td_lock = tmtx;
		mtx_unlock_spin(&sched_lock);
		SDT_PROBE0(sched, , , remain__cpu);
	}
}

void
sched_throw(struct thread *td)
{
	struct thread *newtd;

	if (td == NULL) {
		/* The stand-in's spin-lock section is the first thread's. */
		PCPU_SET(switchtime, cpu_ticks());
		PCPU_SET(switchticks, ticks);
		mtx_lock_spin(&sched_lock);
		newtd = sched_choose();
		mtx_unlock_spin(&sched_lock);
		cpu_throw(newtd);
	}
	MPASS(td->td_lock == &sched_lock);
	if ((td->td_flags & TDF_NOLOAD) == 0)
		sched_load_rem();
	td->td_lastcpu = td->td_oncpu;
	td->td_oncpu = NOCPU;
	(void)thread_lock_block(td);
	spinlock_enter();
	newtd = sched_choose();
	mtx_unlock_spin(&sched_lock);
	SDT_PROBE2(sched, , , off__cpu, newtd, newtd->td_proc);
	SDT_PROBE4(_trace, , , switch, td->td_tid, newtd->td_tid, SW_VOL,
	    newtd->td_priority);
#ifdef KDTRACE_HOOKS
	if (__predict_false(dtrace_vtime_active))
		(*dtrace_vtime_switch_func)(newtd);
#endif
	cpu_switch(td, newtd, &sched_lock);
	panic("sched_throw: thread %d came back", td->td_tid);
}

/* A new thread's first act, with the switch's spin-lock section open. */
void
sched_fork_exit(struct thread *td)
{

	td->td_oncpu = PCPU_GET(cpuid);
	SDT_PROBE0(sched, , , on__cpu);
	thread_stash_dead();
	spinlock_exit();
}

void
sched_preempt(struct thread *td)
{
	struct thread *best;

	SDT_PROBE2(sched, , , surrender, td, td->td_proc);
	thread_lock(td);
	best = td->td_lock == &sched_lock ? runq_choose_here() : NULL;
	if (best != NULL && best->td_priority < td->td_priority) {
		if (td->td_critnest > 1)
			td->td_owepreempt = 1;
		else {
			mi_switch(SW_INVOL | SW_PREEMPT | SWT_REMOTEPREEMPT);
			return;
		}
	}
	thread_unlock(td);
}

void
sched_relinquish(struct thread *td)
{

	thread_lock(td);
	mi_switch(SW_VOL | SWT_RELINQUISH);
}

/* statclock: the running thread gets dearer; its slice gets shorter. */
void
sched_clock(struct thread *td, int cnt)
{
	struct td_sched *ts = td_get_sched(td);

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	for (; cnt > 0; cnt--) {
		ts->ts_cpticks++;
		ts->ts_estcpu = ESTCPULIM(ts->ts_estcpu + 1);
		if ((ts->ts_estcpu % INVERSE_ESTCPU_WEIGHT) == 0) {
			resetpriority(td);
			resetpriority_thread(td);
		}
		if (!TD_IS_IDLETHREAD(td) && --ts->ts_slice <= 0) {
			ts->ts_slice = sched_slice;
			td->td_flags |= TDF_NEEDRESCHED | TDF_SLICEEND;
		}
	}
}

void
sched_idletd(void *dummy __unused)
{
	struct thread *td = curthread;

	for (;;) {
		while (!sched_runnable())
			cpu_idle(0);
		thread_lock(td);
		mi_switch(SW_VOL | SWT_IDLE);
		SDT_PROBE2(sysinfo, , , idlethread, 1, 0);
	}
}

/*
 * Birth and death.
 */
void
sched_fork(struct thread *td, struct thread *childtd)
{

	sched_fork_thread(td, childtd);
}

void
sched_fork_thread(struct thread *td, struct thread *childtd)
{
	struct td_sched *ts = td_get_sched(td), *tsc = td_get_sched(childtd);

	childtd->td_oncpu = NOCPU;
	childtd->td_lastcpu = NOCPU;
	childtd->td_lock = &sched_lock;
	childtd->td_priority = childtd->td_base_pri;
	bzero(tsc, sizeof(*tsc));
	tsc->ts_estcpu = ts->ts_estcpu;
	tsc->ts_slice = 1;
}

/* Something of a child's estcpu comes back to who waited for it. */
void
sched_exit(struct proc *p, struct thread *childtd)
{

	sched_exit_thread(FIRST_THREAD_IN_PROC(p), childtd);
}

void
sched_exit_thread(struct thread *td, struct thread *child)
{
	struct td_sched *ts = td_get_sched(td);

	thread_lock(td);
	ts->ts_estcpu = ESTCPULIM(ts->ts_estcpu +
	    td_get_sched(child)->ts_estcpu);
	thread_unlock(td);
}

/*
 * Binding to a CPU.
 */
void
sched_bind(struct thread *td, int cpu)
{
	struct td_sched *ts = td_get_sched(td);

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	if (ts->ts_flags & TSF_BOUND)
		sched_unbind(td);
	ts->ts_flags |= TSF_BOUND;
	ts->ts_cpu = cpu;
	td->td_pinned++;
	if ((int)PCPU_GET(cpuid) == cpu)
		return;
	mi_switch(SW_VOL | SWT_BIND);
	thread_lock(td);
}

void
sched_setbind(struct thread *td, int cpu)
{
	struct td_sched *ts = td_get_sched(td);

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	if ((ts->ts_flags & TSF_BOUND) == 0) {
		ts->ts_flags |= TSF_BOUND;
		td->td_pinned++;
	}
	ts->ts_cpu = cpu;
}

void
sched_unbind(struct thread *td)
{
	struct td_sched *ts = td_get_sched(td);

	if ((ts->ts_flags & TSF_BOUND) == 0)
		return;
	ts->ts_flags &= ~TSF_BOUND;
	td->td_pinned--;
}

int
sched_is_bound(struct thread *td)
{

	return ((td_get_sched(td)->ts_flags & TSF_BOUND) != 0);
}

void
sched_affinity(struct thread *td)
{

}

/*
 * Questions.
 */
int
sched_load(void)
{

	return (sched_tdcnt);
}

int
sched_runnable(void)
{

	return (*(volatile uint64_t *)&runq.rq_status != 0);
}

int
sched_rr_interval(void)
{

	return (imax(1, (sched_slice * hz + realstathz / 2) / realstathz));
}

fixpt_t
sched_pctcpu(struct thread *td)
{

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	return (td_get_sched(td)->ts_pctcpu);
}

const char *
sched_name(void)
{

	return ("4BSD");
}

/*
 * Boot.
 */
void
schedinit(void)
{

	runq_init(&runq);
	mtx_init(&sched_lock, "sched lock", NULL, MTX_SPIN);
	thread0.td_lock = &sched_lock;
	cpu_curthread[0] = &thread0;
	sched_tdcnt = 1;
	td_get_sched(&thread0)->ts_slice = sched_slice;
}

void
sched_setup_idle(struct thread *td, int cpu)
{
	struct td_sched *ts = td_get_sched(td);

	ts->ts_flags |= TSF_BOUND;
	ts->ts_cpu = cpu;
	td->td_pinned = 1;
	if (cpu_curthread[cpu] == NULL)
		cpu_curthread[cpu] = td;
}

static void
sched_initticks(const void *dummy __unused)
{

	realstathz = stathz != 0 ? stathz : hz;
	sched_slice = imax(1, realstathz / 10);
}
SYSINIT(sched_initticks, SI_SUB_CLOCKS, SI_ORDER_THIRD, sched_initticks, NULL);

#endif /* SCHED_4BSD */
