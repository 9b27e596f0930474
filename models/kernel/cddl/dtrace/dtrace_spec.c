/*
 * Speculations: records that are kept aside until the program knows whether it
 * wants them.
 *
 * speculation() takes a free one; speculate(id) sends the rest of a clause's record to
 * the speculation's buffer of this CPU; commit(id) copies that buffer to the
 * principal one, discard(id) forgets it.  Each CPU can copy its own part only.  So
 * when several CPUs have written, commit() copies what is here and leaves the rest to
 * the cleaner, which makes each CPU do its part by a cross call:
 *
 *   INACTIVE --speculation()--> ACTIVE --speculate()--> ACTIVEONE --> ACTIVEMANY
 *      ^                          |       one CPU           |      more  |
 *      |                        commit, discard             |            |
 *      |<-------------------------+<------ COMMITTING <-----+            |
 *      |<-- cleaner -- DISCARDING, COMMITTINGMANY <----------------------'
 *
 * All transitions are by compare-and-set: whoever loses a race looks again.
 */
#include "dtrace_impl.h"

static int
dtrace_spec_change(dtrace_speculation_t *spec, uint32_t from, uint32_t to)
{

	return (atomic_cmpset_32(&spec->dtsp_state, from, to));
}

/* The id of a fresh speculation, or 0. */
int
dtrace_speculation(dtrace_state_t *state)
{
	dtrace_speculation_t *spec;
	uint32_t stat;
	int i, busy;

	busy = 0;
	for (i = 0; i < state->dts_nspeculations; i++) {
		spec = &state->dts_speculations[i];
		stat = spec->dtsp_state;
		if (stat != DTRACESPEC_INACTIVE) {
			if (stat == DTRACESPEC_COMMITTINGMANY ||
			    stat == DTRACESPEC_COMMITTING ||
			    stat == DTRACESPEC_DISCARDING)
				busy = 1;
			continue;
		}
		if (dtrace_spec_change(spec, stat, DTRACESPEC_ACTIVE))
			return (i + 1);
	}
	/* None.  Would waiting for the cleaner have helped? */
	atomic_add_64(busy ? &state->dts_speculations_busy :
	    &state->dts_speculations_unavail, 1);
	return (0);
}

/* Where this CPU may write for speculation `which', or NULL. */
dtrace_buffer_t *
dtrace_speculation_buffer(dtrace_state_t *state, int cpu, int which)
{
	dtrace_speculation_t *spec;
	dtrace_buffer_t *buf;
	uint32_t stat, new;

	if (which <= 0 || which > state->dts_nspeculations)
		return (NULL);
	spec = &state->dts_speculations[which - 1];
	buf = &spec->dtsp_buffer[cpu];
	for (;;) {
		stat = spec->dtsp_state;
		switch (stat) {
		case DTRACESPEC_ACTIVE:
			new = DTRACESPEC_ACTIVEONE;
			break;
		case DTRACESPEC_ACTIVEONE:
			/* Ours already, if there is something of ours in it. */
			if (buf->dtb_offset != 0)
				return (buf);
			new = DTRACESPEC_ACTIVEMANY;
			break;
		case DTRACESPEC_ACTIVEMANY:
			return (buf);
		default:
			return (NULL);
		}
		if (dtrace_spec_change(spec, stat, new))
			return (buf);
	}
}

/*
 * Copy this CPU's speculative records to its principal buffer.  Their time is the
 * time of the commit, so that a merged output stays in order.
 */
void
dtrace_speculation_commit(dtrace_state_t *state, int cpu, int which)
{
	dtrace_speculation_t *spec;
	dtrace_buffer_t *src, *dest;
	dtrace_rechdr_t *dtrh;
	dtrace_ecb_t *ecb;
	uint64_t *from, *to;
	caddr_t daddr, dlimit, saddr, slimit;
	hrtime_t now;
	intptr_t offs;
	uint32_t stat, new;

	if (which == 0)
		return;
	if (which < 0 || which > state->dts_nspeculations) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_ILLOP);
		return;
	}
	spec = &state->dts_speculations[which - 1];
	src = &spec->dtsp_buffer[cpu];
	dest = &state->dts_buffer[cpu];

	do {
		stat = spec->dtsp_state;
		switch (stat) {
		case DTRACESPEC_COMMITTING:
			/* Another CPU is at it; ours is empty then. */
			if (src->dtb_offset == 0)
				return;
			/* FALLTHROUGH */
		case DTRACESPEC_COMMITTINGMANY:
		case DTRACESPEC_ACTIVEONE:
			new = stat == DTRACESPEC_ACTIVEONE &&
			    src->dtb_offset != 0 ? DTRACESPEC_COMMITTING :
			    DTRACESPEC_COMMITTINGMANY;
			break;
		case DTRACESPEC_ACTIVE:
			new = DTRACESPEC_COMMITTING;
			break;
		case DTRACESPEC_ACTIVEMANY:
			new = DTRACESPEC_COMMITTINGMANY;
			break;
		default:
			return;		/* INACTIVE, DISCARDING */
		}
	} while (stat != new && !dtrace_spec_change(spec, stat, new));

	if (src->dtb_offset != 0 && (offs = dtrace_buffer_reserve(dest,
	    src->dtb_offset, sizeof(uint64_t), state, NULL)) >= 0) {
		/* Records first: whose time is now. */
		now = dtrace_gethrtime();
		saddr = src->dtb_tomax;
		slimit = saddr + src->dtb_offset;
		while (saddr < slimit) {
			dtrh = (dtrace_rechdr_t *)saddr;
			if (dtrh->dtrh_epid == DTRACE_EPIDNONE) {
				saddr += sizeof(dtrace_epid_t);
				continue;
			}
			ecb = dtrace_epid2ecb(state, dtrh->dtrh_epid);
			if (ecb == NULL || ecb->dte_size == 0)
				break;
			dtrh->dtrh_timestamp_hi = (uint32_t)(now >> 32);
			dtrh->dtrh_timestamp_lo = (uint32_t)now;
			saddr += ecb->dte_size;
		}
		/*
		 * By words; the reservation is at a multiple of 8, so the
		 * records' own alignment is kept.
		 */
		daddr = dest->dtb_tomax + offs;
		dlimit = daddr + src->dtb_offset;
		from = (uint64_t *)src->dtb_tomax;
		to = (uint64_t *)daddr;
		while ((caddr_t)(to + 1) <= dlimit)
			*to++ = *from++;
		saddr = (caddr_t)from;
		for (daddr = (caddr_t)to; daddr < dlimit; daddr++)
			*daddr = *saddr++;
		dest->dtb_offset = (uint64_t)offs + src->dtb_offset;
	} else if (src->dtb_offset != 0)
		dtrace_buffer_drop(dest);

	src->dtb_offset = 0;
	src->dtb_xamot_drops += src->dtb_drops;	/* Those count. */
	src->dtb_drops = 0;
	if (new == DTRACESPEC_COMMITTING)
		(void)dtrace_spec_change(spec, DTRACESPEC_COMMITTING,
		    DTRACESPEC_INACTIVE);
}

void
dtrace_speculation_discard(dtrace_state_t *state, int cpu, int which)
{
	dtrace_speculation_t *spec;
	dtrace_buffer_t *buf;
	uint32_t stat, new;

	if (which == 0)
		return;
	if (which < 0 || which > state->dts_nspeculations) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_ILLOP);
		return;
	}
	spec = &state->dts_speculations[which - 1];
	buf = &spec->dtsp_buffer[cpu];
	do {
		stat = spec->dtsp_state;
		switch (stat) {
		case DTRACESPEC_ACTIVE:
			new = DTRACESPEC_INACTIVE;
			break;
		case DTRACESPEC_ACTIVEONE:
			new = buf->dtb_offset != 0 ? DTRACESPEC_INACTIVE :
			    DTRACESPEC_DISCARDING;
			break;
		case DTRACESPEC_ACTIVEMANY:
			new = DTRACESPEC_DISCARDING;
			break;
		default:
			return;
		}
		/* Empty before it can be taken again. */
		if (new == DTRACESPEC_INACTIVE)
			buf->dtb_offset = 0;
	} while (!dtrace_spec_change(spec, stat, new));
	buf->dtb_offset = 0;
	buf->dtb_drops = 0;
}

/* --- The cleaner --------------------------------------------------------------------- */

/* On each CPU: do its part of every speculation that is on its way out. */
static void
dtrace_speculation_clean_here(void *arg)
{
	dtrace_state_t *state;
	dtrace_speculation_t *spec;
	dtrace_buffer_t *buf;
	unsigned long cookie;
	int cpu, i;

	state = arg;
	cookie = __intr_disable();
	cpu = curcpu;
	for (i = 0; i < state->dts_nspeculations; i++) {
		spec = &state->dts_speculations[i];
		buf = &spec->dtsp_buffer[cpu];
		if (spec->dtsp_state == DTRACESPEC_DISCARDING) {
			buf->dtb_drops = 0;
			buf->dtb_offset = 0;
		} else if (spec->dtsp_state == DTRACESPEC_COMMITTINGMANY &&
		    buf->dtb_offset != 0)
			dtrace_speculation_commit(state, cpu, i + 1);
	}
	__intr_restore(cookie);
}

void
dtrace_speculation_clean(dtrace_state_t *state)
{
	dtrace_speculation_t *spec;
	int i, work;

	work = 0;
	for (i = 0; i < state->dts_nspeculations; i++) {
		spec = &state->dts_speculations[i];
		spec->dtsp_cleaning = 0;
		if (spec->dtsp_state == DTRACESPEC_DISCARDING ||
		    spec->dtsp_state == DTRACESPEC_COMMITTINGMANY) {
			spec->dtsp_cleaning = 1;
			work = 1;
		}
	}
	if (!work)
		return;
	if (__ghost()) {
		/* All CPUs stand still: do all their parts from here. */
		dtrace_speculation_clean_ghost(state);
	} else
		dtrace_xcall(DTRACE_CPUALL, dtrace_speculation_clean_here,
		    state);
	/* All CPUs have done it: those seen above are free again. */
	for (i = 0; i < state->dts_nspeculations; i++) {
		spec = &state->dts_speculations[i];
		if (spec->dtsp_cleaning == 0)
			continue;
		spec->dtsp_state = DTRACESPEC_INACTIVE;
		spec->dtsp_cleaning = 0;
	}
}

/* As above for every CPU's buffers, from the one that runs. */
void
dtrace_speculation_clean_ghost(dtrace_state_t *state)
{
	dtrace_speculation_t *spec;
	int cpu, i;

	for (i = 0; i < state->dts_nspeculations; i++) {
		spec = &state->dts_speculations[i];
		for (cpu = 0; cpu < (int)state->dts_ncpu; cpu++) {
			if (spec->dtsp_state == DTRACESPEC_DISCARDING)
				spec->dtsp_buffer[cpu].dtb_offset = 0;
			else if (spec->dtsp_state ==
			    DTRACESPEC_COMMITTINGMANY &&
			    spec->dtsp_buffer[cpu].dtb_offset != 0)
				dtrace_speculation_commit(state, cpu, i + 1);
		}
	}
}
