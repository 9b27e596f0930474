/*
 * The virtual memory system's meters: see sys/vmmeter.h.
 */
#include <sys/param.h>
#include <sys/vmmeter.h>

struct vmmeter vm_cnt;
struct vmevents vm_events[MAXCPU];

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
		counts = (u_long *)&vm_events[cpu];
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
