/*
 * What the files of the ULE scheduler share: sched_ule.c (queues, switching),
 * sched_ule_pri.c (interactivity and priorities), sched_ule_smp.c (which CPU).
 */
#ifndef _KERN_SCHED_ULE_H_
#define	_KERN_SCHED_ULE_H_

#include <sys/param.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/resource.h>
#include <sys/runq.h>
#include <sys/sched.h>
#include <sys/smp.h>

/* The scheduler's part of a thread.  All (t). */
struct td_sched {
	short		 ts_flags;	/* TSF_ */
	int		 ts_cpu;	/* CPU of its queue. */
	int		 ts_rltick;	/* ticks when it last ran. */
	int		 ts_slice;	/* statclock ticks of its slice used. */
	u_int		 ts_slptime;	/* History: ticks asleep, */
	u_int		 ts_runtime;	/* and running; both << SCHED_TICK_SHIFT. */
	int		 ts_ltick;	/* CPU share: ticks last looked at, */
	int		 ts_ftick;	/* start of the window, */
	int		 ts_ticks;	/* ticks run in it, << SCHED_TICK_SHIFT. */
};
#define	TSF_BOUND	0x0001		/* sched_bind() to a CPU. */
#define	TSF_XFERABLE	0x0002		/* Counted in tdq_transferable. */
#define	td_get_sched(td)	((td)->td_sched)
CTASSERT(sizeof(struct td_sched) <= sizeof(((struct thread *)0)->td_sched_store));

#define	THREAD_CAN_MIGRATE(td)	((td)->td_pinned == 0)

/* Timeshare priorities: interactive ones, then batch. */
#define	PRI_MIN_INTERACT	PRI_MIN_TIMESHARE
#define	PRI_MAX_INTERACT	(PRI_MIN_BATCH - 1)
#define	PRI_INTERACT_RANGE	32
#define	PRI_MIN_BATCH		(PRI_MIN_TIMESHARE + PRI_INTERACT_RANGE)
#define	PRI_MAX_BATCH		PRI_MAX_TIMESHARE
#define	PRI_BATCH_RANGE		(PRI_MAX_BATCH - PRI_MIN_BATCH + 1)

/* CPU share is measured over ten seconds, and one more before it is cut. */
#define	SCHED_TICK_SECS		10
#define	SCHED_TICK_TARG		(hz * SCHED_TICK_SECS)
#define	SCHED_TICK_MAX		(SCHED_TICK_TARG + hz)
#define	SCHED_TICK_SHIFT	10
#define	SCHED_TICK_HZ(ts)	((ts)->ts_ticks >> SCHED_TICK_SHIFT)
#define	SCHED_TICK_TOTAL(ts)	imax((ts)->ts_ltick - (ts)->ts_ftick, hz)

/* Batch priority: the share of CPU used, and niceness on both sides. */
#define	SCHED_PRI_NHALF		(PRIO_MAX - PRIO_MIN) / 2
#define	SCHED_PRI_MIN		(PRI_MIN_BATCH + SCHED_PRI_NHALF)
#define	SCHED_PRI_MAX		(PRI_MAX_BATCH - SCHED_PRI_NHALF)
#define	SCHED_PRI_RANGE		(SCHED_PRI_MAX - SCHED_PRI_MIN + 1)
#define	SCHED_PRI_TICKS(ts)						\
	(SCHED_TICK_HZ(ts) /						\
	    (roundup(SCHED_TICK_TOTAL(ts), SCHED_PRI_RANGE) / SCHED_PRI_RANGE))

/* Interactivity: history of five seconds; a child inherits half of one. */
#define	SCHED_SLP_RUN_MAX	((u_int)(hz * 5) << SCHED_TICK_SHIFT)
#define	SCHED_SLP_RUN_FORK	((u_int)(hz / 2) << SCHED_TICK_SHIFT)
#define	SCHED_INTERACT_MAX	100
#define	SCHED_INTERACT_HALF	(SCHED_INTERACT_MAX / 2)
#define	SCHED_INTERACT_THRESH	30

/* Slices in statclock ticks. */
#define	SCHED_SLICE_DEFAULT_DIVISOR	10
#define	SCHED_SLICE_MIN_DIVISOR		6

/* A CPU's run queues.  All (t) but what says otherwise. */
struct tdq {
	struct mtx	 tdq_lock;
	struct thread	*tdq_curthread;	/* Chosen to run. */
	volatile int	 tdq_load;	/* Threads running or ready. */
	volatile int	 tdq_cpu_idle;	/* (atomic) About to halt. */
	int		 tdq_sysload;	/* Load without TDF_NOLOAD threads. */
	volatile int	 tdq_transferable; /* Ready and may go elsewhere. */
	volatile short	 tdq_switchcnt;	/* Switches in this statclock tick, */
	volatile short	 tdq_oldswitchcnt; /* and in the one before. */
	u_char		 tdq_lowpri;	/* Best priority here. */
	u_char		 tdq_owepreempt; /* An IPI is on its way. */
	u_char		 tdq_idx;	/* Calendar: where to insert, */
	u_char		 tdq_ridx;	/* and where to take from. */
	int		 tdq_id;	/* CPU. */
	struct runq	 tdq_realtime;
	struct runq	 tdq_timeshare;
	struct runq	 tdq_idle;
	char		 tdq_name[16];
} __aligned(64);

#define	TDQ_SELF()		((struct tdq *)PCPU_GET(sched))
#define	TDQ_CPU(x)		(&tdq_cpu[x])
#define	TDQ_ID(x)		((x)->tdq_id)
#define	TDQ_LOCK(t)		mtx_lock_spin(TDQ_LOCKPTR(t))
#define	TDQ_LOCK_FLAGS(t, f)	mtx_lock_spin_flags(TDQ_LOCKPTR(t), (f))
#define	TDQ_UNLOCK(t)		mtx_unlock_spin(TDQ_LOCKPTR(t))
#define	TDQ_LOCKPTR(t)		(&(t)->tdq_lock)
#define	TDQ_LOCK_ASSERT(t, type) mtx_assert(TDQ_LOCKPTR(t), (type))

extern struct tdq tdq_cpu[MAXCPU];

/* sched_ule.c */
int	sched_shouldpreempt(int pri, int cpri, int remote);
int	tdq_add(struct tdq *tdq, struct thread *td, int flags);
void	tdq_runq_add(struct tdq *tdq, struct thread *td, int flags);
void	tdq_load_add(struct tdq *tdq, struct thread *td);
void	tdq_load_rem(struct tdq *tdq, struct thread *td);
void	tdq_setlowpri(struct tdq *tdq, struct thread *ctd);

/* sched_ule_pri.c */
void	sched_priority(struct thread *td);
void	sched_interact_update(struct thread *td);
void	sched_interact_fork(struct thread *td);
void	sched_pctcpu_update(struct td_sched *ts, int run);

/* sched_ule_smp.c */
#ifdef SMP
void	tdq_notify(struct tdq *tdq, int lowpri);
int	sched_pickcpu(struct thread *td, int flags);
int	tdq_idled(struct tdq *tdq);
void	tdq_trysteal(struct tdq *tdq);
void	sched_balance_tick(struct tdq *tdq, int cnt);
#else
#define	sched_pickcpu(td, flags)	0
#define	tdq_notify(tdq, lowpri)		((void)(lowpri))
#define	tdq_trysteal(tdq)		((void)0)
#endif

#endif /* !_KERN_SCHED_ULE_H_ */
