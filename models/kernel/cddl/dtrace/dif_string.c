/*
 * String subroutines of D.
 *
 * Strings are read byte by byte with checked loads and end at their NUL or at
 * strsize.  A result lies in scratch space of strsize bytes.
 */
#include "dtrace_impl.h"

/* Scratch for one string; NULL, and 0 as the result, if there is none. */
static char *
dtrace_dest(dtrace_mstate_t *mstate, uint64_t size, uint64_t *result)
{
	char *dest;

	if (!DTRACE_INSCRATCH(mstate, size)) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_NOSCRATCH);
		*result = 0;
		return (NULL);
	}
	dest = (char *)mstate->dtms_scratch_ptr;
	return (dest);
}

static uint64_t
dtrace_dif_strjoin(dtrace_key_t *tup, uint64_t size, dtrace_mstate_t *mstate)
{
	uintptr_t src;
	uint64_t i, result;
	int second;
	char c, *dest;

	dest = dtrace_dest(mstate, size, &result);
	if (dest == NULL)
		return (result);
	src = tup[0].dttk_value;
	second = 0;
	for (i = 0; ; ) {
		if (i >= size) {
			/* Too long for a D string. */
			DTRACE_CPUFLAG_SET(CPU_DTRACE_NOSCRATCH);
			return (0);
		}
		c = (char)dtrace_load8(src++);
		if (c == '\0' && !second) {
			second = 1;
			src = tup[1].dttk_value;
			continue;
		}
		dest[i++] = c;
		if (c == '\0')
			break;
		if (DTRACE_CPUFLAG_ISSET(CPU_DTRACE_FAULT))
			return (0);
	}
	mstate->dtms_scratch_ptr += i;
	return ((uintptr_t)dest);
}

/* A number as text: base 10 signed, others unsigned; 8 and 16 with their prefix. */
static uint64_t
dtrace_dif_lltostr(dtrace_key_t *tup, int nargs, dtrace_mstate_t *mstate)
{
	uint64_t base, digit, i, result, val;
	char *dest, *end;
	const uint64_t size = 65 + 3;	/* 64 bits, prefix, NUL */

	val = tup[0].dttk_value;
	base = nargs > 1 ? tup[1].dttk_value : 10;
	if (base < 2 || base > 36) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_ILLOP);
		return (0);
	}
	dest = dtrace_dest(mstate, size, &result);
	if (dest == NULL)
		return (result);
	i = base == 10 && (int64_t)val < 0 ? 0 - val : val;
	end = dest + size - 1;
	*end = '\0';
	do {
		digit = i % base;
		*--end = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
		i /= base;
	} while (i != 0);
	if (base == 10 && (int64_t)val < 0)
		*--end = '-';
	if (base == 16) {
		*--end = 'x';
		*--end = '0';
	} else if (base == 8)
		*--end = '0';
	mstate->dtms_scratch_ptr += size;
	return ((uintptr_t)end);
}

/* strchr and strrchr: the result points into the argument. */
static uint64_t
dtrace_dif_strchr(u_int subr, dtrace_key_t *tup, uint64_t size)
{
	uintptr_t addr, limit, saved;
	char c, target;

	addr = tup[0].dttk_value;
	limit = addr + size;
	target = (char)tup[1].dttk_value;
	for (saved = 0; addr < limit; addr++) {
		c = (char)dtrace_load8(addr);
		if (DTRACE_CPUFLAG_ISSET(CPU_DTRACE_FAULT))
			return (0);
		if (c == target) {
			saved = addr;
			if (subr == DIF_SUBR_STRCHR)
				break;
		}
		if (c == '\0')
			break;
	}
	return (saved);
}

/*
 * strstr, index, rindex.  index(s, t, start): from start on; rindex: from start
 * backwards.  Out-of-range starts behave as in Perl: an empty string is found
 * everywhere, a negative start counts as 0 for index.
 */
static uint64_t
dtrace_dif_search(u_int subr, dtrace_key_t *tup, int nargs, uint64_t size)
{
	uintptr_t addr, orig, limit, substr;
	int64_t pos;
	size_t len, sublen;
	int inc;

	orig = addr = tup[0].dttk_value;
	substr = tup[1].dttk_value;
	len = dtrace_strlen((char *)addr, size);
	sublen = dtrace_strlen((char *)substr, size);
	inc = 1;
	if (sublen == 0 && subr == DIF_SUBR_STRSTR)
		return (addr);
	limit = orig + len;

	if (subr == DIF_SUBR_RINDEX) {
		/* From the last place where it could stand. */
		pos = (int64_t)len - (int64_t)sublen;
		if (nargs >= 3) {
			int64_t start;

			start = (int64_t)(int32_t)tup[2].dttk_value;
			if (start < 0)
				return (sublen == 0 ? 0 : (uint64_t)-1);
			if (start < pos)
				pos = start;
		}
		if (pos < 0)
			return ((uint64_t)-1);
		addr = orig + (uint64_t)pos;
		inc = -1;
	} else if (subr == DIF_SUBR_INDEX && nargs >= 3) {
		pos = (int64_t)(int32_t)tup[2].dttk_value;
		if (pos < 0)
			pos = 0;
		if ((uint64_t)pos >= len)
			return (sublen == 0 ? len : (uint64_t)-1);
		addr = orig + (uint64_t)pos;
	}

	for (; addr >= orig && addr + sublen <= limit;
	    addr = (uintptr_t)((int64_t)addr + inc)) {
		if (dtrace_strncmp((char *)addr, (char *)substr,
		    sublen) == 0) {
			if (subr == DIF_SUBR_STRSTR)
				return (addr);
			return (addr - orig);
		}
		if (DTRACE_CPUFLAG_ISSET(CPU_DTRACE_FAULT))
			return (0);
	}
	return (subr == DIF_SUBR_STRSTR ? 0 : (uint64_t)-1);
}

/* substr(s, index [, len]); negative counts from the end. */
static uint64_t
dtrace_dif_substr(dtrace_key_t *tup, int nargs, uint64_t size,
    dtrace_mstate_t *mstate)
{
	uintptr_t s;
	uint64_t i, result;
	int64_t index, len, remaining;
	char *dest;

	dest = dtrace_dest(mstate, size, &result);
	if (dest == NULL)
		return (result);
	s = tup[0].dttk_value;
	index = (int64_t)(int32_t)tup[1].dttk_value;
	len = (int64_t)dtrace_strlen((char *)s, size);
	if (DTRACE_CPUFLAG_ISSET(CPU_DTRACE_FAULT))
		return (0);
	remaining = nargs <= 2 ? (int64_t)size :
	    (int64_t)(int32_t)tup[2].dttk_value;
	if (index < 0) {
		index += len;
		if (index < 0 && index + remaining > 0) {
			/* Begins before the string: that part is lost. */
			remaining += index;
			index = 0;
		}
	}
	if (index >= len || index < 0)
		remaining = 0;
	else if (remaining < 0)
		remaining += len - index;
	else if (index + remaining > (int64_t)size)
		remaining = (int64_t)size - index;
	for (i = 0; (int64_t)i < remaining && i < size - 1; i++) {
		dest[i] = (char)dtrace_load8(s + (uint64_t)index + i);
		if (dest[i] == '\0')
			break;
	}
	dest[i] = '\0';
	mstate->dtms_scratch_ptr += i + 1;
	return ((uintptr_t)dest);
}

/*
 * strtok(s, delimiters); a NULL string goes on behind the last token.  The set of
 * delimiters is a bitmap, made for each call.
 */
static uint64_t
dtrace_dif_strtok(dtrace_key_t *tup, uint64_t size, dtrace_mstate_t *mstate)
{
	uintptr_t addr, limit, tokaddr;
	uint8_t tokmap[32], c;
	uint64_t i, result, toklimit;
	char *dest;

	dest = dtrace_dest(mstate, size, &result);
	if (dest == NULL)
		return (result);
	addr = tup[0].dttk_value;
	if (addr == 0) {
		addr = mstate->dtms_strtok;
		limit = mstate->dtms_strtok_limit;
		if (addr == 0) {
			/* No string was given before. */
			DTRACE_CPUFLAG_SET(CPU_DTRACE_BADADDR);
			cpu_core[curcpu].cpuc_dtrace_illval = 0;
			return (0);
		}
	} else
		limit = addr + size;

	dtrace_bzero(tokmap, sizeof(tokmap));
	tokaddr = tup[1].dttk_value;
	toklimit = tokaddr + size;
	for (; tokaddr < toklimit; tokaddr++) {
		c = dtrace_load8(tokaddr);
		if (c == '\0' || DTRACE_CPUFLAG_ISSET(CPU_DTRACE_FAULT))
			break;
		tokmap[c >> 3] |= (uint8_t)(1 << (c & 7));
	}

	/* Skip delimiters, then copy up to the next. */
	for (; addr < limit; addr++) {
		c = dtrace_load8(addr);
		if (DTRACE_CPUFLAG_ISSET(CPU_DTRACE_FAULT))
			return (0);
		if (c == '\0') {
			mstate->dtms_strtok = addr;
			mstate->dtms_strtok_limit = limit;
			return (0);
		}
		if ((tokmap[c >> 3] & (1 << (c & 7))) == 0)
			break;
	}
	if (addr >= limit) {
		mstate->dtms_strtok = limit;
		mstate->dtms_strtok_limit = limit;
		return (0);
	}
	for (i = 0; addr < limit && i < size - 1; addr++) {
		c = dtrace_load8(addr);
		if (c == '\0')
			break;
		if ((tokmap[c >> 3] & (1 << (c & 7))) != 0) {
			addr++;
			break;
		}
		dest[i++] = (char)c;
	}
	dest[i] = '\0';
	mstate->dtms_scratch_ptr += i + 1;
	mstate->dtms_strtok = addr;
	mstate->dtms_strtok_limit = limit;
	return ((uintptr_t)dest);
}

static uint64_t
dtrace_dif_case(u_int subr, dtrace_key_t *tup, uint64_t size,
    dtrace_mstate_t *mstate)
{
	uint64_t i, result;
	char c, *dest;

	dest = dtrace_dest(mstate, size, &result);
	if (dest == NULL)
		return (result);
	for (i = 0; i < size - 1; i++) {
		c = (char)dtrace_load8(tup[0].dttk_value + i);
		if (subr == DIF_SUBR_TOUPPER && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (subr == DIF_SUBR_TOLOWER && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		dest[i] = c;
		if (c == '\0')
			break;
	}
	dest[i] = '\0';
	mstate->dtms_scratch_ptr += i + 1;
	return ((uintptr_t)dest);
}

/* json(s, "a.b[1]"): the member's text, or NULL. */
static uint64_t
dtrace_dif_json(dtrace_key_t *tup, uint64_t size, dtrace_mstate_t *mstate)
{
	uintptr_t elem, oscratch;
	uint64_t elemlen, i;
	int nelems;
	char c, *dest, *list;

	/* The path in pieces, each ended by a NUL. */
	oscratch = mstate->dtms_scratch_ptr;
	elem = tup[1].dttk_value;
	elemlen = dtrace_strlen((char *)elem, size - 2) + 1;
	if (!DTRACE_INSCRATCH(mstate, size + elemlen + 1)) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_NOSCRATCH);
		return (0);
	}
	dest = (char *)mstate->dtms_scratch_ptr;
	list = dest + size;
	nelems = 1;
	for (i = 0; i < elemlen; i++) {
		c = (char)dtrace_load8(elem + i);
		if (i == elemlen - 1)
			c = '\0';
		if (c == '.' || c == '[') {
			nelems++;
			c = '\0';
		} else if (c == ']')
			c = ' ';	/* Digits end there. */
		list[i] = c;
	}
	list[elemlen] = '\0';
	dest = dtrace_json(size, tup[0].dttk_value, list, nelems, dest);
	if (dest == NULL)
		mstate->dtms_scratch_ptr = oscratch;
	else
		mstate->dtms_scratch_ptr += size;
	return ((uintptr_t)dest);
}

/* 1 if the subroutine is one of ours. */
int
dtrace_dif_string(u_int subr, u_int rd, uint64_t *regs, dtrace_key_t *tupregs,
    int nargs, dtrace_mstate_t *mstate, dtrace_state_t *state)
{
	dtrace_vstate_t *vstate;
	uint64_t size;
	int i, nstr;

	vstate = &state->dts_vstate;
	size = state->dts_options[DTRACEOPT_STRSIZE];
	switch (subr) {
	case DIF_SUBR_STRJOIN:
	case DIF_SUBR_STRSTR:
	case DIF_SUBR_INDEX:
	case DIF_SUBR_RINDEX:
	case DIF_SUBR_STRTOK:
	case DIF_SUBR_JSON:
		nstr = 2;
		break;
	case DIF_SUBR_STRLEN:
	case DIF_SUBR_STRCHR:
	case DIF_SUBR_STRRCHR:
	case DIF_SUBR_SUBSTR:
	case DIF_SUBR_TOUPPER:
	case DIF_SUBR_TOLOWER:
		nstr = 1;
		break;
	case DIF_SUBR_LLTOSTR:
		nstr = 0;
		break;
	default:
		return (0);
	}
	for (i = 0; i < nstr; i++)
		if (tupregs[i].dttk_value != 0 &&
		    !dtrace_strcanload(tupregs[i].dttk_value, size, mstate,
		    vstate)) {
			regs[rd] = 0;
			return (1);
		}

	switch (subr) {
	case DIF_SUBR_STRLEN:
		regs[rd] = dtrace_strlen((char *)tupregs[0].dttk_value, size);
		break;
	case DIF_SUBR_STRJOIN:
		regs[rd] = dtrace_dif_strjoin(tupregs, size, mstate);
		break;
	case DIF_SUBR_LLTOSTR:
		regs[rd] = dtrace_dif_lltostr(tupregs, nargs, mstate);
		break;
	case DIF_SUBR_STRCHR:
	case DIF_SUBR_STRRCHR:
		regs[rd] = dtrace_dif_strchr(subr, tupregs, size);
		break;
	case DIF_SUBR_STRSTR:
	case DIF_SUBR_INDEX:
	case DIF_SUBR_RINDEX:
		regs[rd] = dtrace_dif_search(subr, tupregs, nargs, size);
		break;
	case DIF_SUBR_SUBSTR:
		regs[rd] = dtrace_dif_substr(tupregs, nargs, size, mstate);
		break;
	case DIF_SUBR_STRTOK:
		regs[rd] = dtrace_dif_strtok(tupregs, size, mstate);
		break;
	case DIF_SUBR_TOUPPER:
	case DIF_SUBR_TOLOWER:
		regs[rd] = dtrace_dif_case(subr, tupregs, size, mstate);
		break;
	case DIF_SUBR_JSON:
		regs[rd] = dtrace_dif_json(tupregs, size, mstate);
		break;
	}
	return (1);
}
