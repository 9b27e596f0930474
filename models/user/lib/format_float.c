/*
 * printf's floating-point conversions.  All digits there are come from dtoa.c; here
 * they are rounded and laid out.
 */
#include <stdint.h>
#include <string.h>
#include "format.h"

/*
 * Digits from..to of a decimal; those that it does not have are zeroes.
 */
static void
put_digits(struct __sink *k, const struct fltdec *fd, long from, long to)
{
	char buf[32];
	long n;

	for (; from < to && from < 0; from++)
		__pad(k, '0', 1);
	while (from < to && from < fd->fd_ndigits) {
		for (n = 0; n < (long)sizeof(buf) && from < to &&
		    from < fd->fd_ndigits; from++)
			buf[n++] = '0' + fd->fd_digits[from];
		k->put(k, buf, n);
	}
	__pad(k, '0', to - from);
}

/* [-]ddd.ddd, rounded already. */
static void
put_fixed(struct __sink *k, const struct spec *sp, const struct fltdec *fd,
    const char *sign, int nsign, long frac)
{
	long whole = fd->fd_point > 0 && fd->fd_ndigits > 0 ? fd->fd_point : 1;
	int dot = frac > 0 || sp->flags & ALT;
	long body = whole + (dot != 0) + frac;

	__put_head(k, sp, sign, nsign, body, sp->flags & ZERO);
	if (fd->fd_ndigits == 0) {
		__pad(k, '0', 1);
		if (dot)
			k->put(k, ".", 1);
		__pad(k, '0', frac);
	} else {
		if (fd->fd_point <= 0)
			__pad(k, '0', 1);
		else
			put_digits(k, fd, 0, fd->fd_point);
		if (dot)
			k->put(k, ".", 1);
		put_digits(k, fd, fd->fd_point, fd->fd_point + frac);
	}
	__put_tail(k, sp, nsign, body);
}

/* [-]d.ddde+dd, rounded already. */
static void
put_exponent(struct __sink *k, const struct spec *sp, const struct fltdec *fd,
    const char *sign, int nsign, long frac, char e)
{
	int exp = fd->fd_ndigits == 0 ? 0 : fd->fd_point - 1;
	int dot = frac > 0 || sp->flags & ALT, n = 0;
	unsigned mag = exp < 0 ? -exp : exp;
	char buf[8];
	long body;

	buf[n++] = e;
	buf[n++] = exp < 0 ? '-' : '+';
	if (mag >= 100)
		buf[n++] = '0' + mag / 100;
	buf[n++] = '0' + mag / 10 % 10;
	buf[n++] = '0' + mag % 10;
	body = 1 + (dot != 0) + frac + n;
	__put_head(k, sp, sign, nsign, body, sp->flags & ZERO);
	put_digits(k, fd, 0, 1);
	if (dot)
		k->put(k, ".", 1);
	put_digits(k, fd, 1, 1 + frac);
	k->put(k, buf, n);
	__put_tail(k, sp, nsign, body);
}

/* [-]0xh.hhhp+d */
static void
put_hexfloat(struct __sink *k, const struct spec *sp, uint64_t bits,
    const char *sign, int nsign)
{
	const char *digits = sp->conv == 'A' ? "0123456789ABCDEF" :
	    "0123456789abcdef";
	uint64_t m = bits & ((1UL << 52) - 1), half;
	int exp = (int)(bits >> 52 & 0x7ff), n, frac, i, drop, up;
	char prefix[3], frag[13], tailbuf[8], lead;
	unsigned mag;
	long body, zeroes;
	int dot;

	if (exp != 0) {
		m |= 1UL << 52;
		exp -= 1023;
	} else
		exp = m == 0 ? 0 : -1022;
	frac = 13;
	zeroes = 0;
	if (sp->prec >= 0 && sp->prec < 13) {
		drop = (13 - sp->prec) * 4;
		half = 1UL << (drop - 1);
		up = (m & (half * 2 - 1)) > half ||
		    ((m & (half * 2 - 1)) == half && (m >> drop & 1));
		m = ((m >> drop) + up) << drop;
		frac = sp->prec;
	} else if (sp->prec > 13)
		zeroes = sp->prec - 13;
	lead = digits[m >> 52];
	for (i = 0; i < 13; i++)
		frag[i] = digits[m >> (48 - 4 * i) & 15];
	if (sp->prec < 0)
		while (frac > 0 && frag[frac - 1] == '0')
			frac--;

	n = 0;
	tailbuf[n++] = sp->conv == 'A' ? 'P' : 'p';
	tailbuf[n++] = exp < 0 ? '-' : '+';
	mag = exp < 0 ? -exp : exp;
	if (mag >= 1000)
		tailbuf[n++] = '0' + mag / 1000;
	if (mag >= 100)
		tailbuf[n++] = '0' + mag / 100 % 10;
	if (mag >= 10)
		tailbuf[n++] = '0' + mag / 10 % 10;
	tailbuf[n++] = '0' + mag % 10;

	memcpy(prefix, sign, nsign);
	prefix[nsign] = '0';
	prefix[nsign + 1] = sp->conv == 'A' ? 'X' : 'x';
	dot = frac + zeroes > 0 || sp->flags & ALT;
	body = 1 + (dot != 0) + frac + zeroes + n;
	__put_head(k, sp, prefix, nsign + 2, body, sp->flags & ZERO);
	k->put(k, &lead, 1);
	if (dot)
		k->put(k, ".", 1);
	k->put(k, frag, frac);
	__pad(k, '0', zeroes);
	k->put(k, tailbuf, n);
	__put_tail(k, sp, nsign + 2, body);
}

void
__put_float(struct __sink *k, const struct spec *sp, double d)
{
	struct fltdec fd;
	uint64_t bits = __double_bits(d), m;
	int exp = (int)(bits >> 52 & 0x7ff), nsign = 0, x;
	int upper = sp->conv >= 'A' && sp->conv <= 'Z';
	char conv = upper ? sp->conv + 32 : sp->conv;
	long prec = sp->prec < 0 ? 6 : sp->prec, sig;
	const char *sign = "";

	if (bits >> 63)
		sign = "-";
	else if (sp->flags & PLUS)
		sign = "+";
	else if (sp->flags & SPACE)
		sign = " ";
	nsign = *sign != '\0';
	m = bits & ((1UL << 52) - 1);
	if (exp == 0x7ff) {
		__put_text(k, sp, sign, nsign, m != 0 ? upper ? "NAN" : "nan" :
		    upper ? "INF" : "inf", 3);
		return;
	}
	if (conv == 'a') {
		put_hexfloat(k, sp, bits, sign, nsign);
		return;
	}
	if (exp != 0)
		__fltdec(m | 1UL << 52, exp - 1075, &fd);
	else
		__fltdec(m, -1074, &fd);

	switch (conv) {
	case 'f':
		if (prec < FLTDEC_MAX)	/* Else there is nothing to round. */
			__fltdec_round(&fd, fd.fd_point + (int)prec);
		put_fixed(k, sp, &fd, sign, nsign, prec);
		break;
	case 'e':
		if (prec < FLTDEC_MAX)
			__fltdec_round(&fd, (int)prec + 1);
		put_exponent(k, sp, &fd, sign, nsign, prec, upper ? 'E' : 'e');
		break;
	case 'g':
		if (prec == 0)
			prec = 1;
		if (prec < FLTDEC_MAX)
			__fltdec_round(&fd, (int)prec);
		/* Significant digits that are shown. */
		sig = fd.fd_ndigits;
		while (sig > 0 && fd.fd_digits[sig - 1] == 0)
			sig--;
		if (sp->flags & ALT)
			sig = prec;
		x = fd.fd_ndigits == 0 ? 0 : fd.fd_point - 1;
		if (x >= -4 && x < prec)
			put_fixed(k, sp, &fd, sign, nsign,
			    sig - 1 - x > 0 ? sig - 1 - x : 0);
		else
			put_exponent(k, sp, &fd, sign, nsign,
			    sig > 1 ? sig - 1 : 0, upper ? 'E' : 'e');
		break;
	}
}
