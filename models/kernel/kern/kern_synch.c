/*
 * Sleeping, waking, and leaving the CPU.
 *
 * mi_switch() is where every thread leaves the CPU: it adds up the time that
 * the thread has used and lets the scheduler choose the next.
 */
#include <sys/param.h>
#include <sys/dtrace_bsd.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/sleepqueue.h>

SDT_PROVIDER_DEFINE(sched);
SDT_PROBE_DEFINE3(sched, , , change__pri, "struct thread *", "struct proc *",
    "uint8_t");
SDT_PROBE_DEFINE3_XLATE(sched, , , dequeue, "struct thread *", "lwpsinfo_t *",
    "struct proc *", "psinfo_t *", "void *", "cpuinfo_t *");
SDT_PROBE_DEFINE4_XLATE(sched, , , enqueue, "struct thread *", "lwpsinfo_t *",
    "struct proc *", "psinfo_t *", "void *", "cpuinfo_t *", "int", "int");
SDT_PROBE_DEFINE4(sched, , , lend__pri, "struct thread *", "struct proc *",
    "uint8_t", "struct thread *");
SDT_PROBE_DEFINE2(sched, , , load__change, "int", "int");
SDT_PROBE_DEFINE2(sched, , , off__cpu, "struct thread *", "struct proc *");
SDT_PROBE_DEFINE0(sched, , , on__cpu);
SDT_PROBE_DEFINE0(sched, , , preempt);
SDT_PROBE_DEFINE0(sched, , , remain__cpu);
SDT_PROBE_DEFINE0(sched, , , sleep);
SDT_PROBE_DEFINE2(sched, , , surrender, "struct thread *", "struct proc *");
SDT_PROBE_DEFINE2(sched, , , tick, "struct thread *", "struct proc *");
SDT_PROBE_DEFINE2(sched, , , wakeup, "struct thread *", "struct proc *");

static const int pause_wchan;	/* Its address is what pause() sleeps on. */

/*
 * General sleep.  pri may hold PCATCH and PDROP; a priority of 0 leaves it as
 * it is.  0 when woken, EWOULDBLOCK in time, EINTR or ERESTART by a signal.
 */
int
_sleep(const void *ident, struct lock_object *lock, int priority,
    const char *wmesg, sbintime_t sbt, sbintime_t pr, int flags)
{
	struct lock_class *class;
	uintptr_t lock_state = 0;
	int catch, pri, rval, sleepq_flags;
	WITNESS_SAVE_DECL(lock_witness);

	WITNESS_WARN(WARN_GIANTOK | WARN_SLEEPOK, lock, "Sleeping on \"%s\"",
	    wmesg);
	KASSERT(ident != NULL, ("_sleep: NULL ident"));
	KASSERT(TD_IS_RUNNING(curthread), ("_sleep: curthread not running"));
	class = lock != NULL ? LOCK_CLASS(lock) : NULL;
	if (cold || SCHEDULER_STOPPED()) {
		/* Nobody else runs: give the lock up for a moment, no more. */
		if (lock != NULL && priority & PDROP)
			class->lc_unlock(lock);
		return (0);
	}
	catch = priority & PCATCH;
	pri = priority & PRIMASK;
	sleepq_flags = SLEEPQ_SLEEP;
	if (catch)
		sleepq_flags |= SLEEPQ_INTERRUPTIBLE;

	sleepq_lock(ident);
	if (lock != NULL && (class->lc_flags & LC_SLEEPABLE) == 0) {
		WITNESS_SAVE(lock, lock_witness);
		lock_state = class->lc_unlock(lock);
	}
	/* Who wakes us needs the chain lock: the lock can go now. */
	sleepq_add(ident, lock, wmesg, sleepq_flags, 0);
	if (sbt != 0)
		sleepq_set_timeout_sbt(ident, sbt, pr, flags);
	if (lock != NULL && (class->lc_flags & LC_SLEEPABLE) != 0) {
		/* An sx may sleep itself when it wakes others. */
		sleepq_release(ident);
		WITNESS_SAVE(lock, lock_witness);
		lock_state = class->lc_unlock(lock);
		sleepq_lock(ident);
	}
	if (sbt != 0 && catch)
		rval = sleepq_timedwait_sig(ident, pri);
	else if (sbt != 0)
		rval = sleepq_timedwait(ident, pri);
	else if (catch)
		rval = sleepq_wait_sig(ident, pri);
	else {
		sleepq_wait(ident, pri);
		rval = 0;
	}
	if (lock != NULL && (priority & PDROP) == 0) {
		class->lc_lock(lock, lock_state);
		WITNESS_RESTORE(lock, lock_witness);
	}
	return (rval);
}

/* The same with a spin mutex as the interlock. */
int
msleep_spin_sbt(const void *ident, void *arg, const char *wmesg,
    sbintime_t sbt, sbintime_t pr, int flags)
{
	struct mtx *mtx = arg;
	int rval;
	WITNESS_SAVE_DECL(mtx);

	if (cold || SCHEDULER_STOPPED())
		return (0);
	sleepq_lock(ident);
	mtx_assert(mtx, MA_OWNED | MA_NOTRECURSED);
	WITNESS_SAVE(&mtx->lock_object, mtx);
	mtx_unlock_spin(mtx);
	sleepq_add(ident, &mtx->lock_object, wmesg, SLEEPQ_SLEEP, 0);
	if (sbt != 0) {
		sleepq_set_timeout_sbt(ident, sbt, pr, flags);
		rval = sleepq_timedwait(ident, 0);
	} else {
		sleepq_wait(ident, 0);
		rval = 0;
	}
	mtx_lock_spin(mtx);
	WITNESS_RESTORE(&mtx->lock_object, mtx);
	return (rval);
}

/* Sleep for a time, that is all. */
int
pause_sbt(const char *wmesg, sbintime_t sbt, sbintime_t pr, int flags)
{

	KASSERT(sbt >= 0, ("pause_sbt: timeout must be >= 0"));
	if (sbt == 0)
		sbt = tick_sbt;
	if (cold || KERNEL_PANICKED() || TD_IS_IDLETHREAD(curthread)) {
		DELAY((int)sbttous(sbt));
		return (EWOULDBLOCK);
	}
	return (_sleep(&pause_wchan, NULL, flags & C_CATCH ? PCATCH : 0, wmesg,
	    sbt, pr, flags));
}

void
wakeup(const void *ident)
{

	sleepq_lock(ident);
	(void)sleepq_broadcast(ident, SLEEPQ_SLEEP, 0, 0);
	sleepq_release(ident);
}

void
wakeup_one(const void *ident)
{

	sleepq_lock(ident);
	(void)sleepq_signal(ident, SLEEPQ_SLEEP, 0, 0);
	sleepq_release(ident);
}

void
wakeup_any(const void *ident)
{

	sleepq_lock(ident);
	(void)sleepq_signal(ident, SLEEPQ_SLEEP | SLEEPQ_UNFAIR, 0, 0);
	sleepq_release(ident);
}

/*
 * Leave the CPU to another thread.  curthread is locked; when it runs again it
 * is not.  flags: SW_VOL or SW_INVOL, and the reason (SWT_).
 */
void
mi_switch(int flags)
{
	struct thread *td = curthread;
	uint64_t new_switchtime, runtime;

	THREAD_LOCK_ASSERT(td, MA_OWNED | MA_NOTRECURSED);
	KASSERT(!TD_ON_RUNQ(td), ("mi_switch: called by old code"));
	KASSERT(td->td_critnest == 1, ("mi_switch: switch in a critical "
	    "section"));
	KASSERT((flags & (SW_INVOL | SW_VOL)) != 0,
	    ("mi_switch: switch must be voluntary or involuntary"));
	if (KERNEL_PANICKED())
		return;
	if (flags & SW_VOL) {
		td->td_rux.rux_nvcsw++;
		td->td_swvoltick = ticks;
	} else {
		SDT_PROBE2(sysinfo, , , inv_swtch, 1, 0);
		td->td_rux.rux_nivcsw++;
		td->td_swinvoltick = ticks;
	}
	if ((flags & SW_PREEMPT) != 0 ||
	    ((flags & SW_INVOL) != 0 &&
	    (flags & SW_TYPE_MASK) == SWT_NEEDRESCHED))
		SDT_PROBE0(sched, , , preempt);
	new_switchtime = cpu_ticks();
	runtime = new_switchtime - PCPU_GET(switchtime);
	td->td_runtime += runtime;
	td->td_incruntime += runtime;
	PCPU_SET(switchtime, new_switchtime);
	PCPU_SET(switchticks, ticks);
	SDT_PROBE2(sysinfo, , , pswitch, 1, PCPU_PTR(v_swtch));
	PCPU_INC(v_swtch);
	sched_switch(td, flags);
	/* Here again, perhaps on another CPU, with the lock given up. */
	thread_stash_dead();
	spinlock_exit();
}

/*
 * Make a thread that was inhibited run.  td is locked; unlocked on return (but
 * see SRQ_HOLD).
 */
int
setrunnable(struct thread *td, int srqflags)
{

	THREAD_LOCK_ASSERT(td, MA_OWNED);
	KASSERT(td->td_proc->p_state != PRS_ZOMBIE,
	    ("setrunnable: pid %d is a zombie", td->td_proc->p_pid));
	switch (td->td_state) {
	case TDS_RUNNING:
	case TDS_RUNQ:
		break;
	case TDS_CAN_RUN:
		sched_wakeup(td, srqflags);
		return (0);
	default:
		panic("setrunnable: thread %d in state %d", td->td_tid,
		    td->td_state);
	}
	if ((srqflags & (SRQ_HOLD | SRQ_HOLDTD)) == 0)
		thread_unlock(td);
	return (0);
}

/* In a long loop in the kernel: is it time to let others run? */
int
should_yield(void)
{

	return ((u_int)(ticks - curthread->td_swvoltick) >= (u_int)hz);
}

void
maybe_yield(void)
{

	if (should_yield())
		kern_yield(-1);
}

/* Give up the CPU; prio -1: as a user thread, else with that priority. */
void
kern_yield(int prio)
{
	struct thread *td = curthread;

	thread_lock(td);
	sched_prio(td, prio < 0 ? td->td_user_pri : prio);
	mi_switch(SW_VOL | SWT_RELINQUISH);
}
