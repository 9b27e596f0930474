/*
 * Sizes that the machine fixes.
 */
#ifndef _MACHINE_PARAM_H_
#define	_MACHINE_PARAM_H_

#include <machine/abi.h>

#define	MACHINE			"amd64"
#define	CACHE_LINE_SIZE		64

#define	KSTACK_SIZE		(32 * 1024)	/* A kernel stack. */
#define	URSTACK_SIZE		(4 * 1024 * 1024) /* A user register stack. */

#define	round_page(x)		(((unsigned long)(x) + PAGE_MASK) & ~(unsigned long)PAGE_MASK)
#define	trunc_page(x)		((unsigned long)(x) & ~(unsigned long)PAGE_MASK)
#define	atop(x)			((unsigned long)(x) >> PAGE_SHIFT)
#define	ptoa(x)			((unsigned long)(x) << PAGE_SHIFT)
#define	btoc(x)			atop((x) + PAGE_MASK)

/* Physical memory is mapped at KVBASE; an offset is a physical address. */
#define	PHYS_TO_DMAP(pa)	((unsigned long)(pa) + KVBASE)
#define	DMAP_TO_PHYS(va)	((unsigned long)(va) - KVBASE)

#endif /* !_MACHINE_PARAM_H_ */
