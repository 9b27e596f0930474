/*
 * The time: from a cycle counter to seconds.
 *
 * A reader takes the cycles since the last "windup" and scales them; so that a
 * windup in between does not spoil it, it compares generation numbers and tries
 * again.  hardclock winds up, on the CPU that advances ticks.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/time.h>
#include <sys/lockstat.h>

/* Two copies in turn: readers of the one are not disturbed by the other. */
struct timehands {
	uint64_t	 th_scale;	/* 2^64 / frequency. */
	uint64_t	 th_offset_count; /* Cycles at the last windup, */
	struct bintime	 th_offset;	/* and the uptime then. */
	u_int		 th_generation;	/* 0 while it changes. */
	struct timehands *th_next;
};

static struct timehands ths[2] = {
	{ .th_next = &ths[1] },
	{ .th_next = &ths[0] },
};
static struct timehands *volatile timehands = &ths[0];

volatile time_t time_second;
volatile time_t time_uptime;
uint32_t tc_nsmult;		/* ns = cycles * tc_nsmult >> 10 */
static time_t boottime;
static uint64_t tc_frequency;

/* Adds frac / 2^64 seconds. */
static void
bintime_addx(struct bintime *bt, uint64_t frac)
{
	uint64_t old = bt->frac;

	bt->frac += frac;
	if (bt->frac < old)
		bt->sec++;
}

/* Adds delta cycles. */
static void
bintime_addcycles(struct bintime *bt, uint64_t delta, uint64_t scale)
{

	/* A second or more at once would not fit: only after a long sleep. */
	while (__predict_false(delta >= tc_frequency)) {
		bt->sec++;
		delta -= tc_frequency;
	}
	bintime_addx(bt, delta * scale);
}

void
binuptime(struct bintime *bt)
{
	struct timehands *th;
	uint64_t delta, scale;
	u_int gen;

	do {
		th = timehands;
		gen = atomic_load_acq_int(&th->th_generation);
		*bt = th->th_offset;
		scale = th->th_scale;
		delta = __rdtsc() - th->th_offset_count;
	} while (gen == 0 || gen != th->th_generation);
	bintime_addcycles(bt, delta, scale);
}

sbintime_t
sbinuptime(void)
{
	struct bintime bt;

	binuptime(&bt);
	return (((sbintime_t)bt.sec << 32) + (sbintime_t)(bt.frac >> 32));
}

void
getbinuptime(struct bintime *bt)
{
	struct timehands *th;
	u_int gen;

	do {
		th = timehands;
		gen = atomic_load_acq_int(&th->th_generation);
		*bt = th->th_offset;
	} while (gen == 0 || gen != th->th_generation);
}

sbintime_t
getsbinuptime(void)
{
	struct bintime bt;

	getbinuptime(&bt);
	return (((sbintime_t)bt.sec << 32) + (sbintime_t)(bt.frac >> 32));
}

static void
bintime2timespec(const struct bintime *bt, struct timespec *ts)
{

	ts->tv_sec = bt->sec;
	ts->tv_nsec = (long)((1000000000UL * (bt->frac >> 32)) >> 32);
}

static void
bintime2timeval(const struct bintime *bt, struct timeval *tv)
{

	tv->tv_sec = bt->sec;
	tv->tv_usec = (long)((1000000UL * (bt->frac >> 32)) >> 32);
}

void
nanouptime(struct timespec *ts)
{
	struct bintime bt;

	binuptime(&bt);
	bintime2timespec(&bt, ts);
}

void
microuptime(struct timeval *tv)
{
	struct bintime bt;

	binuptime(&bt);
	bintime2timeval(&bt, tv);
}

void
nanotime(struct timespec *ts)
{

	nanouptime(ts);
	ts->tv_sec += boottime;
}

void
microtime(struct timeval *tv)
{

	microuptime(tv);
	tv->tv_sec += boottime;
}

void
getnanouptime(struct timespec *ts)
{
	struct bintime bt;

	getbinuptime(&bt);
	bintime2timespec(&bt, ts);
}

void
getmicrouptime(struct timeval *tv)
{
	struct bintime bt;

	getbinuptime(&bt);
	bintime2timeval(&bt, tv);
}

void
getnanotime(struct timespec *ts)
{

	getnanouptime(ts);
	ts->tv_sec += boottime;
}

void
getmicrotime(struct timeval *tv)
{

	getmicrouptime(tv);
	tv->tv_sec += boottime;
}

/* A new set of hands, from now on. */
static void
tc_windup(void)
{
	struct timehands *th, *tho = timehands;
	uint64_t count, delta;
	u_int gen;

	th = tho->th_next;
	gen = tho->th_generation;
	th->th_generation = 0;
	count = __rdtsc();
	delta = count - tho->th_offset_count;
	th->th_scale = tho->th_scale;
	th->th_offset = tho->th_offset;
	bintime_addcycles(&th->th_offset, delta, th->th_scale);
	th->th_offset_count = count;
	if (++gen == 0)
		gen = 1;
	atomic_store_rel_int(&th->th_generation, gen);
	time_second = boottime + th->th_offset.sec;
	time_uptime = th->th_offset.sec;
	timehands = th;
}

/* From hardclock, on the CPU that advanced ticks: a thousand times a second do. */
void
tc_ticktock(int cnt)
{
	static int count;

	count += cnt;
	if (count < (hz > 1000 ? hz / 1000 : 1))
		return;
	count = 0;
	tc_windup();
}

/*
 * The first cycle at which sbinuptime() will be sbt or later.  It must not be
 * too early: who waits for it would wake, find nothing due, and wait again.
 */
uint64_t
sbt_to_cycles(sbintime_t sbt)
{
	struct timehands *th = timehands;
	sbintime_t d;
	uint64_t frac;

	if (sbt == SBT_MAX)
		return (0);
	d = sbt - (((sbintime_t)th->th_offset.sec << 32) +
	    (sbintime_t)(th->th_offset.frac >> 32));
	if (d <= 0)
		return (th->th_offset_count);
	/* frequency * fraction fits: both have 32 bits. */
	frac = ((uint64_t)d & 0xffffffffUL) * tc_frequency;
	return (th->th_offset_count + (uint64_t)(d >> 32) * tc_frequency +
	    (frac >> 32) + 2);
}

uint64_t
cycles_to_ns(uint64_t cycles)
{

	return (cycles / tc_frequency * 1000000000UL +
	    cycles % tc_frequency * 1000000000UL / tc_frequency);
}

int
tvtohz(struct timeval *tv)
{
	uint64_t t;

	if (tv->tv_sec < 0)
		return (1);
	if (tv->tv_sec > 0x7fffffff / hz)
		return (0x7fffffff);
	t = (uint64_t)tv->tv_sec * hz +
	    ((uint64_t)tv->tv_usec * hz + 999999) / 1000000 + 1;
	return (t > 0x7fffffff ? 0x7fffffff : (int)t);
}

/*
 * The cycle counter counts from power-on: uptime 0 is cycle 0.
 */
void
inittimecounter_early(void)
{
	struct timehands *th = timehands;

	tc_frequency = bootinfo->bi_clockhz;
	KASSERT(tc_frequency < 1UL << 32, ("clock of %lu Hz", tc_frequency));
	tc_nsmult = (uint32_t)(1024 * 1000000000UL / tc_frequency);
	boottime = bootinfo->bi_walltime;
	th->th_scale = ~0UL / tc_frequency;
	th->th_generation = 1;
	time_second = boottime;
}
