/*
 * The built-in variables of D.
 *
 * What the firing itself knows is in the machine state; the rest is looked up in
 * the current thread and process.  Values that cost something to find are kept
 * in the machine state, so a clause that uses one twice pays once (and sees one
 * value).
 */
#include "dtrace_impl.h"

/*
 * A kernel string as a D string.  Who may read all of memory gets the address;
 * else it is copied to scratch space, where everybody may read.
 */
static uint64_t
dtrace_dif_varstr(uintptr_t addr, dtrace_state_t *state,
    dtrace_mstate_t *mstate)
{
	size_t size, len;
	uintptr_t to;

	if ((mstate->dtms_access & DTRACE_ACCESS_KERNEL) != 0)
		return (addr);
	size = state->dts_options[DTRACEOPT_STRSIZE];
	len = dtrace_strlen((char *)addr, size - 1) + 1;
	if (!DTRACE_INSCRATCH(mstate, len)) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_NOSCRATCH);
		return (0);
	}
	to = mstate->dtms_scratch_ptr;
	dtrace_strcpy((void *)addr, (void *)to, len);
	mstate->dtms_scratch_ptr += len;
	return (to);
}

/* The saved argument vector: NUL-separated words become one line. */
static uint64_t
dtrace_dif_execargs(dtrace_state_t *state, dtrace_mstate_t *mstate)
{
	struct pargs *args;
	size_t i, len, size;
	char *to;

	args = curthread->td_proc->p_args;
	size = state->dts_options[DTRACEOPT_STRSIZE];
	len = args == NULL ? 0 : args->ar_length;
	if (len > size)
		len = size;
	if (!DTRACE_INSCRATCH(mstate, len + 1)) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_NOSCRATCH);
		return (0);
	}
	to = (char *)mstate->dtms_scratch_ptr;
	for (i = 0; i < len; i++) {
		to[i] = (char)args->ar_args[i];
		if (to[i] == '\0' && i + 1 < len)
			to[i] = ' ';
	}
	to[len] = '\0';
	mstate->dtms_scratch_ptr += len + 1;
	return ((uintptr_t)to);
}

/* Argument ndx: the first five came with the call. */
static uint64_t
dtrace_dif_arg(dtrace_mstate_t *mstate, uint64_t ndx)
{
	dtrace_probe_t *probe;
	const dtrace_pops_t *pops;

	if (ndx < nitems(mstate->dtms_arg))
		return (mstate->dtms_arg[ndx]);
	probe = mstate->dtms_probe;
	pops = probe->dtpr_provider->dtpv_pops;
	if (pops->dtps_getargval == NULL)
		return (dtrace_getarg((int)ndx, mstate));
	return (pops->dtps_getargval(probe->dtpr_provider->dtpv_arg,
	    probe->dtpr_id, probe->dtpr_arg, (int)ndx, probe->dtpr_aframes));
}

/* Nanoseconds that curthread has run, DTrace's own excepted. */
static uint64_t
dtrace_dif_vtimestamp(dtrace_mstate_t *mstate)
{
	struct thread *td;

	td = curthread;
	if (__ghost())
		return (dtrace_cyc2ns(td->td_runtime) +
		    mstate->dtms_timestamp -
		    dtrace_cyc2ns(PCPU_GET(switchtime)));
	return (td->td_dtrace_vtime);
}

static uint64_t
dtrace_dif_caller(dtrace_mstate_t *mstate)
{
	uint64_t pcs[2];

	if ((mstate->dtms_present & DTRACE_MSTATE_CALLER) == 0) {
		/* [0] is the site's own function, [1] where that was called. */
		dtrace_getpcstack(pcs, 2, mstate->dtms_probe->dtpr_aframes,
		    mstate);
		mstate->dtms_caller = pcs[1];
		mstate->dtms_present |= DTRACE_MSTATE_CALLER;
	}
	return (mstate->dtms_caller);
}

static uint64_t
dtrace_dif_ucaller(dtrace_mstate_t *mstate)
{
	uint64_t pcs[3];

	if ((mstate->dtms_present & DTRACE_MSTATE_UCALLER) == 0) {
		/* The pid, where it is, where that was called. */
		dtrace_getupcstack(pcs, 3);
		mstate->dtms_ucaller = pcs[2];
		mstate->dtms_present |= DTRACE_MSTATE_UCALLER;
	}
	return (mstate->dtms_ucaller);
}

uint64_t
dtrace_dif_variable(dtrace_mstate_t *mstate, dtrace_state_t *state, uint64_t v,
    uint64_t ndx)
{
	struct proc *p;

	/* arg0 ... arg9 are args[] by another name. */
	if (v >= DIF_VAR_ARG0 && v <= DIF_VAR_ARG9) {
		ndx = v - DIF_VAR_ARG0;
		v = DIF_VAR_ARGS;
	}

	switch (v) {
	case DIF_VAR_ARGS:
		return (dtrace_dif_arg(mstate, ndx));
	case DIF_VAR_UREGS:
		return (dtrace_getreg((unsigned)ndx));
	case DIF_VAR_CURTHREAD:
		return ((uintptr_t)curthread);

	case DIF_VAR_TIMESTAMP:
		if ((mstate->dtms_present & DTRACE_MSTATE_TIMESTAMP) == 0) {
			mstate->dtms_timestamp = dtrace_gethrtime();
			mstate->dtms_present |= DTRACE_MSTATE_TIMESTAMP;
		}
		return (mstate->dtms_timestamp);
	case DIF_VAR_VTIMESTAMP:
		return (dtrace_dif_vtimestamp(mstate));
	case DIF_VAR_WALLTIMESTAMP:
		if ((mstate->dtms_present & DTRACE_MSTATE_WALLTIMESTAMP) == 0) {
			mstate->dtms_walltimestamp = dtrace_gethrestime();
			mstate->dtms_present |= DTRACE_MSTATE_WALLTIMESTAMP;
		}
		return (mstate->dtms_walltimestamp);

	case DIF_VAR_EPID:
		return (mstate->dtms_epid);
	case DIF_VAR_ID:
		return (mstate->dtms_probe->dtpr_id);
	case DIF_VAR_PROBEPROV:
		return (dtrace_dif_varstr((uintptr_t)
		    mstate->dtms_probe->dtpr_provider->dtpv_name, state,
		    mstate));
	case DIF_VAR_PROBEMOD:
		return (dtrace_dif_varstr((uintptr_t)
		    mstate->dtms_probe->dtpr_mod, state, mstate));
	case DIF_VAR_PROBEFUNC:
		return (dtrace_dif_varstr((uintptr_t)
		    mstate->dtms_probe->dtpr_func, state, mstate));
	case DIF_VAR_PROBENAME:
		return (dtrace_dif_varstr((uintptr_t)
		    mstate->dtms_probe->dtpr_name, state, mstate));

	case DIF_VAR_STACKDEPTH:
		if ((mstate->dtms_present & DTRACE_MSTATE_STACKDEPTH) == 0) {
			mstate->dtms_stackdepth = (uint32_t)
			    dtrace_getstackdepth(mstate,
			    mstate->dtms_probe->dtpr_aframes);
			mstate->dtms_present |= DTRACE_MSTATE_STACKDEPTH;
		}
		return (mstate->dtms_stackdepth);
	case DIF_VAR_USTACKDEPTH:
		if ((mstate->dtms_present & DTRACE_MSTATE_USTACKDEPTH) == 0) {
			mstate->dtms_ustackdepth = (uint32_t)
			    dtrace_getustackdepth();
			mstate->dtms_present |= DTRACE_MSTATE_USTACKDEPTH;
		}
		return (mstate->dtms_ustackdepth);
	case DIF_VAR_CALLER:
		return (dtrace_dif_caller(mstate));
	case DIF_VAR_UCALLER:
		return (dtrace_dif_ucaller(mstate));

	case DIF_VAR_PID:
		return ((uint64_t)curthread->td_proc->p_pid);
	case DIF_VAR_PPID:
		p = curthread->td_proc->p_pptr;
		return (p == NULL ? 0 : (uint64_t)p->p_pid);
	case DIF_VAR_TID:
		return (curthread->td_tid);
	case DIF_VAR_EXECNAME:
		return (dtrace_dif_varstr((uintptr_t)
		    curthread->td_proc->p_comm, state, mstate));
	case DIF_VAR_EXECARGS:
		return (dtrace_dif_execargs(state, mstate));
	case DIF_VAR_UID:
		return (curthread->td_ucred == NULL ? 0 :
		    curthread->td_ucred->cr_uid);
	case DIF_VAR_GID:
		return (curthread->td_ucred == NULL ? 0 :
		    curthread->td_ucred->cr_gid);
	case DIF_VAR_ERRNO:
		return ((uint64_t)(int64_t)curthread->td_errno);
	case DIF_VAR_JID:
		return (0);
	case DIF_VAR_ZONENAME:
	case DIF_VAR_JAILNAME:
		/* There is one jail, and that is the host. */
		return (dtrace_dif_varstr((uintptr_t)"0", state, mstate));
	case DIF_VAR_CPU:
		return (curcpu);

	default:
		/* ipl, regs[]: not on this system. */
		DTRACE_CPUFLAG_SET(CPU_DTRACE_ILLOP);
		return (0);
	}
}
