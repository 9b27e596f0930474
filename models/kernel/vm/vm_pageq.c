/*
 * The life of a page between its allocation and its end.
 *
 *	busy	its contents change; who needs them waits
 *	queued	how recently it was used, for the page daemon
 *	wired	it must stay where it is; not in a queue
 *	held	somebody still looks at the memory, whatever it is named now
 *
 * A page's place in a queue is protected by the page's own lock (a hashed one)
 * together with the queue's.  Busy is a word of its own, changed atomically.
 */
#include <sys/param.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/vmmeter.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_param.h>

static void	vm_page_enqueue(uint8_t queue, vm_page_t m);

/*
 * Busy: the lock on a page's contents.
 */
int
vm_page_sbusied(vm_page_t m)
{
	u_int x;

	x = m->busy_lock;
	return ((x & VPB_BIT_SHARED) != 0 && x != VPB_UNBUSIED);
}

int
vm_page_xbusied(vm_page_t m)
{

	return ((m->busy_lock & VPB_BIT_EXCLUSIVE) != 0);
}

int
vm_page_busied(vm_page_t m)
{

	return (m->busy_lock != VPB_UNBUSIED);
}

int
vm_page_tryxbusy(vm_page_t m)
{

	return (atomic_cmpset_acq_int(&m->busy_lock, VPB_UNBUSIED,
	    VPB_SINGLE_EXCLUSIVER));
}

void
vm_page_xbusy(vm_page_t m)
{

	if (!vm_page_tryxbusy(m))
		panic("vm_page_xbusy: page %p is busy", m);
}

void
vm_page_xunbusy(vm_page_t m)
{

	if (!atomic_cmpset_rel_int(&m->busy_lock, VPB_SINGLE_EXCLUSIVER,
	    VPB_UNBUSIED))
		vm_page_xunbusy_hard(m);
}

/* Somebody waits, or may. */
void
vm_page_xunbusy_hard(vm_page_t m)
{
	int locked;

	KASSERT(vm_page_xbusied(m), ("vm_page_xunbusy: page %p is not busy", m));
	locked = mtx_owned(vm_page_lockptr(m));
	if (!locked)
		vm_page_lock(m);
	atomic_store_rel_int(&m->busy_lock, VPB_UNBUSIED);
	wakeup(m);
	if (!locked)
		vm_page_unlock(m);
}

/*
 * Wait until a page may have become unbusy.  Called with the page lock, which
 * is dropped; the page can be anybody's afterwards.
 */
void
vm_page_busy_sleep(vm_page_t m, const char *wmesg)
{
	u_int x;

	vm_page_assert_locked(m);
	x = m->busy_lock;
	if (x == VPB_UNBUSIED || ((x & VPB_BIT_WAITERS) == 0 &&
	    !atomic_cmpset_int(&m->busy_lock, x, x | VPB_BIT_WAITERS))) {
		vm_page_unlock(m);
		return;
	}
	msleep(m, vm_page_lockptr(m), PVM | PDROP, wmesg, 0);
}

/*
 * Page queues.
 */
static void
vm_page_enqueue(uint8_t queue, vm_page_t m)
{
	struct vm_pagequeue *pq;

	vm_page_assert_locked(m);
	pq = &vm_pagequeues[queue];
	vm_pagequeue_lock(pq);
	m->queue = queue;
	TAILQ_INSERT_TAIL(&pq->pq_pl, m, plinks.q);
	pq->pq_cnt++;
	vm_pagequeue_unlock(pq);
}

void
vm_page_dequeue(vm_page_t m)
{
	struct vm_pagequeue *pq;

	KASSERT(m->queue != PQ_NONE, ("vm_page_dequeue: page %p is not queued", m));
	pq = &vm_pagequeues[m->queue];
	vm_pagequeue_lock(pq);
	m->queue = PQ_NONE;
	TAILQ_REMOVE(&pq->pq_pl, m, plinks.q);
	pq->pq_cnt--;
	vm_pagequeue_unlock(pq);
}

/* The page is in use.  Page locked. */
void
vm_page_activate(vm_page_t m)
{

	vm_page_assert_locked(m);
	if (m->wire_count != 0)
		return;
	if (m->act_count < ACT_INIT)
		m->act_count = ACT_INIT;
	if (m->queue != PQ_ACTIVE) {
		if (m->queue != PQ_NONE)
			vm_page_dequeue(m);
		vm_page_enqueue(PQ_ACTIVE, m);
	}
}

/* It was not used lately. */
void
vm_page_deactivate(vm_page_t m)
{

	vm_page_assert_locked(m);
	if (m->wire_count != 0 || m->queue == PQ_INACTIVE)
		return;
	if (m->queue != PQ_NONE)
		vm_page_dequeue(m);
	vm_page_enqueue(PQ_INACTIVE, m);
}

/* It would have to be written somewhere before it can be reused. */
void
vm_page_launder(vm_page_t m)
{

	vm_page_assert_locked(m);
	if (m->wire_count != 0 || m->queue == PQ_LAUNDRY)
		return;
	if (m->queue != PQ_NONE)
		vm_page_dequeue(m);
	vm_page_enqueue(PQ_LAUNDRY, m);
}

void
vm_page_reference(vm_page_t m)
{

	vm_page_aflag_set(m, PGA_REFERENCED);
}

/* Keep a page from being freed or moved: it leaves the queues. */
void
vm_page_wire(vm_page_t m)
{

	vm_page_assert_locked(m);
	if (m->wire_count == 0) {
		if (m->queue != PQ_NONE)
			vm_page_dequeue(m);
		atomic_add_int(&vm_cnt.v_wire_count, 1);
	}
	m->wire_count++;
}

void
vm_page_unwire(vm_page_t m, uint8_t queue)
{

	if (m->object != NULL)
		vm_page_assert_locked(m);
	KASSERT(m->wire_count > 0, ("vm_page_unwire: page %p is not wired", m));
	if (--m->wire_count == 0) {
		atomic_subtract_int(&vm_cnt.v_wire_count, 1);
		if (m->object != NULL && queue != PQ_NONE)
			vm_page_enqueue(queue, m);
	}
}

/* Keep a page's memory, though not its name. */
void
vm_page_hold(vm_page_t m)
{

	vm_page_assert_locked(m);
	m->hold_count++;
}

void
vm_page_unhold(vm_page_t m)
{

	vm_page_assert_locked(m);
	KASSERT(m->hold_count > 0, ("vm_page_unhold: page %p is not held", m));
	if (--m->hold_count == 0 && m->object == NULL)
		vm_page_free(m);
}

void
vm_page_dirty(vm_page_t m)
{

	m->dirty = VM_PAGE_BITS_ALL;
}

/*
 * The aflags change without a lock, so atomically.
 */
void
vm_page_aflag_set(vm_page_t m, uint8_t bits)
{

	if ((m->aflags & bits) != bits)
		(void)__atomic_fetch_or(&m->aflags, bits, __ATOMIC_ORDER);
}

void
vm_page_aflag_clear(vm_page_t m, uint8_t bits)
{

	if ((m->aflags & bits) != 0)
		(void)__atomic_fetch_and(&m->aflags, (uint8_t)~bits,
		    __ATOMIC_ORDER);
}
