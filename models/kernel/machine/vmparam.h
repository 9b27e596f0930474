/*
 * The address space's shape, and limits of processes in it.
 *
 *	0x200000		user text; not memory, nothing is mapped there
 *	0x10000000		user data, bss, then the break (heap)
 *	... MMAPBASE		where mmap(2) starts to look
 *	USRSTACK - MAXSSIZ	the user memory stack
 *	USRSTACK		end of user memory
 *	KVBASE			the kernel: a direct map of physical memory
 */
#ifndef _MACHINE_VMPARAM_H_
#define	_MACHINE_VMPARAM_H_

#include <machine/param.h>

#define	VM_MINUSER_ADDRESS	0x1000UL	/* Page 0 is never mapped. */
#define	VM_MAXUSER_ADDRESS	USRSTACK
#define	VM_MIN_ADDRESS		VM_MINUSER_ADDRESS
#define	VM_MAX_ADDRESS		VM_MAXUSER_ADDRESS

#define	MAXDSIZ			(1UL << 34)	/* Data: initialised, bss, break. */
#define	DFLSSIZ			(8UL << 20)	/* Stack. */
#define	MAXSSIZ			(8UL << 20)
#define	VM_MMAPBASE		0x800000000UL	/* Far above any break. */

/* The buddy allocator: blocks of 4 KiB to 16 MiB. */
#define	VM_NFREEORDER		13

#define	PDRSHIFT		21		/* 2 MiB: span of a page table page. */

/* Hashed page locks, and hashed pv list locks. */
#define	PA_LOCK_COUNT		32
#define	NPV_LIST_LOCKS		32

#endif /* !_MACHINE_VMPARAM_H_ */
