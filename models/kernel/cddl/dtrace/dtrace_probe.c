/*
 * dtrace_probe(): what happens when an enabled probe fires.
 *
 *  1. Interrupts off.  If this thread is known to fail the probe's only
 *     predicate, that is all.
 *  2. The clock is read.
 *  3. For each ECB on the probe: is its consumer tracing?  Is the system alive?
 *  4. Room for the whole record is reserved in this CPU's buffer.
 *  5. The record's header is stored.
 *  6. The predicate is evaluated; if false, the reservation is forgotten.
 *  7. Each action runs and stores its value at its place in the record.
 *  8. A fault ends the ECB and fires dtrace:::ERROR; else the record is kept.
 *  9. Interrupts on.
 *
 * All of this is code that the CPU executes, with loads, stores and branches
 * that disturb its caches: DTrace's probe effect is the cost of this file and
 * of those that it calls.
 */
#include "dtrace_impl.h"

/*
 * For the trace recorder alone: where probe context begins and ends.  (Recorder
 * sites are free; a provider whose name begins with '_' is never DTrace's.)
 */
SDT_PROVIDER_DECLARE(_trace);
SDT_PROBE_DEFINE1(_trace, , , dtrace__enter, "uint32_t");
SDT_PROBE_DEFINE1(_trace, , , dtrace__exit, "uint32_t");

static void	dtrace_probe_error(dtrace_state_t *, dtrace_mstate_t *,
		    dtrace_ecb_t *, dtrace_action_t *);

/* Of probes of provider dtrace: does this consumer's activity let it fire? */
static int
dtrace_activity_permits(dtrace_state_t *state, dtrace_probe_t *probe,
    uintptr_t arg0)
{

	/* Each consumer sees its own BEGIN, END and ERROR only. */
	if (probe->dtpr_provider == dtrace_provider &&
	    arg0 != (uintptr_t)state)
		return (0);

	switch (state->dts_activity) {
	case DTRACE_ACTIVITY_ACTIVE:
		return (1);
	case DTRACE_ACTIVITY_WARMUP:
	case DTRACE_ACTIVITY_COOLDOWN:
		return (probe->dtpr_provider == dtrace_provider);
	case DTRACE_ACTIVITY_DRAINING:
		/*
		 * exit() was executed.  A later BEGIN clause no longer fires;
		 * an ERROR of the clause that is running may.
		 */
		return (probe->dtpr_id == dtrace_probeid_error);
	default:
		return (0);
	}
}

/* The bits of CPU_DTRACE_ as one of DTRACEFLT_. */
int
dtrace_flags2flt(uint32_t flags)
{

	if (flags & CPU_DTRACE_BADADDR)
		return (DTRACEFLT_BADADDR);
	if (flags & CPU_DTRACE_BADALIGN)
		return (DTRACEFLT_BADALIGN);
	if (flags & CPU_DTRACE_DIVZERO)
		return (DTRACEFLT_DIVZERO);
	if (flags & CPU_DTRACE_ILLOP)
		return (DTRACEFLT_ILLOP);
	if (flags & CPU_DTRACE_NOSCRATCH)
		return (DTRACEFLT_NOSCRATCH);
	if (flags & CPU_DTRACE_KPRIV)
		return (DTRACEFLT_KPRIV);
	if (flags & CPU_DTRACE_UPRIV)
		return (DTRACEFLT_UPRIV);
	if (flags & CPU_DTRACE_TUPOFLOW)
		return (DTRACEFLT_TUPOFLOW);
	if (flags & CPU_DTRACE_BADSTACK)
		return (DTRACEFLT_BADSTACK);
	return (DTRACEFLT_UNKNOWN);
}

/* The record header: EPID and time. */
static void
dtrace_store_header(caddr_t p, dtrace_epid_t epid, hrtime_t now)
{
	dtrace_rechdr_t *dtrh;

	dtrh = (dtrace_rechdr_t *)p;
	dtrh->dtrh_epid = epid;
	dtrh->dtrh_timestamp_hi = (uint32_t)(now >> 32);
	dtrh->dtrh_timestamp_lo = (uint32_t)now;
}

void
dtrace_probe(dtrace_id_t id, uintptr_t arg0, uintptr_t arg1, uintptr_t arg2,
    uintptr_t arg3, uintptr_t arg4)
{
	dtrace_mstate_t mstate;
	dtrace_probe_t *probe;
	dtrace_ecb_t *ecb;
	dtrace_predicate_t *pred;
	dtrace_state_t *state;
	dtrace_buffer_t *buf, *aggbuf;
	dtrace_vstate_t *vstate;
	dtrace_action_t *act, *faulted;
	dtrace_aggregation_t *agg;
	dtrace_difo_t *dp;
	struct thread *td;
	uint32_t *flags;
	caddr_t tomax;
	unsigned long cookie;
	uint64_t incr, val;
	hrtime_t now;
	intptr_t offs;
	size_t size, valoffs;
	int committed, cpuid, onintr, vtime;

	if (KERNEL_PANICKED())
		return;

	cookie = __intr_disable();
	SDT_PROBE1(_trace, , , dtrace__enter, id);
	probe = dtrace_probes[id - 1];
	td = curthread;
	cpuid = curcpu;
	onintr = td->td_intr_frame != NULL;

	/*
	 * The cached predicate says of this thread what it said before: it
	 * depends on nothing but the thread, and was false.
	 */
	if (!onintr && probe->dtpr_predcache != DTRACE_CACHEIDNONE &&
	    probe->dtpr_predcache == td->td_predcache) {
		SDT_PROBE1(_trace, , , dtrace__exit, id);
		__intr_restore(cookie);
		return;
	}

	now = dtrace_gethrtime();
	vtime = dtrace_vtime_active != 0;
	if (vtime && td->td_dtrace_start != 0)
		td->td_dtrace_vtime += now - td->td_dtrace_start;

	mstate.dtms_probe = probe;
	mstate.dtms_difo = NULL;
	mstate.dtms_strtok = 0;
	mstate.dtms_strtok_limit = 0;
	mstate.dtms_frame = __builtin_frame_address(0);
	mstate.dtms_arg[0] = arg0;
	mstate.dtms_arg[1] = arg1;
	mstate.dtms_arg[2] = arg2;
	mstate.dtms_arg[3] = arg3;
	mstate.dtms_arg[4] = arg4;
	mstate.dtms_timestamp = now;
	mstate.dtms_present = DTRACE_MSTATE_TIMESTAMP;

	flags = &cpu_core[cpuid].cpuc_dtrace_flags;

	/* A probe has one ECB more often than not: one pass, one test. */
	ecb = probe->dtpr_ecb;
	if (ecb != NULL) do {
		pred = ecb->dte_predicate;
		state = ecb->dte_state;
		buf = &state->dts_buffer[cpuid];
		aggbuf = &state->dts_aggbuffer[cpuid];
		vstate = &state->dts_vstate;
		committed = 0;

		/*
		 * `timestamp' is one value within a clause, not between them;
		 * but in ghost execution no time passes.
		 */
		mstate.dtms_present = DTRACE_MSTATE_ARGS |
		    DTRACE_MSTATE_PROBE | (ecb == probe->dtpr_ecb ||
		    __ghost() ? DTRACE_MSTATE_TIMESTAMP : 0);
		*flags &= ~CPU_DTRACE_ERROR;

		if ((state->dts_activity != DTRACE_ACTIVITY_ACTIVE ||
		    probe->dtpr_provider == dtrace_provider) &&
		    !dtrace_activity_permits(state, probe, arg0))
			continue;

		/*
		 * The deadman callout did not get to run for long: tracing may
		 * be what holds the system up.  End it.
		 */
		if ((int64_t)(now - state->dts_alive) >
		    (int64_t)DTRACE_DEADMAN_TIMEOUT && !__ghost() &&
		    state->dts_destructive == 0) {
			(void)atomic_cmpset_32(&state->dts_activity,
			    state->dts_activity, DTRACE_ACTIVITY_KILLED);
			continue;
		}

		offs = dtrace_buffer_reserve(buf, ecb->dte_needed,
		    ecb->dte_alignment, state, &mstate);
		if (offs < 0)
			continue;
		tomax = buf->dtb_tomax;
		if (ecb->dte_size != 0)
			dtrace_store_header(tomax + offs, ecb->dte_epid, now);

		mstate.dtms_epid = ecb->dte_epid;
		mstate.dtms_tracememsize = 0;
		mstate.dtms_present |= DTRACE_MSTATE_EPID;
		mstate.dtms_access =
		    (state->dts_visible & DTRACE_CRV_KERNEL) != 0 ?
		    DTRACE_ACCESS_KERNEL : 0;

		act = ecb->dte_action;
		faulted = NULL;
		val = 0;
		if (pred != NULL) {
			val = dtrace_dif_emulate(pred->dtp_difo, &mstate,
			    vstate, state);
			if ((*flags & CPU_DTRACE_ERROR) == 0 &&
			    (int)val == 0) {
				/* Remember, if it can't change. */
				if (probe->dtpr_predcache !=
				    DTRACE_CACHEIDNONE && !onintr)
					td->td_predcache =
					    probe->dtpr_predcache;
				continue;
			}
			/* A fault in the predicate is action 0's. */
			if ((*flags & CPU_DTRACE_ERROR) != 0)
				act = NULL;
		}

		for (; (*flags & CPU_DTRACE_ERROR) == 0 && act != NULL;
		    act = act->dta_next) {
			faulted = act;
			dp = act->dta_difo;
			size = act->dta_rec.dtrd_size;
			valoffs = offs + act->dta_rec.dtrd_offset;

			if (DTRACEACT_ISAGG(act->dta_kind)) {
				/*
				 * An increment is the value of the action
				 * before.
				 */
				agg = (dtrace_aggregation_t *)act;
				incr = val;
				if (dp != NULL) {
					val = dtrace_dif_emulate(dp, &mstate,
					    vstate, state);
					if (*flags & CPU_DTRACE_ERROR)
						break;
				}
				dtrace_aggregate(agg, buf, offs, aggbuf, val,
				    incr);
				continue;
			}

			/* Actions without an expression. */
			if (dp == NULL) {
				switch (act->dta_kind) {
				case DTRACEACT_STACK:
					dtrace_getpcstack((uint64_t *)
					    (tomax + valoffs),
					    (int)(size / sizeof(uint64_t)),
					    probe->dtpr_aframes, &mstate);
					break;
				case DTRACEACT_USTACK:
				case DTRACEACT_JSTACK:
					dtrace_action_ustack(&mstate, state,
					    (uint64_t *)(tomax + valoffs),
					    act->dta_rec.dtrd_arg, size);
					break;
				case DTRACEACT_STOP:
					dtrace_action_stop();
					break;
				case DTRACEACT_BREAKPOINT:
					dtrace_action_breakpoint(ecb);
					break;
				case DTRACEACT_PANIC:
					dtrace_action_panic(ecb);
					break;
				}
				continue;
			}

			val = dtrace_dif_emulate(dp, &mstate, vstate, state);
			if (*flags & CPU_DTRACE_ERROR)
				break;

			/* Actions that do something with the value ... */
			if (act->dta_kind > DTRACEACT_PRINTM) {
				switch (act->dta_kind) {
				case DTRACEACT_SPECULATE:
					/* From here the record goes there. */
					buf = dtrace_speculation_buffer(state,
					    cpuid, (int)val);
					if (buf == NULL || (offs =
					    dtrace_buffer_reserve(buf,
					    ecb->dte_needed, ecb->dte_alignment,
					    state, NULL)) < 0) {
						*flags |= CPU_DTRACE_DROP;
						continue;
					}
					tomax = buf->dtb_tomax;
					if (ecb->dte_size != 0)
						dtrace_store_header(tomax +
						    offs, ecb->dte_epid, now);
					continue;
				case DTRACEACT_COMMIT:
					dtrace_speculation_commit(state, cpuid,
					    (int)val);
					committed = 1;
					continue;
				case DTRACEACT_DISCARD:
					dtrace_speculation_discard(state, cpuid,
					    (int)val);
					continue;
				case DTRACEACT_CHILL:
					dtrace_action_chill(&mstate, val);
					continue;
				case DTRACEACT_RAISE:
					dtrace_action_raise(val);
					continue;
				case DTRACEACT_USYM:
				case DTRACEACT_UMOD:
				case DTRACEACT_UADDR:
					((uint64_t *)(tomax + valoffs))[0] =
					    td->td_proc->p_pid;
					((uint64_t *)(tomax + valoffs))[1] =
					    val;
					continue;
				}
			} else if (act->dta_kind == DTRACEACT_EXIT)
				dtrace_action_exit(state);
			else if (act->dta_kind == DTRACEACT_TRACEMEM_DYNSIZE)
				mstate.dtms_tracememsize = val;

			/* ... and those that store it. */
			if ((dp->dtdo_rtype.dtdt_flags &
			    (DIF_TF_BYREF | DIF_TF_BYUREF)) != 0 &&
			    act->dta_kind != DTRACEACT_TRACEMEM_DYNSIZE)
				dtrace_store_by_ref(act, dp, tomax + valoffs,
				    size, val, &mstate, vstate);
			else if (size == sizeof(uint64_t))
				*(uint64_t *)(tomax + valoffs) = val;
			else if (size == sizeof(uint32_t))
				*(uint32_t *)(tomax + valoffs) = (uint32_t)val;
			else if (size == sizeof(uint16_t))
				*(uint16_t *)(tomax + valoffs) = (uint16_t)val;
			else if (size == sizeof(uint8_t))
				*(uint8_t *)(tomax + valoffs) = (uint8_t)val;
		}

		if (*flags & CPU_DTRACE_DROP)
			continue;
		if (*flags & CPU_DTRACE_FAULT) {
			buf->dtb_errors++;
			if (probe->dtpr_id == dtrace_probeid_error) {
				/* A fault in ERROR only counts. */
				atomic_add_64(&state->dts_dblerrors, 1);
				continue;
			}
			dtrace_probe_error(state, &mstate, ecb, faulted);
			continue;
		}
		if (!committed)
			buf->dtb_offset = offs + ecb->dte_size;
	} while ((ecb = ecb->dte_next) != NULL);

	if (vtime)
		td->td_dtrace_start = dtrace_gethrtime();
	SDT_PROBE1(_trace, , , dtrace__exit, id);
	__intr_restore(cookie);
}

/*
 * Fire ERROR for a fault of this ECB.  Action numbers count from 1; 0 is the
 * predicate.
 */
static void
dtrace_probe_error(dtrace_state_t *state, dtrace_mstate_t *mstate,
    dtrace_ecb_t *ecb, dtrace_action_t *act)
{
	struct cpu_core *core;
	dtrace_action_t *a;
	uint64_t illval;
	int fltoffs, ndx;

	core = &cpu_core[curcpu];
	ndx = 0;
	if (act != NULL) {
		ndx = 1;
		for (a = ecb->dte_action; a != act && a != NULL;
		    a = a->dta_next)
			ndx++;
	}
	fltoffs = (mstate->dtms_present & DTRACE_MSTATE_FLTOFFS) != 0 ?
	    (int)mstate->dtms_fltoffs : -1;
	illval = (core->cpuc_dtrace_flags & (CPU_DTRACE_BADADDR |
	    CPU_DTRACE_BADALIGN | CPU_DTRACE_KPRIV | CPU_DTRACE_BADSTACK)) != 0 ?
	    core->cpuc_dtrace_illval : 0;
	/* arg5: five arguments are all that dtrace_probe() takes. */
	core->cpuc_dtrace_errval = illval;
	dtrace_probe(dtrace_probeid_error, (uintptr_t)state, ecb->dte_epid,
	    (uintptr_t)ndx, (uintptr_t)(long)fltoffs,
	    (uintptr_t)dtrace_flags2flt(core->cpuc_dtrace_flags));
}
