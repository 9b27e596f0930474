/*
 * Reader/writer locks that block on turnstiles.
 *
 * rw_lock is either a reader count (RW_LOCK_READ set) or the owning writer's
 * thread pointer, with waiter flags in the low bits.
 */
#ifndef _SYS_RWLOCK_H_
#define	_SYS_RWLOCK_H_

#include <sys/lock.h>
#include <sys/lockstat.h>
#include <sys/pcpu.h>
#include <sys/kernel.h>

struct rwlock {
	struct lock_object lock_object;
	volatile uintptr_t rw_lock;
};
#define	rw_recurse	lock_object.lo_data

#define	RW_LOCK_READ		0x01UL
#define	RW_LOCK_READ_WAITERS	0x02UL
#define	RW_LOCK_WRITE_WAITERS	0x04UL
#define	RW_LOCK_WRITE_SPINNER	0x08UL
#define	RW_LOCK_FLAGMASK	0x0fUL
#define	RW_LOCK_WAITERS		(RW_LOCK_READ_WAITERS | RW_LOCK_WRITE_WAITERS)
#define	RW_READERS_SHIFT	5
#define	RW_ONE_READER		(1UL << RW_READERS_SHIFT)
#define	RW_READERS(x)		((x) >> RW_READERS_SHIFT)
#define	RW_READERS_LOCK(x)	((x) << RW_READERS_SHIFT | RW_LOCK_READ)
#define	RW_UNLOCKED		RW_READERS_LOCK(0UL)
#define	RW_OWNER(x)		((x) & ~RW_LOCK_FLAGMASK)

#define	RW_DUPOK	0x01
#define	RW_NOPROFILE	0x02
#define	RW_NOWITNESS	0x04
#define	RW_QUIET	0x08
#define	RW_RECURSE	0x10
#define	RW_NEW		0x20

#define	RA_LOCKED	LA_LOCKED
#define	RA_RLOCKED	LA_SLOCKED
#define	RA_WLOCKED	LA_XLOCKED
#define	RA_UNLOCKED	LA_UNLOCKED
#define	RA_RECURSED	LA_RECURSED
#define	RA_NOTRECURSED	LA_NOTRECURSED

#define	rw_init(rw, name)	rw_init_flags((rw), (name), 0)
void	rw_init_flags(struct rwlock *rw, const char *name, int opts);
void	rw_destroy(struct rwlock *rw);
void	rw_sysinit(const void *arg);
int	rw_wowned(const struct rwlock *rw);
void	_rw_wlock_cookie(struct rwlock *rw, const char *file, int line);
int	__rw_try_wlock(struct rwlock *rw, const char *file, int line);
void	_rw_wunlock_cookie(struct rwlock *rw, const char *file, int line);
void	__rw_rlock(struct rwlock *rw, const char *file, int line);
int	__rw_try_rlock(struct rwlock *rw, const char *file, int line);
void	_rw_runlock_cookie(struct rwlock *rw, const char *file, int line);
int	__rw_try_upgrade(struct rwlock *rw, const char *file, int line);
void	__rw_downgrade(struct rwlock *rw, const char *file, int line);
void	__rw_wlock_hard(struct rwlock *rw, const char *file, int line);
void	__rw_wunlock_hard(struct rwlock *rw, const char *file, int line);
#ifdef INVARIANTS
void	__rw_assert(const struct rwlock *rw, int what, const char *file, int line);
#define	rw_assert(rw, what)	__rw_assert((rw), (what), __FILE__, __LINE__)
#else
#define	rw_assert(rw, what)	((void)0)
#endif

#define	rw_rlock(rw)		__rw_rlock((rw), LOCK_FILE, LOCK_LINE)
#define	rw_runlock(rw)		_rw_runlock_cookie((rw), LOCK_FILE, LOCK_LINE)
#define	rw_try_wlock(rw)	__rw_try_wlock((rw), LOCK_FILE, LOCK_LINE)
#define	rw_try_rlock(rw)	__rw_try_rlock((rw), LOCK_FILE, LOCK_LINE)
#define	rw_try_upgrade(rw)	__rw_try_upgrade((rw), LOCK_FILE, LOCK_LINE)
#define	rw_downgrade(rw)	__rw_downgrade((rw), LOCK_FILE, LOCK_LINE)
#if LOCK_DEBUG > 0
#define	rw_wlock(rw)		_rw_wlock_cookie((rw), LOCK_FILE, LOCK_LINE)
#define	rw_wunlock(rw)		_rw_wunlock_cookie((rw), LOCK_FILE, LOCK_LINE)
#else
#define	rw_wlock(rw) do {						\
	struct rwlock *_rw = (rw);					\
	if (LOCKSTAT_PROFILE_ENABLED() ||				\
	    !atomic_cmpset_acq_ptr(&_rw->rw_lock, RW_UNLOCKED,		\
	    (uintptr_t)curthread))					\
		__rw_wlock_hard(_rw, NULL, 0);				\
	else								\
		LOCKSTAT_RECORD1(rw__acquire, _rw, LOCKSTAT_WRITER);	\
} while (0)
#define	rw_wunlock(rw) do {						\
	struct rwlock *_rw = (rw);					\
	if (LOCKSTAT_PROFILE_ENABLED() ||				\
	    !atomic_cmpset_rel_ptr(&_rw->rw_lock, (uintptr_t)curthread,	\
	    RW_UNLOCKED))						\
		__rw_wunlock_hard(_rw, NULL, 0);			\
	else								\
		LOCKSTAT_RECORD1(rw__release, _rw, LOCKSTAT_WRITER);	\
} while (0)
#endif
#define	rw_unlock(rw) do {						\
	if (rw_wowned(rw))						\
		rw_wunlock(rw);						\
	else								\
		rw_runlock(rw);						\
} while (0)
#define	rw_sleep(chan, rw, pri, wmesg, timo)				\
	_sleep((chan), &(rw)->lock_object, (pri), (wmesg),		\
	    tick_sbt * (timo), 0, C_HARDCLOCK)
#define	rw_initialized(rw)	(((rw)->lock_object.lo_flags & LO_INITIALIZED) != 0)

struct rw_args {
	struct rwlock	*ra_rw;
	const char	*ra_desc;
	int		 ra_flags;
};
#define	RW_SYSINIT(name, rw, desc)					\
	static struct rw_args name##_args = { (rw), (desc), 0 };	\
	SYSINIT(name##_rw_sysinit, SI_SUB_LOCK, SI_ORDER_MIDDLE,	\
	    rw_sysinit, &name##_args)

#endif /* !_SYS_RWLOCK_H_ */
