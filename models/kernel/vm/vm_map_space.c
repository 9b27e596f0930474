/*
 * Maps: regions and whole address spaces.
 *
 * fork(2) copies an address space without copying memory: parent and child
 * share each object, the pages lose write permission, and both entries are
 * marked "needs copy".  The first write to either goes through
 * vm_map_lookup(), which puts a shadow object in front, and vm_fault() then
 * copies the one page.
 *
 * A vmspace is shared by the threads of a process, and for a while by a parent
 * and the child of vfork(2); vm_refcnt counts.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/sx.h>
#include <sys/vmmeter.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>
#include <vm/vm_map_int.h>
#include <vm/vm_object.h>
#include <vm/vm_param.h>
#include <vm/uma.h>

struct vmspace vmspace0;		/* Of kernel processes. */
static uma_zone_t vmspace_zone;

static void	vm_map_copy_entry(vm_map_t src_map, vm_map_t dst_map,
		    vm_map_entry_t src_entry, vm_map_entry_t dst_entry);
static void	vm_map_share_entry(vm_map_t src_map, vm_map_t dst_map,
		    vm_map_entry_t src_entry, vm_map_entry_t dst_entry);
static void	vmspace_switch_kernel(struct proc *p);
static void	vmspace_dofree(struct vmspace *vm);
static int	vmspace_zinit(void *mem, int size, int flags);

static int
vmspace_zinit(void *mem, int size, int flags)
{
	struct vmspace *vm;

	vm = mem;
	bzero(vm, sizeof(*vm));
	sx_init(&vm->vm_map.lock, "vm map (user)");
	mtx_init(&vm->vm_pmap.pm_mtx, "pmap", NULL, MTX_DEF | MTX_DUPOK);
	return (0);
}

void
vm_map_startup(void)
{

	vm_map_entry_startup();
	vmspace_zone = uma_zcreate("VMSPACE", sizeof(struct vmspace), NULL,
	    NULL, vmspace_zinit, NULL, UMA_ALIGN_CACHE, UMA_ZONE_NOFREE);
	(void)vmspace_zinit(&vmspace0, sizeof(vmspace0), 0);
	if (!pmap_pinit(vmspace_pmap(&vmspace0)))
		panic("vm_map_startup: no memory for a page table");
	vm_map_init(&vmspace0.vm_map, vmspace_pmap(&vmspace0), VM_MIN_ADDRESS,
	    VM_MAXUSER_ADDRESS);
	vmspace0.vm_refcnt = 1;
	proc0.p_vmspace = &vmspace0;
}

/*
 * What a page fault needs to know of an address: the object and index to look
 * at and what may be done there.  Returns with the map locked shared.
 */
int
vm_map_lookup(vm_map_t *var_map, vm_offset_t vaddr, vm_prot_t fault_type,
    vm_map_entry_t *out_entry, vm_object_t *object, vm_pindex_t *pindex,
    vm_prot_t *out_prot, boolean_t *wired)
{
	vm_map_entry_t entry;
	vm_map_t map;
	vm_prot_t prot;
	vm_size_t size;

	map = *var_map;
RetryLookup:
	vm_map_lock_read(map);
	if (!vm_map_lookup_entry(map, vaddr, out_entry)) {
		vm_map_unlock_read(map);
		return (KERN_INVALID_ADDRESS);
	}
	entry = *out_entry;
	prot = entry->protection;
	fault_type &= VM_PROT_ALL;
	if ((fault_type & prot) != fault_type || prot == VM_PROT_NONE) {
		vm_map_unlock_read(map);
		return (KERN_PROTECTION_FAILURE);
	}
	*wired = entry->wired_count != 0;
	if (*wired)
		fault_type = entry->protection;
	size = entry->end - entry->start;

	if ((entry->eflags & MAP_ENTRY_NEEDS_COPY) != 0) {
		if ((fault_type & VM_PROT_WRITE) != 0) {
			/* Now the shadow is needed. */
			if (vm_map_lock_upgrade(map))
				goto RetryLookup;
			vm_object_shadow(&entry->object, &entry->offset, size);
			entry->eflags &= ~MAP_ENTRY_NEEDS_COPY;
			vm_map_lock_downgrade(map);
		} else {
			/* Reading needs none, but then don't let it write. */
			prot &= ~VM_PROT_WRITE;
		}
	}
	if (entry->object == NULL) {
		if (vm_map_lock_upgrade(map))
			goto RetryLookup;
		entry->object = vm_object_allocate(OBJT_DEFAULT, atop(size));
		entry->offset = 0;
		vm_map_lock_downgrade(map);
	}
	*pindex = OFF_TO_IDX(vaddr - entry->start + entry->offset);
	*object = entry->object;
	*out_prot = prot;
	return (KERN_SUCCESS);
}

void
vm_map_lookup_done(vm_map_t map, vm_map_entry_t entry)
{

	vm_map_unlock_read(map);
}

/*
 * mprotect(2): all or nothing.
 */
int
vm_map_protect(vm_map_t map, vm_offset_t start, vm_offset_t end,
    vm_prot_t new_prot, boolean_t set_max)
{
	vm_map_entry_t current, entry;
	vm_prot_t old_prot, visible;

	if (start == end)
		return (KERN_SUCCESS);
	vm_map_lock(map);
	if (!vm_map_lookup_entry(map, start, &entry)) {
		vm_map_unlock(map);
		return (KERN_INVALID_ADDRESS);
	}
	for (current = entry; current != &map->header && current->start < end;
	    current = current->next) {
		if ((new_prot & current->max_protection) != new_prot) {
			vm_map_unlock(map);
			return (KERN_PROTECTION_FAILURE);
		}
		/* A hole in the range? */
		if (current->end < end && (current->next == &map->header ||
		    current->next->start != current->end)) {
			vm_map_unlock(map);
			return (KERN_INVALID_ADDRESS);
		}
	}
	vm_map_clip_start(map, entry, start);
	for (current = entry; current != &map->header && current->start < end;
	    current = current->next) {
		vm_map_clip_end(map, current, end);
		old_prot = current->protection;
		if (set_max)
			current->max_protection = new_prot;
		current->protection = set_max ? new_prot & old_prot : new_prot;
		/* Rights that are lost must go from the page tables; those
		   gained come with the next fault. */
		if ((old_prot & ~current->protection) != 0) {
			visible = current->protection;
			if ((current->eflags & MAP_ENTRY_COW) != 0)
				visible &= ~VM_PROT_WRITE;
			pmap_protect(map->pmap, current->start, current->end,
			    visible);
		}
		vm_map_simplify_entry(map, current);
	}
	vm_map_unlock(map);
	return (KERN_SUCCESS);
}

/* minherit(2): what a child will get. */
int
vm_map_inherit(vm_map_t map, vm_offset_t start, vm_offset_t end,
    vm_inherit_t new_inheritance)
{
	vm_map_entry_t entry;

	vm_map_lock(map);
	if (vm_map_lookup_entry(map, start, &entry))
		vm_map_clip_start(map, entry, start);
	else
		entry = entry->next;
	for (; entry != &map->header && entry->start < end;
	    entry = entry->next) {
		vm_map_clip_end(map, entry, end);
		entry->inheritance = new_inheritance;
		vm_map_simplify_entry(map, entry);
	}
	vm_map_unlock(map);
	return (KERN_SUCCESS);
}

/* Is all of a range mapped with these rights?  Map locked. */
boolean_t
vm_map_check_protection(vm_map_t map, vm_offset_t start, vm_offset_t end,
    vm_prot_t protection)
{
	vm_map_entry_t entry;

	if (!vm_map_lookup_entry(map, start, &entry))
		return (0);
	while (start < end) {
		if (entry == &map->header || start < entry->start ||
		    (entry->protection & protection) != protection)
			return (0);
		start = entry->end;
		entry = entry->next;
	}
	return (1);
}

/*
 * Address spaces: making one, copying one.
 */
struct vmspace *
vmspace_alloc(vm_offset_t min, vm_offset_t max)
{
	struct vmspace *vm;

	vm = uma_zalloc(vmspace_zone, M_WAITOK);
	if (!pmap_pinit(vmspace_pmap(vm))) {
		uma_zfree(vmspace_zone, vm);
		return (NULL);
	}
	vm_map_init(&vm->vm_map, vmspace_pmap(vm), min, max);
	vm->vm_refcnt = 1;
	vm->vm_tsize = vm->vm_dsize = vm->vm_ssize = 0;
	vm->vm_taddr = vm->vm_daddr = NULL;
	return (vm);
}

/* Both will see what is written: they use one object. */
static void
vm_map_share_entry(vm_map_t src_map, vm_map_t dst_map,
    vm_map_entry_t src_entry, vm_map_entry_t dst_entry)
{
	vm_size_t size;

	size = src_entry->end - src_entry->start;
	if (src_entry->object == NULL) {
		src_entry->object = vm_object_allocate(OBJT_DEFAULT, atop(size));
		src_entry->offset = 0;
	} else if ((src_entry->eflags & MAP_ENTRY_NEEDS_COPY) != 0) {
		vm_object_shadow(&src_entry->object, &src_entry->offset, size);
		src_entry->eflags &= ~MAP_ENTRY_NEEDS_COPY;
	}
	VM_OBJECT_WLOCK(src_entry->object);
	vm_object_reference_locked(src_entry->object);
	vm_object_clear_flag(src_entry->object, OBJ_ONEMAPPING);
	VM_OBJECT_WUNLOCK(src_entry->object);
	dst_entry->object = src_entry->object;
	dst_entry->offset = src_entry->offset;
	dst_entry->eflags = src_entry->eflags;
	pmap_copy(dst_map->pmap, src_map->pmap, dst_entry->start, size,
	    src_entry->start);
}

/* Each will see only its own writes: copy on write. */
static void
vm_map_copy_entry(vm_map_t src_map, vm_map_t dst_map,
    vm_map_entry_t src_entry, vm_map_entry_t dst_entry)
{
	vm_object_t object;

	/* If a copy is due already, nobody can write to it. */
	if ((src_entry->eflags & MAP_ENTRY_NEEDS_COPY) == 0 &&
	    (src_entry->protection & VM_PROT_WRITE) != 0)
		pmap_protect(src_map->pmap, src_entry->start, src_entry->end,
		    src_entry->protection & ~VM_PROT_WRITE);
	object = src_entry->object;
	if (object == NULL)
		return;
	VM_OBJECT_WLOCK(object);
	vm_object_collapse(object);
	vm_object_reference_locked(object);
	vm_object_clear_flag(object, OBJ_ONEMAPPING);
	VM_OBJECT_WUNLOCK(object);
	src_entry->eflags |= MAP_ENTRY_COW | MAP_ENTRY_NEEDS_COPY;
	dst_entry->eflags = src_entry->eflags;
	dst_entry->object = object;
	dst_entry->offset = src_entry->offset;
	pmap_copy(dst_map->pmap, src_map->pmap, dst_entry->start,
	    dst_entry->end - dst_entry->start, src_entry->start);
}

/*
 * A copy of an address space, for fork(2).
 */
struct vmspace *
vmspace_fork(struct vmspace *vm1)
{
	struct vmspace *vm2;
	vm_map_entry_t new_entry, old_entry;
	vm_map_t new_map, old_map;

	old_map = &vm1->vm_map;
	vm2 = vmspace_alloc(vm_map_min(old_map), vm_map_max(old_map));
	if (vm2 == NULL)
		return (NULL);
	vm2->vm_tsize = vm1->vm_tsize;
	vm2->vm_dsize = vm1->vm_dsize;
	vm2->vm_ssize = vm1->vm_ssize;
	vm2->vm_taddr = vm1->vm_taddr;
	vm2->vm_daddr = vm1->vm_daddr;
	new_map = &vm2->vm_map;
	vm_map_lock(old_map);
	/* Nobody else can know it: this cannot fail, and orders no locks. */
	if (!sx_try_xlock(&new_map->lock))
		panic("vmspace_fork: lock failed");
	for (old_entry = old_map->header.next; old_entry != &old_map->header;
	    old_entry = old_entry->next) {
		if (old_entry->inheritance == VM_INHERIT_NONE)
			continue;
		new_entry = vm_map_entry_create();
		*new_entry = *old_entry;
		new_entry->wired_count = 0;
		new_entry->object = NULL;
		new_entry->offset = 0;
		vm_map_entry_link(new_map, new_map->header.prev, new_entry);
		new_map->size += new_entry->end - new_entry->start;
		if (old_entry->inheritance == VM_INHERIT_SHARE)
			vm_map_share_entry(old_map, new_map, old_entry,
			    new_entry);
		else
			vm_map_copy_entry(old_map, new_map, old_entry,
			    new_entry);
	}
	vm_map_unlock(old_map);
	vm_map_unlock(new_map);
	VM_CNT_INC(v_forks);
	VM_CNT_ADD(v_forkpages, vm2->vm_dsize + vm2->vm_ssize);
	return (vm2);
}

/*
 * The end of an address space.
 */
static void
vmspace_dofree(struct vmspace *vm)
{

	(void)vm_map_remove(&vm->vm_map, vm_map_min(&vm->vm_map),
	    vm_map_max(&vm->vm_map));
	pmap_release(vmspace_pmap(vm));
	uma_zfree(vmspace_zone, vm);
}

void
vmspace_free(struct vmspace *vm)
{

	WITNESS_WARN(WARN_GIANTOK | WARN_SLEEPOK, NULL, "vmspace_free() called");
	KASSERT(vm->vm_refcnt > 0, ("vmspace_free: attempt to free already freed vmspace"));
	if (atomic_fetchadd_int(&vm->vm_refcnt, -1) == 1)
		vmspace_dofree(vm);
}

struct vmspace *
vmspace_acquire_ref(struct proc *p)
{
	struct vmspace *vm;

	PROC_LOCK(p);
	vm = p->p_vmspace;
	if (vm != NULL)
		atomic_add_int(&vm->vm_refcnt, 1);
	PROC_UNLOCK(p);
	return (vm);
}

/* From now on the process runs on the kernel's own, empty address space. */
static void
vmspace_switch_kernel(struct proc *p)
{

	PROC_LOCK(p);
	p->p_vmspace = &vmspace0;
	PROC_UNLOCK(p);
	atomic_add_int(&vmspace0.vm_refcnt, 1);
	pmap_activate(curthread);
}

/*
 * A process exits.  If it is the last user of its memory, all mappings can go
 * at once: pmap_remove_pages() walks the pv entries, which are fewer than the
 * addresses, while this is still the current address space.
 */
void
vmspace_exit(struct thread *td)
{
	struct proc *p;
	struct vmspace *vm;

	p = td->td_proc;
	vm = p->p_vmspace;
	if (vm == &vmspace0)
		return;
	if (atomic_load_int(&vm->vm_refcnt) == 1)
		pmap_remove_pages(vmspace_pmap(vm));
	vmspace_switch_kernel(p);
	vmspace_free(vm);
}

/* The process is reaped: not even the kernel's address space any more. */
void
vmspace_exitfree(struct proc *p)
{
	struct vmspace *vm;

	PROC_LOCK(p);
	vm = p->p_vmspace;
	p->p_vmspace = NULL;
	PROC_UNLOCK(p);
	vmspace_free(vm);
}

/*
 * A process gets a new, empty address space: execve(2) after vfork(2).
 */
int
vmspace_exec(struct proc *p, vm_offset_t minuser, vm_offset_t maxuser)
{
	struct vmspace *newvm, *oldvm;

	newvm = vmspace_alloc(minuser, maxuser);
	if (newvm == NULL)
		return (ENOMEM);
	oldvm = p->p_vmspace;
	PROC_LOCK(p);
	p->p_vmspace = newvm;
	PROC_UNLOCK(p);
	if (p == curthread->td_proc)
		pmap_activate(curthread);
	vmspace_free(oldvm);
	return (0);
}

/* A process that shared its memory gets a copy of its own. */
int
vmspace_unshare(struct proc *p)
{
	struct vmspace *newvm, *oldvm;

	oldvm = p->p_vmspace;
	if (atomic_load_int(&oldvm->vm_refcnt) == 1)
		return (0);
	newvm = vmspace_fork(oldvm);
	if (newvm == NULL)
		return (ENOMEM);
	PROC_LOCK(p);
	p->p_vmspace = newvm;
	PROC_UNLOCK(p);
	if (p == curthread->td_proc)
		pmap_activate(curthread);
	vmspace_free(oldvm);
	return (0);
}

long
vmspace_resident_count(struct vmspace *vm)
{

	return (pmap_resident_count(vmspace_pmap(vm)));
}
