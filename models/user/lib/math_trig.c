/*
 * Circular functions and their inverses.
 */
#include "math_dd.h"

/*
 * sin and cos of a, |a| <= pi/4 and a little: the series.
 */
void
__dd_sincos(struct dd a, struct dd *s, struct dd *c)
{
	struct dd z = neg(__dd_mul(a, a)), ss = __dd_inv_fact[27], cc = __dd_inv_fact[26];
	int i;

	for (i = 25; i >= 1; i -= 2) {
		ss = __dd_add(__dd_mul(ss, z), __dd_inv_fact[i]);
		cc = __dd_add(__dd_mul(cc, z), __dd_inv_fact[i - 1]);
	}
	*s = __dd_mul(ss, a);
	*c = cc;
}

/*
 * Reduction: x = q * pi/2 + r; q modulo 4 is the result.  Up to 2^20 by taking
 * off q times pi/2 in four parts, of which three have 33 bits, so that their
 * products with q are exact.
 *
 * Beyond, x = m * 2^e.  Bits of 2/pi that make multiples of 4 when multiplied by
 * m * 2^e do not matter; the next 192 do: their product with m is the quadrant
 * and the fraction.
 */
static const uint32_t two_over_pi[] = {
	0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041,
	0xfe5163ab, 0xdebbc561, 0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c,
	0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484, 0xe99c7026, 0xb45f7e41,
	0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b, 0x1ff897ff, 0xde05980f,
	0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7, 0x4f463f66, 0x9e5fea2d,
	0x7527bac7, 0xebe5f17b, 0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1, 0x1f8d5d08,
	0x56033046, 0xfc7b6bab, 0xf0cfbc20, 0x9af4361d
};

/* 32 bits of 2/pi from bit n on (0: the first after the point). */
static uint32_t
pi_bits(int n)
{
	uint64_t w = 0;
	int i = n >> 5, sh = n & 31;

	if (i >= 0)
		w = (uint64_t)two_over_pi[i] << 32;
	if (i + 1 >= 0)
		w |= two_over_pi[i + 1];
	return ((uint32_t)(w >> (32 - sh)));
}

static int
reduce_huge(double x, struct dd *r)
{
	uint64_t u = __double_bits(x), m, acc;
	uint32_t w[6], p[8];
	struct dd f;
	int e, i, q, flip;

	m = (u & ((1UL << 52) - 1)) | 1UL << 52;
	e = (int)(u >> 52 & 0x7ff) - 1075;
	for (i = 0; i < 6; i++)		/* Least significant first. */
		w[i] = pi_bits(e - 2 + 32 * (5 - i));
	for (i = 0, acc = 0; i < 6; i++) {
		acc += w[i] * (m & 0xffffffff);
		p[i] = (uint32_t)acc;
		acc >>= 32;
	}
	p[6] = (uint32_t)acc;
	p[7] = 0;
	for (i = 0, acc = 0; i < 6; i++) {
		acc += p[i + 1] + w[i] * (m >> 32);
		p[i + 1] = (uint32_t)acc;
		acc >>= 32;
	}
	/* The point is after bit 190. */
	q = p[5] >> 30 & 3;
	p[5] &= 0x3fffffff;
	flip = p[5] >> 29;		/* Nearer to the next quarter. */
	if (flip) {
		q++;
		for (i = 0, acc = 1; i < 6; i++) {
			acc += (uint32_t)~p[i];
			p[i] = (uint32_t)acc;
			acc >>= 32;
		}
		p[5] &= 0x3fffffff;
	}
	f = from(0.0);
	for (i = 5; i >= 0; i--)
		f = __dd_add(f, from(scalbn((double)p[i], 32 * i - 190)));
	*r = __dd_mul(f, __dd_pi_2);
	if (flip)
		*r = neg(*r);
	return (q & 3);
}

static int
reduce(double x, struct dd *r)
{
	double k;
	int q;

	if (fabs(x) <= M_PI_4) {
		*r = from(x);
		return (0);
	}
	if (fabs(x) < 1e6) {
		k = rint(x * M_2_PI);
		*r = two_sum(x - k * 0x1.921fb544p+0, -(k * 0x1.0b4611a6p-34));
		*r = __dd_add(*r, from(-(k * 0x1.3198a2ep-69)));
		*r = __dd_add(*r, from(-(k * 0x1.b839a252049c1p-104)));
		return ((int)(long)k & 3);
	}
	q = reduce_huge(fabs(x), r);
	if (x < 0.0) {
		*r = neg(*r);
		q = -q & 3;
	}
	return (q);
}

static void
sincos_dd(double x, struct dd *s, struct dd *c)
{
	struct dd r, t;
	int q = reduce(x, &r);

	__dd_sincos(r, s, c);
	if (q & 1) {
		t = *s;
		*s = *c;
		*c = neg(t);
	}
	if (q & 2) {
		*s = neg(*s);
		*c = neg(*c);
	}
}

double
sin(double x)
{
	struct dd s, c;

	if (!isfinite(x)) {
		if (isinf(x))
			errno = EDOM;
		return (__quiet_nan());
	}
	if (fabs(x) < 1e-9)
		return (x - x * x * x / 6);
	sincos_dd(x, &s, &c);
	return (value(s));
}

double
cos(double x)
{
	struct dd s, c;

	if (!isfinite(x)) {
		if (isinf(x))
			errno = EDOM;
		return (__quiet_nan());
	}
	sincos_dd(x, &s, &c);
	return (value(c));
}

double
tan(double x)
{
	struct dd s, c;

	if (!isfinite(x)) {
		if (isinf(x))
			errno = EDOM;
		return (__quiet_nan());
	}
	if (fabs(x) < 1e-9)
		return (x + x * x * x / 3);
	sincos_dd(x, &s, &c);
	return (value(__dd_div(s, c)));
}

/*
 * The angle whose tangent is y / x, both not negative: a guess g, and then
 * g + atan(d) with the small d = (y cos g - x sin g) / (x cos g + y sin g).
 */
static struct dd
angle(struct dd y, struct dd x)
{
	struct dd s, c, d, z, sum;
	double t, g;
	int swap = y.hi > x.hi, i;

	t = swap ? x.hi / y.hi : y.hi / x.hi;
	g = t * (0.99997726 + t * t * (-0.33262347 + t * t * (0.19354346 +
	    t * t * (-0.11643287 + t * t * (0.05265332 - t * t * 0.01172120)))));
	if (swap)
		g = M_PI_2 - g;
	sincos_dd(g, &s, &c);
	d = __dd_div(__dd_add(__dd_mul(y, c), neg(__dd_mul(x, s))), __dd_add(__dd_mul(x, c), __dd_mul(y, s)));
	z = neg(__dd_mul(d, d));
	/* d - d^3/3 + d^5/5 - ..., |d| < 1e-5 */
	sum = from(0.0);
	for (i = 9; i >= 1; i -= 2)
		sum = __dd_add(__dd_mul(sum, z), __dd_div(from(1.0), from((double)i)));
	return (__dd_add(from(g), __dd_mul(sum, d)));
}

double
atan2(double y, double x)
{
	struct dd a, yy, xx;
	int e, ex, ey;

	if (isnan(x) || isnan(y))
		return (__quiet_nan());
	if (y == 0.0)
		return (__signbit(x) ? copysign(__dd_pi.hi, y) : y);
	if (isinf(x)) {
		if (isinf(y))
			return (copysign(x > 0 ? M_PI_4 : 3 * M_PI_4, y));
		return (copysign(x > 0 ? 0.0 : M_PI, y));
	}
	if (isinf(y) || x == 0.0)
		return (copysign(M_PI_2, y));
	frexp(x, &ex);
	frexp(y, &ey);
	if (ex - ey > 60 && x > 0.0)
		return (y / x);
	if (ey - ex > 120)
		return (copysign(M_PI_2, y));
	e = ex > ey ? ex : ey;
	yy = from(scalbn(fabs(y), -e));
	xx = from(scalbn(fabs(x), -e));
	a = angle(yy, xx);
	if (x < 0.0)
		a = __dd_add(__dd_pi, neg(a));
	return (copysign(value(a), y));
}

double
atan(double x)
{
	if (fabs(x) < 1e-9)
		return (x - x * x * x / 3);
	return (atan2(x, 1.0));
}

double
asin(double x)
{
	struct dd c;

	if (!(fabs(x) <= 1.0)) {
		if (!isnan(x))
			errno = EDOM;
		return (__quiet_nan());
	}
	if (fabs(x) < 1e-9)
		return (x + x * x * x / 6);
	c = __dd_sqrt(__dd_mul(two_sum(1.0, x), two_sum(1.0, -x)));
	return (copysign(value(c.hi == 0.0 ? __dd_pi_2 : angle(from(fabs(x)), c)), x));
}

double
acos(double x)
{
	struct dd c;

	if (!(fabs(x) <= 1.0)) {
		if (!isnan(x))
			errno = EDOM;
		return (__quiet_nan());
	}
	if (x == 0.0)
		return (M_PI_2);
	c = __dd_sqrt(__dd_mul(two_sum(1.0, x), two_sum(1.0, -x)));
	if (c.hi == 0.0)
		return (x > 0.0 ? 0.0 : __dd_pi.hi);
	c = angle(c, from(fabs(x)));
	return (value(x < 0.0 ? __dd_add(__dd_pi, neg(c)) : c));
}
