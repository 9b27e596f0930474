/*
 * Boot, the machine-independent part.
 *
 * mi_startup() sorts the SYSINIT entries of the whole kernel and calls them one
 * after the other.  It runs as thread0, which is the swapper when boot is done.
 * On the way init (process 1) is made; it starts when everything else is there
 * and execs the first user program from the boot file system.
 */
#include <sys/param.h>
#include <sys/eventhandler.h>
#include <sys/imgact.h>
#include <sys/kernel.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/smp.h>
#include <sys/sleepqueue.h>
#include <sys/trace.h>
#include <sys/turnstile.h>
#include <sys/unistd.h>
#include <vm/vm.h>

SET_DECLARE(sysinit_set, struct sysinit);

struct proc proc0;
struct thread thread0;
struct proc *initproc;
int cold = 1;

/* Who we are; the first line on the console. */
char version[] = "probelab 0.1 GENERIC"
#ifdef WITNESS
    "-DEBUG"
#endif
    " amd64";

static void	swapper(void) __dead2;

/* Entries that compare equal keep link order: insertion sort is stable. */
static void
sysinit_sort(struct sysinit **first, struct sysinit **limit)
{
	struct sysinit **p, **q, *s;

	for (p = first + 1; p < limit; p++) {
		s = *p;
		for (q = p; q > first && (q[-1]->subsystem > s->subsystem ||
		    (q[-1]->subsystem == s->subsystem &&
		    q[-1]->order > s->order)); q--)
			*q = q[-1];
		*q = s;
	}
}

void
mi_startup(void)
{
	struct sysinit **sipp;

	sysinit_sort(SET_BEGIN(sysinit_set), SET_LIMIT(sysinit_set));
	SET_FOREACH(sipp, sysinit_set) {
		if ((*sipp)->subsystem == SI_SUB_DUMMY)
			continue;
		(*(*sipp)->func)((*sipp)->udata);
	}
	swapper();
}

static void
print_version(const void *arg __unused)
{

	printf("%s\n", version);
	printf("A small kernel to watch at work; every cycle of it is simulated.\n");
	printf("CPU: %lu.%02lu-MHz probelab processor, %d of them\n",
	    bootinfo->bi_clockhz / 1000000, bootinfo->bi_clockhz / 10000 % 100,
	    mp_ncpus);
	printf("real memory  = %lu (%lu MB)\n", bootinfo->bi_physend,
	    bootinfo->bi_physend >> 20);
	printf("avail memory = %lu (%lu MB)\n",
	    bootinfo->bi_physend - bootinfo->bi_physfree,
	    (bootinfo->bi_physend - bootinfo->bi_physfree) >> 20);
#ifdef WITNESS
	printf("WITNESS checks the order of locks: expect a slower kernel.\n");
#endif
}
SYSINIT(announce, SI_SUB_COPYRIGHT, SI_ORDER_FIRST, print_version, NULL);

/*
 * The parts of process 0 that need no memory allocator.  btext() calls this
 * before anything takes a lock.
 */
void
proc_linkup0(struct proc *p, struct thread *td)
{

	TAILQ_INIT(&p->p_threads);
	LIST_INIT(&p->p_children);
	td->td_proc = p;
	TAILQ_INSERT_TAIL(&p->p_threads, td, td_plist);
	p->p_numthreads = 1;
	LIST_INIT(&td->td_contested);
	td->td_tid = NO_PID;
	td->td_sched = (struct td_sched *)td->td_sched_store;
	td->td_oncpu = 0;
	td->td_lock = &blocked_lock;
	strlcpy(p->p_comm, "kernel", sizeof(p->p_comm));
	strlcpy(td->td_name, "swapper", sizeof(td->td_name));
}

/* Process 0: parent of all, host of the kernel's own threads. */
static void
proc0_init(const void *arg __unused)
{
	struct proc *p = &proc0;
	struct thread *td = &thread0;

	init_turnstiles();
	init_sleepqueues();
	td->td_turnstile = turnstile_alloc();
	td->td_sleepqueue = sleepq_alloc();
	schedinit();

	p->p_flag = P_SYSTEM | P_INMEM | P_KPROC;
	p->p_state = PRS_NORMAL;
	p->p_nice = NZERO;
	td->td_state = TDS_RUNNING;
	td->td_pri_class = PRI_TIMESHARE;
	td->td_user_pri = td->td_base_user_pri = PUSER;
	td->td_priority = td->td_base_pri = PVM;
	td->td_lend_user_pri = PRI_MAX;
	td->td_flags = TDF_INMEM;
	td->td_pflags = TDP_KTHREAD;
	callout_init_mtx(&p->p_itcallout, &p->p_mtx, 0);
	callout_init_mtx(&p->p_limco, &p->p_mtx, 0);
	callout_init(&td->td_slpcallout, 1);
	tidhash_add(td);
	trace_thread_create(td, td);
	trace_thread_name(td);
}
SYSINIT(p0init, SI_SUB_INTRINSIC, SI_ORDER_FIRST, proc0_init, NULL);

/* Times count from here. */
static void
proc0_post(const void *arg __unused)
{

	binuptime(&proc0.p_starttime);
	proc0.p_start = cpu_ticks();
	PCPU_SET(switchtime, cpu_ticks());
	PCPU_SET(switchticks, ticks);
}
SYSINIT(p0post, SI_SUB_INTRINSIC_POST, SI_ORDER_FIRST, proc0_post, NULL);

/* Devices are configured: from here on threads may sleep and be preempted. */
static void
configure_final(const void *arg __unused)
{

	cold = 0;
}
SYSINIT(configure3, SI_SUB_CONFIGURE, SI_ORDER_ANY, configure_final, NULL);

/*
 * Process 1 in the kernel: become a user program.  The boot environment may
 * name another than /sbin/init.
 */
static void
start_init(void *arg __unused)
{
	struct image_args args;
	struct thread *td = curthread;
	const char *path;
	int error;

	path = kern_getenv("init_path");
	if (path == NULL)
		path = "/sbin/init";
	memset(&args, 0, sizeof(args));
	error = exec_alloc_args(&args);
	if (error == 0)
		error = exec_args_add_fname(&args, path, UIO_SYSSPACE);
	if (error == 0)
		error = exec_args_add_arg(&args, path, UIO_SYSSPACE);
	if (error == 0)
		error = kern_execve(td, &args);
	if (error != EJUSTRETURN && error != 0)
		panic("start_init: cannot execute %s: error %d", path, error);
}

/* Make init, but don't run it: it must get pid 1, and wait for the rest. */
static void
create_init(const void *arg __unused)
{
	struct fork_req fr;
	struct thread *td;
	int error;

	memset(&fr, 0, sizeof(fr));
	fr.fr_flags = RFFDG | RFPROC | RFSTOPPED;
	fr.fr_procp = &initproc;
	error = fork1(curthread, &fr);
	if (error != 0)
		panic("cannot make init: error %d", error);
	PROC_LOCK(initproc);
	initproc->p_flag |= P_SYSTEM | P_INMEM;
	proc_set_comm(initproc, "init");
	PROC_UNLOCK(initproc);
	td = FIRST_THREAD_IN_PROC(initproc);
	cpu_fork_kthread_handler(td,
	    (void (*)(void *, struct trapframe *))start_init, NULL);
}
SYSINIT(init, SI_SUB_CREATE_INIT, SI_ORDER_FIRST, create_init, NULL);

static void
kick_init(const void *arg __unused)
{
	struct thread *td = FIRST_THREAD_IN_PROC(initproc);

	thread_lock(td);
	TD_SET_CAN_RUN(td);
	sched_add(td, SRQ_BORING);
}
SYSINIT(kickinit, SI_SUB_KTHREAD_INIT, SI_ORDER_MIDDLE, kick_init, NULL);

/* What is left of boot: thread0 sleeps for good. */
static void
swapper(void)
{

	for (;;)
		(void)tsleep(&proc0, PSWP, "swapin", 0);
}
