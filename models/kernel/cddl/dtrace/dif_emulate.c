/*
 * The DIF emulator: a register machine that cannot do harm.
 *
 * It has no loops (branches go forward only, which dtrace_difo_validate()
 * checks when the program is loaded), so it ends.  Its loads can't fault, its
 * stores go to DTrace's own memory.  Any trouble sets a flag of this CPU, and a
 * set flag ends the emulation.
 *
 * Condition codes are those of SPARC: cmp sets negative, zero, overflow and
 * carry from r1 - r2, tst from r1, and branches test combinations of them.
 */
#include "dtrace_impl.h"

/* Variables of the program have ids from DIF_VAR_OTHER_UBASE. */
static dtrace_statvar_t *
dtrace_statvar(dtrace_statvar_t **svars, uint32_t id)
{

	return (svars[id - DIF_VAR_OTHER_UBASE]);
}

/*
 * A static variable held by reference begins with a word that says whether it
 * is NULL; its bytes follow.  An unassigned one is all zeros.
 */
#define	STATVAR_NULL	1

static uint64_t
dtrace_byref_load(uintptr_t a)
{

	if (*(uint64_t *)a == STATVAR_NULL)
		return (0);
	return (a + sizeof(uint64_t));
}

static void
dtrace_byref_store(uintptr_t a, uint64_t val, dtrace_difv_t *v,
    dtrace_mstate_t *mstate, dtrace_vstate_t *vstate)
{

	if (val == 0) {
		*(uint64_t *)a = STATVAR_NULL;
		return;
	}
	if (!dtrace_vcanload((void *)val, &v->dtdv_type, mstate, vstate))
		return;
	*(uint64_t *)a = 0;
	dtrace_vcopy((void *)val, (void *)(a + sizeof(uint64_t)),
	    &v->dtdv_type);
}

/* Where a clause-local variable held by reference lies, on this CPU. */
static uintptr_t
dtrace_local_addr(dtrace_statvar_t *svar)
{

	return (svar->dtsv_data + curcpu *
	    DTRACE_STATVAR_STRIDE(&svar->dtsv_var.dtdv_type));
}

/* A dynamic variable's value: by reference, or the word itself. */
static uint64_t
dtrace_dynvar_load(dtrace_dynvar_t *dvar, dtrace_difv_t *v)
{

	if (dvar == NULL)
		return (0);
	if (v->dtdv_type.dtdt_flags & DIF_TF_BYREF)
		return ((uintptr_t)dvar->dtdv_data);
	return (*(uint64_t *)dvar->dtdv_data);
}

/*
 * Assign to a dynamic variable.  Storing 0 into a scalar or NULL into a string
 * frees it: that is how D programs give the space back.
 */
static void
dtrace_dynvar_store(dtrace_difv_t *v, uint64_t val, unsigned nkeys,
    dtrace_key_t *key, dtrace_mstate_t *mstate, dtrace_vstate_t *vstate)
{
	dtrace_dynvar_t *dvar;
	size_t sz;

	sz = (v->dtdv_type.dtdt_flags & DIF_TF_BYREF) != 0 ?
	    v->dtdv_type.dtdt_size : sizeof(uint64_t);
	dvar = dtrace_dynvar(&vstate->dtvs_dynvars, nkeys, key, sz,
	    val != 0 ? DTRACE_DYNVAR_ALLOC : DTRACE_DYNVAR_DEALLOC,
	    mstate, vstate);
	if (dvar == NULL)
		return;
	if (v->dtdv_type.dtdt_flags & DIF_TF_BYREF) {
		if (!dtrace_vcanload((void *)val, &v->dtdv_type, mstate,
		    vstate))
			return;
		dtrace_vcopy((void *)val, dvar->dtdv_data, &v->dtdv_type);
	} else
		*(uint64_t *)dvar->dtdv_data = val;
}

/* The thread-local variable's description. */
static dtrace_difv_t *
dtrace_tlocal(dtrace_vstate_t *vstate, uint32_t id)
{

	return (&vstate->dtvs_tlocals[id - DIF_VAR_OTHER_UBASE]);
}

uint64_t
dtrace_dif_emulate(dtrace_difo_t *difo, dtrace_mstate_t *mstate,
    dtrace_vstate_t *vstate, dtrace_state_t *state)
{
	const dif_instr_t *text;
	dtrace_statvar_t *svar;
	dtrace_difv_t *v;
	dtrace_key_t tupregs[DIF_DTR_NREGS + 2];	/* +2: id, thread */
	uint64_t regs[DIF_DIR_NREGS];
	uint32_t *flags;
	int64_t cc_r;
	uint64_t size, val;
	u_int cc_n, cc_z, cc_v, cc_c;
	u_int id, nkeys, opc, pc, r1, r2, rd, ttop;
	dif_instr_t instr;
	uintptr_t a;

	text = difo->dtdo_buf;
	flags = &cpu_core[curcpu].cpuc_dtrace_flags;
	cc_n = cc_z = cc_v = cc_c = 0;
	ttop = 0;
	pc = 0;
	instr = 0;
	rd = 0;
	mstate->dtms_difo = difo;
	regs[0] = 0;			/* %r0 is always 0. */

	/* The last instruction is a ret, and none branches past it. */
	for (;;) {
		opc = pc;
		instr = text[pc++];
		r1 = DIF_INSTR_R1(instr);
		r2 = DIF_INSTR_R2(instr);
		rd = DIF_INSTR_RD(instr);

		switch (DIF_INSTR_OP(instr)) {
		case DIF_OP_OR:
			regs[rd] = regs[r1] | regs[r2];
			break;
		case DIF_OP_XOR:
			regs[rd] = regs[r1] ^ regs[r2];
			break;
		case DIF_OP_AND:
			regs[rd] = regs[r1] & regs[r2];
			break;
		case DIF_OP_SLL:
			regs[rd] = regs[r1] << (regs[r2] & 63);
			break;
		case DIF_OP_SRL:
			regs[rd] = regs[r1] >> (regs[r2] & 63);
			break;
		case DIF_OP_SRA:
			regs[rd] = (uint64_t)((int64_t)regs[r1] >>
			    (regs[r2] & 63));
			break;
		case DIF_OP_SUB:
			regs[rd] = regs[r1] - regs[r2];
			break;
		case DIF_OP_ADD:
			regs[rd] = regs[r1] + regs[r2];
			break;
		case DIF_OP_MUL:
			regs[rd] = regs[r1] * regs[r2];
			break;
		case DIF_OP_SDIV:
			if (regs[r2] == 0)
				*flags |= CPU_DTRACE_DIVZERO;
			else if ((int64_t)regs[r2] == -1)
				regs[rd] = 0 - regs[r1];
			else
				regs[rd] = (uint64_t)((int64_t)regs[r1] /
				    (int64_t)regs[r2]);
			break;
		case DIF_OP_UDIV:
			if (regs[r2] == 0)
				*flags |= CPU_DTRACE_DIVZERO;
			else
				regs[rd] = regs[r1] / regs[r2];
			break;
		case DIF_OP_SREM:
			if (regs[r2] == 0)
				*flags |= CPU_DTRACE_DIVZERO;
			else if ((int64_t)regs[r2] == -1)
				regs[rd] = 0;
			else
				regs[rd] = (uint64_t)((int64_t)regs[r1] %
				    (int64_t)regs[r2]);
			break;
		case DIF_OP_UREM:
			if (regs[r2] == 0)
				*flags |= CPU_DTRACE_DIVZERO;
			else
				regs[rd] = regs[r1] % regs[r2];
			break;
		case DIF_OP_NOT:
			regs[rd] = ~regs[r1];
			break;
		case DIF_OP_MOV:
			regs[rd] = regs[r1];
			break;

		case DIF_OP_CMP:
			cc_r = (int64_t)(regs[r1] - regs[r2]);
			cc_n = cc_r < 0;
			cc_z = cc_r == 0;
			cc_v = ((int64_t)((regs[r1] ^ regs[r2]) &
			    (regs[r1] ^ (uint64_t)cc_r))) < 0;
			cc_c = regs[r1] < regs[r2];
			break;
		case DIF_OP_TST:
			cc_n = cc_v = cc_c = 0;
			cc_z = regs[r1] == 0;
			break;
		case DIF_OP_SCMP:
			size = state->dts_options[DTRACEOPT_STRSIZE];
			if (regs[r1] != 0 &&
			    !dtrace_strcanload(regs[r1], size, mstate, vstate))
				break;
			if (regs[r2] != 0 &&
			    !dtrace_strcanload(regs[r2], size, mstate, vstate))
				break;
			cc_r = dtrace_strncmp((char *)regs[r1],
			    (char *)regs[r2], size);
			cc_n = cc_r < 0;
			cc_z = cc_r == 0;
			cc_v = cc_c = 0;
			break;
		case DIF_OP_BA:
			pc = DIF_INSTR_LABEL(instr);
			break;
		case DIF_OP_BE:
			if (cc_z)
				pc = DIF_INSTR_LABEL(instr);
			break;
		case DIF_OP_BNE:
			if (cc_z == 0)
				pc = DIF_INSTR_LABEL(instr);
			break;
		case DIF_OP_BG:
			if ((cc_z | (cc_n ^ cc_v)) == 0)
				pc = DIF_INSTR_LABEL(instr);
			break;
		case DIF_OP_BGU:
			if ((cc_c | cc_z) == 0)
				pc = DIF_INSTR_LABEL(instr);
			break;
		case DIF_OP_BGE:
			if ((cc_n ^ cc_v) == 0)
				pc = DIF_INSTR_LABEL(instr);
			break;
		case DIF_OP_BGEU:
			if (cc_c == 0)
				pc = DIF_INSTR_LABEL(instr);
			break;
		case DIF_OP_BL:
			if (cc_n ^ cc_v)
				pc = DIF_INSTR_LABEL(instr);
			break;
		case DIF_OP_BLU:
			if (cc_c)
				pc = DIF_INSTR_LABEL(instr);
			break;
		case DIF_OP_BLE:
			if (cc_z | (cc_n ^ cc_v))
				pc = DIF_INSTR_LABEL(instr);
			break;
		case DIF_OP_BLEU:
			if (cc_c | cc_z)
				pc = DIF_INSTR_LABEL(instr);
			break;

		/* The checked forms differ if the consumer has no privilege. */
		case DIF_OP_RLDSB:
			if (!dtrace_canload(regs[r1], 1, mstate, vstate))
				break;
			/* FALLTHROUGH */
		case DIF_OP_LDSB:
			regs[rd] = (uint64_t)(int64_t)(int8_t)
			    dtrace_load8(regs[r1]);
			break;
		case DIF_OP_RLDSH:
			if (!dtrace_canload(regs[r1], 2, mstate, vstate))
				break;
			/* FALLTHROUGH */
		case DIF_OP_LDSH:
			regs[rd] = (uint64_t)(int64_t)(int16_t)
			    dtrace_load16(regs[r1]);
			break;
		case DIF_OP_RLDSW:
			if (!dtrace_canload(regs[r1], 4, mstate, vstate))
				break;
			/* FALLTHROUGH */
		case DIF_OP_LDSW:
			regs[rd] = (uint64_t)(int64_t)(int32_t)
			    dtrace_load32(regs[r1]);
			break;
		case DIF_OP_RLDUB:
			if (!dtrace_canload(regs[r1], 1, mstate, vstate))
				break;
			/* FALLTHROUGH */
		case DIF_OP_LDUB:
			regs[rd] = dtrace_load8(regs[r1]);
			break;
		case DIF_OP_RLDUH:
			if (!dtrace_canload(regs[r1], 2, mstate, vstate))
				break;
			/* FALLTHROUGH */
		case DIF_OP_LDUH:
			regs[rd] = dtrace_load16(regs[r1]);
			break;
		case DIF_OP_RLDUW:
			if (!dtrace_canload(regs[r1], 4, mstate, vstate))
				break;
			/* FALLTHROUGH */
		case DIF_OP_LDUW:
			regs[rd] = dtrace_load32(regs[r1]);
			break;
		case DIF_OP_RLDX:
			if (!dtrace_canload(regs[r1], 8, mstate, vstate))
				break;
			/* FALLTHROUGH */
		case DIF_OP_LDX:
			regs[rd] = dtrace_load64(regs[r1]);
			break;
		case DIF_OP_ULDSB:
			regs[rd] = (uint64_t)(int64_t)(int8_t)
			    dtrace_uload(regs[r1], 1);
			break;
		case DIF_OP_ULDSH:
			regs[rd] = (uint64_t)(int64_t)(int16_t)
			    dtrace_uload(regs[r1], 2);
			break;
		case DIF_OP_ULDSW:
			regs[rd] = (uint64_t)(int64_t)(int32_t)
			    dtrace_uload(regs[r1], 4);
			break;
		case DIF_OP_ULDUB:
			regs[rd] = (uint8_t)dtrace_uload(regs[r1], 1);
			break;
		case DIF_OP_ULDUH:
			regs[rd] = (uint16_t)dtrace_uload(regs[r1], 2);
			break;
		case DIF_OP_ULDUW:
			regs[rd] = (uint32_t)dtrace_uload(regs[r1], 4);
			break;
		case DIF_OP_ULDX:
			regs[rd] = dtrace_uload(regs[r1], 8);
			break;

		case DIF_OP_RET:
			return (regs[rd]);
		case DIF_OP_NOP:
			break;
		case DIF_OP_SETX:
			regs[rd] = difo->dtdo_inttab[DIF_INSTR_INTEGER(instr)];
			break;
		case DIF_OP_SETS:
			regs[rd] = (uintptr_t)(difo->dtdo_strtab +
			    DIF_INSTR_STRING(instr));
			break;

		/* Variables. */
		case DIF_OP_LDGA:
			regs[rd] = dtrace_dif_variable(mstate, state, r1,
			    regs[r2]);
			break;
		case DIF_OP_LDGS:
			id = DIF_INSTR_VAR(instr);
			if (id < DIF_VAR_OTHER_UBASE) {
				/* A built-in one. */
				regs[rd] = dtrace_dif_variable(mstate, state,
				    id, 0);
				break;
			}
			svar = dtrace_statvar(vstate->dtvs_globals, id);
			if (svar->dtsv_var.dtdv_type.dtdt_flags & DIF_TF_BYREF)
				regs[rd] = dtrace_byref_load(svar->dtsv_data);
			else
				regs[rd] = svar->dtsv_data;
			break;
		case DIF_OP_STGS:
			id = DIF_INSTR_VAR(instr);
			svar = dtrace_statvar(vstate->dtvs_globals, id);
			if (svar->dtsv_var.dtdv_type.dtdt_flags & DIF_TF_BYREF)
				dtrace_byref_store(svar->dtsv_data, regs[rd],
				    &svar->dtsv_var, mstate, vstate);
			else
				svar->dtsv_data = regs[rd];
			break;
		case DIF_OP_LDTA:
			/* No thread-local arrays exist. */
			*flags |= CPU_DTRACE_ILLOP;
			break;
		case DIF_OP_LDLS:
			id = DIF_INSTR_VAR(instr);
			svar = dtrace_statvar(vstate->dtvs_locals, id);
			if (svar->dtsv_var.dtdv_type.dtdt_flags & DIF_TF_BYREF)
				regs[rd] = dtrace_byref_load(
				    dtrace_local_addr(svar));
			else
				regs[rd] = ((uint64_t *)svar->dtsv_data)
				    [curcpu];
			break;
		case DIF_OP_STLS:
			id = DIF_INSTR_VAR(instr);
			svar = dtrace_statvar(vstate->dtvs_locals, id);
			if (svar->dtsv_var.dtdv_type.dtdt_flags & DIF_TF_BYREF)
				dtrace_byref_store(dtrace_local_addr(svar),
				    regs[rd], &svar->dtsv_var, mstate, vstate);
			else
				((uint64_t *)svar->dtsv_data)[curcpu] =
				    regs[rd];
			break;
		case DIF_OP_LDTS:
			id = DIF_INSTR_VAR(instr);
			v = dtrace_tlocal(vstate, id);
			tupregs[0].dttk_value = id;
			tupregs[0].dttk_size = 0;
			tupregs[1].dttk_value = dtrace_tls_thrkey();
			tupregs[1].dttk_size = 0;
			regs[rd] = dtrace_dynvar_load(dtrace_dynvar(
			    &vstate->dtvs_dynvars, 2, tupregs, sizeof(uint64_t),
			    DTRACE_DYNVAR_NOALLOC, mstate, vstate), v);
			break;
		case DIF_OP_STTS:
			id = DIF_INSTR_VAR(instr);
			v = dtrace_tlocal(vstate, id);
			tupregs[0].dttk_value = id;
			tupregs[0].dttk_size = 0;
			tupregs[1].dttk_value = dtrace_tls_thrkey();
			tupregs[1].dttk_size = 0;
			dtrace_dynvar_store(v, regs[rd], 2, tupregs, mstate,
			    vstate);
			/* A predicate may depend on it. */
			curthread->td_predcache = DTRACE_CACHEIDNONE;
			break;

		/* Tuples, and the associative arrays that they index. */
		case DIF_OP_PUSHTR:
			if (ttop == DIF_DTR_NREGS) {
				*flags |= CPU_DTRACE_TUPOFLOW;
				break;
			}
			tupregs[ttop].dttk_value = regs[rd];
			if (r1 == DIF_TYPE_STRING) {
				/* As far as its NUL, which counts. */
				size = state->dts_options[DTRACEOPT_STRSIZE];
				if (!dtrace_strcanload(regs[rd], size, mstate,
				    vstate))
					break;
				tupregs[ttop].dttk_size =
				    dtrace_strlen((char *)regs[rd], size - 1) +
				    1;
			} else {
				if (regs[r2] > 0x7fffffff) {
					*flags |= CPU_DTRACE_ILLOP;
					break;
				}
				tupregs[ttop].dttk_size = regs[r2];
			}
			ttop++;
			break;
		case DIF_OP_PUSHTV:
			if (ttop == DIF_DTR_NREGS) {
				*flags |= CPU_DTRACE_TUPOFLOW;
				break;
			}
			tupregs[ttop].dttk_value = regs[rd];
			tupregs[ttop].dttk_size = 0;
			ttop++;
			break;
		case DIF_OP_POPTS:
			if (ttop != 0)
				ttop--;
			break;
		case DIF_OP_FLUSHTS:
			ttop = 0;
			break;
		case DIF_OP_LDGAA:
		case DIF_OP_LDTAA:
		case DIF_OP_STGAA:
		case DIF_OP_STTAA:
			id = DIF_INSTR_VAR(instr);
			nkeys = ttop;
			tupregs[nkeys].dttk_value = id;
			tupregs[nkeys].dttk_size = 0;
			nkeys++;
			if (DIF_INSTR_OP(instr) == DIF_OP_LDTAA ||
			    DIF_INSTR_OP(instr) == DIF_OP_STTAA) {
				tupregs[nkeys].dttk_value = dtrace_tls_thrkey();
				tupregs[nkeys].dttk_size = 0;
				nkeys++;
				v = dtrace_tlocal(vstate, id);
			} else
				v = &dtrace_statvar(vstate->dtvs_globals,
				    id)->dtsv_var;
			if (DIF_INSTR_OP(instr) == DIF_OP_LDGAA ||
			    DIF_INSTR_OP(instr) == DIF_OP_LDTAA) {
				size = (v->dtdv_type.dtdt_flags &
				    DIF_TF_BYREF) != 0 ?
				    v->dtdv_type.dtdt_size : sizeof(uint64_t);
				regs[rd] = dtrace_dynvar_load(dtrace_dynvar(
				    &vstate->dtvs_dynvars, nkeys, tupregs, size,
				    DTRACE_DYNVAR_NOALLOC, mstate, vstate), v);
			} else
				dtrace_dynvar_store(v, regs[rd], nkeys,
				    tupregs, mstate, vstate);
			break;

		case DIF_OP_CALL:
			dtrace_dif_subr(DIF_INSTR_SUBR(instr), rd, regs,
			    tupregs, (int)ttop, mstate, state);
			break;

		/* Scratch space, and stores to it. */
		case DIF_OP_ALLOCS:
			a = roundup2(mstate->dtms_scratch_ptr, 8);
			size = a - mstate->dtms_scratch_ptr + regs[r1];
			/* The sum may have wrapped. */
			if (size < regs[r1] ||
			    !DTRACE_INSCRATCH(mstate, size)) {
				*flags |= CPU_DTRACE_NOSCRATCH;
				regs[rd] = 0;
				break;
			}
			dtrace_bzero((void *)mstate->dtms_scratch_ptr, size);
			mstate->dtms_scratch_ptr += size;
			regs[rd] = a;
			break;
		case DIF_OP_COPYS:
			if (!dtrace_canstore(regs[rd], regs[r2], mstate,
			    vstate)) {
				*flags |= CPU_DTRACE_BADADDR;
				cpu_core[curcpu].cpuc_dtrace_illval = regs[rd];
				break;
			}
			if (!dtrace_canload(regs[r1], regs[r2], mstate, vstate))
				break;
			dtrace_bcopy((void *)regs[r1], (void *)regs[rd],
			    regs[r2]);
			break;
		case DIF_OP_STB:
		case DIF_OP_STH:
		case DIF_OP_STW:
		case DIF_OP_STX:
			size = 1UL << (DIF_INSTR_OP(instr) - DIF_OP_STB);
			a = regs[rd];
			val = regs[r1];
			if (!dtrace_canstore(a, size, mstate, vstate)) {
				*flags |= CPU_DTRACE_BADADDR;
				cpu_core[curcpu].cpuc_dtrace_illval = a;
				break;
			}
			if ((a & (size - 1)) != 0) {
				*flags |= CPU_DTRACE_BADALIGN;
				cpu_core[curcpu].cpuc_dtrace_illval = a;
				break;
			}
			if (size == 1)
				*(uint8_t *)a = (uint8_t)val;
			else if (size == 2)
				*(uint16_t *)a = (uint16_t)val;
			else if (size == 4)
				*(uint32_t *)a = (uint32_t)val;
			else
				*(uint64_t *)a = val;
			break;

		default:
			/* xlate and xlarg are resolved before; ldta above. */
			*flags |= CPU_DTRACE_ILLOP;
			break;
		}
		if (*flags & CPU_DTRACE_FAULT) {
			mstate->dtms_fltoffs = opc * sizeof(dif_instr_t);
			mstate->dtms_present |= DTRACE_MSTATE_FLTOFFS;
			return (0);
		}
	}
}
