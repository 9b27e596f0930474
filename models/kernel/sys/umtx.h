/*
 * _umtx_op(2): where user-level locks sleep.  The lock word lives in user memory
 * and is taken there with an atomic instruction; only a thread that must wait,
 * or one that knows of waiters, enters the kernel.  Shared with user land.
 */
#ifndef _SYS_UMTX_H_
#define	_SYS_UMTX_H_

#include <sys/types.h>

/* A lock word: owner's thread id, top bit: somebody waits. */
#define	UMUTEX_UNOWNED		0x0
#define	UMUTEX_CONTESTED	0x80000000U

struct umutex {
	volatile uint32_t m_owner;
	uint32_t	 m_flags;
};

#define	UMTX_OP_WAIT		2	/* Sleep while *(long *)obj == val. */
#define	UMTX_OP_WAKE		3	/* Wake at most val sleepers of obj. */
#define	UMTX_OP_MUTEX_TRYLOCK	4
#define	UMTX_OP_MUTEX_LOCK	5	/* Take a struct umutex, or sleep. */
#define	UMTX_OP_MUTEX_UNLOCK	6
#define	UMTX_OP_WAIT_UINT	11	/* As WAIT on an unsigned int. */
#define	UMTX_OP_WAIT_UINT_PRIVATE 15
#define	UMTX_OP_WAKE_PRIVATE	16
#define	UMTX_OP_MUTEX_WAIT	17	/* Sleep until it looks free. */
#define	UMTX_OP_MUTEX_WAKE	18

#ifndef _KERNEL
int	_umtx_op(void *, int, unsigned long, void *, void *);
#else
struct thread;
struct proc;
int	kern_umtx_wake(struct thread *, void *, int);
#endif

#endif /* !_SYS_UMTX_H_ */
