/*
 * Mutexes.
 *
 * Default mutexes ("sleep mutex"): a thread that finds one taken spins while
 * the owner runs on another CPU, since it will soon let go; if the owner does
 * not run, spinning would only burn the time the owner needs, so the thread
 * blocks on a turnstile and lends the owner its priority.
 *
 * Spin mutexes: taken with interrupts off, so that an interrupt handler cannot
 * want what its own CPU holds.
 *
 * The functions here are the slow paths, and in kernels with WITNESS or
 * INVARIANTS all paths; mutex.h has the fast ones.  lockstat's probes fire in
 * the order block, spin, acquire.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/lock.h>
#include <sys/lockstat.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/trace.h>
#include <sys/turnstile.h>

#define	lv_mtx_owner(v)	((struct thread *)((v) & ~(uintptr_t)MTX_FLAGMASK))
#define	MTX_SPIN_LIMIT	60000000	/* Then "held too long". */

static void	assert_mtx(const struct lock_object *lock, int what);
static void	lock_mtx(struct lock_object *lock, uintptr_t how);
static void	lock_spin(struct lock_object *lock, uintptr_t how);
static int	owner_mtx(const struct lock_object *lock, struct thread **owner);
static uintptr_t unlock_mtx(struct lock_object *lock);
static uintptr_t unlock_spin(struct lock_object *lock);

struct lock_class lock_class_mtx_sleep = {
	.lc_name = "sleep mutex",
	.lc_flags = LC_SLEEPLOCK | LC_RECURSABLE,
	.lc_assert = assert_mtx,
	.lc_lock = lock_mtx,
	.lc_owner = owner_mtx,
	.lc_unlock = unlock_mtx,
};
struct lock_class lock_class_mtx_spin = {
	.lc_name = "spin mutex",
	.lc_flags = LC_SPINLOCK | LC_RECURSABLE,
	.lc_assert = assert_mtx,
	.lc_lock = lock_spin,
	.lc_owner = owner_mtx,
	.lc_unlock = unlock_spin,
};

struct mtx blocked_lock;
struct mtx Giant;

/*
 * Sleep mutexes.
 */
void
__mtx_lock_flags(struct mtx *m, int opts, const char *file, int line)
{
	struct thread *td = curthread;

	if (SCHEDULER_STOPPED())
		return;
	KASSERT(!TD_IS_IDLETHREAD(td), ("mtx_lock() by idle thread %p on "
	    "sleep mutex %s @ %s:%d", td, m->lock_object.lo_name, file, line));
	KASSERT(m->mtx_lock != MTX_DESTROYED,
	    ("mtx_lock() of destroyed mutex %p @ %s:%d", m, file, line));
	KASSERT(LOCK_CLASS(&m->lock_object) == &lock_class_mtx_sleep,
	    ("mtx_lock() of spin mutex %s @ %s:%d", m->lock_object.lo_name,
	    file, line));
	WITNESS_CHECKORDER(&m->lock_object,
	    opts | LOP_NEWORDER | LOP_EXCLUSIVE, file, line, NULL);
	if (!_mtx_obtain_lock(m, td))
		__mtx_lock_sleep(m, 0, opts, file, line);
	else
		LOCKSTAT_RECORD0(adaptive__acquire, m);
	WITNESS_LOCK(&m->lock_object, opts | LOP_EXCLUSIVE, file, line);
	TD_LOCKS_INC(td);
}

void
__mtx_unlock_flags(struct mtx *m, int opts, const char *file, int line)
{

	if (SCHEDULER_STOPPED())
		return;
	KASSERT(m->mtx_lock != MTX_DESTROYED,
	    ("mtx_unlock() of destroyed mutex %p @ %s:%d", m, file, line));
	KASSERT(LOCK_CLASS(&m->lock_object) == &lock_class_mtx_sleep,
	    ("mtx_unlock() of spin mutex %s @ %s:%d", m->lock_object.lo_name,
	    file, line));
	WITNESS_UNLOCK(&m->lock_object, opts | LOP_EXCLUSIVE, file, line);
	mtx_assert(m, MA_OWNED);
	__mtx_unlock_sleep(m, 0, opts, file, line);
	TD_LOCKS_DEC(curthread);
}

int
__mtx_trylock_flags(struct mtx *m, int opts, const char *file, int line)
{
	struct thread *td = curthread;

	if (SCHEDULER_STOPPED())
		return (1);
	KASSERT(m->mtx_lock != MTX_DESTROYED,
	    ("mtx_trylock() of destroyed mutex %p @ %s:%d", m, file, line));
	if (_mtx_obtain_lock(m, td))
		LOCKSTAT_RECORD0(adaptive__acquire, m);
	else if (mtx_owner(m) == td &&
	    (m->lock_object.lo_flags & LO_RECURSABLE) != 0) {
		m->mtx_recurse++;
		atomic_set_ptr(&m->mtx_lock, MTX_RECURSED);
	} else
		return (0);
	WITNESS_LOCK(&m->lock_object, opts | LOP_EXCLUSIVE | LOP_TRYLOCK,
	    file, line);
	TD_LOCKS_INC(td);
	return (1);
}

/* The mutex is taken, or somebody counts: get it the long way. */
void
__mtx_lock_sleep(struct mtx *m, uintptr_t v, int opts, const char *file,
    int line)
{
	struct thread *owner, *td = curthread;
	struct lock_delay_arg lda;
	struct turnstile *ts;
	uint64_t all_time, sleep_start, sleep_time = 0;
	u_int sleep_cnt = 0;

	if (SCHEDULER_STOPPED())
		return;
	v = m->mtx_lock;
	if (v == MTX_UNOWNED && _mtx_obtain_lock(m, td))
		goto acquired;
	if (lv_mtx_owner(v) == td) {
		KASSERT((m->lock_object.lo_flags & LO_RECURSABLE) != 0,
		    ("_mtx_lock_sleep: recursed on non-recursive mutex %s @ "
		    "%s:%d", m->lock_object.lo_name, file, line));
		m->mtx_recurse++;
		atomic_set_ptr(&m->mtx_lock, MTX_RECURSED);
		return;
	}
	SDT_PROBE2(sysinfo, , , mutex_adenters, 1, 0);
	lock_delay_arg_init(&lda, &locks_delay);
	all_time = LOCKSTAT_NSECS(&m->lock_object);
	for (;;) {
		v = m->mtx_lock;
		if (v == MTX_UNOWNED) {
			if (_mtx_obtain_lock(m, td))
				break;
			continue;
		}
		lda.spin_cnt++;
#ifdef ADAPTIVE_MUTEXES
		owner = lv_mtx_owner(v);
		if (TD_IS_RUNNING(owner)) {
			TRACE_LOCK_WAIT(m, owner, LOCK_WAIT_SPIN, 1);
			do {
				lock_delay(&lda);
				v = m->mtx_lock;
				owner = lv_mtx_owner(v);
			} while (v != MTX_UNOWNED && TD_IS_RUNNING(owner));
			continue;
		}
#endif
		/*
		 * With the turnstile's chain locked nobody can release a
		 * contested mutex.  Look again, then mark it contested.
		 */
		ts = turnstile_trywait(&m->lock_object);
		v = m->mtx_lock;
		owner = lv_mtx_owner(v);
		if (v == MTX_UNOWNED
#ifdef ADAPTIVE_MUTEXES
		    || TD_IS_RUNNING(owner)
#endif
		    ) {
			turnstile_cancel(ts);
			continue;
		}
		if ((v & MTX_CONTESTED) == 0 &&
		    !atomic_cmpset_ptr(&m->mtx_lock, v, v | MTX_CONTESTED)) {
			turnstile_cancel(ts);
			continue;
		}
		TRACE_LOCK_WAIT(m, owner, LOCK_WAIT_BLOCK, 1);
		sleep_start = LOCKSTAT_NSECS(&m->lock_object);
		turnstile_wait(ts, owner, TS_EXCLUSIVE_QUEUE);
		sleep_time += LOCKSTAT_NSECS(&m->lock_object) - sleep_start;
		sleep_cnt++;
	}
	all_time = LOCKSTAT_NSECS(&m->lock_object) - all_time;
	if (sleep_time != 0)
		LOCKSTAT_RECORD1(adaptive__block, m, sleep_time);
	if (lda.spin_cnt > sleep_cnt)
		LOCKSTAT_RECORD1(adaptive__spin, m, all_time - sleep_time);
acquired:
	LOCKSTAT_RECORD0(adaptive__acquire, m);
}

/* Recursed, contested, or somebody counts. */
void
__mtx_unlock_sleep(struct mtx *m, uintptr_t v, int opts, const char *file,
    int line)
{
	struct turnstile *ts;

	if (SCHEDULER_STOPPED())
		return;
	v = m->mtx_lock;
	if (mtx_recursed(m)) {
		if (--m->mtx_recurse == 0)
			atomic_clear_ptr(&m->mtx_lock, MTX_RECURSED);
		return;
	}
	LOCKSTAT_RECORD0(adaptive__release, m);
	if (v == (uintptr_t)curthread && _mtx_release_lock(m, curthread))
		return;
	/* Wake all who wait; they compete anew. */
	turnstile_chain_lock(&m->lock_object);
	m->mtx_lock = MTX_UNOWNED;
	ts = turnstile_lookup(&m->lock_object);
	MPASS(ts != NULL);
	turnstile_broadcast(ts, TS_EXCLUSIVE_QUEUE);
	turnstile_unpend(ts);
	turnstile_chain_unlock(&m->lock_object);
}

/*
 * Spin mutexes.
 */
void
__mtx_lock_spin_flags(struct mtx *m, int opts, const char *file, int line)
{

	if (SCHEDULER_STOPPED())
		return;
	KASSERT(m->mtx_lock != MTX_DESTROYED,
	    ("mtx_lock_spin() of destroyed mutex %p @ %s:%d", m, file, line));
	KASSERT(LOCK_CLASS(&m->lock_object) == &lock_class_mtx_spin,
	    ("mtx_lock_spin() of sleep mutex %s @ %s:%d",
	    m->lock_object.lo_name, file, line));
	WITNESS_CHECKORDER(&m->lock_object,
	    opts | LOP_NEWORDER | LOP_EXCLUSIVE, file, line, NULL);
	spinlock_enter();
	if (!_mtx_obtain_lock(m, curthread))
		_mtx_lock_spin_cookie(m, 0, opts, file, line);
	else
		LOCKSTAT_RECORD0(spin__acquire, m);
	WITNESS_LOCK(&m->lock_object, opts | LOP_EXCLUSIVE, file, line);
}

int
__mtx_trylock_spin_flags(struct mtx *m, int opts, const char *file, int line)
{

	if (SCHEDULER_STOPPED())
		return (1);
	spinlock_enter();
	if (_mtx_obtain_lock(m, curthread)) {
		LOCKSTAT_RECORD0(spin__acquire, m);
		WITNESS_LOCK(&m->lock_object,
		    opts | LOP_EXCLUSIVE | LOP_TRYLOCK, file, line);
		return (1);
	}
	spinlock_exit();
	return (0);
}

void
__mtx_unlock_spin_flags(struct mtx *m, int opts, const char *file, int line)
{

	if (SCHEDULER_STOPPED())
		return;
	KASSERT(m->mtx_lock != MTX_DESTROYED,
	    ("mtx_unlock_spin() of destroyed mutex %p @ %s:%d", m, file, line));
	WITNESS_UNLOCK(&m->lock_object, opts | LOP_EXCLUSIVE, file, line);
	mtx_assert(m, MA_OWNED);
	if (mtx_recursed(m))
		m->mtx_recurse--;
	else {
		LOCKSTAT_RECORD0(spin__release, m);
		m->mtx_lock = MTX_UNOWNED;
	}
	spinlock_exit();
}

static void
mtx_held_too_long(struct mtx *m)
{
	struct thread *td = mtx_owner(m);

	panic("spin lock %p (%s) held by %p (tid %d) too long", m,
	    m->lock_object.lo_name, td, td == NULL ? 0 : (int)td->td_tid);
}

/* Interrupts are off already; give them a chance while waiting. */
void
_mtx_lock_spin_cookie(struct mtx *m, uintptr_t v, int opts, const char *file,
    int line)
{
	struct thread *td = curthread;
	struct lock_delay_arg lda;
	uint64_t spin_time;

	if (SCHEDULER_STOPPED())
		return;
	v = m->mtx_lock;
	if (v == MTX_UNOWNED && _mtx_obtain_lock(m, td))
		goto acquired;
	if (lv_mtx_owner(v) == td) {
		m->mtx_recurse++;
		return;
	}
	lock_delay_arg_init(&lda, &locks_delay);
	TRACE_LOCK_WAIT(m, lv_mtx_owner(v), LOCK_WAIT_SPIN, 0);
	spin_time = LOCKSTAT_NSECS(&m->lock_object);
	for (;;) {
		if (m->mtx_lock == MTX_UNOWNED) {
			if (_mtx_obtain_lock(m, td))
				break;
			continue;
		}
		spinlock_exit();
		do {
			lock_delay(&lda);
			if (lda.spin_cnt > MTX_SPIN_LIMIT)
				mtx_held_too_long(m);
		} while (m->mtx_lock != MTX_UNOWNED);
		spinlock_enter();
	}
	spin_time = LOCKSTAT_NSECS(&m->lock_object) - spin_time;
	if (spin_time != 0)
		LOCKSTAT_RECORD1(spin__spin, m, spin_time);
acquired:
	LOCKSTAT_RECORD0(spin__acquire, m);
}

/*
 * Thread locks.  td_lock may change while we wait for what it pointed to;
 * so after getting a lock, look whether it is still the right one.
 */
void
thread_lock_flags_(struct thread *td, int opts, const char *file, int line)
{
	struct thread *me = curthread;
	struct lock_delay_arg lda;
	struct mtx *m;
	uint64_t spin_time;

	if (SCHEDULER_STOPPED())
		return;
	spinlock_enter();
	m = td->td_lock;
	if (m != &blocked_lock) {
		WITNESS_CHECKORDER(&m->lock_object,
		    opts | LOP_NEWORDER | LOP_EXCLUSIVE, file, line, NULL);
		if (_mtx_obtain_lock(m, me)) {
			if (m == td->td_lock) {
				LOCKSTAT_RECORD0(spin__acquire, m);
				WITNESS_LOCK(&m->lock_object,
				    opts | LOP_EXCLUSIVE, file, line);
				return;
			}
			m->mtx_lock = MTX_UNOWNED;
		} else
			KASSERT(lv_mtx_owner(m->mtx_lock) != me,
			    ("thread_lock() recursed on %s @ %s:%d",
			    m->lock_object.lo_name, file, line));
	}
	lock_delay_arg_init(&lda, &locks_delay);
	SDT_PROBE4(_trace, , , lock__wait, m, 0, LOCK_WAIT_SPIN, 0);
	spin_time = LOCKSTAT_NSECS(&m->lock_object);
	for (;;) {
		m = td->td_lock;
		if (m != &blocked_lock && m->mtx_lock == MTX_UNOWNED) {
			WITNESS_CHECKORDER(&m->lock_object,
			    opts | LOP_NEWORDER | LOP_EXCLUSIVE, file, line,
			    NULL);
			if (!_mtx_obtain_lock(m, me))
				continue;
			if (m == td->td_lock)
				break;
			m->mtx_lock = MTX_UNOWNED;
			continue;
		}
		spinlock_exit();
		lock_delay(&lda);
		if (lda.spin_cnt > MTX_SPIN_LIMIT && m != &blocked_lock)
			mtx_held_too_long(m);
		spinlock_enter();
	}
	spin_time = LOCKSTAT_NSECS(&m->lock_object) - spin_time;
	LOCKSTAT_RECORD0(spin__acquire, m);
	if (spin_time != 0)
		LOCKSTAT_RECORD1(thread__spin, m, spin_time);
	WITNESS_LOCK(&m->lock_object, opts | LOP_EXCLUSIVE, file, line);
}

/* A locked thread gets another lock, which the caller holds as well. */
void
thread_lock_set(struct thread *td, struct mtx *new)
{
	struct mtx *lock;

	mtx_assert(new, MA_OWNED);
	lock = td->td_lock;
	mtx_assert(lock, MA_OWNED);
	td->td_lock = new;
	mtx_unlock_spin(lock);
}

/* Nobody can lock td until thread_lock_unblock(); its old lock stays held. */
struct mtx *
thread_lock_block(struct thread *td)
{
	struct mtx *lock;

	lock = td->td_lock;
	mtx_assert(lock, MA_OWNED);
	td->td_lock = &blocked_lock;
	return (lock);
}

void
thread_lock_unblock(struct thread *td, struct mtx *new)
{

	mtx_assert(new, MA_OWNED);
	KASSERT(td->td_lock == &blocked_lock,
	    ("thread %p lock %p not blocked_lock %p", td, td->td_lock,
	    &blocked_lock));
	atomic_store_rel_ptr(&td->td_lock, new);
}

/* Wait until td has been switched from completely. */
void
thread_lock_block_wait(struct thread *td)
{

	while (td->td_lock == &blocked_lock)
		cpu_spinwait();
}

#ifdef INVARIANTS
void
__mtx_assert(const struct mtx *m, int what, const char *file, int line)
{

	if (KERNEL_PANICKED())
		return;
	switch (what) {
	case MA_OWNED:
	case MA_OWNED | MA_RECURSED:
	case MA_OWNED | MA_NOTRECURSED:
		if (!mtx_owned(m))
			panic("mutex %s not owned at %s:%d",
			    m->lock_object.lo_name, file, line);
		if (mtx_recursed(m)) {
			if ((what & MA_NOTRECURSED) != 0)
				panic("mutex %s recursed at %s:%d",
				    m->lock_object.lo_name, file, line);
		} else if ((what & MA_RECURSED) != 0)
			panic("mutex %s unrecursed at %s:%d",
			    m->lock_object.lo_name, file, line);
		break;
	case MA_NOTOWNED:
		if (mtx_owned(m))
			panic("mutex %s owned at %s:%d",
			    m->lock_object.lo_name, file, line);
		break;
	default:
		panic("unknown mtx_assert at %s:%d", file, line);
	}
}
#endif

/*
 * Class methods, for who has a lock and need not know of which class.
 */
static void
assert_mtx(const struct lock_object *lock, int what)
{

	mtx_assert((const struct mtx *)lock, what & ~LA_LOCKED);
}

static void
lock_mtx(struct lock_object *lock, uintptr_t how __unused)
{

	mtx_lock((struct mtx *)lock);
}

static void
lock_spin(struct lock_object *lock, uintptr_t how __unused)
{

	mtx_lock_spin((struct mtx *)lock);
}

static uintptr_t
unlock_mtx(struct lock_object *lock)
{

	mtx_unlock((struct mtx *)lock);
	return (0);
}

static uintptr_t
unlock_spin(struct lock_object *lock)
{

	mtx_unlock_spin((struct mtx *)lock);
	return (0);
}

static int
owner_mtx(const struct lock_object *lock, struct thread **owner)
{
	const struct mtx *m = (const struct mtx *)lock;

	*owner = mtx_owner(m);
	return (*owner != NULL);
}

/*
 * Making and unmaking.
 */
void
mtx_init(struct mtx *m, const char *name, const char *type, int opts)
{
	int flags = 0;

	if (opts & MTX_RECURSE)
		flags |= LO_RECURSABLE;
	if (opts & MTX_QUIET)
		flags |= LO_QUIET;
	if (opts & MTX_DUPOK)
		flags |= LO_DUPOK;
	if ((opts & MTX_NOWITNESS) == 0)
		flags |= LO_WITNESS;
	if (opts & MTX_NOPROFILE)
		flags |= LO_NOPROFILE;
	lock_init(&m->lock_object, opts & MTX_SPIN ? &lock_class_mtx_spin :
	    &lock_class_mtx_sleep, name, type, flags);
	m->mtx_lock = MTX_UNOWNED;
}

void
mtx_destroy(struct mtx *m)
{

	if (mtx_owned(m)) {
		MPASS(!mtx_recursed(m));
		/* Freed while held: tell who watches. */
		if (LOCK_CLASS(&m->lock_object) == &lock_class_mtx_spin)
			spinlock_exit();
		else
			TD_LOCKS_DEC(curthread);
		WITNESS_UNLOCK(&m->lock_object, LOP_EXCLUSIVE, __FILE__,
		    __LINE__);
	} else
		MPASS(m->mtx_lock == MTX_UNOWNED);
	m->mtx_lock = MTX_DESTROYED;
	lock_destroy(&m->lock_object);
}

void
mtx_sysinit(const void *arg)
{
	const struct mtx_args *margs = arg;

	mtx_init(margs->ma_mtx, margs->ma_desc, NULL, margs->ma_opts);
}

/* The mutexes that boot needs first. */
void
mutex_init(void)
{

	mtx_init(&Giant, "Giant", NULL, MTX_DEF | MTX_RECURSE);
	mtx_init(&blocked_lock, "blocked lock", NULL, MTX_SPIN);
	blocked_lock.mtx_lock = 0xdeadc0de;	/* Never free. */
	mtx_init(&proc0.p_mtx, "process lock", NULL, MTX_DEF | MTX_DUPOK);
	mtx_init(&proc0.p_slock, "process slock", NULL, MTX_SPIN);
	mtx_init(&proc0.p_statmtx, "pstatl", NULL, MTX_SPIN);
}
