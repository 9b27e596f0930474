/*
 * Run queues: 64 lists, four priorities each, and a bitmap of those not empty.
 */
#ifndef _SYS_RUNQ_H_
#define	_SYS_RUNQ_H_

#include <sys/param.h>
#include <sys/queue.h>

struct thread;

TAILQ_HEAD(rqhead, thread);
struct runq {
	uint64_t	 rq_status;	/* Bit n: list n has threads. */
	struct rqhead	 rq_queues[RQ_NQS];
};

void	runq_init(struct runq *rq);
void	runq_add(struct runq *rq, struct thread *td, int flags);
void	runq_add_pri(struct runq *rq, struct thread *td, u_char pri, int flags);
void	runq_remove(struct runq *rq, struct thread *td);
void	runq_remove_idx(struct runq *rq, struct thread *td, u_char *idx);
struct thread *runq_choose(struct runq *rq);
struct thread *runq_choose_from(struct runq *rq, u_char idx);
int	runq_check(struct runq *rq);

#endif /* !_SYS_RUNQ_H_ */
