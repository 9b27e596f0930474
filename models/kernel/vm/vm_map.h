/*
 * Maps: the address space of a process, as a sorted set of entries.
 *
 * Each entry is a range with one protection, backed by a window of one object
 * (or of none yet: the first fault makes it).  Entries are kept in a list in
 * order of address and, for searching, in a splay tree.
 *
 * Locking key: (m) map lock; (a) atomics; (c) constant.
 */
#ifndef _VM_VM_MAP_H_
#define	_VM_VM_MAP_H_

#include <sys/param.h>
#include <sys/lock.h>
#include <sys/sx.h>
#include <vm/vm.h>
#include <vm/vm_param.h>
#include <vm/pmap.h>

typedef u_int vm_eflags_t;

struct vm_map_entry {
	struct vm_map_entry *prev;	/* (m) */
	struct vm_map_entry *next;	/* (m) */
	struct vm_map_entry *left;	/* (m) In the tree. */
	struct vm_map_entry *right;	/* (m) */
	vm_offset_t	 start;		/* (m) */
	vm_offset_t	 end;		/* (m) First byte after it. */
	vm_size_t	 adj_free;	/* (m) Free bytes after it. */
	vm_size_t	 max_free;	/* (m) Largest adj_free of its subtree. */
	vm_object_t	 object;	/* (m) */
	vm_ooffset_t	 offset;	/* (m) Of start, in the object. */
	vm_eflags_t	 eflags;	/* (m) MAP_ENTRY_ */
	vm_prot_t	 protection;	/* (m) */
	vm_prot_t	 max_protection; /* (m) */
	vm_inherit_t	 inheritance;	/* (m) */
	int		 wired_count;	/* (m) */
};

#define	MAP_ENTRY_NOSYNC	0x0001
#define	MAP_ENTRY_COW		0x0004	/* Copy on write. */
#define	MAP_ENTRY_NEEDS_COPY	0x0008	/* Its shadow is still to be made. */
#define	MAP_ENTRY_GROWS_DOWN	0x1000	/* A stack. */

struct vm_map {
	struct vm_map_entry header;	/* (m) List head: start, end are the map's. */
	struct sx	 lock;
	int		 nentries;	/* (m) */
	vm_size_t	 size;		/* (m) Bytes mapped. */
	u_int		 timestamp;	/* (m) Changes. */
	vm_map_entry_t	 root;		/* (m) Splay tree. */
	pmap_t		 pmap;		/* (c) */
	struct vm_map_entry *deferred;	/* (m) Freed after the lock is dropped. */
};
#define	vm_map_min(map)		((map)->header.start)
#define	vm_map_max(map)		((map)->header.end)
#define	vm_map_pmap(map)	((map)->pmap)

/* A process's whole memory, shared by its threads and across vfork(2). */
struct vmspace {
	struct vm_map	 vm_map;
	segsz_t		 vm_tsize;	/* Pages of text ... */
	segsz_t		 vm_dsize;	/* ... data and break ... */
	segsz_t		 vm_ssize;	/* ... and stack. */
	caddr_t		 vm_taddr;	/* User address of text ... */
	caddr_t		 vm_daddr;	/* ... and data. */
	int		 vm_refcnt;	/* (a) */
	struct pmap	 vm_pmap;
};
#define	vmspace_pmap(vm)	(&(vm)->vm_pmap)
extern struct vmspace vmspace0;

#define	vm_map_lock(map)	_vm_map_lock((map), __FILE__, __LINE__)
#define	vm_map_unlock(map)	_vm_map_unlock((map), __FILE__, __LINE__)
#define	vm_map_lock_read(map)	_vm_map_lock_read((map), __FILE__, __LINE__)
#define	vm_map_unlock_read(map)	_vm_map_unlock_read((map), __FILE__, __LINE__)
#define	vm_map_trylock_read(map) _vm_map_trylock_read((map), __FILE__, __LINE__)
#define	vm_map_lock_upgrade(map) _vm_map_lock_upgrade((map), __FILE__, __LINE__)
#define	vm_map_lock_downgrade(map) _vm_map_lock_downgrade((map), __FILE__, __LINE__)

void	 _vm_map_lock(vm_map_t map, const char *file, int line);
void	 _vm_map_unlock(vm_map_t map, const char *file, int line);
void	 _vm_map_lock_read(vm_map_t map, const char *file, int line);
void	 _vm_map_unlock_read(vm_map_t map, const char *file, int line);
int	 _vm_map_trylock_read(vm_map_t map, const char *file, int line);
int	 _vm_map_lock_upgrade(vm_map_t map, const char *file, int line);
void	 _vm_map_lock_downgrade(vm_map_t map, const char *file, int line);

/* The last argument of the functions that make entries. */
#define	MAP_INHERIT_SHARE	0x0001
#define	MAP_COPY_ON_WRITE	0x0002
#define	MAP_NOFAULT		0x0004
#define	MAP_STACK_GROWS_DOWN	0x1000

/* vm_map_find(): how hard to look for an address. */
#define	VMFS_NO_SPACE		0	/* Exactly there. */
#define	VMFS_ANY_SPACE		1

/* vm_fault() flags. */
#define	VM_FAULT_NORMAL		0
#define	VM_FAULT_WIRE		1
#define	VM_FAULT_DIRTY		2

void	 vm_map_startup(void);
void	 vm_map_init(vm_map_t map, pmap_t pmap, vm_offset_t min,
	    vm_offset_t max);
int	 vm_map_insert(vm_map_t map, vm_object_t object, vm_ooffset_t offset,
	    vm_offset_t start, vm_offset_t end, vm_prot_t prot, vm_prot_t max,
	    int cow);
int	 vm_map_find(vm_map_t map, vm_object_t object, vm_ooffset_t offset,
	    vm_offset_t *addr, vm_size_t length, vm_offset_t max_addr,
	    int find_space, vm_prot_t prot, vm_prot_t max, int cow);
int	 vm_map_fixed(vm_map_t map, vm_object_t object, vm_ooffset_t offset,
	    vm_offset_t start, vm_size_t length, vm_prot_t prot,
	    vm_prot_t max, int cow);
int	 vm_map_stack(vm_map_t map, vm_offset_t addrbos, vm_size_t max_ssize,
	    vm_prot_t prot, vm_prot_t max, int cow);
int	 vm_map_findspace(vm_map_t map, vm_offset_t start, vm_size_t length,
	    vm_offset_t *addr);
int	 vm_map_remove(vm_map_t map, vm_offset_t start, vm_offset_t end);
int	 vm_map_delete(vm_map_t map, vm_offset_t start, vm_offset_t end);
int	 vm_map_protect(vm_map_t map, vm_offset_t start, vm_offset_t end,
	    vm_prot_t new_prot, boolean_t set_max);
int	 vm_map_inherit(vm_map_t map, vm_offset_t start, vm_offset_t end,
	    vm_inherit_t new_inheritance);
boolean_t vm_map_check_protection(vm_map_t map, vm_offset_t start,
	    vm_offset_t end, vm_prot_t protection);
boolean_t vm_map_lookup_entry(vm_map_t map, vm_offset_t address,
	    vm_map_entry_t *entry);
int	 vm_map_lookup(vm_map_t *var_map, vm_offset_t vaddr, vm_prot_t fault,
	    vm_map_entry_t *out_entry, vm_object_t *object,
	    vm_pindex_t *pindex, vm_prot_t *out_prot, boolean_t *wired);
void	 vm_map_lookup_done(vm_map_t map, vm_map_entry_t entry);

/* vm_fault.c */
int	 vm_fault(vm_map_t map, vm_offset_t vaddr, vm_prot_t fault_type,
	    int fault_flags);
int	 vm_fault_hold(vm_map_t map, vm_offset_t vaddr, vm_prot_t fault_type,
	    int fault_flags, vm_page_t *m_hold);

/* vm_glue.c and vm_map.c: lives of address spaces. */
struct vmspace *vmspace_alloc(vm_offset_t min, vm_offset_t max);
struct vmspace *vmspace_fork(struct vmspace *vm1);
int	 vmspace_exec(struct proc *p, vm_offset_t minuser, vm_offset_t maxuser);
int	 vmspace_unshare(struct proc *p);
void	 vmspace_exit(struct thread *td);
void	 vmspace_exitfree(struct proc *p);
void	 vmspace_free(struct vmspace *vm);
struct vmspace *vmspace_acquire_ref(struct proc *p);
long	 vmspace_resident_count(struct vmspace *vm);

#endif /* !_VM_VM_MAP_H_ */
