/*
 * Actions that do more than store a number.
 *
 * Destructive ones (stop, raise, chill, breakpoint, panic) are only let in by
 * dtrace_ecb_action_add() if the consumer said -w.  They too run in probe
 * context, where nothing may sleep or take a lock: so signals are not sent here,
 * but noted in the thread and sent by ast() on its way to user mode.
 */
#include "dtrace_impl.h"
#include <sys/signalvar.h>

/*
 * A string or a structure: copied byte by byte from wherever it lies.  As a part
 * of a record a string is padded with NULs to its full size; as an aggregation's
 * key it ends at its NUL, since hash and comparison stop there.
 */
void
dtrace_store_by_ref(dtrace_action_t *act, dtrace_difo_t *dp, caddr_t to,
    size_t size, uint64_t val, dtrace_mstate_t *mstate, dtrace_vstate_t *vstate)
{
	uint64_t *memref;
	caddr_t end;
	int user;
	char c;

	if (act->dta_kind == DTRACEACT_PRINTM) {
		/* memref(): two words of scratch, address and size. */
		memref = (uint64_t *)val;
		if (memref[1] + sizeof(uint64_t) > size) {
			DTRACE_CPUFLAG_SET(CPU_DTRACE_DROP);
			return;
		}
		*(uint64_t *)to = memref[1];
		to += sizeof(uint64_t);
		size = memref[1];
		val = memref[0];
	}
	if (act->dta_kind == DTRACEACT_TRACEMEM &&
	    mstate->dtms_tracememsize != 0 && mstate->dtms_tracememsize < size)
		size = mstate->dtms_tracememsize;

	user = (dp->dtdo_rtype.dtdt_flags & DIF_TF_BYUREF) != 0;
	if (!user && !dtrace_vcanload((void *)val, &dp->dtdo_rtype, mstate,
	    vstate))
		return;
	end = to + size;
	if (dp->dtdo_rtype.dtdt_kind == DIF_TYPE_STRING) {
		/* NULL compares as an empty string; to show it is a fault. */
		for (c = 1; to < end; ) {
			if (c != '\0') {
				c = user ? (char)dtrace_uload(val, 1) :
				    (char)dtrace_load8(val);
				val++;
			}
			*to++ = c;
			if (c == '\0' && act->dta_intuple)
				break;
		}
		return;
	}
	for (; to < end; val++)
		*to++ = user ? (char)dtrace_uload(val, 1) :
		    (char)dtrace_load8(val);
}

/*
 * The pid, `frames' user addresses, then string space, which jstack() would fill
 * with names of interpreted functions: there are none here.
 */
void
dtrace_action_ustack(dtrace_mstate_t *mstate, dtrace_state_t *state,
    uint64_t *buf, uint64_t arg, size_t size)
{
	int nframes;
	size_t i;

	nframes = DTRACE_USTACK_NFRAMES(arg);
	for (i = 0; i < size / sizeof(uint64_t); i++)
		buf[i] = 0;
	dtrace_getupcstack(buf, nframes + 1);
}

/*
 * exit(): from now on only ERROR may fire, until the consumer says STOP.  BEGIN
 * may exit too.  Only the first exit() counts: others find the activity changed.
 */
void
dtrace_action_exit(dtrace_state_t *state)
{

	if (!atomic_cmpset_32(&state->dts_activity, DTRACE_ACTIVITY_ACTIVE,
	    DTRACE_ACTIVITY_DRAINING))
		(void)atomic_cmpset_32(&state->dts_activity,
		    DTRACE_ACTIVITY_WARMUP, DTRACE_ACTIVITY_DRAINING);
}

/* raise(): the signal is sent when the thread returns to user mode. */
void
dtrace_action_raise(uint64_t sig)
{
	struct thread *td;

	td = curthread;
	if (td->td_dtrace_sig == 0) {
		td->td_dtrace_sig = (int)sig;
		atomic_set_int((u_int *)&td->td_flags, TDF_ASTPENDING);
	}
}

/* stop(): as if SIGSTOP were sent. */
void
dtrace_action_stop(void)
{

	dtrace_action_raise(SIGSTOP);
}

/* chill(): keep the CPU busy, at most half of each second. */
void
dtrace_action_chill(dtrace_mstate_t *mstate, hrtime_t val)
{
	static hrtime_t interval[MAXCPU], chilled[MAXCPU];
	hrtime_t now, begin;
	int cpu;

	cpu = curcpu;
	begin = now = dtrace_gethrtime();
	if (now - interval[cpu] > DTRACE_CHILL_INTERVAL) {
		interval[cpu] = now;
		chilled[cpu] = 0;
	}
	if (val > DTRACE_CHILL_MAX ||
	    chilled[cpu] + val > DTRACE_CHILL_MAX) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_ILLOP);
		return;
	}
	if (!__ghost())
		while (now - begin < val)
			now = dtrace_gethrtime();
	/* What a clause sees as the present goes with it. */
	mstate->dtms_present &= ~DTRACE_MSTATE_TIMESTAMP;
	chilled[cpu] += val;
}

/* breakpoint(): there is no kernel debugger to stop in, so say so and go on. */
void
dtrace_action_breakpoint(dtrace_ecb_t *ecb)
{

	DTRACE_CPUFLAG_SET(CPU_DTRACE_ILLOP);
}

void
dtrace_action_panic(dtrace_ecb_t *ecb)
{
	dtrace_probe_t *probe;

	probe = ecb->dte_probe;
	if (__ghost() || panicstr != NULL)
		return;
	panic("dtrace: panic action at probe %s:%s:%s:%s (ecb %p)",
	    probe->dtpr_provider->dtpv_name, probe->dtpr_mod, probe->dtpr_func,
	    probe->dtpr_name, (void *)ecb);
}
