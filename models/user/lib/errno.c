/*
 * errno, and who we are.  With one thread it is a plain variable; with more,
 * each thread's lies in its control block, found from the stack address.
 */
#include <errno.h>
#include "libc_private.h"

int		 __isthreaded;
struct pthread	 __main_thread;

/* The lowest and highest address of thread stacks; set by pthread_create(). */
uintptr_t	 __thr_stack_lo = ~0UL, __thr_stack_hi;

struct pthread *
__thr_self(void)
{
	struct pthread *pt;
	volatile char here;
	uintptr_t sp = (uintptr_t)&here;

	if (!__isthreaded || sp < __thr_stack_lo || sp >= __thr_stack_hi)
		return (&__main_thread);
	pt = (struct pthread *)(sp & ~(THR_STACK - 1));
	return (pt->pt_self == pt ? pt : &__main_thread);
}

int *
__error(void)
{
	return (__isthreaded ? &__thr_self()->pt_errno :
	    &__main_thread.pt_errno);
}
