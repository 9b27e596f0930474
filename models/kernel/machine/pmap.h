/*
 * The machine-dependent half of virtual memory: page tables as the hardware
 * walks them, and for each physical page the list of places where it is mapped.
 *
 *	va 47..39  38..30  29..21  20..12   11..0
 *	   PML4    PDP     PD      PT       byte
 *
 * Each table is one page of 512 entries of 8 bytes: bits 12 up are the offset
 * of the next table, or of the page, and the low bits are PG_ below.
 *
 * Locking key: (p) pmap lock; (v) pv list lock of the page, or the global pv lock
 * held exclusively; (a) atomics.
 */
#ifndef _MACHINE_PMAP_H_
#define	_MACHINE_PMAP_H_

#include <sys/param.h>
#include <sys/queue.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <vm/vm.h>

#define	PG_V		0x001UL		/* Valid. */
#define	PG_RW		0x002UL		/* Writable. */
#define	PG_U		0x004UL		/* For the user. */
#define	PG_A		0x020UL		/* Accessed; set by the hardware. */
#define	PG_M		0x040UL		/* Modified; set by the hardware. */
#define	PG_W		0x200UL		/* Wired (software). */
#define	PG_MANAGED	0x400UL		/* Has a pv entry (software). */
#define	PG_WANTRW	0x800UL		/* PG_RW at the first write (software). */
#define	PG_FRAME	0x000ffffffffff000UL

#define	NPTEPG		512
#define	NPTEPGSHIFT	9
#define	PML4SHIFT	39
#define	PDPSHIFT	30
#define	PTSHIFT		PAGE_SHIFT

typedef uint64_t pt_entry_t;
typedef uint64_t pd_entry_t;

struct pv_entry;
struct pv_chunk;

/* The pmap's part of a struct vm_page. */
struct md_page {
	TAILQ_HEAD(, pv_entry)	 pv_list;	/* (v) Where it is mapped. */
	int			 pv_gen;	/* (v) Changes of the list. */
};

struct pmap_statistics {
	long			 resident_count; /* (p) Pages mapped. */
	long			 wired_count;	/* (p) Of these, wired. */
};

struct pmap {
	struct mtx		 pm_mtx;
	pd_entry_t		*pm_pml4;	/* Top table. */
	uint64_t		 pm_cr3;	/* Its offset. */
	TAILQ_HEAD(, pv_chunk)	 pm_pvchunk;	/* (p) */
	u_long			 pm_active;	/* (a) CPUs that run on it: bits. */
	struct pmap_statistics	 pm_stats;	/* (p) */
	long			 pm_ptpages;	/* (p) Page table pages. */
};

/* One mapping of one page. */
typedef struct pv_entry {
	vm_offset_t		 pv_va;
	TAILQ_ENTRY(pv_entry)	 pv_next;	/* (v) */
} *pv_entry_t;

/*
 * pv entries come a page at a time, and a chunk belongs to one pmap: so all
 * mappings of a pmap can be walked (pmap_remove_pages) without its page tables.
 */
#define	_NPCM		3			/* Words of bitmap. */
#define	_NPCPV		168			/* Entries in a chunk. */
struct pv_chunk {
	pmap_t			 pc_pmap;
	TAILQ_ENTRY(pv_chunk)	 pc_list;	/* (p) */
	uint64_t		 pc_map[_NPCM];	/* (p) 1: free. */
	struct pv_entry		 pc_pventry[_NPCPV];
};

extern struct pmap kernel_pmap_store;
#define	kernel_pmap	(&kernel_pmap_store)

#define	PMAP_LOCK(pmap)		mtx_lock(&(pmap)->pm_mtx)
#define	PMAP_UNLOCK(pmap)	mtx_unlock(&(pmap)->pm_mtx)
#define	PMAP_TRYLOCK(pmap)	mtx_trylock(&(pmap)->pm_mtx)
#define	PMAP_LOCK_ASSERT(pmap, what) mtx_assert(&(pmap)->pm_mtx, (what))
#define	PMAP_LOCKPTR(pmap)	(&(pmap)->pm_mtx)

#define	pmap_kextract(va)	DMAP_TO_PHYS(va)
#define	vtophys(va)		pmap_kextract((vm_offset_t)(va))
#define	pmap_resident_count(pmap)	((pmap)->pm_stats.resident_count)
#define	pmap_wired_count(pmap)	((pmap)->pm_stats.wired_count)

/* pmap_enter() flags, above the vm_prot_t bits of the access. */
#define	PMAP_ENTER_NOSLEEP	0x00000100
#define	PMAP_ENTER_WIRED	0x00000200

void	 pmap_bootstrap(void);
void	 pmap_page_init(vm_page_t m);
int	 pmap_pinit(pmap_t pmap);
void	 pmap_release(pmap_t pmap);
void	 pmap_activate(struct thread *td);
void	 pmap_activate_sw(struct thread *td);
int	 pmap_enter(pmap_t pmap, vm_offset_t va, vm_page_t m, vm_prot_t prot,
	    u_int flags, int8_t psind);
void	 pmap_enter_quick(pmap_t pmap, vm_offset_t va, vm_page_t m,
	    vm_prot_t prot);
void	 pmap_copy(pmap_t dst, pmap_t src, vm_offset_t dst_addr,
	    vm_size_t len, vm_offset_t src_addr);
void	 pmap_remove(pmap_t pmap, vm_offset_t sva, vm_offset_t eva);
void	 pmap_remove_pages(pmap_t pmap);
void	 pmap_remove_all(vm_page_t m);
void	 pmap_remove_write(vm_page_t m);
void	 pmap_protect(pmap_t pmap, vm_offset_t sva, vm_offset_t eva,
	    vm_prot_t prot);
int	 pmap_fault_fixup(pmap_t pmap, vm_offset_t va, vm_prot_t ftype);
vm_paddr_t pmap_extract(pmap_t pmap, vm_offset_t va);
boolean_t pmap_is_prefaultable(pmap_t pmap, vm_offset_t va);
boolean_t pmap_is_modified(vm_page_t m);
boolean_t pmap_is_referenced(vm_page_t m);
boolean_t pmap_page_is_mapped(vm_page_t m);
int	 pmap_ts_referenced(vm_page_t m);
void	 pmap_clear_modify(vm_page_t m);
void	 pagezero(void *page);
void	 pagecopy(void *from, void *to);
void	 pmap_zero_page(vm_page_t m);
void	 pmap_copy_page(vm_page_t src, vm_page_t dst);

#endif /* !_MACHINE_PMAP_H_ */
