#include "ktest.h"

SET_DECLARE(ktests, struct ktest);

int ktest_failures;
static volatile u_int running;
static struct mtx join_mtx;
MTX_SYSINIT(ktest_join, &join_mtx, "ktest join", MTX_DEF);

struct start {
	void		(*func)(void *);
	void		*arg;
	int		 cpu;
};
static struct start starts[64];
static u_int nstarts;

static void
thread_main(void *v)
{
	struct start *s = v;

	if (s->cpu >= 0) {
		thread_lock(curthread);
		sched_bind(curthread, s->cpu);
		thread_unlock(curthread);
	}
	s->func(s->arg);
	mtx_lock(&join_mtx);
	running--;
	wakeup((void *)&running);
	mtx_unlock(&join_mtx);
	kthread_exit();
}

void
ktest_thread(void (*func)(void *), void *arg, int pri, int cpu)
{
	struct start *s = &starts[nstarts++ % nitems(starts)];
	struct thread *td;

	s->func = func;
	s->arg = arg;
	s->cpu = cpu;
	mtx_lock(&join_mtx);
	running++;
	mtx_unlock(&join_mtx);
	if (kthread_add(thread_main, s, NULL, &td, RFSTOPPED, 0, "ktest") != 0)
		panic("ktest_thread");
	thread_lock(td);
	sched_class(td, PRI_REALTIME);
	sched_prio(td, pri);
	TD_SET_CAN_RUN(td);
	sched_add(td, SRQ_BORING);
}

void
ktest_join(void)
{

	mtx_lock(&join_mtx);
	while (running != 0)
		msleep((void *)&running, &join_mtx, 0, "ktjoin", 0);
	mtx_unlock(&join_mtx);
}

static void
ktest_main(const void *arg __unused)
{
	struct ktest **kt;

	/* Better than all threads of the tests: none can keep us away. */
	thread_lock(curthread);
	sched_class(curthread, PRI_REALTIME);
	sched_prio(curthread, PRI_MIN_REALTIME);
	thread_unlock(curthread);
	SET_FOREACH(kt, ktests) {
		printf("test %s\n", (*kt)->kt_name);
		(*(*kt)->kt_func)();
	}
	printf("tests done, %d failures\n", ktest_failures);
	shutdown_status = ktest_failures != 0;
	kern_reboot(RB_POWEROFF);
}
SYSINIT(ktest, SI_SUB_LAST, SI_ORDER_FIRST, ktest_main, NULL);
