/*
 * Double-double arithmetic: a number is the unevaluated sum of two doubles, good
 * for about 106 bits.  In it plain series and Newton steps are accurate enough that
 * the result, rounded to one double, is almost always the correctly rounded one,
 * and there is no need for tables of coefficients made for each function.  It costs
 * a few hundred operations a call.
 */
#ifndef _MATH_DD_H_
#define	_MATH_DD_H_

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include "libc_private.h"

struct dd {
	double	 hi, lo;
};

extern const struct dd	__dd_inv_fact[28];	/* 1/n! */
extern const struct dd	__dd_ln2, __dd_inv_ln2, __dd_inv_ln10;
extern const struct dd	__dd_pi, __dd_pi_2;

struct dd	__dd_add(struct dd, struct dd);
struct dd	__dd_mul(struct dd, struct dd);
struct dd	__dd_div(struct dd, struct dd);
struct dd	__dd_sqrt(struct dd);
double		__dd_value_scaled(struct dd, int);
struct dd	__dd_expm1(struct dd);			/* |a| up to 0.35 */
struct dd	__dd_exp(struct dd, int *);		/* = result * 2^*n */
struct dd	__dd_log(struct dd);
void		__dd_sincos(struct dd, struct dd *, struct dd *); /* |a| up to 0.8 */

/* A result and its rounding error. */
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

static inline struct dd
neg(struct dd a)
{
	struct dd r = { -a.hi, -a.lo };

	return (r);
}

static inline struct dd
scale(struct dd a, int n)
{
	struct dd r = { scalbn(a.hi, n), scalbn(a.lo, n) };

	return (r);
}

static inline double
value(struct dd a)
{
	return (a.hi + a.lo);
}

#endif /* !_MATH_DD_H_ */
