/*
 * Catching misuse of memory, in kernels with INVARIANTS.
 *
 * Freed items are filled with a pattern, and on the next allocation the pattern
 * must still be there: otherwise somebody has written to memory that he had
 * given back.  And each slab knows which of its items callers hold, so that
 * freeing one twice, or one that is none, is found at once.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/malloc.h>
#include <vm/uma.h>
#include <vm/uma_int.h>

#ifdef INVARIANTS
static const uint32_t uma_junk = 0xdeadc0de;

static uma_slab_t uma_dbg_getslab(uma_zone_t zone, void *item);

/*
 * Is the pattern still there?
 */
int
trash_ctor(void *mem, int size, void *arg, int flags)
{
	uint32_t *p;
	int cnt;

	cnt = size / sizeof(uma_junk);
	for (p = mem; cnt > 0; cnt--, p++)
		if (*p != uma_junk) {
			panic("Memory modified after free %p(%d) val=%x @ %p",
			    mem, size, *p, p);
		}
	return (0);
}

void
trash_dtor(void *mem, int size, void *arg)
{
	uint32_t *p;
	int cnt;

	cnt = size / sizeof(uma_junk);
	for (p = mem; cnt > 0; cnt--, p++)
		*p = uma_junk;
}

int
trash_init(void *mem, int size, int flags)
{

	trash_dtor(mem, size, NULL);
	return (0);
}

void
trash_fini(void *mem, int size)
{

	(void)trash_ctor(mem, size, NULL, 0);
}

/*
 * The same for malloc(9), which leaves the last type in the last word of a
 * freed item: so we can say whose memory it was.
 */
int
mtrash_ctor(void *mem, int size, void *arg, int flags)
{
	struct malloc_type **ksp;
	uint32_t *p;
	int cnt;

	size -= sizeof(struct malloc_type *);
	ksp = (struct malloc_type **)((uint8_t *)mem + size);
	cnt = size / sizeof(uma_junk);
	for (p = mem; cnt > 0; cnt--, p++)
		if (*p != uma_junk) {
			printf("Memory modified after free %p(%d) val=%x @ %p\n",
			    mem, size, *p, p);
			panic("Most recently used by %s", *ksp == NULL ?
			    "none" : (*ksp)->ks_shortdesc);
		}
	return (0);
}

void
mtrash_dtor(void *mem, int size, void *arg)
{

	trash_dtor(mem, size - sizeof(struct malloc_type *), NULL);
}

int
mtrash_init(void *mem, int size, int flags)
{
	struct malloc_type **ksp;

	mtrash_dtor(mem, size, NULL);
	ksp = (struct malloc_type **)((uint8_t *)mem + size -
	    sizeof(struct malloc_type *));
	*ksp = NULL;
	return (0);
}

void
mtrash_fini(void *mem, int size)
{

	(void)mtrash_ctor(mem, size, NULL, 0);
}

/*
 * Who holds what.  Bits change atomically: no lock is held.
 */
static uma_slab_t
uma_dbg_getslab(uma_zone_t zone, void *item)
{
	uma_keg_t keg;

	keg = zone->uz_keg;
	if ((keg->uk_flags & (UMA_ZFLAG_OFFPAGE | UMA_ZONE_MALLOC)) != 0)
		return (vtoslab((vm_offset_t)item));
	return ((uma_slab_t)(((vm_offset_t)item & ~UMA_SLAB_MASK) +
	    keg->uk_pgoff));
}

void
uma_dbg_alloc(uma_zone_t zone, uma_slab_t slab, void *item)
{
	uma_keg_t keg;
	uint64_t *word, bit;
	u_int i;

	keg = zone->uz_keg;
	if (slab == NULL)
		slab = uma_dbg_getslab(zone, item);
	i = ((uint8_t *)item - slab->us_data) / keg->uk_rsize;
	word = &slab->us_free[keg->uk_words + i / 64];
	bit = 1UL << (i % 64);
	if ((__atomic_fetch_or(word, bit, __ATOMIC_ORDER) & bit) != 0)
		panic("Duplicate alloc of %p from zone %p(%s) slab %p(%u)",
		    item, zone, zone->uz_name, slab, i);
}

void
uma_dbg_free(uma_zone_t zone, uma_slab_t slab, void *item)
{
	uma_keg_t keg;
	uint64_t *word, bit;
	u_int i;

	keg = zone->uz_keg;
	if (slab == NULL)
		slab = uma_dbg_getslab(zone, item);
	if (slab->us_keg != keg)
		panic("Freed item %p did not belong to zone %s", item, zone->uz_name);
	i = ((uint8_t *)item - slab->us_data) / keg->uk_rsize;
	if (i >= keg->uk_ipers ||
	    slab->us_data + i * keg->uk_rsize != (uint8_t *)item)
		panic("Invalid free of %p from zone %p(%s) slab %p(%u)",
		    item, zone, zone->uz_name, slab, i);
	word = &slab->us_free[keg->uk_words + i / 64];
	bit = 1UL << (i % 64);
	if ((__atomic_fetch_and(word, ~bit, __ATOMIC_ORDER) & bit) == 0)
		panic("Duplicate free of %p from zone %p(%s) slab %p(%u)",
		    item, zone, zone->uz_name, slab, i);
}
#endif
