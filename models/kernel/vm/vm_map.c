/*
 * Maps: finding, making and removing entries.
 *
 * A map's entries are in a doubly linked list, sorted by address, and in a
 * splay tree: a binary tree in which each search moves what it found to the
 * root, so that the next fault in the same region finds it at once.  Each node
 * knows the largest gap behind any entry of its subtree, which lets
 * vm_map_findspace() go straight to the first gap that is large enough.
 *
 * vm_map_space.c has what works on whole regions and address spaces.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/sx.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>
#include <vm/vm_map_int.h>
#include <vm/vm_object.h>
#include <vm/vm_param.h>
#include <vm/uma.h>

static uma_zone_t mapentzone;

static void	vm_map_entry_delete(vm_map_t map, vm_map_entry_t entry);
static void	vm_map_entry_set_max_free(vm_map_entry_t entry);
static vm_map_entry_t vm_map_entry_splay(vm_offset_t addr,
		    vm_map_entry_t root);
static void	vm_map_entry_unlink(vm_map_t map, vm_map_entry_t entry);
static void	vm_map_process_deferred(vm_map_entry_t entry);

void
vm_map_entry_startup(void)
{

	mapentzone = uma_zcreate("MAP ENTRY", sizeof(struct vm_map_entry),
	    NULL, NULL, NULL, NULL, UMA_ALIGN_PTR, 0);
}

/*
 * Make an empty map.  Its lock exists already.
 */
void
vm_map_init(vm_map_t map, pmap_t pmap, vm_offset_t min, vm_offset_t max)
{

	map->header.next = map->header.prev = &map->header;
	map->header.start = min;
	map->header.end = max;
	map->nentries = 0;
	map->size = 0;
	map->timestamp = 0;
	map->root = NULL;
	map->pmap = pmap;
	map->deferred = NULL;
}

/*
 * The map lock.  Objects of entries that were removed are released after the
 * lock: that may free thousands of pages.
 */
static void
vm_map_process_deferred(vm_map_entry_t entry)
{
	vm_map_entry_t next;

	for (; entry != NULL; entry = next) {
		next = entry->next;
		vm_object_deallocate(entry->object);
		uma_zfree(mapentzone, entry);
	}
}

void
_vm_map_lock(vm_map_t map, const char *file, int line)
{

	(void)_sx_xlock(&map->lock, 0, file, line);
	map->timestamp++;
}

void
_vm_map_unlock(vm_map_t map, const char *file, int line)
{
	vm_map_entry_t deferred;

	deferred = map->deferred;
	map->deferred = NULL;
	_sx_xunlock(&map->lock, file, line);
	vm_map_process_deferred(deferred);
}

void
_vm_map_lock_read(vm_map_t map, const char *file, int line)
{

	(void)_sx_slock(&map->lock, 0, file, line);
}

void
_vm_map_unlock_read(vm_map_t map, const char *file, int line)
{

	_sx_sunlock(&map->lock, file, line);
}

int
_vm_map_trylock_read(vm_map_t map, const char *file, int line)
{

	return (sx_try_slock_(&map->lock, file, line));
}

/*
 * From shared to exclusive.  Returns 1 if that was not possible at once: then
 * the map is unlocked, and it may have changed.
 */
int
_vm_map_lock_upgrade(vm_map_t map, const char *file, int line)
{
	u_int last_timestamp;

	if (!sx_try_upgrade_(&map->lock, file, line)) {
		last_timestamp = map->timestamp;
		_sx_sunlock(&map->lock, file, line);
		(void)_sx_xlock(&map->lock, 0, file, line);
		if (last_timestamp != map->timestamp) {
			_sx_xunlock(&map->lock, file, line);
			return (1);
		}
	}
	map->timestamp++;
	return (0);
}

void
_vm_map_lock_downgrade(vm_map_t map, const char *file, int line)
{

	sx_downgrade_(&map->lock, file, line);
}

/*
 * The tree.
 */
static void
vm_map_entry_set_max_free(vm_map_entry_t entry)
{

	entry->max_free = entry->adj_free;
	if (entry->left != NULL && entry->left->max_free > entry->max_free)
		entry->max_free = entry->left->max_free;
	if (entry->right != NULL && entry->right->max_free > entry->max_free)
		entry->max_free = entry->right->max_free;
}

/*
 * Sleator and Tarjan's top-down splay: walk from the root towards addr, and put
 * what is left behind on two lists, of nodes below addr (linked by right) and
 * above it (linked by left).  In the end the lists become the subtrees of the
 * last node met: it contains addr, or is next to it.
 */
static vm_map_entry_t
vm_map_entry_splay(vm_offset_t addr, vm_map_entry_t root)
{
	vm_map_entry_t llist, ltree, rlist, rtree, y;

	if (root == NULL)
		return (NULL);
	llist = rlist = NULL;
	for (;;) {
		if (addr < root->start) {
			y = root->left;
			if (y == NULL)
				break;
			if (addr < y->start && y->left != NULL) {
				/* Twice in one direction: rotate right. */
				root->left = y->right;
				y->right = root;
				vm_map_entry_set_max_free(root);
				root = y->left;
				y->left = rlist;
				rlist = y;
			} else {
				root->left = rlist;
				rlist = root;
				root = y;
			}
		} else if (addr >= root->end) {
			y = root->right;
			if (y == NULL)
				break;
			if (addr >= y->end && y->right != NULL) {
				root->right = y->left;
				y->left = root;
				vm_map_entry_set_max_free(root);
				root = y->right;
				y->right = llist;
				llist = y;
			} else {
				root->right = llist;
				llist = root;
				root = y;
			}
		} else
			break;
	}
	/* Put the lists back together, innermost first. */
	for (ltree = root->left; llist != NULL; llist = y) {
		y = llist->right;
		llist->right = ltree;
		vm_map_entry_set_max_free(llist);
		ltree = llist;
	}
	for (rtree = root->right; rlist != NULL; rlist = y) {
		y = rlist->left;
		rlist->left = rtree;
		vm_map_entry_set_max_free(rlist);
		rtree = rlist;
	}
	root->left = ltree;
	root->right = rtree;
	vm_map_entry_set_max_free(root);
	return (root);
}

vm_map_entry_t
vm_map_entry_create(void)
{

	return (uma_zalloc(mapentzone, M_WAITOK | M_ZERO));
}

/*
 * Insert an entry after another, which may be the header.
 */
void
vm_map_entry_link(vm_map_t map, vm_map_entry_t after, vm_map_entry_t entry)
{

	sx_assert(&map->lock, SA_XLOCKED);
	KASSERT(after == &map->header || after->end <= entry->start,
	    ("vm_map_entry_link: prev end %lx new start %lx overlap",
	    after->end, entry->start));
	map->nentries++;
	entry->prev = after;
	entry->next = after->next;
	entry->next->prev = entry;
	after->next = entry;

	if (after != &map->header) {
		/* Its root is right before us: take its right half. */
		after = vm_map_entry_splay(after->start, map->root);
		entry->right = after->right;
		entry->left = after;
		after->right = NULL;
		after->adj_free = entry->start - after->end;
		vm_map_entry_set_max_free(after);
	} else {
		entry->right = map->root;
		entry->left = NULL;
	}
	entry->adj_free = (entry->next == &map->header ? vm_map_max(map) :
	    entry->next->start) - entry->end;
	vm_map_entry_set_max_free(entry);
	map->root = entry;
}

static void
vm_map_entry_unlink(vm_map_t map, vm_map_entry_t entry)
{
	vm_map_entry_t root;

	sx_assert(&map->lock, SA_XLOCKED);
	(void)vm_map_entry_splay(entry->start, map->root);
	if (entry->left == NULL)
		root = entry->right;
	else {
		/* The last of the left half becomes the root. */
		root = vm_map_entry_splay(entry->start, entry->left);
		root->right = entry->right;
		root->adj_free = (entry->next == &map->header ?
		    vm_map_max(map) : entry->next->start) - root->end;
		vm_map_entry_set_max_free(root);
	}
	map->root = root;
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	map->nentries--;
}

/*
 * An entry's end has changed: recompute the gap after it.
 */
void
vm_map_entry_resize_free(vm_map_t map, vm_map_entry_t entry)
{

	map->root = vm_map_entry_splay(entry->start, map->root);
	KASSERT(map->root == entry,
	    ("vm_map_entry_resize_free: resize_free object not mapped"));
	entry->adj_free = (entry->next == &map->header ? vm_map_max(map) :
	    entry->next->start) - entry->end;
	vm_map_entry_set_max_free(entry);
}

/*
 * Find the entry that contains an address, or the one before it (the header if
 * none).  Splaying changes the tree, so with the map locked shared it is done
 * only if an upgrade is possible at once; otherwise search without changes.
 */
boolean_t
vm_map_lookup_entry(vm_map_t map, vm_offset_t address, vm_map_entry_t *entry)
{
	vm_map_entry_t cur;
	boolean_t locked;

	cur = map->root;
	if (cur == NULL) {
		*entry = &map->header;
		return (0);
	}
	if (address >= cur->start && address < cur->end) {
		*entry = cur;
		return (1);
	}
	locked = sx_xlocked(&map->lock);
	if (locked || sx_try_upgrade(&map->lock)) {
		map->root = cur = vm_map_entry_splay(address, cur);
		if (!locked)
			sx_downgrade(&map->lock);
		if (address >= cur->start) {
			*entry = cur;
			return (address < cur->end);
		}
		*entry = cur->prev;
		return (0);
	}
	for (;;) {
		if (address < cur->start) {
			if (cur->left == NULL) {
				*entry = cur->prev;
				return (0);
			}
			cur = cur->left;
		} else if (address < cur->end) {
			*entry = cur;
			return (1);
		} else {
			if (cur->right == NULL) {
				*entry = cur;
				return (0);
			}
			cur = cur->right;
		}
	}
}

/*
 * Inserting.
 */

/*
 * Map [start, end), backed by object from offset on; the caller's reference to
 * it moves to the map.  Without an object, memory is anonymous, and the entry
 * before is extended if it can be.
 */
int
vm_map_insert(vm_map_t map, vm_object_t object, vm_ooffset_t offset,
    vm_offset_t start, vm_offset_t end, vm_prot_t prot, vm_prot_t max, int cow)
{
	vm_map_entry_t new_entry, prev_entry;
	vm_eflags_t eflags;
	vm_inherit_t inheritance;

	sx_assert(&map->lock, SA_XLOCKED);
	if (start < vm_map_min(map) || end > vm_map_max(map) || start >= end)
		return (KERN_INVALID_ADDRESS);
	if (vm_map_lookup_entry(map, start, &prev_entry))
		return (KERN_NO_SPACE);
	if (prev_entry->next != &map->header && prev_entry->next->start < end)
		return (KERN_NO_SPACE);

	eflags = 0;
	if ((cow & MAP_COPY_ON_WRITE) != 0)
		eflags |= MAP_ENTRY_COW | MAP_ENTRY_NEEDS_COPY;
	if ((cow & MAP_STACK_GROWS_DOWN) != 0)
		eflags |= MAP_ENTRY_GROWS_DOWN;
	inheritance = (cow & MAP_INHERIT_SHARE) != 0 ? VM_INHERIT_SHARE :
	    VM_INHERIT_COPY;

	if (object == NULL && prev_entry != &map->header &&
	    prev_entry->eflags == eflags && prev_entry->end == start &&
	    prev_entry->wired_count == 0 &&
	    prev_entry->protection == prot &&
	    prev_entry->max_protection == max &&
	    prev_entry->inheritance == inheritance &&
	    vm_object_coalesce(prev_entry->object, prev_entry->offset,
	    prev_entry->end - prev_entry->start, end - prev_entry->end)) {
		map->size += end - prev_entry->end;
		prev_entry->end = end;
		vm_map_entry_resize_free(map, prev_entry);
		return (KERN_SUCCESS);
	}

	new_entry = vm_map_entry_create();
	new_entry->start = start;
	new_entry->end = end;
	new_entry->eflags = eflags;
	new_entry->object = object;
	new_entry->offset = object == NULL ? 0 : offset;
	new_entry->inheritance = inheritance;
	new_entry->protection = prot;
	new_entry->max_protection = max;
	vm_map_entry_link(map, prev_entry, new_entry);
	map->size += end - start;
	return (KERN_SUCCESS);
}

/*
 * The first gap of at least length bytes at or after start.  Returns 1 if there
 * is none.
 */
int
vm_map_findspace(vm_map_t map, vm_offset_t start, vm_size_t length,
    vm_offset_t *addr)
{
	vm_map_entry_t entry;
	vm_offset_t st;

	start = MAX(start, vm_map_min(map));
	if (start + length > vm_map_max(map) || start + length < start)
		return (1);
	if (map->root == NULL) {
		*addr = start;
		return (0);
	}
	/* After this the root is the last entry that starts before, or the
	   first after. */
	map->root = vm_map_entry_splay(start, map->root);
	if (start + length <= map->root->start) {
		*addr = start;
		return (0);
	}
	/* In the gap right after the root? */
	st = MAX(start, map->root->end);
	if (length <= map->root->end + map->root->adj_free - st) {
		*addr = st;
		return (0);
	}
	entry = map->root->right;
	if (entry == NULL || length > entry->max_free)
		return (1);
	while (entry != NULL) {
		if (entry->left != NULL && entry->left->max_free >= length)
			entry = entry->left;
		else if (entry->adj_free >= length) {
			*addr = entry->end;
			return (0);
		} else
			entry = entry->right;
	}
	panic("vm_map_findspace: max_free corrupt");
}

/* Replace whatever is mapped there. */
int
vm_map_fixed(vm_map_t map, vm_object_t object, vm_ooffset_t offset,
    vm_offset_t start, vm_size_t length, vm_prot_t prot, vm_prot_t max, int cow)
{
	vm_offset_t end;
	int result;

	end = start + length;
	if (end < start)
		return (KERN_INVALID_ADDRESS);
	vm_map_lock(map);
	(void)vm_map_delete(map, MAX(start, vm_map_min(map)),
	    MIN(end, vm_map_max(map)));
	result = vm_map_insert(map, object, offset, start, end, prot, max, cow);
	vm_map_unlock(map);
	return (result);
}

/* Map somewhere free, from *addr on; *addr tells where. */
int
vm_map_find(vm_map_t map, vm_object_t object, vm_ooffset_t offset,
    vm_offset_t *addr, vm_size_t length, vm_offset_t max_addr, int find_space,
    vm_prot_t prot, vm_prot_t max, int cow)
{
	int result;

	vm_map_lock(map);
	if (find_space != VMFS_NO_SPACE &&
	    (vm_map_findspace(map, *addr, length, addr) != 0 ||
	    (max_addr != 0 && *addr + length > max_addr)))
		result = KERN_NO_SPACE;
	else
		result = vm_map_insert(map, object, offset, *addr,
		    *addr + length, prot, max, cow);
	vm_map_unlock(map);
	return (result);
}

/*
 * A user stack: all of it is mapped at once, and what is never touched costs
 * nothing.
 */
int
vm_map_stack(vm_map_t map, vm_offset_t addrbos, vm_size_t max_ssize,
    vm_prot_t prot, vm_prot_t max, int cow)
{
	int result;

	vm_map_lock(map);
	result = vm_map_insert(map, NULL, 0, addrbos, addrbos + max_ssize, prot,
	    max, cow);
	vm_map_unlock(map);
	return (result);
}

/*
 * Splitting and joining.
 */

/* Make entry begin at start: what lies before becomes an entry of its own. */
void
vm_map_clip_start(vm_map_t map, vm_map_entry_t entry, vm_offset_t start)
{
	vm_map_entry_t new_entry;

	if (start <= entry->start)
		return;
	/* Two entries will share the object, so there has to be one. */
	if (entry->object == NULL) {
		entry->object = vm_object_allocate(OBJT_DEFAULT,
		    atop(entry->end - entry->start));
		entry->offset = 0;
	}
	new_entry = vm_map_entry_create();
	*new_entry = *entry;
	new_entry->end = start;
	entry->offset += start - entry->start;
	vm_object_reference(entry->object);
	/* The tree is keyed by start: it stays sorted. */
	entry->start = start;
	vm_map_entry_link(map, entry->prev, new_entry);
}

/* Make entry stop at end. */
void
vm_map_clip_end(vm_map_t map, vm_map_entry_t entry, vm_offset_t end)
{
	vm_map_entry_t new_entry;

	if (end >= entry->end)
		return;
	if (entry->object == NULL) {
		entry->object = vm_object_allocate(OBJT_DEFAULT,
		    atop(entry->end - entry->start));
		entry->offset = 0;
	}
	new_entry = vm_map_entry_create();
	*new_entry = *entry;
	new_entry->start = entry->end = end;
	new_entry->offset += end - entry->start;
	vm_object_reference(entry->object);
	vm_map_entry_link(map, entry, new_entry);
}

/*
 * Join an entry with the one before it if they are the same but for the
 * address.
 */
void
vm_map_simplify_entry(vm_map_t map, vm_map_entry_t entry)
{
	vm_map_entry_t prev;

	prev = entry->prev;
	if (prev == &map->header || prev->end != entry->start ||
	    prev->object != entry->object ||
	    (prev->object != NULL && prev->offset + (prev->end - prev->start) !=
	    entry->offset) ||
	    prev->eflags != entry->eflags ||
	    prev->protection != entry->protection ||
	    prev->max_protection != entry->max_protection ||
	    prev->inheritance != entry->inheritance ||
	    prev->wired_count != entry->wired_count)
		return;
	vm_map_entry_unlink(map, prev);
	entry->start = prev->start;
	entry->offset = prev->offset;
	if (entry->prev != &map->header)
		vm_map_entry_resize_free(map, entry->prev);
	/* Its reference to the object is released with the lock. */
	prev->next = map->deferred;
	map->deferred = prev;
}

/*
 * Removing.
 */
static void
vm_map_entry_delete(vm_map_t map, vm_map_entry_t entry)
{
	vm_object_t object;
	vm_pindex_t start, end;
	vm_size_t size;

	vm_map_entry_unlink(map, entry);
	object = entry->object;
	size = entry->end - entry->start;
	map->size -= size;
	if (object != NULL) {
		/*
		 * Others hold the object, but not these pages: other entries
		 * of this map, most likely.
		 */
		VM_OBJECT_WLOCK(object);
		if (object->ref_count != 1 &&
		    (object->flags & OBJ_ONEMAPPING) != 0) {
			vm_object_collapse(object);
			start = OFF_TO_IDX(entry->offset);
			end = start + atop(size);
			vm_object_page_remove(object, start, end);
			if (end >= object->size && start < object->size)
				object->size = start;
		}
		VM_OBJECT_WUNLOCK(object);
	}
	entry->next = map->deferred;
	map->deferred = entry;
}

/* Unmap [start, end).  Map locked. */
int
vm_map_delete(vm_map_t map, vm_offset_t start, vm_offset_t end)
{
	vm_map_entry_t entry, next;

	sx_assert(&map->lock, SA_XLOCKED);
	if (start >= end)
		return (KERN_SUCCESS);
	if (vm_map_lookup_entry(map, start, &entry))
		vm_map_clip_start(map, entry, start);
	else
		entry = entry->next;
	while (entry != &map->header && entry->start < end) {
		vm_map_clip_end(map, entry, end);
		next = entry->next;
		/*
		 * Mappings first: a page must not be reused while this process
		 * can still see it.
		 */
		pmap_remove(map->pmap, entry->start, entry->end);
		vm_map_entry_delete(map, entry);
		entry = next;
	}
	return (KERN_SUCCESS);
}

int
vm_map_remove(vm_map_t map, vm_offset_t start, vm_offset_t end)
{
	int result;

	vm_map_lock(map);
	result = vm_map_delete(map, MAX(start, vm_map_min(map)),
	    MIN(end, vm_map_max(map)));
	vm_map_unlock(map);
	return (result);
}
