/*
 * Several CPUs: starting them and interrupting them.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/smp.h>
#include <sys/timeet.h>
#include <vm/vm.h>
#include <vm/vm_extern.h>

#define	APSTACK_SIZE	(16 * 1024)	/* Until its first thread runs. */

volatile cpuset_t stopped_cpus;

/* Interrupt a CPU. */
void
ipi_vector(int cpu, u_int vector)
{

	(void)__hw(HW_IPI, cpu, vector, 0, 0);
}

/*
 * The common ones share a vector; bits in pc_ipi_pending say what for.  Those
 * that are on their way already need not be sent again.
 */
void
ipi_cpu(int cpu, u_int bit)
{
	struct pcpu *pc = cpuid_to_pcpu[cpu];
	u_int old;

	old = __atomic_fetch_or(&pc->pc_ipi_pending, bit, __ATOMIC_ORDER);
	if (old == 0)
		ipi_vector(cpu, VEC_IPI_AST);
}

void
ipi_bitmap_handler(struct trapframe *frame)
{
	struct thread *td = curthread;
	u_int pending;

	PCPU_INC(v_ipi);
	pending = atomic_swap_int(PCPU_PTR(ipi_pending), 0);
	if (pending & IPI_PREEMPT)
		sched_preempt(td);
	if (pending & IPI_HARDCLOCK)
		hardclock_sync(curcpu);
	/* IPI_AST_BIT: the way back to user mode looks at td_flags. */
}

/* After a panic elsewhere: stop here for good. */
static void
cpustop_forever(void)
{

	for (;;)
		cpu_halt();
}

void
cpustop_handler(void)
{

	CPU_SET_ATOMIC(curcpu, &stopped_cpus);
	cpustop_forever();
}

void
stop_cpus_hard(void)
{
	int cpu;

	if (!smp_started)
		return;
	CPU_FOREACH(cpu) {
		if (cpu != (int)curcpu)
			ipi_vector(cpu, VEC_IPI_STOP);
	}
}

#ifdef SMP
/*
 * An application processor's first steps, on its boot stack, interrupts off.
 * Its idle thread stands in as curthread until there is a real one.
 */
void
init_secondary(unsigned int cpu)
{
	struct pcpu *pc = cpuid_to_pcpu[cpu];

	__set_pcpu(pc);
	pc->pc_curthread = pc->pc_idlethread;
	pc->pc_curpcb = pc->pc_idlethread->td_pcb;
	cpu_initclocks_ap();
	atomic_add_int(&smp_cpus, 1);
	sched_throw(NULL);
}

/* All is set up: let the other CPUs come. */
static void
mp_start(const void *dummy __unused)
{
	vm_offset_t stack;
	int cpu;

	if (mp_ncpus == 1)
		return;
	for (cpu = 1; cpu < mp_ncpus; cpu++) {
		stack = (vm_offset_t)kmem_malloc(APSTACK_SIZE, M_WAITOK);
		(void)__hw(HW_CPU_START, cpu, stack, APSTACK_SIZE, 0);
	}
	while (atomic_load_acq_int(&smp_cpus) < (u_int)mp_ncpus)
		cpu_spinwait();
	smp_started = 1;
	printf("SMP: %d processors at work\n", mp_ncpus);
}
SYSINIT(start_aps, SI_SUB_SMP_LATE, SI_ORDER_FIRST, mp_start, NULL);
#else
void
init_secondary(unsigned int cpu)
{

	panic("CPU %u started in a kernel for one", cpu);
}
#endif
