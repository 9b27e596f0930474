/*
 * Functions of doubles that work on their bits: classes, rounding, exponents,
 * remainders, square root.  All of these are exact or correctly rounded.
 *
 *   63   62 ... 52   51 ... 0
 *   sign exponent    fraction      value = 1.fraction * 2^(exponent - 1023)
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include "libc_private.h"

#define	SIGN		(1UL << 63)
#define	EXP(u)		((int)((u) >> 52 & 0x7ff))
#define	FRAC		((1UL << 52) - 1)
#define	INF		(0x7ffUL << 52)

double
__infinity(void)
{
	return (__bits_double(INF));
}

double
__quiet_nan(void)
{
	return (__bits_double(INF | 1UL << 51));
}

double
nan(const char *tag)
{
	(void)tag;
	return (__quiet_nan());
}

int
__fpclassify(double d)
{
	uint64_t u = __double_bits(d);

	if (EXP(u) == 0x7ff)
		return (u & FRAC ? FP_NAN : FP_INFINITE);
	if (EXP(u) == 0)
		return (u & FRAC ? FP_SUBNORMAL : FP_ZERO);
	return (FP_NORMAL);
}

int
__signbit(double d)
{
	return ((int)(__double_bits(d) >> 63));
}

double
fabs(double d)
{
	return (__bits_double(__double_bits(d) & ~SIGN));
}

double
copysign(double d, double s)
{
	return (__bits_double((__double_bits(d) & ~SIGN) |
	    (__double_bits(s) & SIGN)));
}

/* Cuts the fraction off. */
double
trunc(double d)
{
	uint64_t u = __double_bits(d);
	int e = EXP(u) - 1023;

	if (e >= 52)
		return (d);
	if (e < 0)
		return (__bits_double(u & SIGN));
	return (__bits_double(u & ~(FRAC >> e)));
}

double
floor(double d)
{
	double t = trunc(d);

	return (t > d ? t - 1.0 : t);
}

double
ceil(double d)
{
	double t = trunc(d);

	if (t < d)
		return (t + 1.0 == 0.0 ? -0.0 : t + 1.0);
	return (t);
}

/* Half away from zero. */
double
round(double d)
{
	double t = trunc(d);

	if (fabs(d - t) >= 0.5)
		t += copysign(1.0, d);
	return (t);
}

/* Half to even, by letting the processor do it at the end of the mantissa. */
double
rint(double d)
{
	static const double big = 0x1p52;
	double r;

	if (!(fabs(d) < big))
		return (d);
	r = d < 0 || __signbit(d) ? d - big + big : d + big - big;
	return (r == 0.0 ? copysign(0.0, d) : r);
}

double
nearbyint(double d)
{
	return (rint(d));
}

long
lrint(double d)
{
	return ((long)rint(d));
}

long long
llrint(double d)
{
	return ((long long)rint(d));
}

long
lround(double d)
{
	return ((long)round(d));
}

long long
llround(double d)
{
	return ((long long)round(d));
}

double
modf(double d, double *whole)
{
	*whole = trunc(d);
	if (isinf(d))
		return (copysign(0.0, d));
	return (copysign(d - *whole, d));
}

/* d = result * 2^*e, 0.5 <= |result| < 1 */
double
frexp(double d, int *e)
{
	uint64_t u = __double_bits(d);

	*e = 0;
	if (d == 0.0 || EXP(u) == 0x7ff)
		return (d);
	if (EXP(u) == 0) {
		u = __double_bits(d * 0x1p54);
		*e = -54;
	}
	*e += EXP(u) - 1022;
	return (__bits_double((u & ~INF) | 1022UL << 52));
}

/* d * 2^n; in steps, so that a result that is subnormal is rounded once. */
double
scalbn(double d, int n)
{
	if (n > 1023) {
		d *= 0x1p1023;
		n -= 1023;
		if (n > 1023) {
			d *= 0x1p1023;
			n -= 1023;
			if (n > 1023)
				n = 1023;
		}
	} else if (n < -1022) {
		/* 53 bits are kept for the last step. */
		d *= 0x1p-1022 * 0x1p53;
		n += 1022 - 53;
		if (n < -1022) {
			d *= 0x1p-1022 * 0x1p53;
			n += 1022 - 53;
			if (n < -1022)
				n = -1022;
		}
	}
	return (d * __bits_double((uint64_t)(1023 + n) << 52));
}

double
ldexp(double d, int n)
{
	double r = scalbn(d, n);

	if (d != 0.0 && isfinite(d) && (r == 0.0 || isinf(r)))
		errno = ERANGE;
	return (r);
}

int
ilogb(double d)
{
	int e;

	if (d == 0.0)
		return (FP_ILOGB0);
	if (isnan(d))
		return (FP_ILOGBNAN);
	if (isinf(d))
		return (2147483647);
	frexp(d, &e);
	return (e - 1);
}

double
logb(double d)
{
	if (d == 0.0)
		return (-__infinity());
	if (!isfinite(d))
		return (d * d);
	return ((double)ilogb(d));
}

/*
 * The remainder of a division with the quotient cut off: by subtraction of
 * shifted divisors, which is exact.
 */
double
fmod(double x, double y)
{
	uint64_t ux = __double_bits(x), uy = __double_bits(y), sign = ux & SIGN;
	uint64_t mx, my;
	int ex, ey;

	ux &= ~SIGN;
	uy &= ~SIGN;
	if (uy == 0 || ux >= INF || uy > INF) {
		if (ux <= INF && uy <= INF)
			errno = EDOM;
		return (__quiet_nan());
	}
	if (ux < uy)
		return (x);
	ex = EXP(ux);
	ey = EXP(uy);
	mx = ux & FRAC;
	my = uy & FRAC;
	/* Both with their leading bit at 52, subnormals by a lower exponent. */
	if (ex == 0)
		for (ex = 1; mx >> 52 == 0; ex--)
			mx <<= 1;
	else
		mx |= 1UL << 52;
	if (ey == 0)
		for (ey = 1; my >> 52 == 0; ey--)
			my <<= 1;
	else
		my |= 1UL << 52;
	for (; ex > ey; ex--) {
		if (mx >= my)
			mx -= my;
		mx <<= 1;
	}
	if (mx >= my)
		mx -= my;
	if (mx == 0)
		return (__bits_double(sign));
	for (; mx >> 52 == 0; ex--)
		mx <<= 1;
	for (; ex < 1; ex++)
		mx >>= 1;
	if (mx >> 52 == 0)
		return (__bits_double(sign | mx));
	return (__bits_double(sign | (uint64_t)ex << 52 | (mx & FRAC)));
}

/* With the quotient rounded half to even. */
double
remainder(double x, double y)
{
	double r, half;
	int neg = __signbit(x);

	if (isnan(x) || isnan(y) || isinf(x) || y == 0.0)
		return (__quiet_nan());
	if (isinf(y))
		return (x);
	y = fabs(y);
	x = fabs(x);
	if (y < 0x1p1022)
		x = fmod(x, y + y);
	/* 0 <= x < 2y */
	if (y < 0x1p-1021) {
		if (x + x > y) {
			x -= y;
			if (x + x >= y)
				x -= y;
		}
	} else {
		half = 0.5 * y;
		if (x > half) {
			x -= y;
			if (x >= half)
				x -= y;
		}
	}
	r = x;
	return (neg ? -r : r);
}

/*
 * Square root, bit by bit: the largest 53-bit r with r * r <= d, and one more
 * bit to round with.  A root is never halfway between two doubles.
 */
double
sqrt(double d)
{
	uint64_t u = __double_bits(d), m, r, rem, try, bit;
	int e, i;

	if (d == 0.0 || isnan(d) || u == INF)
		return (d);
	if (u & SIGN) {
		errno = EDOM;
		return (__quiet_nan());
	}
	e = EXP(u);
	m = u & FRAC;
	if (e == 0) {
		for (e = 1; m >> 52 == 0; e--)
			m <<= 1;
	} else
		m |= 1UL << 52;
	e -= 1023;
	if (e & 1)
		m <<= 1;
	/* d = m * 2^(e-52), e even now; two bits of m come in with each bit of r. */
	r = rem = 0;
	bit = 0;
	for (i = 26; i >= -27; i--) {
		bit = i >= 0 ? m >> (2 * i) & 3 : 0;
		rem = rem << 2 | bit;
		try = r << 2 | 1;
		r <<= 1;
		if (rem >= try) {
			rem -= try;
			r |= 1;
		}
	}
	/* r has 54 bits. */
	r = (r >> 1) + (r & 1);
	e = (e - (e & 1)) / 2;
	/* Its leading bit adds one to the exponent. */
	return (__bits_double(((uint64_t)(e + 1022) << 52) + r));
}

double
fmax(double a, double b)
{
	if (isnan(a))
		return (b);
	if (isnan(b))
		return (a);
	if (a == b)
		return (__signbit(a) ? b : a);
	return (a > b ? a : b);
}

double
fmin(double a, double b)
{
	if (isnan(a))
		return (b);
	if (isnan(b))
		return (a);
	if (a == b)
		return (__signbit(a) ? a : b);
	return (a < b ? a : b);
}

double
fdim(double a, double b)
{
	if (isnan(a) || isnan(b))
		return (__quiet_nan());
	return (a > b ? a - b : 0.0);
}

double
nextafter(double x, double y)
{
	uint64_t u = __double_bits(x);

	if (isnan(x) || isnan(y))
		return (__quiet_nan());
	if (x == y)
		return (y);
	if (x == 0.0)
		return (copysign(__bits_double(1), y));
	return (__bits_double((x < y) == (x > 0.0) ? u + 1 : u - 1));
}
