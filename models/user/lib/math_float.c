/*
 * The float and long double forms of math.h: through double.
 */
#include <math.h>
#include <stdint.h>

float acosf(float x)	{ return ((float)acos(x)); }
float acoshf(float x)	{ return ((float)acosh(x)); }
float asinf(float x)	{ return ((float)asin(x)); }
float asinhf(float x)	{ return ((float)asinh(x)); }
float atanf(float x)	{ return ((float)atan(x)); }
float atanhf(float x)	{ return ((float)atanh(x)); }
float cbrtf(float x)	{ return ((float)cbrt(x)); }
float ceilf(float x)	{ return ((float)ceil(x)); }
float cosf(float x)	{ return ((float)cos(x)); }
float coshf(float x)	{ return ((float)cosh(x)); }
float erff(float x)	{ return ((float)erf(x)); }
float erfcf(float x)	{ return ((float)erfc(x)); }
float expf(float x)	{ return ((float)exp(x)); }
float exp2f(float x)	{ return ((float)exp2(x)); }
float expm1f(float x)	{ return ((float)expm1(x)); }
float fabsf(float x)	{ return ((float)fabs(x)); }
float floorf(float x)	{ return ((float)floor(x)); }
float lgammaf(float x)	{ return ((float)lgamma(x)); }
float logf(float x)	{ return ((float)log(x)); }
float log10f(float x)	{ return ((float)log10(x)); }
float log1pf(float x)	{ return ((float)log1p(x)); }
float log2f(float x)	{ return ((float)log2(x)); }
float logbf(float x)	{ return ((float)logb(x)); }
float nearbyintf(float x)	{ return ((float)nearbyint(x)); }
float rintf(float x)	{ return ((float)rint(x)); }
float roundf(float x)	{ return ((float)round(x)); }
float sinf(float x)	{ return ((float)sin(x)); }
float sinhf(float x)	{ return ((float)sinh(x)); }
float sqrtf(float x)	{ return ((float)sqrt(x)); }
float tanf(float x)	{ return ((float)tan(x)); }
float tanhf(float x)	{ return ((float)tanh(x)); }
float tgammaf(float x)	{ return ((float)tgamma(x)); }
float truncf(float x)	{ return ((float)trunc(x)); }
float atan2f(float x, float y)	{ return ((float)atan2(x, y)); }
float copysignf(float x, float y)	{ return ((float)copysign(x, y)); }
float fdimf(float x, float y)	{ return ((float)fdim(x, y)); }
float fmaxf(float x, float y)	{ return ((float)fmax(x, y)); }
float fminf(float x, float y)	{ return ((float)fmin(x, y)); }
float fmodf(float x, float y)	{ return ((float)fmod(x, y)); }
float hypotf(float x, float y)	{ return ((float)hypot(x, y)); }
float powf(float x, float y)	{ return ((float)pow(x, y)); }
float remainderf(float x, float y)	{ return ((float)remainder(x, y)); }
float fmaf(float x, float y, float z)	{ return ((float)fma(x, y, z)); }
float frexpf(float x, int *e)	{ return ((float)frexp(x, e)); }
float ldexpf(float x, int n)	{ return ((float)ldexp(x, n)); }
float scalbnf(float x, int n)	{ return ((float)scalbn(x, n)); }
int ilogbf(float x)	{ return (ilogb(x)); }
long lrintf(float x)	{ return (lrint(x)); }
long lroundf(float x)	{ return (lround(x)); }
long long llrintf(float x)	{ return (llrint(x)); }
long long llroundf(float x)	{ return (llround(x)); }

float
modff(float x, float *whole)
{
	double w, r = modf(x, &w);

	*whole = (float)w;
	return ((float)r);
}

long double acosl(long double x)	{ return ((long double)acos(x)); }
long double acoshl(long double x)	{ return ((long double)acosh(x)); }
long double asinl(long double x)	{ return ((long double)asin(x)); }
long double asinhl(long double x)	{ return ((long double)asinh(x)); }
long double atanl(long double x)	{ return ((long double)atan(x)); }
long double atanhl(long double x)	{ return ((long double)atanh(x)); }
long double cbrtl(long double x)	{ return ((long double)cbrt(x)); }
long double ceill(long double x)	{ return ((long double)ceil(x)); }
long double cosl(long double x)	{ return ((long double)cos(x)); }
long double coshl(long double x)	{ return ((long double)cosh(x)); }
long double erfl(long double x)	{ return ((long double)erf(x)); }
long double erfcl(long double x)	{ return ((long double)erfc(x)); }
long double expl(long double x)	{ return ((long double)exp(x)); }
long double exp2l(long double x)	{ return ((long double)exp2(x)); }
long double expm1l(long double x)	{ return ((long double)expm1(x)); }
long double fabsl(long double x)	{ return ((long double)fabs(x)); }
long double floorl(long double x)	{ return ((long double)floor(x)); }
long double lgammal(long double x)	{ return ((long double)lgamma(x)); }
long double logl(long double x)	{ return ((long double)log(x)); }
long double log10l(long double x)	{ return ((long double)log10(x)); }
long double log1pl(long double x)	{ return ((long double)log1p(x)); }
long double log2l(long double x)	{ return ((long double)log2(x)); }
long double logbl(long double x)	{ return ((long double)logb(x)); }
long double nearbyintl(long double x)	{ return ((long double)nearbyint(x)); }
long double rintl(long double x)	{ return ((long double)rint(x)); }
long double roundl(long double x)	{ return ((long double)round(x)); }
long double sinl(long double x)	{ return ((long double)sin(x)); }
long double sinhl(long double x)	{ return ((long double)sinh(x)); }
long double sqrtl(long double x)	{ return ((long double)sqrt(x)); }
long double tanl(long double x)	{ return ((long double)tan(x)); }
long double tanhl(long double x)	{ return ((long double)tanh(x)); }
long double tgammal(long double x)	{ return ((long double)tgamma(x)); }
long double truncl(long double x)	{ return ((long double)trunc(x)); }
long double atan2l(long double x, long double y)	{ return ((long double)atan2(x, y)); }
long double copysignl(long double x, long double y)	{ return ((long double)copysign(x, y)); }
long double fdiml(long double x, long double y)	{ return ((long double)fdim(x, y)); }
long double fmaxl(long double x, long double y)	{ return ((long double)fmax(x, y)); }
long double fminl(long double x, long double y)	{ return ((long double)fmin(x, y)); }
long double fmodl(long double x, long double y)	{ return ((long double)fmod(x, y)); }
long double hypotl(long double x, long double y)	{ return ((long double)hypot(x, y)); }
long double powl(long double x, long double y)	{ return ((long double)pow(x, y)); }
long double remainderl(long double x, long double y)	{ return ((long double)remainder(x, y)); }
long double nextafterl(long double x, long double y)	{ return ((long double)nextafter(x, y)); }
long double fmal(long double x, long double y, long double z)	{ return ((long double)fma(x, y, z)); }
long double frexpl(long double x, int *e)	{ return ((long double)frexp(x, e)); }
long double ldexpl(long double x, int n)	{ return ((long double)ldexp(x, n)); }
long double scalbnl(long double x, int n)	{ return ((long double)scalbn(x, n)); }
int ilogbl(long double x)	{ return (ilogb(x)); }
long lrintl(long double x)	{ return (lrint(x)); }
long lroundl(long double x)	{ return (lround(x)); }
long long llrintl(long double x)	{ return (llrint(x)); }
long long llroundl(long double x)	{ return (llround(x)); }

long double
modfl(long double x, long double *whole)
{
	double w, r = modf(x, &w);

	*whole = (long double)w;
	return ((long double)r);
}

float
nextafterf(float x, float y)
{
	union { float f; uint32_t u; } v;

	if (isnan(x) || isnan(y))
		return (x + y);
	if (x == y)
		return (y);
	v.f = x;
	if (x == 0.0f) {
		v.u = 1;
		return (y > 0.0f ? v.f : -v.f);
	}
	v.u += (x < y) == (x > 0.0f) ? 1 : -1;
	return (v.f);
}
