/*
 * Slurping DOF: from a file of sections to an enabling.
 *
 *	ECBDESC --> PROBEDESC (names, in a STRTAB)
 *	        --> DIFOHDR: the predicate --> DIF, INTTAB, STRTAB, VARTAB
 *	        --> ACTDESC[]: actions, each with its DIFOHDR
 *	OPTDESC: options
 *
 * The bytes come from outside: every offset, index and size is checked before it
 * is used, and a string ends inside its table.
 */
#include "dtrace_impl.h"

/* The section with this index, if it is of this type (NONE: of any); else NULL. */
dof_sec_t *
dtrace_dof_sect(dof_hdr_t *dof, uint32_t type, dof_secidx_t i)
{
	dof_sec_t *sec;

	if (i >= dof->dofh_secnum)
		return (NULL);
	sec = (dof_sec_t *)((uintptr_t)dof + dof->dofh_secoff +
	    (uint64_t)i * dof->dofh_secsize);
	if ((sec->dofs_flags & DOF_SECF_LOAD) == 0)
		return (NULL);
	if (type != DOF_SECT_NONE && sec->dofs_type != type)
		return (NULL);
	return (sec);
}

void *
dtrace_dof_data(dof_hdr_t *dof, dof_sec_t *sec)
{

	return ((void *)((uintptr_t)dof + sec->dofs_offset));
}

/* The string at this offset of a string table; NULL if it is not one. */
const char *
dtrace_dof_string(dof_hdr_t *dof, dof_secidx_t strtab, uint64_t offset)
{
	dof_sec_t *sec;
	const char *base;

	sec = dtrace_dof_sect(dof, DOF_SECT_STRTAB, strtab);
	if (sec == NULL || offset >= sec->dofs_size)
		return (NULL);
	base = dtrace_dof_data(dof, sec);
	if (base[sec->dofs_size - 1] != '\0')
		return (NULL);
	return (base + offset);
}

/* Header and section table; 0 or EINVAL. */
int
dtrace_dof_check(dof_hdr_t *dof)
{
	dof_sec_t *sec;
	uint64_t i, len;

	len = dof->dofh_loadsz;
	if (dof->dofh_ident[0] != 0x7f || dof->dofh_ident[1] != 'D' ||
	    dof->dofh_ident[2] != 'O' || dof->dofh_ident[3] != 'F' ||
	    dof->dofh_ident[DOF_ID_MODEL] != DOF_MODEL_LP64 ||
	    dof->dofh_ident[DOF_ID_ENCODING] != DOF_ENCODE_LSB ||
	    dof->dofh_ident[DOF_ID_VERSION] > DOF_VERSION ||
	    dof->dofh_ident[DOF_ID_DIFVERS] > DIF_VERSION ||
	    dof->dofh_ident[DOF_ID_DIFIREG] > DIF_DIR_NREGS ||
	    dof->dofh_ident[DOF_ID_DIFTREG] > DIF_DTR_NREGS)
		return (EINVAL);
	if (dof->dofh_secsize < sizeof(dof_sec_t) ||
	    (dof->dofh_secsize & 7) != 0 || (dof->dofh_secoff & 7) != 0 ||
	    dof->dofh_secoff > len ||
	    (uint64_t)dof->dofh_secnum * dof->dofh_secsize >
	    len - dof->dofh_secoff)
		return (EINVAL);
	for (i = 0; i < dof->dofh_secnum; i++) {
		sec = (dof_sec_t *)((uintptr_t)dof + dof->dofh_secoff +
		    i * dof->dofh_secsize);
		if ((sec->dofs_flags & DOF_SECF_LOAD) == 0)
			continue;
		if (sec->dofs_align == 0 || !powerof2(sec->dofs_align) ||
		    (sec->dofs_offset & (sec->dofs_align - 1)) != 0 ||
		    sec->dofs_offset > len ||
		    sec->dofs_size > len - sec->dofs_offset)
			return (EINVAL);
	}
	return (0);
}

static void
dtrace_copybytes(const void *from, void *to, size_t size)
{
	const char *s;
	char *d;

	for (s = from, d = to; size != 0; size--)
		*d++ = *s++;
}

/* A name of a probe description: "" if the offset is bad. */
static int
dtrace_dof_name(dof_hdr_t *dof, dof_probedesc_t *probe, dof_stridx_t offset,
    char *to, size_t size)
{
	const char *s;
	size_t i;

	s = dtrace_dof_string(dof, probe->dofp_strtab, offset);
	if (s == NULL)
		return (EINVAL);
	for (i = 0; i < size; i++)
		if ((to[i] = s[i]) == '\0')
			return (0);
	return (EINVAL);	/* Longer than a name may be. */
}

static int
dtrace_dof_probedesc(dof_hdr_t *dof, dof_secidx_t ndx, dtrace_probedesc_t *desc)
{
	dof_probedesc_t *probe;
	dof_sec_t *sec;

	sec = dtrace_dof_sect(dof, DOF_SECT_PROBEDESC, ndx);
	if (sec == NULL || sec->dofs_size < sizeof(*probe) ||
	    sec->dofs_align < sizeof(uint32_t))
		return (EINVAL);
	probe = dtrace_dof_data(dof, sec);
	desc->dtpd_id = probe->dofp_id;
	if (dtrace_dof_name(dof, probe, probe->dofp_provider,
	    desc->dtpd_provider, sizeof(desc->dtpd_provider)) != 0 ||
	    dtrace_dof_name(dof, probe, probe->dofp_mod,
	    desc->dtpd_mod, sizeof(desc->dtpd_mod)) != 0 ||
	    dtrace_dof_name(dof, probe, probe->dofp_func,
	    desc->dtpd_func, sizeof(desc->dtpd_func)) != 0 ||
	    dtrace_dof_name(dof, probe, probe->dofp_name,
	    desc->dtpd_name, sizeof(desc->dtpd_name)) != 0)
		return (EINVAL);
	return (0);
}

/* A table that a DIF object links to: copied, or NULL if it is bad. */
static void *
dtrace_dof_table(dof_hdr_t *dof, dof_sec_t *sec, size_t entsize, uint32_t *lenp)
{
	void *p;

	if (sec->dofs_size > DTRACE_DIFO_MAXSIZE ||
	    sec->dofs_size % entsize != 0)
		return (NULL);
	if (entsize > 1 && (sec->dofs_align < 4 ||
	    sec->dofs_entsize != entsize))
		return (NULL);
	p = dtrace_kmem_alloc(sec->dofs_size == 0 ? 1 : sec->dofs_size);
	if (p == NULL)
		return (NULL);
	dtrace_copybytes(dtrace_dof_data(dof, sec), p, sec->dofs_size);
	*lenp = (uint32_t)(sec->dofs_size / entsize);
	return (p);
}

/* Zero references still: whoever keeps it calls dtrace_difo_init or _hold. */
static dtrace_difo_t *
dtrace_dof_difo(dof_hdr_t *dof, dof_secidx_t ndx, dtrace_vstate_t *vstate)
{
	dof_difohdr_t *dofd;
	dof_sec_t *link, *sec;
	dtrace_difo_t *dp;
	uint64_t i, n;

	sec = dtrace_dof_sect(dof, DOF_SECT_DIFOHDR, ndx);
	if (sec == NULL || sec->dofs_size < sizeof(*dofd) ||
	    sec->dofs_align < 4)
		return (NULL);
	dofd = dtrace_dof_data(dof, sec);
	n = (sec->dofs_size - offsetof(dof_difohdr_t, dofd_links)) /
	    sizeof(dof_secidx_t);

	dp = dtrace_kmem_zalloc(sizeof(*dp));
	dp->dtdo_rtype = dofd->dofd_rtype;
	for (i = 0; i < n; i++) {
		link = dtrace_dof_sect(dof, DOF_SECT_NONE,
		    dofd->dofd_links[i]);
		if (link == NULL)
			goto bad;
		switch (link->dofs_type) {
		case DOF_SECT_DIF:
			if (dp->dtdo_buf != NULL || (dp->dtdo_buf =
			    dtrace_dof_table(dof, link, sizeof(dif_instr_t),
			    &dp->dtdo_len)) == NULL)
				goto bad;
			break;
		case DOF_SECT_INTTAB:
			if (dp->dtdo_inttab != NULL || (dp->dtdo_inttab =
			    dtrace_dof_table(dof, link, sizeof(uint64_t),
			    &dp->dtdo_intlen)) == NULL)
				goto bad;
			break;
		case DOF_SECT_STRTAB:
			if (dp->dtdo_strtab != NULL || (dp->dtdo_strtab =
			    dtrace_dof_table(dof, link, 1,
			    &dp->dtdo_strlen)) == NULL)
				goto bad;
			break;
		case DOF_SECT_VARTAB:
			if (dp->dtdo_vartab != NULL || (dp->dtdo_vartab =
			    dtrace_dof_table(dof, link, sizeof(dtrace_difv_t),
			    &dp->dtdo_varlen)) == NULL)
				goto bad;
			break;
		}
	}
	if (dp->dtdo_buf == NULL ||
	    dtrace_difo_validate(dp, vstate, DIF_DIR_NREGS) != 0)
		goto bad;
	return (dp);
bad:
	dp->dtdo_refcnt = 1;
	dtrace_difo_release(dp, vstate);
	return (NULL);
}

/* The chain of actions; *okp is 0 if one is bad. */
static dtrace_actdesc_t *
dtrace_dof_actdesc(dof_hdr_t *dof, dof_secidx_t ndx, dtrace_vstate_t *vstate,
    int *okp)
{
	dtrace_actdesc_t *act, *first, *last;
	dof_actdesc_t *desc;
	dof_sec_t *sec;
	const char *fmt;
	uint64_t i;

	*okp = 0;
	first = last = NULL;
	sec = dtrace_dof_sect(dof, DOF_SECT_ACTDESC, ndx);
	if (sec == NULL || sec->dofs_entsize < sizeof(dof_actdesc_t) ||
	    (sec->dofs_entsize & 7) != 0 || sec->dofs_align < 8 ||
	    sec->dofs_size / sec->dofs_entsize > DTRACE_ACTIONS_MAX)
		return (NULL);
	for (i = 0; i + sec->dofs_entsize <= sec->dofs_size;
	    i += sec->dofs_entsize) {
		desc = (dof_actdesc_t *)
		    ((uintptr_t)dtrace_dof_data(dof, sec) + i);
		act = dtrace_kmem_zalloc(sizeof(*act));
		if (last == NULL)
			first = act;
		else
			last->dtad_next = act;
		last = act;
		act->dtad_kind = (dtrace_actkind_t)desc->dofa_kind;
		act->dtad_ntuple = desc->dofa_ntuple;
		act->dtad_arg = desc->dofa_arg;
		act->dtad_uarg = desc->dofa_uarg;
		if (desc->dofa_strtab != DOF_SECIDX_NONE &&
		    (DTRACEACT_ISPRINTFLIKE(desc->dofa_kind) ||
		    desc->dofa_kind == DTRACEACT_DIFEXPR)) {
			fmt = dtrace_dof_string(dof, desc->dofa_strtab,
			    desc->dofa_arg);
			if (fmt == NULL)
				return (first);
			act->dtad_format = dtrace_strdup(fmt);
			act->dtad_arg = 0;
		}
		if (desc->dofa_difo == DOF_SECIDX_NONE)
			continue;
		act->dtad_difo = dtrace_dof_difo(dof, desc->dofa_difo, vstate);
		if (act->dtad_difo == NULL)
			return (first);
		dtrace_difo_hold(act->dtad_difo);
	}
	*okp = 1;
	return (first);
}

static void
dtrace_actdesc_release(dtrace_actdesc_t *act, dtrace_vstate_t *vstate)
{
	dtrace_actdesc_t *next;

	for (; act != NULL; act = next) {
		next = act->dtad_next;
		if (act->dtad_difo != NULL)
			dtrace_difo_release(act->dtad_difo, vstate);
		dtrace_kmem_free(act->dtad_format);
		dtrace_kmem_free(act);
	}
}

/* One clause; NULL if it is bad. */
static dtrace_ecbdesc_t *
dtrace_dof_ecbdesc(dof_hdr_t *dof, dof_sec_t *sec, dtrace_vstate_t *vstate)
{
	dtrace_ecbdesc_t *ep;
	dof_ecbdesc_t *ecb;
	dtrace_difo_t *dp;
	int ok;

	if (sec->dofs_size < sizeof(*ecb) || sec->dofs_align < 8)
		return (NULL);
	ecb = dtrace_dof_data(dof, sec);
	ep = dtrace_kmem_zalloc(sizeof(*ep));
	ep->dted_uarg = ecb->dofe_uarg;
	if (dtrace_dof_probedesc(dof, ecb->dofe_probes, &ep->dted_probe) != 0)
		goto bad;
	if (ecb->dofe_pred != DOF_SECIDX_NONE) {
		dp = dtrace_dof_difo(dof, ecb->dofe_pred, vstate);
		if (dp == NULL)
			goto bad;
		ep->dted_pred = dtrace_predicate_create(dp);
	}
	if (ecb->dofe_actions != DOF_SECIDX_NONE) {
		ep->dted_action = dtrace_dof_actdesc(dof, ecb->dofe_actions,
		    vstate, &ok);
		if (!ok)
			goto bad;
	}
	return (ep);
bad:
	if (ep->dted_pred != NULL)
		dtrace_predicate_release(ep->dted_pred, vstate);
	dtrace_actdesc_release(ep->dted_action, vstate);
	dtrace_kmem_free(ep);
	return (NULL);
}

/* All clauses of the DOF, in order. */
int
dtrace_dof_slurp(dof_hdr_t *dof, dtrace_vstate_t *vstate,
    dtrace_enabling_t **enabp)
{
	dtrace_enabling_t *enab;
	dtrace_ecbdesc_t *ep;
	dof_sec_t *sec;
	uint32_t i, n;
	int error;

	error = dtrace_dof_check(dof);
	if (error != 0)
		return (error);
	n = 0;
	for (i = 0; i < dof->dofh_secnum; i++)
		if (dtrace_dof_sect(dof, DOF_SECT_ECBDESC, i) != NULL)
			n++;
	enab = dtrace_kmem_zalloc(sizeof(*enab));
	enab->dten_vstate = vstate;
	enab->dten_maxdesc = (int)n;
	enab->dten_desc = dtrace_kmem_zalloc((n + 1) *
	    sizeof(enab->dten_desc[0]));
	for (i = 0; i < dof->dofh_secnum; i++) {
		sec = dtrace_dof_sect(dof, DOF_SECT_ECBDESC, i);
		if (sec == NULL)
			continue;
		ep = dtrace_dof_ecbdesc(dof, sec, vstate);
		if (ep == NULL) {
			dtrace_enabling_destroy(enab);
			return (EINVAL);
		}
		enab->dten_desc[enab->dten_ndesc++] = ep;
	}
	*enabp = enab;
	return (0);
}

void
dtrace_enabling_destroy(dtrace_enabling_t *enab)
{
	dtrace_ecbdesc_t *ep;
	int i;

	for (i = 0; i < enab->dten_ndesc; i++) {
		ep = enab->dten_desc[i];
		if (ep->dted_pred != NULL)
			dtrace_predicate_release(ep->dted_pred,
			    enab->dten_vstate);
		dtrace_actdesc_release(ep->dted_action, enab->dten_vstate);
		dtrace_kmem_free(ep);
	}
	dtrace_kmem_free(enab->dten_desc);
	dtrace_kmem_free(enab);
}

int
dtrace_dof_options(dof_hdr_t *dof, dtrace_state_t *state)
{
	dof_optdesc_t *desc;
	dof_sec_t *sec;
	uint64_t offs;
	uint32_t i;
	int error;

	for (i = 0; i < dof->dofh_secnum; i++) {
		sec = dtrace_dof_sect(dof, DOF_SECT_OPTDESC, i);
		if (sec == NULL)
			continue;
		if (sec->dofs_align < 8 || sec->dofs_entsize < sizeof(*desc) ||
		    (sec->dofs_entsize & 7) != 0)
			return (EINVAL);
		for (offs = 0; offs + sec->dofs_entsize <= sec->dofs_size;
		    offs += sec->dofs_entsize) {
			desc = (dof_optdesc_t *)
			    ((uintptr_t)dtrace_dof_data(dof, sec) + offs);
			error = dtrace_state_option(state, desc->dofo_option,
			    desc->dofo_value);
			if (error != 0)
				return (error);
		}
	}
	return (0);
}
