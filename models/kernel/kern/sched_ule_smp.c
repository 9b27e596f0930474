/*
 * ULE: which CPU a thread runs on.
 *
 * A thread that wakes is placed by sched_pickcpu().  A CPU that has nothing left
 * takes a thread from the most loaded one (tdq_trysteal, tdq_idled).  And every
 * second or so one CPU evens out what these left (sched_balance).  All of them
 * look at loads without locks first, and again with them.
 */
#include <sys/param.h>

#if defined(SMP) && !defined(SCHED_4BSD)

#include <sys/kernel.h>
#include "sched_ule.h"

static int affinity = 1;		/* ticks for which a cache is warm. */
static int steal_thresh = 2;		/* Load from which a CPU gives. */
static int balance_interval = 128;	/* statclock ticks. */
static int balance_ticks;		/* Left of them. */
static struct tdq *balance_tdq;		/* Who balances. */
static uint32_t randomval;		/* Seeded at boot. */

static uint32_t
sched_random(void)
{

	randomval = randomval * 69069 + 5;
	return (randomval >> 16);
}

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

int
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
int
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
void
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
/* Tell another CPU that something better waits there. */
void
tdq_notify(struct tdq *tdq, int lowpri)
{
	struct thread *ctd = tdq->tdq_curthread;
	int cpu = TDQ_ID(tdq);

	TDQ_LOCK_ASSERT(tdq, MA_OWNED);
	if (tdq->tdq_owepreempt)
		return;
	if (!sched_shouldpreempt(lowpri, ctd->td_priority, 1))
		return;
	tdq->tdq_owepreempt = 1;
	ipi_cpu(cpu, IPI_PREEMPT);
}

/* From statclock; curthread's queue is locked. */
void
sched_balance_tick(struct tdq *tdq, int cnt)
{

	if (balance_tdq == tdq && smp_started && balance_ticks > 0 &&
	    (balance_ticks -= cnt) <= 0)
		sched_balance();
}

/* The clocks' rates are known. */
static void
sched_smp_initticks(const void *dummy __unused)
{

	randomval = (uint32_t)__hw(HW_RANDOM, 0, 0, 0, 0);
	affinity = imax(1, hz / 1000);
	balance_interval = stathz != 0 ? stathz : hz;
	balance_ticks = balance_interval;
	balance_tdq = TDQ_SELF();
}
SYSINIT(sched_smp_initticks, SI_SUB_CLOCKS, SI_ORDER_THIRD,
    sched_smp_initticks, NULL);

#endif /* SMP && !SCHED_4BSD */
