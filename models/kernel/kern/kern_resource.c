/*
 * What processes have used: getrusage(2).
 *
 * The time a thread spent on a CPU is known to the cycle (mi_switch() counts); how
 * much of it was in user mode is known from statclock's samples.  calcru() divides
 * the first in the proportion of the second.
 */
#include <sys/param.h>
#include <sys/proc.h>
#include <sys/resource.h>
#include <sys/syscallsubr.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <machine/cpu.h>

static void
us_to_timeval(uint64_t us, struct timeval *tv)
{

	tv->tv_sec = us / 1000000;
	tv->tv_usec = us % 1000000;
}

/* From totals to a struct rusage. */
static void
rux_to_rusage(struct rusage_ext *rux, struct rusage *ru)
{
	uint64_t total, ticks, uu;

	bzero(ru, sizeof(*ru));
	total = cycles_to_ns(rux->rux_runtime) / 1000;
	ticks = rux->rux_uticks + rux->rux_sticks + rux->rux_iticks;
	/* Never sampled: call it system time, for it was short. */
	uu = ticks == 0 ? 0 : total * rux->rux_uticks / ticks;
	us_to_timeval(uu, &ru->ru_utime);
	us_to_timeval(total - uu, &ru->ru_stime);
	ru->ru_minflt = rux->rux_minflt;
	ru->ru_nvcsw = rux->rux_nvcsw;
	ru->ru_nivcsw = rux->rux_nivcsw;
	ru->ru_inblock = rux->rux_inblock;
	ru->ru_oublock = rux->rux_oublock;
}

/* Add b to a. */
static void
rux_add(struct rusage_ext *a, struct rusage_ext *b)
{

	a->rux_runtime += b->rux_runtime;
	a->rux_uticks += b->rux_uticks;
	a->rux_sticks += b->rux_sticks;
	a->rux_iticks += b->rux_iticks;
	a->rux_nvcsw += b->rux_nvcsw;
	a->rux_nivcsw += b->rux_nivcsw;
	a->rux_minflt += b->rux_minflt;
	a->rux_inblock += b->rux_inblock;
	a->rux_oublock += b->rux_oublock;
}

/* What a thread has used up to now; what it uses while we look is missing. */
static void
td_rux(struct thread *td, struct rusage_ext *rux)
{

	*rux = td->td_rux;
	rux->rux_runtime += td->td_runtime;
	rux->rux_uticks += td->td_uticks;
	rux->rux_sticks += td->td_sticks;
	rux->rux_iticks += td->td_iticks;
	if (td == curthread)
		rux->rux_runtime += cpu_ticks() - PCPU_GET(switchtime);
}

/* A thread ends: its usage stays with the process. */
void
ruxagg(struct proc *p, struct thread *td)
{
	struct rusage_ext rux;

	td_rux(td, &rux);
	rux_add(&p->p_rux, &rux);
	bzero(&td->td_rux, sizeof(td->td_rux));
	td->td_runtime = 0;
	td->td_uticks = td->td_sticks = td->td_iticks = 0;
}

/* Of the process and its threads. */
static void
proc_rux(struct proc *p, struct rusage_ext *sum)
{
	struct rusage_ext rux;
	struct thread *td;

	*sum = p->p_rux;
	if (p->p_state == PRS_ZOMBIE)
		return;			/* ruxagg() has been. */
	FOREACH_THREAD_IN_PROC(p, td) {
		td_rux(td, &rux);
		rux_add(sum, &rux);
	}
}

/* For wait4(2): the process and its own waited-for children. */
void
rufetch(struct proc *p, struct rusage *ru)
{
	struct rusage_ext rux;

	PROC_LOCK_ASSERT(p, MA_OWNED);
	proc_rux(p, &rux);
	rux_add(&rux, &p->p_crux);
	rux_to_rusage(&rux, ru);
}

void
calcru(struct proc *p, struct rusage *ru)
{
	struct rusage_ext rux;

	PROC_LOCK_ASSERT(p, MA_OWNED);
	proc_rux(p, &rux);
	rux_to_rusage(&rux, ru);
}

int
kern_getrusage(struct thread *td, int who, struct rusage *rup)
{
	struct rusage_ext rux;
	struct proc *p;
	int error;

	p = td->td_proc;
	error = 0;
	PROC_LOCK(p);
	switch (who) {
	case RUSAGE_SELF:
		calcru(p, rup);
		break;
	case RUSAGE_CHILDREN:
		rux_to_rusage(&p->p_crux, rup);
		break;
	case RUSAGE_THREAD:
		td_rux(td, &rux);
		rux_to_rusage(&rux, rup);
		break;
	default:
		error = EINVAL;
	}
	PROC_UNLOCK(p);
	return (error);
}

int
sys_getrusage(struct thread *td, struct getrusage_args *uap)
{
	struct rusage ru;
	int error;

	error = kern_getrusage(td, uap->who, &ru);
	if (error == 0)
		error = copyout(&ru, uap->rusage, sizeof(ru));
	return (error);
}
