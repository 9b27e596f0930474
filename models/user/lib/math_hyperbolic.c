/*
 * Hyperbolic functions and their inverses.
 */
#include "math_dd.h"

/*
 * Hyperbolic functions, from e^x and e^-x.
 */
static void
exp_pair(double x, struct dd *p, struct dd *m, int *n)
{
	*p = __dd_exp(from(x), n);
	*m = __dd_div(from(1.0), *p);	/* Times 2^-n. */
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
		m = __dd_expm1(from(a));
		p = __dd_add(m, __dd_div(m, __dd_add(m, from(1.0))));
		return (copysign(value(scale(p, -1)), x));
	}
	exp_pair(a, &p, &m, &n);
	if (n < 60)
		p = __dd_add(p, neg(scale(m, -2 * n)));
	return (copysign(__dd_value_scaled(p, n - 1), x));
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
		p = __dd_add(p, scale(m, -2 * n));
	return (__dd_value_scaled(p, n - 1));
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
		m = __dd_expm1(from(2 * a));
	else {
		m = __dd_exp(from(2 * a), &n);
		m = __dd_add(scale(m, n), from(-1.0));
	}
	return (copysign(value(__dd_div(m, __dd_add(m, from(2.0)))), x));
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
		return (copysign(value(__dd_add(__dd_log(from(a)), __dd_ln2)), x));
	return (copysign(value(__dd_log(__dd_add(from(a),
	    __dd_sqrt(__dd_add(two_prod(a, a), from(1.0)))))), x));
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
		return (value(__dd_add(__dd_log(from(x)), __dd_ln2)));
	return (value(__dd_log(__dd_add(from(x),
	    __dd_sqrt(__dd_add(two_prod(x, x), from(-1.0)))))));
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
	return (copysign(0.5 * value(__dd_log(__dd_div(two_sum(1.0, a),
	    two_sum(1.0, -a)))), x));
}
