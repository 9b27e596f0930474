/* Blocks of physical memory: the buddy allocator of vm_phys.c. */
#ifndef _VM_VM_PHYS_H_
#define	_VM_VM_PHYS_H_

#include <vm/vm_page.h>

/* A list of free blocks of one size. */
struct vm_freelist {
	struct pglist	 pl;		/* (F) First pages of the blocks. */
	int		 lcnt;		/* (F) */
};
extern struct vm_freelist vm_phys_free_queues[VM_NFREEORDER];

void	 vm_phys_init(void);
void	 vm_phys_add_seg(vm_paddr_t start, vm_paddr_t end);
vm_page_t vm_phys_alloc_pages(int order);
vm_page_t vm_phys_alloc_contig(u_long npages);
void	 vm_phys_free_pages(vm_page_t m, int order);
void	 vm_phys_free_contig(vm_page_t m, u_long npages);

#endif /* !_VM_VM_PHYS_H_ */
