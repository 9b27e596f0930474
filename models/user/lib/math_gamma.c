/*
 * The error function, the gamma function, and fma().
 */
#include "math_dd.h"

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
	p = __dd_add(two_prod(a, b), from(c));
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
		f = __dd_add(from(x), __dd_div(from(k * 0.5), f));
	e = __dd_exp(neg(two_prod(x, x)), &n);
	return (__dd_div(scale(e, n), __dd_mul(f, __dd_sqrt(__dd_pi))));
}

static struct dd
erf_series(double x)
{
	struct dd z = two_prod(x, x), term = from(x), sum = term;
	int n;

	/* 2/sqrt(pi) e^-z sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)) */
	for (n = 1; n < 200 && fabs(term.hi) > 1e-36 * fabs(sum.hi); n++) {
		term = __dd_div(__dd_mul(term, scale(z, 1)), from(2.0 * n + 1));
		sum = __dd_add(sum, term);
	}
	term = __dd_exp(neg(z), &n);
	sum = __dd_mul(sum, scale(term, n));
	return (__dd_div(scale(sum, 1), __dd_sqrt(__dd_pi)));
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
	return (copysign(value(__dd_add(from(1.0), neg(erfc_tail(a)))), x));
}

double
erfc(double x)
{
	if (isnan(x))
		return (x);
	if (x < -6.0)
		return (2.0);
	if (x < 2.5)
		return (value(__dd_add(from(1.0), x < 0 ? erf_series(-x) :
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
		shift = __dd_mul(shift, y);
		y = __dd_add(y, from(1.0));
	}
	w = __dd_div(from(1.0), y);
	z = __dd_mul(w, w);
	s = from(0.0);
	p = w;
	for (i = 0; i < 10; i++) {
		s = __dd_add(s, __dd_mul(p, __dd_div(from(b[i][0]), from(b[i][1]))));
		p = __dd_mul(p, z);
	}
	s = __dd_add(s, __dd_mul(__dd_add(y, from(-0.5)), __dd_log(y)));
	s = __dd_add(s, neg(y));
	s = __dd_add(s, scale(__dd_log(scale(__dd_pi, 1)), -1));
	return (__dd_add(s, neg(__dd_log(shift))));
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
			r = __dd_mul(r, from((double)i));
		return (value(r));
	}
	if (x < -184.0)
		return (0.0);
	if (fabs(x) < 1e-20)
		return (1.0 / x);
	if (x < 0.5) {
		/* gamma(x) gamma(1-x) = pi / sin(pi x) */
		k = rint(x);
		__dd_sincos(__dd_mul(__dd_pi, from(x - k)), &s, &c);
		if (fmod(k, 2.0) != 0.0)
			s = neg(s);
		r = __dd_exp(neg(lgamma_dd(two_sum(1.0, -x))), &n);
		return (__dd_value_scaled(__dd_div(__dd_mul(__dd_pi, r), s), n));
	}
	r = __dd_exp(lgamma_dd(from(x)), &n);
	return (__dd_value_scaled(r, n));
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
	__dd_sincos(__dd_mul(__dd_pi, from(x - k)), &s, &c);
	if (s.hi < 0.0)
		s = neg(s);
	r = __dd_add(__dd_log(__dd_div(__dd_pi, s)), neg(lgamma_dd(two_sum(1.0, -x))));
	return (value(r));
}
