/* Floating point (user programs only): arithmetic, conversions, comparisons, arguments. */
#include <stdarg.h>
#include <stdio.h>

static void show(const char *s, double d) { union { double d; unsigned long u; } v; v.d = d; printf("%s %lx\n", s, v.u); }
static void showf(const char *s, float f) { union { float f; unsigned int u; } v; v.f = f; printf("%s %x\n", s, v.u); }
static double half(double d) { return (d / 2); }
static float third(float f) { return (f / 3); }
static double mixed(int a, float b, double c, long d) { return (a * b + c * d); }
static double total(int n, ...) { va_list ap; double s = 0; va_start(ap, n); while (n-- > 0) s += va_arg(ap, double); va_end(ap); return (s); }
static double table[] = { 1, 2.5, -3e10, 1e-300 };
static float ftable[3] = { 1.1f, 2 };

int
main(void)
{
	double d = 1.0 / 3, e = -0.0;
	float f = 0.1f;
	int i;
	long l;
	unsigned char c;

	show("third", d); show("half", half(d)); showf("f", f); showf("ff", third(f)); show("promote", f * d);
	show("mix", mixed(3, 1.5f, 2.25, -7)); show("total", total(3, 1.5, 2.0f, f));
	for (i = 0; i < 4; i++) show("t", table[i] * ftable[i % 3]);
	i = 3.99; l = -1e15; c = 200.7; printf("%d %ld %d %d %u\n", i, l, c, (int)-2.5, (unsigned int)3e9);
	show("int", i); show("long", 1L << 60); show("ulong", ~0UL); show("uint", 4000000000u); showf("fl", 16777217);
	showf("ful", 0xffffff7fffffffffUL); show("char", (char)-5);
	printf("%d %d %d %d %d\n", d < 0.34, d == f, e == 0, e < 0, d != d);
	d += 1; d *= 3; d -= f; f += 1; f /= 2; d++; --f;
	show("d", d); showf("f", f); show("neg", -d); printf("%d %d\n", !d, d && f);
	show("cond", i > 2 ? d : i); d = e = f = 2; show("chain", d + e + f);
	printf("%lu %d\n", (unsigned long)1e19, (_Bool)0.1);
	show("inf", 1e308 * 10); show("lit", 0x1.8p3); show("nan<", (1e308 * 10 - 1e308 * 10) < 1);
	return (0);
}
