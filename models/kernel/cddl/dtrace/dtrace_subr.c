/*
 * What DTrace needs of the machine: memory, time, and the other CPUs' attention.
 *
 * Probe context may call nothing outside of DTrace: every function of the kernel
 * can carry a probe, and a probe that fires while a probe is being processed
 * would never end.  So even reading the clock is done by code of our own.
 *
 * In ghost execution the machine runs these functions while simulated time
 * stands still.  Nobody else can run, so locks and cross calls are left out, and
 * memory comes from an arena beyond what the kernel knows of, so that the
 * traced kernel's own allocator is not disturbed.
 */
#include "dtrace_impl.h"

MALLOC_DEFINE(M_DTRACE, "dtrace", "DTrace state, probes and buffers");

struct sx dtrace_lock;
SX_SYSINIT(dtrace_lock, &dtrace_lock, "dtrace state");

struct cpu_core cpu_core[MAXCPU] __aligned(CACHE_LINE_SIZE);

static char	*dtrace_arena_next;	/* Ghost execution's memory. */
static char	*dtrace_arena_end;

/* --- Memory ----------------------------------------------------------------- */

void
dtrace_arena_set(void *base, size_t size)
{

	dtrace_arena_next = (char *)roundup2((uintptr_t)base, CACHE_LINE_SIZE);
	dtrace_arena_end = (char *)base + size;
}

/* Where the arena's free part begins, and back to there. */
void *
dtrace_arena_mark(void)
{

	return (dtrace_arena_next);
}

void
dtrace_arena_release(void *mark)
{

	dtrace_arena_next = mark;
}

/* NULL when the arena is used up. */
static void *
dtrace_arena_alloc(size_t size)
{
	char *p;

	size = roundup2(size, CACHE_LINE_SIZE);
	if (size > (size_t)(dtrace_arena_end - dtrace_arena_next))
		return (NULL);
	p = dtrace_arena_next;
	dtrace_arena_next += size;
	return (p);
}

void *
dtrace_kmem_alloc(size_t size)
{

	return (dtrace_kmem_zalloc(size));
}

/* Zeroed memory; waits until there is some. */
void *
dtrace_kmem_zalloc(size_t size)
{
	char *p;
	size_t i;

	if (!__ghost())
		return (malloc(size, M_DTRACE, M_WAITOK | M_ZERO));
	p = dtrace_arena_alloc(size);
	if (p == NULL)
		return (NULL);
	for (i = 0; i < size; i++)
		p[i] = 0;
	return (p);
}

/*
 * Memory for a buffer, with whatever is in it: NULL if there is none, or if one
 * buffer would take more than a 64th of the machine.  The caller then tries half.
 */
void *
dtrace_kmem_trybuf(size_t size)
{

	/* Sites that are charged get buffers of the size that they would get. */
	if (size > bootinfo->bi_physend / 64 &&
	    (!__ghost() || dtrace_sites != DTRACE_SITES_OWN))
		return (NULL);
	if (__ghost())
		return (dtrace_arena_alloc(size));
	return (malloc(size, M_DTRACE, M_NOWAIT));
}

void
dtrace_kmem_free(void *p)
{

	/* An arena is given back as a whole, or, the module's, never. */
	if (p != NULL && !__ghost() &&
	    (uintptr_t)p < KVBASE + bootinfo->bi_physend)
		free(p, M_DTRACE);
}

char *
dtrace_strdup(const char *s)
{
	char *p;
	size_t i, n;

	for (n = 0; s[n] != '\0'; n++)
		continue;
	p = dtrace_kmem_alloc(n + 1);
	for (i = 0; i < n; i++)
		p[i] = s[i];
	return (p);
}

/* --- Time --------------------------------------------------------------------- */

/*
 * Nanoseconds from cycles without a division: ns = cycles * scale >> 28, where
 * scale = 2^28 * 10^9 / hz.  The product is made of two halves, as it may need
 * more than 64 bits.
 */
#define	SCALE_SHIFT	28
static uint64_t	dtrace_nsec_scale;

hrtime_t
dtrace_cyc2ns(uint64_t cycles)
{
	uint64_t hi, lo;

	lo = cycles & 0xffffffff;
	hi = cycles >> 32;
	return (((lo * dtrace_nsec_scale) >> SCALE_SHIFT) +
	    ((hi * dtrace_nsec_scale) << (32 - SCALE_SHIFT)));
}

/* Nanoseconds since power-on. */
hrtime_t
dtrace_gethrtime(void)
{

	return (dtrace_cyc2ns(__rdtsc()));
}

/*
 * Nanoseconds since 1970, as of the last clock tick: reading the timekeeping
 * code's lock-free copy of the present would take calls.
 */
hrtime_t
dtrace_gethrestime(void)
{
	hrtime_t now;
	uint64_t tick;

	now = dtrace_gethrtime();
	tick = 1000000000 / hz;
	return (bootinfo->bi_walltime * 1000000000UL + now - now % tick);
}

/* --- Other CPUs ------------------------------------------------------------------ */

static void
dtrace_sync_func(void *arg)
{

}

/*
 * Returns when every CPU has been seen outside of probe context.  The cross call
 * is an interrupt, and probe context runs with interrupts off.
 */
void
dtrace_sync(void)
{

	dtrace_xcall(DTRACE_CPUALL, dtrace_sync_func, NULL);
}

/* Run func(arg) on one CPU or all, in their interrupt context, and wait. */
void
dtrace_xcall(int cpu, void (*func)(void *), void *arg)
{
	cpuset_t map;

	if (__ghost()) {
		func(arg);
		return;
	}
	if (cpu == DTRACE_CPUALL)
		smp_rendezvous(NULL, func, NULL, arg);
	else {
		CPU_SETOF(cpu, &map);
		smp_rendezvous_cpus(map, NULL, func, NULL, arg);
	}
}

static void
dtrace_subr_init(void *dummy)
{

	dtrace_nsec_scale = (1000000000UL << SCALE_SHIFT) / bootinfo->bi_clockhz;
}
DTRACE_MODINIT(dtrace_subr_init, SI_SUB_DTRACE, SI_ORDER_FIRST);
