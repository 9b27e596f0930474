/* What pmap.c and pmap_pv.c share. */
#ifndef _AMD64_PMAP_INT_H_
#define	_AMD64_PMAP_INT_H_

#include <sys/param.h>
#include <sys/lock.h>
#include <sys/rwlock.h>
#include <vm/vm_param.h>
#include <vm/vm_page.h>

/*
 * Shared: page tables change, and pv lists under their own locks.  Exclusive:
 * whoever goes from a page to the pmaps that map it.
 */
extern struct rwlock pvh_global_lock;

struct pv_list_lock {
	struct rwlock	 lock;
} __aligned(CACHE_LINE_SIZE);
extern struct pv_list_lock pv_list_locks[NPV_LIST_LOCKS];

#define	PHYS_TO_PV_LIST_LOCK(pa)					\
	(&pv_list_locks[((pa) >> PDRSHIFT) % NPV_LIST_LOCKS].lock)
#define	PV_PMAP(pv)							\
	(((struct pv_chunk *)((vm_offset_t)(pv) & ~(vm_offset_t)PAGE_MASK))->pc_pmap)

/* Page tables. */
#define	pte_load_clear(pte)	atomic_swap_long((pte), 0UL)
#define	pte_load_store(pte, v)	atomic_swap_long((pte), (v))
#define	pte_store(pte, v)	(*(pte) = (v))
#define	PG_DIRTY		(PG_M | PG_RW)

pt_entry_t *pmap_pte(pmap_t pmap, vm_offset_t va);
void	 pmap_unuse_pt(pmap_t pmap, vm_offset_t va, struct pglist *free);
void	 pmap_free_zero_pages(struct pglist *free);
void	 pmap_invalidate_page(pmap_t pmap, vm_offset_t va);
void	 pmap_invalidate_all(pmap_t pmap);
int	 pmap_remove_pte(pmap_t pmap, pt_entry_t *pte, vm_offset_t va,
	    struct pglist *free, struct rwlock **lockp);

/*
 * A page's entry with its use forgotten.  Where the hardware does not tell of
 * writes, a clean page stays unwritable and the first write faults.
 */
static inline pt_entry_t
pmap_pte_clean(pt_entry_t pte)
{

#ifdef PMAP_EMULATE_AD
	if ((pte & PG_RW) != 0)
		pte = (pte & ~PG_RW) | PG_WANTRW;
#endif
	return (pte & ~(PG_M | PG_A));
}

/* Who was killed for his memory must get what he needs to end. */
#define	pmap_alloc_class()						\
	(P_KILLED(curproc) ? VM_ALLOC_SYSTEM : VM_ALLOC_NORMAL)

/* pv entries. */
void	 pmap_pv_init(void);
pv_entry_t get_pv_entry(pmap_t pmap);
void	 free_pv_entry(pmap_t pmap, pv_entry_t pv);
void	 pmap_pv_insert(vm_page_t m, pv_entry_t pv, struct rwlock **lockp);
pv_entry_t pmap_pv_remove(pmap_t pmap, vm_offset_t va, vm_page_t m,
	    struct rwlock **lockp);
void	 change_pv_list_lock(struct rwlock **lockp, vm_paddr_t pa);
void	 release_pv_list_lock(struct rwlock **lockp);

#endif /* !_AMD64_PMAP_INT_H_ */
