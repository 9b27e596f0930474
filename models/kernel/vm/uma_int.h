/*
 * UMA's insides.
 *
 *	zone	what callers see: constructors, per-CPU caches, full buckets
 *	keg	where items come from: slabs, and their layout
 *	slab	one or more pages, cut into items, with a bitmap of free ones
 *	bucket	an array of free items, the unit in which CPUs take and give
 *
 * Locking key: (K) keg lock; (C) critical section on that CPU; (c) constant.
 */
#ifndef _VM_UMA_INT_H_
#define	_VM_UMA_INT_H_

#include <sys/param.h>
#include <sys/queue.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <vm/vm.h>
#include <vm/vm_page.h>
#include <vm/uma.h>

#define	UMA_SLAB_SIZE		PAGE_SIZE
#define	UMA_SLAB_MASK		(UMA_SLAB_SIZE - 1UL)
#define	UMA_MAX_WASTE		10	/* Percent of a slab, before it grows. */
#define	UMA_SLAB_MAXITEMS	256

#define	BUCKET_MAX		256

struct uma_bucket {
	LIST_ENTRY(uma_bucket) ub_link;	/* (K) In uz_buckets. */
	int16_t		 ub_cnt;	/* Items in it ... */
	int16_t		 ub_entries;	/* ... and how many fit. */
	void		*ub_bucket[];
};
typedef struct uma_bucket *uma_bucket_t;

/*
 * A CPU's cache: allocations take from one bucket, frees fill another, and when
 * one runs out they are exchanged.
 */
struct uma_cache {
	uma_bucket_t	 uc_freebucket;	/* (C) */
	uma_bucket_t	 uc_allocbucket; /* (C) */
	uint64_t	 uc_allocs;	/* (C) */
	uint64_t	 uc_frees;	/* (C) */
} __aligned(CACHE_LINE_SIZE);

struct uma_slab {
	struct uma_keg	*us_keg;	/* (c) NULL: a large malloc. */
	LIST_ENTRY(uma_slab) us_link;	/* (K) */
	uint8_t		*us_data;	/* (c) First item. */
	uint16_t	 us_freecount;	/* (K) */
	uint8_t		 us_flags;	/* (c) UMA_SLAB_ */
	uint8_t		 us_pad;
	u_long		 us_size;	/* (c) Bytes of a large malloc. */
	/*
	 * (K) A bit an item; 1: free.  With INVARIANTS a second bitmap follows,
	 * of what callers hold: items in buckets are in neither.
	 */
	uint64_t	 us_free[];
};
typedef struct uma_slab *uma_slab_t;
#define	UMA_SLAB_MALLOC		0x01	/* A large malloc, without a keg. */

struct uma_keg {
	struct mtx	 uk_lock;
	LIST_HEAD(, uma_zone) uk_zones;	/* (K) Whose items these are. */
	LIST_HEAD(, uma_slab) uk_part_slab; /* (K) Partly allocated ... */
	LIST_HEAD(, uma_slab) uk_free_slab; /* (K) ... wholly free ... */
	LIST_HEAD(, uma_slab) uk_full_slab; /* (K) ... wholly allocated slabs. */
	u_int		 uk_pages;	/* (K) */
	u_int		 uk_free;	/* (K) Free items in slabs. */
	u_int		 uk_maxpages;	/* (K) Limit, or 0. */
	u_int		 uk_size;	/* (c) Item size asked for. */
	u_int		 uk_rsize;	/* (c) Rounded for alignment. */
	u_int		 uk_ppera;	/* (c) Pages a slab. */
	u_int		 uk_ipers;	/* (c) Items a slab. */
	u_int		 uk_pgoff;	/* (c) Of the header in the slab. */
	u_int		 uk_words;	/* (c) Of a slab's bitmap. */
	uint32_t	 uk_flags;	/* (c) UMA_ZONE_, UMA_ZFLAG_ */
	u_int		 uk_align;	/* (c) Mask. */
	uma_init	 uk_init;	/* (c) */
	uma_fini	 uk_fini;	/* (c) */
	const char	*uk_name;	/* (c) */
	LIST_ENTRY(uma_keg) uk_link;	/* uma_rwlock */
};
typedef struct uma_keg *uma_keg_t;
#define	UMA_ZFLAG_OFFPAGE	0x80000000 /* Slab header lies elsewhere. */
#define	UMA_ZFLAG_INTERNAL	0x40000000 /* UMA's own: not cached long. */
#define	UMA_ZFLAG_BUCKET	0x20000000 /* A zone of buckets. */

struct uma_zone {
	struct mtx	*uz_lockptr;	/* (c) The keg's lock. */
	const char	*uz_name;	/* (c) */
	uma_keg_t	 uz_keg;	/* (c) */
	LIST_ENTRY(uma_zone) uz_link;	/* (K) In uk_zones. */
	LIST_HEAD(, uma_bucket) uz_buckets; /* (K) Full ones. */
	u_int		 uz_size;	/* (c) Item size asked for. */
	uint32_t	 uz_flags;	/* (c) */
	uma_ctor	 uz_ctor;	/* (c) */
	uma_dtor	 uz_dtor;	/* (c) */
	uint16_t	 uz_count;	/* (K) Items in a new bucket. */
	uint16_t	 uz_count_min;	/* (c) */
	uint32_t	 uz_sleeps;	/* (K) */
	uint32_t	 uz_sleepers;	/* (K) Waiting at the limit. */
	volatile u_long	 uz_allocs;	/* (K) Other than from caches. */
	volatile u_long	 uz_frees;	/* (K) */
	volatile u_long	 uz_fails;	/* (K) */
	struct uma_cache uz_cpu[];	/* (C) mp_ncpus of them. */
};

#define	ZONE_LOCK(z)		mtx_lock((z)->uz_lockptr)
#define	ZONE_TRYLOCK(z)		mtx_trylock((z)->uz_lockptr)
#define	ZONE_UNLOCK(z)		mtx_unlock((z)->uz_lockptr)
#define	ZONE_LOCK_ASSERT(z)	mtx_assert((z)->uz_lockptr, MA_OWNED)
#define	KEG_LOCK(k)		mtx_lock(&(k)->uk_lock)
#define	KEG_UNLOCK(k)		mtx_unlock(&(k)->uk_lock)
#define	KEG_LOCK_ASSERT(k)	mtx_assert(&(k)->uk_lock, MA_OWNED)

/* The slab that an address of a UMA_ZONE_MALLOC or OFFPAGE zone lies in. */
static inline uma_slab_t
vtoslab(vm_offset_t va)
{
	vm_page_t p;

	KASSERT(atop(pmap_kextract(va)) - first_page < vm_page_array_size,
	    ("vtoslab: %#lx is not allocated memory", va));
	p = PHYS_TO_VM_PAGE(pmap_kextract(va));
	KASSERT((p->flags & PG_SLAB) != 0,
	    ("vtoslab: %#lx is not an address of the allocator", va));
	return (p->plinks.s.slab);
}

static inline void
vsetslab(vm_offset_t va, uma_slab_t slab)
{
	vm_page_t p;

	p = PHYS_TO_VM_PAGE(pmap_kextract(va));
	p->plinks.s.slab = slab;
	p->flags |= PG_SLAB;
}

/* uma_core.c */
void	 bucket_init(void);
int	 bucket_select(int size);
void	 zone_drain_buckets(uma_zone_t zone, int allcpus);

/* uma_keg.c */
int	 zone_import(uma_zone_t zone, void **items, int max, int flags);
void	 zone_release(uma_zone_t zone, void **items, int cnt);
void	*uma_large_malloc(vm_size_t size, int wait);
void	 uma_large_free(uma_slab_t slab);

/* uma_dbg.c */
#ifdef INVARIANTS
void	 uma_dbg_alloc(uma_zone_t zone, uma_slab_t slab, void *item);
void	 uma_dbg_free(uma_zone_t zone, uma_slab_t slab, void *item);
int	 mtrash_ctor(void *mem, int size, void *arg, int flags);
void	 mtrash_dtor(void *mem, int size, void *arg);
int	 mtrash_init(void *mem, int size, int flags);
void	 mtrash_fini(void *mem, int size);
#endif

#endif /* !_VM_UMA_INT_H_ */
