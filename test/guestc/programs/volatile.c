/* Volatile objects, members and pointers. */
#include <stdio.h>

static volatile int v = 1;
struct regs { volatile unsigned int status; unsigned int plain; volatile char byte[4]; };
static struct regs r;
static volatile struct { int a, b; } vs = { 1, 2 };

int
main(void)
{
	volatile int local = 3;
	volatile unsigned int *p = &r.status;
	int i, s = 0;

	for (i = 0; i < 5; i++) {
		v++;
		s += v * v;
		*p |= 1u << i;
		r.byte[i & 3] += i;
		local -= v;
		vs.a += vs.b++;
	}
	v;
	(void)local;
	printf("%d %d %x %d %d %d %d\n", v, s, r.status, r.byte[0], local, vs.a, vs.b);
	v = local = 7;
	printf("%d %d %d\n", v, local, (v, local) + (v ? v : 0));
	return (0);
}
