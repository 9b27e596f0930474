/*
 * Doubles and decimal digits, exactly.
 *
 * To digits: a double is m * 2^e with an integer m.  If e >= 0 that is an
 * integer; if not, m * 2^e = (m * 5^-e) / 10^-e: again an integer, with the
 * decimal point moved.  So one big integer, kept in limbs of nine decimal
 * digits, gives every digit there is, and rounding is done on the digits
 * (half to even, as the processor rounds).
 *
 * From digits: short numbers are one exact product or quotient of doubles.  The
 * others are halved or doubled as decimal numbers, which is exact, until the
 * integer part holds just the bits that a double has; what is left behind the
 * point decides the rounding.
 */
#include <stdint.h>
#include <string.h>
#include "libc_private.h"

#define	LIMB		1000000000UL
#define	NLIMBS		136		/* 1200 digits. */

/* n = n * by + carry; returns the new length. */
static int
big_mul(uint32_t *limb, int n, uint64_t by)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < n; i++) {
		v += limb[i] * by;
		limb[i] = v % LIMB;
		v /= LIMB;
	}
	for (; v != 0; v /= LIMB)
		limb[n++] = v % LIMB;
	return (n);
}

/* The digits of m * 2^e. */
void
__fltdec(uint64_t m, int e, struct fltdec *fd)
{
	uint32_t limb[NLIMBS], v;
	char *p;
	int n, i, j, down;

	fd->fd_ndigits = fd->fd_point = 0;
	if (m == 0)
		return;
	/* Fewer factors: an even mantissa and a negative exponent cancel. */
	for (; e < 0 && (m & 1) == 0; e++)
		m >>= 1;
	for (n = 0; m != 0; m /= LIMB)
		limb[n++] = m % LIMB;
	down = 0;
	if (e >= 0) {
		for (; e >= 29; e -= 29)
			n = big_mul(limb, n, 1UL << 29);
		if (e > 0)
			n = big_mul(limb, n, 1UL << e);
	} else {
		down = -e;
		for (i = down; i >= 13; i -= 13)
			n = big_mul(limb, n, 1220703125UL);	/* 5^13 */
		for (; i > 0; i--)
			n = big_mul(limb, n, 5);
	}
	/* Most significant limb first, its leading zeroes dropped. */
	p = fd->fd_digits;
	for (i = n - 1; i >= 0; i--) {
		v = limb[i];
		for (j = 8; j >= 0; j--) {
			p[j] = v % 10;
			v /= 10;
		}
		if (i == n - 1) {
			for (j = 0; p[j] == 0; j++)
				;
			memmove(p, p + j, 9 - j);
			p -= j;
		}
		p += 9;
	}
	fd->fd_ndigits = p - fd->fd_digits;
	fd->fd_point = fd->fd_ndigits - down;
}

/*
 * Rounds to the first n digits, half to even.  n may be negative or zero: then
 * the place rounded to is left of all digits.
 */
void
__fltdec_round(struct fltdec *fd, int n)
{
	int i, up;

	if (n >= fd->fd_ndigits)
		return;
	if (n < 0) {
		fd->fd_ndigits = 0;
		return;
	}
	up = 0;
	if (fd->fd_digits[n] > 5)
		up = 1;
	else if (fd->fd_digits[n] == 5) {
		for (i = n + 1; i < fd->fd_ndigits && !up; i++)
			up = fd->fd_digits[i] != 0;
		if (!up)
			up = n > 0 && (fd->fd_digits[n - 1] & 1);
	}
	fd->fd_ndigits = n;
	if (!up)
		return;
	while (n > 0 && fd->fd_digits[n - 1] == 9)
		fd->fd_digits[--n] = 0;
	if (n > 0) {
		fd->fd_digits[n - 1]++;
		return;
	}
	/* All nines, or no digit at all: a one and zeroes. */
	if (fd->fd_ndigits == 0)
		fd->fd_ndigits = 1;
	memset(fd->fd_digits, 0, fd->fd_ndigits);
	fd->fd_digits[0] = 1;
	fd->fd_point++;
}

/*
 * A decimal number under construction: digits d[0..n), the point after `point'
 * of them.  Digits beyond the array only matter as "there is something".
 */
#define	DEC_MAX		800
struct dec {
	int		 n;
	int		 point;
	int		 sticky;	/* Something was cut off. */
	unsigned char	 d[DEC_MAX];
};

static void
dec_trim(struct dec *x)
{
	while (x->n > 0 && x->d[x->n - 1] == 0)
		x->n--;
}

/* x = x / 2^k, k <= 59. */
static void
dec_shift_right(struct dec *x, int k)
{
	uint64_t acc = 0, mask = (1UL << k) - 1;
	int r = 0, w = 0;

	/* Enough leading digits for a first quotient digit. */
	for (; acc >> k == 0; r++) {
		if (r >= x->n && acc == 0) {
			x->n = 0;
			return;
		}
		acc = acc * 10 + (r < x->n ? x->d[r] : 0);
	}
	x->point -= r - 1;
	for (; r < x->n; r++) {
		x->d[w++] = acc >> k;
		acc = (acc & mask) * 10 + x->d[r];
	}
	for (; acc != 0; acc = (acc & mask) * 10) {
		if (w < DEC_MAX)
			x->d[w++] = acc >> k;
		else if (acc >> k != 0)
			x->sticky = 1;
	}
	x->n = w;
	dec_trim(x);
}

/* x = x * 2^k, k <= 59. */
static void
dec_shift_left(struct dec *x, int k)
{
	unsigned char out[DEC_MAX + 20];
	uint64_t acc = 0;
	int r, w = sizeof(out);

	for (r = x->n - 1; r >= 0; r--) {
		acc += (uint64_t)x->d[r] << k;
		out[--w] = acc % 10;
		acc /= 10;
	}
	for (; acc != 0; acc /= 10)
		out[--w] = acc % 10;
	x->point += ((int)sizeof(out) - w) - x->n;
	x->n = sizeof(out) - w;
	for (r = DEC_MAX; r < x->n; r++)
		if (out[w + r] != 0)
			x->sticky = 1;
	if (x->n > DEC_MAX)
		x->n = DEC_MAX;
	memcpy(x->d, out + w, x->n);
	dec_trim(x);
}

/* The integer part, rounded half to even. */
static uint64_t
dec_round(const struct dec *x)
{
	uint64_t v = 0;
	int i, up;

	for (i = 0; i < x->point; i++)
		v = v * 10 + (i < x->n ? x->d[i] : 0);
	if (x->point < 0 || x->point >= x->n)
		return (v);
	up = x->d[x->point] > 5;
	if (x->d[x->point] == 5)
		up = x->point + 1 < x->n || x->sticky || (v & 1);
	return (v + up);
}

/*
 * The double nearest to 0.d[0]d[1]... * 10^point.  Digits are 0..9; `inexact':
 * non-zero digits followed.
 */
double
__decflt(const char *digits, int ndigits, int point, int inexact)
{
	static const double ten[] = {
		1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
	};
	struct dec x;
	uint64_t m;
	int e, i, k;

	while (ndigits > 0 && digits[ndigits - 1] == 0)
		ndigits--;
	if (ndigits == 0)
		return (0.0);
	if (ndigits <= 15 && !inexact && point - ndigits >= -22 &&
	    point - ndigits <= 22) {
		for (m = 0, i = 0; i < ndigits; i++)
			m = m * 10 + digits[i];
		k = point - ndigits;
		return (k < 0 ? (double)m / ten[-k] : (double)m * ten[k]);
	}
	if (point > 310)
		return (__bits_double(0x7ffUL << 52));
	if (point < -330)
		return (0.0);

	x.n = ndigits < DEC_MAX ? ndigits : DEC_MAX;
	x.point = point;
	x.sticky = inexact;
	for (i = 0; i < x.n; i++)
		x.d[i] = digits[i];
	for (; i < ndigits; i++)
		x.sticky |= digits[i] != 0;
	dec_trim(&x);

	/* Bring it into [1/2, 1): value = x * 2^e. */
	e = 0;
	while (x.point > 0) {
		k = x.point >= 18 ? 59 : x.point * 3;
		dec_shift_right(&x, k);
		e += k;
	}
	while (x.point < 0 || x.d[0] < 5) {
		k = x.point <= -18 ? 59 : x.point < 0 ? -x.point * 3 : 1;
		dec_shift_left(&x, k);
		e -= k;
	}
	/* A double is 1.f * 2^(e-1); below the smallest exponent bits are lost. */
	k = 53;
	if (e - 1 < -1022)
		k -= -1022 - (e - 1);
	if (k < 0)
		return (0.0);
	if (k > 0)
		dec_shift_left(&x, k);
	m = dec_round(&x);
	if (k < 53)			/* Subnormal, or just rounded out of it. */
		return (__bits_double(m));
	if (m == 1UL << 53) {
		m >>= 1;
		e++;
	}
	if (e - 1 > 1023)
		return (__bits_double(0x7ffUL << 52));
	return (__bits_double((uint64_t)(e - 1 + 1023) << 52 |
	    (m & ((1UL << 52) - 1))));
}
