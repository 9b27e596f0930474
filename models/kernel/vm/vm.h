/*
 * Names that all of the virtual memory system speaks in.
 *
 * A reading order: vm_phys.c and vm_page.c (physical memory), uma_core.c and
 * kern_malloc.c (the kernel's own allocators), vm_object.c and vm_map.c (what
 * an address space is made of), vm_fault.c (how a page gets there), pmap.c
 * (what the hardware sees of it).
 */
#ifndef _VM_VM_H_
#define	_VM_VM_H_

#include <sys/types.h>

typedef u_char vm_inherit_t;		/* What a child gets of an entry. */
#define	VM_INHERIT_SHARE	0
#define	VM_INHERIT_COPY		1
#define	VM_INHERIT_NONE		2

/* vm_prot_t: bits of protection, and of the kind of a fault. */
#define	VM_PROT_NONE		0x00
#define	VM_PROT_READ		0x01
#define	VM_PROT_WRITE		0x02
#define	VM_PROT_EXECUTE		0x04
#define	VM_PROT_COPY		0x08	/* Copy on write, for debuggers. */
#define	VM_PROT_ALL		(VM_PROT_READ | VM_PROT_WRITE | VM_PROT_EXECUTE)
#define	VM_PROT_RW		(VM_PROT_READ | VM_PROT_WRITE)

struct vm_map;
struct vm_map_entry;
struct vm_object;
struct vm_page;
struct vmspace;
struct pmap;
struct proc;
struct thread;

typedef struct vm_map *vm_map_t;
typedef struct vm_map_entry *vm_map_entry_t;
typedef struct vm_object *vm_object_t;
typedef struct vm_page *vm_page_t;
typedef struct pmap *pmap_t;

/* What kind of thing an object's pages come from. */
typedef u_char objtype_t;
#define	OBJT_DEFAULT		0	/* Anonymous: zero until written. */
#define	OBJT_DEAD		1	/* Being torn down. */

#endif /* !_VM_VM_H_ */
