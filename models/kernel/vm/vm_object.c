/*
 * Anonymous memory objects, and the shadow chains that fork(2) makes of them.
 *
 *	parent's entry -> shadow A -+
 *				    +-> original object (all pages from before)
 *	child's entry  -> shadow B -+
 *
 * A page is looked for first in the shadow and then in what is behind it.  Each
 * writer's own copies collect in its shadow.  When all other users of the
 * object behind have gone, its pages are moved into the shadow and the chain is
 * one shorter (collapse); when the shadow hides all of it, the link can be moved
 * past it (bypass).  Otherwise a shell that forks often would have ever longer
 * chains.
 *
 * Lock order: an object before the one that backs it.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/rwlock.h>
#include <sys/vmmeter.h>
#include <vm/vm_extern.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_param.h>
#include <vm/uma.h>

struct object_q vm_object_list;
struct mtx vm_object_list_mtx;

static uma_zone_t obj_zone;
static long	object_collapses, object_bypasses;	/* How often. */

static int	vm_object_all_shadowed(vm_object_t object);
static void	vm_object_bypass(vm_object_t object, vm_object_t backing);
static int	vm_object_collapse_pages(vm_object_t object,
		    vm_object_t backing);
static void	vm_object_collapse_into(vm_object_t object,
		    vm_object_t backing);
static void	vm_object_terminate(vm_object_t object);
static int	vm_object_zinit(void *mem, int size, int flags);

/*
 * Objects keep their lock and their place in the list of all objects while
 * they are free.
 */
static int
vm_object_zinit(void *mem, int size, int flags)
{
	vm_object_t object;

	object = mem;
	bzero(object, sizeof(*object));
	rw_init_flags(&object->lock, "vm object", RW_DUPOK | RW_NEW);
	object->type = OBJT_DEAD;
	object->flags = OBJ_DEAD;
	TAILQ_INIT(&object->memq);
	LIST_INIT(&object->shadow_head);
	mtx_lock(&vm_object_list_mtx);
	TAILQ_INSERT_TAIL(&vm_object_list, object, object_list);
	mtx_unlock(&vm_object_list_mtx);
	return (0);
}

void
vm_object_init(void)
{

	TAILQ_INIT(&vm_object_list);
	mtx_init(&vm_object_list_mtx, "vm object_list", NULL, MTX_DEF);
	obj_zone = uma_zcreate("VM OBJECT", sizeof(struct vm_object), NULL,
	    NULL, vm_object_zinit, NULL, UMA_ALIGN_PTR, UMA_ZONE_NOFREE);
}

vm_object_t
vm_object_allocate(objtype_t type, vm_pindex_t size)
{
	vm_object_t object;

	object = uma_zalloc(obj_zone, M_WAITOK);
	KASSERT(TAILQ_EMPTY(&object->memq) && object->resident_page_count == 0,
	    ("vm_object_allocate: object %p has pages", object));
	object->type = type;
	object->size = size;
	object->flags = OBJ_ONEMAPPING;
	object->generation = 1;
	object->ref_count = 1;
	object->shadow_count = 0;
	object->paging_in_progress = 0;
	object->backing_object = NULL;
	object->backing_object_offset = 0;
	return (object);
}

void
vm_object_clear_flag(vm_object_t object, u_short bits)
{

	VM_OBJECT_ASSERT_WLOCKED(object);
	object->flags &= ~bits;
}

/*
 * Paging in progress: who adds to it may unlock the object and still find it
 * there, with its backing object and pages, afterwards.
 */
void
vm_object_pip_add(vm_object_t object, int n)
{

	VM_OBJECT_ASSERT_WLOCKED(object);
	object->paging_in_progress += n;
}

void
vm_object_pip_wakeup(vm_object_t object)
{

	VM_OBJECT_ASSERT_WLOCKED(object);
	KASSERT(object->paging_in_progress > 0,
	    ("vm_object_pip_wakeup: object %p is not in use", object));
	object->paging_in_progress--;
	if ((object->flags & OBJ_PIPWNT) != 0 &&
	    object->paging_in_progress == 0) {
		vm_object_clear_flag(object, OBJ_PIPWNT);
		wakeup(object);
	}
}

void
vm_object_pip_wait(vm_object_t object, const char *waitid)
{

	VM_OBJECT_ASSERT_WLOCKED(object);
	while (object->paging_in_progress > 0) {
		object->flags |= OBJ_PIPWNT;
		(void)_sleep(object, &object->lock.lock_object, PVM, waitid,
		    0, 0, 0);
	}
}

/*
 * References.
 */
void
vm_object_reference(vm_object_t object)
{

	if (object == NULL)
		return;
	VM_OBJECT_WLOCK(object);
	vm_object_reference_locked(object);
	VM_OBJECT_WUNLOCK(object);
}

void
vm_object_reference_locked(vm_object_t object)
{

	VM_OBJECT_ASSERT_WLOCKED(object);
	object->ref_count++;
}

/*
 * Drop a reference.  With the last one the object goes, and so does its
 * reference to the object behind it, and so on along the chain.
 */
void
vm_object_deallocate(vm_object_t object)
{
	vm_object_t backing, robject;

	while (object != NULL) {
		VM_OBJECT_WLOCK(object);
		KASSERT(object->ref_count > 0,
		    ("vm_object_deallocate: object %p is freed too often",
		    object));
		object->ref_count--;
		if (object->ref_count > 1) {
			VM_OBJECT_WUNLOCK(object);
			return;
		}
		if (object->ref_count == 1) {
			if (object->shadow_count == 0) {
				object->flags |= OBJ_ONEMAPPING;
				VM_OBJECT_WUNLOCK(object);
				return;
			}
			if (object->shadow_count != 1) {
				VM_OBJECT_WUNLOCK(object);
				return;
			}
			/*
			 * Only one shadow is left: join the two.  The order of
			 * locks is the other way round, so only try; if it
			 * fails, the next write fault there does it.
			 */
			robject = LIST_FIRST(&object->shadow_head);
			if (!VM_OBJECT_TRYWLOCK(robject)) {
				VM_OBJECT_WUNLOCK(object);
				return;
			}
			VM_OBJECT_WUNLOCK(object);
			if ((robject->flags & OBJ_DEAD) != 0) {
				VM_OBJECT_WUNLOCK(robject);
				return;
			}
			vm_object_collapse(robject);
			VM_OBJECT_WUNLOCK(robject);
			return;
		}

		backing = object->backing_object;
		if (backing != NULL) {
			VM_OBJECT_WLOCK(backing);
			LIST_REMOVE(object, shadow_list);
			backing->shadow_count--;
			VM_OBJECT_WUNLOCK(backing);
			object->backing_object = NULL;
		}
		vm_object_terminate(object);
		object = backing;
	}
}

/*
 * The object has no users any more: free its pages and itself.  Called with
 * it locked; it is gone on return.
 */
static void
vm_object_terminate(vm_object_t object)
{
	vm_page_t p, p_next;

	VM_OBJECT_ASSERT_WLOCKED(object);
	object->flags |= OBJ_DEAD;
	vm_object_pip_wait(object, "objtrm");
	KASSERT(object->ref_count == 0,
	    ("vm_object_terminate: object %p has %d references", object,
	    object->ref_count));
	/*
	 * The list and the tree go as a whole, so each page need not be taken
	 * out of them.
	 */
	TAILQ_FOREACH_SAFE(p, &object->memq, listq, p_next) {
		KASSERT(!vm_page_busied(p),
		    ("vm_object_terminate: freeing busy page %p", p));
		vm_page_lock(p);
		p->object = NULL;
		if (p->wire_count == 0) {
			vm_page_free(p);
			VM_CNT_INC(v_dfree);
		}
		vm_page_unlock(p);
	}
	TAILQ_INIT(&object->memq);
	vm_radix_reclaim_allnodes(&object->rtree);
	object->resident_page_count = 0;
	object->type = OBJT_DEAD;
	VM_OBJECT_WUNLOCK(object);
	uma_zfree(obj_zone, object);
}

/*
 * Put a new object in front of *object, which it shadows from *offset on.
 * The caller's reference moves to the link between them.
 */
void
vm_object_shadow(vm_object_t *object, vm_ooffset_t *offset, vm_size_t length)
{
	vm_object_t result, source;

	source = *object;
	if (source != NULL) {
		/* Nobody else has it any more: no need. */
		VM_OBJECT_WLOCK(source);
		if (source->ref_count == 1) {
			VM_OBJECT_WUNLOCK(source);
			return;
		}
		VM_OBJECT_WUNLOCK(source);
	}
	result = vm_object_allocate(OBJT_DEFAULT, atop(length));
	result->backing_object = source;
	result->backing_object_offset = *offset;
	if (source != NULL) {
		VM_OBJECT_WLOCK(source);
		LIST_INSERT_HEAD(&source->shadow_head, result, shadow_list);
		source->shadow_count++;
		VM_OBJECT_WUNLOCK(source);
	}
	*offset = 0;
	*object = result;
}

/*
 * Does the object have a page of its own wherever the one behind it has one
 * that could be seen?  Both locked.
 */
static int
vm_object_all_shadowed(vm_object_t object)
{
	vm_object_t backing;
	vm_page_t p, pp;
	vm_pindex_t offset;

	backing = object->backing_object;
	/* What is further behind could shine through. */
	if (backing->backing_object != NULL)
		return (0);
	offset = OFF_TO_IDX(object->backing_object_offset);
	TAILQ_FOREACH(p, &backing->memq, listq) {
		if (p->pindex < offset || p->pindex - offset >= object->size)
			continue;
		pp = vm_page_lookup(object, p->pindex - offset);
		if (pp == NULL || pp->valid == 0)
			return (0);
	}
	return (1);
}

/*
 * Move pages of the object behind to this one, or free them where they cannot
 * be seen.  Returns 0 if some had to stay.  Both locked.
 */
static int
vm_object_collapse_pages(vm_object_t object, vm_object_t backing)
{
	vm_page_t next, p;
	vm_pindex_t offset;

	offset = OFF_TO_IDX(object->backing_object_offset);
	TAILQ_FOREACH_SAFE(p, &backing->memq, listq, next) {
		if (vm_page_busied(p))
			return (0);
		if (p->pindex < offset || p->pindex - offset >= object->size ||
		    vm_page_lookup(object, p->pindex - offset) != NULL) {
			vm_page_lock(p);
			if (pmap_page_is_mapped(p))
				pmap_remove_all(p);
			vm_page_free(p);
			vm_page_unlock(p);
		} else if (vm_page_rename(p, object, p->pindex - offset) != 0)
			return (0);
	}
	return (1);
}

/*
 * The object behind has only this user: it is empty now, so take it out of the
 * chain.  Both locked; backing is freed.
 */
static void
vm_object_collapse_into(vm_object_t object, vm_object_t backing)
{
	vm_object_t next;

	LIST_REMOVE(object, shadow_list);
	backing->shadow_count--;
	next = backing->backing_object;
	if (next != NULL) {
		/* Its link to what is behind becomes ours. */
		VM_OBJECT_WLOCK(next);
		LIST_REMOVE(backing, shadow_list);
		LIST_INSERT_HEAD(&next->shadow_head, object, shadow_list);
		VM_OBJECT_WUNLOCK(next);
		object->backing_object_offset += backing->backing_object_offset;
	}
	object->backing_object = next;
	backing->backing_object = NULL;
	backing->ref_count = 0;
	object_collapses++;
	vm_object_terminate(backing);
}

/*
 * Nothing of the object behind can be seen, but others use it: link past it.
 * Both locked; backing is unlocked on return.
 */
static void
vm_object_bypass(vm_object_t object, vm_object_t backing)
{
	vm_object_t next;

	LIST_REMOVE(object, shadow_list);
	backing->shadow_count--;
	next = backing->backing_object;
	if (next != NULL) {
		VM_OBJECT_WLOCK(next);
		LIST_INSERT_HEAD(&next->shadow_head, object, shadow_list);
		next->shadow_count++;
		vm_object_reference_locked(next);
		VM_OBJECT_WUNLOCK(next);
		object->backing_object_offset += backing->backing_object_offset;
	}
	object->backing_object = next;
	/* There were at least two references, so one is left. */
	backing->ref_count--;
	VM_OBJECT_WUNLOCK(backing);
	object_bypasses++;
}

/*
 * Shorten the chain behind an object as far as that is possible now.
 */
void
vm_object_collapse(vm_object_t object)
{
	vm_object_t backing;

	VM_OBJECT_ASSERT_WLOCKED(object);
	while ((backing = object->backing_object) != NULL) {
		VM_OBJECT_WLOCK(backing);
		if ((backing->flags & OBJ_DEAD) != 0 ||
		    object->paging_in_progress != 0 ||
		    backing->paging_in_progress != 0) {
			VM_OBJECT_WUNLOCK(backing);
			break;
		}
		if (backing->ref_count == 1) {
			if (!vm_object_collapse_pages(object, backing)) {
				VM_OBJECT_WUNLOCK(backing);
				break;
			}
			vm_object_collapse_into(object, backing);
		} else {
			if (object->resident_page_count != object->size &&
			    !vm_object_all_shadowed(object)) {
				VM_OBJECT_WUNLOCK(backing);
				break;
			}
			vm_object_bypass(object, backing);
		}
	}
}

/*
 * Free the pages of a range.  Object locked.
 */
void
vm_object_page_remove(vm_object_t object, vm_pindex_t start, vm_pindex_t end)
{
	vm_page_t next, p;

	VM_OBJECT_ASSERT_WLOCKED(object);
	vm_object_pip_add(object, 1);
again:
	for (p = vm_page_find_least(object, start);
	    p != NULL && p->pindex < end; p = next) {
		next = TAILQ_NEXT(p, listq);
		vm_page_lock(p);
		if (vm_page_busied(p)) {
			/* Everything may change while we wait. */
			VM_OBJECT_WUNLOCK(object);
			vm_page_busy_sleep(p, "vmopar");
			VM_OBJECT_WLOCK(object);
			goto again;
		}
		if (pmap_page_is_mapped(p))
			pmap_remove_all(p);
		if (p->wire_count == 0)
			vm_page_free(p);
		vm_page_unlock(p);
	}
	vm_object_pip_wakeup(object);
}

/*
 * Can an entry's object be extended by next_size bytes, so that a neighbouring
 * allocation (a larger break) needs no entry of its own?  Does so.
 */
boolean_t
vm_object_coalesce(vm_object_t prev_object, vm_ooffset_t prev_offset,
    vm_size_t prev_size, vm_size_t next_size)
{
	vm_pindex_t next_pindex;

	if (prev_object == NULL)
		return (1);
	VM_OBJECT_WLOCK(prev_object);
	vm_object_collapse(prev_object);
	next_pindex = OFF_TO_IDX(prev_offset + prev_size);
	/* Not if what is there may be somebody else's. */
	if (prev_object->backing_object != NULL ||
	    (prev_object->ref_count > 1 && prev_object->size != next_pindex)) {
		VM_OBJECT_WUNLOCK(prev_object);
		return (0);
	}
	next_size = OFF_TO_IDX(next_size);
	if (next_pindex < prev_object->size)
		vm_object_page_remove(prev_object, next_pindex,
		    next_pindex + next_size);
	if (next_pindex + next_size > prev_object->size)
		prev_object->size = next_pindex + next_size;
	VM_OBJECT_WUNLOCK(prev_object);
	return (1);
}
