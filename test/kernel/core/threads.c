/* Taskqueues, rendezvous, binding, preemption, event handlers. */
#include "ktest.h"
#include <sys/eventhandler.h>
#include <sys/malloc.h>
#include <sys/taskqueue.h>

static struct task ta[3];
static volatile int ran[3], pend[3], seq;

static void
task_func(void *context, int pending)
{
	int i = (int)(long)context;

	ran[i] = ++seq;
	pend[i] += pending;
	if (i == 0)
		pause("task", 2);
}

KTEST(taskqueue)
{
	long i;

	for (i = 0; i < 3; i++)
		TASK_INIT(&ta[i], (int)i, task_func, (void *)i);
	taskqueue_enqueue(taskqueue_thread, &ta[0]);
	pause("task0", 1);
	/* While 0 sleeps: 2 is better than 1, whatever comes first. */
	taskqueue_enqueue(taskqueue_thread, &ta[1]);
	taskqueue_enqueue(taskqueue_thread, &ta[2]);
	taskqueue_enqueue(taskqueue_thread, &ta[1]);
	taskqueue_drain(taskqueue_thread, &ta[1]);
	taskqueue_drain(taskqueue_thread, &ta[2]);
	CHECK_EQ(ran[0], 1);
	CHECK_EQ(ran[2], 2);
	CHECK_EQ(ran[1], 3);
	CHECK_EQ(pend[1], 2);
	taskqueue_enqueue(taskqueue_swi, &ta[2]);
	taskqueue_drain(taskqueue_swi, &ta[2]);
	taskqueue_enqueue(taskqueue_fast, &ta[2]);
	taskqueue_drain(taskqueue_fast, &ta[2]);
	CHECK_EQ(pend[2], 3);
}

static volatile u_int setups, actions, teardowns, early;

static void
rv_setup(void *arg)
{

	atomic_add_int(&setups, 1);
}

static void
rv_action(void *arg)
{

	if (setups != (u_int)(long)arg)
		early = 1;
	atomic_add_int(&actions, 1);
}

static void
rv_teardown(void *arg)
{

	if (actions != (u_int)(long)arg)
		early = 1;
	atomic_add_int(&teardowns, 1);
}

KTEST(rendezvous)
{
	cpuset_t one;
	int cpu, i;

	for (i = 0; i < 20; i++) {
		setups = actions = teardowns = 0;
		smp_rendezvous(rv_setup, rv_action, rv_teardown,
		    (void *)(long)mp_ncpus);
		CHECK_EQ(setups, mp_ncpus);
		CHECK_EQ(actions, mp_ncpus);
		CHECK_EQ(teardowns, mp_ncpus);
		CHECK_EQ(early, 0);
	}
	CPU_FOREACH(cpu) {
		setups = 0;
		CPU_SETOF(cpu, &one);
		smp_rendezvous_cpus(one, smp_no_rendezvous_barrier, rv_setup,
		    smp_no_rendezvous_barrier, NULL);
		CHECK_EQ(setups, 1);
	}
}

static volatile int bad;

static void
bound_thread(void *arg)
{
	int i;

	for (i = 0; i < 50; i++) {
		if ((int)curcpu != (int)(long)arg)
			bad++;
		if (i % 10 == 0)
			pause("bound", 1);
		else
			kern_yield(-1);
	}
}

KTEST(bind)
{
	int cpu;

	CPU_FOREACH(cpu)
		ktest_thread(bound_thread, (void *)(long)cpu, PUSER, cpu);
	ktest_join();
	CHECK_EQ(bad, 0);
}

/* A better thread takes the CPU at once; from a critical section, at its end. */
static volatile int better_ran, better_waits;

static void
better(void *arg)
{

	better_waits = 1;
	(void)tsleep((void *)&better_ran, 0, "better", 0);
	better_ran = 1;
}

static void
worse(void *arg)
{

	critical_enter();
	wakeup((void *)&better_ran);
	DELAY(50);
	CHECK_EQ(better_ran, 0);
	critical_exit();
	CHECK_EQ(better_ran, 1);
}

KTEST(preemption)
{

	ktest_thread(better, NULL, PRI_MIN_ITHD + 8, 0);
	while (!better_waits)
		pause("better", 1);
	pause("better", 1);
	ktest_thread(worse, NULL, PRI_MIN_TIMESHARE + 40, 0);
	ktest_join();
}

static int eh_order;

static void
eh_func(void *arg, int howto)
{

	eh_order = eh_order * 10 + (int)(long)arg + howto;
}

KTEST(event_order)
{
	eventhandler_tag tag;

	EVENTHANDLER_REGISTER(vm_lowmem, eh_func, (void *)3L,
	    EVENTHANDLER_PRI_LAST);
	EVENTHANDLER_REGISTER(vm_lowmem, eh_func, (void *)1L,
	    EVENTHANDLER_PRI_FIRST);
	tag = EVENTHANDLER_REGISTER(vm_lowmem, eh_func, (void *)2L,
	    EVENTHANDLER_PRI_ANY);
	EVENTHANDLER_INVOKE(vm_lowmem, 0);
	EVENTHANDLER_DEREGISTER(vm_lowmem, tag);
	EVENTHANDLER_INVOKE(vm_lowmem, 1);
	/* 1 2 3, then with 1 added to each of the two left. */
	CHECK_EQ(eh_order, 12324);
}

/* Making and ending threads, many times over. */
static volatile u_int ended;

static void
short_thread(void *arg)
{

	atomic_add_int(&ended, 1);
}

KTEST(thread_churn)
{
	int i, j;

	for (i = 0; i < 10; i++) {
		for (j = 0; j < 10; j++)
			ktest_thread(short_thread, NULL, PUSER, -1);
		ktest_join();
	}
	CHECK_EQ(ended, 100);
}
