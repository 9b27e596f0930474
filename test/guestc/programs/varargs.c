/* Variable arguments of all kinds, passed on, walked twice. */
#include <stdarg.h>
#include <stdio.h>

static long
sum(int n, ...)
{
	va_list ap, aq;
	long s = 0;
	int i;

	va_start(ap, n);
	va_copy(aq, ap);
	for (i = 0; i < n; i++)
		s += va_arg(ap, int);
	for (i = 0; i < n; i++)
		s = s * 2 - va_arg(aq, int);
	va_end(ap);
	va_end(aq);
	return (s);
}
struct pair { long a; char b; };
static void
vshow(const char *fmt, va_list ap)
{
	struct pair p;

	for (; *fmt != '\0'; fmt++)
		switch (*fmt) {
		case 'i': printf("%d ", va_arg(ap, int)); break;
		case 'l': printf("%ld ", va_arg(ap, long)); break;
		case 'u': printf("%u ", va_arg(ap, unsigned int)); break;
		case 's': printf("%s ", va_arg(ap, char *)); break;
		case 'c': printf("%c ", va_arg(ap, int)); break;
		case 'p': p = va_arg(ap, struct pair); printf("%ld/%d ", p.a, p.b); break;
		case 'f': printf("%d ", ((int (*)(int))va_arg(ap, void *))(5)); break;
		}
	printf("\n");
}
static void
show(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vshow(fmt, ap);
	va_end(ap);
}
static int twice(int n) { return (2 * n); }

int
main(void)
{
	struct pair p = { -9, 'x' };
	char c = -3;
	unsigned short us = 65535;

	printf("%ld %ld %ld\n", sum(0), sum(3, 1, 2, 3), sum(10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
	show("ilus", -1, -2L, 3000000000u, "text");
	show("cipf", 'q', c, p, twice);
	show("iiiiiiiiiiii", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, us, c);
	printf("%d %d %d %d %d %d %d %d %d\n", 1, sum(1, 2) > 0, 3, (int)sum(2, 1, 1), 5, 6, 7, 8, 9);
	return (0);
}
