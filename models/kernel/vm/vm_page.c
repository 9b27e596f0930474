/*
 * Resident memory: allocating, naming and freeing physical pages.
 *
 * A page's identity is (object, index): vm_page_insert() gives it one, and
 * while it has it the object's lock protects its place.  vm_pageq.c has what
 * happens to a page in between: busy, queued, wired, held.
 *
 * Lock order: object, page, page queue, free queue.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/vmmeter.h>
#include <vm/vm_param.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_pageout.h>
#include <vm/vm_phys.h>
#include <vm/vm_radix.h>

struct mtx vm_page_queue_free_mtx;
struct pa_lock pa_lock[PA_LOCK_COUNT];
struct vm_pagequeue vm_pagequeues[PQ_COUNT];

vm_page_t vm_page_array;
u_long vm_page_array_size;
vm_paddr_t first_page;

static int	vm_pages_needed;	/* (F) Somebody sleeps in vm_wait(). */

static vm_page_t vm_page_alloc_free(int req);
static void	vm_page_free_free(vm_page_t m);
static void	vm_page_free_toq(vm_page_t m);
static void	vm_page_free_wakeup(void);
static int	vm_page_insert_after(vm_page_t m, vm_object_t object,
		    vm_pindex_t pindex, vm_page_t mpred);
static int	vm_page_may_alloc(int req, u_long npages);
static void	vm_page_queue_init(int queue, const char *name);
static void	vm_page_take(vm_page_t m, int req);

static void
vm_page_queue_init(int queue, const char *name)
{
	struct vm_pagequeue *pq;

	pq = &vm_pagequeues[queue];
	pq->pq_name = name;
	TAILQ_INIT(&pq->pq_pl);
	mtx_init(&pq->pq_mutex, name, "vm pagequeue", MTX_DEF | MTX_DUPOK);
}

/*
 * A page that nobody uses yet.  Its links are set when it goes on a list.  The
 * array is passed once, for it is far larger than the caches.
 */
static void
vm_page_init_page(vm_page_t m, vm_paddr_t pa)
{

	m->object = NULL;
	m->pindex = 0;
	m->phys_addr = pa;
	m->busy_lock = VPB_UNBUSIED;
	m->wire_count = 0;
	m->hold_count = 0;
	m->flags = 0;
	m->aflags = 0;
	m->queue = PQ_NONE;
	m->order = VM_NFREEORDER;
	m->valid = 0;
	m->dirty = 0;
	m->act_count = 0;
	pmap_page_init(m);
}

/*
 * At boot: memory from start to end becomes pages.  The array that describes
 * them takes the first few itself.
 */
void
vm_page_startup(vm_paddr_t start, vm_paddr_t end)
{
	vm_paddr_t pa;
	vm_page_t m;
	int i;

	mtx_init(&vm_page_queue_free_mtx, "vm page free queue", NULL, MTX_DEF);
	for (i = 0; i < PA_LOCK_COUNT; i++)
		mtx_init(&pa_lock[i].data, "vm page", NULL, MTX_DEF);
	vm_page_queue_init(PQ_INACTIVE, "vm inactive pagequeue");
	vm_page_queue_init(PQ_ACTIVE, "vm active pagequeue");
	vm_page_queue_init(PQ_LAUNDRY, "vm laundry pagequeue");

	vm_page_array = (vm_page_t)PHYS_TO_DMAP(start);
	vm_page_array_size = (end - start) / (PAGE_SIZE + sizeof(struct vm_page));
	start = round_page(start + vm_page_array_size * sizeof(struct vm_page));
	vm_page_array_size = MIN(vm_page_array_size, atop(end - start));
	first_page = atop(start);
	pa = start;
	for (m = vm_page_array; m < &vm_page_array[vm_page_array_size]; m++) {
		vm_page_init_page(m, pa);
		pa += PAGE_SIZE;
	}
	vm_phys_init();
	vm_phys_add_seg(start, pa);
	vm_cnt.v_page_count = vm_cnt.v_free_count = vm_page_array_size;
	vm_cnt.v_interrupt_free_min = 2;
	vm_cnt.v_free_reserved = 64 + vm_cnt.v_page_count / 768;
	vm_cnt.v_free_min = 4 + vm_cnt.v_page_count / 1024 +
	    vm_cnt.v_free_reserved;
	vm_cnt.v_free_target = 4 * vm_cnt.v_free_min + vm_cnt.v_free_reserved;
}

/*
 * Allocation.
 */

/* The last pages are kept for those who need them to free others. */
static int
vm_page_may_alloc(int req, u_long npages)
{
	u_int keep;

	switch (req & VM_ALLOC_CLASS_MASK) {
	case VM_ALLOC_INTERRUPT:
		keep = 0;
		break;
	case VM_ALLOC_SYSTEM:
		keep = vm_cnt.v_interrupt_free_min;
		break;
	default:
		keep = vm_cnt.v_free_reserved;
		break;
	}
	return (vm_cnt.v_free_count >= npages + keep);
}

/* Make a page that just left the free lists what the request asks for. */
static void
vm_page_take(vm_page_t m, int req)
{

	KASSERT(m->queue == PQ_NONE, ("vm_page_alloc: page %p has queue %d",
	    m, m->queue));
	KASSERT(m->wire_count == 0, ("vm_page_alloc: page %p is wired", m));
	KASSERT(m->hold_count == 0, ("vm_page_alloc: page %p is held", m));
	KASSERT(m->busy_lock == VPB_UNBUSIED,
	    ("vm_page_alloc: page %p is busy", m));
	KASSERT(m->dirty == 0, ("vm_page_alloc: page %p is dirty", m));
	KASSERT(m->valid == 0, ("vm_page_alloc: free page %p is valid", m));
	if ((req & VM_ALLOC_ZERO) == 0)
		m->flags &= ~PG_ZERO;
	m->aflags = 0;
	if ((req & (VM_ALLOC_NOOBJ | VM_ALLOC_NOBUSY)) == 0)
		m->busy_lock = VPB_SINGLE_EXCLUSIVER;
	if ((req & VM_ALLOC_WIRED) != 0) {
		/* No queue, so no page lock is needed. */
		atomic_add_int(&vm_cnt.v_wire_count, 1);
		m->wire_count = 1;
	}
	m->act_count = 0;
}

/*
 * Single pages, from the free lists and back.  With several CPUs each keeps a
 * few, as UMA's zones do with their items, so that they do not all meet at one
 * lock.
 */
#ifdef SMP
#define	VM_PGCACHE_SIZE		64
#define	VM_PGCACHE_BATCH	16	/* Pages a visit to the free lists. */

static struct vm_pgcache {
	int		 pgc_cnt;	/* In a critical section on that CPU. */
	vm_page_t	 pgc_pages[VM_PGCACHE_SIZE];
} __aligned(CACHE_LINE_SIZE) vm_pgcache[MAXCPU];

static vm_page_t
vm_page_alloc_free(int req)
{
	struct vm_pgcache *pgc;
	vm_page_t batch[VM_PGCACHE_BATCH], m;
	int n;

	critical_enter();
	pgc = &vm_pgcache[curcpu];
	if (pgc->pgc_cnt > 0) {
		m = pgc->pgc_pages[--pgc->pgc_cnt];
		critical_exit();
		return (m);
	}
	critical_exit();

	n = 0;
	mtx_lock(&vm_page_queue_free_mtx);
	while (n < VM_PGCACHE_BATCH && vm_page_may_alloc(req, 1) &&
	    (m = vm_phys_alloc_pages(0)) != NULL) {
		vm_cnt.v_free_count--;
		batch[n++] = m;
		/* Take no more than needed when memory is short. */
		if (vm_paging_needed())
			break;
	}
	mtx_unlock(&vm_page_queue_free_mtx);
	if (n == 0)
		return (NULL);
	critical_enter();
	pgc = &vm_pgcache[curcpu];
	while (n > 1 && pgc->pgc_cnt < VM_PGCACHE_SIZE)
		pgc->pgc_pages[pgc->pgc_cnt++] = batch[--n];
	critical_exit();
	/* Another CPU's cache may have been full. */
	while (n > 1)
		vm_page_free_free(batch[--n]);
	return (batch[0]);
}

static void
vm_page_free_free(vm_page_t m)
{
	struct vm_pgcache *pgc;
	vm_page_t batch[VM_PGCACHE_BATCH];
	int n;

	n = 0;
	critical_enter();
	pgc = &vm_pgcache[curcpu];
	if (pgc->pgc_cnt == VM_PGCACHE_SIZE || vm_paging_needed())
		while (n < VM_PGCACHE_BATCH - 1 && pgc->pgc_cnt > 0)
			batch[n++] = pgc->pgc_pages[--pgc->pgc_cnt];
	if (n == 0 && !vm_paging_needed()) {
		pgc->pgc_pages[pgc->pgc_cnt++] = m;
		critical_exit();
		return;
	}
	critical_exit();
	batch[n++] = m;
	mtx_lock(&vm_page_queue_free_mtx);
	while (n > 0) {
		vm_cnt.v_free_count++;
		vm_phys_free_pages(batch[--n], 0);
	}
	vm_page_free_wakeup();
	mtx_unlock(&vm_page_queue_free_mtx);
}
#else
static vm_page_t
vm_page_alloc_free(int req)
{
	vm_page_t m;

	m = NULL;
	mtx_lock(&vm_page_queue_free_mtx);
	if (vm_page_may_alloc(req, 1) &&
	    (m = vm_phys_alloc_pages(0)) != NULL)
		vm_cnt.v_free_count--;
	mtx_unlock(&vm_page_queue_free_mtx);
	return (m);
}

static void
vm_page_free_free(vm_page_t m)
{

	mtx_lock(&vm_page_queue_free_mtx);
	vm_cnt.v_free_count++;
	vm_phys_free_pages(m, 0);
	vm_page_free_wakeup();
	mtx_unlock(&vm_page_queue_free_mtx);
}
#endif

/*
 * Allocate a page and give it the name (object, pindex), or none with
 * VM_ALLOC_NOOBJ.  It comes back exclusively busy.  With VM_ALLOC_ZERO the
 * caller gets a zeroed one if there happens to be one: PG_ZERO tells.
 * Returns NULL when memory is short; the caller may vm_wait() then.
 */
vm_page_t
vm_page_alloc(vm_object_t object, vm_pindex_t pindex, int req)
{
	vm_page_t m, mpred;

	KASSERT((object != NULL) == ((req & VM_ALLOC_NOOBJ) == 0),
	    ("vm_page_alloc: inconsistent object(%p)/req(%x)", object, req));
	mpred = NULL;
	if (object != NULL) {
		VM_OBJECT_ASSERT_WLOCKED(object);
		mpred = vm_radix_lookup_le(&object->rtree, pindex);
		KASSERT(mpred == NULL || mpred->pindex != pindex,
		    ("vm_page_alloc: pindex already allocated"));
	}

	m = vm_page_alloc_free(req);
	if (m == NULL) {
		pagedaemon_wakeup();
		return (NULL);
	}
	vm_page_take(m, req);
	if (object != NULL) {
		if (vm_page_insert_after(m, object, pindex, mpred) != 0) {
			if ((req & VM_ALLOC_WIRED) != 0) {
				atomic_subtract_int(&vm_cnt.v_wire_count, 1);
				m->wire_count = 0;
			}
			m->busy_lock = VPB_UNBUSIED;
			vm_page_free_toq(m);
			pagedaemon_wakeup();
			return (NULL);
		}
	} else
		m->pindex = pindex;
	if (vm_paging_needed())
		pagedaemon_wakeup();
	return (m);
}

/*
 * Allocate npages contiguous wired pages without a name.
 */
vm_page_t
vm_page_alloc_contig(int req, u_long npages)
{
	vm_page_t m;
	u_long i;

	KASSERT((req & VM_ALLOC_NOOBJ) != 0,
	    ("vm_page_alloc_contig: only without an object"));
	mtx_lock(&vm_page_queue_free_mtx);
	if (!vm_page_may_alloc(req, npages) ||
	    (m = vm_phys_alloc_contig(npages)) == NULL) {
		mtx_unlock(&vm_page_queue_free_mtx);
		pagedaemon_wakeup();
		return (NULL);
	}
	vm_cnt.v_free_count -= npages;
	mtx_unlock(&vm_page_queue_free_mtx);
	for (i = 0; i < npages; i++)
		vm_page_take(&m[i], req);
	if (vm_paging_needed())
		pagedaemon_wakeup();
	return (m);
}

void
vm_page_free_contig(vm_page_t m, u_long npages)
{
	u_long i;

	for (i = 0; i < npages; i++) {
		KASSERT(m[i].object == NULL && m[i].wire_count == 1 &&
		    m[i].order == VM_NFREEORDER,
		    ("vm_page_free_contig: page %p is not the kernel's", &m[i]));
		m[i].wire_count = 0;
		m[i].flags = 0;
	}
	atomic_subtract_int(&vm_cnt.v_wire_count, npages);
	VM_CNT_ADD(v_tfree, npages);
	mtx_lock(&vm_page_queue_free_mtx);
	vm_cnt.v_free_count += npages;
	vm_phys_free_contig(m, npages);
	vm_page_free_wakeup();
	mtx_unlock(&vm_page_queue_free_mtx);
}

/*
 * Freeing: a page loses its name, its place in a queue, and its contents.
 */

/* Wake who waits for memory.  Free queue locked. */
static void
vm_page_free_wakeup(void)
{

	mtx_assert(&vm_page_queue_free_mtx, MA_OWNED);
	if (vm_pages_needed && !vm_page_count_min()) {
		vm_pages_needed = 0;
		wakeup(&vm_cnt.v_free_count);
	}
}

static void
vm_page_free_toq(vm_page_t m)
{

	VM_CNT_INC(v_tfree);
	KASSERT(!pmap_page_is_mapped(m),
	    ("vm_page_free_toq: freeing mapped page %p", m));
	KASSERT(m->wire_count == 0,
	    ("vm_page_free_toq: freeing wired page %p", m));
	KASSERT(!vm_page_sbusied(m),
	    ("vm_page_free_toq: freeing busy page %p", m));
	if (m->object != NULL) {
		vm_page_assert_locked(m);
		vm_page_remove(m);
	}
	if (m->queue != PQ_NONE)
		vm_page_dequeue(m);
	m->valid = 0;
	m->dirty = 0;
	/* Somebody still looks at it: the last vm_page_unhold() frees it. */
	if (m->hold_count != 0)
		return;
	vm_page_free_free(m);
}

/* Free a page; object locked, and the page lock held. */
void
vm_page_free(vm_page_t m)
{

	m->flags &= ~PG_ZERO;
	vm_page_free_toq(m);
}

/* The same for one that is full of zeros, such as an empty page table. */
void
vm_page_free_zero(vm_page_t m)
{

	m->flags |= PG_ZERO;
	vm_page_free_toq(m);
}

/*
 * Names.
 */

/*
 * Put a page into an object.  mpred is the page before it there, or NULL if
 * it is the first.
 */
static int
vm_page_insert_after(vm_page_t m, vm_object_t object, vm_pindex_t pindex,
    vm_page_t mpred)
{

	VM_OBJECT_ASSERT_WLOCKED(object);
	KASSERT(m->object == NULL, ("vm_page_insert_after: page %p is in an object", m));
	m->object = object;
	m->pindex = pindex;
	if (vm_radix_insert(&object->rtree, m) != 0) {
		m->object = NULL;
		m->pindex = 0;
		return (1);
	}
	if (mpred != NULL)
		TAILQ_INSERT_AFTER(&object->memq, mpred, m, listq);
	else
		TAILQ_INSERT_HEAD(&object->memq, m, listq);
	object->resident_page_count++;
	object->generation++;
	return (0);
}

/* Returns 1 if there was no memory for the index. */
int
vm_page_insert(vm_page_t m, vm_object_t object, vm_pindex_t pindex)
{
	vm_page_t mpred;

	mpred = vm_radix_lookup_le(&object->rtree, pindex);
	return (vm_page_insert_after(m, object, pindex, mpred));
}

/* Take a page out of its object. */
void
vm_page_remove(vm_page_t m)
{
	vm_object_t object;

	object = m->object;
	VM_OBJECT_ASSERT_WLOCKED(object);
	if (vm_page_xbusied(m))
		vm_page_xunbusy_hard(m);
	vm_radix_remove(&object->rtree, m->pindex);
	TAILQ_REMOVE(&object->memq, m, listq);
	object->resident_page_count--;
	object->generation++;
	m->object = NULL;
}

/*
 * Move a page to another object.  Both are locked, and the page is unmapped.
 * Returns 1, with nothing changed, if there was no memory for the index.
 */
int
vm_page_rename(vm_page_t m, vm_object_t object, vm_pindex_t pindex)
{
	vm_page_t mpred;
	vm_pindex_t opindex;

	mpred = vm_radix_lookup_le(&object->rtree, pindex);
	opindex = m->pindex;
	m->pindex = pindex;
	if (vm_radix_insert(&object->rtree, m) != 0) {
		m->pindex = opindex;
		return (1);
	}
	m->pindex = opindex;
	vm_page_remove(m);
	m->object = object;
	m->pindex = pindex;
	if (mpred != NULL)
		TAILQ_INSERT_AFTER(&object->memq, mpred, m, listq);
	else
		TAILQ_INSERT_HEAD(&object->memq, m, listq);
	object->resident_page_count++;
	object->generation++;
	vm_page_dirty(m);
	return (0);
}

vm_page_t
vm_page_lookup(vm_object_t object, vm_pindex_t pindex)
{

	VM_OBJECT_ASSERT_LOCKED(object);
	return (vm_radix_lookup(&object->rtree, pindex));
}

/* The page with the least index not below pindex. */
vm_page_t
vm_page_find_least(vm_object_t object, vm_pindex_t pindex)
{
	vm_page_t m;

	VM_OBJECT_ASSERT_LOCKED(object);
	m = TAILQ_FIRST(&object->memq);
	if (m == NULL || m->pindex >= pindex)
		return (m);
	m = vm_radix_lookup_le(&object->rtree, pindex);
	return (m->pindex == pindex ? m : TAILQ_NEXT(m, listq));
}

/* The page right after m in its object, if resident. */
vm_page_t
vm_page_next(vm_page_t m)
{
	vm_page_t next;

	VM_OBJECT_ASSERT_LOCKED(m->object);
	next = TAILQ_NEXT(m, listq);
	if (next != NULL && next->pindex != m->pindex + 1)
		next = NULL;
	return (next);
}

/*
 * Waiting for memory.
 */

/* Sleep until the page daemon, or somebody's exit, has freed some. */
void
vm_wait(void)
{

	mtx_lock(&vm_page_queue_free_mtx);
	if (!vm_page_count_min()) {
		/* There is memory, only not in one piece: give others time. */
		mtx_unlock(&vm_page_queue_free_mtx);
		pause("vmwait", 1);
		return;
	}
	vm_pages_needed = 1;
	pagedaemon_wakeup();
	msleep(&vm_cnt.v_free_count, &vm_page_queue_free_mtx, PDROP | PVM,
	    "vmwait", 0);
}

/* The same in a page fault. */
void
vm_waitpfault(void)
{

	mtx_lock(&vm_page_queue_free_mtx);
	if (vm_page_count_min()) {
		vm_pages_needed = 1;
		pagedaemon_wakeup();
		msleep(&vm_cnt.v_free_count, &vm_page_queue_free_mtx,
		    PDROP | PUSER, "pfault", 0);
	} else
		mtx_unlock(&vm_page_queue_free_mtx);
}
