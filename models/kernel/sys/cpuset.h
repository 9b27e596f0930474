/*
 * Sets of CPUs.
 */
#ifndef _SYS_CPUSET_H_
#define	_SYS_CPUSET_H_

#include <sys/types.h>

#define	CPU_SETSIZE		MAXCPU
#define	CPU_ZERO(p)		((void)((p)->__bits = 0))
#define	CPU_FILL(p)		((void)((p)->__bits = ~0UL))
#define	CPU_SET(n, p)		((void)((p)->__bits |= 1UL << (n)))
#define	CPU_CLR(n, p)		((void)((p)->__bits &= ~(1UL << (n))))
#define	CPU_ISSET(n, p)		(((p)->__bits & (1UL << (n))) != 0)
#define	CPU_EMPTY(p)		((p)->__bits == 0)
#define	CPU_SETOF(n, p)		((void)((p)->__bits = 1UL << (n)))
#define	CPU_COPY(f, t)		((void)((t)->__bits = (f)->__bits))
#define	CPU_OR(d, a, b)		((void)((d)->__bits = (a)->__bits | (b)->__bits))
#define	CPU_AND(d, a, b)	((void)((d)->__bits = (a)->__bits & (b)->__bits))
#define	CPU_CMP(a, b)		((a)->__bits != (b)->__bits)
#define	CPU_COUNT(p)		__builtin_popcountl((p)->__bits)
#define	CPU_FFS(p)		__builtin_ffsl((long)(p)->__bits)
#define	CPU_SET_ATOMIC(n, p)	atomic_set_long(&(p)->__bits, 1UL << (n))
#define	CPU_CLR_ATOMIC(n, p)	atomic_clear_long(&(p)->__bits, 1UL << (n))

#endif /* !_SYS_CPUSET_H_ */
