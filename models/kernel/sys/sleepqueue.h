/*
 * Sleep queues: threads that wait for an event, by the address that names it.
 */
#ifndef _SYS_SLEEPQUEUE_H_
#define	_SYS_SLEEPQUEUE_H_

#include <sys/types.h>

struct lock_object;
struct sleepqueue;
struct thread;

#define	SLEEPQ_TYPE		0x0ff
#define	SLEEPQ_SLEEP		0x00	/* sleep/wakeup */
#define	SLEEPQ_CONDVAR		0x01
#define	SLEEPQ_PAUSE		0x02
#define	SLEEPQ_SX		0x03
#define	SLEEPQ_LK		0x04
#define	SLEEPQ_INTERRUPTIBLE	0x100	/* Signals end the sleep. */
#define	SLEEPQ_UNFAIR		0x200	/* Wake the last sleeper. */

void	init_sleepqueues(void);
void	sleepq_lock(const void *wchan);
void	sleepq_release(const void *wchan);
struct sleepqueue *sleepq_lookup(const void *wchan);
void	sleepq_add(const void *wchan, struct lock_object *lock,
	    const char *wmesg, int flags, int queue);
void	sleepq_wait(const void *wchan, int pri);
int	sleepq_wait_sig(const void *wchan, int pri);
int	sleepq_timedwait(const void *wchan, int pri);
int	sleepq_timedwait_sig(const void *wchan, int pri);
void	sleepq_set_timeout_sbt(const void *wchan, sbintime_t sbt,
	    sbintime_t pr, int flags);
int	sleepq_signal(const void *wchan, int flags, int pri, int queue);
int	sleepq_broadcast(const void *wchan, int flags, int pri, int queue);
int	sleepq_abort(struct thread *td, int intrval);	/* Unlocks td. */
int	sleepq_remove(struct thread *td, const void *wchan);
u_int	sleepq_sleepcnt(const void *wchan, int queue);
int	sleepq_type(const void *wchan);
struct sleepqueue *sleepq_alloc(void);
void	sleepq_free(struct sleepqueue *sq);

#endif /* !_SYS_SLEEPQUEUE_H_ */
