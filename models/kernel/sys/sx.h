/*
 * Shared/exclusive locks that may be held across a sleep; they block on
 * sleep queues, so a waiter's wait message is the lock's name.
 */
#ifndef _SYS_SX_H_
#define	_SYS_SX_H_

#include <sys/lock.h>
#include <sys/lockstat.h>
#include <sys/pcpu.h>
#include <sys/kernel.h>

struct sx {
	struct lock_object lock_object;
	volatile uintptr_t sx_lock;
};
#define	sx_recurse	lock_object.lo_data

#define	SX_LOCK_SHARED			0x01UL
#define	SX_LOCK_SHARED_WAITERS		0x02UL
#define	SX_LOCK_EXCLUSIVE_WAITERS	0x04UL
#define	SX_LOCK_RECURSED		0x08UL
#define	SX_LOCK_FLAGMASK		0x0fUL
#define	SX_LOCK_WAITERS		(SX_LOCK_SHARED_WAITERS | SX_LOCK_EXCLUSIVE_WAITERS)
#define	SX_SHARERS_SHIFT	5
#define	SX_ONE_SHARER		(1UL << SX_SHARERS_SHIFT)
#define	SX_SHARERS(x)		((x) >> SX_SHARERS_SHIFT)
#define	SX_SHARERS_LOCK(x)	((x) << SX_SHARERS_SHIFT | SX_LOCK_SHARED)
#define	SX_LOCK_UNLOCKED	SX_SHARERS_LOCK(0UL)
#define	SX_OWNER(x)		((x) & ~SX_LOCK_FLAGMASK)

#define	SX_DUPOK	0x01
#define	SX_NOPROFILE	0x02
#define	SX_NOWITNESS	0x04
#define	SX_QUIET	0x08
#define	SX_RECURSE	0x20
#define	SX_NEW		0x40
#define	SX_INTERRUPTIBLE 0x80	/* of _sx_xlock(): a signal ends the wait. */

#define	SA_LOCKED	LA_LOCKED
#define	SA_SLOCKED	LA_SLOCKED
#define	SA_XLOCKED	LA_XLOCKED
#define	SA_UNLOCKED	LA_UNLOCKED

#define	sx_init(sx, desc)	sx_init_flags((sx), (desc), 0)
void	sx_init_flags(struct sx *sx, const char *desc, int opts);
void	sx_destroy(struct sx *sx);
void	sx_sysinit(const void *arg);
int	_sx_xlock(struct sx *sx, int opts, const char *file, int line);
int	_sx_slock(struct sx *sx, int opts, const char *file, int line);
int	sx_try_xlock_(struct sx *sx, const char *file, int line);
int	sx_try_slock_(struct sx *sx, const char *file, int line);
void	_sx_xunlock(struct sx *sx, const char *file, int line);
void	_sx_sunlock(struct sx *sx, const char *file, int line);
int	sx_try_upgrade_(struct sx *sx, const char *file, int line);
void	sx_downgrade_(struct sx *sx, const char *file, int line);
int	_sx_xlock_hard(struct sx *sx, int opts, const char *file, int line);
void	_sx_xunlock_hard(struct sx *sx, const char *file, int line);
#ifdef INVARIANTS
void	_sx_assert(const struct sx *sx, int what, const char *file, int line);
#define	sx_assert(sx, what)	_sx_assert((sx), (what), __FILE__, __LINE__)
#else
#define	sx_assert(sx, what)	((void)0)
#endif

#define	sx_xlock_sig(sx)	_sx_xlock((sx), SX_INTERRUPTIBLE, LOCK_FILE, LOCK_LINE)
#define	sx_slock(sx)		((void)_sx_slock((sx), 0, LOCK_FILE, LOCK_LINE))
#define	sx_slock_sig(sx)	_sx_slock((sx), SX_INTERRUPTIBLE, LOCK_FILE, LOCK_LINE)
#define	sx_sunlock(sx)		_sx_sunlock((sx), LOCK_FILE, LOCK_LINE)
#define	sx_try_xlock(sx)	sx_try_xlock_((sx), LOCK_FILE, LOCK_LINE)
#define	sx_try_slock(sx)	sx_try_slock_((sx), LOCK_FILE, LOCK_LINE)
#define	sx_try_upgrade(sx)	sx_try_upgrade_((sx), LOCK_FILE, LOCK_LINE)
#define	sx_downgrade(sx)	sx_downgrade_((sx), LOCK_FILE, LOCK_LINE)
#if LOCK_DEBUG > 0
#define	sx_xlock(sx)		((void)_sx_xlock((sx), 0, LOCK_FILE, LOCK_LINE))
#define	sx_xunlock(sx)		_sx_xunlock((sx), LOCK_FILE, LOCK_LINE)
#else
#define	sx_xlock(sxp) do {						\
	struct sx *_sx = (sxp);						\
	if (LOCKSTAT_PROFILE_ENABLED() ||				\
	    !atomic_cmpset_acq_ptr(&_sx->sx_lock, SX_LOCK_UNLOCKED,	\
	    (uintptr_t)curthread))					\
		(void)_sx_xlock_hard(_sx, 0, NULL, 0);			\
	else								\
		LOCKSTAT_RECORD1(sx__acquire, _sx, LOCKSTAT_WRITER);	\
} while (0)
#define	sx_xunlock(sxp) do {						\
	struct sx *_sx = (sxp);						\
	if (LOCKSTAT_PROFILE_ENABLED() ||				\
	    !atomic_cmpset_rel_ptr(&_sx->sx_lock, (uintptr_t)curthread,	\
	    SX_LOCK_UNLOCKED))						\
		_sx_xunlock_hard(_sx, NULL, 0);				\
	else								\
		LOCKSTAT_RECORD1(sx__release, _sx, LOCKSTAT_WRITER);	\
} while (0)
#endif
#define	sx_xlocked(sx)							\
	(((sx)->sx_lock & ~(SX_LOCK_FLAGMASK & ~SX_LOCK_SHARED)) == (uintptr_t)curthread)
#define	sx_unlock(sxp) do {						\
	if (sx_xlocked(sxp))						\
		sx_xunlock(sxp);					\
	else								\
		sx_sunlock(sxp);					\
} while (0)
#define	sx_sleep(chan, sx, pri, wmesg, timo)				\
	_sleep((chan), &(sx)->lock_object, (pri), (wmesg),		\
	    tick_sbt * (timo), 0, C_HARDCLOCK)

struct sx_args {
	struct sx	*sa_sx;
	const char	*sa_desc;
	int		 sa_flags;
};
#define	SX_SYSINIT(name, sx, desc)					\
	static struct sx_args name##_args = { (sx), (desc), 0 };	\
	SYSINIT(name##_sx_sysinit, SI_SUB_LOCK, SI_ORDER_MIDDLE,	\
	    sx_sysinit, &name##_args)

#endif /* !_SYS_SX_H_ */
