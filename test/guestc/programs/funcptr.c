/* Function pointers: tables, arguments, results, comparison, conditional calls. */
#include <stdio.h>

typedef int (*op_t)(int, int);

static int add(int a, int b) { return (a + b); }
static int sub(int a, int b) { return (a - b); }
static int mul(int a, int b) { return (a * b); }
static op_t ops[] = { add, sub, mul, 0 };

static op_t
choose(char c)
{

	return (c == '+' ? add : c == '-' ? &sub : mul);
}
static int
apply(op_t f, int a, int b)
{

	return (f ? (*f)(a, b) : -1);
}
struct vtable { int (*get)(void *); void (*set)(void *, int); };
struct object { const struct vtable *vt; int v; };
static int get(void *o) { return (((struct object *)o)->v); }
static void set(void *o, int v) { ((struct object *)o)->v = v * 2; }
static const struct vtable vt = { get, set };
static void each(int *a, int n, void (*f)(int *, void *), void *arg) { for (; n > 0; n--) f(a++, arg); }
static void addto(int *p, void *arg) { *(long *)arg += *p; }

int
main(void)
{
	struct object o = { &vt, 3 };
	op_t *p;
	int a[] = { 1, 2, 3, 4 };
	long total = 0;
	int (*(*fp)(char))(int, int) = (int (*(*)(char))(int, int))choose;

	for (p = ops; *p != 0; p++)
		printf("%d ", (*p)(7, 5));
	printf("%d %d %d\n", choose('-')(1, 2), fp('*')(6, 7), apply(0, 1, 1));
	printf("%d %d\n", apply(choose('+'), 20, 22), ops[1] == sub);
	o.vt->set(&o, 21);
	printf("%d\n", o.vt->get(&o));
	each(a, 4, addto, &total);
	printf("%ld\n", total);
	return (0);
}
