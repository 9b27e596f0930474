/*
 * _umtx_op(2): sleeping on words of user memory.
 *
 * A waiter puts a struct umtx_q, on its kernel stack, into the hash chain of the
 * word's key, and only then looks at the word: a waker changes the word first and
 * looks at the chain afterwards, so one of them sees the other.  The key is the
 * address space and the address: words are shared between threads of a process.
 *
 * Locking key: (c) the chain's lock "umtxql".
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/queue.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/umtx.h>

struct umtx_key {
	struct vmspace	*vs;
	unsigned long	 addr;
};

struct umtx_q {
	TAILQ_ENTRY(umtx_q) uq_link;	/* (c) */
	struct umtx_key	 uq_key;
	int		 uq_queued;	/* (c) In the chain: not woken yet. */
};

struct umtxq_chain {
	struct mtx	 uc_lock;
	TAILQ_HEAD(, umtx_q) uc_queue;	/* (c) First come, first served. */
};

#define	UMTX_CHAINS	128
static struct umtxq_chain umtxq_chains[UMTX_CHAINS];

static void
umtxq_sysinit(const void *dummy)
{
	int i;

	for (i = 0; i < UMTX_CHAINS; i++) {
		mtx_init(&umtxq_chains[i].uc_lock, "umtxql", NULL,
		    MTX_DEF | MTX_DUPOK);
		TAILQ_INIT(&umtxq_chains[i].uc_queue);
	}
}
SYSINIT(umtx, SI_SUB_LOCK, SI_ORDER_MIDDLE, umtxq_sysinit, NULL);

static struct umtxq_chain *
umtxq_getchain(struct umtx_key *key)
{
	unsigned long n;

	n = (unsigned long)key->vs + key->addr;
	n = (n >> 3) * 2654404609UL;
	return (&umtxq_chains[(n >> 25) % UMTX_CHAINS]);
}

static void
umtxq_insert(struct thread *td, void *addr, struct umtx_q *uq)
{
	struct umtxq_chain *uc;

	uq->uq_key.vs = td->td_proc->p_vmspace;
	uq->uq_key.addr = (unsigned long)addr;
	uc = umtxq_getchain(&uq->uq_key);
	mtx_lock(&uc->uc_lock);
	TAILQ_INSERT_TAIL(&uc->uc_queue, uq, uq_link);
	uq->uq_queued = 1;
	mtx_unlock(&uc->uc_lock);
}

static void
umtxq_remove(struct umtx_q *uq)
{
	struct umtxq_chain *uc;

	uc = umtxq_getchain(&uq->uq_key);
	mtx_lock(&uc->uc_lock);
	if (uq->uq_queued) {
		TAILQ_REMOVE(&uc->uc_queue, uq, uq_link);
		uq->uq_queued = 0;
	}
	mtx_unlock(&uc->uc_lock);
}

/* Sleep until woken, unless that has happened already; then leave the chain. */
static int
umtxq_sleep(struct umtx_q *uq, const char *wmesg, sbintime_t sbt)
{
	struct umtxq_chain *uc;
	int error;

	uc = umtxq_getchain(&uq->uq_key);
	error = 0;
	mtx_lock(&uc->uc_lock);
	if (uq->uq_queued)
		error = msleep_sbt(uq, &uc->uc_lock, PCATCH | PWAIT, wmesg,
		    sbt, 0, sbt != 0 ? C_ABSOLUTE : 0);
	if (!uq->uq_queued)
		error = 0;	/* Woken, whatever else happened. */
	else {
		TAILQ_REMOVE(&uc->uc_queue, uq, uq_link);
		uq->uq_queued = 0;
	}
	mtx_unlock(&uc->uc_lock);
	if (error == EWOULDBLOCK)
		error = ETIMEDOUT;
	return (error);
}

/* Wake up to n waiters of a word; how many there were besides goes to *left. */
static int
umtxq_signal(struct thread *td, void *addr, int n, int *left)
{
	struct umtxq_chain *uc;
	struct umtx_key key;
	struct umtx_q *uq, *next;
	int woken;

	key.vs = td->td_proc->p_vmspace;
	key.addr = (unsigned long)addr;
	uc = umtxq_getchain(&key);
	woken = 0;
	if (left != NULL)
		*left = 0;
	mtx_lock(&uc->uc_lock);
	TAILQ_FOREACH_SAFE(uq, &uc->uc_queue, uq_link, next) {
		if (uq->uq_key.vs != key.vs || uq->uq_key.addr != key.addr)
			continue;
		if (woken < n) {
			TAILQ_REMOVE(&uc->uc_queue, uq, uq_link);
			uq->uq_queued = 0;
			wakeup(uq);
			woken++;
		} else if (left != NULL)
			(*left)++;
	}
	mtx_unlock(&uc->uc_lock);
	return (woken);
}

int
kern_umtx_wake(struct thread *td, void *addr, int n)
{

	(void)umtxq_signal(td, addr, n, NULL);
	return (0);
}

/* UMTX_OP_WAIT: sleep while the word (4 or 8 bytes) is val. */
static int
do_wait(struct thread *td, void *addr, unsigned long val, sbintime_t sbt,
    int is32)
{
	struct umtx_q uq;
	int64_t tmp;
	int32_t tmp32;
	int error;

	umtxq_insert(td, addr, &uq);
	if (is32) {
		error = fueword32(addr, &tmp32);
		tmp = (uint32_t)tmp32;
	} else
		error = fueword64(addr, &tmp);
	if (error != 0 || (unsigned long)tmp != val) {
		umtxq_remove(&uq);
		return (error != 0 ? EFAULT : 0);
	}
	return (umtxq_sleep(&uq, "uwait", sbt));
}

/* UMTX_OP_MUTEX_LOCK and kin. */
#define	_UMUTEX_TRY	1
#define	_UMUTEX_WAIT	2

static int
do_lock_umutex(struct thread *td, struct umutex *m, sbintime_t sbt, int mode)
{
	struct umtx_q uq;
	uint32_t id, old, owner;
	int error;

	id = td->td_tid;
	for (;;) {
		error = fueword32((void *)&m->m_owner, (int32_t *)&owner);
		if (error != 0)
			return (EFAULT);
		if (mode == _UMUTEX_WAIT) {
			if (owner == UMUTEX_UNOWNED ||
			    owner == UMUTEX_CONTESTED)
				return (0);
		} else if ((owner & ~UMUTEX_CONTESTED) == UMUTEX_UNOWNED) {
			error = casueword32((void *)&m->m_owner, owner, &old,
			    id | owner);
			if (error == -1)
				return (EFAULT);
			if (old == owner)
				return (0);
			continue;
		}
		if ((owner & ~UMUTEX_CONTESTED) == id)
			return (EDEADLK);
		if (mode == _UMUTEX_TRY)
			return (EBUSY);

		/* Tell the owner that it must come here to unlock. */
		umtxq_insert(td, m, &uq);
		error = casueword32((void *)&m->m_owner, owner, &old,
		    owner | UMUTEX_CONTESTED);
		if (error == -1 || old != owner) {
			umtxq_remove(&uq);
			if (error == -1)
				return (EFAULT);
			continue;
		}
		error = umtxq_sleep(&uq, "umtxn", sbt);
		if (error != 0)
			return (error);
	}
}

static int
do_unlock_umutex(struct thread *td, struct umutex *m)
{
	uint32_t new, old, owner;
	int left;

	if (fueword32((void *)&m->m_owner, (int32_t *)&owner) != 0)
		return (EFAULT);
	if ((owner & ~UMUTEX_CONTESTED) != td->td_tid)
		return (EPERM);
	/* Who waits now or comes later finds CONTESTED and asks us again. */
	(void)umtxq_signal(td, m, 0, &left);
	new = left > 1 ? UMUTEX_CONTESTED : UMUTEX_UNOWNED;
	if (casueword32((void *)&m->m_owner, owner, &old, new) == -1)
		return (EFAULT);
	if (old != owner)
		return (do_unlock_umutex(td, m));
	(void)umtxq_signal(td, m, 1, NULL);
	return (0);
}

/* A mutex was unlocked in user mode although CONTESTED: let one try. */
static int
do_wake_umutex(struct thread *td, struct umutex *m)
{
	uint32_t old, owner;
	int left;

	if (fueword32((void *)&m->m_owner, (int32_t *)&owner) != 0)
		return (EFAULT);
	if ((owner & ~UMUTEX_CONTESTED) != 0)
		return (0);
	(void)umtxq_signal(td, m, 0, &left);
	if (left <= 1 && casueword32((void *)&m->m_owner, UMUTEX_CONTESTED,
	    &old, UMUTEX_UNOWNED) == -1)
		return (EFAULT);
	(void)umtxq_signal(td, m, 1, NULL);
	return (0);
}

/* A relative timeout in user memory, as an absolute time; 0: none. */
static int
umtx_timeout(void *uaddr, sbintime_t *sbt)
{
	struct timespec ts;
	int error;

	*sbt = 0;
	if (uaddr == NULL)
		return (0);
	error = copyin(uaddr, &ts, sizeof(ts));
	if (error != 0)
		return (error);
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= 1000000000)
		return (EINVAL);
	*sbt = sbinuptime() + tstosbt(ts);
	return (0);
}

int
sys__umtx_op(struct thread *td, struct _umtx_op_args *uap)
{
	sbintime_t sbt;
	int error;

	/* uaddr1 holds the timeout's size, uaddr2 the timeout. */
	error = umtx_timeout(uap->uaddr2, &sbt);
	if (error != 0)
		return (error);
	switch (uap->op) {
	case UMTX_OP_WAIT:
		return (do_wait(td, uap->obj, uap->val, sbt, 0));
	case UMTX_OP_WAIT_UINT:
	case UMTX_OP_WAIT_UINT_PRIVATE:
		return (do_wait(td, uap->obj, (uint32_t)uap->val, sbt, 1));
	case UMTX_OP_WAKE:
	case UMTX_OP_WAKE_PRIVATE:
		return (kern_umtx_wake(td, uap->obj, uap->val));
	case UMTX_OP_MUTEX_TRYLOCK:
		return (do_lock_umutex(td, uap->obj, 0, _UMUTEX_TRY));
	case UMTX_OP_MUTEX_LOCK:
		return (do_lock_umutex(td, uap->obj, sbt, 0));
	case UMTX_OP_MUTEX_WAIT:
		return (do_lock_umutex(td, uap->obj, sbt, _UMUTEX_WAIT));
	case UMTX_OP_MUTEX_UNLOCK:
		return (do_unlock_umutex(td, uap->obj));
	case UMTX_OP_MUTEX_WAKE:
		return (do_wake_umutex(td, uap->obj));
	default:
		return (EINVAL);
	}
}
