/*
 * Objects: what memory can be filled from.  A map entry shows a window of one.
 *
 * Here all objects are anonymous.  After fork(2) parent and child share one
 * until either writes; the writer then gets a shadow, a new object that holds
 * its own pages and lets the others shine through from its backing object.
 *
 * Locking key: (o) object lock; (f) vm_object_list_mtx; (c) constant.
 */
#ifndef _VM_VM_OBJECT_H_
#define	_VM_VM_OBJECT_H_

#include <sys/param.h>
#include <sys/queue.h>
#include <sys/lock.h>
#include <sys/rwlock.h>
#include <vm/vm.h>
#include <vm/vm_page.h>
#include <vm/vm_radix.h>

struct vm_object {
	struct rwlock	 lock;
	TAILQ_ENTRY(vm_object) object_list;	/* (f) All objects. */
	LIST_HEAD(, vm_object) shadow_head;	/* (o) Objects that this one backs. */
	LIST_ENTRY(vm_object) shadow_list;	/* (o of backing) */
	struct pglist	 memq;			/* (o) Resident pages, by index. */
	struct vm_radix	 rtree;			/* (o) The same, by lookup. */
	vm_pindex_t	 size;			/* (o) Pages. */
	int		 generation;		/* (o) Changes of memq. */
	int		 ref_count;		/* (o) */
	int		 shadow_count;		/* (o) */
	objtype_t	 type;			/* (c) until dead */
	u_short		 flags;			/* (o) OBJ_ */
	u_int		 paging_in_progress;	/* (o) Users that forbid tear-down. */
	u_int		 resident_page_count;	/* (o) */
	struct vm_object *backing_object;	/* (o) */
	vm_ooffset_t	 backing_object_offset;	/* (o) */
};

#define	OBJ_DEAD		0x0008
#define	OBJ_PIPWNT		0x0040	/* Somebody waits for paging_in_progress. */
#define	OBJ_ONEMAPPING		0x2000	/* Each page is mapped by one entry. */

#define	VM_OBJECT_WLOCK(o)	rw_wlock(&(o)->lock)
#define	VM_OBJECT_TRYWLOCK(o)	rw_try_wlock(&(o)->lock)
#define	VM_OBJECT_WUNLOCK(o)	rw_wunlock(&(o)->lock)
#define	VM_OBJECT_RLOCK(o)	rw_rlock(&(o)->lock)
#define	VM_OBJECT_RUNLOCK(o)	rw_runlock(&(o)->lock)
#define	VM_OBJECT_ASSERT_WLOCKED(o) rw_assert(&(o)->lock, RA_WLOCKED)
#define	VM_OBJECT_ASSERT_LOCKED(o) rw_assert(&(o)->lock, RA_LOCKED)

TAILQ_HEAD(object_q, vm_object);
extern struct object_q vm_object_list;
extern struct mtx vm_object_list_mtx;

void	 vm_object_init(void);
vm_object_t vm_object_allocate(objtype_t type, vm_pindex_t size);
void	 vm_object_reference(vm_object_t object);
void	 vm_object_reference_locked(vm_object_t object);
void	 vm_object_deallocate(vm_object_t object);
void	 vm_object_shadow(vm_object_t *object, vm_ooffset_t *offset,
	    vm_size_t length);
void	 vm_object_collapse(vm_object_t object);
boolean_t vm_object_coalesce(vm_object_t prev_object,
	    vm_ooffset_t prev_offset, vm_size_t prev_size, vm_size_t next_size);
void	 vm_object_page_remove(vm_object_t object, vm_pindex_t start,
	    vm_pindex_t end);
void	 vm_object_pip_add(vm_object_t object, int n);
void	 vm_object_pip_wakeup(vm_object_t object);
void	 vm_object_pip_wait(vm_object_t object, const char *waitid);
void	 vm_object_clear_flag(vm_object_t object, u_short bits);

#endif /* !_VM_VM_OBJECT_H_ */
