/*
 * Sleep queues: where threads wait for events.
 *
 * An event is named by an address, the wait channel.  A thread that sleeps
 * donates its own sleepqueue structure to the channel's queue, found through a
 * hash table by the address; whoever wakes takes one along (as with
 * turnstiles).  Unlike there, nobody knows who will cause the event, so no
 * priority is lent.
 *
 *	sleepq_lock(wchan)		no wakeup can be missed from here on
 *	sleepq_add(wchan, ...)		we are on the queue
 *	sleepq_set_timeout_sbt(...)	perhaps
 *	sleepq_wait(wchan, pri)		and gone; drops the chain lock
 *
 * The chain lock ("sleepq chain") protects the queues of its bucket and is the
 * thread lock of those who sleep on them.  A timeout is a callout that runs in
 * the timer interrupt; a signal comes through sleepq_abort().
 */
#include <sys/param.h>
#include <sys/callout.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/queue.h>
#include <sys/sched.h>
#include <sys/signalvar.h>
#include <sys/sleepqueue.h>
#include <sys/trace.h>
#include <vm/uma.h>

#define	SC_TABLESIZE	256
#define	SC_SHIFT	8
#define	SC_HASH(wc)							\
	((((uintptr_t)(wc) >> SC_SHIFT) ^ (uintptr_t)(wc)) & (SC_TABLESIZE - 1))
#define	SC_LOOKUP(wc)	(&sleepq_chains[SC_HASH(wc)])
#define	NR_SLEEPQS	2

/* Locking key: (c) chain lock. */
struct sleepqueue {
	struct threadqueue sq_blocked[NR_SLEEPQS]; /* (c) */
	u_int		 sq_blockedcnt[NR_SLEEPQS]; /* (c) */
	LIST_ENTRY(sleepqueue) sq_hash;	/* (c) Chain or free list. */
	LIST_HEAD(, sleepqueue) sq_free; /* (c) Donated by other sleepers. */
	const void	*sq_wchan;	/* (c) */
	int		 sq_type;	/* (c) SLEEPQ_ */
};

struct sleepqueue_chain {
	LIST_HEAD(, sleepqueue) sc_queues;
	struct mtx	 sc_lock;
};

static struct sleepqueue_chain sleepq_chains[SC_TABLESIZE];
static uma_zone_t sleepq_zone;

static void	sleepq_timeout(void *arg);

void
init_sleepqueues(void)
{
	int i;

	for (i = 0; i < SC_TABLESIZE; i++) {
		LIST_INIT(&sleepq_chains[i].sc_queues);
		mtx_init(&sleepq_chains[i].sc_lock, "sleepq chain", NULL,
		    MTX_SPIN);
	}
	sleepq_zone = uma_zcreate("SLEEPQUEUE", sizeof(struct sleepqueue),
	    NULL, NULL, NULL, NULL, UMA_ALIGN_CACHE, 0);
}

struct sleepqueue *
sleepq_alloc(void)
{
	struct sleepqueue *sq;
	int i;

	sq = uma_zalloc(sleepq_zone, M_WAITOK | M_ZERO);
	for (i = 0; i < NR_SLEEPQS; i++)
		TAILQ_INIT(&sq->sq_blocked[i]);
	LIST_INIT(&sq->sq_free);
	return (sq);
}

void
sleepq_free(struct sleepqueue *sq)
{

	uma_zfree(sleepq_zone, sq);
}

void
sleepq_lock(const void *wchan)
{

	mtx_lock_spin(&SC_LOOKUP(wchan)->sc_lock);
}

void
sleepq_release(const void *wchan)
{

	mtx_unlock_spin(&SC_LOOKUP(wchan)->sc_lock);
}

struct sleepqueue *
sleepq_lookup(const void *wchan)
{
	struct sleepqueue_chain *sc = SC_LOOKUP(wchan);
	struct sleepqueue *sq;

	KASSERT(wchan != NULL, ("%s: invalid NULL wait channel", __func__));
	mtx_assert(&sc->sc_lock, MA_OWNED);
	LIST_FOREACH(sq, &sc->sc_queues, sq_hash) {
		if (sq->sq_wchan == wchan)
			return (sq);
	}
	return (NULL);
}

/* Put the current thread on the queue of wchan. */
void
sleepq_add(const void *wchan, struct lock_object *lock, const char *wmesg,
    int flags, int queue)
{
	struct sleepqueue_chain *sc = SC_LOOKUP(wchan);
	struct sleepqueue *sq;
	struct thread *td = curthread;

	mtx_assert(&sc->sc_lock, MA_OWNED);
	MPASS(td->td_sleepqueue != NULL);
	MPASS(wchan != NULL);
	MPASS(queue >= 0 && queue < NR_SLEEPQS);
	KASSERT(td->td_no_sleeping == 0,
	    ("Trying sleep, but thread marked as sleeping prohibited"));

	sq = sleepq_lookup(wchan);
	if (sq == NULL) {
		sq = td->td_sleepqueue;
		LIST_INSERT_HEAD(&sc->sc_queues, sq, sq_hash);
		sq->sq_wchan = wchan;
		sq->sq_type = flags & SLEEPQ_TYPE;
	} else
		LIST_INSERT_HEAD(&sq->sq_free, td->td_sleepqueue, sq_hash);
	thread_lock(td);
	TAILQ_INSERT_TAIL(&sq->sq_blocked[queue], td, td_slpq);
	sq->sq_blockedcnt[queue]++;
	td->td_sleepqueue = NULL;
	td->td_sqqueue = queue;
	td->td_wchan = wchan;
	td->td_wmesg = wmesg;
	if (flags & SLEEPQ_INTERRUPTIBLE) {
		td->td_intrval = 0;
		td->td_flags |= TDF_SINTR;
	}
	td->td_flags &= ~TDF_TIMEOUT;
	SDT_PROBE3(_trace, , , sleep, wchan, TRACE_TEXT(wmesg, 0),
	    TRACE_TEXT(wmesg, 1));
	thread_unlock(td);
}

/*
 * The sleep ends at sbt (relative unless C_ABSOLUTE) at the latest.
 */
void
sleepq_set_timeout_sbt(const void *wchan, sbintime_t sbt, sbintime_t pr,
    int flags)
{
	struct thread *td = curthread;
	sbintime_t pr1, when;

	mtx_assert(&SC_LOOKUP(wchan)->sc_lock, MA_OWNED);
	MPASS(TD_ON_SLEEPQ(td) && td->td_sleepqueue == NULL);
	callout_when(sbt, pr, flags, &when, &pr1);
	thread_lock(td);
	td->td_sleeptimo = when;
	thread_unlock(td);
	callout_reset_sbt_on(&td->td_slpcallout, when, pr1, sleepq_timeout, td,
	    (int)PCPU_GET(cpuid), flags | C_PRECALC | C_DIRECT_EXEC);
}

u_int
sleepq_sleepcnt(const void *wchan, int queue)
{
	struct sleepqueue *sq = sleepq_lookup(wchan);

	return (sq == NULL ? 0 : sq->sq_blockedcnt[queue]);
}

int
sleepq_type(const void *wchan)
{
	struct sleepqueue *sq = sleepq_lookup(wchan);

	return (sq == NULL ? -1 : sq->sq_type);
}

/*
 * Take td, which sleeps or is about to, off its queue.  Chain and td locked.
 * A timeout that was set stays; it will find that its time is not ours.
 */
static void
sleepq_remove_thread(struct sleepqueue *sq, struct thread *td)
{
	struct sleepqueue *own;

	MPASS(td->td_wchan == sq->sq_wchan);
	TAILQ_REMOVE(&sq->sq_blocked[td->td_sqqueue], td, td_slpq);
	sq->sq_blockedcnt[td->td_sqqueue]--;
	own = LIST_FIRST(&sq->sq_free);
	if (own == NULL) {
		own = sq;
		sq->sq_wchan = NULL;
	}
	LIST_REMOVE(own, sq_hash);
	td->td_sleepqueue = own;
	td->td_wmesg = NULL;
	td->td_wchan = NULL;
	td->td_flags &= ~TDF_SINTR;
}

/*
 * Wake a thread on the queue sq; chain locked, and it stays so.
 */
static void
sleepq_resume_thread(struct sleepqueue *sq, struct thread *td, int pri,
    int srqflags)
{

	mtx_assert(&SC_LOOKUP(sq->sq_wchan)->sc_lock, MA_OWNED);
	SDT_PROBE2(sched, , , wakeup, td, td->td_proc);
	SDT_PROBE2(_trace, , , wakeup, td->td_tid, sq->sq_wchan);
	if (!TD_IS_SLEEPING(td)) {
		/* On its way to sleep: sleepq_switch() will turn back. */
		thread_lock(td);
		sleepq_remove_thread(sq, td);
		thread_unlock(td);
		return;
	}
	/* The chain is its thread lock, once it is switched from. */
	thread_lock_block_wait(td);
	THREAD_LOCKPTR_ASSERT(td, &SC_LOOKUP(sq->sq_wchan)->sc_lock);
	sleepq_remove_thread(sq, td);
	TD_CLR_SLEEPING(td);
	if (pri != 0 && td->td_priority > pri &&
	    PRI_BASE(td->td_pri_class) == PRI_TIMESHARE)
		sched_prio(td, pri);
	setrunnable(td, srqflags | SRQ_HOLD);
}

/*
 * Switch away, unless somebody woke us since sleepq_add().  Chain locked and
 * thread locked; both are unlocked on return.
 */
static void
sleepq_switch(const void *wchan, int pri)
{
	struct sleepqueue_chain *sc = SC_LOOKUP(wchan);
	struct sleepqueue *sq;
	struct thread *td = curthread;

	mtx_assert(&sc->sc_lock, MA_OWNED);
	THREAD_LOCK_ASSERT(td, MA_OWNED);
	if (td->td_sleepqueue != NULL) {
		mtx_unlock_spin(&sc->sc_lock);
		thread_unlock(td);
		return;
	}
	if (td->td_flags & TDF_TIMEOUT) {
		/* Too late already. */
		sq = sleepq_lookup(wchan);
		sleepq_remove_thread(sq, td);
		mtx_unlock_spin(&sc->sc_lock);
		thread_unlock(td);
		return;
	}
	MPASS(td->td_sleepqueue == NULL);
	sched_sleep(td, pri);
	thread_lock_set(td, &sc->sc_lock);
	SDT_PROBE0(sched, , , sleep);
	TD_SET_SLEEPING(td);
	mi_switch(SW_VOL | SWT_SLEEPQ);
}

/* 0, or EWOULDBLOCK if the time was over. */
static int
sleepq_check_timeout(void)
{
	struct thread *td = curthread;
	int res = 0;

	if (td->td_sleeptimo != 0) {
		if (td->td_sleeptimo <= sbinuptime())
			res = EWOULDBLOCK;
		td->td_sleeptimo = 0;
	}
	return (res);
}

static int
sleepq_check_signals(void)
{
	struct thread *td = curthread;

	if (td->td_flags & TDF_SLEEPABORT) {
		thread_lock(td);
		td->td_flags &= ~TDF_SLEEPABORT;
		thread_unlock(td);
		return (td->td_intrval);
	}
	return (0);
}

/*
 * An interruptible sleep: look for signals first.  The process lock may block,
 * so it is taken with the chain unlocked; it is kept until the thread is locked,
 * so that no signal is posted between our look and our sleep.
 */
static int
sleepq_catch_signals(const void *wchan, int pri)
{
	struct sleepqueue_chain *sc = SC_LOOKUP(wchan);
	struct thread *td = curthread;
	struct proc *p = td->td_proc;
	int ret;

	thread_lock(td);
	if ((td->td_flags & (TDF_NEEDSIGCHK | TDF_NEEDSUSPCHK)) == 0) {
		sleepq_switch(wchan, pri);
		return (0);
	}
	thread_unlock(td);
	mtx_unlock_spin(&sc->sc_lock);
	PROC_LOCK(p);
	ret = sig_intr_locked(td);
	mtx_lock_spin(&sc->sc_lock);
	PROC_UNLOCK(p);
	thread_lock(td);
	if (ret == 0) {
		sleepq_switch(wchan, pri);
		return (0);
	}
	/* Not now: off the queue, unless somebody has done it. */
	if (TD_ON_SLEEPQ(td))
		sleepq_remove_thread(sleepq_lookup(wchan), td);
	mtx_unlock_spin(&sc->sc_lock);
	thread_unlock(td);
	return (ret);
}

void
sleepq_wait(const void *wchan, int pri)
{

	thread_lock(curthread);
	sleepq_switch(wchan, pri);
}

int
sleepq_wait_sig(const void *wchan, int pri)
{
	int rcatch;

	rcatch = sleepq_catch_signals(wchan, pri);
	if (rcatch != 0)
		return (rcatch);
	return (sleepq_check_signals());
}

int
sleepq_timedwait(const void *wchan, int pri)
{

	thread_lock(curthread);
	sleepq_switch(wchan, pri);
	return (sleepq_check_timeout());
}

int
sleepq_timedwait_sig(const void *wchan, int pri)
{
	int rcatch, rvalt, rvals;

	rcatch = sleepq_catch_signals(wchan, pri);
	rvalt = sleepq_check_timeout();
	rvals = sleepq_check_signals();
	if (rcatch != 0)
		return (rcatch);
	if (rvals != 0)
		return (rvals);
	return (rvalt);
}

/* Wake the best sleeper.  Always 0: there is no swapper to be told. */
int
sleepq_signal(const void *wchan, int flags, int pri, int queue)
{
	struct sleepqueue *sq;
	struct thread *besttd, *td;

	sq = sleepq_lookup(wchan);
	if (sq == NULL)
		return (0);
	KASSERT(sq->sq_type == (flags & SLEEPQ_TYPE),
	    ("%s: mismatch between sleep/wakeup and cv_*", __func__));
	besttd = TAILQ_FIRST(&sq->sq_blocked[queue]);
	if (besttd == NULL)
		return (0);
	TAILQ_FOREACH(td, &sq->sq_blocked[queue], td_slpq) {
		if (td->td_priority < besttd->td_priority)
			besttd = td;
	}
	sleepq_resume_thread(sq, besttd, pri, 0);
	return (0);
}

int
sleepq_broadcast(const void *wchan, int flags, int pri, int queue)
{
	struct sleepqueue *sq;
	struct thread *td;

	sq = sleepq_lookup(wchan);
	if (sq == NULL)
		return (0);
	KASSERT(sq->sq_type == (flags & SLEEPQ_TYPE),
	    ("%s: mismatch between sleep/wakeup and cv_*", __func__));
	/* The last one takes sq itself along: then it is no longer ours. */
	while (sq->sq_wchan == wchan &&
	    (td = TAILQ_FIRST(&sq->sq_blocked[queue])) != NULL)
		sleepq_resume_thread(sq, td, pri, 0);
	return (0);
}

/* The time is over; runs in the timer interrupt. */
static void
sleepq_timeout(void *arg)
{
	struct sleepqueue *sq;
	struct thread *td = arg;
	const void *wchan;

	thread_lock(td);
	if (td->td_sleeptimo == 0 || td->td_sleeptimo > sbinuptime()) {
		/* Woken otherwise, and perhaps asleep again. */
		thread_unlock(td);
		return;
	}
	if (TD_IS_SLEEPING(td) && TD_ON_SLEEPQ(td)) {
		wchan = td->td_wchan;
		THREAD_LOCKPTR_ASSERT(td, &SC_LOOKUP(wchan)->sc_lock);
		sq = sleepq_lookup(wchan);
		MPASS(sq != NULL);
		td->td_flags |= TDF_TIMEOUT;
		sleepq_resume_thread(sq, td, 0, 0);
		sleepq_release(wchan);
		return;
	}
	/* On its way to sleep: sleepq_switch() will see it. */
	if (TD_ON_SLEEPQ(td))
		td->td_flags |= TDF_TIMEOUT;
	thread_unlock(td);
}

/* Take td off wchan's queue, if it is there. */
int
sleepq_remove(struct thread *td, const void *wchan)
{
	struct sleepqueue *sq;

	sleepq_lock(wchan);
	sq = sleepq_lookup(wchan);
	if (td->td_wchan != wchan || sq == NULL) {
		sleepq_release(wchan);
		return (0);
	}
	sleepq_resume_thread(sq, td, 0, 0);
	sleepq_release(wchan);
	return (1);
}

/*
 * End an interruptible sleep early; intrval is what it returns.  td is locked,
 * and unlocked on return.
 */
int
sleepq_abort(struct thread *td, int intrval)
{
	struct sleepqueue *sq;
	const void *wchan;

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	MPASS(TD_ON_SLEEPQ(td));
	MPASS(td->td_flags & TDF_SINTR);
	MPASS(intrval == EINTR || intrval == ERESTART);
	if ((td->td_flags & TDF_TIMEOUT) || !TD_IS_SLEEPING(td)) {
		/* Woken already, or not yet asleep: it will look itself. */
		thread_unlock(td);
		return (0);
	}
	td->td_intrval = intrval;
	td->td_flags |= TDF_SLEEPABORT;
	wchan = td->td_wchan;
	sq = sleepq_lookup(wchan);
	MPASS(sq != NULL);
	sleepq_resume_thread(sq, td, 0, 0);
	sleepq_release(wchan);
	return (0);
}
