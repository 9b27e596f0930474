/*
 * pthread.h: the part of POSIX threads that workloads need.  Threads are
 * kernel threads (thr_new(2)); a lock is a word in user memory, and only those
 * who must wait enter the kernel (_umtx_op(2)).
 */
#ifndef _PTHREAD_H_
#define	_PTHREAD_H_

#include <sys/types.h>
#include <sched.h>
#include <time.h>

#define	PTHREAD_MUTEX_ERRORCHECK	1
#define	PTHREAD_MUTEX_RECURSIVE		2
#define	PTHREAD_MUTEX_NORMAL		3
#define	PTHREAD_MUTEX_DEFAULT		PTHREAD_MUTEX_NORMAL
#define	PTHREAD_CREATE_JOINABLE		0
#define	PTHREAD_CREATE_DETACHED		1
#define	PTHREAD_BARRIER_SERIAL_THREAD	(-1)

#define	PTHREAD_MUTEX_INITIALIZER	{ 0, 0, PTHREAD_MUTEX_NORMAL, 0, (pthread_t)0 }
#define	PTHREAD_COND_INITIALIZER	{ 0, 0 }
#define	PTHREAD_ONCE_INIT		{ 0 }

int	 pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int	 pthread_detach(pthread_t);
int	 pthread_equal(pthread_t, pthread_t);
_Noreturn void pthread_exit(void *);
int	 pthread_join(pthread_t, void **);
pthread_t pthread_self(void);
int	 pthread_getthreadid_np(void);
void	 pthread_yield(void);
int	 pthread_once(pthread_once_t *, void (*)(void));

int	 pthread_attr_init(pthread_attr_t *);
int	 pthread_attr_destroy(pthread_attr_t *);
int	 pthread_attr_setdetachstate(pthread_attr_t *, int);
int	 pthread_attr_setstacksize(pthread_attr_t *, size_t);

int	 pthread_mutex_init(pthread_mutex_t *, const pthread_mutexattr_t *);
int	 pthread_mutex_destroy(pthread_mutex_t *);
int	 pthread_mutex_lock(pthread_mutex_t *);
int	 pthread_mutex_trylock(pthread_mutex_t *);
int	 pthread_mutex_unlock(pthread_mutex_t *);
int	 pthread_mutexattr_init(pthread_mutexattr_t *);
int	 pthread_mutexattr_destroy(pthread_mutexattr_t *);
int	 pthread_mutexattr_settype(pthread_mutexattr_t *, int);

int	 pthread_cond_init(pthread_cond_t *, const pthread_condattr_t *);
int	 pthread_cond_destroy(pthread_cond_t *);
int	 pthread_cond_signal(pthread_cond_t *);
int	 pthread_cond_broadcast(pthread_cond_t *);
int	 pthread_cond_wait(pthread_cond_t *, pthread_mutex_t *);
int	 pthread_cond_timedwait(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

int	 pthread_barrier_init(pthread_barrier_t *, const void *, unsigned);
int	 pthread_barrier_destroy(pthread_barrier_t *);
int	 pthread_barrier_wait(pthread_barrier_t *);

#endif /* !_PTHREAD_H_ */
