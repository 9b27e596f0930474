/*
 * The virtual memory system's meters: see sys/vmmeter.h.  "sysctl vm.stats" shows
 * them.
 */
#include <sys/param.h>
#include <sys/smp.h>
#include <sys/sysctl.h>
#include <sys/vmmeter.h>
#include <vm/vm_page.h>

struct vmmeter vm_cnt;
struct vmevents_pcpu vm_events[MAXCPU];

/*
 * Add up all CPUs' event counts.
 */
void
vm_events_sum(struct vmevents *sum)
{
	u_long *total, *counts;
	u_int cpu, i;

	bzero(sum, sizeof(*sum));
	total = (u_long *)sum;
	for (cpu = 0; cpu < MAXCPU; cpu++) {
		counts = (u_long *)&vm_events[cpu].ev;
		for (i = 0; i < sizeof(*sum) / sizeof(u_long); i++)
			total[i] += counts[i];
	}
}

/* Only those who free memory may have more. */
int
vm_page_count_severe(void)
{

	return (vm_cnt.v_free_count <= vm_cnt.v_free_reserved);
}

int
vm_page_count_min(void)
{

	return (vm_cnt.v_free_count < vm_cnt.v_free_min);
}

int
vm_paging_needed(void)
{

	return (vm_cnt.v_free_count < vm_cnt.v_free_target);
}

/*
 * sysctl: an event count is added up when somebody asks; arg2 is its place in
 * struct vmevents, or in struct pcpu.
 */
static int	sysctl_handle_vmevent(SYSCTL_HANDLER_ARGS);
static int	sysctl_handle_pcpu(SYSCTL_HANDLER_ARGS);

static int
sysctl_handle_vmevent(SYSCTL_HANDLER_ARGS)
{
	struct vmevents sum;

	vm_events_sum(&sum);
	return (SYSCTL_OUT(req, (char *)&sum + arg2, sizeof(u_long)));
}

static int
sysctl_handle_pcpu(SYSCTL_HANDLER_ARGS)
{
	u_long sum;
	int i;

	sum = 0;
	CPU_FOREACH(i)
		sum += *(u_long *)((char *)pcpu_find(i) + arg2);
	return (SYSCTL_OUT(req, &sum, sizeof(sum)));
}

SYSCTL_NODE(_vm, OID_AUTO, stats, CTLFLAG_RD, NULL, "VM meter stats");
SYSCTL_NODE(_vm_stats, OID_AUTO, sys, CTLFLAG_RD, NULL, "VM meter sys stats");
SYSCTL_NODE(_vm_stats, OID_AUTO, vm, CTLFLAG_RD, NULL, "VM meter vm stats");

#define	VM_STATS_PCPU(parent, name, field, descr)			\
	SYSCTL_PROC(parent, OID_AUTO, name, CTLTYPE_ULONG | CTLFLAG_RD,	\
	    NULL, offsetof(struct pcpu, field), sysctl_handle_pcpu, "LU", descr)
#define	VM_STATS_EVENT(name, descr)					\
	SYSCTL_PROC(_vm_stats_vm, OID_AUTO, name,			\
	    CTLTYPE_ULONG | CTLFLAG_RD, NULL,				\
	    offsetof(struct vmevents, name), sysctl_handle_vmevent, "LU", descr)
#define	VM_STATS_UINT(name, var, descr)					\
	SYSCTL_UINT(_vm_stats_vm, OID_AUTO, name, CTLFLAG_RD, &(var), 0, descr)

VM_STATS_PCPU(_vm_stats_sys, v_swtch, pc_v_swtch, "Context switches");
VM_STATS_PCPU(_vm_stats_sys, v_trap, pc_v_trap, "Traps");
VM_STATS_PCPU(_vm_stats_sys, v_syscall, pc_v_syscall, "System calls");
VM_STATS_PCPU(_vm_stats_sys, v_intr, pc_v_intr, "Device interrupts");
VM_STATS_PCPU(_vm_stats_sys, v_soft, pc_v_soft, "Software interrupts");
VM_STATS_PCPU(_vm_stats_vm, v_vm_faults, pc_v_faults, "Address memory faults");
VM_STATS_EVENT(v_cow_faults, "Copy-on-write faults");
VM_STATS_EVENT(v_cow_optim, "Copy-on-write faults that needed no copy");
VM_STATS_EVENT(v_zfod, "Pages zero-filled on demand");
VM_STATS_EVENT(v_forks, "Number of fork() calls");
VM_STATS_EVENT(v_forkpages, "VM pages affected by fork()");
VM_STATS_EVENT(v_tfree, "Total pages freed");
VM_STATS_EVENT(v_dfree, "Pages freed by exiting processes");
VM_STATS_EVENT(v_pdwakeups, "Page daemon wakeups");
VM_STATS_EVENT(v_reactivated, "Pages reactivated by the page daemon");
VM_STATS_UINT(v_page_count, vm_cnt.v_page_count, "Total number of pages");
VM_STATS_UINT(v_free_count, vm_cnt.v_free_count, "Free pages");
VM_STATS_UINT(v_wire_count, vm_cnt.v_wire_count, "Wired pages");
VM_STATS_UINT(v_active_count, vm_pagequeues[PQ_ACTIVE].pq_cnt, "Active pages");
VM_STATS_UINT(v_inactive_count, vm_pagequeues[PQ_INACTIVE].pq_cnt,
    "Inactive pages");
VM_STATS_UINT(v_laundry_count, vm_pagequeues[PQ_LAUNDRY].pq_cnt,
    "Pages that only swap space could free");
VM_STATS_UINT(v_free_min, vm_cnt.v_free_min, "Below it, users wait");
VM_STATS_UINT(v_free_target, vm_cnt.v_free_target,
    "Below it, the page daemon works");
VM_STATS_UINT(v_free_reserved, vm_cnt.v_free_reserved,
    "Pages reserved for the system");
