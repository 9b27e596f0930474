/*
 * Critical sections and run queues, for whichever scheduler there is.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/queue.h>
#include <sys/runq.h>
#include <sys/sched.h>

/*
 * In a critical section a thread keeps its CPU.  A preemption that comes up
 * meanwhile is noted in td_owepreempt and made good at the end.
 */
void
critical_enter(void)
{

	curthread->td_critnest++;
}

static void
critical_exit_preempt(struct thread *td)
{
	int flags;

	if (td->td_critnest != 0 || KERNEL_PANICKED())
		return;
	/* While we get the lock an interrupt must not preempt us first. */
	td->td_critnest = 1;
	thread_lock(td);
	td->td_critnest--;
	flags = SW_INVOL | SW_PREEMPT;
	if (TD_IS_IDLETHREAD(td))
		flags |= SWT_IDLE;
	else
		flags |= SWT_OWEPREEMPT;
	mi_switch(flags);
}

void
critical_exit(void)
{
	struct thread *td = curthread;

	KASSERT(td->td_critnest > 0, ("critical_exit: td_critnest == %d",
	    td->td_critnest));
	td->td_critnest--;
	if (__predict_false(td->td_owepreempt))
		critical_exit_preempt(td);
}

/*
 * Run queues.  A queue's status word has a bit for each list that has threads;
 * the lowest is the best.
 */
void
runq_init(struct runq *rq)
{
	int i;

	rq->rq_status = 0;
	for (i = 0; i < RQ_NQS; i++)
		TAILQ_INIT(&rq->rq_queues[i]);
}

static void
runq_insert(struct runq *rq, struct thread *td, int idx, int flags)
{
	struct rqhead *rqh = &rq->rq_queues[idx];

	td->td_rqindex = (u_char)idx;
	rq->rq_status |= 1UL << idx;
	if (flags & SRQ_PREEMPTED)
		TAILQ_INSERT_HEAD(rqh, td, td_runq);
	else
		TAILQ_INSERT_TAIL(rqh, td, td_runq);
}

/* By the thread's own priority. */
void
runq_add(struct runq *rq, struct thread *td, int flags)
{

	runq_insert(rq, td, td->td_priority / RQ_PPQ, flags);
}

/* Where the scheduler says. */
void
runq_add_pri(struct runq *rq, struct thread *td, u_char pri, int flags)
{

	KASSERT(pri < RQ_NQS, ("runq_add_pri: %d out of range", pri));
	runq_insert(rq, td, pri, flags);
}

int
runq_check(struct runq *rq)
{

	return (rq->rq_status != 0);
}

struct thread *
runq_choose(struct runq *rq)
{

	if (rq->rq_status == 0)
		return (NULL);
	return (TAILQ_FIRST(&rq->rq_queues[__builtin_ctzl(rq->rq_status)]));
}

/* The first at idx or after it, going round. */
struct thread *
runq_choose_from(struct runq *rq, u_char idx)
{
	uint64_t status = rq->rq_status;
	uint64_t upper = status & (~0UL << idx);

	if (status == 0)
		return (NULL);
	if (upper != 0)
		status = upper;
	return (TAILQ_FIRST(&rq->rq_queues[__builtin_ctzl(status)]));
}

void
runq_remove(struct runq *rq, struct thread *td)
{

	runq_remove_idx(rq, td, NULL);
}

/*
 * Removes td.  *idx, the calendar's hand, moves on when it points to a list
 * that is now empty.
 */
void
runq_remove_idx(struct runq *rq, struct thread *td, u_char *idx)
{
	u_char pri = td->td_rqindex;

	KASSERT(pri < RQ_NQS, ("runq_remove_idx: %d out of range", pri));
	TAILQ_REMOVE(&rq->rq_queues[pri], td, td_runq);
	if (TAILQ_EMPTY(&rq->rq_queues[pri])) {
		rq->rq_status &= ~(1UL << pri);
		if (idx != NULL && *idx == pri)
			*idx = (pri + 1) % RQ_NQS;
	}
}
