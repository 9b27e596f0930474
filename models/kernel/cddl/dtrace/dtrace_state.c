/*
 * A consumer's state, from open to close.
 *
 *	INACTIVE --GO--> WARMUP --BEGIN fired--> ACTIVE --STOP--> COOLDOWN --> STOPPED
 *	                    |                      |                 ^  END fires
 *	                    '------ exit() --------'--> DRAINING ----'
 *	                                      deadman: --> KILLED
 *
 * Two callouts accompany it: the cleaner, at cleanrate, for dynamic variables and
 * speculations; and the deadman, each second, which says that the system
 * still answers.  If it cannot run for ten seconds, the next firing ends the tracing.
 */
#include "dtrace_impl.h"
#include <sys/sched.h>

dtrace_state_t	*dtrace_states;		/* (d) All of them. */

/* Rates are kept in clock ticks: at hz 100 each tick is the finest there is. */
static int
dtrace_nstoticks(uint64_t ns)
{
	uint64_t n;

	n = ns * hz / 1000000000UL;
	return (n == 0 ? 1 : (int)n);
}

static void
dtrace_state_clean(void *arg)
{
	dtrace_state_t *state;

	state = arg;
	if (state->dts_activity == DTRACE_ACTIVITY_INACTIVE)
		return;
	dtrace_dynvar_clean(&state->dts_vstate.dtvs_dynvars);
	dtrace_speculation_clean(state);
	callout_reset(&state->dts_cleaner,
	    dtrace_nstoticks(state->dts_options[DTRACEOPT_CLEANRATE]),
	    dtrace_state_clean, state);
}

static void
dtrace_state_deadman(void *arg)
{
	dtrace_state_t *state;
	hrtime_t now;

	state = arg;
	now = dtrace_gethrtime();
	/* A consumer that no longer asks is as bad as a system that hangs. */
	if (now - state->dts_laststatus < DTRACE_DEADMAN_USER)
		state->dts_alive = now;
	callout_reset(&state->dts_deadman,
	    dtrace_nstoticks(DTRACE_DEADMAN_INTERVAL),
	    dtrace_state_deadman, state);
}

dtrace_state_t *
dtrace_state_create(int ghost)
{
	dtrace_state_t *state;
	uint64_t *opt;
	int i;

	state = dtrace_kmem_zalloc(sizeof(*state));
	if (state == NULL)
		return (NULL);
	state->dts_epid = DTRACE_EPIDNONE + 1;
	state->dts_ncpu = mp_maxid + 1;
	state->dts_buffer = dtrace_kmem_zalloc(state->dts_ncpu *
	    sizeof(dtrace_buffer_t));
	state->dts_aggbuffer = dtrace_kmem_zalloc(state->dts_ncpu *
	    sizeof(dtrace_buffer_t));
	state->dts_vstate.dtvs_state = state;
	state->dts_vstate.dtvs_dynvars.dtds_chunksize = DTRACE_DYNVAR_MINCHUNK;
	/* /dev/dtrace is root's: whoever could open it may see all. */
	state->dts_visible = DTRACE_CRV_ALL;

	opt = state->dts_options;
	for (i = 0; i < DTRACEOPT_MAX; i++)
		opt[i] = DTRACEOPT_UNSET;
	opt[DTRACEOPT_BUFPOLICY] = DTRACEOPT_BUFPOLICY_SWITCH;
	opt[DTRACEOPT_BUFRESIZE] = DTRACEOPT_BUFRESIZE_AUTO;
	opt[DTRACEOPT_NSPEC] = 1;
	opt[DTRACEOPT_SPECSIZE] = 32 * 1024;
	opt[DTRACEOPT_DYNVARSIZE] = 1024 * 1024;
	opt[DTRACEOPT_STRSIZE] = DTRACE_STRSIZE_DEFAULT;
	opt[DTRACEOPT_STACKFRAMES] = DTRACE_STACKFRAMES_DEFAULT;
	opt[DTRACEOPT_USTACKFRAMES] = DTRACE_STACKFRAMES_DEFAULT;
	opt[DTRACEOPT_JSTACKFRAMES] = 50;
	opt[DTRACEOPT_JSTACKSTRSIZE] = 512;
	opt[DTRACEOPT_CLEANRATE] = DTRACE_CLEANRATE_DEFAULT;

	if (!ghost) {
		callout_init(&state->dts_cleaner, 1);
		callout_init(&state->dts_deadman, 1);
	}
	state->dts_next = dtrace_states;
	dtrace_states = state;
	return (state);
}

int
dtrace_state_option(dtrace_state_t *state, u_int option, uint64_t val)
{

	if (option >= DTRACEOPT_MAX)
		return (EINVAL);
	if (state->dts_activity != DTRACE_ACTIVITY_INACTIVE)
		return (EBUSY);
	switch (option) {
	case DTRACEOPT_DESTRUCTIVE:
		state->dts_destructive = val != DTRACEOPT_UNSET;
		break;
	case DTRACEOPT_BUFSIZE:
	case DTRACEOPT_DYNVARSIZE:
	case DTRACEOPT_AGGSIZE:
	case DTRACEOPT_SPECSIZE:
	case DTRACEOPT_STRSIZE:
		if ((int64_t)val < 0 && val != DTRACEOPT_UNSET)
			return (EINVAL);
		/* Sizes keep 64-bit words aligned. */
		if (val != DTRACEOPT_UNSET)
			val = option == DTRACEOPT_STRSIZE ? val :
			    rounddown2(val, 8);
		if (option == DTRACEOPT_STRSIZE && (val == 0 ||
		    val > DTRACE_STATVAR_MAXSIZE))
			return (EINVAL);
		break;
	}
	state->dts_options[option] = val;
	return (0);
}

/* --- GO ------------------------------------------------------------------------------- */

/*
 * Buffers of the size that the option asks for, or half of it, or half of
 * that, until they fit; the option tells what it became.
 */
static int
dtrace_state_buffer(dtrace_state_t *state, dtrace_buffer_t *buf, int which)
{
	uint64_t *opt, size;
	int cpu, error, flags;

	opt = state->dts_options;
	size = opt[which];
	if (size == DTRACEOPT_UNSET ||
	    (which == DTRACEOPT_AGGSIZE && !state->dts_aggregates))
		return (0);
	cpu = opt[DTRACEOPT_CPU] == DTRACEOPT_UNSET ? DTRACE_CPUALL :
	    (int)opt[DTRACEOPT_CPU];
	flags = 0;
	if (which == DTRACEOPT_BUFSIZE) {
		if (opt[DTRACEOPT_BUFPOLICY] == DTRACEOPT_BUFPOLICY_RING)
			flags |= DTRACEBUF_RING;
		if (opt[DTRACEOPT_BUFPOLICY] == DTRACEOPT_BUFPOLICY_FILL)
			flags |= DTRACEBUF_FILL;
	}
	for (; size >= sizeof(uint64_t); size = rounddown2(size / 2, 8)) {
		/* What is kept for END must fit; a record that does not is a drop. */
		if (which == DTRACEOPT_BUFSIZE && size < state->dts_reserve)
			return (E2BIG);
		error = dtrace_buffer_alloc(buf, size, flags, cpu,
		    (int)state->dts_ncpu);
		if (error != ENOMEM) {
			opt[which] = size;
			return (error);
		}
		if (opt[DTRACEOPT_BUFRESIZE] == DTRACEOPT_BUFRESIZE_MANUAL)
			return (error);
	}
	return (ENOMEM);
}

/*
 * Speculations can be opened, committed and discarded whether or not anything is
 * ever written to them; they have room only if something is.
 */
static int
dtrace_state_speculations(dtrace_state_t *state)
{
	dtrace_speculation_t *spec;
	uint64_t *opt, size;
	int error, i, nspec;

	opt = state->dts_options;
	nspec = (int)opt[DTRACEOPT_NSPEC];
	size = opt[DTRACEOPT_SPECSIZE];
	if (!state->dts_hasspecs || nspec <= 0)
		return (0);
	state->dts_speculations = dtrace_kmem_zalloc((size_t)nspec *
	    sizeof(*spec));
	for (i = 0; i < nspec; i++) {
		spec = &state->dts_speculations[i];
		spec->dtsp_buffer = dtrace_kmem_zalloc(state->dts_ncpu *
		    sizeof(dtrace_buffer_t));
		state->dts_nspeculations = i + 1;
		if (!state->dts_speculates)
			continue;
		error = dtrace_buffer_alloc(spec->dtsp_buffer, size,
		    DTRACEBUF_NOSWITCH, DTRACE_CPUALL, (int)state->dts_ncpu);
		if (error != 0)
			return (error);
	}
	return (0);
}

/* Room for the dynamic variables, halved until it fits. */
static int
dtrace_state_dynvars(dtrace_state_t *state)
{
	uint64_t *opt, size;
	int error;

	opt = state->dts_options;
	size = opt[DTRACEOPT_DYNVARSIZE];
	for (;;) {
		error = dtrace_dstate_init(&state->dts_vstate.dtvs_dynvars,
		    size, (int)state->dts_ncpu);
		if (error != ENOMEM || size == 0 ||
		    opt[DTRACEOPT_BUFRESIZE] == DTRACEOPT_BUFRESIZE_MANUAL)
			break;
		size /= 2;
	}
	opt[DTRACEOPT_DYNVARSIZE] = state->dts_vstate.dtvs_dynvars.dtds_size;
	return (error);
}

/* What END's records need in a fill buffer; the largest need of any ECB. */
static void
dtrace_state_needs(dtrace_state_t *state)
{
	dtrace_ecb_t *ecb;
	int i;

	state->dts_reserve = 0;
	state->dts_needed = 0;
	for (i = 0; i < state->dts_necbs; i++) {
		ecb = state->dts_ecbs[i];
		if (ecb == NULL)
			continue;
		if (ecb->dte_needed > state->dts_needed)
			state->dts_needed = (uint32_t)ecb->dte_needed;
		if (ecb->dte_probe->dtpr_id == dtrace_probeid_end)
			state->dts_reserve += (uint32_t)(ecb->dte_needed +
			    ecb->dte_alignment);
	}
}

/*
 * BEGIN or END.  If only one CPU is traced, it must fire there, or nobody would
 * see it.
 */
static void
dtrace_state_fire(dtrace_state_t *state, dtrace_id_t id, int *cpu)
{
	struct thread *td;
	uint64_t only;
	int bind;

	td = curthread;
	only = state->dts_options[DTRACEOPT_CPU];
	bind = only != DTRACEOPT_UNSET && !__ghost();
	if (bind) {
		thread_lock(td);
		sched_bind(td, (int)only);
		thread_unlock(td);
	}
	*cpu = (int)curcpu;
	dtrace_probe(id, (uintptr_t)state, 0, 0, 0, 0);
	if (bind) {
		thread_lock(td);
		sched_unbind(td);
		thread_unlock(td);
	}
}

int
dtrace_state_go(dtrace_state_t *state, int *cpu)
{
	uint64_t *opt;
	uint64_t rate;
	int error;

	if (state->dts_activity != DTRACE_ACTIVITY_INACTIVE)
		return (EBUSY);
	opt = state->dts_options;
	if (opt[DTRACEOPT_CPU] != DTRACEOPT_UNSET &&
	    opt[DTRACEOPT_CPU] >= state->dts_ncpu)
		return (EINVAL);
	if (opt[DTRACEOPT_BUFPOLICY] > DTRACEOPT_BUFPOLICY_SWITCH)
		return (EINVAL);

	dtrace_state_needs(state);
	if (opt[DTRACEOPT_BUFPOLICY] != DTRACEOPT_BUFPOLICY_FILL)
		state->dts_reserve = 0;
	/* Keys and strings are built in the principal buffer. */
	if (opt[DTRACEOPT_BUFSIZE] == DTRACEOPT_UNSET)
		opt[DTRACEOPT_BUFSIZE] = 64 * 1024;
	state->dts_aggregates = state->dts_naggregations != 0;
	dtrace_enabling_foresee(state);
	if (!state->dts_aggregates)
		opt[DTRACEOPT_AGGSIZE] = 0;
	else if (opt[DTRACEOPT_BUFSIZE] < state->dts_needed)
		opt[DTRACEOPT_BUFSIZE] = roundup2(state->dts_needed, 8);
	/* A size of nothing, where something is to be stored. */
	if ((state->dts_needed != 0 &&
	    opt[DTRACEOPT_BUFSIZE] < sizeof(uint64_t)) ||
	    (state->dts_speculates &&
	    opt[DTRACEOPT_SPECSIZE] < sizeof(uint64_t)) ||
	    (state->dts_aggregates &&
	    opt[DTRACEOPT_AGGSIZE] < sizeof(uint64_t)))
		return (ENOSPC);
	error = dtrace_state_speculations(state);
	if (error != 0)
		return (error);
	error = dtrace_state_buffer(state, state->dts_buffer,
	    DTRACEOPT_BUFSIZE);
	if (error != 0)
		return (error);
	error = dtrace_state_buffer(state, state->dts_aggbuffer,
	    DTRACEOPT_AGGSIZE);
	if (error != 0)
		return (error);
	error = dtrace_state_dynvars(state);
	if (error != 0)
		return (error);

	rate = opt[DTRACEOPT_CLEANRATE];
	if (rate < DTRACE_CLEANRATE_MIN)
		opt[DTRACEOPT_CLEANRATE] = DTRACE_CLEANRATE_MIN;
	if (rate > DTRACE_CLEANRATE_MAX)
		opt[DTRACEOPT_CLEANRATE] = DTRACE_CLEANRATE_MAX;
	rate = opt[DTRACEOPT_STATUSRATE];
	if (rate > DTRACE_STATUSRATE_MAX && rate != DTRACEOPT_UNSET)
		opt[DTRACEOPT_STATUSRATE] = DTRACE_STATUSRATE_MAX;

	state->dts_alive = state->dts_laststatus = dtrace_gethrtime();
	if (state->dts_vtime != 0)
		dtrace_vtime_enable();
	state->dts_activity = DTRACE_ACTIVITY_WARMUP;
	if (!__ghost()) {
		callout_reset(&state->dts_cleaner,
		    dtrace_nstoticks(opt[DTRACEOPT_CLEANRATE]),
		    dtrace_state_clean, state);
		callout_reset(&state->dts_deadman,
		    dtrace_nstoticks(DTRACE_DEADMAN_INTERVAL),
		    dtrace_state_deadman, state);
	}

	/* BEGIN, alone; then the rest, unless BEGIN said exit(). */
	dtrace_state_fire(state, dtrace_probeid_begin, cpu);
	(void)atomic_cmpset_32(&state->dts_activity, DTRACE_ACTIVITY_WARMUP,
	    DTRACE_ACTIVITY_ACTIVE);
	dtrace_sync();
	return (0);
}

/* --- STOP -------------------------------------------------------------------------------- */

int
dtrace_state_stop(dtrace_state_t *state, int *cpu)
{

	if (state->dts_activity == DTRACE_ACTIVITY_KILLED)
		return (0);
	if (state->dts_activity != DTRACE_ACTIVITY_ACTIVE &&
	    state->dts_activity != DTRACE_ACTIVITY_DRAINING)
		return (EINVAL);
	/* From here no probe of this consumer is recorded ... */
	state->dts_activity = DTRACE_ACTIVITY_COOLDOWN;
	dtrace_sync();
	/* ... but END. */
	dtrace_state_fire(state, dtrace_probeid_end, cpu);
	state->dts_activity = DTRACE_ACTIVITY_STOPPED;
	dtrace_sync();
	if (state->dts_vtime != 0)
		dtrace_vtime_disable();
	state->dts_vtime = 0;
	return (0);
}

void
dtrace_state_status(dtrace_state_t *state, dtrace_status_t *stat)
{
	dtrace_dstate_t *dstate;
	dtrace_dstate_percpu_t *dcpu;
	dtrace_buffer_t *buf;
	int i, j;

	bzero(stat, sizeof(*stat));
	state->dts_laststatus = dtrace_gethrtime();
	dstate = &state->dts_vstate.dtvs_dynvars;
	for (i = 0; i < dstate->dtds_ncpu; i++) {
		dcpu = &dstate->dtds_percpu[i];
		stat->dtst_dyndrops += dcpu->dtdsc_drops;
		stat->dtst_dyndrops_dirty += dcpu->dtdsc_dirty_drops;
		stat->dtst_dyndrops_rinsing += dcpu->dtdsc_rinsing_drops;
	}
	stat->dtst_errors = state->dts_errors;
	for (i = 0; i < (int)state->dts_ncpu; i++) {
		buf = &state->dts_buffer[i];
		stat->dtst_errors += buf->dtb_errors;
		if ((buf->dtb_flags & DTRACEBUF_FULL) != 0)
			stat->dtst_filled++;
		for (j = 0; j < state->dts_nspeculations; j++)
			stat->dtst_specdrops += state->dts_speculations[j].
			    dtsp_buffer[i].dtb_xamot_drops;
	}
	stat->dtst_specdrops_busy = state->dts_speculations_busy;
	stat->dtst_specdrops_unavail = state->dts_speculations_unavail;
	stat->dtst_stkstroverflows = state->dts_stkstroverflows;
	stat->dtst_dblerrors = state->dts_dblerrors;
	stat->dtst_killed = state->dts_activity == DTRACE_ACTIVITY_KILLED;
	stat->dtst_exiting = state->dts_activity == DTRACE_ACTIVITY_DRAINING;
}

/* --- Close ----------------------------------------------------------------------------------- */

static void
dtrace_statvars_free(dtrace_statvar_t **svars, int nsvars)
{
	int i;

	for (i = 0; i < nsvars; i++) {
		if (svars[i] == NULL)
			continue;
		if (svars[i]->dtsv_size != 0)
			dtrace_kmem_free((void *)svars[i]->dtsv_data);
		dtrace_kmem_free(svars[i]);
	}
	dtrace_kmem_free(svars);
}

void
dtrace_state_destroy(dtrace_state_t *state)
{
	dtrace_state_t **sp;
	dtrace_vstate_t *vstate;
	dtrace_speculation_t *spec;
	dtrace_enabling_t *enab;
	int i;

	/* Nothing fires into it any more ... */
	for (i = 0; i < state->dts_necbs; i++)
		if (state->dts_ecbs[i] != NULL)
			dtrace_ecb_disable(state->dts_ecbs[i]);
	if (state->dts_vtime != 0 && state->dts_activity !=
	    DTRACE_ACTIVITY_INACTIVE)
		dtrace_vtime_disable();
	state->dts_activity = DTRACE_ACTIVITY_INACTIVE;
	if (!__ghost()) {
		callout_drain(&state->dts_cleaner);
		callout_drain(&state->dts_deadman);
	}
	/* ... and nobody is still inside. */
	dtrace_sync();

	for (i = 0; i < state->dts_necbs; i++)
		if (state->dts_ecbs[i] != NULL)
			dtrace_ecb_destroy(state->dts_ecbs[i]);
	while ((enab = state->dts_retained) != NULL) {
		state->dts_retained = enab->dten_next;
		dtrace_enabling_destroy(enab);
	}
	for (i = 0; i < state->dts_nspeculations; i++) {
		spec = &state->dts_speculations[i];
		dtrace_buffer_free(spec->dtsp_buffer, (int)state->dts_ncpu);
		dtrace_kmem_free(spec->dtsp_buffer);
	}
	dtrace_kmem_free(state->dts_speculations);
	dtrace_buffer_free(state->dts_buffer, (int)state->dts_ncpu);
	dtrace_buffer_free(state->dts_aggbuffer, (int)state->dts_ncpu);
	dtrace_kmem_free(state->dts_buffer);
	dtrace_kmem_free(state->dts_aggbuffer);
	vstate = &state->dts_vstate;
	dtrace_statvars_free(vstate->dtvs_globals, vstate->dtvs_nglobals);
	dtrace_statvars_free(vstate->dtvs_locals, vstate->dtvs_nlocals);
	dtrace_kmem_free(vstate->dtvs_tlocals);
	dtrace_dstate_fini(&vstate->dtvs_dynvars);
	dtrace_kmem_free(state->dts_ecbs);
	dtrace_kmem_free(state->dts_aggregations);
	for (i = 0; i < state->dts_nformats; i++)
		dtrace_kmem_free(state->dts_formats[i]);
	dtrace_kmem_free(state->dts_formats);

	for (sp = &dtrace_states; *sp != NULL; sp = &(*sp)->dts_next)
		if (*sp == state) {
			*sp = state->dts_next;
			break;
		}
	dtrace_kmem_free(state);
}
