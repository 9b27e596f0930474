/*
 * From thread to thread.
 *
 * __cpu_switch() suspends the running frames into the old pcb and goes on with
 * the new one's.  The old thread may run elsewhere only when that is done, and
 * only the new thread can know: so its td_lock stays blocked_lock until the new
 * thread, as its first act (cpu_switch_done), sets what it is to be.
 */
#include <sys/param.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <machine/pmap.h>

/* A pcb for CPUs that leave a stack for good. */
static struct pcb dead_pcb[MAXCPU];

void
cpu_switch(struct thread *old, struct thread *new, struct mtx *lock)
{
	struct pcpu *pc = get_pcpu();

	pc->pc_oldthread = old;
	pc->pc_oldlock = lock;
	pmap_activate_sw(new);
	pc->pc_curpcb = new->td_pcb;
	pc->pc_curthread = new;
	__cpu_switch(old->td_pcb, new->td_pcb);
	cpu_switch_done();
}

/* The old thread's state is saved: let others have it. */
void
cpu_switch_done(void)
{
	struct pcpu *pc = get_pcpu();
	struct thread *old = pc->pc_oldthread;

	if (old != NULL) {
		pc->pc_oldthread = NULL;
		atomic_store_rel_ptr(&old->td_lock, pc->pc_oldlock);
	}
}

/* First switch of a CPU: there is no old thread. */
void
cpu_throw(struct thread *new)
{
	struct pcpu *pc = get_pcpu();

	pc->pc_oldthread = NULL;
	pmap_activate_sw(new);
	pc->pc_curpcb = new->td_pcb;
	pc->pc_curthread = new;
	__cpu_switch(&dead_pcb[pc->pc_cpuid], new->td_pcb);
	panic("cpu_throw: came back");
}
