/*
 * POSIX threads on kernel threads.
 *
 * A thread's stack and control block are one aligned piece of memory (see
 * libc_private.h):
 *
 *   base                                         base + THR_STACK
 *   | struct pthread |  ...  <- stack grows down |
 *
 * All sleeping is done by two forms of _umtx_op(2): "sleep while this word has
 * this value" and "wake sleepers of this word".  A mutex is a word: 0 free,
 * 1 held, 2 held and somebody sleeps.  The fast paths are one atomic each.
 */
#include <sys/mman.h>
#include <sys/thr.h>
#include <sys/umtx.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "libc_private.h"

extern uintptr_t	__thr_stack_lo, __thr_stack_hi;

static __lock_t		 threads_lock;
static struct pthread	*free_stacks;
static struct pthread	*detached;	/* Their stacks are free once they are done. */

static int
wait_word(uint32_t *word, uint32_t value, const struct timespec *timeout)
{
	return (_umtx_op(word, UMTX_OP_WAIT_UINT_PRIVATE, value,
	    timeout != NULL ? (void *)sizeof(*timeout) : NULL,
	    (void *)timeout));
}

static void
wake_word(uint32_t *word, int n)
{
	_umtx_op(word, UMTX_OP_WAKE_PRIVATE, n, NULL, NULL);
}

void
__lock_slow(__lock_t *l)
{
	while (__atomic_exchange_n(l, 2, __ATOMIC_ACQUIRE) != 0)
		wait_word(l, 2, NULL);
}

void
__unlock_slow(__lock_t *l)
{
	wake_word(l, 1);
}

/*
 * Threads.
 */
static struct pthread *
stack_alloc(void)
{
	struct pthread *pt, **prev;
	uintptr_t base, lo;

	__lock(&threads_lock);
	for (prev = &detached; (pt = *prev) != NULL; prev = &pt->pt_next)
		if (pt->pt_done) {
			*prev = pt->pt_next;
			break;
		}
	if (pt == NULL && (pt = free_stacks) != NULL)
		free_stacks = pt->pt_next;
	__unlock(&threads_lock);
	if (pt != NULL)
		return (pt);
	/* Twice as much, and the ends given back: that is aligned. */
	base = (uintptr_t)mmap(NULL, 2 * THR_STACK, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANON, -1, 0);
	if ((void *)base == MAP_FAILED)
		return (NULL);
	lo = (base + THR_STACK - 1) & ~(THR_STACK - 1);
	if (lo > base)
		munmap((void *)base, lo - base);
	if (lo < base + THR_STACK)
		munmap((void *)(lo + THR_STACK), base + THR_STACK - lo);
	__lock(&threads_lock);
	if (lo < __thr_stack_lo)
		__thr_stack_lo = lo;
	if (lo + THR_STACK > __thr_stack_hi)
		__thr_stack_hi = lo + THR_STACK;
	__unlock(&threads_lock);
	return ((struct pthread *)lo);
}

static void
thread_start(void *arg)
{
	struct pthread *pt = arg;

	pthread_exit((*pt->pt_start)(pt->pt_arg));
}

int
pthread_create(pthread_t *out, const pthread_attr_t *attr,
    void *(*start)(void *), void *arg)
{
	struct thr_param param;
	struct pthread *pt;

	if (attr != NULL && attr->pa_stacksize > THR_STACK)
		return (EINVAL);
	if (!__isthreaded) {
		__isthreaded = 1;
		__main_thread.pt_self = &__main_thread;
		thr_self(&__main_thread.pt_tid);
	}
	if ((pt = stack_alloc()) == NULL)
		return (EAGAIN);
	memset(pt, 0, sizeof(*pt));
	pt->pt_self = pt;
	pt->pt_start = start;
	pt->pt_arg = arg;
	pt->pt_detached = attr != NULL && attr->pa_detached;
	if (pt->pt_detached) {
		__lock(&threads_lock);
		pt->pt_next = detached;
		detached = pt;
		__unlock(&threads_lock);
	}
	*out = pt;
	memset(&param, 0, sizeof(param));
	param.start_func = __fn_index((void *)thread_start);
	param.arg = pt;
	param.stack_base = (char *)pt;
	param.stack_size = THR_STACK;
	param.child_tid = &pt->pt_tid;
	param.parent_tid = &pt->pt_tid;
	if (thr_new(&param, sizeof(param)) == -1) {
		pt->pt_done = 1;	/* The stack may be used again. */
		if (!pt->pt_detached) {
			__lock(&threads_lock);
			pt->pt_next = free_stacks;
			free_stacks = pt;
			__unlock(&threads_lock);
		}
		return (errno);
	}
	return (0);
}

_Noreturn void
pthread_exit(void *result)
{
	struct pthread *pt = __thr_self();

	pt->pt_ret = result;
	/* The kernel sets pt_done when this stack is no longer in use. */
	for (;;)
		thr_exit((long *)&pt->pt_done);
}

int
pthread_join(pthread_t pt, void **result)
{
	if (pt->pt_self != pt || pt->pt_detached)
		return (EINVAL);
	if (pt == __thr_self())
		return (EDEADLK);
	while (pt->pt_done == 0)
		_umtx_op((void *)&pt->pt_done, UMTX_OP_WAIT, 0, NULL, NULL);
	if (result != NULL)
		*result = pt->pt_ret;
	pt->pt_self = NULL;
	__lock(&threads_lock);
	pt->pt_next = free_stacks;
	free_stacks = pt;
	__unlock(&threads_lock);
	return (0);
}

int
pthread_detach(pthread_t pt)
{
	__lock(&threads_lock);
	pt->pt_detached = 1;
	pt->pt_next = detached;
	detached = pt;
	__unlock(&threads_lock);
	return (0);
}

pthread_t
pthread_self(void)
{
	return (__thr_self());
}

int
pthread_equal(pthread_t a, pthread_t b)
{
	return (a == b);
}

int
pthread_getthreadid_np(void)
{
	long tid;

	thr_self(&tid);
	return ((int)tid);
}

void
pthread_yield(void)
{
	sched_yield();
}

int
pthread_attr_init(pthread_attr_t *a)
{
	a->pa_stacksize = THR_STACK;
	a->pa_detached = PTHREAD_CREATE_JOINABLE;
	return (0);
}

int
pthread_attr_destroy(pthread_attr_t *a)
{
	(void)a;
	return (0);
}

int
pthread_attr_setdetachstate(pthread_attr_t *a, int detached_state)
{
	a->pa_detached = detached_state == PTHREAD_CREATE_DETACHED;
	return (0);
}

int
pthread_attr_setstacksize(pthread_attr_t *a, size_t size)
{
	if (size > THR_STACK)
		return (EINVAL);
	a->pa_stacksize = size;
	return (0);
}

/*
 * Mutexes.
 */
int
pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a)
{
	memset(m, 0, sizeof(*m));
	m->pm_type = a != NULL ? a->pa_type : PTHREAD_MUTEX_DEFAULT;
	return (0);
}

int
pthread_mutex_destroy(pthread_mutex_t *m)
{
	return (m->pm_word != 0 ? EBUSY : 0);
}

/* The owner's second lock: only the recursive kind allows it. */
static int
relock(pthread_mutex_t *m)
{
	if (m->pm_type == PTHREAD_MUTEX_RECURSIVE) {
		m->pm_count++;
		return (0);
	}
	return (EDEADLK);
}

int
pthread_mutex_trylock(pthread_mutex_t *m)
{
	uint32_t want = 0;

	if (!__atomic_compare_exchange_n(&m->pm_word, &want, 1, 0,
	    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		if (m->pm_type == PTHREAD_MUTEX_RECURSIVE &&
		    m->pm_owner == __thr_self())
			return (relock(m));
		return (EBUSY);
	}
	if (m->pm_type != PTHREAD_MUTEX_NORMAL)
		m->pm_owner = __thr_self();
	return (0);
}

int
pthread_mutex_lock(pthread_mutex_t *m)
{
	uint32_t want = 0;

	if (!__atomic_compare_exchange_n(&m->pm_word, &want, 1, 0,
	    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
		if (m->pm_type != PTHREAD_MUTEX_NORMAL &&
		    m->pm_owner == __thr_self())
			return (relock(m));
		__lock_slow(&m->pm_word);
	}
	if (m->pm_type != PTHREAD_MUTEX_NORMAL)
		m->pm_owner = __thr_self();
	return (0);
}

int
pthread_mutex_unlock(pthread_mutex_t *m)
{
	if (m->pm_type != PTHREAD_MUTEX_NORMAL) {
		if (m->pm_owner != __thr_self())
			return (EPERM);
		if (m->pm_count > 0) {
			m->pm_count--;
			return (0);
		}
		m->pm_owner = NULL;
	}
	if (__atomic_exchange_n(&m->pm_word, 0, __ATOMIC_RELEASE) == 2)
		wake_word(&m->pm_word, 1);
	return (0);
}

int
pthread_mutexattr_init(pthread_mutexattr_t *a)
{
	a->pa_type = PTHREAD_MUTEX_DEFAULT;
	return (0);
}

int
pthread_mutexattr_destroy(pthread_mutexattr_t *a)
{
	(void)a;
	return (0);
}

int
pthread_mutexattr_settype(pthread_mutexattr_t *a, int type)
{
	if (type < PTHREAD_MUTEX_ERRORCHECK || type > PTHREAD_MUTEX_NORMAL)
		return (EINVAL);
	a->pa_type = type;
	return (0);
}

/*
 * Condition variables.  A waiter notes the sequence number while it holds the
 * mutex and sleeps only while the number is still that: a signal in between is
 * not lost.
 */
int
pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a)
{
	(void)a;
	memset(c, 0, sizeof(*c));
	return (0);
}

int
pthread_cond_destroy(pthread_cond_t *c)
{
	return (c->pc_waiters != 0 ? EBUSY : 0);
}

static int
cond_wait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *rel)
{
	uint32_t seq = __atomic_load_n(&c->pc_seq, __ATOMIC_ACQUIRE);
	int r, e;

	__atomic_fetch_add(&c->pc_waiters, 1, __ATOMIC_ACQ_REL);
	pthread_mutex_unlock(m);
	r = wait_word(&c->pc_seq, seq, rel);
	e = errno;
	__atomic_fetch_sub(&c->pc_waiters, 1, __ATOMIC_ACQ_REL);
	pthread_mutex_lock(m);
	return (r == -1 && e == ETIMEDOUT ? ETIMEDOUT : 0);
}

int
pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
	return (cond_wait(c, m, NULL));
}

int
pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m,
    const struct timespec *abstime)
{
	struct timespec now, rel;

	clock_gettime(CLOCK_REALTIME, &now);
	rel.tv_sec = abstime->tv_sec - now.tv_sec;
	rel.tv_nsec = abstime->tv_nsec - now.tv_nsec;
	if (rel.tv_nsec < 0) {
		rel.tv_sec--;
		rel.tv_nsec += 1000000000;
	}
	if (rel.tv_sec < 0)
		return (ETIMEDOUT);
	return (cond_wait(c, m, &rel));
}

static int
cond_wake(pthread_cond_t *c, int n)
{
	__atomic_fetch_add(&c->pc_seq, 1, __ATOMIC_ACQ_REL);
	if (__atomic_load_n(&c->pc_waiters, __ATOMIC_ACQUIRE) != 0)
		wake_word(&c->pc_seq, n);
	return (0);
}

int
pthread_cond_signal(pthread_cond_t *c)
{
	return (cond_wake(c, 1));
}

int
pthread_cond_broadcast(pthread_cond_t *c)
{
	return (cond_wake(c, INT_MAX));
}

/*
 * Barriers: the last of n to arrive lets all go.
 */
int
pthread_barrier_init(pthread_barrier_t *b, const void *attr, unsigned n)
{
	(void)attr;
	if (n == 0)
		return (EINVAL);
	memset(b, 0, sizeof(*b));
	b->pb_mtx.pm_type = PTHREAD_MUTEX_NORMAL;
	b->pb_need = n;
	return (0);
}

int
pthread_barrier_destroy(pthread_barrier_t *b)
{
	return (b->pb_count != 0 ? EBUSY : 0);
}

int
pthread_barrier_wait(pthread_barrier_t *b)
{
	unsigned round;

	pthread_mutex_lock(&b->pb_mtx);
	if (++b->pb_count == b->pb_need) {
		b->pb_count = 0;
		b->pb_round++;
		pthread_mutex_unlock(&b->pb_mtx);
		pthread_cond_broadcast(&b->pb_cond);
		return (PTHREAD_BARRIER_SERIAL_THREAD);
	}
	round = b->pb_round;
	while (round == b->pb_round)
		pthread_cond_wait(&b->pb_cond, &b->pb_mtx);
	pthread_mutex_unlock(&b->pb_mtx);
	return (0);
}

/* 0 not run, 1 running, 2 done. */
int
pthread_once(pthread_once_t *o, void (*fn)(void))
{
	uint32_t seen = 0;

	if (__atomic_compare_exchange_n(&o->po_state, &seen, 1, 0,
	    __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
		(*fn)();
		__atomic_store_n(&o->po_state, 2, __ATOMIC_RELEASE);
		wake_word(&o->po_state, INT_MAX);
		return (0);
	}
	while (seen != 2) {
		wait_word(&o->po_state, 1, NULL);
		seen = __atomic_load_n(&o->po_state, __ATOMIC_ACQUIRE);
	}
	return (0);
}
