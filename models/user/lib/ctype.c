/*
 * Classes of characters: one table, a bit a class.
 */
#include <ctype.h>

#define	U	0x01	/* Upper case. */
#define	L	0x02	/* Lower case. */
#define	D	0x04	/* Digit. */
#define	S	0x08	/* White space. */
#define	P	0x10	/* Punctuation. */
#define	C	0x20	/* Control. */
#define	X	0x40	/* Letter that is a hexadecimal digit. */
#define	B	0x80	/* Blank: space and tab. */

static const unsigned char class[128] = {
	C, C, C, C, C, C, C, C, C, C|S|B, C|S, C|S, C|S, C|S, C, C,
	C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	S|B, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P,
	D, D, D, D, D, D, D, D, D, D, P, P, P, P, P, P,
	P, U|X, U|X, U|X, U|X, U|X, U|X, U, U, U, U, U, U, U, U, U,
	U, U, U, U, U, U, U, U, U, U, U, P, P, P, P, P,
	P, L|X, L|X, L|X, L|X, L|X, L|X, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, P, P, P, P, C
};

static int
is(int c, int mask)
{
	return ((unsigned)c < 128 ? class[c] & mask : 0);
}

int isalnum(int c)	{ return (is(c, U | L | D)); }
int isalpha(int c)	{ return (is(c, U | L)); }
int isascii(int c)	{ return ((unsigned)c < 128); }
int isblank(int c)	{ return (is(c, B)); }
int iscntrl(int c)	{ return (is(c, C)); }
int isdigit(int c)	{ return (is(c, D)); }
int isgraph(int c)	{ return (is(c, U | L | D | P)); }
int islower(int c)	{ return (is(c, L)); }
int isprint(int c)	{ return (is(c, U | L | D | P) || c == ' '); }
int ispunct(int c)	{ return (is(c, P)); }
int isspace(int c)	{ return (is(c, S)); }
int isupper(int c)	{ return (is(c, U)); }
int isxdigit(int c)	{ return (is(c, D | X)); }
int toascii(int c)	{ return (c & 0x7f); }
int tolower(int c)	{ return (isupper(c) ? c + 32 : c); }
int toupper(int c)	{ return (islower(c) ? c - 32 : c); }
