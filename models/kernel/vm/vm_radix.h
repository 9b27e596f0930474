/* Index of an object's pages: see vm_radix.c. */
#ifndef _VM_VM_RADIX_H_
#define	_VM_VM_RADIX_H_

#include <vm/vm.h>

struct vm_radix {
	struct vm_radix_node	*rt_root;
};

void	 vm_radix_zinit(void);
int	 vm_radix_insert(struct vm_radix *rtree, vm_page_t page);
vm_page_t vm_radix_lookup(struct vm_radix *rtree, vm_pindex_t index);
vm_page_t vm_radix_lookup_le(struct vm_radix *rtree, vm_pindex_t index);
void	 vm_radix_remove(struct vm_radix *rtree, vm_pindex_t index);
void	 vm_radix_reclaim_allnodes(struct vm_radix *rtree);

#endif /* !_VM_VM_RADIX_H_ */
