/*
 * profile: probes that fire by time.
 *
 *	profile-N[unit]	on every CPU
 *	tick-N[unit]	on one
 *
 * Each is a callout that runs right in the timer interrupt, so that what was
 * interrupted can be told: its frame is the thread's td_intr_frame.  The next
 * firing is the time when this one was due plus the period: lateness does not
 * add up, and is arg2.
 *
 * A ghost must not touch the machine's timers.  The host asks it when its next
 * probe is due, and at that moment calls it where each CPU stands.
 *
 * The usual ones exist from the start; others are made when a D program names them.
 */
#include "dtrace_impl.h"
#include <sys/time.h>

#define	PROF_NAMELEN		15
#define	PROF_PROFILE		0
#define	PROF_TICK		1
#define	PROF_PREFIX_PROFILE	"profile-"
#define	PROF_PREFIX_TICK	"tick-"
#define	PROF_ARTIFICIAL_FRAMES	10
#define	PROF_INTERVAL_MIN	200000UL	/* ns: 5000 Hz */
#define	PROF_MAX		1000
#define	NANOSEC			1000000000UL

struct profile_probe;

struct profile_probe_percpu {
	struct callout	 profc_cyclic;
	sbintime_t	 profc_expected;	/* When the next one is due. */
	struct profile_probe *profc_probe;
};

struct profile_probe {
	TAILQ_ENTRY(profile_probe) prof_link;	/* (d) While a ghost's. */
	char		 prof_name[PROF_NAMELEN];
	dtrace_id_t	 prof_id;
	int		 prof_kind;		/* PROF_ */
	hrtime_t	 prof_interval;		/* ns */
	sbintime_t	 prof_sbt;
	struct profile_probe_percpu *prof_pcpu;	/* (d) While enabled. */
	int		 prof_ncpu;
};

/* Enabled in ghost execution, and when the first of them is due. */
static TAILQ_HEAD(, profile_probe) profile_ghosts =
    TAILQ_HEAD_INITIALIZER(profile_ghosts);
static sbintime_t profile_ghost_due;

uint64_t profile_ghost_next(void);
void	profile_ghost_fire(struct trapframe *tf);

static dtrace_provider_id_t profile_id;
static int profile_total;

static const int profile_rates[] = { 97, 199, 499, 997, 1999, 4001, 4999 };
static const int profile_ticks[] = { 1, 10, 100, 500, 1000, 5000 };

/* --- Firing -------------------------------------------------------------------------- */

static void
profile_arm(struct profile_probe_percpu *pcpu, void (*func)(void *), int cpu)
{

	callout_reset_sbt_on(&pcpu->profc_cyclic, pcpu->profc_expected, 0,
	    func, pcpu, cpu, C_DIRECT_EXEC | C_ABSOLUTE);
}

/* Either the kernel's pc or the user's. */
static void
profile_pcs(struct trapframe *tf, uintptr_t *pc, uintptr_t *upc)
{

	*pc = *upc = 0;
	if (tf == NULL)
		return;
	if (tf->tf_user != 0)
		*upc = tf->tf_pc;
	else
		*pc = tf->tf_pc;
}

static void
profile_fire(void *arg)
{
	struct profile_probe_percpu *pcpu;
	struct profile_probe *prof;
	struct cpu_core *core;
	uintptr_t pc, upc;
	sbintime_t late;

	pcpu = arg;
	prof = pcpu->profc_probe;
	core = &cpu_core[curcpu];
	profile_pcs(curthread->td_intr_frame, &pc, &upc);
	late = sbinuptime() - pcpu->profc_expected;
	if (late < 0 || late > 0x100000000L)
		late = 0;	/* More than a second: some other trouble. */
	core->cpuc_dtrace_intr = curthread->td_intr_frame;
	dtrace_probe(prof->prof_id, pc, upc,
	    (uintptr_t)(((uint64_t)late * NANOSEC) >> 32), 0, 0);
	core->cpuc_dtrace_intr = NULL;
	pcpu->profc_expected += prof->prof_sbt;
	profile_arm(pcpu, profile_fire, (int)curcpu);
}

static void
profile_tick(void *arg)
{
	struct profile_probe_percpu *pcpu;
	struct profile_probe *prof;
	struct cpu_core *core;
	uintptr_t pc, upc;

	pcpu = arg;
	prof = pcpu->profc_probe;
	core = &cpu_core[curcpu];
	profile_pcs(curthread->td_intr_frame, &pc, &upc);
	core->cpuc_dtrace_intr = curthread->td_intr_frame;
	dtrace_probe(prof->prof_id, pc, upc, 0, 0, 0);
	core->cpuc_dtrace_intr = NULL;
	pcpu->profc_expected += prof->prof_sbt;
	profile_arm(pcpu, profile_tick, -1);
}

/* --- Firing as a ghost ----------------------------------------------------------------- */

/* When the next one is due, in cycles; never: ~0. */
uint64_t
profile_ghost_next(void)
{
	struct profile_probe *prof;
	int cpu;

	if (TAILQ_EMPTY(&profile_ghosts))
		return (~0UL);
	profile_ghost_due = SBT_MAX;
	TAILQ_FOREACH(prof, &profile_ghosts, prof_link)
		for (cpu = 0; cpu < prof->prof_ncpu; cpu++)
			if (prof->prof_pcpu[cpu].profc_expected <
			    profile_ghost_due)
				profile_ghost_due =
				    prof->prof_pcpu[cpu].profc_expected;
	return (sbt_to_cycles(profile_ghost_due));
}

/* That moment, on this CPU; tf says where it was. */
void
profile_ghost_fire(struct trapframe *tf)
{
	struct profile_probe_percpu *pcpu;
	struct profile_probe *prof;
	struct trapframe *oldframe;
	struct thread *td;
	uintptr_t pc, upc;

	td = curthread;
	profile_pcs(tf, &pc, &upc);
	/* As intr_machdep.c has it while an interrupt is handled. */
	oldframe = td->td_intr_frame;
	td->td_intr_frame = tf;
	cpu_core[curcpu].cpuc_dtrace_intr = tf;
	TAILQ_FOREACH(prof, &profile_ghosts, prof_link) {
		if (curcpu >= (u_int)prof->prof_ncpu)
			continue;	/* A tick: on the first only. */
		pcpu = &prof->prof_pcpu[curcpu];
		if (pcpu->profc_expected > profile_ghost_due)
			continue;
		dtrace_probe(prof->prof_id, pc, upc, 0, 0, 0);
		pcpu->profc_expected += prof->prof_sbt;
	}
	cpu_core[curcpu].cpuc_dtrace_intr = NULL;
	td->td_intr_frame = oldframe;
}

/* --- Enabling --------------------------------------------------------------------------- */

static void
profile_enable(void *id, dtrace_id_t probe, void *arg)
{
	struct profile_probe *prof;
	struct profile_probe_percpu *pcpu;
	sbintime_t first;
	int cpu;

	prof = arg;
	prof->prof_ncpu = prof->prof_kind == PROF_PROFILE ?
	    (int)mp_maxid + 1 : 1;
	prof->prof_pcpu = dtrace_kmem_zalloc((size_t)prof->prof_ncpu *
	    sizeof(*pcpu));
	first = sbinuptime() + prof->prof_sbt;
	for (cpu = 0; cpu < prof->prof_ncpu; cpu++) {
		pcpu = &prof->prof_pcpu[cpu];
		pcpu->profc_probe = prof;
		pcpu->profc_expected = first;
		if (__ghost())
			continue;
		callout_init(&pcpu->profc_cyclic, 1);
		if (prof->prof_kind == PROF_PROFILE)
			profile_arm(pcpu, profile_fire, cpu);
		else
			profile_arm(pcpu, profile_tick, -1);
	}
	if (__ghost())
		TAILQ_INSERT_TAIL(&profile_ghosts, prof, prof_link);
}

static void
profile_disable(void *id, dtrace_id_t probe, void *arg)
{
	struct profile_probe *prof;
	int cpu;

	prof = arg;
	if (__ghost())
		TAILQ_REMOVE(&profile_ghosts, prof, prof_link);
	for (cpu = 0; cpu < prof->prof_ncpu && !__ghost(); cpu++) {
		(void)callout_stop(&prof->prof_pcpu[cpu].profc_cyclic);
		callout_drain(&prof->prof_pcpu[cpu].profc_cyclic);
	}
	dtrace_kmem_free(prof->prof_pcpu);
	prof->prof_pcpu = NULL;
	prof->prof_ncpu = 0;
}

/* Charged firings need a callout, which only the guest itself can set. */
static int
profile_noghost(void *id, dtrace_id_t probe, void *arg)
{

	return (dtrace_sites == DTRACE_SITES_CHARGED);
}

static uint64_t
profile_getargval(void *id, dtrace_id_t probe, void *arg, int argno,
    int aframes)
{

	return (0);
}

/* --- Names ---------------------------------------------------------------------------------- */

static const struct {
	const char	*name;
	hrtime_t	 mult;		/* ns; 0: per second */
} profile_suffixes[] = {
	{ "ns", 1 }, { "nsec", 1 },
	{ "us", 1000 }, { "usec", 1000 },
	{ "ms", 1000000 }, { "msec", 1000000 },
	{ "s", NANOSEC }, { "sec", NANOSEC },
	{ "m", 60 * NANOSEC }, { "min", 60 * NANOSEC },
	{ "h", 3600 * NANOSEC }, { "hour", 3600 * NANOSEC },
	{ "d", 86400 * NANOSEC }, { "day", 86400 * NANOSEC },
	{ "hz", 0 },
};

static int
profile_samecase(const char *a, const char *b)
{
	char c;

	for (; *a != '\0'; a++, b++) {
		c = *a >= 'A' && *a <= 'Z' ? (char)(*a - 'A' + 'a') : *a;
		if (c != *b)
			return (0);
	}
	return (*b == '\0');
}

/* The period that a name like "tick-10ms" means; 0 if it means none. */
static hrtime_t
profile_interval(const char *p)
{
	hrtime_t mult, val;
	u_int i;
	int any;

	val = 0;
	for (any = 0; *p >= '0' && *p <= '9'; p++, any = 1) {
		val = val * 10 + (hrtime_t)(*p - '0');
		if (val > NANOSEC * 1000)
			return (0);
	}
	if (!any || val == 0)
		return (0);
	mult = 0;
	if (*p != '\0') {
		for (i = 0; i < nitems(profile_suffixes); i++)
			if (profile_samecase(p, profile_suffixes[i].name))
				break;
		if (i == nitems(profile_suffixes))
			return (0);
		mult = profile_suffixes[i].mult;
	}
	val = mult == 0 ? NANOSEC / val : val * mult;
	return (val < PROF_INTERVAL_MIN ? 0 : val);
}

static void
profile_create(hrtime_t interval, const char *name, int kind)
{
	struct profile_probe *prof;

	if (dtrace_probe_lookup(profile_id, "", "", name) != DTRACE_IDNONE)
		return;
	if (profile_total >= PROF_MAX)
		return;
	profile_total++;
	prof = dtrace_kmem_zalloc(sizeof(*prof));
	strlcpy(prof->prof_name, name, sizeof(prof->prof_name));
	prof->prof_interval = interval;
	prof->prof_sbt = (sbintime_t)((interval / NANOSEC) << 32 |
	    ((interval % NANOSEC) << 32) / NANOSEC);
	prof->prof_kind = kind;
	prof->prof_id = dtrace_probe_create(profile_id, NULL, NULL,
	    prof->prof_name, PROF_ARTIFICIAL_FRAMES, prof);
	dtrace_probe_argtypes(prof->prof_id, 0, NULL, NULL);
}

/* A description names a profile probe: make it, if it is a good name. */
static void
profile_provide(void *id, dtrace_probedesc_t *desc)
{
	const char *name;
	hrtime_t interval;
	size_t prefix;
	int kind;

	if (desc->dtpd_provider[0] != '\0' &&
	    strcmp(desc->dtpd_provider, "profile") != 0)
		return;
	name = desc->dtpd_name;
	if (strlen(name) >= PROF_NAMELEN)
		return;
	if (strncmp(name, PROF_PREFIX_PROFILE,
	    sizeof(PROF_PREFIX_PROFILE) - 1) == 0) {
		kind = PROF_PROFILE;
		prefix = sizeof(PROF_PREFIX_PROFILE) - 1;
	} else if (strncmp(name, PROF_PREFIX_TICK,
	    sizeof(PROF_PREFIX_TICK) - 1) == 0) {
		kind = PROF_TICK;
		prefix = sizeof(PROF_PREFIX_TICK) - 1;
	} else
		return;
	interval = profile_interval(name + prefix);
	if (interval != 0)
		profile_create(interval, name, kind);
}

static const dtrace_pops_t profile_pops = {
	.dtps_provide = profile_provide,
	.dtps_enable = profile_enable,
	.dtps_disable = profile_disable,
	.dtps_getargval = profile_getargval,
	.dtps_noghost = profile_noghost,
};

static void
profile_load(void *dummy)
{
	char name[PROF_NAMELEN];
	u_int i;

	(void)dtrace_register("profile", &profile_pops, NULL, &profile_id);
	for (i = 0; i < nitems(profile_rates); i++) {
		snprintf(name, sizeof(name), "%s%d", PROF_PREFIX_PROFILE,
		    profile_rates[i]);
		profile_create(NANOSEC / (hrtime_t)profile_rates[i], name,
		    PROF_PROFILE);
	}
	for (i = 0; i < nitems(profile_ticks); i++) {
		snprintf(name, sizeof(name), "%s%d", PROF_PREFIX_TICK,
		    profile_ticks[i]);
		profile_create(NANOSEC / (hrtime_t)profile_ticks[i], name,
		    PROF_TICK);
	}
}
DTRACE_MODINIT(profile_load, SI_SUB_DTRACE_PROVIDER, SI_ORDER_FIRST);
