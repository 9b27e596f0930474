/*
 * Turnstiles: queues of threads blocked on a mutex or rwlock, which lend
 * their priority to the owner.
 */
#ifndef _SYS_TURNSTILE_H_
#define	_SYS_TURNSTILE_H_

#include <sys/types.h>

struct lock_object;
struct thread;
struct turnstile;

#define	TS_EXCLUSIVE_QUEUE	0
#define	TS_SHARED_QUEUE		1

void	init_turnstiles(void);
struct turnstile *turnstile_alloc(void);
void	turnstile_free(struct turnstile *ts);
/* Each returns with the chain lock held (and, but for chain_lock, ts_lock). */
void	turnstile_chain_lock(struct lock_object *lock);
void	turnstile_chain_unlock(struct lock_object *lock);
struct turnstile *turnstile_trywait(struct lock_object *lock);
void	turnstile_cancel(struct turnstile *ts);
void	turnstile_wait(struct turnstile *ts, struct thread *owner, int queue);
struct turnstile *turnstile_lookup(struct lock_object *lock);
void	turnstile_claim(struct turnstile *ts);
int	turnstile_empty(struct turnstile *ts, int queue);
struct thread *turnstile_head(struct turnstile *ts, int queue);
void	turnstile_broadcast(struct turnstile *ts, int queue);
int	turnstile_signal(struct turnstile *ts, int queue);
void	turnstile_disown(struct turnstile *ts);
void	turnstile_unpend(struct turnstile *ts);
void	turnstile_adjust(struct thread *td, u_char oldpri);

#endif /* !_SYS_TURNSTILE_H_ */
