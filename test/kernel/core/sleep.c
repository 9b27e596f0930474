/* Sleeping, waking, timeouts and callouts. */
#include "ktest.h"
#include <sys/sleepqueue.h>
#include <sys/time.h>

static struct mtx m, spin;
MTX_SYSINIT(kts_m, &m, "kts mutex", MTX_DEF);
MTX_SYSINIT(kts_spin, &spin, "kts spin", MTX_SPIN);

static sbintime_t
elapsed_us(sbintime_t from)
{

	return (sbttous(sbinuptime() - from));
}

KTEST(timed_sleep)
{
	static int chan;
	sbintime_t start, us;
	int i;

	for (i = 1; i <= 20; i += 6) {
		start = sbinuptime();
		CHECK_EQ(tsleep(&chan, 0, "kttime", i), EWOULDBLOCK);
		us = elapsed_us(start);
		CHECK(us >= (sbintime_t)(i - 1) * 1000000 / hz);
		CHECK(us <= (sbintime_t)(i + 2) * 1000000 / hz + 1000);
	}
	/* Finer than a tick. */
	start = sbinuptime();
	CHECK_EQ(tsleep_sbt(&chan, 0, "kttime", 300 * SBT_1US, 0, 0),
	    EWOULDBLOCK);
	us = elapsed_us(start);
	CHECK(us >= 300);
	CHECK(us < 600);
}

/* Ping-pong: a lost wakeup would hang it. */
static volatile int ball, hits;

static void
player(void *arg)
{
	int me = (int)(long)arg;

	mtx_lock(&m);
	while (hits < 400) {
		if (ball != me) {
			msleep((void *)&ball, &m, 0, "ball", 0);
			continue;
		}
		hits++;
		ball = !me;
		wakeup((void *)&ball);
	}
	wakeup((void *)&ball);
	mtx_unlock(&m);
}

static void
spin_player(void *arg)
{
	int me = (int)(long)arg;

	mtx_lock_spin(&spin);
	while (hits < 800) {
		if (ball != me) {
			msleep_spin((void *)&ball, &spin, "ball", 0);
			continue;
		}
		hits++;
		ball = !me;
		wakeup_one((void *)&ball);
	}
	wakeup((void *)&ball);
	mtx_unlock_spin(&spin);
}

KTEST(wakeup)
{

	hits = 0;
	ktest_thread(player, (void *)0L, PUSER, -1);
	ktest_thread(player, (void *)1L, PUSER, -1);
	ktest_join();
	CHECK_EQ(hits, 400);
	ktest_thread(spin_player, (void *)0L, PUSER, -1);
	ktest_thread(spin_player, (void *)1L, PUSER, -1);
	ktest_join();
	CHECK_EQ(hits, 800);
}

/* wakeup_one() takes the best priority first. */
static volatile int order[4], norder, asleep;

static void
sleeper(void *arg)
{

	mtx_lock(&m);
	asleep++;
	msleep((void *)order, &m, 0, "order", 0);
	order[norder++] = (int)(long)arg;
	mtx_unlock(&m);
}

KTEST(wakeup_order)
{
	static const int pri[4] = { 70, 50, 60, 55 };
	long i;

	norder = asleep = 0;
	for (i = 0; i < 4; i++) {
		ktest_thread(sleeper, (void *)(long)pri[i], pri[i], 0);
		while (asleep <= i)
			pause("asleep", 1);
	}
	for (i = 0; i < 4; i++) {
		wakeup_one((void *)order);
		while (norder <= i)
			pause("order", 1);
	}
	CHECK_EQ(order[0], 50);
	CHECK_EQ(order[1], 55);
	CHECK_EQ(order[2], 60);
	CHECK_EQ(order[3], 70);
}

/*
 * Callouts.
 */
struct kc {
	struct callout	 c;
	int		 n;
	int		 cpu;
	sbintime_t	 at;
};
static struct kc kc[8];
static volatile int fired;

static void
kc_func(void *arg)
{
	struct kc *k = arg;

	k->n = ++fired;
	k->at = sbinuptime();
	k->cpu = curcpu;
}

static void
kc_again(void *arg)
{
	struct kc *k = arg;

	k->n++;
	k->at = sbinuptime();
	if (k->n < 10)
		callout_reset_sbt(&k->c, 500 * SBT_1US, 0, kc_again, k,
		    C_DIRECT_EXEC);
}

static void
kc_slow(void *arg)
{
	struct kc *k = arg;

	pause("kcslow", 5);
	k->n = 1;
}

KTEST(callouts)
{
	static const int when[5] = { 9, 3, 7, 5, 1 };
	sbintime_t start;
	int cpu, i;

	fired = 0;
	start = sbinuptime();
	for (i = 0; i < 5; i++) {
		callout_init(&kc[i].c, 1);
		callout_reset(&kc[i].c, when[i], kc_func, &kc[i]);
	}
	pause("callouts", 14);
	CHECK_EQ(fired, 5);
	CHECK_EQ(kc[4].n, 1);
	CHECK_EQ(kc[1].n, 2);
	CHECK_EQ(kc[3].n, 3);
	CHECK_EQ(kc[2].n, 4);
	CHECK_EQ(kc[0].n, 5);
	for (i = 0; i < 5; i++)
		CHECK(sbttous(kc[i].at - start) >=
		    (sbintime_t)(when[i] - 1) * 1000000 / hz);

	/* Stopped in time, it does not run; reset moves it. */
	fired = 0;
	callout_reset(&kc[0].c, 3, kc_func, &kc[0]);
	CHECK_EQ(callout_stop(&kc[0].c), 1);
	CHECK_EQ(callout_stop(&kc[0].c), -1);
	callout_reset(&kc[1].c, 3, kc_func, &kc[1]);
	CHECK_EQ(callout_reset(&kc[1].c, 6, kc_func, &kc[1]), 1);
	CHECK(callout_pending(&kc[1].c));
	pause("callouts", 4);
	CHECK_EQ(fired, 0);
	pause("callouts", 6);
	CHECK_EQ(fired, 1);
	CHECK(!callout_pending(&kc[1].c));

	/* A direct one that sets itself again, on each CPU. */
	CPU_FOREACH(cpu) {
		callout_init(&kc[2].c, 1);
		kc[2].n = 0;
		callout_reset_sbt_on(&kc[2].c, 500 * SBT_1US, 0, kc_again,
		    &kc[2], cpu, C_DIRECT_EXEC);
		start = sbinuptime();
		while (kc[2].n < 10 && elapsed_us(start) < 100000)
			pause("direct", 1);
		CHECK_EQ(kc[2].n, 10);
		CHECK(sbttous(kc[2].at - start) >= 4900);
		CHECK(sbttous(kc[2].at - start) < 7000);
		callout_drain(&kc[2].c);
	}

	/* On the CPU asked for. */
	CPU_FOREACH(cpu) {
		callout_init(&kc[3].c, 1);
		fired = 0;
		callout_reset_on(&kc[3].c, 1, kc_func, &kc[3], cpu);
		while (fired == 0)
			pause("oncpu", 1);
		CHECK_EQ(kc[3].cpu, cpu);
	}

	/* Drain waits for one that runs. */
	callout_init(&kc[4].c, 1);
	kc[4].n = 0;
	callout_reset(&kc[4].c, 1, kc_slow, &kc[4]);
	pause("drain", 3);
	CHECK_EQ(kc[4].n, 0);
	callout_drain(&kc[4].c);
	CHECK_EQ(kc[4].n, 1);

	/* With a lock, stop under the lock is final. */
	callout_init_mtx(&kc[5].c, &m, 0);
	fired = 0;
	mtx_lock(&m);
	callout_reset(&kc[5].c, 1, kc_func, &kc[5]);
	DELAY(3 * 1000000 / hz);
	CHECK(callout_stop(&kc[5].c) == 1);
	mtx_unlock(&m);
	pause("locked", 3);
	CHECK_EQ(fired, 0);
}
