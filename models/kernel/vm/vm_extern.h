/* What the rest of the kernel asks of virtual memory. */
#ifndef _VM_VM_EXTERN_H_
#define	_VM_VM_EXTERN_H_

#include <vm/vm.h>
#include <vm/vm_map.h>

/* vm_kern.c */
void	*kmem_malloc(vm_size_t size, int flags);
void	 kmem_free(void *addr, vm_size_t size);

/* vm_mmap.c: the system calls' insides. */
int	 kern_mmap(struct thread *td, uintptr_t addr, size_t len, int prot,
	    int flags, int fd, off_t pos);
int	 kern_munmap(struct thread *td, uintptr_t addr, size_t len);
int	 kern_mprotect(struct thread *td, uintptr_t addr, size_t len, int prot);
int	 kern_madvise(struct thread *td, uintptr_t addr, size_t len, int behav);
int	 kern_break(struct thread *td, uintptr_t *addr);
int	 vm_mmap_to_errno(int rv);

#endif /* !_VM_VM_EXTERN_H_ */
