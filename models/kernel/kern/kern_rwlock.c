/*
 * Reader/writer locks.
 *
 * One word holds it all: the number of readers, or the writer, and whether
 * readers or writers wait on the turnstile.  Writers that wait keep new readers
 * out, else a stream of readers would starve them; only a thread that holds some
 * read lock already is let through, since it may be what the writer waits for.
 * The last one out wakes all waiting writers, or all readers.
 */
#include <sys/param.h>
#include <sys/kstat_sdt.h>
#include <sys/lock.h>
#include <sys/lockstat.h>
#include <sys/proc.h>
#include <sys/rwlock.h>
#include <sys/trace.h>
#include <sys/turnstile.h>

#define	rw_wowner_v(v)							\
	((v) & RW_LOCK_READ ? NULL : (struct thread *)RW_OWNER(v))
#define	RW_CAN_READ(td, v)						\
	((((v) & (RW_LOCK_READ | RW_LOCK_WRITE_WAITERS)) == RW_LOCK_READ) || \
	    ((td)->td_rw_rlocks != 0 && ((v) & RW_LOCK_READ) != 0))
#define	RW_SPIN_RETRIES	10	/* Rounds of spinning on readers. */
#define	RW_SPIN_LOOPS	10000

static void	assert_rw(const struct lock_object *lock, int what);
static void	lock_rw(struct lock_object *lock, uintptr_t how);
static int	owner_rw(const struct lock_object *lock, struct thread **owner);
static uintptr_t unlock_rw(struct lock_object *lock);

struct lock_class lock_class_rw = {
	.lc_name = "rw",
	.lc_flags = LC_SLEEPLOCK | LC_RECURSABLE | LC_UPGRADABLE,
	.lc_assert = assert_rw,
	.lc_lock = lock_rw,
	.lc_owner = owner_rw,
	.lc_unlock = unlock_rw,
};

/* What a contended acquisition has seen, for its probes. */
struct rw_wait {
	struct lock_delay_arg rw_lda;
	uint64_t	 rw_all;	/* ns, start and then duration. */
	uint64_t	 rw_sleep;	/* ns asleep. */
	u_int		 rw_sleepcnt;
	u_int		 rw_retries;
	uintptr_t	 rw_state;	/* The lock word met first. */
};

static void
rw_wait_init(struct rw_wait *w, struct rwlock *rw)
{

	lock_delay_arg_init(&w->rw_lda, &locks_delay);
	SDT_PROBE4(_trace, , , lock__wait, rw, 0, LOCK_WAIT_SPIN, 3);
	w->rw_all = LOCKSTAT_NSECS(&rw->lock_object);
	w->rw_sleep = 0;
	w->rw_sleepcnt = 0;
	w->rw_retries = 0;
	w->rw_state = rw->rw_lock;
}

static void
rw_wait_done(struct rw_wait *w, struct rwlock *rw, int mode)
{

	w->rw_all = LOCKSTAT_NSECS(&rw->lock_object) - w->rw_all;
	if (w->rw_sleep != 0)
		LOCKSTAT_RECORD4(rw__block, rw, w->rw_sleep, mode,
		    (w->rw_state & RW_LOCK_READ) == 0,
		    (w->rw_state & RW_LOCK_READ) == 0 ? 0 :
		    RW_READERS(w->rw_state));
	if (w->rw_lda.spin_cnt > w->rw_sleepcnt)
		LOCKSTAT_RECORD4(rw__spin, rw, w->rw_all - w->rw_sleep, mode,
		    (w->rw_state & RW_LOCK_READ) == 0,
		    (w->rw_state & RW_LOCK_READ) == 0 ? 0 :
		    RW_READERS(w->rw_state));
}

/*
 * Spin while it looks worth it: a writer that runs, or for a while on readers,
 * who cannot be known.  Returns 0 when it is time to block.
 */
static int
rw_spin(struct rw_wait *w, struct rwlock *rw, uintptr_t v)
{
#ifdef ADAPTIVE_MUTEXES
	struct thread *owner = rw_wowner_v(v);
	int i;

	if (owner != NULL) {
		if (!TD_IS_RUNNING(owner))
			return (0);
		do {
			lock_delay(&w->rw_lda);
			v = rw->rw_lock;
			owner = rw_wowner_v(v);
		} while (owner != NULL && TD_IS_RUNNING(owner));
		return (1);
	}
	if (w->rw_retries++ < RW_SPIN_RETRIES && RW_READERS(v) > 0) {
		for (i = 0; i < RW_SPIN_LOOPS; i++) {
			cpu_spinwait();
			v = rw->rw_lock;
			if ((v & RW_LOCK_READ) == 0 || RW_READERS(v) == 0)
				break;
		}
		w->rw_lda.spin_cnt += i;
		return (1);
	}
#endif
	return (0);
}

/*
 * Blocks, unless the lock changes meanwhile.  bit: the waiters flag to set.
 */
static void
rw_block(struct rw_wait *w, struct rwlock *rw, uintptr_t bit)
{
	struct thread *owner;
	struct turnstile *ts;
	uint64_t start;
	uintptr_t v;

	ts = turnstile_trywait(&rw->lock_object);
	v = rw->rw_lock;
	owner = rw_wowner_v(v);
	/* Free for us now, or worth spinning? */
	if ((bit == RW_LOCK_READ_WAITERS && RW_CAN_READ(curthread, v)) ||
	    (v & ~RW_LOCK_WAITERS) == RW_UNLOCKED
#ifdef ADAPTIVE_MUTEXES
	    || (owner != NULL && TD_IS_RUNNING(owner))
#endif
	    ) {
		turnstile_cancel(ts);
		return;
	}
	if ((v & bit) == 0 && !atomic_cmpset_ptr(&rw->rw_lock, v, v | bit)) {
		turnstile_cancel(ts);
		return;
	}
	TRACE_LOCK_WAIT(rw, owner, LOCK_WAIT_BLOCK, 3);
	start = LOCKSTAT_NSECS(&rw->lock_object);
	turnstile_wait(ts, owner, bit == RW_LOCK_READ_WAITERS ?
	    TS_SHARED_QUEUE : TS_EXCLUSIVE_QUEUE);
	w->rw_sleep += LOCKSTAT_NSECS(&rw->lock_object) - start;
	w->rw_sleepcnt++;
}

/*
 * Writers.
 */
void
__rw_wlock_hard(struct rwlock *rw, const char *file, int line)
{
	struct thread *td = curthread;
	struct turnstile *ts;
	struct rw_wait w;
	uintptr_t v;

	if (SCHEDULER_STOPPED())
		return;
	if (atomic_cmpset_acq_ptr(&rw->rw_lock, RW_UNLOCKED, (uintptr_t)td)) {
		LOCKSTAT_RECORD1(rw__acquire, rw, LOCKSTAT_WRITER);
		return;
	}
	if (rw_wowned(rw)) {
		KASSERT(rw->lock_object.lo_flags & LO_RECURSABLE,
		    ("%s: recursing but non-recursive rw %s @ %s:%d", __func__,
		    rw->lock_object.lo_name, file, line));
		rw->rw_recurse++;
		return;
	}
	SDT_PROBE2(sysinfo, , , rw_wrfails, 1, 0);
	rw_wait_init(&w, rw);
	for (;;) {
		v = rw->rw_lock;
		if (v == RW_UNLOCKED) {
			if (atomic_cmpset_acq_ptr(&rw->rw_lock, v,
			    (uintptr_t)td))
				break;
			continue;
		}
		if ((v & ~RW_LOCK_WAITERS) == RW_UNLOCKED) {
			/* Free, but others wait: they now wait for us. */
			ts = turnstile_trywait(&rw->lock_object);
			v = rw->rw_lock;
			if ((v & ~RW_LOCK_WAITERS) == RW_UNLOCKED &&
			    atomic_cmpset_acq_ptr(&rw->rw_lock, v,
			    (uintptr_t)td | (v & RW_LOCK_WAITERS))) {
				if ((v & RW_LOCK_WAITERS) != 0)
					turnstile_claim(ts);
				else
					turnstile_cancel(ts);
				break;
			}
			turnstile_cancel(ts);
			continue;
		}
		w.rw_lda.spin_cnt++;
		if (!rw_spin(&w, rw, v))
			rw_block(&w, rw, RW_LOCK_WRITE_WAITERS);
	}
	rw_wait_done(&w, rw, LOCKSTAT_WRITER);
	LOCKSTAT_RECORD1(rw__acquire, rw, LOCKSTAT_WRITER);
}

void
__rw_wunlock_hard(struct rwlock *rw, const char *file, int line)
{
	struct turnstile *ts;
	uintptr_t setv, v;
	int queue;

	if (SCHEDULER_STOPPED())
		return;
	if (rw->rw_recurse != 0) {
		rw->rw_recurse--;
		return;
	}
	LOCKSTAT_RECORD1(rw__release, rw, LOCKSTAT_WRITER);
	if (atomic_cmpset_rel_ptr(&rw->rw_lock, (uintptr_t)curthread,
	    RW_UNLOCKED))
		return;
	/* Writers first; readers that stay keep their flag. */
	turnstile_chain_lock(&rw->lock_object);
	v = rw->rw_lock;
	MPASS(v & RW_LOCK_WAITERS);
	setv = RW_UNLOCKED;
	queue = TS_SHARED_QUEUE;
	if (v & RW_LOCK_WRITE_WAITERS) {
		queue = TS_EXCLUSIVE_QUEUE;
		setv |= v & RW_LOCK_READ_WAITERS;
	}
	rw->rw_lock = setv;
	ts = turnstile_lookup(&rw->lock_object);
	MPASS(ts != NULL);
	turnstile_broadcast(ts, queue);
	turnstile_unpend(ts);
	turnstile_chain_unlock(&rw->lock_object);
}

void
_rw_wlock_cookie(struct rwlock *rw, const char *file, int line)
{

	if (SCHEDULER_STOPPED())
		return;
	WITNESS_CHECKORDER(&rw->lock_object, LOP_NEWORDER | LOP_EXCLUSIVE,
	    file, line, NULL);
	if (!atomic_cmpset_acq_ptr(&rw->rw_lock, RW_UNLOCKED,
	    (uintptr_t)curthread))
		__rw_wlock_hard(rw, file, line);
	else
		LOCKSTAT_RECORD1(rw__acquire, rw, LOCKSTAT_WRITER);
	WITNESS_LOCK(&rw->lock_object, LOP_EXCLUSIVE, file, line);
	TD_LOCKS_INC(curthread);
}

void
_rw_wunlock_cookie(struct rwlock *rw, const char *file, int line)
{

	if (SCHEDULER_STOPPED())
		return;
	rw_assert(rw, RA_WLOCKED);
	WITNESS_UNLOCK(&rw->lock_object, LOP_EXCLUSIVE, file, line);
	__rw_wunlock_hard(rw, file, line);
	TD_LOCKS_DEC(curthread);
}

int
__rw_try_wlock(struct rwlock *rw, const char *file, int line)
{

	if (SCHEDULER_STOPPED())
		return (1);
	if (rw_wowned(rw) && (rw->lock_object.lo_flags & LO_RECURSABLE) != 0)
		rw->rw_recurse++;
	else if (atomic_cmpset_acq_ptr(&rw->rw_lock, RW_UNLOCKED,
	    (uintptr_t)curthread))
		LOCKSTAT_RECORD1(rw__acquire, rw, LOCKSTAT_WRITER);
	else
		return (0);
	WITNESS_LOCK(&rw->lock_object, LOP_EXCLUSIVE | LOP_TRYLOCK, file, line);
	TD_LOCKS_INC(curthread);
	return (1);
}

/*
 * Readers.
 */
void
__rw_rlock(struct rwlock *rw, const char *file, int line)
{
	struct thread *td = curthread;
	struct rw_wait w;
	uintptr_t v;
	int hard = 0;

	if (SCHEDULER_STOPPED())
		return;
	KASSERT(rw_wowner_v(rw->rw_lock) != td,
	    ("rw_rlock: wlock already held for %s @ %s:%d",
	    rw->lock_object.lo_name, file, line));
	WITNESS_CHECKORDER(&rw->lock_object, LOP_NEWORDER, file, line, NULL);
	for (;;) {
		v = rw->rw_lock;
		if (RW_CAN_READ(td, v)) {
			if (atomic_cmpset_acq_ptr(&rw->rw_lock, v,
			    v + RW_ONE_READER))
				break;
			continue;
		}
		if (!hard) {
			hard = 1;
			SDT_PROBE2(sysinfo, , , rw_rdfails, 1, 0);
			rw_wait_init(&w, rw);
		}
		w.rw_lda.spin_cnt++;
		if (!rw_spin(&w, rw, v))
			rw_block(&w, rw, RW_LOCK_READ_WAITERS);
	}
	if (hard)
		rw_wait_done(&w, rw, LOCKSTAT_READER);
	LOCKSTAT_RECORD1(rw__acquire, rw, LOCKSTAT_READER);
	WITNESS_LOCK(&rw->lock_object, 0, file, line);
	TD_LOCKS_INC(td);
	td->td_rw_rlocks++;
}

int
__rw_try_rlock(struct rwlock *rw, const char *file, int line)
{
	uintptr_t v;

	if (SCHEDULER_STOPPED())
		return (1);
	for (;;) {
		v = rw->rw_lock;
		if ((v & RW_LOCK_READ) == 0)
			return (0);
		if (atomic_cmpset_acq_ptr(&rw->rw_lock, v, v + RW_ONE_READER))
			break;
	}
	LOCKSTAT_RECORD1(rw__acquire, rw, LOCKSTAT_READER);
	WITNESS_LOCK(&rw->lock_object, LOP_TRYLOCK, file, line);
	TD_LOCKS_INC(curthread);
	curthread->td_rw_rlocks++;
	return (1);
}

void
_rw_runlock_cookie(struct rwlock *rw, const char *file, int line)
{
	struct turnstile *ts;
	uintptr_t setv, v;
	int queue;

	if (SCHEDULER_STOPPED())
		return;
	rw_assert(rw, RA_RLOCKED);
	WITNESS_UNLOCK(&rw->lock_object, 0, file, line);
	LOCKSTAT_RECORD1(rw__release, rw, LOCKSTAT_READER);
	for (;;) {
		v = rw->rw_lock;
		if (RW_READERS(v) > 1 || (v & RW_LOCK_WAITERS) == 0) {
			if (atomic_cmpset_rel_ptr(&rw->rw_lock, v,
			    v - RW_ONE_READER))
				break;
			continue;
		}
		/* The last reader, and somebody waits. */
		turnstile_chain_lock(&rw->lock_object);
		v = rw->rw_lock;
		setv = RW_UNLOCKED;
		queue = TS_SHARED_QUEUE;
		if (v & RW_LOCK_WRITE_WAITERS) {
			queue = TS_EXCLUSIVE_QUEUE;
			setv |= v & RW_LOCK_READ_WAITERS;
		}
		if (RW_READERS(v) > 1 ||
		    !atomic_cmpset_rel_ptr(&rw->rw_lock, v, setv)) {
			turnstile_chain_unlock(&rw->lock_object);
			continue;
		}
		ts = turnstile_lookup(&rw->lock_object);
		MPASS(ts != NULL);
		turnstile_broadcast(ts, queue);
		turnstile_unpend(ts);
		turnstile_chain_unlock(&rw->lock_object);
		break;
	}
	TD_LOCKS_DEC(curthread);
	curthread->td_rw_rlocks--;
}

/* From reader to writer, if we are the only reader. */
int
__rw_try_upgrade(struct rwlock *rw, const char *file, int line)
{
	struct turnstile *ts;
	uintptr_t v;
	int ok = 0;

	if (SCHEDULER_STOPPED())
		return (1);
	rw_assert(rw, RA_RLOCKED);
	for (;;) {
		v = rw->rw_lock;
		if (RW_READERS(v) > 1)
			break;
		if ((v & RW_LOCK_WAITERS) == 0) {
			ok = atomic_cmpset_acq_ptr(&rw->rw_lock, v,
			    (uintptr_t)curthread);
			if (ok)
				break;
			continue;
		}
		ts = turnstile_trywait(&rw->lock_object);
		v = rw->rw_lock;
		if (RW_READERS(v) > 1) {
			turnstile_cancel(ts);
			break;
		}
		ok = atomic_cmpset_acq_ptr(&rw->rw_lock, v,
		    (uintptr_t)curthread | (v & RW_LOCK_WAITERS));
		if (ok) {
			if (v & RW_LOCK_WAITERS)
				turnstile_claim(ts);
			else
				turnstile_cancel(ts);
			break;
		}
		turnstile_cancel(ts);
	}
	if (ok) {
		curthread->td_rw_rlocks--;
		WITNESS_UPGRADE(&rw->lock_object, LOP_EXCLUSIVE | LOP_TRYLOCK,
		    file, line);
		LOCKSTAT_RECORD0(rw__upgrade, rw);
	}
	return (ok);
}

/* From writer to reader; other readers may come in. */
void
__rw_downgrade(struct rwlock *rw, const char *file, int line)
{
	struct turnstile *ts;
	uintptr_t v;

	if (SCHEDULER_STOPPED())
		return;
	rw_assert(rw, RA_WLOCKED | RA_NOTRECURSED);
	WITNESS_DOWNGRADE(&rw->lock_object, 0, file, line);
	if (!atomic_cmpset_rel_ptr(&rw->rw_lock, (uintptr_t)curthread,
	    RW_READERS_LOCK(1))) {
		turnstile_chain_lock(&rw->lock_object);
		v = rw->rw_lock & RW_LOCK_WAITERS;
		ts = turnstile_lookup(&rw->lock_object);
		MPASS(ts != NULL);
		if (v & RW_LOCK_READ_WAITERS)
			turnstile_broadcast(ts, TS_SHARED_QUEUE);
		rw->rw_lock = RW_READERS_LOCK(1) | (v & RW_LOCK_WRITE_WAITERS);
		if (v & RW_LOCK_READ_WAITERS)
			turnstile_unpend(ts);
		else
			turnstile_disown(ts);
		turnstile_chain_unlock(&rw->lock_object);
	}
	curthread->td_rw_rlocks++;
	LOCKSTAT_RECORD0(rw__downgrade, rw);
}

/*
 * The rest.
 */
int
rw_wowned(const struct rwlock *rw)
{

	return (rw_wowner_v(rw->rw_lock) == curthread);
}

#ifdef INVARIANTS
void
__rw_assert(const struct rwlock *rw, int what, const char *file, int line)
{

	if (KERNEL_PANICKED())
		return;
	switch (what & ~(RA_RECURSED | RA_NOTRECURSED)) {
	case RA_LOCKED:
		if (!rw_wowned(rw) && ((rw->rw_lock & RW_LOCK_READ) == 0 ||
		    RW_READERS(rw->rw_lock) == 0))
			panic("Lock %s not locked @ %s:%d",
			    rw->lock_object.lo_name, file, line);
		break;
	case RA_RLOCKED:
		if ((rw->rw_lock & RW_LOCK_READ) == 0 ||
		    RW_READERS(rw->rw_lock) == 0)
			panic("Lock %s not read locked @ %s:%d",
			    rw->lock_object.lo_name, file, line);
		break;
	case RA_WLOCKED:
		if (!rw_wowned(rw))
			panic("Lock %s not exclusively locked @ %s:%d",
			    rw->lock_object.lo_name, file, line);
		break;
	case RA_UNLOCKED:
		if (rw_wowned(rw))
			panic("Lock %s exclusively locked @ %s:%d",
			    rw->lock_object.lo_name, file, line);
		break;
	default:
		panic("Unknown rw lock assertion: %d @ %s:%d", what, file,
		    line);
	}
}
#endif

static void
assert_rw(const struct lock_object *lock, int what)
{

	rw_assert((const struct rwlock *)lock, what);
}

/* how, from unlock_rw: non-0 for a reader. */
static void
lock_rw(struct lock_object *lock, uintptr_t how)
{
	struct rwlock *rw = (struct rwlock *)lock;

	if (how)
		rw_rlock(rw);
	else
		rw_wlock(rw);
}

static uintptr_t
unlock_rw(struct lock_object *lock)
{
	struct rwlock *rw = (struct rwlock *)lock;

	if (rw->rw_lock & RW_LOCK_READ) {
		rw_runlock(rw);
		return (1);
	}
	rw_wunlock(rw);
	return (0);
}

static int
owner_rw(const struct lock_object *lock, struct thread **owner)
{
	const struct rwlock *rw = (const struct rwlock *)lock;
	uintptr_t v = rw->rw_lock;

	*owner = rw_wowner_v(v);
	return ((v & RW_LOCK_READ) != 0 ? RW_READERS(v) != 0 : *owner != NULL);
}

void
rw_init_flags(struct rwlock *rw, const char *name, int opts)
{
	int flags = LO_UPGRADABLE;

	if (opts & RW_DUPOK)
		flags |= LO_DUPOK;
	if (opts & RW_NOPROFILE)
		flags |= LO_NOPROFILE;
	if ((opts & RW_NOWITNESS) == 0)
		flags |= LO_WITNESS;
	if (opts & RW_RECURSE)
		flags |= LO_RECURSABLE;
	if (opts & RW_QUIET)
		flags |= LO_QUIET;
	lock_init(&rw->lock_object, &lock_class_rw, name, NULL, flags);
	rw->rw_lock = RW_UNLOCKED;
}

void
rw_destroy(struct rwlock *rw)
{

	KASSERT(rw->rw_lock == RW_UNLOCKED, ("rw lock %p not unlocked", rw));
	rw->rw_lock = 0;
	lock_destroy(&rw->lock_object);
}

void
rw_sysinit(const void *arg)
{
	const struct rw_args *args = arg;

	rw_init_flags(args->ra_rw, args->ra_desc, args->ra_flags);
}
