/*
 * Numbers from text: strtod() on easy, hard and hopeless texts, strtol() in all
 * bases.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t	s = 0x2545f4914f6cdd1dUL;

static uint64_t
r64(void)
{
	s ^= s << 13;
	s ^= s >> 7;
	s ^= s << 17;
	return (s);
}

static unsigned
r(unsigned n)
{
	return ((unsigned)(r64() >> 33) % n);
}

static void
show(const char *text)
{
	char *end;
	double d;

	d = strtod(text, &end);
	printf("%.60s: %a %d %a\n", text, d, (int)(end - text), strtof(text, NULL));
}

static void
show_long(const char *text, int base)
{
	char *end;
	long l;
	unsigned long u;
	int e;

	errno = 0;
	l = strtol(text, &end, base);
	e = errno == ERANGE;
	errno = 0;
	u = strtoul(text, NULL, base);
	printf("%s base %d: %ld %d %d %lu %d\n", text, base, l, (int)(end - text),
	    e, u, errno == ERANGE);
}

int
main(int argc, char **argv)
{
	static const char *const texts[] = {
		"0", "-0", "1", "+1.5", ".5", "5.", ".", "", "abc", "1e", "1e+",
		"1e5", "1E-5", "  7", "1.7976931348623157e308",
		"1.7976931348623158e308", "1.7976931348623159e308", "1e309",
		"4.9406564584124654e-324", "2.4703282292062327e-324",
		"2.4703282292062328e-324", "2.2250738585072011e-308",
		"2.2250738585072014e-308", "1e-400", "9007199254740993",
		"9007199254740992.5", "9007199254740993.0000000000000000000001",
		"123456789012345678901234567890", "0x1p0", "0x1.8p1", "0x.8p-3",
		"0x1.fffffffffffff8p0", "0x1.fffffffffffff7p0", "0xg", "0x1p-1075",
		"0x1p-1074", "0x1.8p-1074", "0x123456789abcdef123p-20", "0x1p2000",
		"inf", "-infinity", "infinit", "nan", "NaN(abc)x", "nan(", "1_0",
		"0.000000000000000000000000000000000000000000000000000000000001",
		"100000000000000000000000000000000000000000000000000000000000000e-62",
		"8.98846567431158e307", "1e23", "8.5e-323", "0.1e1e1", "--1", "+-1"
	};
	static const char *const longs[] = {
		"0", "-1", "9223372036854775807", "9223372036854775808",
		"-9223372036854775808", "-9223372036854775809",
		"18446744073709551615", "18446744073709551616", "0x", "0x1F", "077",
		"zz", "  +12abc", "", "-", "08", "0xffffffffffffffffff", "1 2"
	};
	static const int bases[] = { 0, 2, 8, 10, 16, 36 };
	char text[1200];
	union { uint64_t u; double d; } v;
	unsigned i, j;
	int n = argc > 1 ? atoi(argv[1]) : 1000, k, p, q, e;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		show(texts[i]);
	for (i = 0; i < sizeof(longs) / sizeof(*longs); i++)
		for (j = 0; j < 6; j++)
			show_long(longs[i], bases[j]);
	for (k = 0; k < n; k++) {
		v.u = r64() & ~(1UL << 62);
		switch (r(5)) {
		case 0:
			p = (int)r(25);
			sprintf(text, "%.*e", p, v.d);
			break;
		case 1:
			/* Exactly between two doubles, and a digit more or less. */
			v.u = r64() >> 12 | (uint64_t)(1023 + r(120) - 60) << 52;
			sprintf(text, "%.800f", v.d);
			text[strlen(text) - r(790)] = '\0';
			break;
		case 2:
			p = (int)r(100000);
			q = (int)r(1000000);
			e = (int)r(640) - 320;
			sprintf(text, "%d.%de%d", p, q, e);
			break;
		case 3:
			v.u >>= 12;
			p = 10 + (int)r(750);
			sprintf(text, "%.*e", p, v.d);
			break;
		default:
			v.u = r64();
			e = (int)r(300) - 170;
			sprintf(text, "%lu%lue%d", v.u, r64(), e);
			break;
		}
		v.d = strtod(text, NULL);
		printf("%.40s %a\n", text, v.d);
	}
	return (0);
}
