/*
 * mmap(2) and its kin: a process changes its own address space.
 *
 * Only anonymous memory can be mapped: there is no pager for files.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/mman.h>
#include <sys/proc.h>
#include <sys/resource.h>
#include <sys/sysproto.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_param.h>

static int	vm_mmap_madvise(vm_map_t map, vm_offset_t start,
		    vm_offset_t end);

/* A virtual memory result as an errno value. */
int
vm_mmap_to_errno(int rv)
{

	switch (rv) {
	case KERN_SUCCESS:
		return (0);
	case KERN_INVALID_ADDRESS:
	case KERN_NO_SPACE:
		return (ENOMEM);
	case KERN_PROTECTION_FAILURE:
		return (EACCES);
	default:
		return (EINVAL);
	}
}

int
kern_mmap(struct thread *td, uintptr_t addr0, size_t len, int prot, int flags,
    int fd, off_t pos)
{
	struct vmspace *vms;
	vm_map_t map;
	vm_object_t object;
	vm_offset_t addr, end;
	vm_prot_t maxprot;
	int cow, rv;

	vms = td->td_proc->p_vmspace;
	map = &vms->vm_map;
	addr = addr0;
	if ((flags & MAP_STACK) != 0)
		flags |= MAP_ANON;
	if (len == 0 || (prot & ~_PROT_ALL) != 0 ||
	    (flags & ~(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_STACK |
	    MAP_ANON | MAP_GUARD | MAP_EXCL)) != 0 ||
	    (flags & (MAP_SHARED | MAP_PRIVATE)) == (MAP_SHARED | MAP_PRIVATE) ||
	    (flags & (MAP_EXCL | MAP_FIXED)) == MAP_EXCL)
		return (EINVAL);
	if ((flags & MAP_GUARD) != 0) {
		if (prot != PROT_NONE || fd != -1 || pos != 0)
			return (EINVAL);
		flags |= MAP_ANON;
	}
	if ((flags & MAP_ANON) == 0)
		return (ENODEV);
	if (fd != -1 || pos != 0)
		return (EINVAL);
	len = round_page(len);
	if (len == 0 || len > VM_MAXUSER_ADDRESS)
		return (ENOMEM);
	maxprot = (flags & MAP_GUARD) != 0 ? VM_PROT_NONE : VM_PROT_ALL;
	cow = 0;
	object = NULL;
	if ((flags & MAP_SHARED) != 0) {
		/* Children are to see the very same pages. */
		object = vm_object_allocate(OBJT_DEFAULT, atop(len));
		cow |= MAP_INHERIT_SHARE;
	}

	if ((flags & MAP_FIXED) != 0) {
		end = addr + len;
		if ((addr & PAGE_MASK) != 0 || end < addr ||
		    addr < vm_map_min(map) || end > vm_map_max(map))
			rv = KERN_INVALID_ARGUMENT;
		else if ((flags & MAP_EXCL) != 0)
			rv = vm_map_find(map, object, 0, &addr, len, 0,
			    VMFS_NO_SPACE, prot, maxprot, cow);
		else
			rv = vm_map_fixed(map, object, 0, addr, len, prot,
			    maxprot, cow);
	} else {
		/* Leave room for the break to grow. */
		addr = round_page(addr);
		if (addr < (vm_offset_t)vms->vm_daddr + MAXDSIZ)
			addr = VM_MMAPBASE;
		rv = vm_map_find(map, object, 0, &addr, len, 0, VMFS_ANY_SPACE,
		    prot, maxprot, cow);
		if (rv == KERN_NO_SPACE && addr0 != 0) {
			addr = VM_MMAPBASE;
			rv = vm_map_find(map, object, 0, &addr, len, 0,
			    VMFS_ANY_SPACE, prot, maxprot, cow);
		}
	}
	if (rv != KERN_SUCCESS && object != NULL)
		vm_object_deallocate(object);
	if (rv == KERN_NO_SPACE && (flags & MAP_EXCL) != 0)
		return (EINVAL);
	if (rv == KERN_SUCCESS)
		td->td_retval[0] = addr;
	return (vm_mmap_to_errno(rv));
}

int
sys_mmap(struct thread *td, struct mmap_args *uap)
{

	return (kern_mmap(td, (uintptr_t)uap->addr, uap->len, uap->prot,
	    uap->flags, uap->fd, uap->pos));
}

int
kern_munmap(struct thread *td, uintptr_t addr, size_t len)
{
	vm_map_t map;
	vm_offset_t end;

	map = &td->td_proc->p_vmspace->vm_map;
	if (len == 0 || (addr & PAGE_MASK) != 0)
		return (EINVAL);
	end = addr + round_page(len);
	if (end <= addr || addr < vm_map_min(map) || end > vm_map_max(map))
		return (EINVAL);
	return (vm_mmap_to_errno(vm_map_remove(map, addr, end)));
}

int
sys_munmap(struct thread *td, struct munmap_args *uap)
{

	return (kern_munmap(td, (uintptr_t)uap->addr, uap->len));
}

int
kern_mprotect(struct thread *td, uintptr_t addr0, size_t len, int prot)
{
	vm_offset_t addr, end;
	int rv;

	if ((prot & ~_PROT_ALL) != 0)
		return (EINVAL);
	addr = trunc_page(addr0);
	end = round_page(addr0 + len);
	if (end < addr)
		return (EINVAL);
	rv = vm_map_protect(&td->td_proc->p_vmspace->vm_map, addr, end, prot, 0);
	return (vm_mmap_to_errno(rv));
}

int
sys_mprotect(struct thread *td, struct mprotect_args *uap)
{

	return (kern_mprotect(td, (uintptr_t)uap->addr, uap->len, uap->prot));
}

/*
 * The process will not need a range soon: its pages are the first to look at
 * when memory is short.
 */
static int
vm_mmap_madvise(vm_map_t map, vm_offset_t start, vm_offset_t end)
{
	vm_map_entry_t entry;
	vm_object_t object;
	vm_page_t m;
	vm_pindex_t pend, pstart;

	vm_map_lock_read(map);
	if (!vm_map_lookup_entry(map, start, &entry))
		entry = entry->next;
	for (; entry != &map->header && entry->start < end;
	    entry = entry->next) {
		object = entry->object;
		if (object == NULL)
			continue;
		pstart = OFF_TO_IDX(entry->offset +
		    (start > entry->start ? start - entry->start : 0));
		pend = OFF_TO_IDX(entry->offset +
		    (MIN(end, entry->end) - entry->start));
		VM_OBJECT_WLOCK(object);
		for (m = vm_page_find_least(object, pstart);
		    m != NULL && m->pindex < pend; m = TAILQ_NEXT(m, listq)) {
			if (vm_page_busied(m))
				continue;
			vm_page_lock(m);
			vm_page_aflag_clear(m, PGA_REFERENCED);
			vm_page_deactivate(m);
			vm_page_unlock(m);
		}
		VM_OBJECT_WUNLOCK(object);
	}
	vm_map_unlock_read(map);
	return (0);
}

/*
 * Of all advice only that pages are not needed makes a difference here.
 */
int
kern_madvise(struct thread *td, uintptr_t addr0, size_t len, int behav)
{
	vm_map_t map;
	vm_offset_t end, start;

	map = &td->td_proc->p_vmspace->vm_map;
	start = trunc_page(addr0);
	end = round_page(addr0 + len);
	if (behav < MADV_NORMAL || behav > MADV_FREE || end < start ||
	    start < vm_map_min(map) || end > vm_map_max(map))
		return (EINVAL);
	if (behav == MADV_DONTNEED || behav == MADV_FREE)
		return (vm_mmap_madvise(map, start, end));
	return (0);
}

int
sys_madvise(struct thread *td, struct madvise_args *uap)
{

	return (kern_madvise(td, (uintptr_t)uap->addr, uap->len, uap->behav));
}

/*
 * The break: where the heap, which follows the data, ends.
 */
int
kern_break(struct thread *td, uintptr_t *addr)
{
	struct vmspace *vm;
	vm_map_t map;
	vm_offset_t base, new, old;
	int error, rv;

	vm = td->td_proc->p_vmspace;
	map = &vm->vm_map;
	error = 0;
	new = round_page(*addr);
	vm_map_lock(map);
	base = round_page((vm_offset_t)vm->vm_daddr);
	old = base + ptoa(vm->vm_dsize);
	if (new < base || new - base > MAXDSIZ)
		error = new < base ? EINVAL : ENOMEM;
	else if (new > old) {
		rv = vm_map_insert(map, NULL, 0, old, new, VM_PROT_RW,
		    VM_PROT_ALL, 0);
		if (rv == KERN_SUCCESS)
			vm->vm_dsize += atop(new - old);
		else
			error = ENOMEM;
	} else if (new < old) {
		(void)vm_map_delete(map, new, old);
		vm->vm_dsize -= atop(old - new);
	}
	vm_map_unlock(map);
	return (error);
}

int
sys_break(struct thread *td, struct break_args *uap)
{
	uintptr_t addr;

	addr = (uintptr_t)uap->nsize;
	return (kern_break(td, &addr));
}
