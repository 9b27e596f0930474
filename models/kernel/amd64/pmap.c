/*
 * Page tables.
 *
 * The machine-independent half says "this page, here, with these rights"; this
 * file keeps the tables that the hardware walks.  Tables hang below the top
 * one and come and go with what they map: the wire_count of a table's page is
 * one more than its entries in use.  For each mapping of a managed page there
 * is a pv entry (pmap_pv.c), so that a page's mappings can be found as well.
 *
 * CPUs cache translations; pmap_tlb.c makes them forget.
 *
 * Options: PMAP_EMULATE_AD, for a machine whose MMU does not record writes
 * (Cortex-A8): pages are mapped read-only until the first write faults, and
 * pmap_fault_fixup() takes note of it.
 *
 * Lock order: pvh_global_lock, pmap, pv list.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/rwlock.h>
#include <sys/smp.h>
#include <sys/vmmeter.h>
#include <vm/vm_extern.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_param.h>
#include <amd64/pmap_int.h>

struct pmap kernel_pmap_store;

static int	pmap_enter_locked(pmap_t pmap, vm_offset_t va, vm_page_t m,
		    pt_entry_t newpte, struct rwlock **lockp);
static void	pmap_enter_quick_locked(pmap_t pmap, vm_offset_t va,
		    vm_page_t m, pt_entry_t newpte, struct rwlock **lockp);
static pt_entry_t *pmap_pte_span(pmap_t pmap, vm_offset_t va,
		    vm_offset_t *next);
static vm_page_t pmap_allocpte(pmap_t pmap, vm_offset_t va);

/*
 * Pages as bytes.
 */
void
pagezero(void *page)
{

	(void)__rep_stosb(page, 0, PAGE_SIZE);
}

void
pagecopy(void *from, void *to)
{

	(void)__rep_movsb(to, from, PAGE_SIZE);
}

void
pmap_zero_page(vm_page_t m)
{

	pagezero((void *)VM_PAGE_TO_DMAP(m));
}

void
pmap_copy_page(vm_page_t src, vm_page_t dst)
{

	pagecopy((void *)VM_PAGE_TO_DMAP(src), (void *)VM_PAGE_TO_DMAP(dst));
}

/*
 * Start, and pmaps as such.
 */
void
pmap_bootstrap(void)
{

	pmap_pv_init();
	mtx_init(&kernel_pmap->pm_mtx, "kernel pmap", "pmap", MTX_DEF);
	if (!pmap_pinit(kernel_pmap))
		panic("pmap_bootstrap: no memory for a page table");
}

void
pmap_page_init(vm_page_t m)
{

	TAILQ_INIT(&m->md.pv_list);
	m->md.pv_gen = 0;
}

/* An empty pmap; its lock exists.  Returns 0 if there is no memory. */
int
pmap_pinit(pmap_t pmap)
{
	vm_page_t m;

	while ((m = vm_page_alloc(NULL, 0, VM_ALLOC_NORMAL | VM_ALLOC_NOOBJ |
	    VM_ALLOC_WIRED | VM_ALLOC_ZERO)) == NULL) {
		if (cold)
			return (0);
		vm_wait();
	}
	if ((m->flags & PG_ZERO) == 0)
		pmap_zero_page(m);
	pmap->pm_pml4 = (pd_entry_t *)VM_PAGE_TO_DMAP(m);
	pmap->pm_cr3 = VM_PAGE_TO_PHYS(m);
	TAILQ_INIT(&pmap->pm_pvchunk);
	pmap->pm_active = 0;
	pmap->pm_stats.resident_count = pmap->pm_stats.wired_count = 0;
	pmap->pm_ptpages = 0;
	return (1);
}

void
pmap_release(pmap_t pmap)
{
	vm_page_t m;

	KASSERT(pmap->pm_stats.resident_count == 0,
	    ("pmap_release: pmap %p resident count %ld != 0", pmap,
	    pmap->pm_stats.resident_count));
	KASSERT(pmap->pm_ptpages == 0, ("pmap_release: pmap %p has %ld tables",
	    pmap, pmap->pm_ptpages));
	KASSERT(atomic_load_long(&pmap->pm_active) == 0,
	    ("pmap_release: pmap %p is in use", pmap));
	m = PHYS_TO_VM_PAGE(pmap->pm_cr3);
	vm_page_unwire(m, PQ_NONE);
	vm_page_free_zero(m);
}

/*
 * Walking, making and freeing tables.
 */

/*
 * The entry of the last level for va, or NULL if there is no table for it.
 * *next is the first address that this table does not hold, or that is not
 * covered by the missing one.
 */
static pt_entry_t *
pmap_pte_span(pmap_t pmap, vm_offset_t va, vm_offset_t *next)
{
	pt_entry_t *table, entry;
	int shift;

	table = pmap->pm_pml4;
	for (shift = PML4SHIFT; shift > PTSHIFT; shift -= NPTEPGSHIFT) {
		entry = table[(va >> shift) & (NPTEPG - 1)];
		if ((entry & PG_V) == 0) {
			*next = ((va >> shift) + 1) << shift;
			return (NULL);
		}
		table = (pt_entry_t *)PHYS_TO_DMAP(entry & PG_FRAME);
	}
	*next = ((va >> PDRSHIFT) + 1) << PDRSHIFT;
	return (&table[(va >> PTSHIFT) & (NPTEPG - 1)]);
}

pt_entry_t *
pmap_pte(pmap_t pmap, vm_offset_t va)
{
	vm_offset_t next;

	return (pmap_pte_span(pmap, va, &next));
}

/*
 * Make the tables for va; returns the page of the last one, or NULL if there is
 * no memory.
 */
static vm_page_t
pmap_allocpte(pmap_t pmap, vm_offset_t va)
{
	struct pglist free;
	pt_entry_t *pde, *table;
	vm_page_t m, parent;
	int shift;

	PMAP_LOCK_ASSERT(pmap, MA_OWNED);
	parent = PHYS_TO_VM_PAGE(pmap->pm_cr3);
	for (shift = PML4SHIFT; shift > PTSHIFT; shift -= NPTEPGSHIFT) {
		table = (pt_entry_t *)VM_PAGE_TO_DMAP(parent);
		pde = &table[(va >> shift) & (NPTEPG - 1)];
		if ((*pde & PG_V) == 0) {
			m = vm_page_alloc(NULL, va >> shift, pmap_alloc_class() |
			    VM_ALLOC_NOOBJ | VM_ALLOC_WIRED | VM_ALLOC_ZERO);
			if (m == NULL) {
				/* Tables just made for nothing go again. */
				TAILQ_INIT(&free);
				if (shift < PML4SHIFT && parent->wire_count == 1) {
					parent->wire_count++;
					pmap_unuse_pt(pmap, va, &free);
					pmap_free_zero_pages(&free);
				}
				return (NULL);
			}
			if ((m->flags & PG_ZERO) == 0)
				pmap_zero_page(m);
			pte_store(pde, VM_PAGE_TO_PHYS(m) | PG_U | PG_RW | PG_V |
			    PG_A | PG_M);
			parent->wire_count++;
			pmap->pm_ptpages++;
		}
		parent = PHYS_TO_VM_PAGE(*pde & PG_FRAME);
	}
	return (parent);
}

/*
 * An entry of the lowest existing table for va went out of use.  A table
 * without entries goes to the free list, and so does the one above if that was
 * its last; they may be reused only after the TLBs have been flushed.
 */
void
pmap_unuse_pt(pmap_t pmap, vm_offset_t va, struct pglist *free)
{
	pt_entry_t *path[4], *table;
	vm_page_t m;
	int depth, shift;

	PMAP_LOCK_ASSERT(pmap, MA_OWNED);
	table = pmap->pm_pml4;
	depth = 0;
	for (shift = PML4SHIFT; shift > PTSHIFT; shift -= NPTEPGSHIFT) {
		path[depth] = &table[(va >> shift) & (NPTEPG - 1)];
		if ((*path[depth] & PG_V) == 0)
			break;
		table = (pt_entry_t *)PHYS_TO_DMAP(*path[depth] & PG_FRAME);
		depth++;
	}
	while (depth > 0) {
		depth--;
		m = PHYS_TO_VM_PAGE(*path[depth] & PG_FRAME);
		KASSERT(m->wire_count > 1,
		    ("pmap_unuse_pt: table %p for %#lx is empty", m, va));
		m->wire_count--;
		if (m->wire_count > 1)
			return;
		pte_store(path[depth], 0);
		pmap->pm_ptpages--;
		TAILQ_INSERT_HEAD(free, m, plinks.q);
	}
	PHYS_TO_VM_PAGE(pmap->pm_cr3)->wire_count--;
}

void
pmap_free_zero_pages(struct pglist *free)
{
	vm_page_t m;

	while ((m = TAILQ_FIRST(free)) != NULL) {
		TAILQ_REMOVE(free, m, plinks.q);
		vm_page_unwire(m, PQ_NONE);
		vm_page_free_zero(m);
	}
}

/*
 * Making mappings.
 */

/*
 * Install an entry.  Returns KERN_RESOURCE_SHORTAGE, with nothing changed, when
 * a table or a pv entry cannot be had now.
 */
static int
pmap_enter_locked(pmap_t pmap, vm_offset_t va, vm_page_t m, pt_entry_t newpte,
    struct rwlock **lockp)
{
	struct pglist free;
	pt_entry_t origpte, *pte;
	pv_entry_t pv;
	vm_page_t mpte, om;

	mpte = pmap_allocpte(pmap, va);
	if (mpte == NULL)
		return (KERN_RESOURCE_SHORTAGE);
	pte = &((pt_entry_t *)VM_PAGE_TO_DMAP(mpte))[(va >> PTSHIFT) &
	    (NPTEPG - 1)];
	origpte = *pte;
	if ((origpte & PG_V) != 0 &&
	    (origpte & PG_FRAME) == VM_PAGE_TO_PHYS(m)) {
		/* The same page: other rights, or wired now. */
		if ((newpte & PG_W) != (origpte & PG_W))
			pmap->pm_stats.wired_count +=
			    (newpte & PG_W) != 0 ? 1 : -1;
		if ((newpte & (PG_RW | PG_WANTRW)) != 0)
			vm_page_aflag_set(m, PGA_WRITEABLE);
		if (((origpte ^ newpte) & ~(PG_M | PG_A)) == 0)
			return (KERN_SUCCESS);
		origpte = pte_load_store(pte, newpte);
		if ((origpte & PG_DIRTY) == PG_DIRTY)
			vm_page_dirty(m);
		pmap_invalidate_page(pmap, va);
		return (KERN_SUCCESS);
	}

	if ((origpte & PG_V) != 0) {
		/* Another page was there, as before a copy on write. */
		origpte = pte_load_clear(pte);
		om = PHYS_TO_VM_PAGE(origpte & PG_FRAME);
		if ((origpte & PG_DIRTY) == PG_DIRTY)
			vm_page_dirty(om);
		if ((origpte & PG_A) != 0)
			vm_page_aflag_set(om, PGA_REFERENCED);
		if ((origpte & PG_W) != 0)
			pmap->pm_stats.wired_count--;
		pv = pmap_pv_remove(pmap, va, om, lockp);
		pmap_invalidate_page(pmap, va);
	} else {
		mpte->wire_count++;
		pv = get_pv_entry(pmap);
		if (pv == NULL) {
			TAILQ_INIT(&free);
			pmap_unuse_pt(pmap, va, &free);
			pmap_free_zero_pages(&free);
			return (KERN_RESOURCE_SHORTAGE);
		}
		pv->pv_va = va;
		pmap->pm_stats.resident_count++;
	}
	if ((newpte & PG_W) != 0)
		pmap->pm_stats.wired_count++;
	if ((newpte & (PG_RW | PG_WANTRW)) != 0)
		vm_page_aflag_set(m, PGA_WRITEABLE);
	pmap_pv_insert(m, pv, lockp);
	pte_store(pte, newpte);
	return (KERN_SUCCESS);
}

/*
 * Map page m at va with rights prot.  flags has the kind of access that is
 * about to happen, and PMAP_ENTER_NOSLEEP to fail rather than wait.
 */
int
pmap_enter(pmap_t pmap, vm_offset_t va, vm_page_t m, vm_prot_t prot,
    u_int flags, int8_t psind)
{
	struct rwlock *lock;
	pt_entry_t newpte;
	int rv;

	va = trunc_page(va);
	KASSERT(va < VM_MAXUSER_ADDRESS, ("pmap_enter: toobig"));
	KASSERT(vm_page_xbusied(m) || m->object != NULL,
	    ("pmap_enter: page %p is neither busy nor in an object", m));
	newpte = VM_PAGE_TO_PHYS(m) | PG_V | PG_U | PG_A | PG_MANAGED;
	if ((prot & VM_PROT_WRITE) != 0)
		newpte |= PG_RW;
	if ((flags & VM_PROT_WRITE) != 0)
		newpte |= PG_M;
#ifdef PMAP_EMULATE_AD
	else if ((prot & VM_PROT_WRITE) != 0)
		newpte = (newpte & ~PG_RW) | PG_WANTRW;
#endif
	if ((flags & PMAP_ENTER_WIRED) != 0)
		newpte |= PG_W;

	for (;;) {
		lock = NULL;
		rw_rlock(&pvh_global_lock);
		PMAP_LOCK(pmap);
		rv = pmap_enter_locked(pmap, va, m, newpte, &lock);
		release_pv_list_lock(&lock);
		rw_runlock(&pvh_global_lock);
		PMAP_UNLOCK(pmap);
		if (rv == KERN_SUCCESS || (flags & PMAP_ENTER_NOSLEEP) != 0)
			return (rv);
		vm_wait();
	}
}

/* Map a page that was not asked for, if that is easy: read-only, unused. */
static void
pmap_enter_quick_locked(pmap_t pmap, vm_offset_t va, vm_page_t m,
    pt_entry_t newpte, struct rwlock **lockp)
{
	pt_entry_t *pte;

	pte = pmap_pte(pmap, va);
	if (pte != NULL && (*pte & PG_V) != 0)
		return;
	(void)pmap_enter_locked(pmap, va, m, newpte, lockp);
}

void
pmap_enter_quick(pmap_t pmap, vm_offset_t va, vm_page_t m, vm_prot_t prot)
{
	struct rwlock *lock;

	lock = NULL;
	rw_rlock(&pvh_global_lock);
	PMAP_LOCK(pmap);
	pmap_enter_quick_locked(pmap, va, m, VM_PAGE_TO_PHYS(m) | PG_V | PG_U |
	    PG_MANAGED, &lock);
	release_pv_list_lock(&lock);
	rw_runlock(&pvh_global_lock);
	PMAP_UNLOCK(pmap);
}

/*
 * Give a child the mappings of its parent, so that it need not take a fault for
 * each.  A hint: stops when memory is short.
 */
void
pmap_copy(pmap_t dst, pmap_t src, vm_offset_t dst_addr, vm_size_t len,
    vm_offset_t src_addr)
{
	struct rwlock *lock;
	pt_entry_t *src_pte;
	vm_offset_t end, next, va;
	vm_page_t m;

	if (dst_addr != src_addr)
		return;
	lock = NULL;
	end = src_addr + len;
	rw_rlock(&pvh_global_lock);
	/* Two of a kind: by address. */
	PMAP_LOCK(dst < src ? dst : src);
	PMAP_LOCK(dst < src ? src : dst);
	for (va = src_addr; va < end; va = next) {
		src_pte = pmap_pte_span(src, va, &next);
		if (src_pte == NULL)
			continue;
		next = MIN(next, end);
		for (; va < next; va += PAGE_SIZE, src_pte++) {
			if ((*src_pte & PG_MANAGED) == 0)
				continue;
			m = PHYS_TO_VM_PAGE(*src_pte & PG_FRAME);
			if (pmap_enter_locked(dst, va, m,
			    pmap_pte_clean(*src_pte) & ~PG_W, &lock) !=
			    KERN_SUCCESS)
				goto out;
		}
	}
out:
	release_pv_list_lock(&lock);
	rw_runlock(&pvh_global_lock);
	PMAP_UNLOCK(src);
	PMAP_UNLOCK(dst);
}

/*
 * Taking mappings and rights away.
 */

/*
 * Remove one mapping; the caller flushes the TLBs.  Returns whether there was
 * one.
 */
int
pmap_remove_pte(pmap_t pmap, pt_entry_t *pte, vm_offset_t va,
    struct pglist *free, struct rwlock **lockp)
{
	pt_entry_t oldpte;
	vm_page_t m;

	PMAP_LOCK_ASSERT(pmap, MA_OWNED);
	if (*pte == 0)
		return (0);
	oldpte = pte_load_clear(pte);
	if ((oldpte & PG_W) != 0)
		pmap->pm_stats.wired_count--;
	pmap->pm_stats.resident_count--;
	m = PHYS_TO_VM_PAGE(oldpte & PG_FRAME);
	if ((oldpte & PG_DIRTY) == PG_DIRTY)
		vm_page_dirty(m);
	if ((oldpte & PG_A) != 0)
		vm_page_aflag_set(m, PGA_REFERENCED);
	free_pv_entry(pmap, pmap_pv_remove(pmap, va, m, lockp));
	pmap_unuse_pt(pmap, va, free);
	return (1);
}

void
pmap_remove(pmap_t pmap, vm_offset_t sva, vm_offset_t eva)
{
	struct pglist free;
	struct rwlock *lock;
	pt_entry_t *pte;
	vm_offset_t next;
	int anyvalid;

	/* A look without the lock: nobody else adds mappings to a range that
	   is being removed. */
	if (pmap->pm_stats.resident_count == 0)
		return;
	anyvalid = 0;
	lock = NULL;
	TAILQ_INIT(&free);
	rw_rlock(&pvh_global_lock);
	PMAP_LOCK(pmap);
	for (; sva < eva; sva = next) {
		pte = pmap_pte_span(pmap, sva, &next);
		if (pte == NULL)
			continue;
		next = MIN(next, eva);
		for (; sva < next; sva += PAGE_SIZE, pte++) {
			if (!pmap_remove_pte(pmap, pte, sva, &free, &lock))
				continue;
			anyvalid = 1;
			/* The table itself may have gone with it. */
			if (!TAILQ_EMPTY(&free) &&
			    pmap_pte(pmap, sva) == NULL)
				break;
		}
	}
	release_pv_list_lock(&lock);
	if (anyvalid)
		pmap_invalidate_all(pmap);
	rw_runlock(&pvh_global_lock);
	PMAP_UNLOCK(pmap);
	pmap_free_zero_pages(&free);
}

void
pmap_protect(pmap_t pmap, vm_offset_t sva, vm_offset_t eva, vm_prot_t prot)
{
	pt_entry_t obits, pbits, *pte;
	vm_offset_t next;
	int anychanged;

	if ((prot & VM_PROT_READ) == 0) {
		pmap_remove(pmap, sva, eva);
		return;
	}
	if ((prot & VM_PROT_WRITE) != 0)
		return;
	anychanged = 0;
	PMAP_LOCK(pmap);
	for (; sva < eva; sva = next) {
		pte = pmap_pte_span(pmap, sva, &next);
		if (pte == NULL)
			continue;
		next = MIN(next, eva);
		for (; sva < next; sva += PAGE_SIZE, pte++) {
			/* The hardware may set bits meanwhile. */
			do {
				obits = *pte;
				pbits = obits & ~(PG_RW | PG_M | PG_WANTRW);
			} while (pbits != obits &&
			    !atomic_cmpset_long(pte, obits, pbits));
			if (pbits == obits)
				continue;
			if ((obits & PG_DIRTY) == PG_DIRTY)
				vm_page_dirty(PHYS_TO_VM_PAGE(obits & PG_FRAME));
			anychanged = 1;
		}
	}
	if (anychanged)
		pmap_invalidate_all(pmap);
	PMAP_UNLOCK(pmap);
}

/*
 * Questions.
 */

/* Physical address of va, or 0. */
vm_paddr_t
pmap_extract(pmap_t pmap, vm_offset_t va)
{
	pt_entry_t *pte;
	vm_paddr_t pa;

	pa = 0;
	PMAP_LOCK(pmap);
	pte = pmap_pte(pmap, va);
	if (pte != NULL && (*pte & PG_V) != 0)
		pa = (*pte & PG_FRAME) | (va & PAGE_MASK);
	PMAP_UNLOCK(pmap);
	return (pa);
}

/* Unmapped, but with a table: mapping it would cost nothing. */
boolean_t
pmap_is_prefaultable(pmap_t pmap, vm_offset_t va)
{
	pt_entry_t *pte;
	boolean_t rv;

	PMAP_LOCK(pmap);
	pte = pmap_pte(pmap, va);
	rv = pte != NULL && (*pte & PG_V) == 0;
	PMAP_UNLOCK(pmap);
	return (rv);
}

/*
 * Was a fault only the MMU's way to tell us of a first write?  Then take note,
 * and it is dealt with.
 */
int
pmap_fault_fixup(pmap_t pmap, vm_offset_t va, vm_prot_t ftype)
{
#ifdef PMAP_EMULATE_AD
	pt_entry_t *pte;
	int rv;

	rv = 0;
	rw_rlock(&pvh_global_lock);
	PMAP_LOCK(pmap);
	pte = pmap_pte(pmap, va);
	if (pte != NULL && (ftype & VM_PROT_WRITE) != 0 &&
	    (*pte & (PG_V | PG_WANTRW)) == (PG_V | PG_WANTRW)) {
		pte_store(pte, (*pte & ~PG_WANTRW) | PG_RW | PG_M | PG_A);
		vm_page_dirty(PHYS_TO_VM_PAGE(*pte & PG_FRAME));
		pmap_invalidate_page(pmap, va);
		rv = 1;
	}
	rw_runlock(&pvh_global_lock);
	PMAP_UNLOCK(pmap);
	return (rv);
#else
	return (0);
#endif
}
