/*
 * Reading clocks, sleeping, and the interval timer.
 */
#include <sys/param.h>
#include <sys/callout.h>
#include <sys/kernel.h>
#include <sys/proc.h>
#include <sys/resource.h>
#include <sys/sched.h>
#include <sys/signalvar.h>
#include <sys/syscallsubr.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <machine/cpu.h>

#define	TIMER_ABSTIME	0x1

static int nanowait[MAXCPU];		/* Channels: nobody wakes them. */

static void
ns_to_timespec(uint64_t ns, struct timespec *ts)
{

	ts->tv_sec = ns / 1000000000;
	ts->tv_nsec = ns % 1000000000;
}

int
kern_clock_gettime(struct thread *td, clockid_t clock_id, struct timespec *ats)
{
	struct rusage ru;
	struct proc *p;
	uint64_t cycles;

	p = td->td_proc;
	switch (clock_id) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_PRECISE:
		nanotime(ats);
		break;
	case CLOCK_REALTIME_FAST:
		getnanotime(ats);
		break;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_PRECISE:
	case CLOCK_UPTIME:
	case CLOCK_UPTIME_PRECISE:
		nanouptime(ats);
		break;
	case CLOCK_MONOTONIC_FAST:
	case CLOCK_UPTIME_FAST:
		getnanouptime(ats);
		break;
	case CLOCK_SECOND:
		ats->tv_sec = time_second;
		ats->tv_nsec = 0;
		break;
	case CLOCK_VIRTUAL:
	case CLOCK_PROF:
	case CLOCK_PROCESS_CPUTIME_ID:
		PROC_LOCK(p);
		calcru(p, &ru);
		PROC_UNLOCK(p);
		if (clock_id != CLOCK_VIRTUAL) {
			ru.ru_utime.tv_sec += ru.ru_stime.tv_sec;
			ru.ru_utime.tv_usec += ru.ru_stime.tv_usec;
		}
		ats->tv_sec = ru.ru_utime.tv_sec + ru.ru_utime.tv_usec / 1000000;
		ats->tv_nsec = ru.ru_utime.tv_usec % 1000000 * 1000;
		break;
	case CLOCK_THREAD_CPUTIME_ID:
		critical_enter();
		cycles = td->td_runtime + cpu_ticks() - PCPU_GET(switchtime);
		critical_exit();
		ns_to_timespec(cycles_to_ns(cycles), ats);
		break;
	default:
		return (EINVAL);
	}
	return (0);
}

int
sys_clock_gettime(struct thread *td, struct clock_gettime_args *uap)
{
	struct timespec ats;
	int error;

	error = kern_clock_gettime(td, uap->clock_id, &ats);
	if (error == 0)
		error = copyout(&ats, uap->tp, sizeof(ats));
	return (error);
}

int
sys_clock_getres(struct thread *td, struct clock_getres_args *uap)
{
	struct timespec ts;
	int error;

	error = kern_clock_gettime(td, uap->clock_id, &ts);
	if (error != 0)
		return (error);
	ts.tv_sec = uap->clock_id == CLOCK_SECOND;
	ts.tv_nsec = uap->clock_id == CLOCK_SECOND ? 0 : 1;
	if (uap->tp != NULL)
		error = copyout(&ts, uap->tp, sizeof(ts));
	return (error);
}

int
sys_gettimeofday(struct thread *td, struct gettimeofday_args *uap)
{
	struct timezone rtz;
	struct timeval atv;
	int error;

	error = 0;
	if (uap->tp != NULL) {
		microtime(&atv);
		error = copyout(&atv, uap->tp, sizeof(atv));
	}
	if (error == 0 && uap->tzp != NULL) {
		rtz.tz_minuteswest = 0;
		rtz.tz_dsttime = 0;
		error = copyout(&rtz, uap->tzp, sizeof(rtz));
	}
	return (error);
}

/*
 * Sleep for rqt, or until it is rqt (TIMER_ABSTIME).  The callout may be late by
 * a tick, so that it can be served together with others.
 */
int
kern_clock_nanosleep(struct thread *td, clockid_t clock_id, int flags,
    const struct timespec *rqt, struct timespec *rmt)
{
	struct timespec now;
	sbintime_t over, sbt, start;
	int error;

	if (rqt->tv_nsec < 0 || rqt->tv_nsec >= 1000000000)
		return (EINVAL);
	sbt = tstosbt(*rqt);
	if (flags & TIMER_ABSTIME) {
		error = kern_clock_gettime(td, clock_id, &now);
		if (error != 0)
			return (error);
		sbt -= tstosbt(now);
	}
	if (sbt <= 0)
		return (0);
	start = sbinuptime();
	error = tsleep_sbt(&nanowait[curcpu], PWAIT | PCATCH, "nanslp",
	    start + sbt, 0, C_ABSOLUTE);
	if (error == EWOULDBLOCK)
		return (0);
	/* Interrupted: start no second time, say what is left. */
	if (error == ERESTART)
		error = EINTR;
	if (rmt != NULL) {
		over = start + sbt - sbinuptime();
		if (over <= 0)
			return (0);
		ns_to_timespec(sbttons(over), rmt);
	}
	return (error);
}

static int
user_clock_nanosleep(struct thread *td, clockid_t clock_id, int flags,
    const struct timespec *urqtp, struct timespec *urmtp)
{
	struct timespec rmt, rqt;
	int error, error2;

	error = copyin(urqtp, &rqt, sizeof(rqt));
	if (error != 0)
		return (error);
	error = kern_clock_nanosleep(td, clock_id, flags, &rqt, &rmt);
	if (error == EINTR && urmtp != NULL && (flags & TIMER_ABSTIME) == 0) {
		error2 = copyout(&rmt, urmtp, sizeof(rmt));
		if (error2 != 0)
			error = error2;
	}
	return (error);
}

int
sys_nanosleep(struct thread *td, struct nanosleep_args *uap)
{

	return (user_clock_nanosleep(td, CLOCK_MONOTONIC, 0, uap->rqtp,
	    uap->rmtp));
}

int
sys_clock_nanosleep(struct thread *td, struct clock_nanosleep_args *uap)
{
	int error;

	/* This one returns its error instead of setting errno. */
	error = user_clock_nanosleep(td, uap->clock_id, uap->flags, uap->rqtp,
	    uap->rmtp);
	td->td_retval[0] = error;
	return (0);
}

int
sys_sched_yield(struct thread *td, struct sched_yield_args *uap)
{

	sched_relinquish(td);
	return (0);
}

int
sys_yield(struct thread *td, struct yield_args *uap)
{

	return (sys_sched_yield(td, NULL));
}

/*
 * ITIMER_REAL: SIGALRM when the time is over, again and again if asked.
 */

/* The callout: the process lock is held. */
static void
realitexpire(void *arg)
{
	struct proc *p;
	struct itimerval *it;
	sbintime_t interval;

	p = arg;
	kern_psignal(p, SIGALRM);
	it = &p->p_realtimer;
	interval = tvtosbt(it->it_interval);
	if (interval == 0) {
		it->it_value.tv_sec = it->it_value.tv_usec = 0;
		return;
	}
	/* it_value is when it was due: no drift. */
	it->it_value.tv_sec += it->it_interval.tv_sec;
	it->it_value.tv_usec += it->it_interval.tv_usec;
	if (it->it_value.tv_usec >= 1000000) {
		it->it_value.tv_sec++;
		it->it_value.tv_usec -= 1000000;
	}
	callout_reset_sbt(&p->p_itcallout, tvtosbt(it->it_value), 0,
	    realitexpire, p, C_ABSOLUTE);
}

int
kern_setitimer(struct thread *td, u_int which, struct itimerval *aitv,
    struct itimerval *oitv)
{
	struct proc *p;
	sbintime_t left, sbt;

	if (which != ITIMER_REAL)
		return (EINVAL);
	if (aitv != NULL && (aitv->it_value.tv_sec < 0 ||
	    aitv->it_value.tv_usec < 0 || aitv->it_value.tv_usec >= 1000000 ||
	    aitv->it_interval.tv_sec < 0 || aitv->it_interval.tv_usec < 0 ||
	    aitv->it_interval.tv_usec >= 1000000))
		return (EINVAL);
	p = td->td_proc;
	PROC_LOCK(p);
	if (oitv != NULL) {
		*oitv = p->p_realtimer;
		left = tvtosbt(oitv->it_value);
		if (left != 0)
			left = lmax(left - sbinuptime(), SBT_1US);
		oitv->it_value.tv_sec = left >> 32;
		oitv->it_value.tv_usec = sbttous(left & 0xffffffff);
	}
	if (aitv != NULL) {
		(void)callout_stop(&p->p_itcallout);
		p->p_realtimer = *aitv;
		sbt = tvtosbt(aitv->it_value);
		if (sbt != 0) {
			sbt += sbinuptime();
			p->p_realtimer.it_value.tv_sec = sbt >> 32;
			p->p_realtimer.it_value.tv_usec =
			    sbttous(sbt & 0xffffffff);
			callout_reset_sbt(&p->p_itcallout, sbt, 0,
			    realitexpire, p, C_ABSOLUTE);
		}
	}
	PROC_UNLOCK(p);
	return (0);
}

int
sys_setitimer(struct thread *td, struct setitimer_args *uap)
{
	struct itimerval aitv, oitv;
	int error;

	if (uap->itv != NULL) {
		error = copyin(uap->itv, &aitv, sizeof(aitv));
		if (error != 0)
			return (error);
	}
	error = kern_setitimer(td, uap->which, uap->itv != NULL ? &aitv : NULL,
	    &oitv);
	if (error == 0 && uap->oitv != NULL)
		error = copyout(&oitv, uap->oitv, sizeof(oitv));
	return (error);
}

int
sys_getitimer(struct thread *td, struct getitimer_args *uap)
{
	struct itimerval oitv;
	int error;

	error = kern_setitimer(td, uap->which, NULL, &oitv);
	if (error == 0)
		error = copyout(&oitv, uap->itv, sizeof(oitv));
	return (error);
}
