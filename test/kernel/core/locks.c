/* Mutexes, rwlocks and sx locks: exclusion, recursion, blocking, priorities. */
#include "ktest.h"
#include <sys/rwlock.h>
#include <sys/sx.h>
#include <sys/turnstile.h>

#define	NTHREADS	6
#define	ROUNDS		120

static struct mtx m, m2, spin;
static struct rwlock rw;
static struct sx sx;
static volatile int inside, count, readers, maxreaders;
MTX_SYSINIT(kt_m, &m, "kt mutex", MTX_DEF | MTX_RECURSE);
MTX_SYSINIT(kt_m2, &m2, "kt mutex 2", MTX_DEF);
MTX_SYSINIT(kt_spin, &spin, "kt spin", MTX_SPIN);
RW_SYSINIT(kt_rw, &rw, "kt rw");
SX_SYSINIT(kt_sx, &sx, "kt sx");

static void
work(int n)
{

	while (n-- > 0)
		cpu_spinwait();
}

/* One at a time: nobody else may be inside. */
static void
enter_alone(void)
{

	CHECK_EQ(inside, 0);
	inside = 1;
	work(3);
	count++;
	inside = 0;
}

static void
mutex_thread(void *arg)
{
	int i, n = (int)(long)arg;

	for (i = 0; i < ROUNDS; i++) {
		if (i % 7 == 3) {
			if (!mtx_trylock(&m))
				mtx_lock(&m);
		} else
			mtx_lock(&m);
		if (i % 5 == 0) {
			mtx_lock(&m);
			CHECK(mtx_recursed(&m));
			mtx_unlock(&m);
		}
		CHECK(mtx_owned(&m));
		enter_alone();
		/* Preempted or not: hold it across a yield now and then. */
		if ((i + n) % 50 == 0)
			kern_yield(-1);
		mtx_unlock(&m);
		work(n);
	}
}

KTEST(mutex)
{
	long i;

	count = 0;
	for (i = 0; i < NTHREADS; i++)
		ktest_thread(mutex_thread, (void *)i, PUSER, -1);
	ktest_join();
	CHECK_EQ(count, NTHREADS * ROUNDS);
	CHECK_EQ(m.mtx_lock, MTX_UNOWNED);
}

static void
spin_thread(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		mtx_lock_spin(&spin);
		enter_alone();
		mtx_unlock_spin(&spin);
		work((int)(long)arg);
	}
}

KTEST(spin_mutex)
{
	long i;

	count = 0;
	for (i = 0; i < NTHREADS; i++)
		ktest_thread(spin_thread, (void *)i, PUSER, -1);
	ktest_join();
	CHECK_EQ(count, NTHREADS * ROUNDS);
}

static void
rw_thread(void *arg)
{
	int i, n = (int)(long)arg;

	for (i = 0; i < ROUNDS; i++) {
		if ((i + n) % 4 == 0) {
			rw_wlock(&rw);
			CHECK_EQ(readers, 0);
			enter_alone();
			if ((i + n) % 8 == 0) {
				rw_downgrade(&rw);
				rw_runlock(&rw);
			} else
				rw_wunlock(&rw);
		} else {
			rw_rlock(&rw);
			CHECK_EQ(inside, 0);
			atomic_add_int(&readers, 1);
			if (readers > maxreaders)
				maxreaders = readers;
			work(20);
			if (i % 20 == 1)
				kern_yield(-1);
			atomic_subtract_int(&readers, 1);
			if (i % 3 == 0 && rw_try_upgrade(&rw)) {
				enter_alone();
				count--;
				rw_wunlock(&rw);
			} else
				rw_runlock(&rw);
		}
		work(n);
	}
}

KTEST(rwlock)
{
	long i;

	count = readers = maxreaders = 0;
	for (i = 0; i < NTHREADS; i++)
		ktest_thread(rw_thread, (void *)i, PUSER, -1);
	ktest_join();
	CHECK_EQ(count, NTHREADS * ROUNDS / 4);
	CHECK_EQ(rw.rw_lock, RW_UNLOCKED);
	CHECK(maxreaders > 1);
}

static void
sx_thread(void *arg)
{
	int i, n = (int)(long)arg;

	for (i = 0; i < ROUNDS / 4; i++) {
		if ((i + n) % 4 == 0) {
			sx_xlock(&sx);
			CHECK_EQ(readers, 0);
			CHECK_EQ(inside, 0);
			inside = 1;
			if (i % 8 == 0)
				pause("sxhold", 1);
			inside = 0;
			count++;
			if (i % 3 == 0) {
				sx_downgrade(&sx);
				sx_sunlock(&sx);
			} else
				sx_xunlock(&sx);
		} else {
			sx_slock(&sx);
			CHECK_EQ(inside, 0);
			atomic_add_int(&readers, 1);
			if (readers > maxreaders)
				maxreaders = readers;
			if (i % 16 == 1)
				pause("sxshare", 1);
			atomic_subtract_int(&readers, 1);
			sx_sunlock(&sx);
		}
		work(n);
	}
}

KTEST(sx)
{
	long i;

	count = readers = maxreaders = 0;
	for (i = 0; i < NTHREADS; i++)
		ktest_thread(sx_thread, (void *)i, PUSER, -1);
	ktest_join();
	CHECK_EQ(sx.sx_lock, SX_LOCK_UNLOCKED);
	CHECK(maxreaders > 1);
	CHECK(count > 0);
}

/*
 * Priority lending.  All on CPU 0: low holds m, middle holds m2 and wants m, high
 * wants m2.  While high waits, both others must have its priority.
 */
static volatile int step, pri_low, pri_middle, pri_after;

static void
low(void *arg)
{

	mtx_lock(&m);
	step = 1;
	/* Each yield lets the better ones run until they block. */
	while (step < 3)
		kern_yield(PRI_MIN_TIMESHARE + 60);
	pri_low = curthread->td_priority;
	mtx_unlock(&m);
	pri_after = curthread->td_priority;
}

static void
middle(void *arg)
{

	mtx_lock(&m2);
	step = 2;
	mtx_lock(&m);
	pri_middle = curthread->td_priority;
	mtx_unlock(&m);
	mtx_unlock(&m2);
	CHECK_EQ(curthread->td_priority, PRI_MIN_REALTIME + 20);
}

static void
high(void *arg)
{

	step = 3;
	mtx_lock(&m2);
	mtx_unlock(&m2);
	step = 4;
}

KTEST(priority_lending)
{

	step = 0;
	ktest_thread(low, NULL, PRI_MIN_TIMESHARE + 60, 0);
	while (step < 1)
		pause("low", 1);
	ktest_thread(middle, NULL, PRI_MIN_REALTIME + 20, 0);
	while (step < 2)
		pause("middle", 1);
	ktest_thread(high, NULL, PRI_MIN_REALTIME + 4, 0);
	ktest_join();
	CHECK_EQ(step, 4);
	CHECK_EQ(pri_low, PRI_MIN_REALTIME + 4);
	CHECK_EQ(pri_middle, PRI_MIN_REALTIME + 4);
	CHECK(pri_after >= PRI_MIN_TIMESHARE);
}
