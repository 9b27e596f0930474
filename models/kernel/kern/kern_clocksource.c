/*
 * One timer for everything.
 *
 * Each CPU has a one-shot timer, and three kinds of events that want it:
 * hardclock (hz), statclock (stathz) and the next callout.  The interrupt handles
 * all that is due, in that order, and sets the timer to the earliest of what
 * comes next.  So no CPU ticks for its own sake: while it idles its hardclock
 * and statclock ticks are left out and counted when it wakes.
 *
 * The phases of the clocks are drawn at boot: on real machines they depend on
 * when the power came on.
 */
#include <sys/param.h>
#include <sys/callout.h>
#include <sys/kernel.h>
#include <sys/mutex.h>
#include <sys/pcpu.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/smp.h>
#include <sys/time.h>
#include <sys/timeet.h>

/* Locking key: (e) et_hw_mtx of this CPU's state. */
struct pcpu_state {
	struct mtx	 et_hw_mtx;	/* "et_hw_mtx" */
	sbintime_t	 now;		/* (e) Time of the last event. */
	sbintime_t	 nextevent;	/* (e) What the timer is set to. */
	sbintime_t	 nexthard;	/* (e) Next hardclock, */
	sbintime_t	 nextstat;	/* (e) statclock, */
	sbintime_t	 nextcall;	/* (e) callout at the latest, */
	sbintime_t	 nextcallopt;	/* (e) and at the earliest. */
	int		 idle;		/* (e) The CPU idles. */
	int		 running;	/* (e) Its clocks have been started. */
} __aligned(64);

static struct pcpu_state pcpu_state[MAXCPU];
static sbintime_t hardperiod;		/* 1 / hz */
static sbintime_t statperiod;		/* 1 / stathz */

#define	ET_HW_LOCK(state)	mtx_lock_spin(&(state)->et_hw_mtx)
#define	ET_HW_UNLOCK(state)	mtx_unlock_spin(&(state)->et_hw_mtx)

/* How many periods have come due; moves *next past now. */
static int
due(sbintime_t *next, sbintime_t period, sbintime_t now)
{
	int cnt;

	if (now < *next)
		return (0);
	*next += period;
	cnt = 1;
	if (now >= *next) {
		cnt = (int)((now - *next) / period) + 1;
		*next += cnt * period;
		cnt++;
	}
	return (cnt);
}

/*
 * Handle what is due at now.  fake: not in the timer interrupt but after idling,
 * so callouts are left to the interrupt that is about to come.
 */
static int
handleevents(struct pcpu_state *state, sbintime_t now, int fake,
    struct trapframe *frame)
{
	int hct, sct, usermode;
	int done = 0;

	usermode = frame != NULL && TRAPF_USERMODE(frame);
	hct = due(&state->nexthard, hardperiod, now);
	if (hct > 0) {
		hardclock(hct, usermode);
		done = 1;
	}
	sct = due(&state->nextstat, statperiod, now);
	if (sct > 0) {
		statclock(sct, usermode);
		done = 1;
	}
	if (!fake && now >= state->nextcallopt) {
		state->nextcall = state->nextcallopt = SBT_MAX;
		callout_process(now);
	}
	return (done);
}

/* When does this CPU want its next interrupt? */
static sbintime_t
getnextcpuevent(struct pcpu_state *state, int idle)
{
	sbintime_t event;
	int skip;

	if (idle) {
		/*
		 * Idle: only callouts matter, and the time counters want to
		 * be looked at twice a second.
		 */
		skip = hz / 2;
		event = state->nexthard + hardperiod * (skip > 1 ? skip - 1 : 0);
	} else {
		event = state->nexthard;
		if (event > state->nextstat)
			event = state->nextstat;
	}
	if (event > state->nextcall)
		event = state->nextcall;
	return (event);
}

/* Set this CPU's timer. */
static void
loadtimer(struct pcpu_state *state, sbintime_t event)
{

	if (state->nextevent == event)
		return;
	state->nextevent = event;
	(void)__hw(HW_TIMER_SET, sbt_to_cycles(event), 0, 0, 0);
}

/* The timer's interrupt. */
void
timer_intr(struct trapframe *frame)
{
	struct pcpu_state *state = &pcpu_state[curcpu];
	sbintime_t now;

	now = sbinuptime();
	state->now = now;
	state->nextevent = 0;		/* Fired: callouts need not set it. */
	(void)handleevents(state, now, 0, frame);
	ET_HW_LOCK(state);
	loadtimer(state, getnextcpuevent(state, state->idle));
	ET_HW_UNLOCK(state);
}

/* About to halt: put the ticks off. */
void
cpu_idleclock(void)
{
	struct pcpu_state *state = &pcpu_state[curcpu];

	if (!state->running)
		return;
	spinlock_enter();
	state->now = sbinuptime();
	state->idle = 1;
	ET_HW_LOCK(state);
	loadtimer(state, getnextcpuevent(state, 1));
	ET_HW_UNLOCK(state);
	spinlock_exit();
}

/* Awake: catch up with what was left out. */
void
cpu_activeclock(void)
{
	struct pcpu_state *state = &pcpu_state[curcpu];
	struct thread *td = curthread;
	sbintime_t now;

	if (!state->running || state->idle == 0)
		return;
	spinlock_enter();
	now = sbinuptime();
	state->now = now;
	state->idle = 0;
	td->td_intr_nesting_level++;
	(void)handleevents(state, now, 1, NULL);
	td->td_intr_nesting_level--;
	ET_HW_LOCK(state);
	loadtimer(state, getnextcpuevent(state, 0));
	ET_HW_UNLOCK(state);
	spinlock_exit();
}

/*
 * A callout of CPU cpu became its first: bt at the latest, bt_opt if it happens to
 * be awake then.  The callout wheel's lock is held.
 */
void
cpu_new_callout(int cpu, sbintime_t bt, sbintime_t bt_opt)
{
	struct pcpu_state *state = &pcpu_state[cpu];

	ET_HW_LOCK(state);
	/* Put nothing off: callout_process() looks after that. */
	state->nextcallopt = bt_opt;
	if (bt >= state->nextcall) {
		ET_HW_UNLOCK(state);
		return;
	}
	state->nextcall = bt;
	if (!state->running || bt >= state->nextevent) {
		ET_HW_UNLOCK(state);
		return;
	}
	if (cpu == (int)curcpu) {
		loadtimer(state, getnextcpuevent(state, state->idle));
		ET_HW_UNLOCK(state);
		return;
	}
	/* Only a CPU itself can set its timer. */
	ET_HW_UNLOCK(state);
	ipi_cpu(cpu, IPI_HARDCLOCK);
}

/* Another CPU gave this one an earlier callout. */
void
hardclock_sync(int cpu)
{
	struct pcpu_state *state = &pcpu_state[cpu];

	ET_HW_LOCK(state);
	loadtimer(state, getnextcpuevent(state, state->idle));
	ET_HW_UNLOCK(state);
}

/* A random part of a period. */
static sbintime_t
phase(sbintime_t period)
{
	uint64_t r = __hw(HW_RANDOM, 0, 0, 0, 0);

	return ((sbintime_t)(((r & 0xffff) * (uint64_t)period) >> 16));
}

static void
startclocks(void)
{
	struct pcpu_state *state = &pcpu_state[curcpu];
	sbintime_t now;

	spinlock_enter();
	now = sbinuptime();
	state->now = now;
	state->nexthard = now + 1 + phase(hardperiod);
	state->nextstat = now + 1 + phase(statperiod);
	state->running = 1;
	ET_HW_LOCK(state);
	state->nextevent = SBT_MAX;
	loadtimer(state, getnextcpuevent(state, 0));
	ET_HW_UNLOCK(state);
	spinlock_exit();
}

void
cpu_initclocks_bsp(void)
{

	startclocks();
}

void
cpu_initclocks_ap(void)
{

	startclocks();
}

/* Callouts may be set before the clocks run. */
static void
clocksource_init(const void *arg __unused)
{
	struct pcpu_state *state;
	int cpu;

	hardperiod = SBT_1S / hz;
	statperiod = SBT_1S / stathz;
	CPU_FOREACH(cpu) {
		state = &pcpu_state[cpu];
		mtx_init(&state->et_hw_mtx, "et_hw_mtx", NULL,
		    MTX_SPIN | MTX_DUPOK);
		state->nextcall = state->nextcallopt = SBT_MAX;
		state->nextevent = state->nexthard = state->nextstat = SBT_MAX;
	}
}
SYSINIT(clocksource, SI_SUB_LOCK, SI_ORDER_SECOND, clocksource_init, NULL);
