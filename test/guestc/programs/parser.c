/* A recursive-descent expression parser. */
#include <stdio.h>

static const char *p;
static long expr(void);
static long
primary(void)
{
	long v = 0;
	int neg = 0;

	while (*p == '-' || *p == ' ')
		neg ^= *p++ == '-';
	if (*p == '(') {
		p++;
		v = expr();
		p++;
	} else
		while (*p >= '0' && *p <= '9')
			v = v * 10 + (*p++ - '0');
	return (neg ? -v : v);
}
static long
term(void)
{
	long v = primary();

	for (;;)
		switch (*p) {
		case '*': p++; v *= primary(); break;
		case '/': { long d; p++; d = primary(); v = d ? v / d : 0; break; }
		case '%': { long d; p++; d = primary(); v = d ? v % d : 0; break; }
		default: return (v);
		}
}
static long
expr(void)
{
	long v = term();

	while (*p == '+' || *p == '-')
		v = *p++ == '+' ? v + term() : v - term();
	return (v);
}

int
main(void)
{
	static const char *tests[] = { "1+2*3", "(1+2)*3", "100/7%5", "2*(3+4*(5-6))-7", "-(-3)*--4", "1000000*1000000/(9-9+3)", "7" };
	unsigned i;

	for (i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		p = tests[i];
		printf("%s = %ld\n", tests[i], expr());
	}
	return (0);
}
