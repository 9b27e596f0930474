/*
 * Kegs: where the items of a zone come from.
 *
 * A slab is one page (or several, for large items), cut into items, with a
 * header that has a bitmap of the free ones.  The header lies at the end of the
 * page when it fits there at little waste; otherwise it is an item of the
 * zone "UMA Slabs" and the page's struct vm_page points at it.
 *
 *	| item | item | item | ...	| struct uma_slab |
 *
 * Slabs are listed by how full they are; partly used ones are used first,
 * so that others can become free as a whole.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/rwlock.h>
#include <sys/smp.h>
#include <sys/vmmeter.h>
#include <vm/vm_extern.h>
#include <vm/vm_page.h>
#include <vm/uma.h>
#include <vm/uma_int.h>

static LIST_HEAD(, uma_keg) uma_kegs = LIST_HEAD_INITIALIZER(uma_kegs);
static struct rwlock uma_rwlock;	/* The list of kegs. */

static uma_zone_t kegs, zones, slabzone;	/* UMA's own. */
static struct uma_keg kegs_keg, zones_keg, slabzone_keg;

static uma_slab_t keg_alloc_slab(uma_keg_t keg, int wait);
static void	keg_ctor(uma_keg_t keg, const char *name, size_t size,
		    uma_init uminit, uma_fini fini, int align, uint32_t flags);
static void	keg_drain(uma_keg_t keg);
static uma_slab_t keg_fetch_slab(uma_keg_t keg, uma_zone_t zone, int flags);
static void	keg_free_slab(uma_keg_t keg, uma_slab_t slab);
static void	keg_layout(uma_keg_t keg);
static void	*slab_alloc_item(uma_keg_t keg, uma_slab_t slab);
static void	slab_free_item(uma_keg_t keg, uma_slab_t slab, void *item);
static size_t	slab_sizeof(int nitems);
static void	*uma_page_alloc(vm_size_t size, int wait);
static uma_zone_t zone_boot(uma_keg_t keg, const char *name, size_t size,
		    int align);
static void	zone_ctor(uma_zone_t zone, uma_keg_t keg, uma_ctor ctor,
		    uma_dtor dtor);

/*
 * Layout of slabs.
 */
static size_t
slab_sizeof(int nitems)
{
	size_t words;

	words = howmany(nitems, 64);
#ifdef INVARIANTS
	words *= 2;
#endif
	return (sizeof(struct uma_slab) + words * sizeof(uint64_t));
}

static void
keg_layout(uma_keg_t keg)
{
	u_int ipers, waste;

	keg->uk_rsize = roundup(MAX(keg->uk_size, sizeof(void *)),
	    keg->uk_align + 1);
	keg->uk_ppera = 1;
	/* As many items as fit before the header. */
	ipers = MIN(UMA_SLAB_SIZE / keg->uk_rsize, UMA_SLAB_MAXITEMS);
	while (ipers > 0 &&
	    ipers * keg->uk_rsize + slab_sizeof(ipers) > UMA_SLAB_SIZE)
		ipers--;
	waste = UMA_SLAB_SIZE - ipers * keg->uk_rsize;
	if (ipers > 0)
		waste -= slab_sizeof(ipers);
	if ((keg->uk_flags & (UMA_ZFLAG_INTERNAL | UMA_ZFLAG_BUCKET)) == 0 &&
	    waste > UMA_SLAB_SIZE * UMA_MAX_WASTE / 100 &&
	    UMA_SLAB_SIZE / keg->uk_rsize > ipers) {
		ipers = MIN(UMA_SLAB_SIZE / keg->uk_rsize, UMA_SLAB_MAXITEMS);
		keg->uk_flags |= UMA_ZFLAG_OFFPAGE;
	}
	if (ipers == 0) {
		/* A large item: pages of its own. */
		ipers = 1;
		keg->uk_ppera = howmany(keg->uk_rsize, PAGE_SIZE);
		keg->uk_flags |= UMA_ZFLAG_OFFPAGE;
	}
	keg->uk_ipers = ipers;
	keg->uk_words = howmany(ipers, 64);
	if ((keg->uk_flags & UMA_ZFLAG_OFFPAGE) == 0)
		keg->uk_pgoff = UMA_SLAB_SIZE - roundup2(slab_sizeof(ipers), 8);
}

/*
 * Creation of zones.
 */
static void
keg_ctor(uma_keg_t keg, const char *name, size_t size, uma_init uminit,
    uma_fini fini, int align, uint32_t flags)
{

	bzero(keg, sizeof(*keg));
	keg->uk_name = name;
	keg->uk_size = size;
	keg->uk_init = uminit;
	keg->uk_fini = fini;
	keg->uk_align = align;
	keg->uk_flags = flags;
	keg_layout(keg);
	mtx_init(&keg->uk_lock, name,
	    (flags & UMA_ZONE_MTXCLASS) != 0 ? name : "UMA zone",
	    MTX_DEF | MTX_DUPOK);
	rw_wlock(&uma_rwlock);
	LIST_INSERT_HEAD(&uma_kegs, keg, uk_link);
	rw_wunlock(&uma_rwlock);
}

static void
zone_ctor(uma_zone_t zone, uma_keg_t keg, uma_ctor ctor, uma_dtor dtor)
{

	bzero(zone, sizeof(struct uma_zone) + mp_ncpus * sizeof(struct uma_cache));
	zone->uz_name = keg->uk_name;
	zone->uz_keg = keg;
	zone->uz_lockptr = &keg->uk_lock;
	zone->uz_size = keg->uk_size;
	zone->uz_flags = keg->uk_flags;
	zone->uz_ctor = ctor;
	zone->uz_dtor = dtor;
	zone->uz_count = zone->uz_count_min = bucket_select(keg->uk_rsize);
	KEG_LOCK(keg);
	LIST_INSERT_HEAD(&keg->uk_zones, zone, uz_link);
	KEG_UNLOCK(keg);
}

/* A zone that UMA itself stands on: made by hand. */
static uma_zone_t
zone_boot(uma_keg_t keg, const char *name, size_t size, int align)
{
	uma_zone_t zone;

	keg_ctor(keg, name, size, NULL, NULL, align,
	    UMA_ZFLAG_INTERNAL | UMA_ZONE_NOBUCKET | UMA_ZONE_MTXCLASS);
	zone = kmem_malloc(round_page(sizeof(struct uma_zone) +
	    mp_ncpus * sizeof(struct uma_cache)), M_WAITOK);
	zone_ctor(zone, keg, NULL, NULL);
	return (zone);
}

/*
 * Called once vm_page_alloc() works.
 */
void
uma_startup(void)
{

	rw_init(&uma_rwlock, "UMA lock");
	slabzone = zone_boot(&slabzone_keg, "UMA Slabs",
	    slab_sizeof(UMA_SLAB_MAXITEMS), UMA_ALIGN_PTR);
	kegs = zone_boot(&kegs_keg, "UMA Kegs", sizeof(struct uma_keg),
	    UMA_ALIGN_CACHE);
	zones = zone_boot(&zones_keg, "UMA Zones", sizeof(struct uma_zone) +
	    mp_ncpus * sizeof(struct uma_cache), UMA_ALIGN_CACHE);
	bucket_init();
}

uma_zone_t
uma_zcreate(const char *name, size_t size, uma_ctor ctor, uma_dtor dtor,
    uma_init uminit, uma_fini fini, int align, uint32_t flags)
{
	uma_keg_t keg;
	uma_zone_t zone;

	KASSERT(powerof2(align + 1), ("uma_zcreate: zone %s: align %#x is not a mask",
	    name, align));
#ifdef INVARIANTS
	/* Nobody depends on what free items hold, so poison them. */
	if ((flags & (UMA_ZONE_ZINIT | UMA_ZONE_NOFREE)) == 0 && ctor == NULL &&
	    dtor == NULL && uminit == NULL && fini == NULL) {
		ctor = trash_ctor;
		dtor = trash_dtor;
		uminit = trash_init;
		fini = trash_fini;
	}
#endif
	keg = uma_zalloc(kegs, M_WAITOK);
	keg_ctor(keg, name, size, uminit, fini, align, flags);
	zone = uma_zalloc(zones, M_WAITOK);
	zone_ctor(zone, keg, ctor, dtor);
	return (zone);
}

/* All items must have been freed, and nobody may use the zone any more. */
void
uma_zdestroy(uma_zone_t zone)
{
	uma_keg_t keg;

	keg = zone->uz_keg;
	zone_drain_buckets(zone, 1);
	keg_drain(keg);
	if (keg->uk_pages != 0)
		printf("Freed UMA keg (%s) was not empty (%u items). Lost %u pages of memory.\n",
		    keg->uk_name, keg->uk_pages / keg->uk_ppera * keg->uk_ipers -
		    keg->uk_free, keg->uk_pages);
	rw_wlock(&uma_rwlock);
	LIST_REMOVE(keg, uk_link);
	rw_wunlock(&uma_rwlock);
	mtx_destroy(&keg->uk_lock);
	uma_zfree(zones, zone);
	uma_zfree(kegs, keg);
}

/*
 * Pages in and out.
 */
static void *
uma_page_alloc(vm_size_t size, int wait)
{
	vm_page_t m;
	int req;

	if (size > PAGE_SIZE)
		return (kmem_malloc(size, wait));
	req = VM_ALLOC_NOOBJ | VM_ALLOC_WIRED;
	req |= (wait & M_USE_RESERVE) != 0 ? VM_ALLOC_INTERRUPT : VM_ALLOC_SYSTEM;
	if ((wait & M_ZERO) != 0)
		req |= VM_ALLOC_ZERO;
	while ((m = vm_page_alloc(NULL, 0, req)) == NULL) {
		if ((wait & M_WAITOK) == 0)
			return (NULL);
		vm_wait();
	}
	if ((wait & M_ZERO) != 0 && (m->flags & PG_ZERO) == 0)
		pmap_zero_page(m);
	return ((void *)VM_PAGE_TO_DMAP(m));
}

/* A new slab, or NULL.  The keg is unlocked. */
static uma_slab_t
keg_alloc_slab(uma_keg_t keg, int wait)
{
	uma_slab_t slab;
	uint8_t *mem;
	u_int i;

	slab = NULL;
	if ((keg->uk_flags & UMA_ZFLAG_OFFPAGE) != 0) {
		slab = uma_zalloc(slabzone, wait);
		if (slab == NULL)
			return (NULL);
	}
	if ((keg->uk_flags & UMA_ZONE_ZINIT) != 0)
		wait |= M_ZERO;
	mem = uma_page_alloc(keg->uk_ppera * PAGE_SIZE, wait);
	if (mem == NULL) {
		if (slab != NULL)
			uma_zfree(slabzone, slab);
		return (NULL);
	}
	if (slab == NULL)
		slab = (uma_slab_t)(mem + keg->uk_pgoff);
	if ((keg->uk_flags & (UMA_ZFLAG_OFFPAGE | UMA_ZONE_MALLOC)) != 0)
		for (i = 0; i < keg->uk_ppera; i++)
			vsetslab((vm_offset_t)mem + i * PAGE_SIZE, slab);
	slab->us_keg = keg;
	slab->us_data = mem;
	slab->us_freecount = keg->uk_ipers;
	slab->us_flags = 0;
	bzero(slab->us_free, slab_sizeof(keg->uk_ipers) - sizeof(struct uma_slab));
	for (i = 0; i < keg->uk_ipers; i++)
		slab->us_free[i / 64] |= 1UL << (i % 64);
	if (keg->uk_init != NULL)
		for (i = 0; i < keg->uk_ipers; i++)
			if (keg->uk_init(mem + i * keg->uk_rsize,
			    keg->uk_size, wait) != 0) {
				/* Undo those before. */
				while (keg->uk_fini != NULL && i-- > 0)
					keg->uk_fini(mem + i * keg->uk_rsize,
					    keg->uk_size);
				if ((keg->uk_flags & UMA_ZFLAG_OFFPAGE) != 0)
					uma_zfree(slabzone, slab);
				kmem_free(mem, keg->uk_ppera * PAGE_SIZE);
				return (NULL);
			}
	return (slab);
}

/* A wholly free slab goes back to the VM. */
static void
keg_free_slab(uma_keg_t keg, uma_slab_t slab)
{
	uint8_t *mem;
	u_int i;

	mem = slab->us_data;
	if (keg->uk_fini != NULL)
		for (i = 0; i < keg->uk_ipers; i++)
			keg->uk_fini(mem + i * keg->uk_rsize, keg->uk_size);
	if ((keg->uk_flags & UMA_ZFLAG_OFFPAGE) != 0)
		uma_zfree(slabzone, slab);
	kmem_free(mem, keg->uk_ppera * PAGE_SIZE);
}

/*
 * A slab with at least one free item; keg locked, and so on return, but maybe
 * not in between.  NULL if there is none to be had.
 */
static uma_slab_t
keg_fetch_slab(uma_keg_t keg, uma_zone_t zone, int flags)
{
	uma_slab_t slab;

	for (;;) {
		KEG_LOCK_ASSERT(keg);
		slab = LIST_FIRST(&keg->uk_part_slab);
		if (slab != NULL)
			return (slab);
		slab = LIST_FIRST(&keg->uk_free_slab);
		if (slab != NULL) {
			LIST_REMOVE(slab, us_link);
			LIST_INSERT_HEAD(&keg->uk_part_slab, slab, us_link);
			return (slab);
		}
		if ((flags & M_NOVM) != 0)
			return (NULL);
		if (keg->uk_maxpages != 0 && keg->uk_pages >= keg->uk_maxpages) {
			if ((flags & M_WAITOK) == 0)
				return (NULL);
			zone->uz_sleeps++;
			zone->uz_sleepers++;
			msleep(keg, &keg->uk_lock, PVM, "keglimit", 0);
			zone->uz_sleepers--;
			continue;
		}
		KEG_UNLOCK(keg);
		slab = keg_alloc_slab(keg, flags);
		KEG_LOCK(keg);
		if (slab == NULL) {
			/* Somebody may have freed an item meanwhile. */
			if (keg->uk_free == 0 && (flags & M_WAITOK) == 0)
				return (NULL);
			if (keg->uk_free == 0)
				flags = (flags & ~M_WAITOK) | M_NOWAIT;
			continue;
		}
		keg->uk_pages += keg->uk_ppera;
		keg->uk_free += keg->uk_ipers;
		LIST_INSERT_HEAD(&keg->uk_part_slab, slab, us_link);
	}
}

/*
 * Items in and out of slabs; keg locked.
 */
static void *
slab_alloc_item(uma_keg_t keg, uma_slab_t slab)
{
	u_int i, bit;

	KASSERT(slab->us_freecount > 0, ("slab_alloc_item: slab %p is full", slab));
	for (i = 0; slab->us_free[i] == 0; i++)
		;
	bit = __builtin_ctzl(slab->us_free[i]);
	slab->us_free[i] &= ~(1UL << bit);
	slab->us_freecount--;
	keg->uk_free--;
	if (slab->us_freecount == 0) {
		LIST_REMOVE(slab, us_link);
		LIST_INSERT_HEAD(&keg->uk_full_slab, slab, us_link);
	}
	return (slab->us_data + (i * 64 + bit) * keg->uk_rsize);
}

static void
slab_free_item(uma_keg_t keg, uma_slab_t slab, void *item)
{
	u_int i;

	i = ((uint8_t *)item - slab->us_data) / keg->uk_rsize;
	KASSERT((slab->us_free[i / 64] & 1UL << (i % 64)) == 0,
	    ("slab_free_item: duplicate free of %p (zone %s)", item, keg->uk_name));
	slab->us_free[i / 64] |= 1UL << (i % 64);
	slab->us_freecount++;
	keg->uk_free++;
	if (slab->us_freecount == keg->uk_ipers) {
		LIST_REMOVE(slab, us_link);
		LIST_INSERT_HEAD(&keg->uk_free_slab, slab, us_link);
	} else if (slab->us_freecount == 1) {
		LIST_REMOVE(slab, us_link);
		LIST_INSERT_HEAD(&keg->uk_part_slab, slab, us_link);
	}
}

/*
 * Take up to max items from slabs; returns how many.  May sleep for the first,
 * if flags allow, not for more.
 */
int
zone_import(uma_zone_t zone, void **items, int max, int flags)
{
	uma_keg_t keg;
	uma_slab_t slab;
	int i;

	keg = zone->uz_keg;
	i = 0;
	KEG_LOCK(keg);
	while (i < max) {
		slab = keg_fetch_slab(keg, zone, flags);
		if (slab == NULL)
			break;
		while (slab->us_freecount > 0 && i < max)
			items[i++] = slab_alloc_item(keg, slab);
		flags = (flags & ~M_WAITOK) | M_NOWAIT;
	}
	KEG_UNLOCK(keg);
	return (i);
}

void
zone_release(uma_zone_t zone, void **items, int cnt)
{
	uma_keg_t keg;
	uma_slab_t slab;
	int i;

	keg = zone->uz_keg;
	KEG_LOCK(keg);
	for (i = 0; i < cnt; i++) {
		if ((keg->uk_flags & UMA_ZFLAG_OFFPAGE) != 0)
			slab = vtoslab((vm_offset_t)items[i]);
		else
			slab = (uma_slab_t)(((vm_offset_t)items[i] &
			    ~UMA_SLAB_MASK) + keg->uk_pgoff);
		slab_free_item(keg, slab, items[i]);
	}
	if (zone->uz_sleepers > 0)
		wakeup(keg);
	KEG_UNLOCK(keg);
}

/*
 * Limits, and giving memory back.
 */
int
uma_zone_set_max(uma_zone_t zone, int nitems)
{
	uma_keg_t keg;

	keg = zone->uz_keg;
	KEG_LOCK(keg);
	keg->uk_maxpages = howmany(nitems, keg->uk_ipers) * keg->uk_ppera;
	nitems = keg->uk_maxpages / keg->uk_ppera * keg->uk_ipers;
	KEG_UNLOCK(keg);
	return (nitems);
}

void
uma_prealloc(uma_zone_t zone, int nitems)
{
	uma_keg_t keg;
	uma_slab_t slab;
	int n;

	keg = zone->uz_keg;
	for (n = 0; n < nitems; n += keg->uk_ipers) {
		slab = keg_alloc_slab(keg, M_WAITOK);
		if (slab == NULL)
			break;
		KEG_LOCK(keg);
		keg->uk_pages += keg->uk_ppera;
		keg->uk_free += keg->uk_ipers;
		LIST_INSERT_HEAD(&keg->uk_free_slab, slab, us_link);
		KEG_UNLOCK(keg);
	}
}

/* Free all slabs that are wholly free. */
static void
keg_drain(uma_keg_t keg)
{
	uma_slab_t slab;

	if ((keg->uk_flags & UMA_ZONE_NOFREE) != 0)
		return;
	for (;;) {
		KEG_LOCK(keg);
		slab = LIST_FIRST(&keg->uk_free_slab);
		if (slab != NULL) {
			LIST_REMOVE(slab, us_link);
			keg->uk_pages -= keg->uk_ppera;
			keg->uk_free -= keg->uk_ipers;
		}
		KEG_UNLOCK(keg);
		if (slab == NULL)
			return;
		keg_free_slab(keg, slab);
	}
}

/*
 * Memory is short: give back what nobody uses.  Two rounds, since freeing
 * buckets and slab headers makes more free slabs.
 */
void
uma_reclaim(void)
{
	uma_keg_t keg;
	uma_zone_t zone;
	int round;

	for (round = 0; round < 2; round++) {
		rw_rlock(&uma_rwlock);
		LIST_FOREACH(keg, &uma_kegs, uk_link) {
			LIST_FOREACH(zone, &keg->uk_zones, uz_link)
				zone_drain_buckets(zone, 0);
			if ((keg->uk_flags & UMA_ZFLAG_INTERNAL) == 0)
				keg_drain(keg);
		}
		rw_runlock(&uma_rwlock);
	}
}

/*
 * Allocations too large for a zone: pages, and a slab header that remembers
 * the size.
 */
void *
uma_large_malloc(vm_size_t size, int wait)
{
	uma_slab_t slab;
	void *mem;

	slab = uma_zalloc(slabzone, wait & ~M_ZERO);
	if (slab == NULL)
		return (NULL);
	mem = kmem_malloc(size, wait);
	if (mem == NULL) {
		uma_zfree(slabzone, slab);
		return (NULL);
	}
	vsetslab((vm_offset_t)mem, slab);
	slab->us_keg = NULL;
	slab->us_data = mem;
	slab->us_flags = UMA_SLAB_MALLOC;
	slab->us_size = size;
	return (mem);
}

void
uma_large_free(uma_slab_t slab)
{

	kmem_free(slab->us_data, slab->us_size);
	uma_zfree(slabzone, slab);
}
