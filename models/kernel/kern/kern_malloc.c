/*
 * malloc(9): memory of any size, accounted by type.
 *
 * Sizes up to 64 KiB are rounded up to that of a zone ("malloc-16" to
 * "malloc-65536"); a table gives the zone for each multiple of 16.  Larger ones
 * are whole pages.  Each allocation names a malloc_type: every CPU counts for
 * itself, in a critical section and its own cache line, what it allocated and
 * freed of each type, and there dtmalloc's probes fire.  The difference of the
 * sums over all CPUs is what a type has in use: memory is often freed on
 * another CPU than the one that allocated it.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/smp.h>
#include <vm/vm_extern.h>
#include <vm/uma.h>
#include <vm/uma_int.h>

MALLOC_DEFINE(M_CACHE, "cache", "Various dynamically allocated caches");
MALLOC_DEFINE(M_DEVBUF, "devbuf", "device driver memory");
MALLOC_DEFINE(M_TEMP, "temp", "misc temporary data buffers");

#define	KMEM_ZSHIFT	4
#define	KMEM_ZBASE	16
#define	KMEM_ZMASK	(KMEM_ZBASE - 1UL)
#define	KMEM_ZMAX	65536
#define	KMEM_ZSIZE	(KMEM_ZMAX >> KMEM_ZSHIFT)

static uint8_t kmemsize[KMEM_ZSIZE + 1];	/* Zone by size / 16. */

static struct {
	int		 kz_size;
	const char	*kz_name;
	uma_zone_t	 kz_zone;
} kmemzones[] = {
	{ 16, "malloc-16", NULL },
	{ 32, "malloc-32", NULL },
	{ 64, "malloc-64", NULL },
	{ 128, "malloc-128", NULL },
	{ 256, "malloc-256", NULL },
	{ 384, "malloc-384", NULL },
	{ 512, "malloc-512", NULL },
	{ 1024, "malloc-1024", NULL },
	{ 2048, "malloc-2048", NULL },
	{ 4096, "malloc-4096", NULL },
	{ 8192, "malloc-8192", NULL },
	{ 16384, "malloc-16384", NULL },
	{ 32768, "malloc-32768", NULL },
	{ 65536, "malloc-65536", NULL },
	{ 0, NULL, NULL }
};

static uma_zone_t mt_stats_zone;
static struct malloc_type *kmemstatistics;	/* All types. */

SET_DECLARE(malloc_types, struct malloc_type);

static void	kmeminit(void *dummy);
static void	malloc_init(void *dummy);
static void	malloc_type_zone_allocated(struct malloc_type *mtp,
		    u_long size, int zindx);
static void	malloc_type_freed(struct malloc_type *mtp, u_long size);

SYSINIT(kmem, SI_SUB_KMEM, SI_ORDER_FIRST, kmeminit, NULL);
SYSINIT(malloc_types, SI_SUB_KMEM, SI_ORDER_THIRD, malloc_init, NULL);

static void
kmeminit(void *dummy)
{
	int i, indx;

	mt_stats_zone = uma_zcreate("mt_stats_zone",
	    mp_ncpus * sizeof(struct malloc_type_stats), NULL, NULL, NULL,
	    NULL, UMA_ALIGN_CACHE, UMA_ZONE_NOFREE);
	i = 0;
	for (indx = 0; kmemzones[indx].kz_size != 0; indx++) {
		kmemzones[indx].kz_zone = uma_zcreate(kmemzones[indx].kz_name,
		    kmemzones[indx].kz_size,
#ifdef INVARIANTS
		    mtrash_ctor, mtrash_dtor, mtrash_init, mtrash_fini,
#else
		    NULL, NULL, NULL, NULL,
#endif
		    UMA_ALIGN_PTR, UMA_ZONE_MALLOC);
		for (; i <= kmemzones[indx].kz_size >> KMEM_ZSHIFT; i++)
			kmemsize[i] = indx;
	}
}

static void
malloc_init(void *dummy)
{
	struct malloc_type **mtpp;

	SET_FOREACH(mtpp, malloc_types) {
		KASSERT((*mtpp)->ks_version == M_VERSION,
		    ("malloc_init: type %s with unsupported version %lu",
		    (*mtpp)->ks_shortdesc, (*mtpp)->ks_version));
		(*mtpp)->ks_mti.mti_stats = uma_zalloc(mt_stats_zone,
		    M_WAITOK | M_ZERO);
		(*mtpp)->ks_next = kmemstatistics;
		kmemstatistics = *mtpp;
	}
}

/*
 * Accounting.  size is 0 when an allocation failed: that counts as a request,
 * and its probe tells.
 */
static void
malloc_type_zone_allocated(struct malloc_type *mtp, u_long size, int zindx)
{
	struct malloc_type_stats *mtsp;

	critical_enter();
	mtsp = &mtp->ks_mti.mti_stats[curcpu];
	if (size > 0) {
		mtsp->mts_memalloced += size;
		mtsp->mts_numallocs++;
	}
	if (zindx != -1)
		mtsp->mts_size |= 1UL << zindx;
	DTMALLOC_FIRE(mtp, DTMALLOC_PROBE_MALLOC, mtsp, size, zindx);
	critical_exit();
}

static void
malloc_type_freed(struct malloc_type *mtp, u_long size)
{
	struct malloc_type_stats *mtsp;

	critical_enter();
	mtsp = &mtp->ks_mti.mti_stats[curcpu];
	mtsp->mts_memfreed += size;
	mtsp->mts_numfrees++;
	DTMALLOC_FIRE(mtp, DTMALLOC_PROBE_FREE, mtsp, size, 0);
	critical_exit();
}

void *
malloc(size_t size, struct malloc_type *mtp, int flags)
{
	void *va;
	int indx;

	KASSERT((flags & (M_WAITOK | M_NOWAIT)) == M_WAITOK ||
	    (flags & (M_WAITOK | M_NOWAIT)) == M_NOWAIT,
	    ("malloc: flags must have one of M_WAITOK and M_NOWAIT: %#x", flags));
	KASSERT((flags & M_WAITOK) == 0 || curthread->td_intr_nesting_level == 0,
	    ("malloc(M_WAITOK) in interrupt context"));
	KASSERT((flags & M_WAITOK) == 0 || curthread->td_critnest == 0,
	    ("malloc: called with spinlock or critical section held"));
	KASSERT(mtp->ks_mti.mti_stats != NULL,
	    ("malloc: type %s is not initialised yet", mtp->ks_shortdesc));
	if (size <= KMEM_ZMAX) {
		indx = kmemsize[(size + KMEM_ZMASK) >> KMEM_ZSHIFT];
		va = uma_zalloc(kmemzones[indx].kz_zone, flags);
		malloc_type_zone_allocated(mtp,
		    va == NULL ? 0 : kmemzones[indx].kz_size, indx);
	} else {
		size = round_page(size);
		va = uma_large_malloc(size, flags);
		malloc_type_zone_allocated(mtp, va == NULL ? 0 : size, -1);
	}
	KASSERT((flags & M_WAITOK) == 0 || va != NULL,
	    ("malloc(M_WAITOK) returned NULL"));
	return (va);
}

/* An array whose size may overflow. */
void *
mallocarray(size_t nmemb, size_t size, struct malloc_type *mtp, int flags)
{

	if (size != 0 && nmemb > ~0UL / size)
		panic("mallocarray: %lu * %lu overflowed", nmemb, size);
	return (malloc(nmemb * size, mtp, flags));
}

void
free(void *addr, struct malloc_type *mtp)
{
	uma_slab_t slab;
	u_long size;
#ifdef INVARIANTS
	struct malloc_type **mtpp;
#endif

	if (addr == NULL)
		return;
	slab = vtoslab((vm_offset_t)addr & ~UMA_SLAB_MASK);
	if ((slab->us_flags & UMA_SLAB_MALLOC) != 0) {
		size = slab->us_size;
		uma_large_free(slab);
	} else {
		size = slab->us_keg->uk_size;
#ifdef INVARIANTS
		/* Leave word whose it was: see mtrash_ctor(). */
		mtpp = (struct malloc_type **)((uint8_t *)addr + size -
		    sizeof(struct malloc_type *));
		*mtpp = mtp;
#endif
		uma_zfree(LIST_FIRST(&slab->us_keg->uk_zones), addr);
	}
	malloc_type_freed(mtp, size);
}

/* Free what must not be read by the next owner. */
void
zfree(void *addr, struct malloc_type *mtp)
{

	if (addr == NULL)
		return;
	bzero(addr, malloc_usable_size(addr));
	free(addr, mtp);
}

/* What an allocation can really hold. */
size_t
malloc_usable_size(const void *addr)
{
	uma_slab_t slab;

	if (addr == NULL)
		return (0);
	slab = vtoslab((vm_offset_t)addr & ~UMA_SLAB_MASK);
	if ((slab->us_flags & UMA_SLAB_MALLOC) != 0)
		return (slab->us_size);
	return (slab->us_keg->uk_size);
}

void *
realloc(void *addr, size_t size, struct malloc_type *mtp, int flags)
{
	void *newaddr;
	u_long alloc;

	if (addr == NULL)
		return (malloc(size, mtp, flags));
	alloc = malloc_usable_size(addr);
	/* Keep it where it is, unless half of it or more would be unused. */
	if (size <= alloc && (size > alloc / 2 || alloc == kmemzones[0].kz_size))
		return (addr);
	newaddr = malloc(size, mtp, flags);
	if (newaddr == NULL)
		return (NULL);
	memcpy(newaddr, addr, MIN(size, alloc));
	free(addr, mtp);
	return (newaddr);
}

/* realloc(), but frees the old memory even when it fails. */
void *
reallocf(void *addr, size_t size, struct malloc_type *mtp, int flags)
{
	void *mem;

	mem = realloc(addr, size, mtp, flags);
	if (mem == NULL)
		free(addr, mtp);
	return (mem);
}

/*
 * Physically contiguous memory: all kernel memory is.  The bounds exist for
 * devices, of which we have none that are choosy.
 */
void *
contigmalloc(u_long size, struct malloc_type *mtp, int flags, vm_paddr_t low,
    vm_paddr_t high, u_long alignment, vm_paddr_t boundary)
{
	void *addr;

	KASSERT(low == 0 && boundary == 0 && alignment <= PAGE_SIZE,
	    ("contigmalloc: constraints are not supported"));
	addr = kmem_malloc(size, flags);
	if (addr != NULL)
		malloc_type_zone_allocated(mtp, round_page(size), -1);
	return (addr);
}

void
contigfree(void *addr, u_long size, struct malloc_type *mtp)
{

	kmem_free(addr, size);
	malloc_type_freed(mtp, round_page(size));
}

char *
strdup(const char *s, struct malloc_type *mtp)
{
	char *copy;
	size_t len;

	len = strlen(s) + 1;
	copy = malloc(len, mtp, M_WAITOK);
	memcpy(copy, s, len);
	return (copy);
}
