/*
 * Descriptions: what the consumer must know to read records.
 */
#include "dtrace_impl.h"

/* Of an EPID; up to maxrecs of its data.  dtepd_nrecs says how many there are. */
int
dtrace_eprobe_desc(dtrace_state_t *state, dtrace_eprobedesc_t *desc,
    int maxrecs)
{
	dtrace_ecb_t *ecb;
	dtrace_action_t *act;
	int n;

	ecb = dtrace_epid2ecb(state, desc->dtepd_epid);
	if (ecb == NULL)
		return (EINVAL);
	desc->dtepd_probeid = ecb->dte_probe->dtpr_id;
	desc->dtepd_uarg = ecb->dte_uarg;
	desc->dtepd_size = (uint32_t)ecb->dte_size;
	n = 0;
	for (act = ecb->dte_action; act != NULL; act = act->dta_next) {
		/* Keys and aggregations are described elsewhere. */
		if (DTRACEACT_ISAGG(act->dta_kind) || act->dta_intuple)
			continue;
		if (n < maxrecs)
			desc->dtepd_rec[n] = act->dta_rec;
		n++;
	}
	desc->dtepd_nrecs = n;
	return (0);
}

/* Of an aggregation: keys, then the value; offsets are from its own record. */
int
dtrace_agg_desc(dtrace_state_t *state, dtrace_aggdesc_t *desc, int maxrecs)
{
	dtrace_aggregation_t *agg;
	dtrace_action_t *act;
	dtrace_recdesc_t *rec;
	int n;

	agg = dtrace_aggid2agg(state, desc->dtagd_id);
	if (agg == NULL)
		return (EINVAL);
	desc->dtagd_name = 0;
	desc->dtagd_varid = 0;
	desc->dtagd_flags = 0;
	desc->dtagd_epid = agg->dtag_ecb->dte_epid;
	rec = &agg->dtag_action.dta_rec;
	desc->dtagd_size = rec->dtrd_offset + rec->dtrd_size - agg->dtag_base;
	n = 0;
	for (act = agg->dtag_first; ; act = act->dta_next) {
		/* An increment is no part of the data. */
		if (act->dta_rec.dtrd_size != 0) {
			if (n < maxrecs) {
				desc->dtagd_rec[n] = act->dta_rec;
				desc->dtagd_rec[n].dtrd_offset -=
				    agg->dtag_base;
			}
			n++;
		}
		if (act == &agg->dtag_action)
			break;
	}
	desc->dtagd_nrecs = n;
	return (0);
}
