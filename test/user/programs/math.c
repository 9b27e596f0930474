/*
 * math.h: every function at random and at special arguments, results in
 * hexadecimal.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>

static uint64_t	s = 88172645463325252UL;

static uint64_t
r64(void)
{
	s ^= s << 13;
	s ^= s >> 7;
	s ^= s << 17;
	return (s);
}

static double
between(double lo, double hi)
{
	return (lo + (hi - lo) * ((double)(r64() >> 11) / 9007199254740992.0));
}

static double
any(void)
{
	union { uint64_t u; double d; } v;

	v.u = r64();
	return (v.d);
}

static const struct fn {
	const char	*name;
	double		(*f)(double);
	double		lo, hi;
} fns[] = {
	{ "exp", exp, -700, 700 }, { "exp", exp, -1, 1 }, { "exp", exp, -745, -700 },
	{ "exp2", exp2, -1074, 1023 }, { "expm1", expm1, -2, 2 },
	{ "log", log, 1e-300, 2 }, { "log", log, 0, 100 }, { "log10", log10, 0, 1000 },
	{ "log2", log2, 0, 1000 }, { "log1p", log1p, -0.9, 3 },
	{ "sin", sin, -10, 10 }, { "sin", sin, -1e15, 1e15 }, { "sin", sin, 1e5, 1e7 },
	{ "cos", cos, -10, 10 }, { "cos", cos, -1e300, 1e300 },
	{ "tan", tan, -10, 10 }, { "tan", tan, -1e9, 1e9 },
	{ "asin", asin, -1, 1 }, { "acos", acos, -1, 1 }, { "atan", atan, -20, 20 },
	{ "atan", atan, -1, 1 }, { "sinh", sinh, -5, 5 }, { "sinh", sinh, -0.1, 0.1 },
	{ "cosh", cosh, -5, 5 }, { "tanh", tanh, -3, 3 }, { "asinh", asinh, -100, 100 },
	{ "acosh", acosh, 1, 100 }, { "atanh", atanh, -1, 1 },
	{ "sqrt", sqrt, 0, 1e10 }, { "cbrt", cbrt, -1000, 1000 },
	{ "floor", floor, -10, 10 }, { "ceil", ceil, -10, 10 },
	{ "round", round, -10, 10 }, { "rint", rint, -10, 10 },
	{ "erf", erf, -4, 4 }, { "erfc", erfc, -3, 26 }, { "tgamma", tgamma, -20, 170 },
	{ "tgamma", tgamma, 0, 5 }, { "lgamma", lgamma, 0.01, 100 },
	{ "lgamma", lgamma, -20, 0 },
	/* lo == hi: any double. */
	{ "sqrt", sqrt, 0, 0 }, { "cbrt", cbrt, 0, 0 }, { "floor", floor, 0, 0 },
	{ "ceil", ceil, 0, 0 }, { "trunc", trunc, 0, 0 }, { "round", round, 0, 0 },
	{ "rint", rint, 0, 0 }, { "logb", logb, 0, 0 }, { "exp", exp, 0, 0 },
	{ "sin", sin, 0, 0 }, { "cos", cos, 0, 0 }, { "atan", atan, 0, 0 },
	{ "log", log, 0, 0 }
};

static const double special[] = {
	0.0, -0.0, 1, -1, HUGE_VALF, -HUGE_VALF, 0.5, -0.5, 1e-310, -1e-310, 1e308,
	2, -2, 3, 0.25
};

#define	COUNT(a)	(sizeof(a) / sizeof(*(a)))

int
main(void)
{
	double x, y, a, b, w;
	unsigned i, k;
	int e;

	for (i = 0; i < COUNT(fns); i++)
		for (k = 0; k < 40; k++) {
			x = fns[i].lo == fns[i].hi ? any() :
			    between(fns[i].lo, fns[i].hi);
			printf("%s %a %a\n", fns[i].name, x, fns[i].f(x));
		}
	for (i = 0; i < 150; i++) {
		x = between(0, 100);
		y = between(-50, 50);
		a = any();
		b = any();
		printf("pow %a %a\n", pow(x, y), pow(fabs(a), 0.3));
		printf("pow %a %a\n", pow(1 + x * 1e-9, 1e8 * y), pow(i, 3));
		printf("atan2 %a %a\n", atan2(y, x - 50), atan2(a, b));
		printf("hypot %a %a\n", hypot(x, y), hypot(a, b));
		printf("fmod %a %a\n", fmod(x, y), fmod(a, b));
		printf("remainder %a\n", remainder(x, y));
		w = frexp(a, &e);
		printf("frexp %a %d\n", w, e);
		e = (int)(r64() % 2200) - 1100;
		printf("ldexp %a %a\n", ldexp(x, e), ldexp(x * 0x1p-1000, e / 16));
		printf("nextafter %a\n", nextafter(a, b));
		printf("fma %a\n", fma(x, y, between(-10, 10)));
		b = modf(y, &w);
		printf("modf %a %a\n", b, w);
	}
	for (i = 0; i < COUNT(special); i++) {
		x = special[i];
		for (k = 0; k < COUNT(fns); k++)
			if (fns[k].lo != fns[k].hi)
				printf("%s %a %a\n", fns[k].name, x, fns[k].f(x));
		for (k = 0; k < COUNT(special); k++) {
			y = special[k];
			printf("two %a %a: %a %a %a %a %a %a\n", x, y, pow(x, y),
			    atan2(x, y), hypot(x, y), fmod(x, y), remainder(x, y),
			    fdim(x, y));
		}
	}
	return (0);
}
