/*
 * Boot, the machine's part: from power-on to mi_startup().
 *
 * The machine has loaded the kernel and starts CPU 0 in btext() with interrupts
 * off, on the boot stack.  That stack becomes thread0's.  There are no locks,
 * no memory allocator and no other CPU yet: only static data.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/smp.h>
#include <sys/timeet.h>

struct bootinfo *bootinfo;
static struct pcpu pcpu_store[MAXCPU];

void	init_param1(void);
void	inittimecounter_early(void);

void
btext(struct bootinfo *bi)
{
	struct pcpu *pc = &pcpu_store[0];
	struct thread *td = &thread0;
	int cpu;

	bootinfo = bi;
	mp_setup();
	for (cpu = 0; cpu < mp_ncpus; cpu++)
		pcpu_init(&pcpu_store[cpu], cpu);
	pc->pc_curthread = td;
	__set_pcpu(pc);

	td->td_pcb = &td->td_md.md_pcb;
	pc->pc_curpcb = td->td_pcb;
	td->td_kstack = bi->bi_bootstack;
	td->td_kstack_pages = bi->bi_bootstacksize / PAGE_SIZE;
	td->td_pcb->pcb_kstack = bi->bi_bootstack;
	td->td_pcb->pcb_kstacksize = bi->bi_bootstacksize;

	proc_linkup0(&proc0, td);
	init_param1();
	inittimecounter_early();
	mutex_init();
	mi_startup();
}

/* Stop until an interrupt is pending; with interrupts off only a panic does. */
void
cpu_halt(void)
{

	(void)__hw(HW_HALT, 0, 0, 0, 0);
}

/*
 * Nothing to do: wait for an interrupt.  Look for work once more with interrupts
 * off: a wakeup between that look and the halt is then pending, and ends the
 * halt at once.  busy: it will not be long, so leave the clock alone.
 */
void
cpu_idle(int busy)
{

	if (!busy) {
		critical_enter();
		cpu_idleclock();
	}
	disable_intr();
	if (!sched_runnable())
		cpu_halt();
	enable_intr();
	if (!busy) {
		cpu_activeclock();
		critical_exit();
	}
}

void
DELAY(int usec)
{
	uint64_t end;

	end = cpu_ticks() + (uint64_t)usec * (bootinfo->bi_clockhz / 1000000);
	while ((int64_t)(cpu_ticks() - end) < 0)
		cpu_spinwait();
}

/*
 * Spin-lock sections: the first entry turns interrupts off, the last exit
 * gives back what was before.  The count belongs to the thread.
 */
void
spinlock_enter(void)
{
	struct thread *td = curthread;
	unsigned long flags;

	if (td->td_md.md_spinlock_count == 0) {
		flags = intr_disable();
		td->td_md.md_spinlock_count = 1;
		td->td_md.md_saved_flags = flags;
		critical_enter();
	} else
		td->td_md.md_spinlock_count++;
}

void
spinlock_exit(void)
{
	struct thread *td = curthread;
	unsigned long flags;

	flags = td->td_md.md_saved_flags;
	td->td_md.md_spinlock_count--;
	if (td->td_md.md_spinlock_count == 0) {
		critical_exit();
		intr_restore(flags);
	}
}
