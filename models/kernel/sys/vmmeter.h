/*
 * Counts of what the virtual memory system did, and how much memory is in
 * which state.
 *
 * Events are counted per CPU, each CPU in its own cache line, and added up by
 * who reads them (vm_meter.c): a page fault must not pull a line to and fro.
 */
#ifndef _SYS_VMMETER_H_
#define	_SYS_VMMETER_H_

#include <sys/param.h>

struct vmevents {
	u_long	 v_cow_faults;		/* Writes to a page shared by fork. */
	u_long	 v_cow_optim;		/* Of these, copies saved. */
	u_long	 v_zfod;		/* Pages zero-filled on demand. */
	u_long	 v_forks;		/* Address spaces copied ... */
	u_long	 v_forkpages;		/* ... and their size in pages. */
	u_long	 v_tfree;		/* Pages freed. */
	u_long	 v_dfree;		/* Of these, by exit. */
	u_long	 v_pdwakeups;		/* Page daemon woken. */
	u_long	 v_reactivated;
};

struct vmevents_pcpu {
	struct vmevents	 ev;
} __aligned(CACHE_LINE_SIZE);

struct vmmeter {
	u_int		 v_page_count;		/* All pages managed. */
	u_int		 v_free_min;		/* The page daemon's thresholds. */
	u_int		 v_free_target;
	u_int		 v_free_reserved;	/* Only for the system. */
	u_int		 v_interrupt_free_min;	/* Only for interrupts. */
	u_int		 v_wire_count;		/* Changed with atomics. */
	u_int		 v_free_count;		/* Free queue lock. */
};

extern struct vmmeter vm_cnt;
extern struct vmevents_pcpu vm_events[MAXCPU];

#define	VM_CNT_INC(what)	(vm_events[curcpu].ev.what++)
#define	VM_CNT_ADD(what, n)	(vm_events[curcpu].ev.what += (n))

void	vm_events_sum(struct vmevents *sum);
int	vm_page_count_severe(void);
int	vm_page_count_min(void);
int	vm_paging_needed(void);

#endif /* !_SYS_VMMETER_H_ */
