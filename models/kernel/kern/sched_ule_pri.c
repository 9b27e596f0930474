/*
 * ULE: who is interactive, and what priority follows from it.
 *
 * The score is 0 for a thread that only sleeps, 100 for one that only runs and 50
 * if it does both alike.  Below 30 it is interactive: its priority is in the
 * interactive range, which the realtime queue serves before all batch threads.
 * Else its priority depends on how much CPU it had in the last ten seconds.
 */
#include <sys/param.h>

#ifndef SCHED_4BSD

#include <sys/trace.h>
#include <sys/turnstile.h>
#include "sched_ule.h"

static int sched_interact = SCHED_INTERACT_THRESH;

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
void
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
void
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
void
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
void
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
	SDT_PROBE2(_trace, , , priority, td->td_tid, prio);
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
	SDT_PROBE2(_trace, , , priority, td->td_tid, td->td_user_pri);
	td->td_base_pri = td->td_user_pri;
	tdq_setlowpri(TDQ_SELF(), td);
	thread_unlock(td);
}

#endif /* !SCHED_4BSD */
