/*
 * Subroutines of D that print network addresses.
 */
#include "dtrace_impl.h"

#define	AF_INET		2
#define	AF_INET6	28
#define	ADDRSTRLEN	48

/* Decimal, without leading zeros. */
static char *
dtrace_net_dec(char *p, u_int v)
{

	if (v >= 100)
		*p++ = (char)('0' + v / 100);
	if (v >= 10)
		*p++ = (char)('0' + v / 10 % 10);
	*p++ = (char)('0' + v % 10);
	return (p);
}

static char *
dtrace_net_ip4(char *p, const uint8_t *a)
{
	int i;

	for (i = 0; i < 4; i++) {
		if (i != 0)
			*p++ = '.';
		p = dtrace_net_dec(p, a[i]);
	}
	return (p);
}

static char *
dtrace_net_hex(char *p, u_int v)
{
	int digit, shift, started;

	started = 0;
	for (shift = 12; shift >= 0; shift -= 4) {
		digit = (int)(v >> shift & 0xf);
		if (digit != 0 || started || shift == 0) {
			*p++ = (char)(digit < 10 ? '0' + digit :
			    'a' + digit - 10);
			started = 1;
		}
	}
	return (p);
}

/*
 * Eight groups; the longest run of two or more zero groups (the first of equals)
 * becomes `::'.  An embedded IPv4 address is printed as one.
 */
static char *
dtrace_net_ip6(char *p, const uint8_t *a)
{
	int best, bestlen, i, len, v4;
	u_int g[8];

	best = -1;
	bestlen = 1;
	for (i = 0; i < 8; i++)
		g[i] = (u_int)a[2 * i] << 8 | a[2 * i + 1];
	for (i = 0; i < 8; i += len != 0 ? len : 1) {
		for (len = 0; i + len < 8 && g[i + len] == 0; len++)
			continue;
		if (len > bestlen) {
			best = i;
			bestlen = len;
		}
	}
	/* ::ffff:1.2.3.4 and ::1.2.3.4 */
	v4 = best == 0 && ((bestlen == 5 && g[5] == 0xffff) ||
	    (bestlen == 6 && g[6] != 0));
	for (i = 0; i < (v4 ? 6 : 8); i++) {
		if (i == best) {
			*p++ = ':';
			if (i + bestlen >= 8)
				*p++ = ':';
			i += bestlen - 1;
			continue;
		}
		if (i != 0)
			*p++ = ':';
		p = dtrace_net_hex(p, g[i]);
	}
	if (v4) {
		*p++ = ':';
		p = dtrace_net_ip4(p, a + 12);
	}
	return (p);
}

int
dtrace_dif_net(u_int subr, u_int rd, uint64_t *regs, dtrace_key_t *tupregs,
    int nargs, dtrace_mstate_t *mstate, dtrace_state_t *state)
{
	uint8_t addr[16];
	uintptr_t src;
	size_t len;
	char *dest, *p;
	int af;

	switch (subr) {
	case DIF_SUBR_INET_NTOP:
		af = (int)tupregs[0].dttk_value;
		src = tupregs[1].dttk_value;
		break;
	case DIF_SUBR_INET_NTOA:
		af = AF_INET;
		src = tupregs[0].dttk_value;
		break;
	case DIF_SUBR_INET_NTOA6:
		af = AF_INET6;
		src = tupregs[0].dttk_value;
		break;
	default:
		return (0);
	}
	regs[rd] = 0;
	if (af != AF_INET && af != AF_INET6) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_ILLOP);
		return (1);
	}
	len = af == AF_INET ? 4 : 16;
	if (!dtrace_canload(src, len, mstate, &state->dts_vstate))
		return (1);
	if (!DTRACE_INSCRATCH(mstate, ADDRSTRLEN)) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_NOSCRATCH);
		return (1);
	}
	dtrace_bcopy((void *)src, addr, len);
	if (DTRACE_CPUFLAG_ISSET(CPU_DTRACE_FAULT))
		return (1);
	dest = (char *)mstate->dtms_scratch_ptr;
	p = af == AF_INET ? dtrace_net_ip4(dest, addr) :
	    dtrace_net_ip6(dest, addr);
	*p = '\0';
	mstate->dtms_scratch_ptr += (uint64_t)(p - dest) + 1;
	regs[rd] = (uintptr_t)dest;
	return (1);
}
