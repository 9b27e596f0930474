/*
 * The ULE scheduler: a run queue for each CPU.
 *
 * Each CPU chooses from its own struct tdq: first from the realtime queue
 * (interrupt threads, kernel priorities, interactive threads), then from the
 * timeshare queue, then from the idle queue.  The timeshare queue is a calendar: a
 * thread's priority says how far behind the hand it is put, and the hand moves
 * on, so that nobody starves.
 *
 * A thread is interactive if it sleeps much more than it runs; the score comes
 * from its history of a few seconds.  Time slices shrink as load grows.
 *
 * CPUs balance in three ways: a thread that wakes goes to a good CPU
 * (sched_pickcpu), an idle CPU steals, and once a second or so one CPU evens
 * out the rest (sched_balance).
 *
 * Locking: tdq_lock ("sched lock N") protects a tdq and is the thread lock of all
 * threads that run or wait to run there.
 */
#include <sys/param.h>

#ifndef SCHED_4BSD

#include <sys/dtrace_bsd.h>
#include <sys/kernel.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/resource.h>
#include <sys/sched.h>
#include <sys/smp.h>
#include <sys/trace.h>
#include <sys/turnstile.h>

/* The scheduler's part of a thread.  All (t). */
struct td_sched {
	short		 ts_flags;	/* TSF_ */
	int		 ts_cpu;	/* CPU of its queue. */
	int		 ts_rltick;	/* ticks when it last ran. */
	int		 ts_slice;	/* statclock ticks of its slice used. */
	u_int		 ts_slptime;	/* History: ticks asleep, */
	u_int		 ts_runtime;	/* and running; both << SCHED_TICK_SHIFT. */
	int		 ts_ltick;	/* CPU share: ticks last looked at, */
	int		 ts_ftick;	/* start of the window, */
	int		 ts_ticks;	/* ticks run in it, << SCHED_TICK_SHIFT. */
};
#define	TSF_BOUND	0x0001		/* sched_bind() to a CPU. */
#define	TSF_XFERABLE	0x0002		/* Counted in tdq_transferable. */
#define	td_get_sched(td)	((td)->td_sched)
CTASSERT(sizeof(struct td_sched) <= sizeof(((struct thread *)0)->td_sched_store));

#define	THREAD_CAN_MIGRATE(td)	((td)->td_pinned == 0)

/* Timeshare priorities: interactive ones, then batch. */
#define	PRI_MIN_INTERACT	PRI_MIN_TIMESHARE
#define	PRI_MAX_INTERACT	(PRI_MIN_BATCH - 1)
#define	PRI_INTERACT_RANGE	32
#define	PRI_MIN_BATCH		(PRI_MIN_TIMESHARE + PRI_INTERACT_RANGE)
#define	PRI_MAX_BATCH		PRI_MAX_TIMESHARE
#define	PRI_BATCH_RANGE		(PRI_MAX_BATCH - PRI_MIN_BATCH + 1)

/* CPU share is measured over ten seconds, and one more before it is cut. */
#define	SCHED_TICK_SECS		10
#define	SCHED_TICK_TARG		(hz * SCHED_TICK_SECS)
#define	SCHED_TICK_MAX		(SCHED_TICK_TARG + hz)
#define	SCHED_TICK_SHIFT	10
#define	SCHED_TICK_HZ(ts)	((ts)->ts_ticks >> SCHED_TICK_SHIFT)
#define	SCHED_TICK_TOTAL(ts)	imax((ts)->ts_ltick - (ts)->ts_ftick, hz)

/* Batch priority: the share of CPU used, and niceness on both sides. */
#define	SCHED_PRI_NHALF		(PRIO_MAX - PRIO_MIN) / 2
#define	SCHED_PRI_MIN		(PRI_MIN_BATCH + SCHED_PRI_NHALF)
#define	SCHED_PRI_MAX		(PRI_MAX_BATCH - SCHED_PRI_NHALF)
#define	SCHED_PRI_RANGE		(SCHED_PRI_MAX - SCHED_PRI_MIN + 1)
#define	SCHED_PRI_TICKS(ts)						\
	(SCHED_TICK_HZ(ts) /						\
	    (roundup(SCHED_TICK_TOTAL(ts), SCHED_PRI_RANGE) / SCHED_PRI_RANGE))

/* Interactivity: history of five seconds; a child inherits half of one. */
#define	SCHED_SLP_RUN_MAX	((u_int)(hz * 5) << SCHED_TICK_SHIFT)
#define	SCHED_SLP_RUN_FORK	((u_int)(hz / 2) << SCHED_TICK_SHIFT)
#define	SCHED_INTERACT_MAX	100
#define	SCHED_INTERACT_HALF	(SCHED_INTERACT_MAX / 2)
#define	SCHED_INTERACT_THRESH	30

/* Slices in statclock ticks. */
#define	SCHED_SLICE_DEFAULT_DIVISOR	10
#define	SCHED_SLICE_MIN_DIVISOR		6

static int realstathz = 127;
static int sched_slice = 12;
static int sched_slice_min = 2;
static int tickincr = 8 << SCHED_TICK_SHIFT;
static int sched_interact = SCHED_INTERACT_THRESH;
#ifdef PREEMPTION
static int preempt_thresh = PRI_MIN_KERN;
#else
static int preempt_thresh;
#endif
static int static_boost = PRI_MIN_BATCH;
static int sched_idlespins = 10000;
static int sched_idlespinthresh = 16;
static int affinity = 1;
static int steal_thresh = 2;
static int balance_interval = 128;

/* A CPU's run queues.  All (t) but what says otherwise. */
struct tdq {
	struct mtx	 tdq_lock;
	struct thread	*tdq_curthread;	/* Chosen to run. */
	volatile int	 tdq_load;	/* Threads running or ready. */
	volatile int	 tdq_cpu_idle;	/* (atomic) About to halt. */
	int		 tdq_sysload;	/* Load without TDF_NOLOAD threads. */
	volatile int	 tdq_transferable; /* Ready and may go elsewhere. */
	volatile short	 tdq_switchcnt;	/* Switches in this statclock tick, */
	volatile short	 tdq_oldswitchcnt; /* and in the one before. */
	u_char		 tdq_lowpri;	/* Best priority here. */
	u_char		 tdq_owepreempt; /* An IPI is on its way. */
	u_char		 tdq_idx;	/* Calendar: where to insert, */
	u_char		 tdq_ridx;	/* and where to take from. */
	int		 tdq_id;	/* CPU. */
	struct runq	 tdq_realtime;
	struct runq	 tdq_timeshare;
	struct runq	 tdq_idle;
	char		 tdq_name[16];
} __aligned(64);

static struct tdq tdq_cpu[MAXCPU];
static int balance_ticks;
static struct tdq *balance_tdq;
static uint32_t randomval;		/* Seeded at boot. */

#define	TDQ_SELF()		((struct tdq *)PCPU_GET(sched))
#define	TDQ_CPU(x)		(&tdq_cpu[x])
#define	TDQ_ID(x)		((x)->tdq_id)
#define	TDQ_LOCK(t)		mtx_lock_spin(TDQ_LOCKPTR(t))
#define	TDQ_LOCK_FLAGS(t, f)	mtx_lock_spin_flags(TDQ_LOCKPTR(t), (f))
#define	TDQ_UNLOCK(t)		mtx_unlock_spin(TDQ_LOCKPTR(t))
#define	TDQ_LOCKPTR(t)		(&(t)->tdq_lock)
#define	TDQ_LOCK_ASSERT(t, type) mtx_assert(TDQ_LOCKPTR(t), (type))

static void	sched_priority(struct thread *td);
static void	sched_thread_priority(struct thread *td, u_char prio);
static int	tdq_add(struct tdq *tdq, struct thread *td, int flags);
static void	tdq_notify(struct tdq *tdq, int lowpri);

static uint32_t
sched_random(void)
{

	randomval = randomval * 69069 + 5;
	return (randomval >> 16);
}

/*
 * Would a thread of priority pri interrupt one of cpri?
 */
static int
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
static void
tdq_runq_add(struct tdq *tdq, struct thread *td, int flags)
{
	struct td_sched *ts = td_get_sched(td);
	u_char pri = td->td_priority;

	TDQ_LOCK_ASSERT(tdq, MA_OWNED);
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

static void
tdq_load_add(struct tdq *tdq, struct thread *td)
{

	tdq->tdq_load++;
	if ((td->td_flags & TDF_NOLOAD) == 0)
		tdq->tdq_sysload++;
	SDT_PROBE2(sched, , , load__change, tdq->tdq_id, tdq->tdq_load);
}

static void
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

static void
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
 * Interactivity and priority.
 */
static int
sched_interact_score(struct thread *td)
{
	struct td_sched *ts = td_get_sched(td);
	u_int div;

	if (ts->ts_runtime > ts->ts_slptime) {
		div = ts->ts_runtime / SCHED_INTERACT_HALF;
		if (div == 0)
			div = 1;
		return (SCHED_INTERACT_HALF +
		    (SCHED_INTERACT_HALF - (int)(ts->ts_slptime / div)));
	}
	if (ts->ts_slptime > ts->ts_runtime) {
		div = ts->ts_slptime / SCHED_INTERACT_HALF;
		if (div == 0)
			div = 1;
		return ((int)(ts->ts_runtime / div));
	}
	return (ts->ts_runtime != 0 ? SCHED_INTERACT_HALF : 0);
}

/* The priority in user mode, from history, CPU share and niceness. */
static void
sched_priority(struct thread *td)
{
	struct td_sched *ts = td_get_sched(td);
	int pri, score;

	if (PRI_BASE(td->td_pri_class) != PRI_TIMESHARE)
		return;
	score = imax(0, sched_interact_score(td) + td->td_proc->p_nice);
	if (score < sched_interact)
		pri = PRI_MIN_INTERACT +
		    PRI_INTERACT_RANGE * score / sched_interact;
	else {
		pri = SCHED_PRI_MIN;
		if (ts->ts_ticks != 0)
			pri += imin(SCHED_PRI_TICKS(ts), SCHED_PRI_RANGE - 1);
		pri += td->td_proc->p_nice;
		pri = imax(PRI_MIN_BATCH, imin(pri, PRI_MAX_BATCH));
	}
	sched_user_prio(td, (u_char)pri);
}

/* Keep the history near five seconds, so that it can change its mind. */
static void
sched_interact_update(struct thread *td)
{
	struct td_sched *ts = td_get_sched(td);
	u_int sum;

	sum = ts->ts_runtime + ts->ts_slptime;
	if (sum < SCHED_SLP_RUN_MAX)
		return;
	if (sum > SCHED_SLP_RUN_MAX * 2) {
		/* A very long sleep or run: start over with its verdict. */
		if (ts->ts_runtime > ts->ts_slptime) {
			ts->ts_runtime = SCHED_SLP_RUN_MAX;
			ts->ts_slptime = 1;
		} else {
			ts->ts_slptime = SCHED_SLP_RUN_MAX;
			ts->ts_runtime = 1;
		}
	} else if (sum > (SCHED_SLP_RUN_MAX / 5) * 6) {
		ts->ts_runtime /= 2;
		ts->ts_slptime /= 2;
	} else {
		ts->ts_runtime = ts->ts_runtime / 5 * 4;
		ts->ts_slptime = ts->ts_slptime / 5 * 4;
	}
}

/* A child starts with its parent's verdict, but can change it quickly. */
static void
sched_interact_fork(struct thread *td)
{
	struct td_sched *ts = td_get_sched(td);
	u_int ratio, sum;

	sum = ts->ts_runtime + ts->ts_slptime;
	if (sum > SCHED_SLP_RUN_FORK) {
		ratio = sum / SCHED_SLP_RUN_FORK;
		ts->ts_runtime /= ratio;
		ts->ts_slptime /= ratio;
	}
}

/* Bring the CPU share up to now; run: it has run since the last time. */
static void
sched_pctcpu_update(struct td_sched *ts, int run)
{
	int t = ticks;

	if ((u_int)(t - ts->ts_ltick) >= (u_int)SCHED_TICK_TARG) {
		ts->ts_ticks = 0;
		ts->ts_ftick = t - SCHED_TICK_TARG;
	} else if (t - ts->ts_ftick >= SCHED_TICK_MAX) {
		ts->ts_ticks = (ts->ts_ticks / (ts->ts_ltick - ts->ts_ftick)) *
		    (ts->ts_ltick - (t - SCHED_TICK_TARG));
		ts->ts_ftick = t - SCHED_TICK_TARG;
	}
	if (run)
		ts->ts_ticks += (t - ts->ts_ltick) << SCHED_TICK_SHIFT;
	ts->ts_ltick = t;
}

static void
sched_thread_priority(struct thread *td, u_char prio)
{
	struct td_sched *ts = td_get_sched(td);
	struct tdq *tdq;
	int oldpri;

	SDT_PROBE3(sched, , , change__pri, td, td->td_proc, prio);
	if (td != curthread && prio < td->td_priority)
		SDT_PROBE4(sched, , , lend__pri, td, td->td_proc, prio,
		    curthread);
	THREAD_LOCK_ASSERT(td, MA_OWNED);
	if (td->td_priority == prio)
		return;
	if (TD_ON_RUNQ(td) && prio < td->td_priority) {
		/* It counts where it waits: move it. */
		sched_rem(td);
		td->td_priority = prio;
		sched_add(td, SRQ_BORROWING | SRQ_HOLDTD);
		return;
	}
	if (TD_IS_RUNNING(td)) {
		tdq = TDQ_CPU(ts->ts_cpu);
		oldpri = td->td_priority;
		td->td_priority = prio;
		if (prio < tdq->tdq_lowpri)
			tdq->tdq_lowpri = prio;
		else if (tdq->tdq_lowpri == oldpri)
			tdq_setlowpri(tdq, td);
		return;
	}
	td->td_priority = prio;
}

void
sched_lend_prio(struct thread *td, u_char prio)
{

	td->td_flags |= TDF_BORROWING;
	sched_thread_priority(td, prio);
}

/* What others lend td is now prio at best. */
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
		sched_thread_priority(td, base_pri);
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
	sched_thread_priority(td, prio);
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

/* Back to user mode: what the kernel gave is over. */
void
sched_userret_slowpath(struct thread *td)
{

	thread_lock(td);
	td->td_priority = td->td_user_pri;
	td->td_base_pri = td->td_user_pri;
	tdq_setlowpri(TDQ_SELF(), td);
	thread_unlock(td);
}

/*
 * Which CPU?
 */
#ifdef SMP
/* The least loaded CPU where pri would run at once (pri -1: any), or -1. */
static int
sched_lowest(int pri, int prefer)
{
	struct tdq *tdq;
	int best = -1, bestload = 0, cpu, load;

	CPU_FOREACH(cpu) {
		tdq = TDQ_CPU(cpu);
		if (pri >= 0 && tdq->tdq_lowpri <= pri)
			continue;
		load = tdq->tdq_load * 256;
		if (cpu != prefer)
			load += 64 + sched_random() % 64;
		if (best == -1 || load < bestload) {
			best = cpu;
			bestload = load;
		}
	}
	return (best);
}

/* The most loaded CPU with something to give, or -1. */
static int
sched_highest(cpuset_t mask, int minload)
{
	struct tdq *tdq;
	int best = -1, bestload = 0, cpu, load;

	CPU_FOREACH(cpu) {
		tdq = TDQ_CPU(cpu);
		if (!CPU_ISSET(cpu, &mask) || tdq->tdq_load < minload ||
		    tdq->tdq_transferable == 0)
			continue;
		load = tdq->tdq_load * 256 + sched_random() % 64;
		if (best == -1 || load > bestload) {
			best = cpu;
			bestload = load;
		}
	}
	return (best);
}

static int
sched_pickcpu(struct thread *td, int flags)
{
	struct td_sched *ts = td_get_sched(td);
	struct tdq *tdq;
	int cpu, pri, self = PCPU_GET(cpuid);

	if (smp_started == 0)
		return (self);
	if (!THREAD_CAN_MIGRATE(td))
		return (ts->ts_cpu);	/* Pinned or bound. */
	/* Interrupt threads run where the interrupt was. */
	if (td->td_priority <= PRI_MAX_ITHD && curthread->td_intr_nesting_level)
		return (self);
	/* The last CPU, if it idles and its cache may still know us. */
	tdq = TDQ_CPU(ts->ts_cpu);
	if (tdq->tdq_lowpri >= PRI_MIN_IDLE &&
	    ts->ts_rltick > ticks - affinity)
		return (ts->ts_cpu);
	pri = td->td_priority;
	cpu = sched_lowest(pri, ts->ts_cpu);
	if (cpu == -1)
		cpu = sched_lowest(-1, ts->ts_cpu);
	/* Here is better than elsewhere, if it would run at once. */
	tdq = TDQ_CPU(cpu);
	if (TDQ_SELF()->tdq_lowpri > pri && tdq->tdq_lowpri < PRI_MIN_IDLE &&
	    TDQ_SELF()->tdq_load <= tdq->tdq_load + 1)
		cpu = self;
	return (cpu);
}

/* Lock two queues in one order. */
static void
tdq_lock_pair(struct tdq *one, struct tdq *two)
{

	if (one < two) {
		TDQ_LOCK(one);
		TDQ_LOCK_FLAGS(two, MTX_DUPOK);
	} else {
		TDQ_LOCK(two);
		TDQ_LOCK_FLAGS(one, MTX_DUPOK);
	}
}

/* A thread of a queue that may move, not the one that is next. */
static struct thread *
runq_steal(struct runq *rq)
{
	struct thread *td;
	int i;

	for (i = 0; i < RQ_NQS; i++) {
		if ((rq->rq_status & (1UL << i)) == 0)
			continue;
		TAILQ_FOREACH(td, &rq->rq_queues[i], td_runq) {
			if (THREAD_CAN_MIGRATE(td))
				return (td);
		}
	}
	return (NULL);
}

/*
 * Move one thread between two locked queues; NULL if none can.
 */
static struct thread *
tdq_move(struct tdq *from, struct tdq *to)
{
	struct thread *td;

	td = runq_steal(&from->tdq_realtime);
	if (td == NULL)
		td = runq_steal(&from->tdq_timeshare);
	if (td == NULL)
		td = runq_steal(&from->tdq_idle);
	if (td == NULL)
		return (NULL);
	/* It may be ready and yet still be switched from. */
	thread_lock_block_wait(td);
	sched_rem(td);
	td_get_sched(td)->ts_cpu = TDQ_ID(to);
	td->td_lock = TDQ_LOCKPTR(to);
	(void)tdq_add(to, td, SRQ_YIELDING);
	return (td);
}

/*
 * This CPU has nothing to do.  Take work from another; 0 if it switched.
 */
static int
tdq_idled(struct tdq *tdq)
{
	struct tdq *steal;
	cpuset_t mask;
	int cpu;

	if (smp_started == 0)
		return (1);
	CPU_FILL(&mask);
	CPU_CLR(TDQ_ID(tdq), &mask);
	for (;;) {
		if (tdq->tdq_load != 0)
			return (0);
		cpu = sched_highest(mask, steal_thresh);
		if (cpu == -1)
			return (1);
		steal = TDQ_CPU(cpu);
		tdq_lock_pair(tdq, steal);
		/* What we saw without locks may be over. */
		if (tdq->tdq_load == 0 && steal->tdq_load >= steal_thresh &&
		    steal->tdq_transferable != 0 &&
		    tdq_move(steal, tdq) != NULL) {
			TDQ_UNLOCK(steal);
			mi_switch(SW_VOL | SWT_IDLE);
			return (0);
		}
		CPU_CLR(cpu, &mask);
		TDQ_UNLOCK(steal);
		TDQ_UNLOCK(tdq);
	}
}

/* About to become idle in sched_switch(): take work from another first. */
static void
tdq_trysteal(struct tdq *tdq)
{
	struct tdq *steal;
	cpuset_t mask;
	int cpu;

	if (smp_started == 0)
		return;
	CPU_FILL(&mask);
	CPU_CLR(TDQ_ID(tdq), &mask);
	cpu = sched_highest(mask, steal_thresh);
	if (cpu == -1)
		return;
	steal = TDQ_CPU(cpu);
	/* Two locks in order: ours must go for a moment. */
	TDQ_UNLOCK(tdq);
	tdq_lock_pair(tdq, steal);
	if (tdq->tdq_load == 0 && steal->tdq_load >= steal_thresh &&
	    steal->tdq_transferable != 0)
		(void)tdq_move(steal, tdq);
	TDQ_UNLOCK(steal);
}

/* Every second or so: from the most loaded CPU to the least. */
static void
sched_balance(void)
{
	struct tdq *high, *low, *tdq = TDQ_SELF();
	struct thread *td;
	cpuset_t mask;
	int cpu;

	balance_ticks = imax(balance_interval / 2, 1) +
	    sched_random() % balance_interval;
	TDQ_UNLOCK(tdq);
	CPU_FILL(&mask);
	cpu = sched_highest(mask, 2);
	if (cpu != -1) {
		high = TDQ_CPU(cpu);
		low = TDQ_CPU(sched_lowest(-1, -1));
		if (high != low && low->tdq_load + 1 < high->tdq_load) {
			tdq_lock_pair(high, low);
			td = NULL;
			if (high->tdq_transferable != 0 &&
			    low->tdq_load + 1 < high->tdq_load)
				td = tdq_move(high, low);
			TDQ_UNLOCK(high);
			if (td != NULL && low != tdq)
				tdq_notify(low, td->td_priority);
			TDQ_UNLOCK(low);
		}
	}
	TDQ_LOCK(tdq);
}
#else
#define	sched_pickcpu(td, flags)	0
#define	tdq_trysteal(tdq)		((void)0)
#endif /* SMP */

/* Tell another CPU that something better waits there. */
static void
tdq_notify(struct tdq *tdq, int lowpri)
{
#ifdef SMP
	struct thread *ctd = tdq->tdq_curthread;
	int cpu = TDQ_ID(tdq);

	TDQ_LOCK_ASSERT(tdq, MA_OWNED);
	if (tdq->tdq_owepreempt)
		return;
	if (!sched_shouldpreempt(lowpri, ctd->td_priority, 1))
		return;
	tdq->tdq_owepreempt = 1;
	ipi_cpu(cpu, IPI_PREEMPT);
#endif
}

/*
 * Adding and removing.
 */
static int
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
		SDT_PROBE3(_trace, , , switch, td->td_tid, newtd->td_tid,
		    flags);
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
	SDT_PROBE3(_trace, , , switch, td->td_tid, newtd->td_tid, SW_VOL);
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
	if (balance_tdq == tdq && smp_started && balance_ticks > 0 &&
	    (balance_ticks -= cnt) <= 0)
		sched_balance();
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
			if (tdq_idled(tdq) == 0)
				continue;
		}
		switchcnt = tdq->tdq_switchcnt + tdq->tdq_oldswitchcnt;
#else
		oldswitchcnt = switchcnt;
#endif
		/* Many switches: the next thread will be here soon. */
		if (mp_ncpus > 1 && switchcnt > sched_idlespinthresh) {
			for (i = 0; i < sched_idlespins; i++) {
				if (tdq->tdq_load != 0)
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

	randomval = (uint32_t)__hw(HW_RANDOM, 0, 0, 0, 0);
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
	affinity = imax(1, hz / 1000);
	balance_interval = realstathz;
	balance_ticks = balance_interval;
	balance_tdq = TDQ_SELF();
	sched_idlespinthresh = imax(16, 2 * hz / realstathz);
}
SYSINIT(sched_initticks, SI_SUB_CLOCKS, SI_ORDER_THIRD, sched_initticks, NULL);

#endif /* !SCHED_4BSD */
