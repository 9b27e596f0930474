/*
 * printf under random flags, widths, precisions and values; the generator is part
 * of the program, so that any libc prints the same lines.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t	s = 88172645463325252UL;

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

static double
rdouble(void)
{
	union { uint64_t u; double d; } v;
	char text[40];
	unsigned w;

	switch (r(8)) {
	case 0:
		v.u = r64();
		return (v.d != v.d ? 0.5 : v.d);
	case 1:
		return ((double)(int64_t)r64() / 65536);
	case 2:
		return ((double)(int)r(2000) - 1000);
	case 3:
		return (((double)(int)r(200000) - 100000) / 1000);
	case 4:
		w = r(1000);
		snprintf(text, sizeof(text), "%u.%03u5", w, r(1000));
		return (strtod(text, NULL));
	case 5:
		v.u = r64() >> 12;		/* Subnormal. */
		return (v.d);
	case 6:
		v.u = (r64() >> 12) | (uint64_t)(1023 - 40 + r(80)) << 52;
		return (v.d);
	default:
		return (r(2) ? 0.0 : -0.0);
	}
}

static void
format(char *f, const char *size, char conv, int prec)
{
	static const char flags[] = "-+ #0";
	int i;

	*f++ = '%';
	for (i = 0; i < 5; i++)
		if (r(3) == 0)
			*f++ = flags[i];
	if (r(2))
		f += sprintf(f, "%u", r(30) + 1);
	if (r(2))
		f += sprintf(f, ".%u", r(prec));
	strcpy(f, size);
	f += strlen(size);
	*f++ = conv;
	*f = '\0';
}

int
main(int argc, char **argv)
{
	static const char *const sizes[] = { "", "l", "h", "hh", "ll", "z", "j", "t" };
	static const char ints[] = "diouxX", floats[] = "fFeEgGaA";
	char f[40], conv;
	const char *size;
	uint64_t v;
	unsigned w;
	int i, n = argc > 1 ? atoi(argv[1]) : 1500;

	for (i = 0; i < n; i++) {
		size = sizes[r(8)];
		conv = ints[r(6)];
		v = r64() >> r(64);
		if (r(8) == 0)
			v = r(3);
		format(f, size, conv, 25);
		if (*size == '\0' || *size == 'h')
			printf("%s [", f), printf(f, (int)v);
		else
			printf("%s [", f), printf(f, (long)v);
		printf("]\n");

		conv = floats[r(8)];
		format(f, "", conv, 30);
		printf("%s [", f);
		printf(f, rdouble());
		printf("]\n");

		/* 0 and # with s or c mean nothing; so there are none. */
		w = r(40) + 1;
		sprintf(f, w > 20 ? "%%-%u.%us" : "%%%u.%us", w % 20 + 1, r(10));
		printf("%s [", f);
		printf(f, "hello, world");
		printf("] %c%5c|%-3c|%%\n", 'a' + r(26), 'b', 'c');
	}
	printf("%.0f %.0f %.0f %.0f %.1f %.2f %g %g %g\n", 0.5, 1.5, 2.5, 3.5,
	    0.25, 1.005, 100000.0, 1000000.0, 1e-5);
	printf("%.300f\n%.60e\n%f\n", 1.0 / 3, 1e-300, 1.7976931348623157e308);
	printf("%*d|%-*d|%.*f|%*.*e\n", 8, 42, 8, 42, 3, 3.14159, -15, 2, 12345.678);
	i = printf("count%n", &n);
	printf(" %d %d %s\n", i, n, i == n ? "same" : "different");
	printf("%s %.3s %10.2s|\n", "plain", "abcdef", "xyz");
	i = snprintf(f, 10, "%d and %s", 12345, "much more");
	printf("%d '%s'\n", i, f);
	printf("%5.3d|%-8.5x|%+.0d|%#o|%#x|%#X|%08.3d|% d|%+d\n", 7, 255, 0, 8, 255,
	    255, 5, 3, 4);
	printf("%ld %lu %lld %zu %jd %hhd %hu\n", -1L, -1UL, 1LL << 62,
	    sizeof(int), (intmax_t)-5, 300, 70000);
	return (0);
}
