/*
 * Mutexes.
 *
 * mtx_lock holds the owner, a struct thread pointer, and flags in its low bits.
 * An uncontested mutex is taken by one compare-and-set from MTX_UNOWNED to
 * curthread.  Default mutexes spin while the owner runs on another CPU and
 * otherwise block on a turnstile; spin mutexes (MTX_SPIN) spin with
 * interrupts off.
 */
#ifndef _SYS_MUTEX_H_
#define	_SYS_MUTEX_H_

#include <sys/lock.h>
#include <sys/lockstat.h>
#include <sys/pcpu.h>
#include <sys/kernel.h>
#include <machine/atomic.h>

struct mtx {
	struct lock_object lock_object;
	volatile uintptr_t mtx_lock;	/* Owner and MTX_ flags. */
};
#define	mtx_recurse	lock_object.lo_data

/* Types and options of mtx_init(). */
#define	MTX_DEF		0x00000000
#define	MTX_SPIN	0x00000001
#define	MTX_RECURSE	0x00000004
#define	MTX_NOWITNESS	0x00000008
#define	MTX_NOPROFILE	0x00000020
#define	MTX_NEW		0x00000040	/* Don't check for double initialisation. */
/* Options of mtx_lock_flags(). */
#define	MTX_QUIET	LOP_QUIET
#define	MTX_DUPOK	LOP_DUPOK

/* Flags in mtx_lock. */
#define	MTX_RECURSED	0x00000001
#define	MTX_CONTESTED	0x00000002
#define	MTX_DESTROYED	0x00000004
#define	MTX_UNOWNED	0x00000000UL
#define	MTX_FLAGMASK	(MTX_RECURSED | MTX_CONTESTED | MTX_DESTROYED)

/* Operands of mtx_assert(). */
#define	MA_OWNED	LA_XLOCKED
#define	MA_NOTOWNED	LA_UNLOCKED
#define	MA_RECURSED	LA_RECURSED
#define	MA_NOTRECURSED	LA_NOTRECURSED

void	mtx_init(struct mtx *m, const char *name, const char *type, int opts);
void	mtx_destroy(struct mtx *m);
void	mtx_sysinit(const void *arg);
void	mutex_init(void);
/* The function forms; which one a caller meets is decided below. */
void	__mtx_lock_flags(struct mtx *m, int opts, const char *file, int line);
void	__mtx_unlock_flags(struct mtx *m, int opts, const char *file, int line);
void	__mtx_lock_spin_flags(struct mtx *m, int opts, const char *file, int line);
void	__mtx_unlock_spin_flags(struct mtx *m, int opts, const char *file, int line);
int	__mtx_trylock_flags(struct mtx *m, int opts, const char *file, int line);
int	__mtx_trylock_spin_flags(struct mtx *m, int opts, const char *file, int line);
void	__mtx_lock_sleep(struct mtx *m, uintptr_t v, int opts, const char *file, int line);
void	__mtx_unlock_sleep(struct mtx *m, uintptr_t v, int opts, const char *file, int line);
void	_mtx_lock_spin_cookie(struct mtx *m, uintptr_t v, int opts, const char *file, int line);
void	thread_lock_flags_(struct thread *td, int opts, const char *file, int line);
#ifdef INVARIANTS
void	__mtx_assert(const struct mtx *m, int what, const char *file, int line);
#define	mtx_assert(m, what)	__mtx_assert((m), (what), __FILE__, __LINE__)
#else
#define	mtx_assert(m, what)	((void)0)
#endif

#define	_mtx_obtain_lock(m, tid)					\
	atomic_cmpset_acq_ptr(&(m)->mtx_lock, MTX_UNOWNED, (uintptr_t)(tid))
#define	_mtx_release_lock(m, tid)					\
	atomic_cmpset_rel_ptr(&(m)->mtx_lock, (uintptr_t)(tid), MTX_UNOWNED)

#define	mtx_lock_flags(m, opts)						\
	__mtx_lock_flags((m), (opts), LOCK_FILE, LOCK_LINE)
#define	mtx_unlock_flags(m, opts)					\
	__mtx_unlock_flags((m), (opts), LOCK_FILE, LOCK_LINE)
#define	mtx_lock_spin_flags(m, opts)					\
	__mtx_lock_spin_flags((m), (opts), LOCK_FILE, LOCK_LINE)
#define	mtx_trylock(m)		__mtx_trylock_flags((m), 0, LOCK_FILE, LOCK_LINE)
#define	mtx_trylock_flags(m, opts)					\
	__mtx_trylock_flags((m), (opts), LOCK_FILE, LOCK_LINE)
#define	mtx_trylock_spin(m)						\
	__mtx_trylock_spin_flags((m), 0, LOCK_FILE, LOCK_LINE)
#define	thread_lock(td)		thread_lock_flags_((td), 0, LOCK_FILE, LOCK_LINE)
#define	thread_lock_flags(td, opts)					\
	thread_lock_flags_((td), (opts), LOCK_FILE, LOCK_LINE)

#if LOCK_DEBUG > 0
#define	mtx_lock(m)		mtx_lock_flags((m), 0)
#define	mtx_unlock(m)		mtx_unlock_flags((m), 0)
#define	mtx_lock_spin(m)	mtx_lock_spin_flags((m), 0)
#define	mtx_unlock_spin(m)						\
	__mtx_unlock_spin_flags((m), 0, LOCK_FILE, LOCK_LINE)
#else
#define	mtx_lock(m) do {						\
	struct mtx *_m = (m);						\
	if (LOCKSTAT_PROFILE_ENABLED() ||				\
	    !_mtx_obtain_lock(_m, curthread))				\
		__mtx_lock_sleep(_m, 0, 0, NULL, 0);			\
	else								\
		LOCKSTAT_RECORD0(adaptive__acquire, _m);		\
} while (0)
#define	mtx_unlock(m) do {						\
	struct mtx *_m = (m);						\
	if (LOCKSTAT_PROFILE_ENABLED() ||				\
	    !_mtx_release_lock(_m, curthread))				\
		__mtx_unlock_sleep(_m, 0, 0, NULL, 0);			\
	else								\
		LOCKSTAT_RECORD0(adaptive__release, _m);		\
} while (0)
#ifdef SMP
#define	mtx_lock_spin(m) do {						\
	struct mtx *_m = (m);						\
	spinlock_enter();						\
	if (LOCKSTAT_PROFILE_ENABLED() ||				\
	    !_mtx_obtain_lock(_m, curthread))				\
		_mtx_lock_spin_cookie(_m, 0, 0, NULL, 0);		\
	else								\
		LOCKSTAT_RECORD0(spin__acquire, _m);			\
} while (0)
#else
/* One CPU: with interrupts off nobody else can want it. */
#define	mtx_lock_spin(m) do {						\
	struct mtx *_m = (m);						\
	spinlock_enter();						\
	if (_m->mtx_lock == (uintptr_t)curthread)			\
		_m->mtx_recurse++;					\
	else {								\
		_m->mtx_lock = (uintptr_t)curthread;			\
		LOCKSTAT_RECORD0(spin__acquire, _m);			\
	}								\
} while (0)
#endif
#define	mtx_unlock_spin(m) do {						\
	struct mtx *_m = (m);						\
	if (_m->mtx_recurse != 0)					\
		_m->mtx_recurse--;					\
	else {								\
		LOCKSTAT_RECORD0(spin__release, _m);			\
		_m->mtx_lock = MTX_UNOWNED;				\
	}								\
	spinlock_exit();						\
} while (0)
#endif	/* !LOCK_DEBUG */

#define	mtx_owner(m)		((struct thread *)((m)->mtx_lock & ~(uintptr_t)MTX_FLAGMASK))
#define	mtx_owned(m)		(mtx_owner(m) == curthread)
#define	mtx_recursed(m)		((m)->mtx_recurse != 0)
#define	mtx_initialized(m)	(((m)->lock_object.lo_flags & LO_INITIALIZED) != 0)
#define	mtx_name(m)		((m)->lock_object.lo_name)
#define	mtx_sleep(chan, m, pri, wmesg, timo)				\
	_sleep((chan), &(m)->lock_object, (pri), (wmesg),		\
	    tick_sbt * (timo), 0, C_HARDCLOCK)

/*
 * A thread is protected by whatever spin mutex td_lock points to: that of
 * the run queue, sleep queue or turnstile it is on.  thread_lock() follows the
 * pointer until it holds still.
 */
#define	thread_unlock(td)						\
	mtx_unlock_spin((struct mtx *)(td)->td_lock)
void	thread_lock_set(struct thread *td, struct mtx *new);
struct mtx *thread_lock_block(struct thread *td);
void	thread_lock_unblock(struct thread *td, struct mtx *new);
void	thread_lock_block_wait(struct thread *td);
#ifdef INVARIANTS
#define	THREAD_LOCK_ASSERT(td, type) do {				\
	struct mtx *_tl = (struct mtx *)(td)->td_lock;			\
	if (_tl != &blocked_lock)					\
		mtx_assert(_tl, (type));				\
} while (0)
#define	THREAD_LOCKPTR_ASSERT(td, lock)					\
	KASSERT((struct mtx *)(td)->td_lock == (lock),			\
	    ("thread %p lock %p is not %p", (td), (void *)(td)->td_lock, (lock)))
#else
#define	THREAD_LOCK_ASSERT(td, type)		((void)0)
#define	THREAD_LOCKPTR_ASSERT(td, lock)		((void)0)
#endif
extern struct mtx blocked_lock;	/* td_lock of a thread between two locks. */

extern struct mtx Giant;	/* The lock of what has none of its own. */

struct mtx_args {
	struct mtx	*ma_mtx;
	const char	*ma_desc;
	int		 ma_opts;
};
#define	MTX_SYSINIT(name, mtx, desc, opts)				\
	static struct mtx_args name##_args = { (mtx), (desc), (opts) };	\
	SYSINIT(name##_mtx_sysinit, SI_SUB_LOCK, SI_ORDER_MIDDLE,	\
	    mtx_sysinit, &name##_args)

#endif /* !_SYS_MUTEX_H_ */
