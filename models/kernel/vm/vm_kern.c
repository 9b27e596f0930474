/*
 * Kernel memory by the page.
 *
 * All physical memory is mapped at KVBASE, so kernel memory needs no address
 * space of its own: contiguous pages are contiguous addresses.  The price is
 * that large requests need contiguous pages; the buddy allocator has blocks
 * up to 16 MiB.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/vmmeter.h>
#include <vm/vm_extern.h>
#include <vm/vm_page.h>
#include <vm/vm_param.h>
#include <vm/vm_phys.h>

#define	KMEM_MAX	((vm_size_t)PAGE_SIZE << (VM_NFREEORDER - 1))

/*
 * Allocate whole pages; size is rounded up.  M_WAITOK sleeps for memory, and a
 * request larger than any block is then a mistake; M_NOWAIT returns NULL.
 */
void *
kmem_malloc(vm_size_t size, int flags)
{
	vm_page_t m;
	u_long i, npages;
	int req;

	npages = atop(round_page(size));
	if (npages > atop(KMEM_MAX)) {
		if ((flags & M_WAITOK) != 0)
			panic("kmem_malloc(%lu): larger than any block of memory",
			    size);
		return (NULL);
	}
	req = VM_ALLOC_NOOBJ | VM_ALLOC_WIRED;
	req |= (flags & M_USE_RESERVE) != 0 ? VM_ALLOC_INTERRUPT :
	    VM_ALLOC_SYSTEM;
	if ((flags & M_ZERO) != 0)
		req |= VM_ALLOC_ZERO;
	while ((m = vm_page_alloc_contig(req, npages)) == NULL) {
		if ((flags & M_WAITOK) == 0)
			return (NULL);
		vm_wait();
	}
	if ((flags & M_ZERO) != 0)
		for (i = 0; i < npages; i++)
			if ((m[i].flags & PG_ZERO) == 0)
				pmap_zero_page(&m[i]);
	return ((void *)VM_PAGE_TO_DMAP(m));
}

void
kmem_free(void *addr, vm_size_t size)
{

	KASSERT(((vm_offset_t)addr & PAGE_MASK) == 0,
	    ("kmem_free: %p is not page aligned", addr));
	vm_page_free_contig(PHYS_TO_VM_PAGE(DMAP_TO_PHYS(addr)),
	    atop(round_page(size)));
}
