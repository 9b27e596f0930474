/*
 * Enabled control blocks: a clause attached to a probe.
 *
 * The record that an ECB produces is laid out here, when its actions are added:
 *
 *	| EPID, time (12 bytes) | value | value | ... |
 *	                        ^ each at a multiple of its alignment
 *
 * The keys of an aggregating action are not part of the record.  They are built
 * behind what the record has so far, in the same reservation, and are gone when
 * the next action stores there:
 *
 *	| header, values so far | pad | aggregation id | key | key |
 *	                              ^ dtag_base, a multiple of 8
 */
#include "dtrace_impl.h"

/* --- Predicates ---------------------------------------------------------------------- */

dtrace_predicate_t *
dtrace_predicate_create(dtrace_difo_t *dp)
{
	dtrace_predicate_t *pred;

	pred = dtrace_kmem_zalloc(sizeof(*pred));
	dtrace_difo_hold(dp);
	pred->dtp_difo = dp;
	pred->dtp_cacheid = dtrace_difo_cacheable(dp);
	pred->dtp_refcnt = 1;
	return (pred);
}

void
dtrace_predicate_release(dtrace_predicate_t *pred, dtrace_vstate_t *vstate)
{

	if (--pred->dtp_refcnt != 0)
		return;
	dtrace_difo_release(pred->dtp_difo, vstate);
	dtrace_kmem_free(pred);
}

/* --- Layout ------------------------------------------------------------------------------- */

/*
 * Where everything goes.  An ECB without actions keeps its bare header, so
 * that the consumer learns of the firing; one whose actions store nothing has
 * no record at all.
 */
static void
dtrace_ecb_resize(dtrace_ecb_t *ecb)
{
	dtrace_action_t *act;
	dtrace_aggregation_t *agg;
	dtrace_recdesc_t *rec;
	uint32_t aggbase, keyoffs, maxalign, offs;
	int wrote;

	maxalign = sizeof(dtrace_epid_t);
	offs = sizeof(dtrace_rechdr_t);
	keyoffs = aggbase = 0;
	/* speculate() alone speculates the bare header. */
	act = ecb->dte_action;
	wrote = act == NULL || (act->dta_kind == DTRACEACT_SPECULATE &&
	    act == ecb->dte_action_last);
	ecb->dte_needed = offs;

	for (act = ecb->dte_action; act != NULL; act = act->dta_next) {
		rec = &act->dta_rec;
		if (rec->dtrd_alignment > maxalign)
			maxalign = rec->dtrd_alignment;
		if (!act->dta_intuple) {
			if (rec->dtrd_size != 0)
				wrote = 1;
			offs = roundup2(offs, rec->dtrd_alignment);
			rec->dtrd_offset = offs;
			offs += rec->dtrd_size;
			if (offs > ecb->dte_needed)
				ecb->dte_needed = offs;
			continue;
		}
		if (keyoffs == 0) {
			/* First of a tuple. */
			maxalign = sizeof(uint64_t);
			aggbase = roundup2(offs, sizeof(uint64_t));
			keyoffs = aggbase + sizeof(dtrace_aggid_t);
		}
		keyoffs = roundup2(keyoffs, rec->dtrd_alignment);
		rec->dtrd_offset = keyoffs;
		if (DTRACEACT_ISAGG(act->dta_kind)) {
			/* The value itself lives in the other buffer. */
			agg = (dtrace_aggregation_t *)act;
			agg->dtag_base = aggbase;
			if (keyoffs > ecb->dte_needed)
				ecb->dte_needed = keyoffs;
			keyoffs = 0;
		} else
			keyoffs += rec->dtrd_size;
	}

	/* exit() in a clause asks for a record, too. */
	for (act = ecb->dte_action; act != NULL && !wrote; act = act->dta_next)
		wrote = act->dta_kind == DTRACEACT_EXIT;
	ecb->dte_size = wrote ? roundup2(offs, sizeof(dtrace_epid_t)) : 0;
	ecb->dte_needed = roundup2(ecb->dte_needed, sizeof(dtrace_epid_t));
	ecb->dte_alignment = maxalign;
}

/* --- Actions --------------------------------------------------------------------------------- */

/* Keep a format for DTRACEIOC_FORMAT; its number. */
static uint16_t
dtrace_format_add(dtrace_state_t *state, const char *str)
{
	char **formats;
	int i, n;

	n = state->dts_nformats;
	if ((n & 15) == 0) {
		formats = dtrace_kmem_zalloc((n + 16) * sizeof(formats[0]));
		for (i = 0; i < n; i++)
			formats[i] = state->dts_formats[i];
		dtrace_kmem_free(state->dts_formats);
		state->dts_formats = formats;
	}
	state->dts_formats[n] = dtrace_strdup(str);
	state->dts_nformats = n + 1;
	return ((uint16_t)(n + 1));
}

/* Size and argument of an action that stores something; EINVAL if it can't be. */
static int
dtrace_action_size(dtrace_ecb_t *ecb, dtrace_actdesc_t *desc, uint32_t *sizep,
    uint64_t *argp)
{
	dtrace_state_t *state;
	dtrace_difo_t *dp;
	uint64_t *opt;
	uint32_t nframes, size, strsize;

	state = ecb->dte_state;
	opt = state->dts_options;
	dp = desc->dtad_difo;
	size = 0;
	switch (desc->dtad_kind) {
	case DTRACEACT_PRINTF:
	case DTRACEACT_PRINTA:
	case DTRACEACT_SYSTEM:
	case DTRACEACT_FREOPEN:
	case DTRACEACT_DIFEXPR:
	case DTRACEACT_LIBACT:
	case DTRACEACT_TRACEMEM:
	case DTRACEACT_TRACEMEM_DYNSIZE:
	case DTRACEACT_PRINTM:
		if (dp == NULL)
			return (EINVAL);
		size = dp->dtdo_rtype.dtdt_size;
		if (size == 0 && dp->dtdo_rtype.dtdt_kind == DIF_TYPE_STRING) {
			if ((dp->dtdo_rtype.dtdt_flags & DIF_TF_BYREF) == 0)
				return (EINVAL);
			size = (uint32_t)opt[DTRACEOPT_STRSIZE];
		}
		break;
	case DTRACEACT_STACK:
		nframes = (uint32_t)*argp;
		if (nframes == 0) {
			nframes = (uint32_t)opt[DTRACEOPT_STACKFRAMES];
			*argp = nframes;
		}
		size = nframes * sizeof(uint64_t);
		break;
	case DTRACEACT_JSTACK:
	case DTRACEACT_USTACK:
		nframes = DTRACE_USTACK_NFRAMES(*argp);
		strsize = DTRACE_USTACK_STRSIZE(*argp);
		if (nframes == 0)
			nframes = (uint32_t)opt[desc->dtad_kind ==
			    DTRACEACT_JSTACK ? DTRACEOPT_JSTACKFRAMES :
			    DTRACEOPT_USTACKFRAMES];
		if (strsize == 0 && desc->dtad_kind == DTRACEACT_JSTACK)
			strsize = (uint32_t)opt[DTRACEOPT_JSTACKSTRSIZE];
		*argp = (uint64_t)strsize << 32 | nframes;
		size = (nframes + 1) * sizeof(uint64_t) +
		    roundup2(strsize, sizeof(uint64_t));
		break;
	case DTRACEACT_SYM:
	case DTRACEACT_MOD:
		if (dp == NULL || dp->dtdo_rtype.dtdt_size != sizeof(uint64_t) ||
		    (dp->dtdo_rtype.dtdt_flags & DIF_TF_BYREF) != 0)
			return (EINVAL);
		size = sizeof(uint64_t);
		break;
	case DTRACEACT_USYM:
	case DTRACEACT_UMOD:
	case DTRACEACT_UADDR:
		if (dp == NULL || dp->dtdo_rtype.dtdt_size != sizeof(uint64_t) ||
		    (dp->dtdo_rtype.dtdt_flags & DIF_TF_BYREF) != 0)
			return (EINVAL);
		size = 2 * sizeof(uint64_t);	/* pid, address */
		break;
	case DTRACEACT_EXIT:
		if (dp == NULL ||
		    (size = dp->dtdo_rtype.dtdt_size) != sizeof(int) ||
		    (dp->dtdo_rtype.dtdt_flags & DIF_TF_BYREF) != 0)
			return (EINVAL);
		break;
	case DTRACEACT_STOP:
	case DTRACEACT_BREAKPOINT:
	case DTRACEACT_PANIC:
		break;
	case DTRACEACT_CHILL:
	case DTRACEACT_DISCARD:
	case DTRACEACT_RAISE:
		if (dp == NULL)
			return (EINVAL);
		break;
	case DTRACEACT_SPECULATE:
		if (dp == NULL || ecb->dte_size > sizeof(dtrace_rechdr_t))
			return (EINVAL);
		break;
	case DTRACEACT_COMMIT:
		/* What this clause stores is not kept then. */
		if (dp == NULL || ecb->dte_size > sizeof(dtrace_rechdr_t))
			return (EINVAL);
		break;
	default:
		return (EINVAL);
	}
	*sizep = size;
	return (0);
}

/* The largest power of two up to 8 that divides the size. */
static uint16_t
dtrace_action_align(uint32_t size)
{
	uint16_t align;

	for (align = sizeof(uint64_t); align > 1; align >>= 1)
		if (size != 0 && (size & (align - 1)) == 0)
			return (align);
	return (1);
}

static int
dtrace_ecb_action_add(dtrace_ecb_t *ecb, dtrace_actdesc_t *desc)
{
	dtrace_state_t *state;
	dtrace_action_t *act;
	uint64_t arg;
	uint32_t size;
	uint16_t format;
	int error;

	state = ecb->dte_state;
	if (DTRACEACT_ISDESTRUCTIVE(desc->dtad_kind) &&
	    !state->dts_destructive)
		return (EACCES);
	if (desc->dtad_difo != NULL && desc->dtad_difo->dtdo_destructive &&
	    !state->dts_destructive)
		return (EACCES);

	arg = desc->dtad_arg;
	if (DTRACEACT_ISAGG(desc->dtad_kind)) {
		act = dtrace_ecb_aggregation_create(ecb, desc);
		if (act == NULL)
			return (EINVAL);
	} else {
		error = dtrace_action_size(ecb, desc, &size, &arg);
		if (error != 0)
			return (error);
		if (desc->dtad_kind == DTRACEACT_SPECULATE)
			state->dts_speculates = 1;
		if (desc->dtad_kind == DTRACEACT_SPECULATE ||
		    desc->dtad_kind == DTRACEACT_COMMIT ||
		    desc->dtad_kind == DTRACEACT_DISCARD)
			state->dts_hasspecs = 1;
		format = desc->dtad_format == NULL ? 0 :
		    dtrace_format_add(state, desc->dtad_format);
		act = dtrace_kmem_zalloc(sizeof(*act));
		act->dta_rec.dtrd_size = size;
		act->dta_rec.dtrd_alignment = dtrace_action_align(size);
		act->dta_rec.dtrd_format = format;
	}
	act->dta_refcnt = 1;
	act->dta_kind = desc->dtad_kind;
	act->dta_rec.dtrd_action = desc->dtad_kind;
	act->dta_rec.dtrd_arg = arg;
	act->dta_rec.dtrd_uarg = desc->dtad_uarg;
	act->dta_difo = desc->dtad_difo;
	if (act->dta_difo != NULL) {
		dtrace_difo_init(act->dta_difo, &state->dts_vstate);
		if (act->dta_difo->dtdo_speculates)
			state->dts_hasspecs = 1;
		if (dtrace_difo_usesvtime(act->dta_difo))
			state->dts_vtime++;
	}

	act->dta_prev = ecb->dte_action_last;
	if (ecb->dte_action_last == NULL)
		ecb->dte_action = act;
	else
		ecb->dte_action_last->dta_next = act;
	ecb->dte_action_last = act;
	return (0);
}

static void
dtrace_ecb_action_remove(dtrace_ecb_t *ecb)
{
	dtrace_action_t *act, *next;

	if (ecb->dte_action != NULL && --ecb->dte_action->dta_refcnt != 0) {
		ecb->dte_action = ecb->dte_action_last = NULL;
		return;			/* Others still use them. */
	}
	for (act = ecb->dte_action; act != NULL; act = next) {
		next = act->dta_next;
		if (act->dta_difo != NULL)
			dtrace_difo_release(act->dta_difo,
			    &ecb->dte_state->dts_vstate);
		if (DTRACEACT_ISAGG(act->dta_kind))
			dtrace_ecb_aggregation_destroy(ecb, act);
		else
			dtrace_kmem_free(act);
	}
	ecb->dte_action = ecb->dte_action_last = NULL;
}

/* --- ECBs ---------------------------------------------------------------------------------------- */

dtrace_ecb_t *
dtrace_epid2ecb(dtrace_state_t *state, dtrace_epid_t id)
{

	if (id == DTRACE_EPIDNONE || id > (dtrace_epid_t)state->dts_necbs)
		return (NULL);
	return (state->dts_ecbs[id - 1]);
}

static dtrace_ecb_t *
dtrace_ecb_add(dtrace_state_t *state, dtrace_probe_t *probe)
{
	dtrace_ecb_t *ecb, **ecbs, **old;
	dtrace_epid_t epid;
	int i, n;

	ecb = dtrace_kmem_zalloc(sizeof(*ecb));
	if (ecb == NULL)
		return (NULL);
	ecb->dte_state = state;
	ecb->dte_probe = probe;
	ecb->dte_size = ecb->dte_needed = sizeof(dtrace_rechdr_t);
	ecb->dte_alignment = sizeof(dtrace_epid_t);

	epid = state->dts_epid++;
	if ((int)epid - 1 >= state->dts_necbs) {
		n = state->dts_necbs == 0 ? 64 : state->dts_necbs * 2;
		ecbs = dtrace_kmem_zalloc(n * sizeof(ecbs[0]));
		old = state->dts_ecbs;
		for (i = 0; i < state->dts_necbs; i++)
			ecbs[i] = old[i];
		state->dts_ecbs = ecbs;
		if (old != NULL && state->dts_activity !=
		    DTRACE_ACTIVITY_INACTIVE)
			dtrace_sync();
		state->dts_necbs = n;
		dtrace_kmem_free(old);
	}
	state->dts_ecbs[epid - 1] = ecb;
	ecb->dte_epid = epid;
	return (ecb);
}

/*
 * Put the ECB on its probe.  The first one makes the provider enable the site, and
 * only a single ECB's predicate may be cached.
 */
static void
dtrace_ecb_enable(dtrace_ecb_t *ecb)
{
	dtrace_probe_t *probe;

	probe = ecb->dte_probe;
	ecb->dte_next = NULL;
	if (probe->dtpr_ecb == NULL) {
		probe->dtpr_ecb = probe->dtpr_ecb_last = ecb;
		if (ecb->dte_predicate != NULL)
			probe->dtpr_predcache = ecb->dte_predicate->dtp_cacheid;
		probe->dtpr_provider->dtpv_pops->dtps_enable(
		    probe->dtpr_provider->dtpv_arg, probe->dtpr_id,
		    probe->dtpr_arg);
	} else {
		probe->dtpr_ecb_last->dte_next = ecb;
		probe->dtpr_ecb_last = ecb;
		probe->dtpr_predcache = DTRACE_CACHEIDNONE;
		/* dtrace_ioctl_enable() lets nobody miss that. */
	}
}

void
dtrace_ecb_disable(dtrace_ecb_t *ecb)
{
	dtrace_probe_t *probe;
	dtrace_ecb_t *pecb, *prev;

	probe = ecb->dte_probe;
	prev = NULL;
	for (pecb = probe->dtpr_ecb; pecb != NULL && pecb != ecb;
	    pecb = pecb->dte_next)
		prev = pecb;
	if (pecb == NULL)
		return;
	if (prev == NULL)
		probe->dtpr_ecb = ecb->dte_next;
	else
		prev->dte_next = ecb->dte_next;
	if (ecb == probe->dtpr_ecb_last)
		probe->dtpr_ecb_last = prev;

	if (probe->dtpr_ecb == NULL) {
		probe->dtpr_predcache = DTRACE_CACHEIDNONE;
		probe->dtpr_provider->dtpv_pops->dtps_disable(
		    probe->dtpr_provider->dtpv_arg, probe->dtpr_id,
		    probe->dtpr_arg);
	} else if (probe->dtpr_ecb == probe->dtpr_ecb_last &&
	    probe->dtpr_ecb->dte_predicate != NULL)
		probe->dtpr_predcache =
		    probe->dtpr_ecb->dte_predicate->dtp_cacheid;
}

/* Off its probe, and out of sight of all CPUs (dtrace_sync()) already. */
void
dtrace_ecb_destroy(dtrace_ecb_t *ecb)
{
	dtrace_state_t *state;

	state = ecb->dte_state;
	if (ecb->dte_predicate != NULL)
		dtrace_predicate_release(ecb->dte_predicate,
		    &state->dts_vstate);
	dtrace_ecb_action_remove(ecb);
	state->dts_ecbs[ecb->dte_epid - 1] = NULL;
	dtrace_kmem_free(ecb);
}

/* --- Enablings ------------------------------------------------------------------------------------- */

struct dtrace_enabling_arg {
	dtrace_ecbdesc_t *dtea_desc;
	dtrace_state_t	*dtea_state;
};

/*
 * All ECBs of one description do the same, so they share one list of actions:
 * above all, an aggregation over many probes is one aggregation, with one id.  The
 * first action counts who uses the list.
 */
static void
dtrace_ecb_share(dtrace_ecb_t *ecb, const dtrace_ecb_t *first)
{

	if (first->dte_action != NULL)
		first->dte_action->dta_refcnt++;
	ecb->dte_action = first->dte_action;
	ecb->dte_action_last = first->dte_action_last;
	ecb->dte_alignment = first->dte_alignment;
	ecb->dte_needed = first->dte_needed;
	ecb->dte_size = first->dte_size;
}

/* From dtrace_match(): an ECB for this probe. */
static int
dtrace_ecb_create_enable(dtrace_probe_t *probe, void *arg)
{
	struct dtrace_enabling_arg *ea;
	dtrace_ecbdesc_t *desc;
	dtrace_actdesc_t *act;
	dtrace_state_t *state;
	dtrace_ecb_t *ecb;
	const dtrace_pops_t *pops;
	int error;

	ea = arg;
	desc = ea->dtea_desc;
	state = ea->dtea_state;
	pops = probe->dtpr_provider->dtpv_pops;
	if (__ghost() && pops->dtps_noghost != NULL &&
	    pops->dtps_noghost(probe->dtpr_provider->dtpv_arg, probe->dtpr_id,
	    probe->dtpr_arg))
		return (ENOTSUP);

	ecb = dtrace_ecb_add(state, probe);
	if (ecb == NULL)
		return (ENOMEM);
	ecb->dte_uarg = desc->dted_uarg;
	if (desc->dted_pred != NULL) {
		if (desc->dted_pred->dtp_difo->dtdo_destructive &&
		    !state->dts_destructive) {
			dtrace_ecb_destroy(ecb);
			return (EACCES);
		}
		desc->dted_pred->dtp_refcnt++;
		ecb->dte_predicate = desc->dted_pred;
		dtrace_difo_init(desc->dted_pred->dtp_difo,
		    &state->dts_vstate);
		desc->dted_pred->dtp_difo->dtdo_refcnt--;
		if (desc->dted_pred->dtp_difo->dtdo_speculates)
			state->dts_hasspecs = 1;
		if (dtrace_difo_usesvtime(desc->dted_pred->dtp_difo))
			state->dts_vtime++;
	}
	if (desc->dted_ecb != NULL) {
		dtrace_ecb_share(ecb, desc->dted_ecb);
		dtrace_ecb_enable(ecb);
		return (0);
	}
	for (act = desc->dted_action; act != NULL; act = act->dtad_next) {
		error = dtrace_ecb_action_add(ecb, act);
		if (error != 0) {
			dtrace_ecb_destroy(ecb);
			return (error);
		}
		/* Some actions must know what is stored so far. */
		dtrace_ecb_resize(ecb);
	}
	dtrace_ecb_resize(ecb);
	desc->dted_ecb = ecb;
	dtrace_ecb_enable(ecb);
	return (0);
}

/* ECBs for everything that the enabling matches. */
int
dtrace_enabling_match(dtrace_enabling_t *enab, dtrace_state_t *state,
    int *nmatched)
{
	struct dtrace_enabling_arg ea;
	int i, matched;

	*nmatched = 0;
	for (i = 0; i < enab->dten_ndesc; i++) {
		ea.dtea_desc = enab->dten_desc[i];
		ea.dtea_state = state;
		dtrace_probe_provide(&ea.dtea_desc->dted_probe);
		matched = dtrace_match(&ea.dtea_desc->dted_probe,
		    dtrace_ecb_create_enable, &ea);
		if (matched < 0)
			return (-matched);
		*nmatched += matched;
	}
	enab->dten_nprobes = dtrace_nprobes;
	return (0);
}

/* --- Probes that come later ------------------------------------------------------------------------- */

/* Keep the enabling, for probes that a program may bring while its consumer traces. */
void
dtrace_enabling_retain(dtrace_enabling_t *enab, dtrace_state_t *state)
{

	enab->dten_next = state->dts_retained;
	state->dts_retained = enab;
}

/* What it will do, be it at probes that are not there yet: buffers are made at GO. */
void
dtrace_enabling_foresee(dtrace_state_t *state)
{
	dtrace_enabling_t *enab;
	dtrace_actdesc_t *act;
	int i;

	for (enab = state->dts_retained; enab != NULL; enab = enab->dten_next)
		for (i = 0; i < enab->dten_ndesc; i++)
			for (act = enab->dten_desc[i]->dted_action; act != NULL;
			    act = act->dtad_next) {
				if (DTRACEACT_ISAGG(act->dtad_kind))
					state->dts_aggregates = 1;
				if (act->dtad_kind == DTRACEACT_SPECULATE)
					state->dts_speculates = 1;
			}
}

/* ECBs for those new probes that the enabling means. */
static void
dtrace_enabling_rematch(dtrace_enabling_t *enab, dtrace_state_t *state)
{
	struct dtrace_enabling_arg ea;
	dtrace_probe_t *probe;
	int i, p, vtime;

	vtime = state->dts_vtime;
	ea.dtea_state = state;
	for (i = 0; i < enab->dten_ndesc; i++) {
		ea.dtea_desc = enab->dten_desc[i];
		for (p = enab->dten_nprobes; p < dtrace_nprobes; p++) {
			probe = dtrace_probes[p];
			if (probe != NULL && dtrace_match_one(
			    &ea.dtea_desc->dted_probe, probe))
				(void)dtrace_ecb_create_enable(probe, &ea);
		}
	}
	enab->dten_nprobes = dtrace_nprobes;
	if (vtime == 0 && state->dts_vtime != 0 &&
	    state->dts_activity != DTRACE_ACTIVITY_INACTIVE)
		dtrace_vtime_enable();
}

/* New probes are there: who waits for them gets them.  dtrace_lock is held. */
void
dtrace_enabling_matchall(void)
{
	dtrace_enabling_t *enab;
	dtrace_state_t *state;

	for (state = dtrace_states; state != NULL; state = state->dts_next) {
		if (state->dts_activity > DTRACE_ACTIVITY_ACTIVE)
			continue;	/* It is about to end. */
		for (enab = state->dts_retained; enab != NULL;
		    enab = enab->dten_next)
			dtrace_enabling_rematch(enab, state);
	}
	/* Firings that were looking at old tables are over. */
	dtrace_sync();
}
