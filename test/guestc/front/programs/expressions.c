/* Every operator and kind of expression, with GNU additions; prints what each line leaves. */
extern int printf(const char *, ...);
struct p { int x, y; }; struct q { struct p a, b[2]; };
static struct p mkp(int x, int y) { struct p r = { x, y }; return r; }
static int two(void) { return 2; }
static int apply(int (*f)(int), int v) { return (*f)(v) + (***f)(v) + f(v); }
static int inc(int v) { return v + 1; }
#define max(a, b) ({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a > _b ? _a : _b; })
#define type_name(x) _Generic((x), int: "int", unsigned: "unsigned", char *: "char *", const char *: "const char *", default: "other")
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - __builtin_offsetof(type, member)))
#define offsetof_by_hand(t, m) ((unsigned long)&((t *)0)->m)
_Static_assert(offsetof_by_hand(struct q, b[1].y) == 20, "");
_Static_assert(__builtin_offsetof(struct q, b[1].y) == 20, "");
static long table[(int)(3.5 + 1.5)] = { [2] = 7 };
static const char *strings[] = { "a" "b", [3] = "d", "e" };
static char s1[] = "abc", s2[2] = "abc", s3[8] = { "ab" }, s4[] = { 'x', 'y', 0 };
static int w[] = L"wide"; static unsigned short u16[] = u"u"; static char u8s[] = u8"\u00e9";
static struct q sq = { .b[1].x = 3, .a = { 1, 2 }, .b = { [0] = { .y = 9 } } };
static struct p *pp = &sq.b[1], *pq = sq.b + 1; static int *pi = &sq.b[1].y, *pe = &((int *)table)[3];
static int (*const fns[])(int) = { inc, &inc, *inc };
static struct p lit = (struct p){ 4, 5 }; static struct p *plit = &(struct p){ 6, 7 };
static int *arrlit = (int[]){ 1, 2, 3 };
static unsigned long addr = (unsigned long)&sq; static void *vp = (void *)0x1234; static char *cp = (char *)&sq + 4;
static long diff = &sq.b[1] - &sq.b[0];
static _Bool bb = 5; static unsigned char wrapc = 257; static float ff = 1; static double dd = 'a'; static int id = 2.9;
enum e { E1, E2 };
#define P printf("%d: k=%d i=%d j=%d l=%ld u=%u c=%d s=%d b=%d d=%d f=%d p=%d,%d q=%d,%d,%d\n", __LINE__, k, i, j, l, u, c, s, b, (int)(d * 1000), (int)(f * 1000), p.x, p.y, q.a.x, q.b[1].y, q.b[0].x)
int main(int argc, char **argv)
{
	int i = 1, j = 2, k = 0; long l = 3; unsigned u = 4; char c = 'c'; short s = -1; _Bool b = 0; double d = 1.5; float f = 2;
	int arr[5] = { 1, 2, [4] = 5 }, (*pa)[5] = &arr, m[2][3] = { { 1 }, 2, 3 }; char *str = "str"; struct p p = { 1, 2 }, p2 = { 0 }; struct q q = { 0 }; P;
	k = i + j - -i * j / (i | 1) % 3 << 2 >> 1; k = i < j, k = i <= j; k = i > j; k = i >= j; k = i == j; k = i != j; P;
	k = i & j | i ^ j; k = i && j || !i; k = ~i; k = i ? j : k; k = i ?: j; k = (i, j); k += 1; k -= 1; k *= 2; k /= 2; k %= 7; k <<= 1; k >>= 1; k &= 7; k |= 8; k ^= 1; P;
	c += 300; s *= 2; u -= 5; l <<= 33; d += i; f *= 2; i += d; b = &i; b = d; b += 1; c = u; k++; ++k; k--; --k; d++; str++; --str; str += 1; str -= 1; P;
	k = arr[1] + 1[arr] + *arr + *(arr + 1) + (*pa)[2] + m[1][2] + *m[1] + **m; k = &arr[3] - arr; k = str - (char *)0 > 0; k = str == 0; k = !str; P;
	p2 = p; p = mkp(1, 2); k = mkp(3, 4).y; p = i ? p : p2; p = (k = 1, p2); q.a = p; q.b[1] = (struct p){ .y = 1 }; k = (struct p){ 1, 2 }.x; k = (i ? p : p2).y; pa = (int (*)[5])arr; P;
	k = sizeof i + sizeof(int) + sizeof arr + sizeof *pa + sizeof "abc" + sizeof(struct q) + sizeof(int[3]) + sizeof(i++) + _Alignof(long) + __alignof__(l) + sizeof(mkp(1, 2)) + sizeof(struct p){ 1 }; P;
	k = max(i, l) + ({ int z = 3; z * 2; }) + ({ goto out2; out2: 1; }); ({ ; }); ({ int q; }); P;
	k = apply(inc, 1) + (two)() + (i ? inc : inc)(3) + (&inc)(2) + fns[1](4); P;
	printf("%s %d\n", type_name(i), k); printf(__func__); printf("%s", __FUNCTION__); P;
	k = (char)300 + (unsigned char)-1 + (int)3.7 + (_Bool)0.5; (void)k; (void)mkp(1, 2); str = (void *)arr; str = 0; str = (char *)(void *)0; void *v = str; str = v; P;
	struct q *pq2 = container_of(&q.b[0], struct q, b[0]); k = pq2->b->x + pq2->b[1].y + (*pq2).a.x + (&q)->a.y; k = __builtin_expect(k, 0) ? 1 : 2; P;
	k = __builtin_constant_p(3) + __builtin_constant_p(k) + __builtin_types_compatible_p(int, const int) + __builtin_choose_expr(1, i, str) + __builtin_clz(u) + __builtin_ctzl(l) + __builtin_popcountll(l) + __builtin_ffs(i) + __builtin_bswap32(1); P;
	k = E2 + (enum e)1; enum e ev = 1; ev = E1; ev++; switch (ev) { case E1: case E2: break; } P;
	k = 0x1p3 + 0b11 + 0777 + 'ab' + L'x' + 1e3 + 1.f + .5 + 0x.8p1 + 10u + 10ul + 10ull + '\x41' + '\101' + '\e' + '\\'; P;
	__atomic_store_n(&i, 1, __ATOMIC_RELEASE); k = __atomic_load_n(&i, __ATOMIC_ACQUIRE) + __atomic_fetch_add(&l, 1, 5) + __atomic_add_fetch(&u, 1, 5) + __sync_fetch_and_or(&i, 3) + __sync_bool_compare_and_swap(&i, 1, 2) + __sync_val_compare_and_swap(&l, 1, 2); P;
	k = __atomic_compare_exchange_n(&i, &j, 5, 0, 5, 5) + __atomic_exchange_n(&str, 0, 5) != 0; __sync_synchronize(); __atomic_thread_fence(5); P;
	k = i > 0 ? 1 : l; k = 1 ? 2 : 3.0; v = i ? (void *)0 : str; str = i ? 0 : str; i |= 1; const char *cs = i ? "y" : str; k = u > -1; k = i - u > 0; k = (unsigned char)255 == (char)255; P;
	return (argc, 7) + (__extension__ 3) + (k) + *cs + (i ? (void)0, 1 : 2);
}
