/*
 * From pages to their mappings: pv entries.
 *
 * A pv entry is in two structures: in its page's list, and in a chunk, a page
 * of entries that belongs to one pmap.  So one can ask both where a page is
 * mapped, and what all a pmap maps; exit(2) uses the latter.
 *
 * A page's list is protected by one of the pv list locks, chosen by address, or
 * by pvh_global_lock held exclusively.  Who walks a pmap meets pages in any
 * order, and so changes from lock to lock as he goes: change_pv_list_lock().
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
#include <amd64/pmap_int.h>

#define	PC_FULL		(~0UL)
#define	PC_LAST		((1UL << (_NPCPV - 2 * 64)) - 1)

static const uint64_t pc_freemask[_NPCM] = { PC_FULL, PC_FULL, PC_LAST };

_Static_assert(sizeof(struct pv_chunk) <= PAGE_SIZE, "a chunk is one page");

struct rwlock pvh_global_lock;
struct pv_list_lock pv_list_locks[NPV_LIST_LOCKS];

static void	free_pv_chunk(struct pv_chunk *pc);
static int	pmap_page_test(vm_page_t m, pt_entry_t bits);

void
pmap_pv_init(void)
{
	int i;

	rw_init(&pvh_global_lock, "pmap pv global");
	for (i = 0; i < NPV_LIST_LOCKS; i++)
		rw_init(&pv_list_locks[i].lock, "pmap pv list");
}

/*
 * Hold the list lock for a page instead of the one held now, if any.
 */
void
change_pv_list_lock(struct rwlock **lockp, vm_paddr_t pa)
{
	struct rwlock *new_lock;

	new_lock = PHYS_TO_PV_LIST_LOCK(pa);
	if (new_lock == *lockp)
		return;
	if (*lockp != NULL)
		rw_wunlock(*lockp);
	*lockp = new_lock;
	rw_wlock(*lockp);
}

void
release_pv_list_lock(struct rwlock **lockp)
{

	if (*lockp != NULL) {
		rw_wunlock(*lockp);
		*lockp = NULL;
	}
}

/*
 * Chunks and entries of a pmap, which is locked.
 */
pv_entry_t
get_pv_entry(pmap_t pmap)
{
	struct pv_chunk *pc;
	vm_page_t m;
	int bit, field;

	PMAP_LOCK_ASSERT(pmap, MA_OWNED);
	pc = TAILQ_FIRST(&pmap->pm_pvchunk);
	if (pc != NULL) {
		/* Chunks with free entries stand in front. */
		for (field = 0; field < _NPCM; field++)
			if (pc->pc_map[field] != 0)
				break;
		if (field < _NPCM) {
			bit = __builtin_ctzl(pc->pc_map[field]);
			pc->pc_map[field] &= ~(1UL << bit);
			if (pc->pc_map[0] == 0 && pc->pc_map[1] == 0 &&
			    pc->pc_map[2] == 0) {
				TAILQ_REMOVE(&pmap->pm_pvchunk, pc, pc_list);
				TAILQ_INSERT_TAIL(&pmap->pm_pvchunk, pc, pc_list);
			}
			return (&pc->pc_pventry[field * 64 + bit]);
		}
	}
	m = vm_page_alloc(NULL, 0, pmap_alloc_class() | VM_ALLOC_NOOBJ |
	    VM_ALLOC_WIRED);
	if (m == NULL)
		return (NULL);
	pc = (struct pv_chunk *)VM_PAGE_TO_DMAP(m);
	pc->pc_pmap = pmap;
	for (field = 0; field < _NPCM; field++)
		pc->pc_map[field] = pc_freemask[field];
	pc->pc_map[0] &= ~1UL;
	TAILQ_INSERT_HEAD(&pmap->pm_pvchunk, pc, pc_list);
	return (&pc->pc_pventry[0]);
}

static void
free_pv_chunk(struct pv_chunk *pc)
{
	vm_page_t m;

	TAILQ_REMOVE(&pc->pc_pmap->pm_pvchunk, pc, pc_list);
	m = PHYS_TO_VM_PAGE(DMAP_TO_PHYS((vm_offset_t)pc));
	vm_page_unwire(m, PQ_NONE);
	vm_page_free(m);
}

void
free_pv_entry(pmap_t pmap, pv_entry_t pv)
{
	struct pv_chunk *pc;
	int idx;

	PMAP_LOCK_ASSERT(pmap, MA_OWNED);
	pc = (struct pv_chunk *)((vm_offset_t)pv & ~(vm_offset_t)PAGE_MASK);
	idx = pv - &pc->pc_pventry[0];
	pc->pc_map[idx / 64] |= 1UL << (idx % 64);
	if (pc->pc_map[0] == pc_freemask[0] && pc->pc_map[1] == pc_freemask[1] &&
	    pc->pc_map[2] == pc_freemask[2]) {
		free_pv_chunk(pc);
		return;
	}
	if (pc != TAILQ_FIRST(&pmap->pm_pvchunk)) {
		TAILQ_REMOVE(&pmap->pm_pvchunk, pc, pc_list);
		TAILQ_INSERT_HEAD(&pmap->pm_pvchunk, pc, pc_list);
	}
}

/*
 * A page's list.
 */
void
pmap_pv_insert(vm_page_t m, pv_entry_t pv, struct rwlock **lockp)
{

	change_pv_list_lock(lockp, VM_PAGE_TO_PHYS(m));
	TAILQ_INSERT_TAIL(&m->md.pv_list, pv, pv_next);
	m->md.pv_gen++;
}

/* Take the entry for (pmap, va) off the list.  With lockp NULL the global lock
   is held exclusively. */
pv_entry_t
pmap_pv_remove(pmap_t pmap, vm_offset_t va, vm_page_t m, struct rwlock **lockp)
{
	pv_entry_t pv;

	if (lockp != NULL)
		change_pv_list_lock(lockp, VM_PAGE_TO_PHYS(m));
	TAILQ_FOREACH(pv, &m->md.pv_list, pv_next)
		if (pv->pv_va == va && PV_PMAP(pv) == pmap)
			break;
	KASSERT(pv != NULL, ("pmap_pv_remove: no pv entry for %#lx in pmap %p",
	    va, pmap));
	TAILQ_REMOVE(&m->md.pv_list, pv, pv_next);
	m->md.pv_gen++;
	if (TAILQ_EMPTY(&m->md.pv_list))
		vm_page_aflag_clear(m, PGA_WRITEABLE);
	return (pv);
}

/*
 * Remove all mappings of a pmap, by its chunks: an exiting process has many
 * addresses and few pages.  Nobody else uses the pmap.
 */
void
pmap_remove_pages(pmap_t pmap)
{
	struct pglist free;
	struct pv_chunk *npc, *pc;
	struct rwlock *lock;
	pt_entry_t *pte, tpte;
	pv_entry_t pv;
	vm_page_t m;
	uint64_t inuse;
	int allfree, bit, field;

	lock = NULL;
	TAILQ_INIT(&free);
	rw_rlock(&pvh_global_lock);
	PMAP_LOCK(pmap);
	TAILQ_FOREACH_SAFE(pc, &pmap->pm_pvchunk, pc_list, npc) {
		allfree = 1;
		for (field = 0; field < _NPCM; field++) {
			inuse = ~pc->pc_map[field] & pc_freemask[field];
			while (inuse != 0) {
				bit = __builtin_ctzl(inuse);
				inuse &= inuse - 1;
				pv = &pc->pc_pventry[field * 64 + bit];
				pte = pmap_pte(pmap, pv->pv_va);
				KASSERT(pte != NULL && (*pte & PG_V) != 0,
				    ("pmap_remove_pages: no pte for %#lx",
				    pv->pv_va));
				tpte = *pte;
				/* Wired: pmap_remove() will take them. */
				if ((tpte & PG_W) != 0) {
					allfree = 0;
					continue;
				}
				m = PHYS_TO_VM_PAGE(tpte & PG_FRAME);
				pte_store(pte, 0);
				if ((tpte & PG_DIRTY) == PG_DIRTY)
					vm_page_dirty(m);
				change_pv_list_lock(&lock, VM_PAGE_TO_PHYS(m));
				pc->pc_map[field] |= 1UL << bit;
				pmap->pm_stats.resident_count--;
				TAILQ_REMOVE(&m->md.pv_list, pv, pv_next);
				m->md.pv_gen++;
				if (TAILQ_EMPTY(&m->md.pv_list))
					vm_page_aflag_clear(m, PGA_WRITEABLE);
				pmap_unuse_pt(pmap, pv->pv_va, &free);
			}
		}
		if (allfree)
			free_pv_chunk(pc);
	}
	release_pv_list_lock(&lock);
	pmap_invalidate_all(pmap);
	rw_runlock(&pvh_global_lock);
	PMAP_UNLOCK(pmap);
	pmap_free_zero_pages(&free);
}

/*
 * Operations on all mappings of a page.  The global lock, held exclusively,
 * keeps the list still while pmap after pmap is locked.
 */
boolean_t
pmap_page_is_mapped(vm_page_t m)
{

	return (!TAILQ_EMPTY(&m->md.pv_list));
}

void
pmap_remove_all(vm_page_t m)
{
	struct pglist free;
	pv_entry_t pv;
	pmap_t pmap;
	vm_offset_t va;

	TAILQ_INIT(&free);
	rw_wlock(&pvh_global_lock);
	while ((pv = TAILQ_FIRST(&m->md.pv_list)) != NULL) {
		pmap = PV_PMAP(pv);
		va = pv->pv_va;
		PMAP_LOCK(pmap);
		(void)pmap_remove_pte(pmap, pmap_pte(pmap, va), va, &free, NULL);
		pmap_invalidate_page(pmap, va);
		PMAP_UNLOCK(pmap);
	}
	rw_wunlock(&pvh_global_lock);
	pmap_free_zero_pages(&free);
}

/* Nobody may write to the page without a fault from now on. */
void
pmap_remove_write(vm_page_t m)
{
	pt_entry_t oldpte, *pte;
	pv_entry_t pv;
	pmap_t pmap;

	if ((m->aflags & PGA_WRITEABLE) == 0)
		return;
	rw_wlock(&pvh_global_lock);
	TAILQ_FOREACH(pv, &m->md.pv_list, pv_next) {
		pmap = PV_PMAP(pv);
		PMAP_LOCK(pmap);
		pte = pmap_pte(pmap, pv->pv_va);
		do {
			oldpte = *pte;
		} while (!atomic_cmpset_long(pte, oldpte,
		    oldpte & ~(PG_RW | PG_M | PG_WANTRW)));
		if ((oldpte & PG_DIRTY) == PG_DIRTY)
			vm_page_dirty(m);
		if ((oldpte & PG_RW) != 0)
			pmap_invalidate_page(pmap, pv->pv_va);
		PMAP_UNLOCK(pmap);
	}
	vm_page_aflag_clear(m, PGA_WRITEABLE);
	rw_wunlock(&pvh_global_lock);
}

static int
pmap_page_test(vm_page_t m, pt_entry_t bits)
{
	pv_entry_t pv;
	pmap_t pmap;
	int rv;

	rv = 0;
	rw_wlock(&pvh_global_lock);
	TAILQ_FOREACH(pv, &m->md.pv_list, pv_next) {
		pmap = PV_PMAP(pv);
		PMAP_LOCK(pmap);
		rv = (*pmap_pte(pmap, pv->pv_va) & bits) == bits;
		PMAP_UNLOCK(pmap);
		if (rv)
			break;
	}
	rw_wunlock(&pvh_global_lock);
	return (rv);
}

boolean_t
pmap_is_modified(vm_page_t m)
{

	if ((m->aflags & PGA_WRITEABLE) == 0)
		return (0);
	return (pmap_page_test(m, PG_DIRTY));
}

boolean_t
pmap_is_referenced(vm_page_t m)
{

	return (pmap_page_test(m, PG_A));
}

/* In how many mappings was the page used since the last call? */
int
pmap_ts_referenced(vm_page_t m)
{
	pt_entry_t *pte;
	pv_entry_t pv;
	pmap_t pmap;
	int count;

	count = 0;
	rw_wlock(&pvh_global_lock);
	TAILQ_FOREACH(pv, &m->md.pv_list, pv_next) {
		pmap = PV_PMAP(pv);
		PMAP_LOCK(pmap);
		pte = pmap_pte(pmap, pv->pv_va);
		if ((*pte & PG_A) != 0) {
			atomic_clear_long(pte, PG_A);
			pmap_invalidate_page(pmap, pv->pv_va);
			count++;
		}
		PMAP_UNLOCK(pmap);
	}
	rw_wunlock(&pvh_global_lock);
	return (count);
}

/* From now on, tell of writes anew. */
void
pmap_clear_modify(vm_page_t m)
{
	pt_entry_t oldpte, *pte;
	pv_entry_t pv;
	pmap_t pmap;

	if ((m->aflags & PGA_WRITEABLE) == 0)
		return;
	rw_wlock(&pvh_global_lock);
	TAILQ_FOREACH(pv, &m->md.pv_list, pv_next) {
		pmap = PV_PMAP(pv);
		PMAP_LOCK(pmap);
		pte = pmap_pte(pmap, pv->pv_va);
		do {
			oldpte = *pte;
		} while ((oldpte & PG_M) != 0 && !atomic_cmpset_long(pte,
		    oldpte, pmap_pte_clean(oldpte) | (oldpte & PG_A)));
		if ((oldpte & PG_M) != 0)
			pmap_invalidate_page(pmap, pv->pv_va);
		PMAP_UNLOCK(pmap);
	}
	rw_wunlock(&pvh_global_lock);
}
