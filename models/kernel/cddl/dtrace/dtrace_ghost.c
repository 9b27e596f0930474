/*
 * Ghost tracing: DTrace that leaves no trace.
 *
 * The host calls these functions in ghost execution: simulated time stands still,
 * no cache changes, and nothing of the traced system runs meanwhile.  The same
 * framework runs the same program; only memory comes from the host's arena, sites
 * get their ghost bits, and the host instead of a guest process consumes.
 */
#include "dtrace_impl.h"

int	dtrace_ghost_enable(const void *dof, size_t len, void *arena,
	    size_t arenasize);
int	dtrace_ghost_go(void);
int	dtrace_ghost_stop(void);
int	dtrace_ghost_eprobe(dtrace_epid_t epid, void *buf, size_t len);
int	dtrace_ghost_aggdesc(dtrace_aggid_t id, void *buf, size_t len);
long	dtrace_ghost_snapshot(int cpu, int aggregation, void *buf, size_t len);
int	dtrace_ghost_drops(int cpu, int aggregation);
int	dtrace_ghost_status(void *buf, size_t len);
uint64_t dtrace_ghost_option(uint32_t option);

/* Set by the host before it boots; see dtrace_impl.h. */
int	dtrace_sites;

/* What an expression came to. */
struct dtrace_ghost_value {
	uint64_t gv_value;		/* Or where it lies, by reference. */
	uint64_t gv_illval;		/* The address of a fault. */
	uint32_t gv_fault;		/* DTRACEFLT_, if gv_faulted. */
	uint32_t gv_faulted;
	char	 gv_data[];		/* By reference: a copy. */
};

int	dtrace_ghost_eval(dtrace_difo_t *dp, struct dtrace_ghost_value *gv,
	    void *room, size_t len);

static dtrace_state_t *ghost_state;
static int	ghost_drops;

/*
 * Load the program.  The number of probes that match, or -errno: ENOTSUP if one can't
 * fire so: profile and tick where only the consumer is suppressed.
 */
int
dtrace_ghost_enable(const void *dof, size_t len, void *arena, size_t arenasize)
{
	dtrace_enabling_t *enab;
	dof_hdr_t *hdr;
	int error, matched;

	KASSERT(__ghost(), ("dtrace_ghost_enable: not in ghost execution"));
	if (ghost_state != NULL)
		return (-EBUSY);
	hdr = __DECONST(dof_hdr_t *, dof);
	if (len < sizeof(*hdr) || hdr->dofh_loadsz > len)
		return (-EINVAL);
	dtrace_arena_set(arena, arenasize);
	ghost_state = dtrace_state_create(1);
	if (ghost_state == NULL)
		return (-ENOMEM);
	error = dtrace_dof_slurp(hdr, &ghost_state->dts_vstate, &enab);
	if (error == 0)
		error = dtrace_dof_options(hdr, ghost_state);
	if (error == 0)
		error = dtrace_enabling_match(enab, ghost_state, &matched);
	if (error != 0) {
		dtrace_state_destroy(ghost_state);
		ghost_state = NULL;
		return (-error);
	}
	return (matched);
}

/* BEGIN fires, then all is on.  0 or -errno. */
int
dtrace_ghost_go(void)
{
	int cpu;

	if (ghost_state == NULL)
		return (-EINVAL);
	return (-dtrace_state_go(ghost_state, &cpu));
}

/* END fires.  Buffers can still be read. */
int
dtrace_ghost_stop(void)
{
	int cpu;

	if (ghost_state == NULL)
		return (-EINVAL);
	return (-dtrace_state_stop(ghost_state, &cpu));
}

/* Raw descriptions: bytes written, or -errno (EINVAL: no such id). */
int
dtrace_ghost_eprobe(dtrace_epid_t epid, void *buf, size_t len)
{
	dtrace_eprobedesc_t *desc;
	size_t head;
	int error, room;

	head = offsetof(dtrace_eprobedesc_t, dtepd_rec);
	if (ghost_state == NULL || len < head)
		return (-EINVAL);
	desc = buf;
	desc->dtepd_epid = epid;
	room = (int)((len - head) / sizeof(dtrace_recdesc_t));
	error = dtrace_eprobe_desc(ghost_state, desc, room);
	if (error != 0)
		return (-error);
	if (desc->dtepd_nrecs > room)
		return (-ENOSPC);
	return ((int)(head + (size_t)desc->dtepd_nrecs *
	    sizeof(dtrace_recdesc_t)));
}

int
dtrace_ghost_aggdesc(dtrace_aggid_t id, void *buf, size_t len)
{
	dtrace_aggdesc_t *desc;
	size_t head;
	int error, room;

	head = offsetof(dtrace_aggdesc_t, dtagd_rec);
	if (ghost_state == NULL || len < head)
		return (-EINVAL);
	desc = buf;
	desc->dtagd_id = id;
	room = (int)((len - head) / sizeof(dtrace_recdesc_t));
	error = dtrace_agg_desc(ghost_state, desc, room);
	if (error != 0)
		return (-error);
	if (desc->dtagd_nrecs > room)
		return (-ENOSPC);
	return ((int)(head + (size_t)desc->dtagd_nrecs *
	    sizeof(dtrace_recdesc_t)));
}

/* A CPU's records, oldest first: bytes, or -errno. */
long
dtrace_ghost_snapshot(int cpu, int aggregation, void *buf, size_t len)
{
	dtrace_buffer_t *b;
	caddr_t data;
	char *to;
	size_t i, n, oldest;

	if (ghost_state == NULL || cpu < 0 ||
	    cpu >= (int)ghost_state->dts_ncpu)
		return (-EINVAL);
	b = aggregation ? &ghost_state->dts_aggbuffer[cpu] :
	    &ghost_state->dts_buffer[cpu];
	ghost_drops = 0;
	if (b->dtb_tomax == NULL)
		return (0);
	oldest = 0;
	if ((b->dtb_flags & (DTRACEBUF_RING | DTRACEBUF_FILL)) != 0) {
		if (ghost_state->dts_activity != DTRACE_ACTIVITY_STOPPED ||
		    (b->dtb_flags & DTRACEBUF_CONSUMED) != 0)
			return (0);
		b->dtb_flags |= DTRACEBUF_CONSUMED;
		n = b->dtb_offset;
		if ((b->dtb_flags & DTRACEBUF_WRAPPED) != 0) {
			dtrace_buffer_polish(b);
			n = b->dtb_size;
			oldest = b->dtb_xamot_offset;
		}
		data = b->dtb_tomax;
		ghost_drops = (int)b->dtb_drops;
	} else {
		dtrace_buffer_switch(b);
		ghost_state->dts_errors += b->dtb_xamot_errors;
		n = b->dtb_xamot_offset;
		data = b->dtb_xamot;
		ghost_drops = (int)b->dtb_xamot_drops;
	}
	if (n > len)
		return (-ENOSPC);
	to = buf;
	for (i = 0; i < n; i++)
		to[i] = data[(oldest + i) % n];
	return ((long)n);
}

/* Of the buffer that was read last. */
int
dtrace_ghost_drops(int cpu, int aggregation)
{

	return (ghost_drops);
}

int
dtrace_ghost_status(void *buf, size_t len)
{

	if (ghost_state == NULL || len < sizeof(dtrace_status_t))
		return (-EINVAL);
	/* What a guest's cleaner and deadman would do. */
	ghost_state->dts_alive = dtrace_gethrtime();
	dtrace_speculation_clean(ghost_state);
	dtrace_state_status(ghost_state, buf);
	return (0);
}

/* What an option has become. */
uint64_t
dtrace_ghost_option(uint32_t option)
{

	if (ghost_state == NULL || option >= DTRACEOPT_MAX)
		return (DTRACEOPT_UNSET);
	return (ghost_state->dts_options[option]);
}

/*
 * The value of one expression, where this CPU stands: for who looks at a machine
 * that stands still.  A state that nobody knows stands behind the emulator, in
 * `room'; the rest of it is scratch space.  0, or -ENXIO before there are probes.
 */
int
dtrace_ghost_eval(dtrace_difo_t *dp, struct dtrace_ghost_value *gv, void *room,
    size_t len)
{
	dtrace_action_t act;
	dtrace_mstate_t mstate;
	dtrace_state_t *state;
	uint32_t *flags;

	KASSERT(__ghost(), ("dtrace_ghost_eval: not in ghost execution"));
	if (!dtrace_loaded || curthread == NULL)
		return (-ENXIO);
	state = room;
	dtrace_bzero(state, sizeof(*state));
	state->dts_options[DTRACEOPT_STRSIZE] = 256;
	state->dts_visible = DTRACE_CRV_ALL;
	state->dts_vstate.dtvs_state = state;

	dtrace_bzero(&mstate, sizeof(mstate));
	mstate.dtms_scratch_base = (uintptr_t)room + roundup2(sizeof(*state), 8);
	mstate.dtms_scratch_ptr = mstate.dtms_scratch_base;
	mstate.dtms_scratch_size = (uintptr_t)room + len -
	    mstate.dtms_scratch_base;
	mstate.dtms_probe = dtrace_probes[dtrace_probeid_begin - 1];
	mstate.dtms_frame = __builtin_frame_address(0);
	mstate.dtms_timestamp = dtrace_gethrtime();
	mstate.dtms_present = DTRACE_MSTATE_ARGS | DTRACE_MSTATE_PROBE |
	    DTRACE_MSTATE_TIMESTAMP;
	mstate.dtms_access = DTRACE_ACCESS_KERNEL;

	flags = &cpu_core[curcpu].cpuc_dtrace_flags;
	*flags = 0;
	gv->gv_value = dtrace_dif_emulate(dp, &mstate, &state->dts_vstate,
	    state);
	if ((*flags & CPU_DTRACE_ERROR) == 0 && (dp->dtdo_rtype.dtdt_flags &
	    (DIF_TF_BYREF | DIF_TF_BYUREF)) != 0) {
		dtrace_bzero(&act, sizeof(act));
		act.dta_kind = DTRACEACT_DIFEXPR;
		dtrace_store_by_ref(&act, dp, gv->gv_data,
		    dp->dtdo_rtype.dtdt_size, gv->gv_value, &mstate,
		    &state->dts_vstate);
	}
	gv->gv_faulted = (*flags & CPU_DTRACE_ERROR) != 0;
	gv->gv_fault = dtrace_flags2flt(*flags);
	gv->gv_illval = (*flags & (CPU_DTRACE_BADADDR | CPU_DTRACE_BADALIGN)) !=
	    0 ? cpu_core[curcpu].cpuc_dtrace_illval : 0;
	return (0);
}
