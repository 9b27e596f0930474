/*
 * Physical memory: a buddy allocator.
 *
 * Free memory is kept in blocks of 2^order pages, each aligned to its size, on
 * one list an order.  An allocation takes the smallest block that is large
 * enough and splits it in halves down to the size asked for; freeing a block
 * looks at its buddy, the other half of the block it was split from, and as
 * long as that is free as a whole too, joins them again.  The buddy's address
 * differs in one bit, so no search is needed: vm_page.order of the buddy's
 * first page tells whether it heads a free block, and of which order.
 *
 * Locking: everything here under vm_page_queue_free_mtx.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <vm/vm_param.h>
#include <vm/vm_page.h>
#include <vm/vm_phys.h>

struct vm_freelist vm_phys_free_queues[VM_NFREEORDER];

static void	vm_freelist_add(vm_page_t m, int order, int tail);
static void	vm_freelist_rem(vm_page_t m, int order);

void
vm_phys_init(void)
{
	int order;

	for (order = 0; order < VM_NFREEORDER; order++)
		TAILQ_INIT(&vm_phys_free_queues[order].pl);
}

/*
 * Blocks just freed go to the head, since they are likely in a cache; the
 * halves of a split go to the tail.
 */
static void
vm_freelist_add(vm_page_t m, int order, int tail)
{
	struct vm_freelist *fl;

	fl = &vm_phys_free_queues[order];
	m->order = order;
	if (tail)
		TAILQ_INSERT_TAIL(&fl->pl, m, plinks.q);
	else
		TAILQ_INSERT_HEAD(&fl->pl, m, plinks.q);
	fl->lcnt++;
}

static void
vm_freelist_rem(vm_page_t m, int order)
{
	struct vm_freelist *fl;

	fl = &vm_phys_free_queues[order];
	TAILQ_REMOVE(&fl->pl, m, plinks.q);
	fl->lcnt--;
	m->order = VM_NFREEORDER;
}

/*
 * Take 2^order contiguous pages, or NULL.
 */
vm_page_t
vm_phys_alloc_pages(int order)
{
	vm_page_t m;
	int oind;

	KASSERT(order < VM_NFREEORDER,
	    ("vm_phys_alloc_pages: order %d is out of range", order));
	mtx_assert(&vm_page_queue_free_mtx, MA_OWNED);
	for (oind = order; oind < VM_NFREEORDER; oind++) {
		m = TAILQ_FIRST(&vm_phys_free_queues[oind].pl);
		if (m == NULL)
			continue;
		vm_freelist_rem(m, oind);
		/* Give back the upper halves. */
		while (oind > order) {
			oind--;
			vm_freelist_add(&m[1 << oind], oind, 1);
		}
		return (m);
	}
	return (NULL);
}

/*
 * Take npages contiguous pages: the next power of two, less its tail.
 */
vm_page_t
vm_phys_alloc_contig(u_long npages)
{
	vm_page_t m;
	int order;

	for (order = 0; (1UL << order) < npages; order++)
		;
	if (order >= VM_NFREEORDER)
		return (NULL);
	m = vm_phys_alloc_pages(order);
	if (m != NULL && npages < (1UL << order))
		vm_phys_free_contig(&m[npages], (1UL << order) - npages);
	return (m);
}

void
vm_phys_free_pages(vm_page_t m, int order)
{
	vm_page_t m_buddy;
	vm_paddr_t pa;

	KASSERT(m->order == VM_NFREEORDER,
	    ("vm_phys_free_pages: page %p has unexpected order %d", m,
	    m->order));
	mtx_assert(&vm_page_queue_free_mtx, MA_OWNED);
	pa = VM_PAGE_TO_PHYS(m);
	while (order < VM_NFREEORDER - 1) {
		pa ^= 1UL << (PAGE_SHIFT + order);
		if (atop(pa) < first_page ||
		    atop(pa) >= first_page + vm_page_array_size)
			break;
		m_buddy = PHYS_TO_VM_PAGE(pa);
		if (m_buddy->order != order)
			break;
		vm_freelist_rem(m_buddy, order);
		order++;
		pa &= ~((1UL << (PAGE_SHIFT + order)) - 1);
		m = PHYS_TO_VM_PAGE(pa);
	}
	vm_freelist_add(m, order, 0);
}

/*
 * Give back npages from m on, in the largest aligned blocks that fit.
 */
void
vm_phys_free_contig(vm_page_t m, u_long npages)
{
	u_long n;
	int order;

	while (npages > 0) {
		/* Alignment of the first page bounds the block, and so does
		   what is left. */
		order = __builtin_ctzl(atop(VM_PAGE_TO_PHYS(m)) |
		    1UL << (VM_NFREEORDER - 1));
		while ((1UL << order) > npages)
			order--;
		n = 1UL << order;
		vm_phys_free_pages(m, order);
		m += n;
		npages -= n;
	}
}

/*
 * At boot: hand all memory in [start, end) to the allocator.
 */
void
vm_phys_add_seg(vm_paddr_t start, vm_paddr_t end)
{

	mtx_lock(&vm_page_queue_free_mtx);
	vm_phys_free_contig(PHYS_TO_VM_PAGE(start), atop(end - start));
	mtx_unlock(&vm_page_queue_free_mtx);
}
