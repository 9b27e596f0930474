/*
 * Results of virtual memory functions: Mach's codes, which vm_mmap.c turns
 * into errno values.
 */
#ifndef _VM_VM_PARAM_H_
#define	_VM_VM_PARAM_H_

#include <machine/vmparam.h>

#define	KERN_SUCCESS		0
#define	KERN_INVALID_ADDRESS	1
#define	KERN_PROTECTION_FAILURE	2
#define	KERN_NO_SPACE		3
#define	KERN_INVALID_ARGUMENT	4
#define	KERN_FAILURE		5
#define	KERN_RESOURCE_SHORTAGE	6
#define	KERN_OUT_OF_BOUNDS	7
#define	KERN_RESTART		8

#define	OFF_TO_IDX(off)		((vm_pindex_t)((off) >> PAGE_SHIFT))
#define	IDX_TO_OFF(idx)		((vm_ooffset_t)(idx) << PAGE_SHIFT)

#endif /* !_VM_VM_PARAM_H_ */
