/*
 * Callouts: call a function at a time.
 */
#ifndef _SYS_CALLOUT_H_
#define	_SYS_CALLOUT_H_

#include <sys/types.h>
#include <sys/queue.h>

struct lock_object;

typedef void callout_func_t(void *);

struct callout {
	LIST_ENTRY(callout) c_le;	/* Bucket of the wheel, */
	TAILQ_ENTRY(callout) c_tqe;	/* or the list of the expired. */
	sbintime_t	 c_time;	/* When. */
	sbintime_t	 c_precision;	/* How much later will do. */
	void		*c_arg;
	callout_func_t	*c_func;
	struct lock_object *c_lock;	/* Taken around the call. */
	short		 c_flags;	/* CALLOUT_: the user's view, */
	short		 c_iflags;	/* and ours. */
	volatile int	 c_cpu;
};

#define	CALLOUT_ACTIVE		0x0002	/* Between reset and deactivate. */
#define	CALLOUT_PENDING		0x0004	/* Waiting for its time. */
#define	CALLOUT_MPSAFE		0x0008	/* No lock. */
#define	CALLOUT_RETURNUNLOCKED	0x0010	/* The function drops c_lock. */
#define	CALLOUT_DIRECT		0x0100	/* Runs in the timer interrupt. */
#define	CALLOUT_PROCESSED	0x0400	/* On the list of the expired. */

#define	CS_DRAIN		0x0001	/* Wait until it does not run. */

/* C_DIRECT_EXEC, C_PREL(), C_HARDCLOCK, C_ABSOLUTE: see systm.h. */

#define	callout_active(c)	((c)->c_flags & CALLOUT_ACTIVE)
#define	callout_pending(c)	((c)->c_iflags & CALLOUT_PENDING)
#define	callout_deactivate(c)	((c)->c_flags &= ~CALLOUT_ACTIVE)

void	callout_init(struct callout *c, int mpsafe);
void	_callout_init_lock(struct callout *c, struct lock_object *lock, int flags);
#define	callout_init_mtx(c, mtx, flags)					\
	_callout_init_lock((c), ((mtx) != NULL) ? &(mtx)->lock_object : NULL, (flags))
#define	callout_init_rw(c, rw, flags)					\
	_callout_init_lock((c), &(rw)->lock_object, (flags))

/* Each returns non-0 if the callout was pending. */
int	callout_reset_sbt_on(struct callout *c, sbintime_t sbt, sbintime_t pr,
	    callout_func_t *func, void *arg, int cpu, int flags);
#define	callout_reset_sbt(c, sbt, pr, fn, arg, flags)			\
	callout_reset_sbt_on((c), (sbt), (pr), (fn), (arg), -1, (flags))
#define	callout_reset_on(c, to_ticks, fn, arg, cpu)			\
	callout_reset_sbt_on((c), tick_sbt * (to_ticks), 0, (fn), (arg), (cpu), C_HARDCLOCK)
#define	callout_reset(c, to_ticks, fn, arg)				\
	callout_reset_on((c), (to_ticks), (fn), (arg), -1)
#define	callout_schedule(c, to_ticks)					\
	callout_reset_on((c), (to_ticks), (c)->c_func, (c)->c_arg, (c)->c_cpu)
int	_callout_stop_safe(struct callout *c, int flags);
#define	callout_stop(c)		_callout_stop_safe((c), 0)
#define	callout_drain(c)	_callout_stop_safe((c), CS_DRAIN)

/* When a callout with these arguments would run, and with what precision. */
void	callout_when(sbintime_t sbt, sbintime_t pr, int flags,
	    sbintime_t *when, sbintime_t *precision);

/* For kern_clocksource.c: run what is due; when is the next. */
void	callout_process(sbintime_t now);

#endif /* !_SYS_CALLOUT_H_ */
