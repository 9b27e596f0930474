/* Macros and conditionals. */
#include "preprocessor.h"
#include "preprocessor.h"
#define CAT(a, b) a##b
#define XCAT(a, b) CAT(a, b)
#define STR(x) #x
#define XSTR(x) STR(x)
#define EMPTY
#define LOG(fmt, ...) printf(fmt, ##__VA_ARGS__)
#define LOG2(fmt, args...) printf(fmt, ## args)
#define COUNT(...) COUNT_(__VA_ARGS__, 3, 2, 1, 0)
#define COUNT_(a, b, c, n, ...) n
#define LIST(X) X(one) X(two) X(three)
#define AS_ENUM(x) CAT(E_, x),
#define AS_STRING(x) [CAT(E_, x)] = #x,
#define SELFV(v) SELFX + (v)
#define SELFX SELFX
#define NOPAREN() 5
#define F(x) ((x) + G(x))
#define G(x) ((x) * F(x))
#define OBJ (1, 2)
#define MULTI do { \
	x++; \
	} while (0)
int printf(const char *, ...);
enum { LIST(AS_ENUM) E_last };
static const char *names[] = { LIST(AS_STRING) };
static int CAT(var, __LINE__) = __LINE__, XCAT(var, __COUNTER__) = 1, XCAT(var, __COUNTER__) = 2;
static const char *file = __FILE__, *str = STR( a  "b\n" 'c' \t ), *xstr = XSTR(XCAT(x, EMPTY y)) XSTR(OBJ);
_Static_assert(COUNT(a) == 1 && COUNT(a, b) == 2 && COUNT(a, b, c) == 3, "count");
_Static_assert(HEADER_VALUE == 7 && header_function_like(3) == 6, "header");
#if defined(NOT_DEFINED) || !defined EMPTY || (1 ? 2 : 3) != 2 || -1 > 0u == 0 || 'a' != 97 || 0x10 != 16 || 1 / 1 != 1 || (2 || 1 / 0) == 0
#error wrong
#elif 0xffffffffffffffff != -1 || (1 << 4) != 16 || ~0 != -1 || UNKNOWN != 0 || (3 > 2 > 1) || 077 != 63
#error wrong
#else
static int right = 1;
#endif
#ifdef EMPTY
# ifndef NOT_DEFINED
#  define DEEP 1
# else
#  error don't
# endif
#else
# if garbage ( ( 'unterminated
# endif
#endif
#undef EMPTY
#ifdef EMPTY
#error still there
#endif
#if 0
it's all skipped "here
#elif 1
static int elif = DEEP;
#elif bad bad
#else
#error
#endif
#pragma whatever
#line 500
static int line = __LINE__;
_Static_assert(__LINE__ == 501, "line");
#line 7 "other.c"
static const char *other = __FILE__;
%:define DIGRAPH 1
static int digraph<:2:> = <% DIGRAPH, 2 %>;
int main(void)
{
	int x = 0, SELFX = 0; MULTI; LOG("x"); LOG("%d\n", 1); LOG2("y"); LOG2("%d %d\n", 1, 2);
	int SELF1 = 3; SELF1 = SELF1 ? x : SELFX; x = SELFV(x);
	(void)names; (void)file; (void)str; (void)xstr; (void)other; (void)right; (void)elif; (void)line; (void)digraph; (void)SELF1; (void)var0; (void)var1; (void)SELFX;
	int NOPAREN; NOPAREN = NOPAREN();
	// comment with continuation \
	x = 1 / 0;
	/* nested // comment */ x /**/ = /* a
	b */ 2;
	return x - 2 + (x == NOPAREN ? 1 : 0);
}
