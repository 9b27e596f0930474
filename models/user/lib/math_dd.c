/*
 * Double-double arithmetic (math_dd.h): constants, and the operations that are too
 * long to be inline.
 */
#include "math_dd.h"

const struct dd __dd_inv_fact[28] = {
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
const struct dd __dd_ln2 = { 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56 };
const struct dd __dd_inv_ln2 = { 0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56 };
const struct dd __dd_inv_ln10 = { 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57 };
const struct dd __dd_pi = { 0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53 };
const struct dd __dd_pi_2 = { 0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54 };

struct dd
__dd_add(struct dd a, struct dd b)
{
	struct dd s = two_sum(a.hi, b.hi), t = two_sum(a.lo, b.lo);

	s = two_sum(s.hi, s.lo + t.hi);
	return (two_sum(s.hi, s.lo + t.lo));
}

struct dd
__dd_mul(struct dd a, struct dd b)
{
	struct dd p = two_prod(a.hi, b.hi);

	p.lo += a.hi * b.lo + a.lo * b.hi;
	return (two_sum(p.hi, p.lo));
}

struct dd
__dd_div(struct dd a, struct dd b)
{
	double q1, q2, q3;
	struct dd r;

	q1 = a.hi / b.hi;
	r = __dd_add(a, neg(__dd_mul(b, from(q1))));
	q2 = r.hi / b.hi;
	r = __dd_add(r, neg(__dd_mul(b, from(q2))));
	q3 = r.hi / b.hi;
	return (__dd_add(two_sum(q1, q2), from(q3)));
}

/* The root of a double-double. */
struct dd
__dd_sqrt(struct dd a)
{
	struct dd y;

	if (a.hi <= 0.0)
		return (from(0.0));
	y = from(sqrt(a.hi));
	return (__dd_add(y, __dd_div(__dd_add(a, neg(__dd_mul(y, y))), scale(y, 1))));
}

/* a * 2^n as one double, rounded once even when it is subnormal. */
double
__dd_value_scaled(struct dd a, int n)
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
