/*
 * The scheduler's interface: what the rest of the kernel asks of ULE
 * (kern/sched_ule.c) or 4BSD (kern/sched_4bsd.c).
 */
#ifndef _SYS_SCHED_H_
#define	_SYS_SCHED_H_

#include <sys/sdt.h>
#include <sys/proc.h>

/* General. */
int	sched_load(void);
int	sched_rr_interval(void);
int	sched_runnable(void);
const char *sched_name(void);
/* Of a process. */
void	sched_exit(struct proc *p, struct thread *childtd);
void	sched_fork(struct thread *td, struct thread *child);
void	sched_fork_exit(struct thread *td);
void	sched_class(struct thread *td, int class);
void	sched_nice(struct proc *p, int nice);
/* Of a thread; td locked. */
void	sched_exit_thread(struct thread *td, struct thread *child);
void	sched_fork_thread(struct thread *td, struct thread *child);
void	sched_lend_prio(struct thread *td, u_char prio);
void	sched_lend_user_prio(struct thread *td, u_char pri);
void	sched_unlend_prio(struct thread *td, u_char prio);
void	sched_prio(struct thread *td, u_char prio);
void	sched_user_prio(struct thread *td, u_char prio);
void	sched_userret_slowpath(struct thread *td);
void	sched_sleep(struct thread *td, int prio);
void	sched_switch(struct thread *td, int flags);
void	sched_throw(struct thread *td) __dead2;
void	sched_wakeup(struct thread *td, int srqflags);	/* Unlocks td. */
void	sched_add(struct thread *td, int flags);	/* Unlocks td. */
struct thread *sched_choose(void);
void	sched_rem(struct thread *td);
void	sched_clock(struct thread *td, int cnt);
void	sched_preempt(struct thread *td);
void	sched_relinquish(struct thread *td);
void	sched_idletd(void *arg) __dead2;
void	sched_bind(struct thread *td, int cpu);
void	sched_unbind(struct thread *td);
void	sched_setbind(struct thread *td, int cpu);
int	sched_is_bound(struct thread *td);
void	sched_affinity(struct thread *td);
fixpt_t	sched_pctcpu(struct thread *td);
void	schedinit(void);
void	sched_setup_idle(struct thread *td, int cpu);

#define	sched_userret(td) do {						\
	if (__predict_false((td)->td_priority != (td)->td_user_pri))	\
		sched_userret_slowpath(td);				\
} while (0)
#define	sched_pin()	((void)(curthread->td_pinned++))
#define	sched_unpin()	((void)(curthread->td_pinned--))

/* Flags of sched_add() and friends. */
#define	SRQ_BORING	0x0000
#define	SRQ_YIELDING	0x0001	/* We are yielding. */
#define	SRQ_OURSELF	0x0002	/* It is ourself. */
#define	SRQ_INTR	0x0004	/* Done by an interrupt. */
#define	SRQ_PREEMPTED	0x0008	/* Preempted: goes to the head. */
#define	SRQ_BORROWING	0x0010	/* Priority was lent. */
#define	SRQ_HOLD	0x0020	/* Return holding the original thread lock. */
#define	SRQ_HOLDTD	0x0040	/* Return holding the thread lock. */

SDT_PROVIDER_DECLARE(sched);
SDT_PROBE_DECLARE(sched, , , change__pri);
SDT_PROBE_DECLARE(sched, , , dequeue);
SDT_PROBE_DECLARE(sched, , , enqueue);
SDT_PROBE_DECLARE(sched, , , lend__pri);
SDT_PROBE_DECLARE(sched, , , load__change);
SDT_PROBE_DECLARE(sched, , , off__cpu);
SDT_PROBE_DECLARE(sched, , , on__cpu);
SDT_PROBE_DECLARE(sched, , , preempt);
SDT_PROBE_DECLARE(sched, , , remain__cpu);
SDT_PROBE_DECLARE(sched, , , sleep);
SDT_PROBE_DECLARE(sched, , , surrender);
SDT_PROBE_DECLARE(sched, , , tick);
SDT_PROBE_DECLARE(sched, , , wakeup);

#endif /* !_SYS_SCHED_H_ */
