/*
 * malloc: simple segregated storage.
 *
 * Small requests are rounded up to one of a few sizes ("classes"), four to a
 * power of two.  Each class has a list of free items; free() puts an item on its
 * list, malloc() takes one off.  An empty list is filled by cutting up fresh
 * pages from the break (sbrk(2)): one page for items up to half a page, else as
 * many pages as one item needs.  Pages never change their class, and a byte a
 * page (page_class) says which it is: so items carry no header.
 *
 * Large requests are mapped on their own (mmap(2)), whole pages, and unmapped by
 * free(): a fresh large block therefore costs a page fault for each page that is
 * touched, as it does with most mallocs.  Their sizes are kept in a hash table.
 * An address below the break is small, another is large.
 *
 *   break:  | page: 16 16 16 ... | page: 64 64 64 ... | pages: 8192 | ...
 *   class:    0                    3                    27 27
 */
#include <sys/mman.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libc_private.h"

#define	PAGE		4096UL
#define	NCLASS		40
#define	SMALL_MAX	32768UL		/* Larger ones are mapped. */
#define	HEAP_MAX	(1UL << 30)
#define	HEAP_STEP	(64 * 1024UL)	/* The break grows by this much. */
#define	LARGE_HASH	64

struct item {
	struct item	*i_next;
};

struct large {
	struct large	*l_next;
	char		*l_addr;
	size_t		 l_size;	/* Whole pages. */
};

static __lock_t		 malloc_lock;
static struct item	*free_items[NCLASS];
static char		*heap_base;	/* First page. */
static char		*heap_next;	/* First page not given to a class. */
static char		*heap_end;	/* The break. */
static unsigned char	 page_class[HEAP_MAX / PAGE];
static struct large	*large_hash[LARGE_HASH];

/*
 * Classes 0..3 are 16, 32, 48, 64; then four steps to each doubling: 80, 96,
 * 112, 128, 160, ...  up to SMALL_MAX.
 */
static unsigned
size_class(size_t n)
{
	unsigned shift;

	if (n <= 64)
		return (n == 0 ? 0 : (n - 1) / 16);
	shift = 63 - __builtin_clzl(n - 1);	/* 6 for 65..128. */
	return (((shift - 6) << 2) + 4 + (((n - 1) >> (shift - 2)) & 3));
}

static size_t
class_size(unsigned c)
{
	if (c < 4)
		return ((c + 1) * 16);
	return ((5 + ((c - 4) & 3)) << (((c - 4) >> 2) + 4));
}

static int
is_small(const void *p)
{
	return ((const char *)p >= heap_base && (const char *)p < heap_next);
}

static unsigned
class_of(const void *p)
{
	return (page_class[((const char *)p - heap_base) / PAGE]);
}

/* More items for a class.  The lock is held; 0 if there is no memory. */
static int
refill(unsigned c)
{
	size_t size = class_size(c), pages, i, step;
	struct item *item;
	char *p;

	pages = size <= PAGE / 2 ? 1 : (size + PAGE - 1) / PAGE;
	if (heap_base == NULL) {
		p = sbrk(0);
		heap_base = (char *)(((uintptr_t)p + PAGE - 1) & ~(PAGE - 1));
		if (heap_base != p && sbrk(heap_base - p) == (void *)-1)
			return (0);
		heap_next = heap_end = heap_base;
	}
	if ((size_t)(heap_end - heap_next) < pages * PAGE) {
		step = pages * PAGE > HEAP_STEP ? pages * PAGE : HEAP_STEP;
		if (heap_end + step > heap_base + HEAP_MAX ||
		    sbrk(step) == (void *)-1)
			return (0);
		heap_end += step;
	}
	p = heap_next;
	heap_next += pages * PAGE;
	for (i = 0; i < pages; i++)
		page_class[(p - heap_base) / PAGE + i] = c;
	if (pages > 1 || size > PAGE / 2) {
		item = (struct item *)p;
		item->i_next = free_items[c];
		free_items[c] = item;
		return (1);
	}
	for (i = PAGE / size; i-- > 0;) {
		item = (struct item *)(p + i * size);
		item->i_next = free_items[c];
		free_items[c] = item;
	}
	return (1);
}

static void *
small_alloc(unsigned c)
{
	struct item *item;

	__lock(&malloc_lock);
	if (free_items[c] == NULL && !refill(c)) {
		__unlock(&malloc_lock);
		errno = ENOMEM;
		return (NULL);
	}
	item = free_items[c];
	free_items[c] = item->i_next;
	__unlock(&malloc_lock);
	return (item);
}

static void
small_free(void *p)
{
	struct item *item = p;
	unsigned c = class_of(p);

	__lock(&malloc_lock);
	item->i_next = free_items[c];
	free_items[c] = item;
	__unlock(&malloc_lock);
}

static struct large **
large_bucket(const void *p)
{
	return (&large_hash[((uintptr_t)p / PAGE) % LARGE_HASH]);
}

static void *
large_alloc(size_t n)
{
	struct large *l, **bucket;
	size_t size = (n + PAGE - 1) & ~(PAGE - 1);
	void *p;

	if (size < n) {
		errno = ENOMEM;
		return (NULL);
	}
	if ((l = small_alloc(size_class(sizeof(*l)))) == NULL)
		return (NULL);
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON,
	    -1, 0);
	if (p == MAP_FAILED) {
		small_free(l);
		errno = ENOMEM;
		return (NULL);
	}
	l->l_addr = p;
	l->l_size = size;
	bucket = large_bucket(p);
	__lock(&malloc_lock);
	l->l_next = *bucket;
	*bucket = l;
	__unlock(&malloc_lock);
	return (p);
}

/* Takes the record out of the table when `remove' is set. */
static struct large *
large_find(const void *p, int remove)
{
	struct large *l, **prev;

	__lock(&malloc_lock);
	for (prev = large_bucket(p); (l = *prev) != NULL; prev = &l->l_next)
		if (l->l_addr == p) {
			if (remove)
				*prev = l->l_next;
			break;
		}
	__unlock(&malloc_lock);
	return (l);
}

void *
malloc(size_t n)
{
	return (n <= SMALL_MAX ? small_alloc(size_class(n)) : large_alloc(n));
}

void
free(void *p)
{
	struct large *l;

	if (p == NULL)
		return;
	if (is_small(p)) {
		small_free(p);
		return;
	}
	if ((l = large_find(p, 1)) == NULL)
		abort();		/* Not ours, or freed before. */
	munmap(p, l->l_size);
	small_free(l);
}

size_t
malloc_usable_size(const void *p)
{
	struct large *l;

	if (p == NULL)
		return (0);
	if (is_small(p))
		return (class_size(class_of(p)));
	return ((l = large_find(p, 0)) == NULL ? 0 : l->l_size);
}

void *
calloc(size_t count, size_t size)
{
	size_t n = count * size;
	void *p;

	if (size != 0 && n / size != count) {
		errno = ENOMEM;
		return (NULL);
	}
	p = malloc(n);
	if (p != NULL && is_small(p))	/* Fresh mappings are zero. */
		memset(p, 0, n);
	return (p);
}

void *
realloc(void *old, size_t n)
{
	size_t have;
	void *p;

	if (old == NULL)
		return (malloc(n));
	have = malloc_usable_size(old);
	/* Stay if it fits and does not waste more than half. */
	if (n <= have && (n > have / 2 || have <= 64))
		return (old);
	if ((p = malloc(n)) == NULL)
		return (NULL);
	memcpy(p, old, n < have ? n : have);
	free(old);
	return (p);
}

void *
reallocf(void *old, size_t n)
{
	void *p = realloc(old, n);

	if (p == NULL && n != 0)
		free(old);
	return (p);
}

void *
reallocarray(void *old, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size) {
		errno = ENOMEM;
		return (NULL);
	}
	return (realloc(old, count * size));
}

/*
 * Items of a power-of-two class are aligned to their size up to a page; larger
 * alignments than a page are not to be had.
 */
void *
aligned_alloc(size_t align, size_t n)
{
	size_t size = align;

	if (align == 0 || (align & (align - 1)) != 0 || align > PAGE) {
		errno = EINVAL;
		return (NULL);
	}
	if (align <= 16 || n > SMALL_MAX)
		return (malloc(n));
	while (size < n)
		size *= 2;
	return (malloc(size));
}

int
posix_memalign(void **ptr, size_t align, size_t n)
{
	void *p;

	if (align < sizeof(void *) || (align & (align - 1)) != 0)
		return (EINVAL);
	if ((p = aligned_alloc(align, n)) == NULL)
		return (ENOMEM);
	*ptr = p;
	return (0);
}
