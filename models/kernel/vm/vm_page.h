/*
 * Physical pages: one struct vm_page for each.
 *
 * A page is free (in vm_phys.c's lists), or wired for the kernel's own use, or
 * belongs to an object at some index and then also stands in a page queue that
 * tells the page daemon how recently it was used.
 *
 * Locking key:
 *   (O) object lock;  (P) page lock, hashed by address;  (Q) page queue lock;
 *   (F) vm_page_queue_free_mtx;  (B) changed with atomics;  (M) machine
 *   dependent, see pmap.c;  (C) constant after boot.
 */
#ifndef _VM_VM_PAGE_H_
#define	_VM_VM_PAGE_H_

#include <machine/vmparam.h>
#include <vm/pmap.h>

struct vm_page {
	union {
		TAILQ_ENTRY(vm_page) q;		/* (Q), or (F) when free */
		struct {
			void	*slab;		/* What uma_core.c has here. */
			void	*zone;
		} s;
	} plinks;
	TAILQ_ENTRY(vm_page) listq;		/* (O) Object's list, by index. */
	vm_object_t	 object;		/* (O) */
	vm_pindex_t	 pindex;		/* (O) */
	vm_paddr_t	 phys_addr;		/* (C) */
	struct md_page	 md;			/* (M) */
	u_int		 busy_lock;		/* (B) VPB_ */
	u_int		 wire_count;		/* (P) */
	int		 hold_count;		/* (P) */
	uint16_t	 flags;			/* (P) PG_ */
	uint8_t		 aflags;		/* (B) PGA_ */
	uint8_t		 queue;			/* (P) and (Q) PQ_ */
	uint8_t		 order;			/* (F) Free block's, else VM_NFREEORDER. */
	uint8_t		 valid;			/* (O) Has contents. */
	uint8_t		 dirty;			/* (O) */
	uint8_t		 act_count;		/* (P) Recent use. */
};

/* Busy: who holds a page's contents while they change.  Exclusive or shared. */
#define	VPB_BIT_SHARED		0x01
#define	VPB_BIT_EXCLUSIVE	0x02
#define	VPB_BIT_WAITERS		0x04
#define	VPB_BIT_FLAGMASK	0x07
#define	VPB_SHARERS_SHIFT	3
#define	VPB_SHARERS(x)		((x) >> VPB_SHARERS_SHIFT)
#define	VPB_SHARERS_WORD(n)	((n) << VPB_SHARERS_SHIFT | VPB_BIT_SHARED)
#define	VPB_ONE_SHARER		(1U << VPB_SHARERS_SHIFT)
#define	VPB_SINGLE_EXCLUSIVER	VPB_BIT_EXCLUSIVE
#define	VPB_UNBUSIED		VPB_SHARERS_WORD(0)

#define	PG_ZERO			0x0008	/* Known to be zero. */
#define	PG_SLAB			0x0010	/* plinks.s is in use. */

#define	PGA_WRITEABLE		0x01	/* May be mapped writable. */
#define	PGA_REFERENCED		0x02	/* Used since the last look. */

#define	PQ_INACTIVE		0
#define	PQ_ACTIVE		1
#define	PQ_LAUNDRY		2
#define	PQ_COUNT		3
#define	PQ_NONE			255

#define	ACT_INIT		5
#define	ACT_MAX			64
#define	ACT_ADVANCE		3

#define	VM_PAGE_BITS_ALL	0xff

TAILQ_HEAD(pglist, vm_page);

struct vm_pagequeue {
	struct mtx	 pq_mutex;
	struct pglist	 pq_pl;			/* (Q) Oldest first. */
	int		 pq_cnt;		/* (Q) */
	const char	*pq_name;
} __aligned(CACHE_LINE_SIZE);

extern struct vm_pagequeue vm_pagequeues[PQ_COUNT];
#define	vm_pagequeue_lock(pq)	mtx_lock(&(pq)->pq_mutex)
#define	vm_pagequeue_unlock(pq)	mtx_unlock(&(pq)->pq_mutex)
#define	vm_pagequeue_assert_locked(pq) mtx_assert(&(pq)->pq_mutex, MA_OWNED)

extern struct mtx vm_page_queue_free_mtx;

/* Page locks are shared: all pages of 2 MiB have the same one. */
struct pa_lock {
	struct mtx	 data;
} __aligned(CACHE_LINE_SIZE);
extern struct pa_lock pa_lock[PA_LOCK_COUNT];
#define	PA_LOCKPTR(pa)		(&pa_lock[((pa) >> PDRSHIFT) % PA_LOCK_COUNT].data)
#define	vm_page_lockptr(m)	PA_LOCKPTR((m)->phys_addr)
#define	vm_page_lock(m)		mtx_lock(vm_page_lockptr(m))
#define	vm_page_unlock(m)	mtx_unlock(vm_page_lockptr(m))
#define	vm_page_trylock(m)	mtx_trylock(vm_page_lockptr(m))
#define	vm_page_assert_locked(m) mtx_assert(vm_page_lockptr(m), MA_OWNED)

extern vm_page_t vm_page_array;		/* First page's. */
extern u_long vm_page_array_size;
extern vm_paddr_t first_page;		/* Its page number. */

#define	VM_PAGE_TO_PHYS(m)	((m)->phys_addr)
#define	VM_PAGE_TO_DMAP(m)	PHYS_TO_DMAP((m)->phys_addr)
#define	PHYS_TO_VM_PAGE(pa)	(&vm_page_array[atop(pa) - first_page])

/* Requests to vm_page_alloc(). */
#define	VM_ALLOC_NORMAL		0
#define	VM_ALLOC_INTERRUPT	1	/* May take the very last page. */
#define	VM_ALLOC_SYSTEM		2	/* May use the system's reserve. */
#define	VM_ALLOC_CLASS_MASK	3
#define	VM_ALLOC_WIRED		0x0020
#define	VM_ALLOC_ZERO		0x0040	/* Prefer a zeroed page: see PG_ZERO. */
#define	VM_ALLOC_NOOBJ		0x0100
#define	VM_ALLOC_NOBUSY		0x0200

void	 vm_page_startup(vm_paddr_t start, vm_paddr_t end);

vm_page_t vm_page_alloc(vm_object_t object, vm_pindex_t pindex, int req);
vm_page_t vm_page_alloc_contig(int req, u_long npages);
void	 vm_page_free_contig(vm_page_t m, u_long npages);
void	 vm_page_free(vm_page_t m);
void	 vm_page_free_zero(vm_page_t m);

int	 vm_page_insert(vm_page_t m, vm_object_t object, vm_pindex_t pindex);
void	 vm_page_remove(vm_page_t m);
int	 vm_page_rename(vm_page_t m, vm_object_t object, vm_pindex_t pindex);
vm_page_t vm_page_lookup(vm_object_t object, vm_pindex_t pindex);
vm_page_t vm_page_find_least(vm_object_t object, vm_pindex_t pindex);
vm_page_t vm_page_next(vm_page_t m);

void	 vm_page_xbusy(vm_page_t m);
void	 vm_page_xunbusy(vm_page_t m);
void	 vm_page_xunbusy_hard(vm_page_t m);
int	 vm_page_sbusied(vm_page_t m);
int	 vm_page_xbusied(vm_page_t m);
int	 vm_page_busied(vm_page_t m);
int	 vm_page_tryxbusy(vm_page_t m);
void	 vm_page_busy_sleep(vm_page_t m, const char *wmesg);

void	 vm_page_activate(vm_page_t m);
void	 vm_page_deactivate(vm_page_t m);
void	 vm_page_launder(vm_page_t m);
void	 vm_page_dequeue(vm_page_t m);
void	 vm_page_reference(vm_page_t m);
void	 vm_page_wire(vm_page_t m);
void	 vm_page_unwire(vm_page_t m, uint8_t queue);
void	 vm_page_hold(vm_page_t m);
void	 vm_page_unhold(vm_page_t m);
void	 vm_page_dirty(vm_page_t m);
void	 vm_page_aflag_set(vm_page_t m, uint8_t bits);
void	 vm_page_aflag_clear(vm_page_t m, uint8_t bits);

void	 vm_wait(void);
void	 vm_waitpfault(void);

#endif /* !_VM_VM_PAGE_H_ */
