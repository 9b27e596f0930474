/*
 * Callouts.
 *
 * Each CPU has a wheel: an array of buckets, each for 1/256 s, used over and over
 * as time goes by.  A callout lies in the bucket of its time.  The timer
 * interrupt (callout_process) goes through the buckets from the last time to now:
 * direct callouts are run there and then, the others are handed to the CPU's
 * clock thread (softclock, `swi4: clock (N)').  It looks a little ahead, too, to
 * know when the next interrupt is needed.
 *
 * A callout may come with a lock, which is taken before its function is called:
 * then callout_stop() under that lock is final.  A callout without one can
 * still be running; callout_drain() waits for it.
 *
 * Locking: cc_lock ("callout") protects a CPU's wheel and the callouts on it; a
 * callout's c_cpu changes only under the old one's lock.
 */
#include <sys/param.h>
#include <sys/callout.h>
#include <sys/interrupt.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/sdt.h>
#include <sys/sleepqueue.h>
#include <sys/smp.h>
#include <sys/timeet.h>
#include <sys/trace.h>

SDT_PROVIDER_DEFINE(callout_execute);
SDT_PROBE_DEFINE1(callout_execute, , , callout__start, "struct callout *");
SDT_PROBE_DEFINE1(callout_execute, , , callout__end, "struct callout *");

static MALLOC_DEFINE(M_CALLOUT, "callout", "Callout datastructures");

extern int ncallout;

#define	CC_HASH_SHIFT	8	/* A bucket is 2^-8 s. */

LIST_HEAD(callout_list, callout);
TAILQ_HEAD(callout_tailq, callout);

/*
 * Two callouts can be running on a CPU: a direct one, and one of the clock
 * thread that it interrupted.
 */
struct cc_exec {
	struct callout	*cc_curr;	/* What is running. */
	int		 cc_cancel;	/* Stopped while its lock was awaited. */
	int		 cc_waiting;	/* callout_drain() sleeps. */
};

/* All under cc_lock. */
struct callout_cpu {
	struct mtx	 cc_lock;
	struct cc_exec	 cc_exec_entity[2]; /* By thread, direct. */
	struct callout_list *cc_callwheel;
	struct callout_tailq cc_expireq; /* For the clock thread. */
	struct callout	*cc_next;	/* Next in callout_process()'s scan, */
	int		 cc_bucket;	/* and the bucket it is in; -1: none. */
	sbintime_t	 cc_firstevent;	/* The timer is set for this. */
	sbintime_t	 cc_lastscan;
	void		*cc_cookie;	/* Of the software interrupt. */
	int		 cc_cpu;
} __aligned(64);

static struct callout_cpu cc_cpu[MAXCPU];
static u_int callwheelsize, callwheelmask;
static sbintime_t sbt_tickthreshold;	/* Longer ones need no exact start. */
static const int tc_precexp = 4;	/* 5 % may be added, roughly. */

#define	CC_CPU(cpu)		(&cc_cpu[cpu])
#define	CC_SELF()		CC_CPU(curcpu)
#define	CC_LOCK(cc)		mtx_lock_spin(&(cc)->cc_lock)
#define	CC_UNLOCK(cc)		mtx_unlock_spin(&(cc)->cc_lock)
#define	cc_exec_curr(cc, dir)	(cc)->cc_exec_entity[dir].cc_curr
#define	cc_exec_cancel(cc, dir)	(cc)->cc_exec_entity[dir].cc_cancel
#define	cc_exec_waiting(cc, dir) (cc)->cc_exec_entity[dir].cc_waiting

#define	callout_hash(sbt)	((u_int)((sbt) >> (32 - CC_HASH_SHIFT)))

/* The lock of the wheel that c is on, whichever that is by now. */
static struct callout_cpu *
callout_lock(struct callout *c)
{
	struct callout_cpu *cc;
	int cpu;

	for (;;) {
		cpu = c->c_cpu;
		cc = CC_CPU(cpu);
		CC_LOCK(cc);
		if (cpu == c->c_cpu)
			return (cc);
		CC_UNLOCK(cc);
	}
}

static void	softclock(void *arg);

static void
callout_callwheel_init(const void *dummy __unused)
{
	struct callout_cpu *cc;
	u_int i;
	int cpu;

	callwheelsize = 1U << fls(ncallout);
	callwheelmask = callwheelsize - 1;
	CPU_FOREACH(cpu) {
		cc = CC_CPU(cpu);
		mtx_init(&cc->cc_lock, "callout", NULL, MTX_SPIN);
		cc->cc_cpu = cpu;
		cc->cc_firstevent = SBT_MAX;
		cc->cc_bucket = -1;
		TAILQ_INIT(&cc->cc_expireq);
		cc->cc_callwheel = malloc(sizeof(struct callout_list) *
		    callwheelsize, M_CALLOUT, M_WAITOK);
		for (i = 0; i < callwheelsize; i++)
			LIST_INIT(&cc->cc_callwheel[i]);
	}
}
SYSINIT(callwheel_init, SI_SUB_CPU, SI_ORDER_ANY, callout_callwheel_init, NULL);

/* The clock threads. */
static void
start_softclock(const void *dummy __unused)
{
	char name[MAXCOMLEN + 1];
	struct intr_event *ie;
	int cpu;

	CPU_FOREACH(cpu) {
		snprintf(name, sizeof(name), "clock (%d)", cpu);
		ie = NULL;
		if (swi_add(&ie, name, softclock, CC_CPU(cpu), SWI_CLOCK,
		    INTR_MPSAFE, &CC_CPU(cpu)->cc_cookie) != 0)
			panic("cannot make the clock thread of CPU %d", cpu);
		(void)intr_event_bind(ie, cpu);
		if (cpu == 0)
			clk_intr_event = ie;
	}
}
SYSINIT(start_softclock, SI_SUB_SOFTINTR, SI_ORDER_FIRST, start_softclock, NULL);

/*
 * Call one callout.  It is off the wheel; cc is locked, unlocked during the
 * call and locked again.
 */
static void
softclock_call_cc(struct callout *c, struct callout_cpu *cc, int direct)
{
	struct lock_class *class = NULL;
	struct lock_object *c_lock = c->c_lock;
	callout_func_t *c_func = c->c_func;
	void *c_arg = c->c_arg;
	int c_iflags = c->c_iflags;

	KASSERT((c->c_iflags & CALLOUT_PENDING) != 0,
	    ("softclock_call_cc: pend %p %x", c, c->c_iflags));
	c->c_iflags &= ~(CALLOUT_PENDING | CALLOUT_PROCESSED);
	cc_exec_curr(cc, direct) = c;
	cc_exec_cancel(cc, direct) = 0;
	CC_UNLOCK(cc);
	if (c_lock != NULL) {
		class = LOCK_CLASS(c_lock);
		class->lc_lock(c_lock, 0);
		/* We waited: callout_stop() may have come first. */
		if (cc_exec_cancel(cc, direct)) {
			class->lc_unlock(c_lock);
			goto skip;
		}
		/* From here on it cannot be stopped. */
		cc_exec_cancel(cc, direct) = 1;
	}
	SDT_PROBE1(callout_execute, , , callout__start, c);
	SDT_PROBE2(_trace, , , callout, c, c_func);
	c_func(c_arg);
	SDT_PROBE1(callout_execute, , , callout__end, c);
	/* c may be gone by now. */
	if (c_lock != NULL && (c_iflags & CALLOUT_RETURNUNLOCKED) == 0)
		class->lc_unlock(c_lock);
skip:
	CC_LOCK(cc);
	cc_exec_curr(cc, direct) = NULL;
	if (cc_exec_waiting(cc, direct)) {
		cc_exec_waiting(cc, direct) = 0;
		CC_UNLOCK(cc);
		wakeup(&cc_exec_waiting(cc, direct));
		CC_LOCK(cc);
	}
}

/*
 * The timer interrupt: what is due now, and when to come again.
 */
void
callout_process(sbintime_t now)
{
	struct callout_cpu *cc = CC_SELF();
	struct callout *c;
	struct callout_list *sc;
	sbintime_t first, last, lookahead, max, tmp;
	u_int firstb, lastb, nowb;

	CC_LOCK(cc);
	firstb = callout_hash(cc->cc_lastscan);
	cc->cc_lastscan = now;
	nowb = callout_hash(now);
	/* A CPU that is seldom asked looks farther. */
	if (nowb == firstb)
		lookahead = SBT_1S / 16;
	else if (nowb - firstb == 1)
		lookahead = SBT_1S / 8;
	else
		lookahead = SBT_1S / 2;
	first = now + lookahead / 2;
	last = now + lookahead;
	last &= ~0UL << (32 - CC_HASH_SHIFT);
	lastb = callout_hash(last) - 1;
	max = last;
	/* Never more than once around. */
	if (lastb - firstb >= callwheelsize) {
		lastb = firstb + callwheelsize - 1;
		if (nowb - firstb >= callwheelsize)
			nowb = lastb;
	}
	do {
		cc->cc_bucket = firstb & callwheelmask;
		sc = &cc->cc_callwheel[cc->cc_bucket];
		for (c = LIST_FIRST(sc); c != NULL; c = cc->cc_next) {
			cc->cc_next = LIST_NEXT(c, c_le);
			if (c->c_time <= now) {
				LIST_REMOVE(c, c_le);
				if (c->c_iflags & CALLOUT_DIRECT) {
					/* cc_next follows what it changes. */
					softclock_call_cc(c, cc, 1);
				} else {
					TAILQ_INSERT_TAIL(&cc->cc_expireq, c,
					    c_tqe);
					c->c_iflags |= CALLOUT_PROCESSED;
				}
			} else if (c->c_time < max) {
				/* [time, time + precision] for the next. */
				if (c->c_time < first)
					first = c->c_time;
				tmp = c->c_time + c->c_precision;
				if (tmp < last)
					last = tmp;
			}
		}
		firstb++;
	} while ((int)(firstb - lastb) <= 0);
	cc->cc_bucket = -1;
	if (first > last)
		first = last;
	cc->cc_firstevent = last;
	cpu_new_callout(cc->cc_cpu, last, first);
	if (TAILQ_EMPTY(&cc->cc_expireq))
		CC_UNLOCK(cc);
	else {
		CC_UNLOCK(cc);
		swi_sched(cc->cc_cookie, 0);
	}
}

/* The clock thread: what the interrupt has left for it. */
static void
softclock(void *arg)
{
	struct callout_cpu *cc = arg;
	struct callout *c;

	CC_LOCK(cc);
	while ((c = TAILQ_FIRST(&cc->cc_expireq)) != NULL) {
		TAILQ_REMOVE(&cc->cc_expireq, c, c_tqe);
		softclock_call_cc(c, cc, 0);
	}
	CC_UNLOCK(cc);
}

/* Take a pending callout off its list. */
static void
callout_remove(struct callout *c, struct callout_cpu *cc)
{

	if (c->c_iflags & CALLOUT_PROCESSED)
		TAILQ_REMOVE(&cc->cc_expireq, c, c_tqe);
	else {
		if (cc->cc_bucket != -1 && cc->cc_next == c)
			cc->cc_next = LIST_NEXT(c, c_le);
		LIST_REMOVE(c, c_le);
	}
	c->c_iflags &= ~(CALLOUT_PENDING | CALLOUT_PROCESSED);
}

/* Does c run on this CPU?  1 as a direct one, 0 by the thread, or -1. */
static int
callout_running(struct callout *c, struct callout_cpu *cc)
{

	if (cc_exec_curr(cc, 0) == c)
		return (0);
	return (cc_exec_curr(cc, 1) == c ? 1 : -1);
}

/*
 * The time of a callout, and how much later will do: what was asked for, or a
 * part of the interval (C_PREL, by default 1/2^4), so that several can share an
 * interrupt.
 */
void
callout_when(sbintime_t sbt, sbintime_t precision, int flags,
    sbintime_t *res, sbintime_t *prec_res)
{
	sbintime_t pr, to_sbt;

	if ((flags & (C_ABSOLUTE | C_PRECALC)) != 0) {
		*res = sbt;
		*prec_res = precision;
		return;
	}
	if ((flags & C_HARDCLOCK) != 0 && sbt < tick_sbt)
		sbt = tick_sbt;
	if ((flags & C_HARDCLOCK) != 0 || sbt >= sbt_tickthreshold) {
		/* Coarse: as of the last tick, which is cheap to know. */
		to_sbt = getsbinuptime();
		if ((flags & C_HARDCLOCK) == 0)
			to_sbt += tick_sbt;
	} else
		to_sbt = sbinuptime();
	if (SBT_MAX - to_sbt < sbt)
		to_sbt = SBT_MAX;
	else
		to_sbt += sbt;
	*res = to_sbt;
	pr = (C_PRELGET(flags) < 0) ? sbt >> tc_precexp : sbt >> C_PRELGET(flags);
	*prec_res = precision > pr ? precision : pr;
}

/* Put c on a wheel; cc locked. */
static void
callout_cc_add(struct callout *c, struct callout_cpu *cc, sbintime_t sbt,
    sbintime_t precision, callout_func_t *func, void *arg, int flags)
{
	sbintime_t late;
	int bucket;

	if (sbt < cc->cc_lastscan)
		sbt = cc->cc_lastscan;
	c->c_arg = arg;
	c->c_iflags |= CALLOUT_PENDING;
	c->c_iflags &= ~(CALLOUT_PROCESSED | CALLOUT_DIRECT);
	if (flags & C_DIRECT_EXEC)
		c->c_iflags |= CALLOUT_DIRECT;
	c->c_flags |= CALLOUT_ACTIVE;
	c->c_func = func;
	c->c_time = sbt;
	c->c_precision = precision;
	bucket = callout_hash(sbt) & callwheelmask;
	LIST_INSERT_HEAD(&cc->cc_callwheel[bucket], c, c_le);
	/* Into the bucket that is being gone through: not to be missed. */
	if (cc->cc_bucket == bucket)
		cc->cc_next = c;
	late = SBT_MAX - sbt < precision ? SBT_MAX : sbt + precision;
	if (late < cc->cc_firstevent) {
		cc->cc_firstevent = late;
		cpu_new_callout(cc->cc_cpu, late, sbt);
	}
}

/*
 * (Re)start a callout.  cpu -1: where it was.  Returns non-0 if it was pending
 * and so will not run as it was set before.
 */
int
callout_reset_sbt_on(struct callout *c, sbintime_t sbt, sbintime_t prec,
    callout_func_t *ftn, void *arg, int cpu, int flags)
{
	struct callout_cpu *cc;
	sbintime_t precision, to_sbt;
	int cancelled = 0, running;

	callout_when(sbt, prec, flags, &to_sbt, &precision);
	if (cpu == -1)
		cpu = c->c_cpu;
	KASSERT(cpu >= 0 && cpu <= (int)mp_maxid, ("Invalid cpu %d", cpu));
	cc = callout_lock(c);
	running = callout_running(c, cc);
	if (running >= 0) {
		/* It waits for its lock, which we hold: the old call is off. */
		if (c->c_lock != NULL && !cc_exec_cancel(cc, running))
			cancelled = cc_exec_cancel(cc, running) = 1;
		if (cc_exec_waiting(cc, running)) {
			/* Somebody drains it: let it end. */
			CC_UNLOCK(cc);
			return (cancelled);
		}
	}
	if (c->c_iflags & CALLOUT_PENDING) {
		callout_remove(c, cc);
		cancelled = 1;
	}
	/* To another wheel; while it runs it stays, so that it is found. */
	if (c->c_cpu != cpu && running < 0) {
		c->c_cpu = cpu;
		CC_UNLOCK(cc);
		cc = CC_CPU(cpu);
		CC_LOCK(cc);
	}
	callout_cc_add(c, cc, to_sbt, precision, ftn, arg, flags);
	CC_UNLOCK(cc);
	return (cancelled);
}

/*
 * Stop a callout.  1: it was pending and will not run; 0: it runs and could not
 * be stopped; -1: it was not set.  CS_DRAIN: if it runs, wait for its end.
 */
int
_callout_stop_safe(struct callout *c, int flags)
{
	struct callout_cpu *cc;
	void *wchan;
	int cancelled = -1, running;

	for (;;) {
		cc = callout_lock(c);
		if (c->c_iflags & CALLOUT_PENDING) {
			callout_remove(c, cc);
			cancelled = 1;
		}
		c->c_flags &= ~CALLOUT_ACTIVE;
		running = callout_running(c, cc);
		if (running < 0) {
			CC_UNLOCK(cc);
			return (cancelled);
		}
		if ((flags & CS_DRAIN) == 0)
			break;
		CC_UNLOCK(cc);
		cancelled = 0;
		if (running == 1) {
			/* A direct one is over in no time. */
			cpu_spinwait();
			continue;
		}
		/* Sleep until it ends, if it has not by now. */
		wchan = &cc_exec_waiting(cc, running);
		sleepq_lock(wchan);
		CC_LOCK(cc);
		if (cc_exec_curr(cc, running) == c) {
			cc_exec_waiting(cc, running) = 1;
			CC_UNLOCK(cc);
			sleepq_add(wchan, &cc->cc_lock.lock_object, "codrain",
			    SLEEPQ_SLEEP, 0);
			sleepq_wait(wchan, 0);
		} else {
			CC_UNLOCK(cc);
			sleepq_release(wchan);
		}
	}
	if (c->c_lock != NULL && !cc_exec_cancel(cc, running)) {
		/* We hold its lock, for which it waits. */
		cc_exec_cancel(cc, running) = 1;
		cancelled = 1;
	}
	CC_UNLOCK(cc);
	return (cancelled == 1 ? 1 : 0);
}

void
callout_init(struct callout *c, int mpsafe)
{

	bzero(c, sizeof(*c));
	if (mpsafe) {
		c->c_lock = NULL;
		c->c_iflags = CALLOUT_RETURNUNLOCKED;
	} else {
		c->c_lock = &Giant.lock_object;
		c->c_iflags = 0;
	}
	c->c_cpu = 0;
}

void
_callout_init_lock(struct callout *c, struct lock_object *lock, int flags)
{

	bzero(c, sizeof(*c));
	c->c_lock = lock;
	KASSERT(lock == NULL || (LOCK_CLASS(lock)->lc_flags & LC_SLEEPABLE) == 0,
	    ("callout %p has sleepable lock", c));
	c->c_iflags = flags & CALLOUT_RETURNUNLOCKED;
	c->c_cpu = 0;
}

static void
callout_thresholds(const void *dummy __unused)
{

	sbt_tickthreshold = tick_sbt << tc_precexp;
}
SYSINIT(callout_thresholds, SI_SUB_CPU, SI_ORDER_FIRST, callout_thresholds, NULL);
