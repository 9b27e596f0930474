/*
 * Elementary functions of doubles: exponentials, logarithms, circular and
 * hyperbolic functions and their inverses.
 *
 * Each is calculated in double-double arithmetic: a number is the unevaluated sum
 * of two doubles, good for about 106 bits.  Plain series and Newton steps are then
 * accurate enough that the result, rounded to one double, is almost always the
 * correctly rounded one, and there is no need for tables of coefficients made for
 * each function.  It costs a few hundred operations a call.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include "libc_private.h"

struct dd {
	double	 hi, lo;
};

static const struct dd inv_fact[] = {
	{ 0x1.0000000000000p+0, 0x0.0p+0 },		/* 1/0! */
	{ 0x1.0000000000000p+0, 0x0.0p+0 },		/* 1/1! */
	{ 0x1.0000000000000p-1, 0x0.0p+0 },		/* 1/2! */
	{ 0x1.5555555555555p-3, 0x1.5555555555555p-57 },	/* 1/3! */
	{ 0x1.5555555555555p-5, 0x1.5555555555555p-59 },	/* 1/4! */
	{ 0x1.1111111111111p-7, 0x1.1111111111111p-63 },	/* 1/5! */
	{ 0x1.6c16c16c16c17p-10, -0x1.f49f49f49f49fp-65 },	/* 1/6! */
	{ 0x1.a01a01a01a01ap-13, 0x1.a01a01a01a01ap-73 },	/* 1/7! */
	{ 0x1.a01a01a01a01ap-16, 0x1.a01a01a01a01ap-76 },	/* 1/8! */
	{ 0x1.71de3a556c734p-19, -0x1.c154f8ddc6c00p-73 },	/* 1/9! */
	{ 0x1.27e4fb7789f5cp-22, 0x1.cbbc05b4fa99ap-76 },	/* 1/10! */
	{ 0x1.ae64567f544e4p-26, -0x1.c062e06d1f209p-80 },	/* 1/11! */
	{ 0x1.1eed8eff8d898p-29, -0x1.2aec959e14c06p-83 },	/* 1/12! */
	{ 0x1.6124613a86d09p-33, 0x1.f28e0cc748ebep-87 },	/* 1/13! */
	{ 0x1.93974a8c07c9dp-37, 0x1.05d6f8a2efd1fp-92 },	/* 1/14! */
	{ 0x1.ae7f3e733b81fp-41, 0x1.1d8656b0ee8cbp-97 },	/* 1/15! */
	{ 0x1.ae7f3e733b81fp-45, 0x1.1d8656b0ee8cbp-101 },	/* 1/16! */
	{ 0x1.952c77030ad4ap-49, 0x1.ac981465ddc6cp-103 },	/* 1/17! */
	{ 0x1.6827863b97d97p-53, 0x1.eec01221a8b0bp-107 },	/* 1/18! */
	{ 0x1.2f49b46814157p-57, 0x1.2650f61dbdcb4p-112 },	/* 1/19! */
	{ 0x1.e542ba4020225p-62, 0x1.ea72b4afe3c2fp-120 },	/* 1/20! */
	{ 0x1.71b8ef6dcf572p-66, -0x1.d043ae40c4647p-120 },	/* 1/21! */
	{ 0x1.0ce396db7f853p-70, -0x1.aebcdbd20331cp-124 },	/* 1/22! */
	{ 0x1.761b41316381ap-75, -0x1.3423c7d91404fp-130 },	/* 1/23! */
	{ 0x1.f2cf01972f578p-80, -0x1.9ada5fcc1ab14p-135 },	/* 1/24! */
	{ 0x1.3f3ccdd165fa9p-84, -0x1.58ddadf344487p-139 },	/* 1/25! */
	{ 0x1.88e85fc6a4e5ap-89, -0x1.71c37ebd16540p-143 },	/* 1/26! */
	{ 0x1.d1ab1c2dccea3p-94, 0x1.054d0c78aea14p-149 },	/* 1/27! */
};
static const struct dd ln2 = { 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56 };
static const struct dd inv_ln2 = { 0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56 };
static const struct dd inv_ln10 = { 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57 };
static const struct dd pi = { 0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53 };
static const struct dd pi_2 = { 0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54 };

/*
 * Arithmetic.  two_sum and two_prod give a result and its rounding error.
 */
static inline struct dd
two_sum(double a, double b)
{
	struct dd r;
	double t;

	r.hi = a + b;
	t = r.hi - a;
	r.lo = (a - (r.hi - t)) + (b - t);
	return (r);
}

static inline struct dd
two_prod(double a, double b)
{
	struct dd r;
	double t, ah, al, bh, bl;

	t = a * 134217729.0;		/* 2^27 + 1: splits into halves. */
	ah = t - (t - a);
	al = a - ah;
	t = b * 134217729.0;
	bh = t - (t - b);
	bl = b - bh;
	r.hi = a * b;
	r.lo = ((ah * bh - r.hi) + ah * bl + al * bh) + al * bl;
	return (r);
}

static inline struct dd
from(double a)
{
	struct dd r = { a, 0.0 };

	return (r);
}

static struct dd
add(struct dd a, struct dd b)
{
	struct dd s = two_sum(a.hi, b.hi), t = two_sum(a.lo, b.lo);

	s = two_sum(s.hi, s.lo + t.hi);
	return (two_sum(s.hi, s.lo + t.lo));
}

static struct dd
neg(struct dd a)
{
	struct dd r = { -a.hi, -a.lo };

	return (r);
}

static struct dd
mul(struct dd a, struct dd b)
{
	struct dd p = two_prod(a.hi, b.hi);

	p.lo += a.hi * b.lo + a.lo * b.hi;
	return (two_sum(p.hi, p.lo));
}

static struct dd
quot(struct dd a, struct dd b)
{
	double q1, q2, q3;
	struct dd r;

	q1 = a.hi / b.hi;
	r = add(a, neg(mul(b, from(q1))));
	q2 = r.hi / b.hi;
	r = add(r, neg(mul(b, from(q2))));
	q3 = r.hi / b.hi;
	return (add(two_sum(q1, q2), from(q3)));
}

static struct dd
scale(struct dd a, int n)
{
	struct dd r = { scalbn(a.hi, n), scalbn(a.lo, n) };

	return (r);
}

static double
value(struct dd a)
{
	return (a.hi + a.lo);
}

/* a * 2^n as one double, rounded once even when it is subnormal. */
static double
value_scaled(struct dd a, int n)
{
	double v = a.hi + a.lo;
	struct dd h;

	if (n + ilogb(v) >= -1022)
		return (scalbn(v, n));
	/* Rounding bits: add and take away the double whose unit is the last bit. */
	h = two_sum(copysign(scalbn(1.0, -1022 - n), v), v);
	h.lo += a.lo - (v - a.hi);
	return (scalbn(h.hi + h.lo - copysign(scalbn(1.0, -1022 - n), v), n));
}

/*
 * exp(a) - 1 for |a| up to about 0.35: the series for a / 512, then nine times
 * (1 + m)^2 - 1 = 2m + m^2.
 */
static struct dd
expm1_small(struct dd a)
{
	struct dd r = scale(a, -9), s;
	int i;

	s = inv_fact[9];
	for (i = 8; i >= 1; i--)
		s = add(mul(s, r), inv_fact[i]);
	s = mul(s, r);
	for (i = 0; i < 9; i++)
		s = add(scale(s, 1), mul(s, s));
	return (s);
}

/* exp(a) = result * 2^*n */
static struct dd
exp_dd(struct dd a, int *n)
{
	double k = rint(a.hi * inv_ln2.hi);

	*n = (int)k;
	if (k != 0.0)
		a = add(a, neg(mul(ln2, from(k))));
	return (add(from(1.0), expm1_small(a)));
}

/*
 * log(a), a > 0: from a first guess y, y + (a * exp(-y) - 1) and the next term.
 */
static struct dd
log_dd(struct dd a)
{
	struct dd y, e;
	double m, z, w;
	int k, n;

	m = frexp(a.hi, &k);
	if (m < M_SQRT1_2) {
		m *= 2.0;
		k--;
	}
	a = scale(a, -k);
	/* The guess: 2 atanh z, a few terms. */
	z = (m - 1.0) / (m + 1.0);
	w = z * z;
	y = from(2.0 * z * (1.0 + w * (1.0 / 3 + w * (1.0 / 5 + w * (1.0 / 7 +
	    w * (1.0 / 9 + w * (1.0 / 11 + w * (1.0 / 13))))))));
	e = scale(exp_dd(neg(y), &n), 0);
	e = add(scale(mul(a, e), n), from(-1.0));
	/* log(1 + e) = e - e^2/2 + e^3/3, e about 1e-12 at most. */
	e = add(e, mul(mul(e, e), add(from(-0.5), from(e.hi / 3))));
	y = add(y, e);
	return (add(mul(ln2, from((double)k)), y));
}

double
exp(double x)
{
	struct dd r;
	int n;

	if (isnan(x))
		return (x);
	if (x > 709.8) {
		if (isfinite(x))
			errno = ERANGE;
		return (__infinity());
	}
	if (x < -745.2) {
		if (isfinite(x))
			errno = ERANGE;
		return (0.0);
	}
	r = exp_dd(from(x), &n);
	return (value_scaled(r, n));
}

double
exp2(double x)
{
	struct dd r;
	int n, k;

	if (isnan(x))
		return (x);
	if (x >= 1024.0)
		return (__infinity());
	if (x < -1076.0)
		return (0.0);
	k = (int)rint(x);
	r = exp_dd(mul(ln2, from(x - k)), &n);
	return (value_scaled(r, n + k));
}

double
expm1(double x)
{
	struct dd r;
	int n;

	if (isnan(x) || x == 0.0)
		return (x);
	if (fabs(x) < 1e-17)
		return (x);
	if (x > 709.8)
		return (__infinity());
	if (x < -50.0)
		return (-1.0);
	if (fabs(x) < 0.34)
		return (value(expm1_small(from(x))));
	r = exp_dd(from(x), &n);
	if (n > 1000)
		return (value_scaled(r, n));
	return (value(add(scale(r, n), from(-1.0))));
}

/* What log of zero, of negative numbers, of infinity and NaN is; 1 if x is one. */
static int
log_special(double x, double *r)
{
	if (isnan(x))
		*r = x;
	else if (x == 0.0) {
		errno = ERANGE;
		*r = -__infinity();
	} else if (x < 0.0) {
		errno = EDOM;
		*r = __quiet_nan();
	} else if (isinf(x))
		*r = x;
	else
		return (0);
	return (1);
}

double
log(double x)
{
	double r;

	return (log_special(x, &r) ? r : value(log_dd(from(x))));
}

double
log10(double x)
{
	double r;

	return (log_special(x, &r) ? r : value(mul(log_dd(from(x)), inv_ln10)));
}

double
log2(double x)
{
	double r, m;
	int e;

	if (log_special(x, &r))
		return (r);
	m = frexp(x, &e);
	if (m == 0.5)
		return ((double)(e - 1));
	return (value(mul(log_dd(from(x)), inv_ln2)));
}

double
log1p(double x)
{
	double r;

	if (fabs(x) < 1e-17)
		return (x);
	if (log_special(x == -1.0 ? 0.0 : x + 1.0, &r))
		return (r);
	return (value(log_dd(two_sum(1.0, x))));
}

/* 0 no integer, 1 odd, 2 even. */
static int
integer(double y)
{
	if (trunc(y) != y)
		return (0);
	return (fmod(y, 2.0) != 0.0 ? 1 : 2);
}

double
pow(double x, double y)
{
	int kind = isfinite(y) ? integer(y) : 2, n, negative = 0;
	struct dd l;
	double r;

	if (y == 0.0 || x == 1.0)
		return (1.0);
	if (isnan(x) || isnan(y))
		return (__quiet_nan());
	if (isinf(y)) {
		if (fabs(x) == 1.0)
			return (1.0);
		return ((fabs(x) > 1.0) == (y > 0.0) ? __infinity() : 0.0);
	}
	if (x == 0.0) {
		if (y < 0.0)
			errno = ERANGE;
		r = y < 0.0 ? __infinity() : 0.0;
		return (kind == 1 ? copysign(r, x) : r);
	}
	if (isinf(x)) {
		r = y > 0.0 ? __infinity() : 0.0;
		return (x < 0.0 && kind == 1 ? -r : r);
	}
	if (x < 0.0) {
		if (kind == 0) {
			errno = EDOM;
			return (__quiet_nan());
		}
		negative = kind == 1;
		x = -x;
	}
	if (x == 1.0)
		return (negative ? -1.0 : 1.0);
	l = log_dd(from(x));
	if (fabs(y) > 1e300 || fabs(l.hi * y) > 760.0) {
		errno = ERANGE;
		r = (l.hi > 0.0) == (y > 0.0) ? __infinity() : 0.0;
		return (negative ? -r : r);
	}
	l = exp_dd(mul(l, from(y)), &n);
	r = value_scaled(l, n);
	if (isinf(r) || r == 0.0)
		errno = ERANGE;
	return (negative ? -r : r);
}

double
cbrt(double x)
{
	struct dd y, c;
	double m;
	int e;

	if (x == 0.0 || !isfinite(x))
		return (x);
	m = frexp(fabs(x), &e);
	while (e % 3 != 0) {
		m *= 0.5;
		e++;
	}
	/* Newton on the guess: y -= (y^3 - m) / (3 y^2). */
	y = from(pow(m, 1.0 / 3));
	c = mul(mul(y, y), y);
	y = add(y, neg(quot(add(c, from(-m)), mul(from(3.0), mul(y, y)))));
	return (copysign(scalbn(value(y), e / 3), x));
}

/* The root of a double-double. */
static struct dd
sqrt_dd(struct dd a)
{
	struct dd y;

	if (a.hi <= 0.0)
		return (from(0.0));
	y = from(sqrt(a.hi));
	return (add(y, quot(add(a, neg(mul(y, y))), scale(y, 1))));
}

double
hypot(double x, double y)
{
	double t;
	int e;

	if (isinf(x) || isinf(y))
		return (__infinity());
	if (isnan(x) || isnan(y))
		return (__quiet_nan());
	x = fabs(x);
	y = fabs(y);
	if (x < y) {
		t = x;
		x = y;
		y = t;
	}
	if (y == 0.0)
		return (x);
	frexp(x, &e);
	x = scalbn(x, -e);
	y = scalbn(y, -e);
	return (value_scaled(sqrt_dd(add(two_prod(x, x), two_prod(y, y))), e));
}

/*
 * sin and cos of a, |a| <= pi/4 and a little: the series.
 */
static void
sincos_small(struct dd a, struct dd *s, struct dd *c)
{
	struct dd z = neg(mul(a, a)), ss = inv_fact[27], cc = inv_fact[26];
	int i;

	for (i = 25; i >= 1; i -= 2) {
		ss = add(mul(ss, z), inv_fact[i]);
		cc = add(mul(cc, z), inv_fact[i - 1]);
	}
	*s = mul(ss, a);
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
		f = add(f, from(scalbn((double)p[i], 32 * i - 190)));
	*r = mul(f, pi_2);
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
		*r = add(*r, from(-(k * 0x1.3198a2ep-69)));
		*r = add(*r, from(-(k * 0x1.b839a252049c1p-104)));
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

	sincos_small(r, s, c);
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
	return (value(quot(s, c)));
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
	d = quot(add(mul(y, c), neg(mul(x, s))), add(mul(x, c), mul(y, s)));
	z = neg(mul(d, d));
	/* d - d^3/3 + d^5/5 - ..., |d| < 1e-5 */
	sum = from(0.0);
	for (i = 9; i >= 1; i -= 2)
		sum = add(mul(sum, z), quot(from(1.0), from((double)i)));
	return (add(from(g), mul(sum, d)));
}

double
atan2(double y, double x)
{
	struct dd a, yy, xx;
	int e, ex, ey;

	if (isnan(x) || isnan(y))
		return (__quiet_nan());
	if (y == 0.0)
		return (__signbit(x) ? copysign(pi.hi, y) : y);
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
		a = add(pi, neg(a));
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
	c = sqrt_dd(mul(two_sum(1.0, x), two_sum(1.0, -x)));
	return (copysign(value(c.hi == 0.0 ? pi_2 : angle(from(fabs(x)), c)), x));
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
	c = sqrt_dd(mul(two_sum(1.0, x), two_sum(1.0, -x)));
	if (c.hi == 0.0)
		return (x > 0.0 ? 0.0 : pi.hi);
	c = angle(c, from(fabs(x)));
	return (value(x < 0.0 ? add(pi, neg(c)) : c));
}

/*
 * Hyperbolic functions, from e^x and e^-x.
 */
static void
exp_pair(double x, struct dd *p, struct dd *m, int *n)
{
	*p = exp_dd(from(x), n);
	*m = quot(from(1.0), *p);	/* Times 2^-n. */
}

double
sinh(double x)
{
	struct dd p, m;
	double a = fabs(x);
	int n;

	if (!isfinite(x) || x == 0.0)
		return (x);
	if (a < 1e-9)
		return (x + x * x * x / 6);
	if (a > 711.0) {
		errno = ERANGE;
		return (copysign(__infinity(), x));
	}
	if (a < 0.3) {
		/* (m + m / (m + 1)) / 2 with m = e^x - 1: nothing cancels. */
		m = expm1_small(from(a));
		p = add(m, quot(m, add(m, from(1.0))));
		return (copysign(value(scale(p, -1)), x));
	}
	exp_pair(a, &p, &m, &n);
	if (n < 60)
		p = add(p, neg(scale(m, -2 * n)));
	return (copysign(value_scaled(p, n - 1), x));
}

double
cosh(double x)
{
	struct dd p, m;
	double a = fabs(x);
	int n;

	if (!isfinite(x))
		return (a);
	if (a > 711.0) {
		errno = ERANGE;
		return (__infinity());
	}
	exp_pair(a, &p, &m, &n);
	if (n < 60)
		p = add(p, scale(m, -2 * n));
	return (value_scaled(p, n - 1));
}

double
tanh(double x)
{
	struct dd m;
	double a = fabs(x);
	int n;

	if (isnan(x) || x == 0.0)
		return (x);
	if (a > 22.0)
		return (copysign(1.0, x));
	if (a < 1e-9)
		return (x - x * x * x / 3);
	/* (e^2x - 1) / (e^2x + 1) */
	if (a < 0.17)
		m = expm1_small(from(2 * a));
	else {
		m = exp_dd(from(2 * a), &n);
		m = add(scale(m, n), from(-1.0));
	}
	return (copysign(value(quot(m, add(m, from(2.0)))), x));
}

double
asinh(double x)
{
	double a = fabs(x);

	if (!isfinite(x) || x == 0.0)
		return (x);
	if (a < 1e-9)
		return (x - x * x * x / 6);
	if (a > 1e150)
		return (copysign(value(add(log_dd(from(a)), ln2)), x));
	return (copysign(value(log_dd(add(from(a),
	    sqrt_dd(add(two_prod(a, a), from(1.0)))))), x));
}

double
acosh(double x)
{
	if (isnan(x) || x < 1.0) {
		errno = EDOM;
		return (__quiet_nan());
	}
	if (isinf(x))
		return (x);
	if (x > 1e150)
		return (value(add(log_dd(from(x)), ln2)));
	return (value(log_dd(add(from(x),
	    sqrt_dd(add(two_prod(x, x), from(-1.0)))))));
}

double
atanh(double x)
{
	double a = fabs(x);

	if (isnan(x) || a > 1.0) {
		errno = EDOM;
		return (__quiet_nan());
	}
	if (a == 1.0) {
		errno = ERANGE;
		return (copysign(__infinity(), x));
	}
	if (a < 1e-9)
		return (x + x * x * x / 3);
	return (copysign(0.5 * value(log_dd(quot(two_sum(1.0, a),
	    two_sum(1.0, -a)))), x));
}

/*
 * a * b + c, rounded once unless the exact sum lies within 2^-106 of a tie.
 */
double
fma(double a, double b, double c)
{
	struct dd p;

	if (!isfinite(a) || !isfinite(b) || !isfinite(c) || a == 0.0 || b == 0.0)
		return (a * b + c);
	if (fabs(a) > 0x1p990 || fabs(b) > 0x1p990 || fabs(a * b) < 0x1p-900)
		return (a * b + c);
	p = add(two_prod(a, b), from(c));
	return (p.hi == 0.0 ? a * b + c : value(p));
}

/*
 * The error function: its series up to 2.5, the continued fraction of erfc
 * beyond.
 */
static struct dd
erfc_tail(double x)
{
	struct dd f = from(x), e;
	int k, n;

	for (k = 120; k >= 1; k--)
		f = add(from(x), quot(from(k * 0.5), f));
	e = exp_dd(neg(two_prod(x, x)), &n);
	return (quot(scale(e, n), mul(f, sqrt_dd(pi))));
}

static struct dd
erf_series(double x)
{
	struct dd z = two_prod(x, x), term = from(x), sum = term;
	int n;

	/* 2/sqrt(pi) e^-z sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)) */
	for (n = 1; n < 200 && fabs(term.hi) > 1e-36 * fabs(sum.hi); n++) {
		term = quot(mul(term, scale(z, 1)), from(2.0 * n + 1));
		sum = add(sum, term);
	}
	term = exp_dd(neg(z), &n);
	sum = mul(sum, scale(term, n));
	return (quot(scale(sum, 1), sqrt_dd(pi)));
}

double
erf(double x)
{
	double a = fabs(x);

	if (isnan(x) || x == 0.0)
		return (x);
	if (a > 6.0)
		return (copysign(1.0, x));
	if (a < 2.5)
		return (copysign(value(erf_series(a)), x));
	return (copysign(value(add(from(1.0), neg(erfc_tail(a)))), x));
}

double
erfc(double x)
{
	if (isnan(x))
		return (x);
	if (x < -6.0)
		return (2.0);
	if (x < 2.5)
		return (value(add(from(1.0), x < 0 ? erf_series(-x) :
		    neg(erf_series(x)))));
	if (x > 27.3)
		return (0.0);
	return (value(erfc_tail(x)));
}

/*
 * The logarithm of the gamma function, x > 0: Stirling's series after moving x
 * up to where it is good.
 */
static struct dd
lgamma_dd(struct dd x)
{
	static const double b[][2] = {	/* B(2k) / (2k (2k - 1)) */
		{ 1, 12 }, { -1, 360 }, { 1, 1260 }, { -1, 1680 }, { 1, 1188 },
		{ -691, 360360 }, { 1, 156 }, { -3617, 122400 },
		{ 43867, 244188 }, { -174611, 125400 }
	};
	struct dd shift = from(1.0), y = x, w, z, s, p;
	unsigned i;

	while (y.hi < 30.0) {
		shift = mul(shift, y);
		y = add(y, from(1.0));
	}
	w = quot(from(1.0), y);
	z = mul(w, w);
	s = from(0.0);
	p = w;
	for (i = 0; i < 10; i++) {
		s = add(s, mul(p, quot(from(b[i][0]), from(b[i][1]))));
		p = mul(p, z);
	}
	s = add(s, mul(add(y, from(-0.5)), log_dd(y)));
	s = add(s, neg(y));
	s = add(s, scale(log_dd(scale(pi, 1)), -1));
	return (add(s, neg(log_dd(shift))));
}

double
tgamma(double x)
{
	struct dd r, s, c;
	double k;
	int n, i;

	if (isnan(x))
		return (x);
	if (x == 0.0) {
		errno = ERANGE;
		return (copysign(__infinity(), x));
	}
	if (isinf(x) || (x < 0.0 && trunc(x) == x)) {
		if (x > 0.0)
			return (x);
		errno = EDOM;
		return (__quiet_nan());
	}
	if (x > 171.7) {
		errno = ERANGE;
		return (__infinity());
	}
	if (trunc(x) == x && x <= 30.0) {
		r = from(1.0);
		for (i = 2; i < (int)x; i++)
			r = mul(r, from((double)i));
		return (value(r));
	}
	if (x < -184.0)
		return (0.0);
	if (fabs(x) < 1e-20)
		return (1.0 / x);
	if (x < 0.5) {
		/* gamma(x) gamma(1-x) = pi / sin(pi x) */
		k = rint(x);
		sincos_small(mul(pi, from(x - k)), &s, &c);
		if (fmod(k, 2.0) != 0.0)
			s = neg(s);
		r = exp_dd(neg(lgamma_dd(two_sum(1.0, -x))), &n);
		return (value_scaled(quot(mul(pi, r), s), n));
	}
	r = exp_dd(lgamma_dd(from(x)), &n);
	return (value_scaled(r, n));
}

double
lgamma(double x)
{
	struct dd s, c, r;
	double k;

	if (isnan(x))
		return (x);
	if (isinf(x))
		return (__infinity());
	if (x <= 0.0 && trunc(x) == x) {
		errno = ERANGE;
		return (__infinity());
	}
	if (x == 1.0 || x == 2.0)
		return (0.0);
	if (fabs(x) < 1e-20)
		return (-log(fabs(x)));
	if (x >= 0.5)
		return (x > 1e300 ? __infinity() : value(lgamma_dd(from(x))));
	k = rint(x);
	sincos_small(mul(pi, from(x - k)), &s, &c);
	if (s.hi < 0.0)
		s = neg(s);
	r = add(log_dd(quot(pi, s)), neg(lgamma_dd(two_sum(1.0, -x))));
	return (value(r));
}
