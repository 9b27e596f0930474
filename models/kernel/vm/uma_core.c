/*
 * UMA, the universal memory allocator: zones of equal items.
 *
 * The usual allocation touches only what belongs to this CPU: a bucket of free
 * items that the CPU took from the zone before.  In a critical section, so that
 * nobody else runs here meanwhile, the last item is popped; no lock, no atomic
 * operation.  Freeing pushes in the same way.  Only when both of the CPU's
 * buckets are empty (or full) does it go to the zone, under a lock, for another
 * bucket; when the zone has none, to the keg, which cuts items from slabs of
 * pages; and when those are used up, to vm_page.c.  One bucket pays for many
 * allocations, so the slow ways hardly show.
 *
 *	uma_zalloc	alloc bucket -> free bucket -> zone's full buckets
 *			-> zone_alloc_bucket -> keg's slabs -> pages
 *
 * This file holds the two fast ways and buckets; uma_keg.c has slabs, and
 * uma_dbg.c what catches misuse.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/smp.h>
#include <vm/vm_extern.h>
#include <vm/uma.h>
#include <vm/uma_int.h>

/* A few bytes less than the name says, to fill a power of two. */
#define	BUCKET_SIZE(n)							\
	(int)((sizeof(void *) * (n) - sizeof(struct uma_bucket)) / sizeof(void *))

struct uma_bucket_zone {
	uma_zone_t	 ubz_zone;
	const char	*ubz_name;
	int		 ubz_entries;	/* Items it holds. */
	int		 ubz_maxsize;	/* For items up to this size. */
};

static struct uma_bucket_zone bucket_zones[] = {
	{ NULL, "2 Bucket", 2, 4096 },
	{ NULL, "4 Bucket", 4, 3072 },
	{ NULL, "8 Bucket", 8, 2048 },
	{ NULL, "16 Bucket", 16, 1024 },
	{ NULL, "32 Bucket", BUCKET_SIZE(32), 512 },
	{ NULL, "64 Bucket", BUCKET_SIZE(64), 256 },
	{ NULL, "128 Bucket", BUCKET_SIZE(128), 128 },
	{ NULL, "256 Bucket", BUCKET_SIZE(256), 64 },
	{ NULL, NULL, 0, 0 }
};

static uma_bucket_t bucket_alloc(uma_zone_t zone, int flags);
static void	bucket_drain(uma_zone_t zone, uma_bucket_t bucket);
static void	bucket_free(uma_bucket_t bucket);
static struct uma_bucket_zone *bucket_zone_lookup(int entries);
static int	zone_alloc_ctor(uma_zone_t zone, void *item, void *arg,
		    int flags);
static uma_bucket_t zone_alloc_bucket(uma_zone_t zone, int flags);
static void	*zone_alloc_item(uma_zone_t zone, void *arg, int flags);
static void	*zone_alloc_slow(uma_zone_t zone, void *arg, int flags);
static void	zone_free_slow(uma_zone_t zone, void *item);

/*
 * Buckets.  They are items themselves, of zones that keep no buckets.
 */
void
bucket_init(void)
{
	struct uma_bucket_zone *ubz;

	for (ubz = bucket_zones; ubz->ubz_entries != 0; ubz++)
		ubz->ubz_zone = uma_zcreate(ubz->ubz_name,
		    sizeof(struct uma_bucket) +
		    sizeof(void *) * ubz->ubz_entries, NULL, NULL, NULL, NULL,
		    UMA_ALIGN_PTR, UMA_ZONE_MTXCLASS | UMA_ZONE_NOBUCKET |
		    UMA_ZFLAG_BUCKET);
}

static struct uma_bucket_zone *
bucket_zone_lookup(int entries)
{
	struct uma_bucket_zone *ubz;

	for (ubz = bucket_zones; ubz[1].ubz_entries != 0; ubz++)
		if (ubz->ubz_entries >= entries)
			break;
	return (ubz);
}

/* How many items a CPU should cache at first: few when they are large. */
int
bucket_select(int size)
{
	struct uma_bucket_zone *ubz;

	ubz = bucket_zones;
	if (size > ubz->ubz_maxsize)
		return (MAX((ubz->ubz_maxsize * ubz->ubz_entries) / size, 1));
	for (; ubz[1].ubz_entries != 0; ubz++)
		if (ubz[1].ubz_maxsize < size)
			break;
	return (ubz->ubz_entries);
}

static uma_bucket_t
bucket_alloc(uma_zone_t zone, int flags)
{
	struct uma_bucket_zone *ubz;
	uma_bucket_t bucket;

	ubz = bucket_zone_lookup(zone->uz_count);
	if (ubz->ubz_zone == NULL)
		return (NULL);
	bucket = uma_zalloc(ubz->ubz_zone, M_NOWAIT | (flags & M_NOVM));
	if (bucket != NULL) {
		bucket->ub_cnt = 0;
		bucket->ub_entries = ubz->ubz_entries;
	}
	return (bucket);
}

static void
bucket_free(uma_bucket_t bucket)
{

	KASSERT(bucket->ub_cnt == 0, ("bucket_free: bucket %p has %d items",
	    bucket, bucket->ub_cnt));
	uma_zfree(bucket_zone_lookup(bucket->ub_entries)->ubz_zone, bucket);
}

/* Give a bucket's items back to the slabs. */
static void
bucket_drain(uma_zone_t zone, uma_bucket_t bucket)
{

	zone_release(zone, bucket->ub_bucket, bucket->ub_cnt);
	bucket->ub_cnt = 0;
}

/*
 * Allocation.
 */

/* What every item goes through on its way out. */
static int
zone_alloc_ctor(uma_zone_t zone, void *item, void *arg, int flags)
{

#ifdef INVARIANTS
	uma_dbg_alloc(zone, NULL, item);
#endif
	if (zone->uz_ctor != NULL &&
	    zone->uz_ctor(item, zone->uz_size, arg, flags) != 0) {
#ifdef INVARIANTS
		uma_dbg_free(zone, NULL, item);
#endif
		zone_release(zone, &item, 1);
		ZONE_LOCK(zone);
		zone->uz_fails++;
		ZONE_UNLOCK(zone);
		return (1);
	}
	if ((flags & M_ZERO) != 0)
		bzero(item, zone->uz_size);
	return (0);
}

void *
uma_zalloc_arg(uma_zone_t zone, void *arg, int flags)
{
	struct uma_cache *cache;
	uma_bucket_t bucket;
	void *item;

	if ((flags & M_WAITOK) != 0)
		WITNESS_WARN(WARN_GIANTOK | WARN_SLEEPOK, NULL,
		    "uma_zalloc_arg: zone \"%s\"", zone->uz_name);
	KASSERT(curthread->td_critnest == 0 || (flags & M_WAITOK) == 0,
	    ("uma_zalloc_arg: M_WAITOK in a critical section"));
	if ((zone->uz_flags & UMA_ZONE_NOBUCKET) != 0)
		return (zone_alloc_item(zone, arg, flags));

	critical_enter();
	cache = &zone->uz_cpu[curcpu];
	bucket = cache->uc_allocbucket;
	if (bucket == NULL || bucket->ub_cnt == 0) {
		/* The other bucket may have what was freed here. */
		bucket = cache->uc_freebucket;
		if (bucket == NULL || bucket->ub_cnt == 0) {
			critical_exit();
			return (zone_alloc_slow(zone, arg, flags));
		}
		cache->uc_freebucket = cache->uc_allocbucket;
		cache->uc_allocbucket = bucket;
	}
	bucket->ub_cnt--;
	item = bucket->ub_bucket[bucket->ub_cnt];
	KASSERT(item != NULL, ("uma_zalloc: bucket pointer mangled"));
	cache->uc_allocs++;
	critical_exit();
	if (zone_alloc_ctor(zone, item, arg, flags) != 0)
		return (NULL);
	return (item);
}

/*
 * Both buckets were empty.  Install a full one and try again: meanwhile this
 * thread may have moved to another CPU, so nothing is taken for granted.
 */
static void *
zone_alloc_slow(uma_zone_t zone, void *arg, int flags)
{
	struct uma_cache *cache;
	uma_bucket_t bucket, old;
	int lockfail;

	lockfail = 0;
	if (ZONE_TRYLOCK(zone) == 0) {
		/* Others want it too: let CPUs cache more. */
		ZONE_LOCK(zone);
		lockfail = 1;
	}
	if (lockfail && zone->uz_count < BUCKET_MAX)
		zone->uz_count++;
	bucket = LIST_FIRST(&zone->uz_buckets);
	if (bucket != NULL)
		LIST_REMOVE(bucket, ub_link);
	ZONE_UNLOCK(zone);
	if (bucket == NULL)
		bucket = zone_alloc_bucket(zone, flags);
	if (bucket == NULL)
		return (zone_alloc_item(zone, arg, flags));

	critical_enter();
	cache = &zone->uz_cpu[curcpu];
	old = cache->uc_allocbucket;
	if (old == NULL || old->ub_cnt == 0) {
		cache->uc_allocbucket = bucket;
		bucket = NULL;
	}
	critical_exit();
	if (bucket != NULL) {
		/* Somebody else has filled this CPU's cache. */
		ZONE_LOCK(zone);
		LIST_INSERT_HEAD(&zone->uz_buckets, bucket, ub_link);
		ZONE_UNLOCK(zone);
	} else if (old != NULL)
		bucket_free(old);
	return (uma_zalloc_arg(zone, arg, flags));
}

/* A bucket of items fresh from the slabs. */
static uma_bucket_t
zone_alloc_bucket(uma_zone_t zone, int flags)
{
	uma_bucket_t bucket;

	bucket = bucket_alloc(zone, flags);
	if (bucket == NULL)
		return (NULL);
	bucket->ub_cnt = zone_import(zone, bucket->ub_bucket,
	    MIN(bucket->ub_entries, zone->uz_count), flags & ~M_ZERO);
	if (bucket->ub_cnt == 0) {
		bucket_free(bucket);
		ZONE_LOCK(zone);
		zone->uz_fails++;
		ZONE_UNLOCK(zone);
		return (NULL);
	}
	return (bucket);
}

/* One item straight from the slabs. */
static void *
zone_alloc_item(uma_zone_t zone, void *arg, int flags)
{
	void *item;

	if (zone_import(zone, &item, 1, flags & ~M_ZERO) != 1) {
		ZONE_LOCK(zone);
		zone->uz_fails++;
		ZONE_UNLOCK(zone);
		return (NULL);
	}
	(void)__atomic_fetch_add(&zone->uz_allocs, 1, __ATOMIC_ORDER);
	if (zone_alloc_ctor(zone, item, arg, flags) != 0)
		return (NULL);
	return (item);
}

/*
 * Freeing.
 */
void
uma_zfree_arg(uma_zone_t zone, void *item, void *arg)
{
	struct uma_cache *cache;
	uma_bucket_t bucket;

	if (item == NULL)
		return;
	if (zone->uz_dtor != NULL)
		zone->uz_dtor(item, zone->uz_size, arg);
#ifdef INVARIANTS
	uma_dbg_free(zone, NULL, item);
#endif
	if ((zone->uz_flags & UMA_ZONE_NOBUCKET) != 0 ||
	    zone->uz_sleepers > 0) {
		(void)__atomic_fetch_add(&zone->uz_frees, 1, __ATOMIC_ORDER);
		zone_release(zone, &item, 1);
		return;
	}

	critical_enter();
	cache = &zone->uz_cpu[curcpu];
	/* The alloc bucket first: what was used last is still in the cache. */
	bucket = cache->uc_allocbucket;
	if (bucket == NULL || bucket->ub_cnt >= bucket->ub_entries)
		bucket = cache->uc_freebucket;
	if (bucket == NULL || bucket->ub_cnt >= bucket->ub_entries) {
		critical_exit();
		zone_free_slow(zone, item);
		return;
	}
	bucket->ub_bucket[bucket->ub_cnt] = item;
	bucket->ub_cnt++;
	cache->uc_frees++;
	critical_exit();
}

/*
 * Both buckets are full, or missing.  An empty one takes the free bucket's
 * place, and the full one goes to the zone for other CPUs.
 */
static void
zone_free_slow(uma_zone_t zone, void *item)
{
	struct uma_cache *cache;
	uma_bucket_t bucket, full;

	bucket = bucket_alloc(zone, M_NOVM);
	if (bucket == NULL) {
		(void)__atomic_fetch_add(&zone->uz_frees, 1, __ATOMIC_ORDER);
		zone_release(zone, &item, 1);
		return;
	}
	bucket->ub_bucket[0] = item;
	bucket->ub_cnt = 1;
	critical_enter();
	cache = &zone->uz_cpu[curcpu];
	full = cache->uc_freebucket;
	cache->uc_freebucket = bucket;
	cache->uc_frees++;
	critical_exit();
	if (full == NULL)
		return;
	if (full->ub_cnt == 0) {
		bucket_free(full);
		return;
	}
	ZONE_LOCK(zone);
	LIST_INSERT_HEAD(&zone->uz_buckets, full, ub_link);
	ZONE_UNLOCK(zone);
}

/*
 * Items that callers hold; those in caches count as free.
 */
int
uma_zone_get_cur(uma_zone_t zone)
{
	int64_t n;
	int i;

	ZONE_LOCK(zone);
	n = zone->uz_allocs - zone->uz_frees;
	for (i = 0; i < mp_ncpus; i++)
		n += zone->uz_cpu[i].uc_allocs - zone->uz_cpu[i].uc_frees;
	ZONE_UNLOCK(zone);
	return (n < 0 ? 0 : n);
}

/*
 * Put all cached buckets back into slabs.  With allcpus, also those of the
 * CPUs: only when the zone is no longer used.
 */
void
zone_drain_buckets(uma_zone_t zone, int allcpus)
{
	struct uma_cache *cache;
	uma_bucket_t bucket;
	int i;

	for (i = 0; allcpus && i < mp_ncpus; i++) {
		cache = &zone->uz_cpu[i];
		if (cache->uc_allocbucket != NULL) {
			bucket_drain(zone, cache->uc_allocbucket);
			bucket_free(cache->uc_allocbucket);
		}
		if (cache->uc_freebucket != NULL) {
			bucket_drain(zone, cache->uc_freebucket);
			bucket_free(cache->uc_freebucket);
		}
		cache->uc_allocbucket = cache->uc_freebucket = NULL;
	}
	for (;;) {
		ZONE_LOCK(zone);
		bucket = LIST_FIRST(&zone->uz_buckets);
		if (bucket != NULL)
			LIST_REMOVE(bucket, ub_link);
		ZONE_UNLOCK(zone);
		if (bucket == NULL)
			break;
		bucket_drain(zone, bucket);
		bucket_free(bucket);
	}
}
