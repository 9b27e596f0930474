/*
 * Page faults.
 *
 * A thread touched an address that its page tables don't allow.  The map says
 * which object should be there and what is permitted; the object, or one
 * behind it, has the page or not:
 *
 *	nowhere			take a page, zero it: demand-zero memory
 *	in the first object	map it
 *	in one behind, to read	map it without write permission
 *	in one behind, to write	copy it into the first object: copy on write
 *
 * While that happens the map is locked shared, each object on the way has
 * paging in progress, and the page in hand is busy; so the objects' locks can
 * be dropped in between.  When something must be waited for, everything is
 * let go and the fault starts again.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/rwlock.h>
#include <sys/vmmeter.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_pageout.h>
#include <vm/vm_param.h>

#define	PFBAK	4		/* Pages before and after that are mapped too */
#define	PFFOR	4		/* if they happen to be resident. */

/* Where a fault stands. */
struct faultstate {
	vm_page_t	 m;		/* The page in hand, busy ... */
	vm_object_t	 object;	/* ... of the object that is locked. */
	vm_pindex_t	 pindex;
	vm_page_t	 first_m;	/* The page to be filled, busy. */
	vm_object_t	 first_object;
	vm_pindex_t	 first_pindex;
	vm_map_t	 map;
	vm_map_entry_t	 entry;
	vm_prot_t	 prot;		/* What may be done with the page. */
	vm_prot_t	 fault_type;	/* What was tried. */
	boolean_t	 wired;
};

/* How a step of the search ended. */
enum fault_status {
	FAULT_SUCCESS,		/* The page is found, or made. */
	FAULT_RESTART,		/* All is unlocked: from the beginning. */
	FAULT_CONTINUE,		/* Go on with the object behind. */
	FAULT_FAILURE		/* All is unlocked: the access is wrong. */
};

static void	fault_page_free(vm_page_t m);
static void	fault_page_release(struct faultstate *fs);
static void	unlock_and_deallocate(struct faultstate *fs);
static enum fault_status vm_fault_allocate(struct faultstate *fs);
static void	vm_fault_busy_wait(struct faultstate *fs);
static enum fault_status vm_fault_cow(struct faultstate *fs);
static void	vm_fault_dirty(struct faultstate *fs);
static enum fault_status vm_fault_object(struct faultstate *fs);
static void	vm_fault_prefault(struct faultstate *fs, vm_offset_t addra);
static int	vm_fault_soft_fast(struct faultstate *fs, vm_offset_t vaddr,
		    vm_page_t *m_hold);
static void	vm_fault_zerofill(struct faultstate *fs);

/* The page in hand was only read from: let others have it. */
static void
fault_page_release(struct faultstate *fs)
{

	vm_page_xunbusy(fs->m);
	vm_page_lock(fs->m);
	vm_page_deactivate(fs->m);
	vm_page_unlock(fs->m);
	fs->m = NULL;
}

static void
fault_page_free(vm_page_t m)
{

	vm_page_lock(m);
	vm_page_free(m);
	vm_page_unlock(m);
}

/* Let everything go.  fs->object is locked. */
static void
unlock_and_deallocate(struct faultstate *fs)
{

	vm_object_pip_wakeup(fs->object);
	VM_OBJECT_WUNLOCK(fs->object);
	if (fs->object != fs->first_object) {
		VM_OBJECT_WLOCK(fs->first_object);
		fault_page_free(fs->first_m);
		vm_object_pip_wakeup(fs->first_object);
		VM_OBJECT_WUNLOCK(fs->first_object);
		fs->first_m = NULL;
	}
	vm_object_deallocate(fs->first_object);
	vm_map_lookup_done(fs->map, fs->entry);
}

/*
 * Somebody else works on the page that we need: wait until he has finished.
 */
static void
vm_fault_busy_wait(struct faultstate *fs)
{
	vm_page_t m;

	m = fs->m;
	vm_page_aflag_set(m, PGA_REFERENCED);
	if (fs->object != fs->first_object) {
		/* The order of object locks is front to back. */
		VM_OBJECT_WUNLOCK(fs->object);
		VM_OBJECT_WLOCK(fs->first_object);
		fault_page_free(fs->first_m);
		vm_object_pip_wakeup(fs->first_object);
		VM_OBJECT_WUNLOCK(fs->first_object);
		fs->first_m = NULL;
		VM_OBJECT_WLOCK(fs->object);
	}
	vm_map_lookup_done(fs->map, fs->entry);
	/* Paging in progress kept the object; the page may be another now. */
	if (m == vm_page_lookup(fs->object, fs->pindex) && vm_page_busied(m)) {
		vm_page_lock(m);
		vm_object_pip_wakeup(fs->object);
		VM_OBJECT_WUNLOCK(fs->object);
		vm_page_busy_sleep(m, "vmpfw");
	} else {
		vm_object_pip_wakeup(fs->object);
		VM_OBJECT_WUNLOCK(fs->object);
	}
	vm_object_deallocate(fs->first_object);
}

/* The page will be written to, or may be at any time. */
static void
vm_fault_dirty(struct faultstate *fs)
{

	if ((fs->fault_type & VM_PROT_WRITE) != 0)
		vm_page_dirty(fs->m);
}

/*
 * The usual case of a page that is there already and only not mapped: it needs
 * only a look at the object.  Returns KERN_SUCCESS or KERN_FAILURE: then do it
 * the long way.
 */
static int
vm_fault_soft_fast(struct faultstate *fs, vm_offset_t vaddr, vm_page_t *m_hold)
{
	vm_page_t m;

	VM_OBJECT_RLOCK(fs->first_object);
	m = vm_page_lookup(fs->first_object, fs->first_pindex);
	if (m == NULL || vm_page_busied(m) || m->valid != VM_PAGE_BITS_ALL ||
	    pmap_enter(fs->map->pmap, vaddr, m, fs->prot, fs->fault_type |
	    PMAP_ENTER_NOSLEEP | (fs->wired ? PMAP_ENTER_WIRED : 0), 0) !=
	    KERN_SUCCESS) {
		VM_OBJECT_RUNLOCK(fs->first_object);
		return (KERN_FAILURE);
	}
	if (m_hold != NULL) {
		vm_page_lock(m);
		vm_page_hold(m);
		vm_page_unlock(m);
		*m_hold = m;
	}
	fs->m = m;
	vm_fault_dirty(fs);
	VM_OBJECT_RUNLOCK(fs->first_object);
	if (!fs->wired)
		vm_fault_prefault(fs, vaddr);
	return (KERN_SUCCESS);
}

/*
 * No object has the page so far: give the first one a page to be filled.
 */
static enum fault_status
vm_fault_allocate(struct faultstate *fs)
{

	if (fs->pindex >= fs->object->size) {
		unlock_and_deallocate(fs);
		return (FAULT_FAILURE);
	}
	fs->m = NULL;
	if (!vm_page_count_severe())
		fs->m = vm_page_alloc(fs->object, fs->pindex,
		    VM_ALLOC_NORMAL | VM_ALLOC_ZERO);
	if (fs->m == NULL) {
		unlock_and_deallocate(fs);
		/* Its memory is what others wait for. */
		if (P_KILLED(curproc))
			return (FAULT_FAILURE);
		vm_waitpfault();
		return (FAULT_RESTART);
	}
	return (FAULT_CONTINUE);
}

/* No object along the chain has it: it is zero. */
static void
vm_fault_zerofill(struct faultstate *fs)
{

	if (fs->object != fs->first_object) {
		vm_object_pip_wakeup(fs->object);
		VM_OBJECT_WUNLOCK(fs->object);
		fs->object = fs->first_object;
		fs->pindex = fs->first_pindex;
		fs->m = fs->first_m;
		VM_OBJECT_WLOCK(fs->object);
	}
	fs->first_m = NULL;
	SDT_PROBE2(vminfo, , , zfod, 1, 0);
	if ((fs->m->flags & PG_ZERO) == 0)
		pmap_zero_page(fs->m);
	VM_CNT_INC(v_zfod);
	fs->m->valid = VM_PAGE_BITS_ALL;
}

/*
 * One step of the search: look for the page in fs->object, which is locked.
 */
static enum fault_status
vm_fault_object(struct faultstate *fs)
{
	enum fault_status res;
	vm_object_t next_object;

	fs->m = vm_page_lookup(fs->object, fs->pindex);
	if (fs->m != NULL) {
		if (vm_page_busied(fs->m)) {
			vm_fault_busy_wait(fs);
			return (FAULT_RESTART);
		}
		/* Off its queue, so that the page daemon leaves it alone. */
		vm_page_lock(fs->m);
		if (fs->m->queue != PQ_NONE)
			vm_page_dequeue(fs->m);
		vm_page_unlock(fs->m);
		vm_page_xbusy(fs->m);
		KASSERT(fs->m->valid == VM_PAGE_BITS_ALL,
		    ("vm_fault: page %p is not valid", fs->m));
		return (FAULT_SUCCESS);
	}
	if (fs->object == fs->first_object) {
		res = vm_fault_allocate(fs);
		if (res != FAULT_CONTINUE)
			return (res);
		fs->first_m = fs->m;
	}
	next_object = fs->object->backing_object;
	if (next_object == NULL) {
		vm_fault_zerofill(fs);
		return (FAULT_SUCCESS);
	}
	VM_OBJECT_WLOCK(next_object);
	vm_object_pip_add(next_object, 1);
	fs->pindex += OFF_TO_IDX(fs->object->backing_object_offset);
	if (fs->object != fs->first_object)
		vm_object_pip_wakeup(fs->object);
	VM_OBJECT_WUNLOCK(fs->object);
	fs->object = next_object;
	return (FAULT_CONTINUE);
}

/*
 * The page is in an object behind the first.  To read it is all right; to write,
 * the first object needs its own.
 */
static enum fault_status
vm_fault_cow(struct faultstate *fs)
{
	boolean_t locked;

	if ((fs->fault_type & VM_PROT_WRITE) == 0) {
		fs->prot &= ~VM_PROT_WRITE;
		return (FAULT_SUCCESS);
	}
	locked = 0;
	if (fs->object->shadow_count == 1 && fs->object->ref_count == 1 &&
	    fs->object == fs->first_object->backing_object)
		locked = VM_OBJECT_TRYWLOCK(fs->first_object);
	if (locked) {
		/* Nobody else can see it any more: move instead of copy. */
		fault_page_free(fs->first_m);
		if (vm_page_rename(fs->m, fs->first_object,
		    fs->first_pindex) != 0) {
			/* No memory for that.  The page stays behind. */
			vm_page_xunbusy(fs->m);
			vm_object_pip_wakeup(fs->object);
			VM_OBJECT_WUNLOCK(fs->object);
			fs->object = fs->first_object;
			unlock_and_deallocate(fs);
			vm_waitpfault();
			return (FAULT_RESTART);
		}
		vm_page_xbusy(fs->m);
		fs->first_m = fs->m;
		fs->m = NULL;
		VM_CNT_INC(v_cow_optim);
	} else {
		SDT_PROBE2(vminfo, , , cow_fault, 1, 0);
		pmap_copy_page(fs->m, fs->first_m);
		fs->first_m->valid = VM_PAGE_BITS_ALL;
		fault_page_release(fs);
	}
	vm_object_pip_wakeup(fs->object);
	VM_OBJECT_WUNLOCK(fs->object);
	fs->object = fs->first_object;
	fs->pindex = fs->first_pindex;
	fs->m = fs->first_m;
	if (!locked)
		VM_OBJECT_WLOCK(fs->object);
	VM_CNT_INC(v_cow_faults);
	return (FAULT_SUCCESS);
}

/*
 * Map neighbours that are resident: they will likely be touched next.  The
 * first that is not ends it.
 */
static void
vm_fault_prefault(struct faultstate *fs, vm_offset_t addra)
{
	vm_map_entry_t entry;
	vm_object_t backing_object, lobject;
	vm_offset_t addr, starta;
	vm_page_t m;
	vm_pindex_t pindex;
	pmap_t pmap;
	int i;

	pmap = fs->map->pmap;
	if (pmap != vmspace_pmap(curproc->p_vmspace))
		return;
	entry = fs->entry;
	starta = MAX(entry->start, addra - PFBAK * PAGE_SIZE);
	for (i = 0; i < 2 * MAX(PFBAK, PFFOR); i++) {
		/* -1, +1, -2, +2, ... */
		addr = (i & 1) == 0 ? addra - (i / 2 + 1) * PAGE_SIZE :
		    addra + (i / 2 + 1) * PAGE_SIZE;
		if (addr < starta || addr > addra + PFFOR * PAGE_SIZE ||
		    addr >= entry->end)
			continue;
		if (!pmap_is_prefaultable(pmap, addr))
			continue;
		pindex = OFF_TO_IDX(addr - entry->start + entry->offset);
		lobject = entry->object;
		VM_OBJECT_RLOCK(lobject);
		while ((m = vm_page_lookup(lobject, pindex)) == NULL &&
		    (backing_object = lobject->backing_object) != NULL) {
			pindex += OFF_TO_IDX(lobject->backing_object_offset);
			VM_OBJECT_RLOCK(backing_object);
			VM_OBJECT_RUNLOCK(lobject);
			lobject = backing_object;
		}
		if (m == NULL) {
			VM_OBJECT_RUNLOCK(lobject);
			break;
		}
		if (m->valid == VM_PAGE_BITS_ALL)
			pmap_enter_quick(pmap, addr, m, entry->protection);
		VM_OBJECT_RUNLOCK(lobject);
	}
}

/*
 * Handle a fault at vaddr; fault_type says what was tried.  On success the page
 * is mapped, and with m_hold it is held and returned.
 */
int
vm_fault_hold(vm_map_t map, vm_offset_t vaddr, vm_prot_t fault_type,
    int fault_flags, vm_page_t *m_hold)
{
	struct faultstate fs;
	enum fault_status res;
	int result;

	SDT_PROBE2(vminfo, , , as_fault, 1, PCPU_PTR(v_faults));
	PCPU_INC(v_faults);
RetryFault:
	fs.map = map;
	fs.fault_type = fault_type;
	result = vm_map_lookup(&fs.map, vaddr, fault_type, &fs.entry,
	    &fs.first_object, &fs.first_pindex, &fs.prot, &fs.wired);
	if (result != KERN_SUCCESS) {
		SDT_PROBE2(vminfo, , , prot_fault, 1, 0);
		return (result);
	}

	if ((fault_flags & VM_FAULT_WIRE) == 0 &&
	    vm_fault_soft_fast(&fs, vaddr, m_hold) == KERN_SUCCESS) {
		vm_map_lookup_done(fs.map, fs.entry);
		curthread->td_rux.rux_minflt++;
		return (KERN_SUCCESS);
	}

	/*
	 * Keep the first object: an own reference, and paging in progress,
	 * which keeps the chain behind it as it is.
	 */
	VM_OBJECT_WLOCK(fs.first_object);
	vm_object_reference_locked(fs.first_object);
	vm_object_pip_add(fs.first_object, 1);
	fs.first_m = NULL;
	fs.object = fs.first_object;
	fs.pindex = fs.first_pindex;
	do {
		res = vm_fault_object(&fs);
	} while (res == FAULT_CONTINUE);
	if (res == FAULT_SUCCESS && fs.object != fs.first_object)
		res = vm_fault_cow(&fs);
	if (res == FAULT_RESTART)
		goto RetryFault;
	if (res == FAULT_FAILURE)
		return (KERN_PROTECTION_FAILURE);

	/*
	 * The page is found, valid, and busy; fs.object is its object, locked.
	 * pmap_enter() may sleep, so not with the lock.
	 */
	vm_fault_dirty(&fs);
	VM_OBJECT_WUNLOCK(fs.object);
	(void)pmap_enter(fs.map->pmap, vaddr, fs.m, fs.prot, fault_type |
	    (fs.wired ? PMAP_ENTER_WIRED : 0), 0);
	if (!fs.wired && (fault_flags & VM_FAULT_WIRE) == 0)
		vm_fault_prefault(&fs, vaddr);
	VM_OBJECT_WLOCK(fs.object);
	vm_page_lock(fs.m);
	if ((fault_flags & VM_FAULT_WIRE) != 0)
		vm_page_wire(fs.m);
	else
		vm_page_activate(fs.m);
	if (m_hold != NULL) {
		vm_page_hold(fs.m);
		*m_hold = fs.m;
	}
	vm_page_unlock(fs.m);
	vm_page_xunbusy(fs.m);
	unlock_and_deallocate(&fs);
	curthread->td_rux.rux_minflt++;
	return (KERN_SUCCESS);
}

int
vm_fault(vm_map_t map, vm_offset_t vaddr, vm_prot_t fault_type, int fault_flags)
{

	return (vm_fault_hold(map, trunc_page(vaddr), fault_type, fault_flags,
	    NULL));
}
