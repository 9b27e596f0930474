/*
 * Dynamic variables: associative arrays and thread-local variables.
 *
 * They come and go in probe context, on all CPUs at once, where nobody may wait.
 * So there is one pool of equal chunks, a hash table of chains, and:
 *
 *  - To look up, one walks the chain without any lock.
 *  - To insert, one puts a filled chunk at the chain's head by compare-and-set.
 *  - To delete, one locks the chain (its word becomes odd) and unlinks.  The
 *    word's change also tells a lookup that found nothing to look again.
 *
 * A deleted chunk may still be under the eyes of another CPU's lookup, so it can't
 * be used again at once.  Per CPU, it goes through lists:
 *
 *	    in the hash --delete--> dirty --> rinsing --> clean --> free
 *	                                  ^           ^
 *	                                  |           '- after dtrace_sync():
 *	  cleaner callout, 101 Hz --------'              no CPU can see it any more
 *
 * A CPU allocates from its free list, then from its clean list, then from other
 * CPUs'.  When there is nothing, the variable is dropped and counted.
 */
#include "dtrace_impl.h"

/* Chains end here, so that 0 is free to mean "none". */
static dtrace_dynvar_t dtrace_dynhash_sink;

#define	DTRACE_DYNHASH_FREE	0	/* Not in the hash (any more). */
#define	DTRACE_DYNHASH_VALID	1	/* Least value of one that is. */

/* The key that stands for "this thread, interrupted or not". */
uint64_t
dtrace_tls_thrkey(void)
{
	struct thread *td;
	uint64_t intr;

	td = curthread;
	intr = td->td_intr_frame != NULL;
	return ((((uint64_t)td->td_tid + DIF_VARIABLE_MAX) &
	    ((1UL << 61) - 1)) | intr << 61);
}

#define	DTRACE_DYNHASH_PIECE(h, bits) do {				\
	(h) += (bits) & 0xffff;						\
	(h) += (h) << 10;						\
	(h) ^= (h) >> 6;						\
} while (0)

/*
 * Jenkins's one-at-a-time hash: over 16-bit pieces of a key held by value, over
 * the bytes of others.
 */
static uint64_t
dtrace_dynvar_hash(u_int nkeys, dtrace_key_t *key, dtrace_mstate_t *mstate,
    dtrace_vstate_t *vstate)
{
	uint64_t hashval, val, j;
	uintptr_t base;
	u_int i;

	hashval = DTRACE_DYNHASH_VALID;
	for (i = 0; i < nkeys; i++) {
		if (key[i].dttk_size == 0) {
			val = key[i].dttk_value;
			DTRACE_DYNHASH_PIECE(hashval, val >> 48);
			DTRACE_DYNHASH_PIECE(hashval, val >> 32);
			DTRACE_DYNHASH_PIECE(hashval, val >> 16);
			DTRACE_DYNHASH_PIECE(hashval, val);
			continue;
		}
		base = key[i].dttk_value;
		if (base == 0)		/* NULL is an empty string. */
			continue;
		if (!dtrace_canload(base, key[i].dttk_size, mstate, vstate))
			return (DTRACE_DYNHASH_FREE);
		for (j = 0; j < key[i].dttk_size; j++) {
			hashval += dtrace_load8(base + j);
			hashval += hashval << 10;
			hashval ^= hashval >> 6;
		}
	}
	if (DTRACE_CPUFLAG_ISSET(CPU_DTRACE_FAULT))
		return (DTRACE_DYNHASH_FREE);
	hashval += hashval << 3;
	hashval ^= hashval >> 11;
	hashval += hashval << 15;
	if (hashval == DTRACE_DYNHASH_FREE)
		hashval = DTRACE_DYNHASH_VALID;
	return (hashval);
}

static int
dtrace_dynvar_match(dtrace_dynvar_t *dvar, u_int nkeys, dtrace_key_t *key)
{
	dtrace_key_t *dkey;
	u_int i;

	if (dvar->dtdv_tuple.dtt_nkeys != nkeys)
		return (0);
	dkey = dvar->dtdv_tuple.dtt_key;
	for (i = 0; i < nkeys; i++, dkey++) {
		if (dkey->dttk_size != key[i].dttk_size)
			return (0);
		if (dkey->dttk_size == 0) {
			if (dkey->dttk_value != key[i].dttk_value)
				return (0);
		} else if (key[i].dttk_value == 0) {
			/* NULL: one byte, which is NUL. */
			if (*(uint8_t *)dkey->dttk_value != '\0')
				return (0);
		} else if (dtrace_bcmp((void *)key[i].dttk_value,
		    (void *)dkey->dttk_value, dkey->dttk_size) != 0)
			return (0);
	}
	return (1);
}

/* Pop a chunk of this CPU's free list; others may steal from it meanwhile. */
static dtrace_dynvar_t *
dtrace_dynvar_pop(dtrace_dstate_percpu_t *dcpu)
{
	dtrace_dynvar_t *dvar;

	do {
		dvar = dcpu->dtdsc_free;
		if (dvar == NULL)
			return (NULL);
	} while (!atomic_cmpset_ptr((uintptr_t *)&dcpu->dtdsc_free,
	    (uintptr_t)dvar, (uintptr_t)dvar->dtdv_next));
	return (dvar);
}

static void
dtrace_dynvar_push(dtrace_dynvar_t **list, dtrace_dynvar_t *dvar)
{
	dtrace_dynvar_t *head;

	do {
		head = *list;
		dvar->dtdv_next = head;
	} while (!atomic_cmpset_ptr((uintptr_t *)list, (uintptr_t)head,
	    (uintptr_t)dvar));
}

/* The free list is empty: take the clean list over. */
static int
dtrace_dynvar_refill(dtrace_dstate_percpu_t *dcpu)
{
	dtrace_dynvar_t *clean;

	clean = dcpu->dtdsc_clean;
	if (clean == NULL ||
	    !atomic_cmpset_ptr((uintptr_t *)&dcpu->dtdsc_clean,
	    (uintptr_t)clean, 0))
		return (0);
	return (atomic_cmpset_ptr((uintptr_t *)&dcpu->dtdsc_free, 0,
	    (uintptr_t)clean));
}

static dtrace_dynvar_t *
dtrace_dynvar_alloc(dtrace_dstate_t *dstate)
{
	dtrace_dstate_percpu_t *dcpu, *other;
	dtrace_dynvar_t *dvar;
	int i;

	dcpu = &dstate->dtds_percpu[curcpu];
	for (i = 0; i < dstate->dtds_ncpu; i++) {
		other = &dstate->dtds_percpu[(curcpu + i) % dstate->dtds_ncpu];
		do {
			dvar = dtrace_dynvar_pop(other);
			if (dvar != NULL)
				return (dvar);
		} while (dtrace_dynvar_refill(other));
	}
	if (__ghost() && dtrace_sites == DTRACE_SITES_OWN) {
		/* No cleaner runs, and nobody else looks: clean now. */
		dtrace_dynvar_clean(dstate);
		dtrace_dynvar_clean(dstate);
		for (i = 0; i < dstate->dtds_ncpu; i++)
			if (dtrace_dynvar_refill(&dstate->dtds_percpu[i]))
				return (dtrace_dynvar_pop(
				    &dstate->dtds_percpu[i]));
	}
	/* Which drop it is tells the user what to change. */
	if (dcpu->dtdsc_dirty != NULL)
		dcpu->dtdsc_dirty_drops++;
	else if (dcpu->dtdsc_rinsing != NULL)
		dcpu->dtdsc_rinsing_drops++;
	else
		dcpu->dtdsc_drops++;
	return (NULL);
}

/* Unlink what has this key.  The chain's word is odd meanwhile. */
static void
dtrace_dynvar_delete(dtrace_dstate_t *dstate, dtrace_dynhash_t *bucket,
    uint64_t hashval, u_int nkeys, dtrace_key_t *key)
{
	dtrace_dynvar_t *dvar, *next, *prev;
	uintptr_t lock;

	for (;;) {
		lock = bucket->dtdh_lock;
		if ((lock & 1) == 0 && atomic_cmpset_ptr(&bucket->dtdh_lock,
		    lock, lock + 1))
			break;
		__pause();
	}
again:
	prev = NULL;
	for (dvar = bucket->dtdh_chain; dvar != &dtrace_dynhash_sink;
	    prev = dvar, dvar = dvar->dtdv_next) {
		if (dvar->dtdv_hashval != hashval ||
		    !dtrace_dynvar_match(dvar, nkeys, key))
			continue;
		next = dvar->dtdv_next;
		if (prev != NULL)
			prev->dtdv_next = next;
		else if (!atomic_cmpset_ptr((uintptr_t *)&bucket->dtdh_chain,
		    (uintptr_t)dvar, (uintptr_t)next))
			goto again;	/* Something was inserted before it. */
		dvar->dtdv_hashval = DTRACE_DYNHASH_FREE;
		dtrace_dynvar_push(&dstate->dtds_percpu[curcpu].dtdsc_dirty,
		    dvar);
		break;
	}
	bucket->dtdh_lock = lock + 2;
}

/* A chunk with these keys and zeroed data. */
static void
dtrace_dynvar_fill(dtrace_dynvar_t *dvar, uint64_t hashval, u_int nkeys,
    dtrace_key_t *key, size_t dsize)
{
	dtrace_key_t *dkey;
	uintptr_t kdata;
	size_t size;
	u_int i;

	dvar->dtdv_tuple.dtt_nkeys = nkeys;
	dkey = dvar->dtdv_tuple.dtt_key;
	kdata = (uintptr_t)&dkey[nkeys];
	for (i = 0; i < nkeys; i++, dkey++) {
		size = key[i].dttk_size;
		dkey->dttk_size = size;
		if (size == 0) {
			dkey->dttk_value = key[i].dttk_value;
			continue;
		}
		dkey->dttk_value = kdata;
		if (key[i].dttk_value == 0)
			*(uint8_t *)kdata = '\0';
		else
			dtrace_bcopy((void *)key[i].dttk_value, (void *)kdata,
			    size);
		kdata += roundup2(size, sizeof(uint64_t));
	}
	dvar->dtdv_data = (void *)kdata;
	dtrace_bzero((void *)kdata, dsize);
	dvar->dtdv_hashval = hashval;
}

/*
 * Find the variable with these keys; ALLOC: or make it; DEALLOC: get rid of it.
 * NULL: there is none, and for ALLOC there is no room (then the whole clause is
 * dropped).
 */
dtrace_dynvar_t *
dtrace_dynvar(dtrace_dstate_t *dstate, u_int nkeys, dtrace_key_t *key,
    size_t dsize, dtrace_dynvar_op_t op, dtrace_mstate_t *mstate,
    dtrace_vstate_t *vstate)
{
	dtrace_dynhash_t *bucket;
	dtrace_dynvar_t *dvar, *start;
	uint64_t hashval;
	uintptr_t lock;
	size_t ksize;
	u_int i;

	hashval = dtrace_dynvar_hash(nkeys, key, mstate, vstate);
	if (hashval == DTRACE_DYNHASH_FREE || dstate->dtds_hashsize == 0)
		return (NULL);
	bucket = &dstate->dtds_hash[hashval % dstate->dtds_hashsize];

	if (op == DTRACE_DYNVAR_DEALLOC) {
		dtrace_dynvar_delete(dstate, bucket, hashval, nkeys, key);
		return (NULL);
	}

top:
	lock = bucket->dtdh_lock;
	start = bucket->dtdh_chain;
	for (dvar = start; dvar != &dtrace_dynhash_sink;
	    dvar = dvar->dtdv_next) {
		if (dvar->dtdv_hashval == hashval &&
		    dtrace_dynvar_match(dvar, nkeys, key))
			return (dvar);
		/*
		 * Deleted while we stood on it: its link may lead into a list
		 * of chunks.  Begin again.
		 */
		if (dvar->dtdv_hashval == DTRACE_DYNHASH_FREE)
			goto top;
	}
	/* Nothing there, unless a deletion led us astray. */
	if ((lock & 1) != 0 || bucket->dtdh_lock != lock) {
		__pause();
		goto top;
	}
	if (op != DTRACE_DYNVAR_ALLOC)
		return (NULL);

	ksize = sizeof(dtrace_dynvar_t) + (nkeys - 1) * sizeof(dtrace_key_t);
	for (i = 0; i < nkeys; i++)
		ksize += roundup2(key[i].dttk_size, sizeof(uint64_t));
	if (ksize + dsize > dstate->dtds_chunksize) {
		dstate->dtds_percpu[curcpu].dtdsc_drops++;
		DTRACE_CPUFLAG_SET(CPU_DTRACE_DROP);
		return (NULL);
	}
	dvar = dtrace_dynvar_alloc(dstate);
	if (dvar == NULL) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_DROP);
		return (NULL);
	}
	dtrace_dynvar_fill(dvar, hashval, nkeys, key, dsize);
	dvar->dtdv_next = start;
	if (atomic_cmpset_ptr((uintptr_t *)&bucket->dtdh_chain,
	    (uintptr_t)start, (uintptr_t)dvar))
		return (dvar);

	/*
	 * The chain's head has changed since we looked, perhaps by somebody
	 * who inserted this very variable.  Nobody has seen our chunk, but it
	 * must not go back to the free list before a dtrace_sync(): a CPU that
	 * is about to steal it might have read its old link.
	 */
	dvar->dtdv_hashval = DTRACE_DYNHASH_FREE;
	dtrace_dynvar_push(&dstate->dtds_percpu[curcpu].dtdsc_dirty, dvar);
	goto top;
}

/*
 * The cleaner, not in probe context.  What was rinsing has been out of sight for
 * one dtrace_sync() at least: it is clean.  What is dirty begins to rinse.
 */
void
dtrace_dynvar_clean(dtrace_dstate_t *dstate)
{
	dtrace_dstate_percpu_t *dcpu;
	dtrace_dynvar_t *dirty;
	int i, work;

	work = 0;
	for (i = 0; i < dstate->dtds_ncpu; i++) {
		dcpu = &dstate->dtds_percpu[i];
		if (dcpu->dtdsc_dirty == NULL)
			continue;
		/* The clean list was not taken yet: no hurry. */
		if (dcpu->dtdsc_clean != NULL)
			continue;
		do {
			dirty = dcpu->dtdsc_dirty;
		} while (!atomic_cmpset_ptr((uintptr_t *)&dcpu->dtdsc_dirty,
		    (uintptr_t)dirty, 0));
		dcpu->dtdsc_rinsing = dirty;
		work = 1;
	}
	if (!work)
		return;
	dtrace_sync();
	for (i = 0; i < dstate->dtds_ncpu; i++) {
		dcpu = &dstate->dtds_percpu[i];
		if (dcpu->dtdsc_rinsing == NULL)
			continue;
		dcpu->dtdsc_clean = dcpu->dtdsc_rinsing;
		dcpu->dtdsc_rinsing = NULL;
	}
}

/* --- Setting up ------------------------------------------------------------------ */

/*
 * Divide `size' bytes: hash table first, then chunks, shared out to the CPUs'
 * free lists.  ENOMEM: too much.
 */
int
dtrace_dstate_init(dtrace_dstate_t *dstate, size_t size, int ncpu)
{
	dtrace_dynvar_t *dvar;
	char *base, *limit;
	size_t chunk, minsize;
	uint64_t hashsize, i;
	int cpu;

	chunk = dstate->dtds_chunksize;
	if (chunk < DTRACE_DYNVAR_MINCHUNK)
		chunk = DTRACE_DYNVAR_MINCHUNK;
	chunk = roundup2(chunk, CACHE_LINE_SIZE);
	dstate->dtds_chunksize = chunk;

	/* Room for one chunk and one bucket at least. */
	minsize = chunk + sizeof(dtrace_dynhash_t) + CACHE_LINE_SIZE;
	if (size < minsize)
		size = minsize;
	base = dtrace_kmem_trybuf(size);
	if (base == NULL)
		return (ENOMEM);
	dstate->dtds_percpu = dtrace_kmem_zalloc(ncpu *
	    sizeof(dtrace_dstate_percpu_t));
	dstate->dtds_ncpu = ncpu;
	dstate->dtds_base = base;
	dstate->dtds_size = size;

	/* One bucket for each chunk; odd, so that addresses spread. */
	hashsize = size / (chunk + sizeof(dtrace_dynhash_t));
	if (hashsize != 1 && (hashsize & 1) == 0)
		hashsize--;
	dstate->dtds_hashsize = hashsize;
	dstate->dtds_hash = (dtrace_dynhash_t *)base;
	for (i = 0; i < hashsize; i++) {
		dstate->dtds_hash[i].dtdh_chain = &dtrace_dynhash_sink;
		dstate->dtds_hash[i].dtdh_lock = 0;
	}

	limit = base + size;
	base += roundup2(hashsize * sizeof(dtrace_dynhash_t), CACHE_LINE_SIZE);
	dstate->dtds_chunks = base;
	for (cpu = 0; base + chunk <= limit; base += chunk) {
		dvar = (dtrace_dynvar_t *)base;
		dvar->dtdv_hashval = DTRACE_DYNHASH_FREE;
		dvar->dtdv_next = dstate->dtds_percpu[cpu].dtdsc_free;
		dstate->dtds_percpu[cpu].dtdsc_free = dvar;
		cpu = (cpu + 1) % ncpu;
	}
	return (0);
}

void
dtrace_dstate_fini(dtrace_dstate_t *dstate)
{

	if (dstate->dtds_base == NULL)
		return;
	dtrace_kmem_free(dstate->dtds_base);
	dtrace_kmem_free(dstate->dtds_percpu);
	dstate->dtds_base = NULL;
	dstate->dtds_hashsize = 0;
}
