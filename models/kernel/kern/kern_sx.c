/*
 * Shared/exclusive locks.
 *
 * Like rwlocks, but a holder may sleep, so priority lending would be in vain: the
 * holder may wait for anything.  Waiters therefore block on sleep queues, and
 * ps shows the lock's name as what they wait for.
 */
#include <sys/param.h>
#include <sys/lock.h>
#include <sys/lockstat.h>
#include <sys/proc.h>
#include <sys/sleepqueue.h>
#include <sys/sx.h>
#include <sys/trace.h>

#define	SQ_EXCLUSIVE_QUEUE	0
#define	SQ_SHARED_QUEUE		1
#define	SX_SPIN_RETRIES		10
#define	SX_SPIN_LOOPS		10000

#define	sx_xholder(v)							\
	((v) & SX_LOCK_SHARED ? NULL : (struct thread *)SX_OWNER(v))
#define	sx_recursed(sx)		((sx)->sx_recurse != 0)
#define	SX_CAN_SHARE(td, v)						\
	((((v) & (SX_LOCK_SHARED | SX_LOCK_EXCLUSIVE_WAITERS)) ==	\
	    SX_LOCK_SHARED) ||						\
	    ((td)->td_sx_slocks != 0 && ((v) & SX_LOCK_SHARED) != 0))

static void	assert_sx(const struct lock_object *lock, int what);
static void	lock_sx(struct lock_object *lock, uintptr_t how);
static int	owner_sx(const struct lock_object *lock, struct thread **owner);
static uintptr_t unlock_sx(struct lock_object *lock);

struct lock_class lock_class_sx = {
	.lc_name = "sx",
	.lc_flags = LC_SLEEPLOCK | LC_SLEEPABLE | LC_RECURSABLE | LC_UPGRADABLE,
	.lc_assert = assert_sx,
	.lc_lock = lock_sx,
	.lc_owner = owner_sx,
	.lc_unlock = unlock_sx,
};

/* What a contended acquisition has seen, for its probes. */
struct sx_wait {
	struct lock_delay_arg sx_lda;
	uint64_t	 sx_all;	/* ns, start and then duration. */
	uint64_t	 sx_sleep;	/* ns asleep. */
	u_int		 sx_sleepcnt;
	u_int		 sx_retries;
	uintptr_t	 sx_state;	/* The lock word met first. */
};

static void
sx_wait_init(struct sx_wait *w, struct sx *sx)
{

	lock_delay_arg_init(&w->sx_lda, &locks_delay);
	SDT_PROBE4(_trace, , , lock__wait, sx, 0, LOCK_WAIT_SPIN, 2);
	w->sx_all = LOCKSTAT_NSECS(&sx->lock_object);
	w->sx_sleep = 0;
	w->sx_sleepcnt = 0;
	w->sx_retries = 0;
	w->sx_state = sx->sx_lock;
}

static void
sx_wait_done(struct sx_wait *w, struct sx *sx, int mode)
{

	w->sx_all = LOCKSTAT_NSECS(&sx->lock_object) - w->sx_all;
	if (w->sx_sleep != 0)
		LOCKSTAT_RECORD4(sx__block, sx, w->sx_sleep, mode,
		    (w->sx_state & SX_LOCK_SHARED) == 0,
		    (w->sx_state & SX_LOCK_SHARED) == 0 ? 0 :
		    SX_SHARERS(w->sx_state));
	if (w->sx_lda.spin_cnt > w->sx_sleepcnt)
		LOCKSTAT_RECORD4(sx__spin, sx, w->sx_all - w->sx_sleep, mode,
		    (w->sx_state & SX_LOCK_SHARED) == 0,
		    (w->sx_state & SX_LOCK_SHARED) == 0 ? 0 :
		    SX_SHARERS(w->sx_state));
}

/* As rw_spin(): 0 when it is time to sleep. */
static int
sx_spin(struct sx_wait *w, struct sx *sx, uintptr_t v)
{
#ifdef ADAPTIVE_MUTEXES
	struct thread *owner = sx_xholder(v);
	int i;

	if (owner != NULL) {
		if (!TD_IS_RUNNING(owner))
			return (0);
		do {
			lock_delay(&w->sx_lda);
			v = sx->sx_lock;
			owner = sx_xholder(v);
		} while (owner != NULL && TD_IS_RUNNING(owner));
		return (1);
	}
	if (w->sx_retries++ < SX_SPIN_RETRIES && SX_SHARERS(v) > 0) {
		for (i = 0; i < SX_SPIN_LOOPS; i++) {
			cpu_spinwait();
			v = sx->sx_lock;
			if ((v & SX_LOCK_SHARED) == 0 || SX_SHARERS(v) == 0)
				break;
		}
		w->sx_lda.spin_cnt += i;
		return (1);
	}
#endif
	return (0);
}

/* Sleeps, unless the lock changes meanwhile.  0, or an interrupt's errno. */
static int
sx_block(struct sx_wait *w, struct sx *sx, uintptr_t bit, int opts)
{
	struct thread *owner;
	uint64_t start;
	uintptr_t v;
	int error = 0;

	sleepq_lock(&sx->lock_object);
	v = sx->sx_lock;
	owner = sx_xholder(v);
	if ((bit == SX_LOCK_SHARED_WAITERS && SX_CAN_SHARE(curthread, v)) ||
	    (v & ~SX_LOCK_WAITERS) == SX_LOCK_UNLOCKED
#ifdef ADAPTIVE_MUTEXES
	    || (owner != NULL && TD_IS_RUNNING(owner))
#endif
	    ) {
		sleepq_release(&sx->lock_object);
		return (0);
	}
	if ((v & bit) == 0 && !atomic_cmpset_ptr(&sx->sx_lock, v, v | bit)) {
		sleepq_release(&sx->lock_object);
		return (0);
	}
	TRACE_LOCK_WAIT(sx, owner, LOCK_WAIT_BLOCK, 2);
	start = LOCKSTAT_NSECS(&sx->lock_object);
	sleepq_add(&sx->lock_object, NULL, sx->lock_object.lo_name, SLEEPQ_SX |
	    (opts & SX_INTERRUPTIBLE ? SLEEPQ_INTERRUPTIBLE : 0),
	    bit == SX_LOCK_SHARED_WAITERS ? SQ_SHARED_QUEUE :
	    SQ_EXCLUSIVE_QUEUE);
	if (opts & SX_INTERRUPTIBLE)
		error = sleepq_wait_sig(&sx->lock_object, 0);
	else
		sleepq_wait(&sx->lock_object, 0);
	w->sx_sleep += LOCKSTAT_NSECS(&sx->lock_object) - start;
	w->sx_sleepcnt++;
	return (error);
}

/*
 * Lets go of a lock for which others wait, exclusive waiters first.  v is what
 * the lock word was with the chain locked; 0 if it has changed.
 */
static int
sx_wakeup(struct sx *sx, uintptr_t v)
{
	uintptr_t setv = SX_LOCK_UNLOCKED;
	int queue = SQ_SHARED_QUEUE;

	if ((v & SX_LOCK_EXCLUSIVE_WAITERS) != 0 &&
	    sleepq_sleepcnt(&sx->lock_object, SQ_EXCLUSIVE_QUEUE) != 0) {
		queue = SQ_EXCLUSIVE_QUEUE;
		setv |= v & SX_LOCK_SHARED_WAITERS;
	}
	if (!atomic_cmpset_rel_ptr(&sx->sx_lock, v, setv))
		return (0);
	(void)sleepq_broadcast(&sx->lock_object, SLEEPQ_SX, 0, queue);
	return (1);
}

/*
 * Exclusive.
 */
int
_sx_xlock_hard(struct sx *sx, int opts, const char *file, int line)
{
	struct thread *td = curthread;
	struct sx_wait w;
	uintptr_t v;
	int error;

	if (SCHEDULER_STOPPED())
		return (0);
	if (atomic_cmpset_acq_ptr(&sx->sx_lock, SX_LOCK_UNLOCKED,
	    (uintptr_t)td)) {
		LOCKSTAT_RECORD1(sx__acquire, sx, LOCKSTAT_WRITER);
		return (0);
	}
	if (sx_xholder(sx->sx_lock) == td) {
		KASSERT((sx->lock_object.lo_flags & LO_RECURSABLE) != 0,
		    ("_sx_xlock_hard: recursed on non-recursive sx %s @ %s:%d",
		    sx->lock_object.lo_name, file, line));
		sx->sx_recurse++;
		return (0);
	}
	sx_wait_init(&w, sx);
	for (;;) {
		v = sx->sx_lock;
		if ((v & ~SX_LOCK_WAITERS) == SX_LOCK_UNLOCKED) {
			/* Those who wait on go on waiting: keep the flags. */
			if (atomic_cmpset_acq_ptr(&sx->sx_lock, v,
			    (uintptr_t)td | (v & SX_LOCK_WAITERS)))
				break;
			continue;
		}
		w.sx_lda.spin_cnt++;
		if (sx_spin(&w, sx, v))
			continue;
		error = sx_block(&w, sx, SX_LOCK_EXCLUSIVE_WAITERS, opts);
		if (error != 0)
			return (error);
	}
	sx_wait_done(&w, sx, LOCKSTAT_WRITER);
	LOCKSTAT_RECORD1(sx__acquire, sx, LOCKSTAT_WRITER);
	return (0);
}

void
_sx_xunlock_hard(struct sx *sx, const char *file, int line)
{

	if (SCHEDULER_STOPPED())
		return;
	if (sx_recursed(sx)) {
		sx->sx_recurse--;
		return;
	}
	LOCKSTAT_RECORD1(sx__release, sx, LOCKSTAT_WRITER);
	if (atomic_cmpset_rel_ptr(&sx->sx_lock, (uintptr_t)curthread,
	    SX_LOCK_UNLOCKED))
		return;
	/* The flags only change under the chain lock, and we own the rest. */
	sleepq_lock(&sx->lock_object);
	(void)sx_wakeup(sx, sx->sx_lock);
	sleepq_release(&sx->lock_object);
}

int
_sx_xlock(struct sx *sx, int opts, const char *file, int line)
{
	int error = 0;

	if (SCHEDULER_STOPPED())
		return (0);
	WITNESS_CHECKORDER(&sx->lock_object, LOP_NEWORDER | LOP_EXCLUSIVE,
	    file, line, NULL);
	if (!atomic_cmpset_acq_ptr(&sx->sx_lock, SX_LOCK_UNLOCKED,
	    (uintptr_t)curthread))
		error = _sx_xlock_hard(sx, opts, file, line);
	else
		LOCKSTAT_RECORD1(sx__acquire, sx, LOCKSTAT_WRITER);
	if (error == 0) {
		WITNESS_LOCK(&sx->lock_object, LOP_EXCLUSIVE, file, line);
		TD_LOCKS_INC(curthread);
	}
	return (error);
}

void
_sx_xunlock(struct sx *sx, const char *file, int line)
{

	if (SCHEDULER_STOPPED())
		return;
	sx_assert(sx, SA_XLOCKED);
	WITNESS_UNLOCK(&sx->lock_object, LOP_EXCLUSIVE, file, line);
	_sx_xunlock_hard(sx, file, line);
	TD_LOCKS_DEC(curthread);
}

int
sx_try_xlock_(struct sx *sx, const char *file, int line)
{

	if (SCHEDULER_STOPPED())
		return (1);
	if (sx_xholder(sx->sx_lock) == curthread &&
	    (sx->lock_object.lo_flags & LO_RECURSABLE) != 0)
		sx->sx_recurse++;
	else if (atomic_cmpset_acq_ptr(&sx->sx_lock, SX_LOCK_UNLOCKED,
	    (uintptr_t)curthread))
		LOCKSTAT_RECORD1(sx__acquire, sx, LOCKSTAT_WRITER);
	else
		return (0);
	WITNESS_LOCK(&sx->lock_object, LOP_EXCLUSIVE | LOP_TRYLOCK, file, line);
	TD_LOCKS_INC(curthread);
	return (1);
}

/*
 * Shared.
 */
int
_sx_slock(struct sx *sx, int opts, const char *file, int line)
{
	struct thread *td = curthread;
	struct sx_wait w;
	uintptr_t v;
	int error, hard = 0;

	if (SCHEDULER_STOPPED())
		return (0);
	WITNESS_CHECKORDER(&sx->lock_object, LOP_NEWORDER, file, line, NULL);
	for (;;) {
		v = sx->sx_lock;
		if (SX_CAN_SHARE(td, v)) {
			if (atomic_cmpset_acq_ptr(&sx->sx_lock, v,
			    v + SX_ONE_SHARER))
				break;
			continue;
		}
		if (!hard) {
			hard = 1;
			sx_wait_init(&w, sx);
		}
		w.sx_lda.spin_cnt++;
		if (sx_spin(&w, sx, v))
			continue;
		error = sx_block(&w, sx, SX_LOCK_SHARED_WAITERS, opts);
		if (error != 0)
			return (error);
	}
	if (hard)
		sx_wait_done(&w, sx, LOCKSTAT_READER);
	LOCKSTAT_RECORD1(sx__acquire, sx, LOCKSTAT_READER);
	WITNESS_LOCK(&sx->lock_object, 0, file, line);
	TD_LOCKS_INC(td);
	td->td_sx_slocks++;
	return (0);
}

int
sx_try_slock_(struct sx *sx, const char *file, int line)
{
	uintptr_t v;

	if (SCHEDULER_STOPPED())
		return (1);
	for (;;) {
		v = sx->sx_lock;
		if ((v & SX_LOCK_SHARED) == 0)
			return (0);
		if (atomic_cmpset_acq_ptr(&sx->sx_lock, v, v + SX_ONE_SHARER))
			break;
	}
	LOCKSTAT_RECORD1(sx__acquire, sx, LOCKSTAT_READER);
	WITNESS_LOCK(&sx->lock_object, LOP_TRYLOCK, file, line);
	TD_LOCKS_INC(curthread);
	curthread->td_sx_slocks++;
	return (1);
}

void
_sx_sunlock(struct sx *sx, const char *file, int line)
{
	uintptr_t v;
	int done;

	if (SCHEDULER_STOPPED())
		return;
	sx_assert(sx, SA_SLOCKED);
	WITNESS_UNLOCK(&sx->lock_object, 0, file, line);
	LOCKSTAT_RECORD1(sx__release, sx, LOCKSTAT_READER);
	for (;;) {
		v = sx->sx_lock;
		if (SX_SHARERS(v) > 1 || (v & SX_LOCK_WAITERS) == 0) {
			if (atomic_cmpset_rel_ptr(&sx->sx_lock, v,
			    v - SX_ONE_SHARER))
				break;
			continue;
		}
		/* The last sharer, and somebody waits; if it stays so. */
		sleepq_lock(&sx->lock_object);
		v = sx->sx_lock;
		done = SX_SHARERS(v) == 1 && sx_wakeup(sx, v);
		sleepq_release(&sx->lock_object);
		if (!done)
			continue;
		break;
	}
	TD_LOCKS_DEC(curthread);
	curthread->td_sx_slocks--;
}

int
sx_try_upgrade_(struct sx *sx, const char *file, int line)
{
	uintptr_t v;

	if (SCHEDULER_STOPPED())
		return (1);
	sx_assert(sx, SA_SLOCKED);
	do {
		v = sx->sx_lock;
		if (SX_SHARERS(v) > 1)
			return (0);
	} while (!atomic_cmpset_acq_ptr(&sx->sx_lock, v,
	    (uintptr_t)curthread | (v & SX_LOCK_WAITERS)));
	curthread->td_sx_slocks--;
	WITNESS_UPGRADE(&sx->lock_object, LOP_EXCLUSIVE | LOP_TRYLOCK, file,
	    line);
	LOCKSTAT_RECORD0(sx__upgrade, sx);
	return (1);
}

void
sx_downgrade_(struct sx *sx, const char *file, int line)
{
	uintptr_t v;

	if (SCHEDULER_STOPPED())
		return;
	sx_assert(sx, SA_XLOCKED);
	WITNESS_DOWNGRADE(&sx->lock_object, 0, file, line);
	if (!atomic_cmpset_rel_ptr(&sx->sx_lock, (uintptr_t)curthread,
	    SX_SHARERS_LOCK(1))) {
		sleepq_lock(&sx->lock_object);
		v = sx->sx_lock;
		sx->sx_lock = SX_SHARERS_LOCK(1) |
		    (v & SX_LOCK_EXCLUSIVE_WAITERS);
		if (v & SX_LOCK_SHARED_WAITERS)
			(void)sleepq_broadcast(&sx->lock_object, SLEEPQ_SX, 0,
			    SQ_SHARED_QUEUE);
		sleepq_release(&sx->lock_object);
	}
	curthread->td_sx_slocks++;
	LOCKSTAT_RECORD0(sx__downgrade, sx);
}

/*
 * The rest.
 */
#ifdef INVARIANTS
void
_sx_assert(const struct sx *sx, int what, const char *file, int line)
{
	uintptr_t v = sx->sx_lock;

	if (KERNEL_PANICKED())
		return;
	switch (what & ~(LA_RECURSED | LA_NOTRECURSED)) {
	case SA_LOCKED:
		if (sx_xholder(v) == curthread)
			break;
		/* FALLTHROUGH */
	case SA_SLOCKED:
		if ((v & SX_LOCK_SHARED) == 0 || SX_SHARERS(v) == 0)
			panic("Lock %s not %slocked @ %s:%d",
			    sx->lock_object.lo_name,
			    what == SA_SLOCKED ? "share " : "", file, line);
		break;
	case SA_XLOCKED:
		if (sx_xholder(v) != curthread)
			panic("Lock %s not exclusively locked @ %s:%d",
			    sx->lock_object.lo_name, file, line);
		break;
	case SA_UNLOCKED:
		if (sx_xholder(v) == curthread)
			panic("Lock %s exclusively locked @ %s:%d",
			    sx->lock_object.lo_name, file, line);
		break;
	default:
		panic("Unknown sx lock assertion: %d @ %s:%d", what, file,
		    line);
	}
}
#endif

static void
assert_sx(const struct lock_object *lock, int what)
{

	sx_assert((const struct sx *)lock, what);
}

static void
lock_sx(struct lock_object *lock, uintptr_t how)
{
	struct sx *sx = (struct sx *)lock;

	if (how)
		sx_slock(sx);
	else
		sx_xlock(sx);
}

static uintptr_t
unlock_sx(struct lock_object *lock)
{
	struct sx *sx = (struct sx *)lock;

	if (sx->sx_lock & SX_LOCK_SHARED) {
		sx_sunlock(sx);
		return (1);
	}
	sx_xunlock(sx);
	return (0);
}

static int
owner_sx(const struct lock_object *lock, struct thread **owner)
{
	const struct sx *sx = (const struct sx *)lock;
	uintptr_t v = sx->sx_lock;

	*owner = sx_xholder(v);
	return ((v & SX_LOCK_SHARED) != 0 ? SX_SHARERS(v) != 0 : *owner != NULL);
}

void
sx_init_flags(struct sx *sx, const char *desc, int opts)
{
	int flags = LO_SLEEPABLE | LO_UPGRADABLE;

	if (opts & SX_DUPOK)
		flags |= LO_DUPOK;
	if (opts & SX_NOPROFILE)
		flags |= LO_NOPROFILE;
	if ((opts & SX_NOWITNESS) == 0)
		flags |= LO_WITNESS;
	if (opts & SX_RECURSE)
		flags |= LO_RECURSABLE;
	if (opts & SX_QUIET)
		flags |= LO_QUIET;
	lock_init(&sx->lock_object, &lock_class_sx, desc, NULL, flags);
	sx->sx_lock = SX_LOCK_UNLOCKED;
}

void
sx_destroy(struct sx *sx)
{

	KASSERT(sx->sx_lock == SX_LOCK_UNLOCKED, ("sx lock still held"));
	KASSERT(sx->sx_recurse == 0, ("sx lock still recursed"));
	sx->sx_lock = 0;
	lock_destroy(&sx->lock_object);
}

void
sx_sysinit(const void *arg)
{
	const struct sx_args *args = arg;

	sx_init_flags(args->sa_sx, args->sa_desc, args->sa_flags);
}
