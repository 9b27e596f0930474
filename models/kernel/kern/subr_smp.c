/*
 * Several CPUs: the machine-independent part.
 */
#include <sys/param.h>
#include <sys/cpuset.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/smp.h>

int mp_ncpus = 1;
u_int mp_maxid;
cpuset_t all_cpus;
volatile int smp_started;
volatile u_int smp_cpus = 1;
int smp_disabled;

/* One rendezvous at a time. */
struct mtx smp_ipi_mtx;
MTX_SYSINIT(smp_ipi, &smp_ipi_mtx, "smp rendezvous", MTX_SPIN);

/* What the CPUs have agreed to do. */
static volatile u_int smp_rv_ncpus;
static void (*volatile smp_rv_setup_func)(void *);
static void (*volatile smp_rv_action_func)(void *);
static void (*volatile smp_rv_teardown_func)(void *);
static void *volatile smp_rv_func_arg;
static volatile u_int smp_rv_waiters[4];	/* (atomic) A barrier each. */

/* Early boot: how many CPUs there are. */
void
mp_setup(void)
{
	u_int i;

#ifdef SMP
	mp_ncpus = (int)bootinfo->bi_ncpu;
	if (mp_ncpus > MAXCPU)
		mp_ncpus = MAXCPU;
#endif
	mp_maxid = mp_ncpus - 1;
	for (i = 0; i <= mp_maxid; i++)
		CPU_SET(i, &all_cpus);
}

/* Wait until all have got to barrier n. */
static void
rv_barrier(int n)
{

	atomic_add_int(&smp_rv_waiters[n], 1);
	while (atomic_load_acq_int(&smp_rv_waiters[n]) < smp_rv_ncpus)
		cpu_spinwait();
}

/*
 * The rendezvous, on each CPU that takes part; others come here by IPI.
 * Setup ends everywhere before action starts anywhere, and so on.
 */
void
smp_rendezvous_action(void)
{
	void (*action)(void *), (*setup)(void *), (*teardown)(void *);
	void *arg;

	/* Everybody is here: the description can be read. */
	rv_barrier(0);
	arg = smp_rv_func_arg;
	setup = smp_rv_setup_func;
	action = smp_rv_action_func;
	teardown = smp_rv_teardown_func;
	critical_enter();
	if (setup != NULL) {
		setup(arg);
		rv_barrier(1);
	}
	if (action != NULL)
		action(arg);
	if (teardown != NULL) {
		rv_barrier(2);
		teardown(arg);
	}
	/* The last to get here lets the initiator go on. */
	atomic_add_int(&smp_rv_waiters[3], 1);
	critical_exit();
}

void
smp_rendezvous_cpus(cpuset_t map, void (*setup)(void *),
    void (*action)(void *), void (*teardown)(void *), void *arg)
{
	int cpu, ncpus = 0, self;

	CPU_AND(&map, &map, &all_cpus);
	/* Alone, or before the others run. */
	if (!smp_started) {
		spinlock_enter();
		if (setup != NULL)
			setup(arg);
		if (action != NULL)
			action(arg);
		if (teardown != NULL)
			teardown(arg);
		spinlock_exit();
		return;
	}
	mtx_lock_spin(&smp_ipi_mtx);
	self = curcpu;
	ncpus = CPU_COUNT(&map);
	if (ncpus == 0)
		panic("ncpus is 0 with non-zero map");
	smp_rv_ncpus = ncpus;
	smp_rv_setup_func = setup;
	smp_rv_action_func = action;
	smp_rv_teardown_func = teardown;
	smp_rv_func_arg = arg;
	smp_rv_waiters[1] = 0;
	smp_rv_waiters[2] = 0;
	smp_rv_waiters[3] = 0;
	atomic_store_rel_int(&smp_rv_waiters[0], 0);
	CPU_FOREACH(cpu) {
		if (cpu == self || !CPU_ISSET(cpu, &map))
			continue;
		SDT_PROBE2(sysinfo, , , xcalls, 1, 0);
		ipi_vector(cpu, VEC_IPI_RENDEZVOUS);
	}
	if (CPU_ISSET(self, &map))
		smp_rendezvous_action();
	while (atomic_load_acq_int(&smp_rv_waiters[3]) < (u_int)ncpus)
		cpu_spinwait();
	mtx_unlock_spin(&smp_ipi_mtx);
}

void
smp_rendezvous(void (*setup)(void *), void (*action)(void *),
    void (*teardown)(void *), void *arg)
{

	smp_rendezvous_cpus(all_cpus, setup, action, teardown, arg);
}
