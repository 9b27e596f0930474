/*
 * Reference counts: how many hold on to a thing.  Whoever lets go last (release
 * says so) frees it.
 */
#ifndef _SYS_REFCOUNT_H_
#define	_SYS_REFCOUNT_H_

#include <machine/atomic.h>

#define	refcount_init(count, value)	((void)(*(count) = (value)))
#define	refcount_load(count)		(*(volatile u_int *)(count))
#define	refcount_acquire(count)		atomic_add_int((count), 1)
/* True if that was the last reference. */
#define	refcount_release(count)						\
	(atomic_fetchadd_int((count), (u_int)-1) == 1)

#endif /* !_SYS_REFCOUNT_H_ */
