/*
 * The page daemon: what to do when memory gets short.
 *
 * It sleeps until the free pages fall below a target.  Then the kernel's own
 * caches are asked first.  Next come pages of processes: the active queue is
 * aged, so that pages that nobody has used for a while go to the inactive queue,
 * and from there those that were never written to are freed; a later touch
 * fills them with zeros again.  Written pages would have to go to swap space,
 * of which there is none: they are put aside on the laundry queue.  If all that
 * is not enough, the largest process is killed.
 */
#include <sys/param.h>
#include <sys/eventhandler.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/kthread.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/sx.h>
#include <sys/vmmeter.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_pageout.h>
#include <vm/vm_param.h>
#include <vm/uma.h>

#define	VM_LOW_PAGES	1	/* Why vm_lowmem handlers are called. */
#define	PAGEOUT_PASSES	12	/* Fruitless rounds before a process is killed. */

static struct proc *pageproc;
static int	vm_pageout_wanted;	/* (free queue lock; hint without) */

static int	vm_pageout_lock_page(vm_page_t m);
static void	vm_pageout_oom(void);
static void	vm_pageout_page(vm_page_t m);
static void	vm_pageout_scan(int queue, int maxscan);
static void	vm_pageout(void);

static struct kproc_desc page_kp = {
	"pagedaemon",
	vm_pageout,
	&pageproc
};
SYSINIT(pagedaemon, SI_SUB_KTHREAD_PAGE, SI_ORDER_FIRST, kproc_start, &page_kp);

/*
 * Ask for pages.
 */
void
pagedaemon_wakeup(void)
{
	int locked;

	if (pageproc == NULL || vm_pageout_wanted || curproc == pageproc)
		return;
	locked = mtx_owned(&vm_page_queue_free_mtx);
	if (!locked)
		mtx_lock(&vm_page_queue_free_mtx);
	if (!vm_pageout_wanted) {
		vm_pageout_wanted = 1;
		VM_CNT_INC(v_pdwakeups);
		wakeup(&vm_pageout_wanted);
	}
	if (!locked)
		mtx_unlock(&vm_page_queue_free_mtx);
}

/*
 * Lock a page's object and the page against the usual order: only if that is
 * possible at once.
 */
static int
vm_pageout_lock_page(vm_page_t m)
{
	vm_object_t object;

	object = m->object;
	if (object == NULL || !VM_OBJECT_TRYWLOCK(object))
		return (0);
	if (!vm_page_trylock(m)) {
		VM_OBJECT_WUNLOCK(object);
		return (0);
	}
	return (1);
}

/* Decide about one page.  Object and page locked. */
static void
vm_pageout_page(vm_page_t m)
{

	if (vm_page_busied(m) || m->hold_count != 0 || m->wire_count != 0)
		return;
	if (pmap_ts_referenced(m) != 0 || (m->aflags & PGA_REFERENCED) != 0) {
		vm_page_aflag_clear(m, PGA_REFERENCED);
		m->act_count = MIN(m->act_count + ACT_ADVANCE, ACT_MAX);
		if (m->queue != PQ_ACTIVE)
			VM_CNT_INC(v_reactivated);
		vm_page_activate(m);
		return;
	}
	if (m->queue == PQ_ACTIVE) {
		if (m->act_count > 0)
			m->act_count--;
		if (m->act_count == 0)
			vm_page_deactivate(m);
		return;
	}
	if (m->dirty == 0) {
		/* Take it from the user, then look whether he was quicker. */
		pmap_remove_all(m);
		if (m->dirty == 0) {
			SDT_PROBE2(vminfo, , , dfree, 1, 0);
			SDT_PROBE2(vminfo, , , anonfree, 1, 0);
			vm_page_free(m);
			return;
		}
	}
	vm_page_launder(m);
}

/* Look at the oldest pages of a queue. */
static void
vm_pageout_scan(int queue, int maxscan)
{
	struct vm_pagequeue *pq;
	vm_object_t object;
	vm_page_t m;

	pq = &vm_pagequeues[queue];
	while (maxscan-- > 0 && vm_paging_needed()) {
		vm_pagequeue_lock(pq);
		m = TAILQ_FIRST(&pq->pq_pl);
		if (m != NULL) {
			/* To the end: each is seen once. */
			TAILQ_REMOVE(&pq->pq_pl, m, plinks.q);
			TAILQ_INSERT_TAIL(&pq->pq_pl, m, plinks.q);
		}
		if (m == NULL || !vm_pageout_lock_page(m)) {
			vm_pagequeue_unlock(pq);
			if (m == NULL)
				break;
			continue;
		}
		vm_pagequeue_unlock(pq);
		object = m->object;
		SDT_PROBE2(vminfo, , , scan, 1, 0);
		if (m->queue == queue)
			vm_pageout_page(m);
		vm_page_unlock(m);
		VM_OBJECT_WUNLOCK(object);
	}
}

/*
 * Nothing else helps: kill the process that has most.
 */
static void
vm_pageout_oom(void)
{
	struct proc *bigproc, *p;
	long bigsize, size;

	bigproc = NULL;
	bigsize = 0;
	sx_slock(&allproc_lock);
	FOREACH_PROC_IN_SYSTEM(p) {
		PROC_LOCK(p);
		if (p->p_state != PRS_NORMAL || p->p_vmspace == NULL ||
		    (p->p_flag & (P_SYSTEM | P_KPROC | P_WEXIT)) != 0 ||
		    p == initproc) {
			PROC_UNLOCK(p);
			continue;
		}
		size = vmspace_resident_count(p->p_vmspace);
		PROC_UNLOCK(p);
		if (size > bigsize) {
			bigproc = p;
			bigsize = size;
		}
	}
	if (bigproc != NULL) {
		PROC_LOCK(bigproc);
		printf("pid %d (%s), uid %d, was killed: out of swap space\n",
		    bigproc->p_pid, bigproc->p_comm,
		    bigproc->p_ucred->cr_uid);
		bigproc->p_flag |= P_WKILLED;
		kern_psignal(bigproc, SIGKILL);
		PROC_UNLOCK(bigproc);
	}
	sx_sunlock(&allproc_lock);
	/* It may be waiting for memory itself. */
	wakeup(&vm_cnt.v_free_count);
}

static void
vm_pageout(void)
{
	int pass;

	for (;;) {
		mtx_lock(&vm_page_queue_free_mtx);
		while (!vm_pageout_wanted)
			msleep(&vm_pageout_wanted, &vm_page_queue_free_mtx, PVM,
			    "psleep", 0);
		vm_pageout_wanted = 0;
		SDT_PROBE2(vminfo, , , pgrrun, 1, 0);
		mtx_unlock(&vm_page_queue_free_mtx);

		EVENTHANDLER_INVOKE(vm_lowmem, VM_LOW_PAGES);
		uma_reclaim();
		/*
		 * Each round ages pages a little more; the urgent need is met
		 * in as many rounds as it takes, within reason.
		 */
		pass = 0;
		do {
			vm_pageout_scan(PQ_INACTIVE,
			    vm_pagequeues[PQ_INACTIVE].pq_cnt);
			vm_pageout_scan(PQ_ACTIVE,
			    vm_pagequeues[PQ_ACTIVE].pq_cnt);
		} while (++pass < PAGEOUT_PASSES && vm_page_count_min());
		if (vm_page_count_min()) {
			vm_pageout_oom();
			/* It takes a while to end. */
			pause("psleep", MAX(hz / 10, 1));
		}
	}
}
