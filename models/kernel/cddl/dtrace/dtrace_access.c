/*
 * Loads and stores that a D program asks for.
 *
 * A D program may follow any pointer, and pointers lie.  So every load goes
 * through __probe_load(), which does not fault: a bad address sets the BADADDR
 * flag of this CPU, and whoever emulates sees the flag and stops the clause.
 * Strings are taken byte by byte for the same reason: where they end is not
 * known before.
 *
 * Stores are allowed to DTrace's own memory only: the scratch space of this
 * firing, and variables.  A store anywhere else is refused before it happens.
 */
#include "dtrace_impl.h"

/* --- Loads -------------------------------------------------------------------- */

static void
dtrace_badaddr(uintptr_t addr)
{

	DTRACE_CPUFLAG_SET(CPU_DTRACE_BADADDR);
	cpu_core[curcpu].cpuc_dtrace_illval = addr;
}

uint8_t
dtrace_load8(uintptr_t addr)
{
	unsigned long v;

	if (__probe_load(addr, 1, &v) != 0) {
		dtrace_badaddr(addr);
		return (0);
	}
	return ((uint8_t)v);
}

uint16_t
dtrace_load16(uintptr_t addr)
{
	unsigned long v;

	if (__probe_load(addr, 2, &v) != 0) {
		dtrace_badaddr(addr);
		return (0);
	}
	return ((uint16_t)v);
}

uint32_t
dtrace_load32(uintptr_t addr)
{
	unsigned long v;

	if (__probe_load(addr, 4, &v) != 0) {
		dtrace_badaddr(addr);
		return (0);
	}
	return ((uint32_t)v);
}

uint64_t
dtrace_load64(uintptr_t addr)
{
	unsigned long v;

	if (__probe_load(addr, 8, &v) != 0) {
		dtrace_badaddr(addr);
		return (0);
	}
	return (v);
}

/* From the current process, if the page is there: probe context can't wait. */
uint64_t
dtrace_uload(uintptr_t addr, int size)
{
	unsigned long v;

	if (__user_peek(addr, size, &v) != 0) {
		dtrace_badaddr(addr);
		return (0);
	}
	return (v);
}

/* --- May we? --------------------------------------------------------------------- */

/* Is [addr, addr + sz) part of a variable that is memory of our own? */
static int
dtrace_canstore_statvar(uint64_t addr, size_t sz, dtrace_statvar_t **svars,
    int nsvars)
{
	dtrace_statvar_t *svar;
	int i;

	for (i = 0; i < nsvars; i++) {
		svar = svars[i];
		if (svar == NULL || svar->dtsv_size == 0)
			continue;
		if (DTRACE_INRANGE(addr, sz, svar->dtsv_data,
		    svar->dtsv_data + svar->dtsv_size))
			return (1);
	}
	return (0);
}

/*
 * The scratch space of this firing, the data part of a dynamic variable, or a
 * static variable that holds a structure or string.
 */
int
dtrace_canstore(uint64_t addr, size_t sz, dtrace_mstate_t *mstate,
    dtrace_vstate_t *vstate)
{
	dtrace_dstate_t *dstate;
	uintptr_t base, chunkoffs;

	if (DTRACE_INRANGE(addr, sz, mstate->dtms_scratch_base,
	    mstate->dtms_scratch_base + mstate->dtms_scratch_size))
		return (1);

	dstate = &vstate->dtvs_dynvars;
	base = (uintptr_t)dstate->dtds_chunks;
	if (dstate->dtds_base != NULL && DTRACE_INRANGE(addr, sz, base,
	    (uintptr_t)dstate->dtds_base + dstate->dtds_size)) {
		/* Inside one chunk, and not in its header. */
		chunkoffs = (addr - base) % dstate->dtds_chunksize;
		return (chunkoffs >= sizeof(dtrace_dynvar_t) &&
		    chunkoffs + sz <= dstate->dtds_chunksize);
	}
	if (dtrace_canstore_statvar(addr, sz, vstate->dtvs_locals,
	    vstate->dtvs_nlocals))
		return (1);
	return (dtrace_canstore_statvar(addr, sz, vstate->dtvs_globals,
	    vstate->dtvs_nglobals));
}

/*
 * A consumer with kernel privilege may read all that can be read.  Without it:
 * DTrace's own memory, and the thread and process that fired.
 */
int
dtrace_canload(uint64_t addr, size_t sz, dtrace_mstate_t *mstate,
    dtrace_vstate_t *vstate)
{
	dtrace_difo_t *dp;

	if ((mstate->dtms_access & DTRACE_ACCESS_KERNEL) != 0 || sz == 0)
		return (1);
	if (dtrace_canstore(addr, sz, mstate, vstate))
		return (1);
	dp = mstate->dtms_difo;
	if (DTRACE_INRANGE(addr, sz, (uintptr_t)dp->dtdo_strtab,
	    (uintptr_t)dp->dtdo_strtab + dp->dtdo_strlen))
		return (1);
	if (DTRACE_INRANGE(addr, sz, (uintptr_t)curthread,
	    (uintptr_t)(curthread + 1)))
		return (1);
	if (DTRACE_INRANGE(addr, sz, (uintptr_t)curthread->td_proc,
	    (uintptr_t)(curthread->td_proc + 1)))
		return (1);
	DTRACE_CPUFLAG_SET(CPU_DTRACE_KPRIV);
	cpu_core[curcpu].cpuc_dtrace_illval = addr;
	return (0);
}

int
dtrace_strcanload(uint64_t addr, size_t sz, dtrace_mstate_t *mstate,
    dtrace_vstate_t *vstate)
{

	if ((mstate->dtms_access & DTRACE_ACCESS_KERNEL) != 0)
		return (1);
	return (dtrace_canload(addr, dtrace_strlen((char *)addr, sz) + 1,
	    mstate, vstate));
}

/* A value passed by reference: as much as its type says. */
int
dtrace_vcanload(void *src, dtrace_diftype_t *type, dtrace_mstate_t *mstate,
    dtrace_vstate_t *vstate)
{

	if ((mstate->dtms_access & DTRACE_ACCESS_KERNEL) != 0)
		return (1);
	if (type->dtdt_kind == DIF_TYPE_STRING)
		return (dtrace_strcanload((uintptr_t)src,
		    vstate->dtvs_state->dts_options[DTRACEOPT_STRSIZE], mstate,
		    vstate));
	return (dtrace_canload((uintptr_t)src, type->dtdt_size, mstate, vstate));
}

/* --- Strings and blocks ------------------------------------------------------------- */

/* The length, or lim if there is no NUL before. */
size_t
dtrace_strlen(const char *s, size_t lim)
{
	size_t len;

	for (len = 0; len < lim; len++)
		if (dtrace_load8((uintptr_t)s++) == '\0')
			break;
	return (len);
}

/* NULL is an empty string here. */
int
dtrace_strncmp(const char *s1, const char *s2, size_t limit)
{
	uint8_t c1, c2;

	if (s1 == s2 || limit == 0)
		return (0);
	do {
		if (s1 == NULL)
			c1 = '\0';
		else
			c1 = dtrace_load8((uintptr_t)s1++);
		if (s2 == NULL)
			c2 = '\0';
		else
			c2 = dtrace_load8((uintptr_t)s2++);
		if (c1 != c2)
			return (c1 - c2);
	} while (--limit != 0 && c1 != '\0' &&
	    !DTRACE_CPUFLAG_ISSET(CPU_DTRACE_FAULT));
	return (0);
}

/* Up to len bytes or the NUL, from anywhere to DTrace's memory. */
void
dtrace_strcpy(const void *src, void *dst, size_t len)
{
	const char *s;
	uint8_t *d, c;

	if (len == 0)
		return;
	s = src;
	d = dst;
	do {
		*d++ = c = dtrace_load8((uintptr_t)s++);
	} while (--len != 0 && c != '\0');
}

void
dtrace_bcopy(const void *src, void *dst, size_t len)
{
	const uint8_t *s;
	uint8_t *d;

	if (len == 0 || src == NULL || dst == NULL)
		return;
	s = src;
	d = dst;
	if (s < d && d < s + len) {
		while (len-- != 0)
			d[len] = dtrace_load8((uintptr_t)s + len);
		return;
	}
	while (len-- != 0)
		*d++ = dtrace_load8((uintptr_t)s++);
}

/* 0 if equal.  The second operand is ours. */
int
dtrace_bcmp(const void *s1, const void *s2, size_t len)
{
	const uint8_t *p1, *p2;

	p1 = s1;
	p2 = s2;
	if (p1 == p2)
		return (0);
	if (p1 == NULL || p2 == NULL)
		return (1);
	while (len-- != 0)
		if (dtrace_load8((uintptr_t)p1++) != *p2++)
			return (1);
	return (0);
}

void
dtrace_bzero(void *dst, size_t len)
{
	uint8_t *d;

	for (d = dst; len != 0; len--)
		*d++ = 0;
}

/* A value passed by reference into a variable. */
void
dtrace_vcopy(void *src, void *dst, dtrace_diftype_t *type)
{

	if (type->dtdt_kind == DIF_TYPE_STRING)
		dtrace_strcpy(src, dst, type->dtdt_size);
	else
		dtrace_bcopy(src, dst, type->dtdt_size);
}

/* --- The current process ----------------------------------------------------------------- */

/* 0, or -1 with BADADDR set. */
int
dtrace_copyin(uintptr_t uaddr, uintptr_t kaddr, size_t size)
{
	unsigned long v;
	int n;

	while (size != 0) {
		n = size >= 8 && (uaddr & 7) == 0 ? 8 : 1;
		if (__user_peek(uaddr, n, &v) != 0) {
			dtrace_badaddr(uaddr);
			return (-1);
		}
		if (n == 8) {
			/* Scratch memory has no alignment to speak of. */
			*(uint64_t *)kaddr = v;
		} else
			*(uint8_t *)kaddr = (uint8_t)v;
		uaddr += n;
		kaddr += n;
		size -= n;
	}
	return (0);
}

/* Bytes copied, with the NUL if there was one. */
size_t
dtrace_copyinstr(uintptr_t uaddr, uintptr_t kaddr, size_t size)
{
	unsigned long v;
	size_t i;

	for (i = 0; i < size; i++) {
		if (__user_peek(uaddr + i, 1, &v) != 0) {
			dtrace_badaddr(uaddr + i);
			return (i);
		}
		((uint8_t *)kaddr)[i] = (uint8_t)v;
		if ((v & 0xff) == '\0')
			return (i + 1);
	}
	return (size);
}

/* A destructive action: writes to a page that must be there already. */
void
dtrace_copyout(uintptr_t kaddr, uintptr_t uaddr, size_t size)
{
	unsigned long v;

	for (; size != 0; size--, kaddr++, uaddr++) {
		if (__user_peek(uaddr, 1, &v) != 0 || __user_store(uaddr, 1,
		    dtrace_load8(kaddr)) != 0) {
			dtrace_badaddr(uaddr);
			return;
		}
	}
}
