/*
 * Turnstiles: where threads block on mutexes and rwlocks.
 *
 * A lock word has no room for a queue, so queues live elsewhere.  Every thread
 * owns one turnstile.  The first to block on a lock donates its own: it is put
 * into a hash table under the lock's address.  Later ones find it there and
 * donate theirs to its free list.  Whoever wakes takes one along again.
 *
 * A blocked thread lends its priority to the owner of the lock; if that is
 * blocked too, to the owner of that lock, and so on (propagate_priority).
 * turnstile_unpend() takes back what was lent.
 *
 * Locking: a chain lock ("turnstile chain") protects a bucket of the table and
 * keeps its locks from being released when contested; ts_lock ("turnstile lock")
 * protects a turnstile and is the thread lock of those blocked on it.
 * td_contested_lock protects the lists of turnstiles that threads own.
 * Order: chain, ts_lock, td_contested_lock.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/queue.h>
#include <sys/sched.h>
#include <sys/trace.h>
#include <sys/turnstile.h>
#include <vm/uma.h>

#define	TC_TABLESIZE	128
#define	TC_SHIFT	8
#define	TC_HASH(lock)	(((uintptr_t)(lock) >> TC_SHIFT) & (TC_TABLESIZE - 1))
#define	TC_LOOKUP(lock)	(&turnstile_chains[TC_HASH(lock)])

/* Locking key: (b) ts_lock, (c) chain lock, (q) td_contested_lock. */
struct turnstile {
	struct mtx	 ts_lock;
	struct threadqueue ts_blocked[2]; /* (c, b) Exclusive, shared. */
	struct threadqueue ts_pending;	/* (c, b) About to wake. */
	LIST_ENTRY(turnstile) ts_hash;	/* (c) Chain, or a free list. */
	LIST_ENTRY(turnstile) ts_link;	/* (q) The owner's contested ones. */
	LIST_HEAD(, turnstile) ts_free;	/* (c) Donated by other waiters. */
	struct lock_object *ts_lockobj;	/* (c) */
	struct thread	*ts_owner;	/* (b, q) Who holds the lock. */
};

struct turnstile_chain {
	LIST_HEAD(, turnstile) tc_turnstiles;
	struct mtx	 tc_lock;
};

static struct mtx td_contested_lock;
static struct turnstile_chain turnstile_chains[TC_TABLESIZE];
static uma_zone_t turnstile_zone;

SDT_PROBE_DECLARE(sched, , , sleep);
SDT_PROBE_DECLARE(sched, , , wakeup);

static int
turnstile_init(void *mem, int size, int flags)
{
	struct turnstile *ts = mem;

	bzero(ts, size);
	TAILQ_INIT(&ts->ts_blocked[TS_EXCLUSIVE_QUEUE]);
	TAILQ_INIT(&ts->ts_blocked[TS_SHARED_QUEUE]);
	TAILQ_INIT(&ts->ts_pending);
	LIST_INIT(&ts->ts_free);
	mtx_init(&ts->ts_lock, "turnstile lock", NULL, MTX_SPIN);
	return (0);
}

void
init_turnstiles(void)
{
	int i;

	for (i = 0; i < TC_TABLESIZE; i++) {
		LIST_INIT(&turnstile_chains[i].tc_turnstiles);
		mtx_init(&turnstile_chains[i].tc_lock, "turnstile chain", NULL,
		    MTX_SPIN);
	}
	mtx_init(&td_contested_lock, "td_contested", NULL, MTX_SPIN);
	turnstile_zone = uma_zcreate("TURNSTILE", sizeof(struct turnstile),
	    NULL, NULL, turnstile_init, NULL, UMA_ALIGN_CACHE, 0);
}

struct turnstile *
turnstile_alloc(void)
{

	return (uma_zalloc(turnstile_zone, M_WAITOK));
}

void
turnstile_free(struct turnstile *ts)
{

	uma_zfree(turnstile_zone, ts);
}

/*
 * Queue td by priority; those of equal priority stay in order.
 */
static void
turnstile_enqueue(struct turnstile *ts, struct thread *td, int queue)
{
	struct thread *td1;

	TAILQ_FOREACH(td1, &ts->ts_blocked[queue], td_lockq) {
		if (td1->td_priority > td->td_priority)
			break;
	}
	if (td1 != NULL)
		TAILQ_INSERT_BEFORE(td1, td, td_lockq);
	else
		TAILQ_INSERT_TAIL(&ts->ts_blocked[queue], td, td_lockq);
}

/*
 * The best priority of those blocked on ts, PRI_MAX if none.
 */
static u_char
turnstile_first_pri(struct turnstile *ts)
{
	struct thread *td;
	u_char pri = PRI_MAX;
	int i;

	for (i = 0; i < 2; i++) {
		td = TAILQ_FIRST(&ts->ts_blocked[i]);
		if (td != NULL && td->td_priority < pri)
			pri = td->td_priority;
	}
	return (pri);
}

/* After td's priority changed: put it where it belongs in its queue. */
static int
turnstile_adjust_thread(struct turnstile *ts, struct thread *td)
{
	struct thread *td1, *td2;

	if (td->td_turnstile != NULL)
		return (0);	/* Woken already. */
	td1 = TAILQ_PREV(td, threadqueue, td_lockq);
	td2 = TAILQ_NEXT(td, td_lockq);
	if ((td1 != NULL && td->td_priority < td1->td_priority) ||
	    (td2 != NULL && td->td_priority > td2->td_priority)) {
		TAILQ_REMOVE(&ts->ts_blocked[td->td_tsqueue], td, td_lockq);
		turnstile_enqueue(ts, td, td->td_tsqueue);
	}
	return (1);
}

/*
 * td is locked (by the ts_lock of what it is about to block on, or does).  Lend
 * its priority to the owner of that, and along the chain of owners.  Unlocks
 * the turnstiles on the way; the first one stays locked.
 */
static void
propagate_priority(struct thread *td)
{
	struct turnstile *ts, *top_ts;
	u_char pri = td->td_priority;

	top_ts = ts = td->td_blocked;
	for (;;) {
		td = ts->ts_owner;
		if (td == NULL) {
			/* Readers hold it, nobody knows who they are. */
			if (ts != top_ts)
				mtx_unlock_spin(&ts->ts_lock);
			return;
		}
		/*
		 * Lock the owner before letting go of the turnstile: else it
		 * could release the lock and we would lend to the wrong one.
		 * If it is blocked itself, that makes two turnstile locks.
		 */
		thread_lock_flags(td, MTX_DUPOK);
		if (ts != top_ts)
			mtx_unlock_spin(&ts->ts_lock);
		if (td->td_priority <= pri) {
			thread_unlock(td);
			return;
		}
		sched_lend_prio(td, pri);
		if (!TD_ON_LOCK(td)) {
			/* It runs or waits for a CPU, or sleeps (a bug). */
			KASSERT(!TD_IS_SLEEPING(td),
			    ("thread %d sleeps with a non-sleepable lock held",
			    td->td_tid));
			thread_unlock(td);
			return;
		}
		/* Blocked: its thread lock is its turnstile's ts_lock. */
		ts = td->td_blocked;
		MPASS(ts != NULL);
		if (!turnstile_adjust_thread(ts, td)) {
			mtx_unlock_spin(&ts->ts_lock);
			return;
		}
	}
}

/* A thread's priority was changed while it was blocked. */
void
turnstile_adjust(struct thread *td, u_char oldpri)
{
	struct turnstile *ts = td->td_blocked;

	MPASS(TD_ON_LOCK(td));
	MPASS(ts != NULL);
	if (!turnstile_adjust_thread(ts, td))
		return;
	if (td == TAILQ_FIRST(&ts->ts_blocked[td->td_tsqueue]) &&
	    td->td_tsqueue == TS_EXCLUSIVE_QUEUE && td->td_priority < oldpri)
		propagate_priority(td);
}

void
turnstile_chain_lock(struct lock_object *lock)
{

	mtx_lock_spin(&TC_LOOKUP(lock)->tc_lock);
}

void
turnstile_chain_unlock(struct lock_object *lock)
{

	mtx_unlock_spin(&TC_LOOKUP(lock)->tc_lock);
}

/* The turnstile of a lock; chain locked.  Locks the turnstile. */
struct turnstile *
turnstile_lookup(struct lock_object *lock)
{
	struct turnstile_chain *tc = TC_LOOKUP(lock);
	struct turnstile *ts;

	mtx_assert(&tc->tc_lock, MA_OWNED);
	LIST_FOREACH(ts, &tc->tc_turnstiles, ts_hash) {
		if (ts->ts_lockobj == lock) {
			mtx_lock_spin(&ts->ts_lock);
			return (ts);
		}
	}
	return (NULL);
}

/*
 * Ready to wait: returns the lock's turnstile, or our own, locked with the
 * chain.  turnstile_wait() or turnstile_cancel() must follow.
 */
struct turnstile *
turnstile_trywait(struct lock_object *lock)
{
	struct turnstile *ts;

	turnstile_chain_lock(lock);
	ts = turnstile_lookup(lock);
	if (ts != NULL)
		return (ts);
	ts = curthread->td_turnstile;
	MPASS(ts != NULL);
	mtx_lock_spin(&ts->ts_lock);
	KASSERT(ts->ts_lockobj == NULL, ("stale ts_lockobj pointer"));
	ts->ts_lockobj = lock;
	return (ts);
}

/* We don't wait after all. */
void
turnstile_cancel(struct turnstile *ts)
{
	struct lock_object *lock = ts->ts_lockobj;

	mtx_assert(&ts->ts_lock, MA_OWNED);
	if (ts == curthread->td_turnstile)
		ts->ts_lockobj = NULL;
	mtx_unlock_spin(&ts->ts_lock);
	turnstile_chain_unlock(lock);
}

static void
turnstile_setowner(struct turnstile *ts, struct thread *owner)
{

	mtx_assert(&td_contested_lock, MA_OWNED);
	MPASS(ts->ts_owner == NULL);
	if (owner == NULL)
		return;
	ts->ts_owner = owner;
	LIST_INSERT_HEAD(&owner->td_contested, ts, ts_link);
}

/* We have taken a lock for which others wait: they now wait for us. */
void
turnstile_claim(struct turnstile *ts)
{
	struct thread *owner = curthread;
	struct lock_object *lock = ts->ts_lockobj;
	u_char pri;

	MPASS(ts != owner->td_turnstile);
	mtx_lock_spin(&td_contested_lock);
	turnstile_setowner(ts, owner);
	mtx_unlock_spin(&td_contested_lock);
	pri = turnstile_first_pri(ts);
	thread_lock(owner);
	mtx_unlock_spin(&ts->ts_lock);
	if (pri < owner->td_priority)
		sched_lend_prio(owner, pri);
	thread_unlock(owner);
	turnstile_chain_unlock(lock);
}

/*
 * Block on ts, whose lock owner holds (NULL: readers).  The chain and ts_lock
 * are held and will be released.
 */
void
turnstile_wait(struct turnstile *ts, struct thread *owner, int queue)
{
	struct thread *td = curthread;
	struct turnstile_chain *tc = TC_LOOKUP(ts->ts_lockobj);
	struct lock_object *lock = ts->ts_lockobj;

	mtx_assert(&ts->ts_lock, MA_OWNED);
	if (ts == td->td_turnstile) {
		/* The first: our turnstile becomes the lock's. */
		LIST_INSERT_HEAD(&tc->tc_turnstiles, ts, ts_hash);
		KASSERT(TAILQ_EMPTY(&ts->ts_pending),
		    ("thread's turnstile has pending threads"));
		TAILQ_INSERT_TAIL(&ts->ts_blocked[queue], td, td_lockq);
		mtx_lock_spin(&td_contested_lock);
		turnstile_setowner(ts, owner);
		mtx_unlock_spin(&td_contested_lock);
	} else {
		turnstile_enqueue(ts, td, queue);
		mtx_lock_spin(&td_contested_lock);
		if (ts->ts_owner != owner) {
			/* A reader's lock became a writer's, or back. */
			if (ts->ts_owner != NULL) {
				ts->ts_owner = NULL;
				LIST_REMOVE(ts, ts_link);
			}
			turnstile_setowner(ts, owner);
		}
		mtx_unlock_spin(&td_contested_lock);
		LIST_INSERT_HEAD(&ts->ts_free, td->td_turnstile, ts_hash);
	}
	thread_lock(td);
	thread_lock_set(td, &ts->ts_lock);
	td->td_turnstile = NULL;
	td->td_lockname = lock->lo_name;
	td->td_blocked = ts;
	td->td_tsqueue = queue;
	td->td_swvoltick = ticks;
	TD_SET_LOCK(td);
	mtx_unlock_spin(&tc->tc_lock);
	propagate_priority(td);
	SDT_PROBE0(sched, , , sleep);
	THREAD_LOCKPTR_ASSERT(td, &ts->ts_lock);
	mi_switch(SW_VOL | SWT_TURNSTILE);
}

/* Give td a turnstile to take along: a free one, or at last ts itself. */
static void
turnstile_detach(struct turnstile *ts, struct thread *td)
{
	struct turnstile *ts1;

	ts1 = LIST_FIRST(&ts->ts_free);
	if (ts1 == NULL)
		ts1 = ts;
	LIST_REMOVE(ts1, ts_hash);
	td->td_turnstile = ts1;
}

/* Move the best waiter to the pending list; 1 if none is left at all. */
int
turnstile_signal(struct turnstile *ts, int queue)
{
	struct thread *td;

	td = TAILQ_FIRST(&ts->ts_blocked[queue]);
	TAILQ_REMOVE(&ts->ts_blocked[queue], td, td_lockq);
	TAILQ_INSERT_TAIL(&ts->ts_pending, td, td_lockq);
	turnstile_detach(ts, td);
	return (TAILQ_EMPTY(&ts->ts_blocked[TS_EXCLUSIVE_QUEUE]) &&
	    TAILQ_EMPTY(&ts->ts_blocked[TS_SHARED_QUEUE]));
}

/* Move all waiters of a queue to the pending list. */
void
turnstile_broadcast(struct turnstile *ts, int queue)
{
	struct thread *td;

	mtx_assert(&ts->ts_lock, MA_OWNED);
	while ((td = TAILQ_FIRST(&ts->ts_blocked[queue])) != NULL) {
		TAILQ_REMOVE(&ts->ts_blocked[queue], td, td_lockq);
		TAILQ_INSERT_TAIL(&ts->ts_pending, td, td_lockq);
		turnstile_detach(ts, td);
	}
}

/* The best priority that td's other turnstiles lend it. */
static u_char
contested_pri(struct thread *td)
{
	struct turnstile *ts;
	u_char cp, pri = PRI_MAX;

	mtx_assert(&td_contested_lock, MA_OWNED);
	LIST_FOREACH(ts, &td->td_contested, ts_link) {
		cp = turnstile_first_pri(ts);
		if (cp < pri)
			pri = cp;
	}
	return (pri);
}

/*
 * The lock is free: give back the priority lent by this turnstile and make
 * the pending threads run.  Unlocks ts; the chain stays locked.
 */
void
turnstile_unpend(struct turnstile *ts)
{
	struct threadqueue pending;
	struct thread *next, *owner, *td;
	u_char pri;

	mtx_assert(&ts->ts_lock, MA_OWNED);
	TAILQ_INIT(&pending);
	TAILQ_CONCAT(&pending, &ts->ts_pending, td_lockq);
	if (TAILQ_EMPTY(&ts->ts_blocked[TS_EXCLUSIVE_QUEUE]) &&
	    TAILQ_EMPTY(&ts->ts_blocked[TS_SHARED_QUEUE]))
		ts->ts_lockobj = NULL;

	td = curthread;
	pri = PRI_MAX;
	thread_lock(td);
	mtx_lock_spin(&td_contested_lock);
	owner = ts->ts_owner;
	if (owner != NULL) {
		ts->ts_owner = NULL;
		LIST_REMOVE(ts, ts_link);
	}
	pri = contested_pri(td);
	mtx_unlock_spin(&td_contested_lock);
	sched_unlend_prio(td, pri);
	thread_unlock(td);

	TAILQ_FOREACH_SAFE(td, &pending, td_lockq, next) {
		thread_lock_block_wait(td);
		SDT_PROBE2(sched, , , wakeup, td, td->td_proc);
		SDT_PROBE2(_trace, , , wakeup, td->td_tid,
		    td->td_blocked);
		MPASS(td->td_proc->p_pid >= 0 && TD_ON_LOCK(td));
		td->td_blocked = NULL;
		td->td_lockname = NULL;
		TD_CLR_LOCK(td);
		sched_add(td, SRQ_HOLD | SRQ_BORING);
	}
	mtx_unlock_spin(&ts->ts_lock);
}

/* A writer became a reader: readers are nobody in particular. */
void
turnstile_disown(struct turnstile *ts)
{
	struct thread *td = curthread;
	u_char pri;

	mtx_assert(&ts->ts_lock, MA_OWNED);
	mtx_lock_spin(&td_contested_lock);
	if (ts->ts_owner != NULL) {
		ts->ts_owner = NULL;
		LIST_REMOVE(ts, ts_link);
	}
	pri = contested_pri(td);
	mtx_unlock_spin(&td_contested_lock);
	mtx_unlock_spin(&ts->ts_lock);
	thread_lock(td);
	sched_unlend_prio(td, pri);
	thread_unlock(td);
}

struct thread *
turnstile_head(struct turnstile *ts, int queue)
{

	return (TAILQ_FIRST(&ts->ts_blocked[queue]));
}

int
turnstile_empty(struct turnstile *ts, int queue)
{

	return (TAILQ_EMPTY(&ts->ts_blocked[queue]));
}
