/*
 * pmaps and CPUs: who runs on which, and what their TLBs may hold.
 *
 * Each CPU caches translations in its TLB, and nothing but that CPU can empty
 * it.  So who takes a right away must make all CPUs that may have cached it
 * forget it, by an interrupt to each, before he relies on that.  pm_active says
 * which CPUs run on a pmap.
 */
#include <sys/param.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/smp.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>
#include <amd64/pmap_int.h>

static void	pmap_invalidate_action(void *arg);
static void	pmap_invalidate_cpus(pmap_t pmap, vm_offset_t va);

/*
 * Running on a pmap.  PCPU vm is the pmap that this CPU's pm_active bit is in.
 */

/*
 * A CPU is about to switch to a thread: preemption is off, and __cpu_switch()
 * will load the page table.
 */
void
pmap_activate_sw(struct thread *td)
{
	pmap_t oldpmap, pmap;
	u_long bit;

	oldpmap = PCPU_GET(vm);
	pmap = vmspace_pmap(td->td_proc->p_vmspace);
	td->td_pcb->pcb_cr3 = pmap->pm_cr3;
	if (oldpmap == pmap)
		return;
	bit = 1UL << curcpu;
	atomic_set_long(&pmap->pm_active, bit);
	PCPU_SET(vm, pmap);
	if (oldpmap != NULL)
		atomic_clear_long(&oldpmap->pm_active, bit);
}

/* The running thread's process has got another address space. */
void
pmap_activate(struct thread *td)
{

	critical_enter();
	pmap_activate_sw(td);
	__set_cr3(td->td_pcb->pcb_cr3);
	critical_exit();
}

/*
 * TLB shootdown.  A CPU that starts to run on the pmap while we look at
 * pm_active loads the page table after that, so it cannot have old entries.
 */
struct pmap_inval {
	pmap_t		 pmap;
	vm_offset_t	 va;		/* One page, or ~0: all. */
};

static void
pmap_invalidate_action(void *arg)
{
	struct pmap_inval *inval;

	inval = arg;
	if (PCPU_GET(vm) != inval->pmap)
		return;
	if (inval->va != ~0UL)
		__invlpg(inval->va);
	else
		__set_cr3(inval->pmap->pm_cr3);
}

static void
pmap_invalidate_cpus(pmap_t pmap, vm_offset_t va)
{
	struct pmap_inval inval;
	cpuset_t others;

	inval.pmap = pmap;
	inval.va = va;
	critical_enter();
	others.__bits = atomic_load_long(&pmap->pm_active) & ~(1UL << curcpu);
	pmap_invalidate_action(&inval);
	critical_exit();
	/*
	 * Should this thread move to another CPU now, so be it: the one it came
	 * from has been done, and the one it comes to is in the set or has
	 * loaded the page table since.
	 */
	if (others.__bits != 0 && smp_started)
		smp_rendezvous_cpus(others, smp_no_rendezvous_barrier,
		    pmap_invalidate_action, smp_no_rendezvous_barrier, &inval);
}

void
pmap_invalidate_page(pmap_t pmap, vm_offset_t va)
{

	pmap_invalidate_cpus(pmap, va);
}

void
pmap_invalidate_all(pmap_t pmap)
{

	pmap_invalidate_cpus(pmap, ~0UL);
}
