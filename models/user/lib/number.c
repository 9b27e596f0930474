/*
 * Numbers from text, and small arithmetic.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "libc_private.h"

/*
 * The digits of a number: magnitude, sign, and whether it went beyond 64 bits.
 * *endp is where it ends; s itself if there is no number.
 */
static uint64_t
digits(const char *s, char **endp, int base, int *negative, int *overflow)
{
	const char *p = s, *first;
	uint64_t v = 0, limit;
	int d;

	*negative = *overflow = 0;
	if (endp != NULL)
		*endp = (char *)s;
	if (base < 0 || base == 1 || base > 36) {
		errno = EINVAL;
		return (0);
	}
	while (isspace((unsigned char)*p))
		p++;
	if (*p == '-' || *p == '+')
		*negative = *p++ == '-';
	if ((base == 0 || base == 16) && p[0] == '0' &&
	    (p[1] == 'x' || p[1] == 'X') && isxdigit((unsigned char)p[2])) {
		p += 2;
		base = 16;
	} else if (base == 0)
		base = *p == '0' ? 8 : 10;
	limit = UINT64_MAX / base;
	for (first = p;; p++) {
		d = (unsigned char)*p;
		if (isdigit(d))
			d -= '0';
		else if (isalpha(d))
			d = tolower(d) - 'a' + 10;
		else
			break;
		if (d >= base)
			break;
		if (v > limit || v * base > UINT64_MAX - d)
			*overflow = 1;
		v = v * base + d;
	}
	if (endp != NULL && p != first)
		*endp = (char *)p;
	return (v);
}

long
strtol(const char *restrict s, char **restrict endp, int base)
{
	int negative, overflow;
	uint64_t v = digits(s, endp, base, &negative, &overflow);

	if (overflow || v > (uint64_t)LONG_MAX + negative) {
		errno = ERANGE;
		return (negative ? LONG_MIN : LONG_MAX);
	}
	return (negative ? -v : v);
}

unsigned long
strtoul(const char *restrict s, char **restrict endp, int base)
{
	int negative, overflow;
	uint64_t v = digits(s, endp, base, &negative, &overflow);

	if (overflow) {
		errno = ERANGE;
		return (ULONG_MAX);
	}
	return (negative ? -v : v);
}

long long
strtoll(const char *restrict s, char **restrict endp, int base)
{
	return (strtol(s, endp, base));
}

unsigned long long
strtoull(const char *restrict s, char **restrict endp, int base)
{
	return (strtoul(s, endp, base));
}

intmax_t
strtoimax(const char *restrict s, char **restrict endp, int base)
{
	return (strtol(s, endp, base));
}

uintmax_t
strtoumax(const char *restrict s, char **restrict endp, int base)
{
	return (strtoul(s, endp, base));
}

int
atoi(const char *s)
{
	return ((int)strtol(s, NULL, 10));
}

long
atol(const char *s)
{
	return (strtol(s, NULL, 10));
}

long long
atoll(const char *s)
{
	return (strtol(s, NULL, 10));
}

/* A number between two bounds, or 0 with a word on what is wrong. */
long long
strtonum(const char *s, long long min, long long max, const char **errstr)
{
	const char *why = NULL;
	char *end;
	long long v;

	errno = 0;
	v = strtoll(s, &end, 10);
	if (end == s || *end != '\0')
		why = "invalid";
	else if ((errno == ERANGE && v == LLONG_MIN) || v < min)
		why = "too small";
	else if ((errno == ERANGE && v == LLONG_MAX) || v > max)
		why = "too large";
	if (errstr != NULL)
		*errstr = why;
	return (why != NULL ? 0 : v);
}

/*
 * A hexadecimal fraction: 0x1.8p+3.  p is after the 0x.
 */
static double
hexfloat(const char *p, const char **endp)
{
	uint64_t m = 0;
	int exp = 0, seen = 0, point = 0, sticky = 0, d, e, drop;
	const char *q;
	int esign;

	for (;; p++) {
		if (*p == '.' && !point) {
			point = 1;
			continue;
		}
		if (!isxdigit((unsigned char)*p))
			break;
		d = isdigit((unsigned char)*p) ? *p - '0' :
		    tolower((unsigned char)*p) - 'a' + 10;
		seen = 1;
		if (m >> 58 == 0) {
			m = m << 4 | d;
			exp -= point ? 4 : 0;
		} else {
			sticky |= d != 0;
			exp += point ? 0 : 4;
		}
	}
	if (!seen)
		return (0.0);
	*endp = p;
	if (*p == 'p' || *p == 'P') {
		q = p + 1;
		esign = 1;
		if (*q == '-' || *q == '+')
			esign = *q++ == '-' ? -1 : 1;
		if (isdigit((unsigned char)*q)) {
			for (e = 0; isdigit((unsigned char)*q); q++)
				if (e < 100000)
					e = e * 10 + (*q - '0');
			exp += esign * e;
			*endp = q;
		}
	}
	if (m == 0)
		return (0.0);
	/* 54 bits and more, so that there is a bit to round with. */
	while (m >> 62 == 0) {
		m <<= 1;
		exp--;
	}
	m |= sticky;
	e = exp + 62;			/* Of the leading bit. */
	if (e > 1023)
		return (__bits_double(0x7ffUL << 52));
	drop = e < -1022 ? 10 + (-1022 - e) : 10;
	if (drop > 63)
		return (0.0);
	d = (m & ((1UL << drop) - 1)) > 1UL << (drop - 1) ||
	    ((m & ((1UL << drop) - 1)) == 1UL << (drop - 1) && (m >> drop & 1));
	m = (m >> drop) + d;
	if (e < -1022)
		return (__bits_double(m));
	/* The hidden bit adds one to the exponent; a carry, another. */
	return (__bits_double(((uint64_t)(e + 1022) << 52) + m));
}

/* inf, infinity, nan, nan(...): how many characters, and the value. */
static int
special(const char *p, double *v)
{
	int n;

	if (strncasecmp(p, "inf", 3) == 0) {
		*v = __bits_double(0x7ffUL << 52);
		return (strncasecmp(p, "infinity", 8) == 0 ? 8 : 3);
	}
	if (strncasecmp(p, "nan", 3) == 0) {
		*v = __bits_double(0x7ff8UL << 48);
		if (p[3] != '(')
			return (3);
		for (n = 4; isalnum((unsigned char)p[n]) || p[n] == '_'; n++)
			;
		return (p[n] == ')' ? n + 1 : 3);
	}
	return (0);
}

double
strtod(const char *restrict s, char **restrict endp)
{
	static const int keep = 800;
	char d[800];
	const char *p = s, *end, *q;
	int n = 0, point = 0, negative = 0, inexact = 0, seen = 0, dot = 0;
	int e, esign;
	double v;

	if (endp != NULL)
		*endp = (char *)s;
	while (isspace((unsigned char)*p))
		p++;
	if (*p == '-' || *p == '+')
		negative = *p++ == '-';
	if ((e = special(p, &v)) != 0) {
		end = p + e;
	} else if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		end = p + 1;		/* At least the 0. */
		v = hexfloat(p + 2, &end);
	} else {
		for (;; p++) {
			if (*p == '.' && !dot) {
				dot = 1;
				continue;
			}
			if (!isdigit((unsigned char)*p))
				break;
			seen = 1;
			if (n == 0 && *p == '0') {
				point -= dot;	/* A leading zero. */
				continue;
			}
			if (n < keep)
				d[n++] = *p - '0';
			else
				inexact |= *p != '0';
			point += !dot;
		}
		if (!seen)
			return (0.0);
		end = p;
		if (*p == 'e' || *p == 'E') {
			q = p + 1;
			esign = 1;
			if (*q == '-' || *q == '+')
				esign = *q++ == '-' ? -1 : 1;
			if (isdigit((unsigned char)*q)) {
				for (e = 0; isdigit((unsigned char)*q); q++)
					if (e < 100000)
						e = e * 10 + (*q - '0');
				point += esign * e;
				end = q;
			}
		}
		v = __decflt(d, n, point, inexact);
		if (n > 0 && (v == 0.0 || v > 1.7976931348623157e308))
			errno = ERANGE;
	}
	if (endp != NULL)
		*endp = (char *)end;
	return (negative ? -v : v);
}

float
strtof(const char *restrict s, char **restrict endp)
{
	return ((float)strtod(s, endp));
}

long double
strtold(const char *restrict s, char **restrict endp)
{
	return (strtod(s, endp));
}

double
atof(const char *s)
{
	return (strtod(s, NULL));
}

int
abs(int v)
{
	return (v < 0 ? -v : v);
}

long
labs(long v)
{
	return (v < 0 ? -v : v);
}

long long
llabs(long long v)
{
	return (v < 0 ? -v : v);
}

intmax_t
imaxabs(intmax_t v)
{
	return (v < 0 ? -v : v);
}

div_t
div(int a, int b)
{
	div_t r = { a / b, a % b };

	return (r);
}

ldiv_t
ldiv(long a, long b)
{
	ldiv_t r = { a / b, a % b };

	return (r);
}

lldiv_t
lldiv(long long a, long long b)
{
	lldiv_t r = { a / b, a % b };

	return (r);
}

imaxdiv_t
imaxdiv(intmax_t a, intmax_t b)
{
	imaxdiv_t r = { a / b, a % b };

	return (r);
}
