/* Declarators, storage classes, scopes: everything that C11 lets one declare. */
typedef unsigned long size_t;
typedef int T, *PT, AT[3], FT(int, char *);
extern int printf(const char *, ...);
int a, *b, c[2], *d[2], (*e)[2], (*f)(void), *(*g)(int), (*h[3])(int), (*(*i)(int))(char), **j;
const int k = 1;
int const volatile *const restrict l0;
static unsigned m = 1u, n;
long unsigned int long o1;
short unsigned o2; signed o3; char signed o4;
int (*(*fpa[2])(int (*)(int), ...))[4];
void (*signal(int sig, void (*func)(int)))(int);
FT ft1, *ft2;
int ft1(int x, char *y) { return x + !y; }
extern T ext;
T ext = 5;
extern T ext;
int tent; int tent; extern int tent;
int arr[]; int arr[4]; extern int arr[];
static int fwd(int), fwd2(void);
static int fwd(int q) { return q; }
static int fwd2() { return fwd(3); }
inline int inl(int x) { return x * 2; }
static inline int inl2(int x) { return inl(x); }
extern inline int inl3(int x) { return x; }
_Noreturn void die(int);
__attribute__((noreturn)) void die2(void);
void die3(int) __attribute__((__noreturn__, cold));
int sect __attribute__((section("set_foo"), used)) = 3;
static void const *const entry_sym __attribute__((section("set_x"), used)) = &sect;
int al __attribute__((aligned(64)));
_Alignas(16) char al2[3]; _Alignas(long) char al3;
struct s1; struct s1 *ps1; struct s1 { int x; struct s1 *next; struct s2 { int y; } in; };
struct s2 vs2; struct { int anon; } vanon; union u { int i; float f; char c[8]; };
struct s3 { int : 4; unsigned a : 3, b : 5; int : 0; long c : 40; _Bool t : 1; enum en { EA, EB = 4, EC } en : 3; };
struct s4 { union { int p; struct { short lo, hi; }; }; int q; };
struct s5 { int n; char data[]; };
struct packed { char a; int b; long c; } __attribute__((packed));
struct __attribute__((packed, aligned(4))) packed2 { char a; int b; };
struct s6 { struct s1 *const p; const char *name; int (*op)(struct s6 *, int); };
enum { X1 = -1, X2, X3 = 1 << 4, X4 = X3 | 1, X5 = sizeof(int) };
enum big { BIG = 0x100000000 };
_Static_assert(sizeof(struct packed) == 13, "packed");
_Static_assert(sizeof(struct packed2) == 8, "packed2");
_Static_assert(BIG > 1);
typedef struct { int x, y; } point;
typedef point points[2];
points pts = { { 1, 2 }, { 3, 4 } };
int (T2); typedef int T3; int f3(T3), f4(int T3);
int f4(int T3) { return T3; }
int f5(int (T3));	/* T3 is a type: the parameter is a function */
int knr(a, b, c) int a; char *b; double c; { return a + (b != 0) + (int)c; }
int knr2(c, s, f) char c; short s; float f; { c++; return c + s + (int)f; }
int noargs();
int vararr(int n, int a[static 3], char *const argv[restrict], int (*m)[4], int f(int));
int vararr(int n, int a[3], char *const *argv, int m[][4], int (*f)(int)) { return n + a[0] + m[0][1] + f(1); }
int vla_param(int n, int a[n]) { return a[n - 1]; }
long long int lli; __extension__ typedef long long ll_t; __signed__ char sc; __const int ci = 1; __volatile int vi;
__inline __attribute__((always_inline)) static int ai(void) { return 1; }
__typeof__(int *) tp; typeof(a) ta; typeof(&c[0]) tc; __typeof__(struct s1) ts;
int main(void)
{
	int T = 3;	/* hides the typedef */
	{ typedef char T; T t = 'x'; (void)t; }
	T = T * 2;
	struct s1 { int inner; } local = { 1 };
	struct s1 *pl = &local; pl->inner = 2;
	enum { L1 = 10 } le = L1;
	static int st = 5, *sp = &st;
	register int r = 1; auto int au = 2;
	extern int ext;
	int noargs(void);
	int (*pf)(int) = fwd, arr2[] = { 1, 2, 3 }, n2 = sizeof arr2 / sizeof *arr2;
	for (int i = 0, j = 10; i < j; i++, j--) { int i = 5; (void)i; }
	__auto_type au2 = &arr2[1];
	ll_t z = 1; unsigned char uc = (unsigned char)300; __label_user: ;
	goto __label_user2; __label_user2:
	switch (le) { int dead; case L1: dead = 1; (void)dead; break; default: ; }
	(void)uc; (void)z; (void)r; (void)au; (void)sp; (void)*au2;
	return T + n2 + pf(3) + X5 + (int)sizeof(struct s3) + ext + inl2(2);
}
