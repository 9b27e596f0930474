/*
 * The ULE scheduler: a run queue for each CPU.
 *
 * Each CPU chooses from its own struct tdq: first from the realtime queue
 * (interrupt threads, kernel priorities, interactive threads), then from the
 * timeshare queue, then from the idle queue.  The timeshare queue is a calendar: a
 * thread's priority says how far behind the hand it is put, and the hand moves
 * on, so that nobody starves.
 *
 * This file has the queues and the switching; sched_ule_pri.c decides who is
 * interactive, sched_ule_smp.c which CPU a thread runs on.
 *
 * Locking: tdq_lock ("sched lock N") protects a tdq and is the thread lock of all
 * threads that run or wait to run there.
 */
#include <sys/param.h>

#ifndef SCHED_4BSD

#include <sys/dtrace_bsd.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/trace.h>
#include "sched_ule.h"

static int realstathz = 127;
static int sched_slice = 12;		/* statclock ticks. */
static int sched_slice_min = 2;
static int tickincr = 8 << SCHED_TICK_SHIFT;
#ifdef PREEMPTION
static int preempt_thresh = PRI_MIN_KERN;
#else
static int preempt_thresh;
#endif
static int static_boost = PRI_MIN_BATCH; /* Best left to who slept. */
static int sched_idlespins = 10000;
static int sched_idlespinthresh = 16;

struct tdq tdq_cpu[MAXCPU];

/*
 * Would a thread of priority pri interrupt one of cpri?
 */
int
sched_shouldpreempt(int pri, int cpri, int remote)
{

	if (pri >= cpri)
		return (0);
	if (cpri >= PRI_MIN_IDLE)
		return (1);
	if (preempt_thresh == 0)
		return (0);
	if (pri <= preempt_thresh)
		return (1);
	/* From afar: interactive threads do, if the other is not. */
	if (remote && pri <= PRI_MAX_INTERACT && cpri > PRI_MAX_INTERACT)
		return (1);
	return (0);
}

/*
 * Run queues of one CPU.
 */
void
tdq_runq_add(struct tdq *tdq, struct thread *td, int flags)
{
	struct td_sched *ts = td_get_sched(td);
	u_char pri = td->td_priority;

	TDQ_LOCK_ASSERT(tdq, MA_OWNED);
	SDT_PROBE4(_trace, , , runq__add, td->td_tid, TDQ_ID(tdq), pri, flags);
	TD_SET_RUNQ(td);
	if (THREAD_CAN_MIGRATE(td)) {
		tdq->tdq_transferable++;
		ts->ts_flags |= TSF_XFERABLE;
	}
	if (pri < PRI_MIN_BATCH)
		td->td_runqp = &tdq->tdq_realtime;
	else if (pri <= PRI_MAX_BATCH) {
		td->td_runqp = &tdq->tdq_timeshare;
		if ((flags & (SRQ_BORROWING | SRQ_PREEMPTED)) == 0) {
			/* Spread all batch priorities over the calendar. */
			pri = RQ_NQS * (pri - PRI_MIN_BATCH) / PRI_BATCH_RANGE;
			pri = (pri + tdq->tdq_idx) % RQ_NQS;
			/*
			 * While the hand waits for its list to drain nobody
			 * new may enter it: he would be first, not last.
			 */
			if (tdq->tdq_ridx != tdq->tdq_idx &&
			    pri == tdq->tdq_ridx)
				pri = (u_char)(pri - 1) % RQ_NQS;
		} else
			pri = tdq->tdq_ridx;
		runq_add_pri(td->td_runqp, td, pri, flags);
		return;
	} else
		td->td_runqp = &tdq->tdq_idle;
	runq_add(td->td_runqp, td, flags);
}

static void
tdq_runq_rem(struct tdq *tdq, struct thread *td)
{
	struct td_sched *ts = td_get_sched(td);

	TDQ_LOCK_ASSERT(tdq, MA_OWNED);
	SDT_PROBE2(_trace, , , runq__remove, td->td_tid, TDQ_ID(tdq));
	if (ts->ts_flags & TSF_XFERABLE) {
		tdq->tdq_transferable--;
		ts->ts_flags &= ~TSF_XFERABLE;
	}
	if (td->td_runqp == &tdq->tdq_timeshare) {
		if (tdq->tdq_idx != tdq->tdq_ridx)
			runq_remove_idx(td->td_runqp, td, &tdq->tdq_ridx);
		else
			runq_remove_idx(td->td_runqp, td, NULL);
	} else
		runq_remove(td->td_runqp, td);
	td->td_runqp = NULL;
}

void
tdq_load_add(struct tdq *tdq, struct thread *td)
{

	tdq->tdq_load++;
	if ((td->td_flags & TDF_NOLOAD) == 0)
		tdq->tdq_sysload++;
	SDT_PROBE2(sched, , , load__change, tdq->tdq_id, tdq->tdq_load);
}

void
tdq_load_rem(struct tdq *tdq, struct thread *td)
{

	tdq->tdq_load--;
	if ((td->td_flags & TDF_NOLOAD) == 0)
		tdq->tdq_sysload--;
	SDT_PROBE2(sched, , , load__change, tdq->tdq_id, tdq->tdq_load);
}

/* The best thread that is ready, or NULL. */
static struct thread *
tdq_choose(struct tdq *tdq)
{
	struct thread *td;

	td = runq_choose(&tdq->tdq_realtime);
	if (td != NULL)
		return (td);
	td = runq_choose_from(&tdq->tdq_timeshare, tdq->tdq_ridx);
	if (td != NULL)
		return (td);
	return (runq_choose(&tdq->tdq_idle));
}

void
tdq_setlowpri(struct tdq *tdq, struct thread *ctd)
{
	struct thread *td;

	if (ctd == NULL)
		ctd = tdq->tdq_curthread;
	td = tdq_choose(tdq);
	if (td == NULL || td->td_priority > ctd->td_priority)
		tdq->tdq_lowpri = ctd->td_priority;
	else
		tdq->tdq_lowpri = td->td_priority;
}

/* A slice gets shorter the more threads want one. */
static int
tdq_slice(struct tdq *tdq)
{
	int load;

	load = tdq->tdq_sysload - 1;
	if (load >= SCHED_SLICE_MIN_DIVISOR)
		return (sched_slice_min);
	if (load <= 1)
		return (sched_slice);
	return (sched_slice / load);
}

/*
 * Adding and removing.
 */
int
tdq_add(struct tdq *tdq, struct thread *td, int flags)
{
	int lowpri;

	TDQ_LOCK_ASSERT(tdq, MA_OWNED);
	THREAD_LOCKPTR_ASSERT(td, TDQ_LOCKPTR(tdq));
	KASSERT(td->td_inhibitors == 0, ("sched_add: inhibited thread"));
	lowpri = tdq->tdq_lowpri;
	if (td->td_priority < lowpri)
		tdq->tdq_lowpri = td->td_priority;
	tdq_runq_add(tdq, td, flags);
	tdq_load_add(tdq, td);
	return (td->td_priority);
}

/* td's queue is that of cpu from now on: its thread lock as well. */
static struct tdq *
sched_setcpu(struct thread *td, int cpu, int flags)
{
	struct tdq *tdq = TDQ_CPU(cpu);
	struct mtx *mtx;

	td_get_sched(td)->ts_cpu = cpu;
	if (td->td_lock == TDQ_LOCKPTR(tdq))
		return (tdq);
	/* Never two thread locks at once: block it while it has none. */
	spinlock_enter();
	mtx = thread_lock_block(td);
	if ((flags & SRQ_HOLD) == 0)
		mtx_unlock_spin(mtx);
	TDQ_LOCK(tdq);
	thread_lock_unblock(td, TDQ_LOCKPTR(tdq));
	spinlock_exit();
	return (tdq);
}

/* curthread shall make way soon for a ready thread of priority pri? */
static void
sched_setpreempt(int pri)
{
	struct thread *ctd = curthread;
	int cpri = ctd->td_priority;

	if (pri < cpri)
		ctd->td_flags |= TDF_NEEDRESCHED;
	if (KERNEL_PANICKED() || pri >= cpri || cold || TD_IS_INHIBITED(ctd))
		return;
	if (!sched_shouldpreempt(pri, cpri, 0))
		return;
	ctd->td_owepreempt = 1;
}

void
sched_add(struct thread *td, int flags)
{
	struct tdq *tdq;
	int cpu, lowpri;

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	SDT_PROBE4(sched, , , enqueue, td, td->td_proc, NULL,
	    flags & SRQ_PREEMPTED);
	if (PRI_BASE(td->td_pri_class) == PRI_TIMESHARE)
		sched_priority(td);
	cpu = sched_pickcpu(td, flags);
	tdq = sched_setcpu(td, cpu, flags);
	lowpri = tdq_add(tdq, td, flags);
	if (cpu != (int)PCPU_GET(cpuid))
		tdq_notify(tdq, lowpri);
	else if ((flags & SRQ_YIELDING) == 0)
		sched_setpreempt(td->td_priority);
	if ((flags & SRQ_HOLDTD) == 0)
		thread_unlock(td);
}

void
sched_rem(struct thread *td)
{
	struct tdq *tdq = TDQ_CPU(td_get_sched(td)->ts_cpu);

	SDT_PROBE3(sched, , , dequeue, td, td->td_proc, NULL);
	TDQ_LOCK_ASSERT(tdq, MA_OWNED);
	KASSERT(TD_ON_RUNQ(td), ("sched_rem: thread not on run queue"));
	tdq_runq_rem(tdq, td);
	tdq_load_rem(tdq, td);
	TD_SET_CAN_RUN(td);
	if (td->td_priority == tdq->tdq_lowpri)
		tdq_setlowpri(tdq, NULL);
}

void
sched_sleep(struct thread *td, int prio)
{

	td->td_slptick = ticks;
	if (PRI_BASE(td->td_pri_class) != PRI_TIMESHARE)
		return;
	/* Whoever sleeps in the kernel wakes with a fair priority. */
	if (static_boost == 1 && prio != 0)
		sched_prio(td, prio);
	else if (static_boost && td->td_priority > static_boost)
		sched_prio(td, static_boost);
}

void
sched_wakeup(struct thread *td, int srqflags)
{
	struct td_sched *ts = td_get_sched(td);
	int slptick;

	slptick = td->td_slptick;
	td->td_slptick = 0;
	if (slptick != 0 && slptick != ticks) {
		ts->ts_slptime += (ticks - slptick) << SCHED_TICK_SHIFT;
		sched_interact_update(td);
		sched_pctcpu_update(ts, 0);
	}
	ts->ts_slice = 0;
	sched_add(td, SRQ_BORING | srqflags);
}

/*
 * Switching.
 */
struct thread *
sched_choose(void)
{
	struct tdq *tdq = TDQ_SELF();
	struct thread *td;

	TDQ_LOCK_ASSERT(tdq, MA_OWNED);
	td = tdq_choose(tdq);
	if (td != NULL) {
		tdq_runq_rem(tdq, td);
		tdq->tdq_lowpri = td->td_priority;
	} else {
		tdq->tdq_lowpri = PRI_MAX_IDLE;
		td = PCPU_GET(idlethread);
	}
	tdq->tdq_curthread = td;
	TD_SET_RUNNING(td);
	return (td);
}

/*
 * td runs but belongs to another CPU's queue now.  td_lock is blocked, so we can
 * let go of our queue to lock that one.
 */
static struct mtx *
sched_switch_migrate(struct tdq *tdq, struct thread *td, int flags)
{
	struct tdq *tdn = TDQ_CPU(td_get_sched(td)->ts_cpu);
	int lowpri;

	tdq_load_rem(tdq, td);
	TDQ_UNLOCK(tdq);
	TDQ_LOCK(tdn);
	lowpri = td->td_priority;
	if (lowpri < tdn->tdq_lowpri)
		tdn->tdq_lowpri = lowpri;
	tdq_runq_add(tdn, td, flags);
	tdq_load_add(tdn, td);
	tdq_notify(tdn, lowpri);
	TDQ_UNLOCK(tdn);
	TDQ_LOCK(tdq);
	return (TDQ_LOCKPTR(tdn));
}

void
sched_switch(struct thread *td, int flags)
{
	struct td_sched *ts = td_get_sched(td);
	struct tdq *tdq = TDQ_SELF();
	struct mtx *mtx;
	struct thread *newtd;
	int preempted, srqflag;

	sched_pctcpu_update(ts, 1);
	ts->ts_rltick = ticks;
	td->td_lastcpu = td->td_oncpu;
	preempted = (td->td_flags & TDF_SLICEEND) == 0 &&
	    (flags & SW_PREEMPT) != 0;
	td->td_flags &= ~(TDF_NEEDRESCHED | TDF_SLICEEND);
	td->td_owepreempt = 0;
	tdq->tdq_owepreempt = 0;
	if (!TD_IS_IDLETHREAD(td))
		tdq->tdq_switchcnt++;

	/* Nobody can lock td until it is saved; the lock itself stays ours. */
	mtx = thread_lock_block(td);
	spinlock_enter();
	if (TD_IS_IDLETHREAD(td)) {
		MPASS(mtx == TDQ_LOCKPTR(tdq));
		TD_SET_CAN_RUN(td);
	} else if (TD_IS_RUNNING(td)) {
		MPASS(mtx == TDQ_LOCKPTR(tdq));
		srqflag = preempted ? SRQ_OURSELF | SRQ_YIELDING |
		    SRQ_PREEMPTED : SRQ_OURSELF | SRQ_YIELDING;
		if (ts->ts_cpu == TDQ_ID(tdq))
			tdq_runq_add(tdq, td, srqflag);
		else
			mtx = sched_switch_migrate(tdq, td, srqflag);
	} else {
		/* To sleep: mtx is the sleep queue's, turnstile's ... */
		if (mtx != TDQ_LOCKPTR(tdq)) {
			mtx_unlock_spin(mtx);
			TDQ_LOCK(tdq);
		}
		tdq_load_rem(tdq, td);
		if (tdq->tdq_load == 0)
			tdq_trysteal(tdq);
	}

	newtd = sched_choose();
	if (td != newtd) {
		sched_pctcpu_update(td_get_sched(newtd), 0);
		TDQ_UNLOCK(tdq);
		SDT_PROBE2(sched, , , off__cpu, newtd, newtd->td_proc);
		SDT_PROBE4(_trace, , , switch, td->td_tid, newtd->td_tid,
		    flags, newtd->td_priority);
#ifdef KDTRACE_HOOKS
		if (__predict_false(dtrace_vtime_active))
			(*dtrace_vtime_switch_func)(newtd);
#endif
		td->td_oncpu = NOCPU;
		cpu_switch(td, newtd, mtx);
		/* Running again, perhaps elsewhere. */
		td->td_oncpu = PCPU_GET(cpuid);
		SDT_PROBE0(sched, , , on__cpu);
	} else {
		thread_lock_unblock(td, mtx);
		TDQ_UNLOCK(tdq);
		SDT_PROBE0(sched, , , remain__cpu);
	}
	KASSERT(curthread->td_md.md_spinlock_count == 1,
	    ("invalid count %d", curthread->td_md.md_spinlock_count));
}

/*
 * A thread leaves for good (td locked), or a CPU looks for its first (NULL).
 */
void
sched_throw(struct thread *td)
{
	struct tdq *tdq;
	struct thread *newtd;

	if (td == NULL) {
		tdq = &tdq_cpu[PCPU_GET(cpuid)];
		PCPU_SET(sched, tdq);
		PCPU_SET(switchtime, cpu_ticks());
		PCPU_SET(switchticks, ticks);
		/* The stand-in's spin-lock section is the first thread's. */
		TDQ_LOCK(tdq);
		newtd = sched_choose();
		TDQ_UNLOCK(tdq);
		cpu_throw(newtd);
	}
	tdq = TDQ_SELF();
	THREAD_LOCKPTR_ASSERT(td, TDQ_LOCKPTR(tdq));
	tdq_load_rem(tdq, td);
	td->td_lastcpu = td->td_oncpu;
	td->td_oncpu = NOCPU;
	(void)thread_lock_block(td);
	spinlock_enter();
	if (tdq->tdq_load == 0)
		tdq_trysteal(tdq);
	newtd = sched_choose();
	TDQ_UNLOCK(tdq);
	SDT_PROBE2(sched, , , off__cpu, newtd, newtd->td_proc);
	SDT_PROBE4(_trace, , , switch, td->td_tid, newtd->td_tid, SW_VOL,
	    newtd->td_priority);
#ifdef KDTRACE_HOOKS
	if (__predict_false(dtrace_vtime_active))
		(*dtrace_vtime_switch_func)(newtd);
#endif
	cpu_switch(td, newtd, TDQ_LOCKPTR(tdq));
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

/* Another CPU asked us to look for something better. */
void
sched_preempt(struct thread *td)
{
	struct tdq *tdq;
	int flags;

	SDT_PROBE2(sched, , , surrender, td, td->td_proc);
	thread_lock(td);
	tdq = TDQ_SELF();
	tdq->tdq_owepreempt = 0;
	if (td->td_priority > tdq->tdq_lowpri) {
		if (td->td_critnest > 1)
			td->td_owepreempt = 1;
		else {
			flags = SW_INVOL | SW_PREEMPT;
			flags |= TD_IS_IDLETHREAD(td) ? SWT_REMOTEWAKEIDLE :
			    SWT_REMOTEPREEMPT;
			mi_switch(flags);
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

/*
 * statclock: charge the running thread; end its slice.
 */
void
sched_clock(struct thread *td, int cnt)
{
	struct td_sched *ts = td_get_sched(td);
	struct tdq *tdq = TDQ_SELF();

	THREAD_LOCK_ASSERT(td, MA_OWNED);
#ifdef SMP
	sched_balance_tick(tdq, cnt);
#endif
	tdq->tdq_oldswitchcnt = tdq->tdq_switchcnt;
	tdq->tdq_switchcnt = (short)tdq->tdq_load;
	/* The calendar's hands. */
	if (tdq->tdq_idx == tdq->tdq_ridx) {
		tdq->tdq_idx = (tdq->tdq_idx + 1) % RQ_NQS;
		if (TAILQ_EMPTY(&tdq->tdq_timeshare.rq_queues[tdq->tdq_ridx]))
			tdq->tdq_ridx = tdq->tdq_idx;
	}
	sched_pctcpu_update(ts, 1);
	if ((td->td_pri_class & PRI_FIFO_BIT) || TD_IS_IDLETHREAD(td))
		return;
	if (PRI_BASE(td->td_pri_class) == PRI_TIMESHARE) {
		ts->ts_runtime += tickincr * cnt;
		sched_interact_update(td);
		sched_priority(td);
	}
	ts->ts_slice += cnt;
	if (ts->ts_slice >= tdq_slice(tdq)) {
		ts->ts_slice = 0;
		td->td_flags |= TDF_NEEDRESCHED | TDF_SLICEEND;
	}
}

/*
 * The idle thread: look for work, steal some, halt.
 */
void
sched_idletd(void *dummy __unused)
{
	struct thread *td = curthread;
	struct tdq *tdq = TDQ_SELF();
	int i, oldswitchcnt = -1, switchcnt;

	for (;;) {
		if (tdq->tdq_load != 0) {
			thread_lock(td);
			mi_switch(SW_VOL | SWT_IDLE);
		}
		switchcnt = tdq->tdq_switchcnt + tdq->tdq_oldswitchcnt;
#ifdef SMP
		if (switchcnt != oldswitchcnt) {
			oldswitchcnt = switchcnt;
			SDT_PROBE2(sysinfo, , , idlethread, 1, 0);
			if (tdq_idled(tdq) == 0)
				continue;
		}
		switchcnt = tdq->tdq_switchcnt + tdq->tdq_oldswitchcnt;
#else
		if (switchcnt != oldswitchcnt)
			SDT_PROBE2(sysinfo, , , idlethread, 1, 0);
		oldswitchcnt = switchcnt;
#endif
		/*
		 * Many switches: the next thread will be here soon.  Plain
		 * looks will do: they may miss a store that is younger than
		 * an interrupt takes to get here, and see it the next time.
		 */
		if (mp_ncpus > 1 && switchcnt > sched_idlespinthresh) {
			for (i = 0; i < sched_idlespins; i++) {
				if (*__DEVOLATILE(int *, &tdq->tdq_load) != 0)
					break;
				cpu_spinwait();
			}
		}
		switchcnt = tdq->tdq_switchcnt + tdq->tdq_oldswitchcnt;
		if (tdq->tdq_load != 0 || switchcnt != oldswitchcnt)
			continue;
		tdq->tdq_cpu_idle = 1;
		if (tdq->tdq_load == 0)
			cpu_idle(switchcnt * 4 > sched_idlespinthresh);
		tdq->tdq_cpu_idle = 0;
		/* Any interrupt counts as a switch. */
		switchcnt = tdq->tdq_switchcnt + tdq->tdq_oldswitchcnt;
		if (switchcnt != oldswitchcnt)
			continue;
		tdq->tdq_switchcnt++;
		oldswitchcnt++;
	}
}

/*
 * Birth and death.
 */
void
sched_fork(struct thread *td, struct thread *childtd)
{

	sched_pctcpu_update(td_get_sched(td), 1);
	sched_fork_thread(td, childtd);
	sched_interact_fork(childtd);
	sched_priority(childtd);
	/* The parent pays: or it would gain by forking. */
	td_get_sched(td)->ts_runtime += tickincr;
	sched_interact_update(td);
	sched_priority(td);
}

void
sched_fork_thread(struct thread *td, struct thread *child)
{
	struct td_sched *ts = td_get_sched(td), *ts2 = td_get_sched(child);

	child->td_oncpu = NOCPU;
	child->td_lastcpu = NOCPU;
	child->td_lock = TDQ_LOCKPTR(TDQ_SELF());
	ts2->ts_cpu = TDQ_ID(TDQ_SELF());
	ts2->ts_flags = 0;
	ts2->ts_ticks = ts->ts_ticks;
	ts2->ts_ltick = ts->ts_ltick;
	ts2->ts_ftick = ts->ts_ftick;
	ts2->ts_slptime = ts->ts_slptime;
	ts2->ts_runtime = ts->ts_runtime;
	ts2->ts_rltick = 0;
	child->td_priority = child->td_base_pri;
	/* A full slice would reward forking as well. */
	ts2->ts_slice = tdq_slice(TDQ_SELF()) - sched_slice_min;
}

/* Something of a child's history comes back to who waited for it. */
void
sched_exit(struct proc *p, struct thread *childtd)
{

	sched_exit_thread(FIRST_THREAD_IN_PROC(p), childtd);
}

void
sched_exit_thread(struct thread *td, struct thread *child)
{

	thread_lock(td);
	td_get_sched(td)->ts_runtime += td_get_sched(child)->ts_runtime;
	sched_interact_update(td);
	sched_priority(td);
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
		sched_priority(td);
		sched_prio(td, td->td_base_user_pri);
		thread_unlock(td);
	}
}

/*
 * Binding to a CPU.  td is curthread and locked.
 */
void
sched_bind(struct thread *td, int cpu)
{
	struct td_sched *ts = td_get_sched(td);

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	if (ts->ts_flags & TSF_BOUND)
		sched_unbind(td);
	ts->ts_flags |= TSF_BOUND;
	td->td_pinned++;
	if ((int)PCPU_GET(cpuid) == cpu)
		return;
	ts->ts_cpu = cpu;
	mi_switch(SW_VOL | SWT_BIND);
	thread_lock(td);
}

void
sched_unbind(struct thread *td)
{
	struct td_sched *ts = td_get_sched(td);

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	if ((ts->ts_flags & TSF_BOUND) == 0)
		return;
	ts->ts_flags &= ~TSF_BOUND;
	td->td_pinned--;
}

/* Another thread, which waits: from now on it runs on cpu. */
void
sched_setbind(struct thread *td, int cpu)
{
	struct td_sched *ts = td_get_sched(td);

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	KASSERT(TD_IS_INHIBITED(td), ("sched_setbind: thread %d is active",
	    td->td_tid));
	if ((ts->ts_flags & TSF_BOUND) == 0) {
		ts->ts_flags |= TSF_BOUND;
		td->td_pinned++;
	}
	ts->ts_cpu = cpu;
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
	int cpu, total = 0;

	CPU_FOREACH(cpu)
		total += TDQ_CPU(cpu)->tdq_sysload;
	return (total);
}

int
sched_runnable(void)
{
	struct tdq *tdq = TDQ_SELF();

	/* tdq_load counts a thread that runs; the idle thread is not. */
	return (tdq->tdq_load > (TD_IS_IDLETHREAD(curthread) ? 0 : 1));
}

int
sched_rr_interval(void)
{

	return (imax(1, (sched_slice * hz + realstathz / 2) / realstathz));
}

fixpt_t
sched_pctcpu(struct thread *td)
{
	struct td_sched *ts = td_get_sched(td);

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	sched_pctcpu_update(ts, TD_IS_RUNNING(td));
	if (ts->ts_ticks == 0)
		return (0);
	return ((FSCALE * ((FSCALE * (SCHED_TICK_HZ(ts) / SCHED_TICK_SECS)) /
	    hz)) >> FSHIFT);
}

const char *
sched_name(void)
{

	return ("ULE");
}

/*
 * Boot.
 */
void
schedinit(void)
{
	struct tdq *tdq;
	int cpu;

	CPU_FOREACH(cpu) {
		tdq = TDQ_CPU(cpu);
		runq_init(&tdq->tdq_realtime);
		runq_init(&tdq->tdq_timeshare);
		runq_init(&tdq->tdq_idle);
		tdq->tdq_id = cpu;
		tdq->tdq_lowpri = PRI_MAX_IDLE;
		snprintf(tdq->tdq_name, sizeof(tdq->tdq_name), "sched lock %d",
		    cpu);
		mtx_init(&tdq->tdq_lock, tdq->tdq_name, "sched lock", MTX_SPIN);
	}
	tdq = TDQ_CPU(0);
	PCPU_SET(sched, tdq);
	tdq->tdq_curthread = &thread0;
	tdq->tdq_load = tdq->tdq_sysload = 1;	/* thread0 */
	tdq->tdq_lowpri = PVM;
	thread0.td_lock = TDQ_LOCKPTR(tdq);
	td_get_sched(&thread0)->ts_slice = 0;
}

/* An idle thread's place; it never waits on a queue. */
void
sched_setup_idle(struct thread *td, int cpu)
{
	struct tdq *tdq = TDQ_CPU(cpu);

	td->td_lock = TDQ_LOCKPTR(tdq);
	td_get_sched(td)->ts_cpu = cpu;
	td->td_pinned = 1;
	if (tdq->tdq_curthread == NULL)
		tdq->tdq_curthread = td;
}

/* The clocks' rates are known. */
static void
sched_initticks(const void *dummy __unused)
{

	realstathz = stathz != 0 ? stathz : hz;
	sched_slice = imax(1, realstathz / SCHED_SLICE_DEFAULT_DIVISOR);
	sched_slice_min = imax(1, sched_slice / SCHED_SLICE_MIN_DIVISOR);
	tickincr = imax(1, (hz << SCHED_TICK_SHIFT) / realstathz);
	sched_idlespinthresh = imax(16, 2 * hz / realstathz);
}
SYSINIT(sched_initticks, SI_SUB_CLOCKS, SI_ORDER_THIRD, sched_initticks, NULL);

#endif /* !SCHED_4BSD */
