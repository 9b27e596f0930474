/*
 * Exponentials, logarithms, powers and roots.
 */
#include "math_dd.h"

/*
 * exp(a) - 1 for |a| up to about 0.35: the series for a / 512, then nine times
 * (1 + m)^2 - 1 = 2m + m^2.
 */
struct dd
__dd_expm1(struct dd a)
{
	struct dd r = scale(a, -9), s;
	int i;

	s = __dd_inv_fact[9];
	for (i = 8; i >= 1; i--)
		s = __dd_add(__dd_mul(s, r), __dd_inv_fact[i]);
	s = __dd_mul(s, r);
	for (i = 0; i < 9; i++)
		s = __dd_add(scale(s, 1), __dd_mul(s, s));
	return (s);
}

/* exp(a) = result * 2^*n */
struct dd
__dd_exp(struct dd a, int *n)
{
	double k = rint(a.hi * __dd_inv_ln2.hi);

	*n = (int)k;
	if (k != 0.0)
		a = __dd_add(a, neg(__dd_mul(__dd_ln2, from(k))));
	return (__dd_add(from(1.0), __dd_expm1(a)));
}

/*
 * log(a), a > 0: from a first guess y, y + (a * exp(-y) - 1) and the next term.
 */
struct dd
__dd_log(struct dd a)
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
	e = scale(__dd_exp(neg(y), &n), 0);
	e = __dd_add(scale(__dd_mul(a, e), n), from(-1.0));
	/* log(1 + e) = e - e^2/2 + e^3/3, e about 1e-12 at most. */
	e = __dd_add(e, __dd_mul(__dd_mul(e, e), __dd_add(from(-0.5), from(e.hi / 3))));
	y = __dd_add(y, e);
	return (__dd_add(__dd_mul(__dd_ln2, from((double)k)), y));
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
	r = __dd_exp(from(x), &n);
	return (__dd_value_scaled(r, n));
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
	r = __dd_exp(__dd_mul(__dd_ln2, from(x - k)), &n);
	return (__dd_value_scaled(r, n + k));
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
		return (value(__dd_expm1(from(x))));
	r = __dd_exp(from(x), &n);
	if (n > 1000)
		return (__dd_value_scaled(r, n));
	return (value(__dd_add(scale(r, n), from(-1.0))));
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

	return (log_special(x, &r) ? r : value(__dd_log(from(x))));
}

double
log10(double x)
{
	double r;

	return (log_special(x, &r) ? r : value(__dd_mul(__dd_log(from(x)), __dd_inv_ln10)));
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
	return (value(__dd_mul(__dd_log(from(x)), __dd_inv_ln2)));
}

double
log1p(double x)
{
	double r;

	if (fabs(x) < 1e-17)
		return (x);
	if (log_special(x == -1.0 ? 0.0 : x + 1.0, &r))
		return (r);
	return (value(__dd_log(two_sum(1.0, x))));
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
	l = __dd_log(from(x));
	if (fabs(y) > 1e300 || fabs(l.hi * y) > 760.0) {
		errno = ERANGE;
		r = (l.hi > 0.0) == (y > 0.0) ? __infinity() : 0.0;
		return (negative ? -r : r);
	}
	l = __dd_exp(__dd_mul(l, from(y)), &n);
	r = __dd_value_scaled(l, n);
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
	c = __dd_mul(__dd_mul(y, y), y);
	y = __dd_add(y, neg(__dd_div(__dd_add(c, from(-m)), __dd_mul(from(3.0), __dd_mul(y, y)))));
	return (copysign(scalbn(value(y), e / 3), x));
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
	return (__dd_value_scaled(__dd_sqrt(__dd_add(two_prod(x, x), two_prod(y, y))), e));
}
