/*
 * DIF objects: are they fit to be run, and what variables do they bring?
 *
 * dtrace_difo_validate() is what probe context's safety rests on.  Whatever wrote
 * the DOF, an object that passes uses registers that exist, branches forward
 * to instructions that exist, ends in its only `ret', and names integers, strings and
 * variables that are in its tables.  So the emulator needs none of these checks.
 */
#include "dtrace_impl.h"

/* The object's entry for a variable. */
static dtrace_difv_t *
dtrace_difo_var(dtrace_difo_t *dp, u_int id, u_int scope)
{
	u_int i;

	for (i = 0; i < dp->dtdo_varlen; i++)
		if (dp->dtdo_vartab[i].dtdv_id == id &&
		    dp->dtdo_vartab[i].dtdv_scope == scope)
			return (&dp->dtdo_vartab[i]);
	return (NULL);
}

static int
dtrace_op_isload(u_int op)
{

	return ((op >= DIF_OP_LDSB && op <= DIF_OP_LDX) ||
	    (op >= DIF_OP_ULDSB && op <= DIF_OP_ULDX) ||
	    (op >= DIF_OP_RLDSB && op <= DIF_OP_RLDX));
}

/* A variable instruction: the variable must be known, of this scope and kind. */
static int
dtrace_validate_var(dtrace_difo_t *dp, u_int id, u_int scope, u_int kind,
    int store)
{
	dtrace_difv_t *v;

	if (id < DIF_VAR_OTHER_UBASE)
		return (store || scope != DIFV_SCOPE_GLOBAL ||
		    id < DIF_VAR_OTHER_MIN);
	v = dtrace_difo_var(dp, id, scope);
	return (v == NULL || v->dtdv_kind != kind);
}

/* One instruction: 0, or 1 if it is not fit. */
static int
dtrace_validate_instr(dtrace_difo_t *dp, u_int pc, u_int nregs)
{
	dif_instr_t instr;
	u_int op, r1, r2, rd;

	instr = dp->dtdo_buf[pc];
	op = DIF_INSTR_OP(instr);
	r1 = DIF_INSTR_R1(instr);
	r2 = DIF_INSTR_R2(instr);
	rd = DIF_INSTR_RD(instr);

	if (dtrace_op_isload(op))
		return (r1 >= nregs || r2 != 0 || rd >= nregs || rd == 0);
	switch (op) {
	case DIF_OP_OR: case DIF_OP_XOR: case DIF_OP_AND: case DIF_OP_SLL:
	case DIF_OP_SRL: case DIF_OP_SRA: case DIF_OP_SUB: case DIF_OP_ADD:
	case DIF_OP_MUL: case DIF_OP_SDIV: case DIF_OP_UDIV: case DIF_OP_SREM:
	case DIF_OP_UREM:
		return (r1 >= nregs || r2 >= nregs || rd >= nregs || rd == 0);
	case DIF_OP_COPYS:
		return (r1 >= nregs || r2 >= nregs || rd >= nregs);
	case DIF_OP_NOT: case DIF_OP_MOV: case DIF_OP_ALLOCS:
		return (r1 >= nregs || r2 != 0 || rd >= nregs || rd == 0);
	case DIF_OP_STB: case DIF_OP_STH: case DIF_OP_STW: case DIF_OP_STX:
		return (r1 >= nregs || r2 != 0 || rd >= nregs || rd == 0);
	case DIF_OP_CMP: case DIF_OP_SCMP:
		return (r1 >= nregs || r2 >= nregs || rd != 0);
	case DIF_OP_TST:
		return (r1 >= nregs || r2 != 0 || rd != 0);
	case DIF_OP_BA: case DIF_OP_BE: case DIF_OP_BNE: case DIF_OP_BG:
	case DIF_OP_BGU: case DIF_OP_BGE: case DIF_OP_BGEU: case DIF_OP_BL:
	case DIF_OP_BLU: case DIF_OP_BLE: case DIF_OP_BLEU:
		/* Forward, and to something. */
		return (DIF_INSTR_LABEL(instr) >= dp->dtdo_len ||
		    DIF_INSTR_LABEL(instr) <= pc);
	case DIF_OP_RET:
		return (r1 != 0 || r2 != 0 || rd >= nregs ||
		    pc != dp->dtdo_len - 1);
	case DIF_OP_NOP:
	case DIF_OP_POPTS:
	case DIF_OP_FLUSHTS:
		return (r1 != 0 || r2 != 0 || rd != 0);
	case DIF_OP_SETX:
		return (DIF_INSTR_INTEGER(instr) >= dp->dtdo_intlen ||
		    rd >= nregs || rd == 0);
	case DIF_OP_SETS:
		return (DIF_INSTR_STRING(instr) >= dp->dtdo_strlen ||
		    rd >= nregs || rd == 0);
	case DIF_OP_LDGA:
		return (r1 > DIF_VAR_ARRAY_MAX || r2 >= nregs ||
		    rd >= nregs || rd == 0);
	case DIF_OP_LDGS:
		return (rd >= nregs || rd == 0 || dtrace_validate_var(dp,
		    DIF_INSTR_VAR(instr), DIFV_SCOPE_GLOBAL, DIFV_KIND_SCALAR,
		    0));
	case DIF_OP_STGS:
		return (rd >= nregs || dtrace_validate_var(dp,
		    DIF_INSTR_VAR(instr), DIFV_SCOPE_GLOBAL, DIFV_KIND_SCALAR,
		    1));
	case DIF_OP_LDGAA:
	case DIF_OP_STGAA:
		return (rd >= nregs || dtrace_validate_var(dp,
		    DIF_INSTR_VAR(instr), DIFV_SCOPE_GLOBAL, DIFV_KIND_ARRAY,
		    1));
	case DIF_OP_LDTS:
	case DIF_OP_STTS:
		return (rd >= nregs || dtrace_validate_var(dp,
		    DIF_INSTR_VAR(instr), DIFV_SCOPE_THREAD, DIFV_KIND_SCALAR,
		    1));
	case DIF_OP_LDTAA:
	case DIF_OP_STTAA:
		return (rd >= nregs || dtrace_validate_var(dp,
		    DIF_INSTR_VAR(instr), DIFV_SCOPE_THREAD, DIFV_KIND_ARRAY,
		    1));
	case DIF_OP_LDLS:
	case DIF_OP_STLS:
		return (rd >= nregs || dtrace_validate_var(dp,
		    DIF_INSTR_VAR(instr), DIFV_SCOPE_LOCAL, DIFV_KIND_SCALAR,
		    1));
	case DIF_OP_CALL:
		if (DIF_INSTR_SUBR(instr) == DIF_SUBR_COPYOUT ||
		    DIF_INSTR_SUBR(instr) == DIF_SUBR_COPYOUTSTR)
			dp->dtdo_destructive = 1;
		else if (DIF_INSTR_SUBR(instr) == DIF_SUBR_SPECULATION)
			dp->dtdo_speculates = 1;
		return (DIF_INSTR_SUBR(instr) > DIF_SUBR_MAX || rd >= nregs ||
		    rd == 0);
	case DIF_OP_PUSHTR:
		return (r1 > DIF_TYPE_STRING || r2 >= nregs || rd >= nregs);
	case DIF_OP_PUSHTV:
		return (r1 > DIF_TYPE_STRING || rd >= nregs);
	default:
		return (1);	/* ldta, xlate, xlarg; no such opcode */
	}
}

/* A variable as declared before, and of a size that we can have. */
static int
dtrace_validate_difv(dtrace_difv_t *v, dtrace_vstate_t *vstate)
{
	dtrace_difv_t *old;
	u_int ndx;

	if (v->dtdv_id < DIF_VAR_OTHER_UBASE)
		return (v->dtdv_scope != DIFV_SCOPE_GLOBAL);
	if (v->dtdv_id > DIF_VARIABLE_MAX || v->dtdv_kind > DIFV_KIND_SCALAR ||
	    v->dtdv_type.dtdt_kind > DIF_TYPE_STRING)
		return (1);
	if ((v->dtdv_type.dtdt_flags & DIF_TF_BYREF) != 0 &&
	    v->dtdv_type.dtdt_size > DTRACE_STATVAR_MAXSIZE)
		return (1);

	ndx = v->dtdv_id - DIF_VAR_OTHER_UBASE;
	old = NULL;
	switch (v->dtdv_scope) {
	case DIFV_SCOPE_GLOBAL:
		if (ndx < (u_int)vstate->dtvs_nglobals &&
		    vstate->dtvs_globals[ndx] != NULL)
			old = &vstate->dtvs_globals[ndx]->dtsv_var;
		break;
	case DIFV_SCOPE_THREAD:
		if (ndx < (u_int)vstate->dtvs_ntlocals &&
		    vstate->dtvs_tlocals[ndx].dtdv_id != 0)
			old = &vstate->dtvs_tlocals[ndx];
		break;
	case DIFV_SCOPE_LOCAL:
		if (ndx < (u_int)vstate->dtvs_nlocals &&
		    vstate->dtvs_locals[ndx] != NULL)
			old = &vstate->dtvs_locals[ndx]->dtsv_var;
		break;
	default:
		return (1);
	}
	return (old != NULL && (old->dtdv_kind != v->dtdv_kind ||
	    old->dtdv_type.dtdt_kind != v->dtdv_type.dtdt_kind ||
	    (old->dtdv_type.dtdt_flags & DIF_TF_BYREF) !=
	    (v->dtdv_type.dtdt_flags & DIF_TF_BYREF) ||
	    ((v->dtdv_type.dtdt_flags & DIF_TF_BYREF) != 0 &&
	    old->dtdv_type.dtdt_size != v->dtdv_type.dtdt_size)));
}

/* 0, or the number of things that are wrong. */
int
dtrace_difo_validate(dtrace_difo_t *dp, dtrace_vstate_t *vstate, u_int nregs)
{
	u_int i, last, pc;
	int nerrs;

	if (dp->dtdo_len == 0 || dp->dtdo_buf == NULL)
		return (1);
	nerrs = 0;
	for (pc = 0; pc < dp->dtdo_len; pc++)
		nerrs += dtrace_validate_instr(dp, pc, nregs);
	last = dp->dtdo_buf[dp->dtdo_len - 1];
	if (DIF_INSTR_OP(last) != DIF_OP_RET)
		nerrs++;
	for (i = 0; i < dp->dtdo_varlen; i++)
		nerrs += dtrace_validate_difv(&dp->dtdo_vartab[i], vstate);
	if (dp->dtdo_strlen != 0 &&
	    dp->dtdo_strtab[dp->dtdo_strlen - 1] != '\0')
		nerrs++;
	return (nerrs);
}

/*
 * The id under which a predicate's falseness may be cached: only if it depends on
 * nothing but the thread.
 */
static dtrace_cacheid_t dtrace_predcache_id = DTRACE_CACHEIDNONE + 1;

dtrace_cacheid_t
dtrace_difo_cacheable(dtrace_difo_t *dp)
{
	dtrace_difv_t *v;
	u_int i, op;

	for (i = 0; i < dp->dtdo_varlen; i++) {
		v = &dp->dtdo_vartab[i];
		if (v->dtdv_scope == DIFV_SCOPE_THREAD)
			continue;	/* stts drops the cached id. */
		if (v->dtdv_scope != DIFV_SCOPE_GLOBAL)
			return (DTRACE_CACHEIDNONE);
		switch (v->dtdv_id) {
		case DIF_VAR_CURTHREAD:
		case DIF_VAR_PID:
		case DIF_VAR_TID:
		case DIF_VAR_EXECNAME:
		case DIF_VAR_ZONENAME:
		case DIF_VAR_JAILNAME:
		case DIF_VAR_JID:
			break;
		default:
			return (DTRACE_CACHEIDNONE);
		}
	}
	for (i = 0; i < dp->dtdo_len; i++) {
		op = DIF_INSTR_OP(dp->dtdo_buf[i]);
		if (dtrace_op_isload(op) || op == DIF_OP_LDGA ||
		    op == DIF_OP_STTS || op == DIF_OP_STGS ||
		    op == DIF_OP_STGAA || op == DIF_OP_STTAA ||
		    op == DIF_OP_STLS || op == DIF_OP_CALL)
			return (DTRACE_CACHEIDNONE);
	}
	return (dtrace_predcache_id++);
}

int
dtrace_difo_usesvtime(dtrace_difo_t *dp)
{

	return (dtrace_difo_var(dp, DIF_VAR_VTIMESTAMP, DIFV_SCOPE_GLOBAL) !=
	    NULL);
}

void
dtrace_difo_hold(dtrace_difo_t *dp)
{

	dp->dtdo_refcnt++;
}

/* --- Variables come into being ------------------------------------------------------- */

/*
 * How large a chunk must be for the dynamic variables that the object makes: the
 * tuple's pushes are followed up to the store.  A key's size by register is
 * known if it was set from the integer table.
 */
static void
dtrace_difo_chunksize(dtrace_difo_t *dp, dtrace_vstate_t *vstate)
{
	dtrace_dstate_t *dstate;
	dtrace_difv_t *v;
	dif_instr_t instr;
	uint64_t sval;
	size_t ksize, size, strsize;
	u_int nkeys, pc, scope, srd;

	dstate = &vstate->dtvs_dynvars;
	strsize = vstate->dtvs_state->dts_options[DTRACEOPT_STRSIZE];
	ksize = 0;
	nkeys = 0;
	sval = 0;
	srd = 0;
	for (pc = 0; pc < dp->dtdo_len; pc++) {
		instr = dp->dtdo_buf[pc];
		scope = DIFV_SCOPE_GLOBAL;
		switch (DIF_INSTR_OP(instr)) {
		case DIF_OP_SETX:
			sval = dp->dtdo_inttab[DIF_INSTR_INTEGER(instr)];
			srd = DIF_INSTR_RD(instr);
			continue;
		case DIF_OP_FLUSHTS:
			nkeys = 0;
			ksize = 0;
			continue;
		case DIF_OP_PUSHTV:
			nkeys++;
			continue;
		case DIF_OP_PUSHTR:
			nkeys++;
			if (DIF_INSTR_R1(instr) == DIF_TYPE_STRING)
				ksize += roundup2(strsize, 8);
			else if (srd != 0 && DIF_INSTR_R2(instr) == srd)
				ksize += roundup2(sval, 8);
			continue;
		case DIF_OP_STTS:
			scope = DIFV_SCOPE_THREAD;
			nkeys = 0;
			ksize = 0;
			break;
		case DIF_OP_STTAA:
			scope = DIFV_SCOPE_THREAD;
			break;
		case DIF_OP_STGAA:
			break;
		default:
			continue;
		}
		v = dtrace_difo_var(dp, DIF_INSTR_VAR(instr), scope);
		size = sizeof(dtrace_dynvar_t) + (nkeys + 1) *
		    sizeof(dtrace_key_t) + ksize +
		    ((v->dtdv_type.dtdt_flags & DIF_TF_BYREF) != 0 ?
		    v->dtdv_type.dtdt_size : sizeof(uint64_t));
		size = roundup2(size, sizeof(uint64_t));
		if (size > dstate->dtds_chunksize)
			dstate->dtds_chunksize = size;
	}
}

/* An array of pointers grown to hold index ndx. */
static void
dtrace_statvar_grow(dtrace_statvar_t ***svarsp, int *nsvarsp, u_int ndx)
{
	dtrace_statvar_t **svars;
	int i, n;

	if (ndx < (u_int)*nsvarsp)
		return;
	n = (int)roundup2(ndx + 1, 16);
	svars = dtrace_kmem_zalloc(n * sizeof(svars[0]));
	for (i = 0; i < *nsvarsp; i++)
		svars[i] = (*svarsp)[i];
	/* The object is not enabled yet, but others may be running. */
	if (*svarsp != NULL) {
		dtrace_statvar_t **old;

		old = *svarsp;
		*svarsp = svars;
		dtrace_sync();
		dtrace_kmem_free(old);
	} else
		*svarsp = svars;
	*nsvarsp = n;
}

static void
dtrace_statvar_init(dtrace_statvar_t ***svarsp, int *nsvarsp, dtrace_difv_t *v,
    int ncpu)
{
	dtrace_statvar_t *svar;
	u_int ndx;

	ndx = v->dtdv_id - DIF_VAR_OTHER_UBASE;
	dtrace_statvar_grow(svarsp, nsvarsp, ndx);
	svar = (*svarsp)[ndx];
	if (svar == NULL) {
		svar = dtrace_kmem_zalloc(sizeof(*svar));
		svar->dtsv_var = *v;
		if (v->dtdv_kind == DIFV_KIND_SCALAR) {
			if ((v->dtdv_type.dtdt_flags & DIF_TF_BYREF) != 0)
				svar->dtsv_size = (ncpu == 0 ? 1 : ncpu) *
				    DTRACE_STATVAR_STRIDE(&v->dtdv_type);
			else if (ncpu != 0)
				svar->dtsv_size = ncpu * sizeof(uint64_t);
			if (svar->dtsv_size != 0)
				svar->dtsv_data = (uintptr_t)
				    dtrace_kmem_zalloc(svar->dtsv_size);
		}
		(*svarsp)[ndx] = svar;
	}
	svar->dtsv_refcnt++;
}

static void
dtrace_tlocal_init(dtrace_vstate_t *vstate, dtrace_difv_t *v)
{
	dtrace_difv_t *tlocals;
	u_int ndx;
	int i, n;

	ndx = v->dtdv_id - DIF_VAR_OTHER_UBASE;
	if (ndx >= (u_int)vstate->dtvs_ntlocals) {
		n = (int)roundup2(ndx + 1, 16);
		tlocals = dtrace_kmem_zalloc(n * sizeof(tlocals[0]));
		for (i = 0; i < vstate->dtvs_ntlocals; i++)
			tlocals[i] = vstate->dtvs_tlocals[i];
		dtrace_sync();
		dtrace_kmem_free(vstate->dtvs_tlocals);
		vstate->dtvs_tlocals = tlocals;
		vstate->dtvs_ntlocals = n;
	}
	vstate->dtvs_tlocals[ndx] = *v;
}

/* First use of an object: its variables exist from now on. */
void
dtrace_difo_init(dtrace_difo_t *dp, dtrace_vstate_t *vstate)
{
	dtrace_difv_t *v;
	u_int i;
	int ncpu;

	ncpu = (int)vstate->dtvs_state->dts_ncpu;
	for (i = 0; i < dp->dtdo_varlen; i++) {
		v = &dp->dtdo_vartab[i];
		if (v->dtdv_id < DIF_VAR_OTHER_UBASE)
			continue;
		switch (v->dtdv_scope) {
		case DIFV_SCOPE_GLOBAL:
			dtrace_statvar_init(&vstate->dtvs_globals,
			    &vstate->dtvs_nglobals, v, 0);
			break;
		case DIFV_SCOPE_LOCAL:
			dtrace_statvar_init(&vstate->dtvs_locals,
			    &vstate->dtvs_nlocals, v, ncpu);
			break;
		case DIFV_SCOPE_THREAD:
			dtrace_tlocal_init(vstate, v);
			break;
		}
	}
	dtrace_difo_chunksize(dp, vstate);
	dtrace_difo_hold(dp);
}

/* The last user is gone.  Variables live as long as their consumer. */
void
dtrace_difo_release(dtrace_difo_t *dp, dtrace_vstate_t *vstate)
{

	if (--dp->dtdo_refcnt != 0)
		return;
	dtrace_kmem_free(dp->dtdo_buf);
	dtrace_kmem_free(dp->dtdo_inttab);
	dtrace_kmem_free(dp->dtdo_strtab);
	dtrace_kmem_free(dp->dtdo_vartab);
	dtrace_kmem_free(dp);
}
