/*
 * The formatter of the printf family: __format() reads the format and puts pieces
 * of text into a sink.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include "format.h"

void
__pad(struct __sink *k, char c, long n)
{
	static const char blanks[] = "                ";
	static const char zeroes[] = "0000000000000000";
	long chunk;

	for (; n > 0; n -= chunk) {
		chunk = n < 16 ? n : 16;
		k->put(k, c == '0' ? zeroes : blanks, chunk);
	}
}

/* The part before the body; the caller puts the body and then tail(). */
void
__put_head(struct __sink *k, const struct spec *sp, const char *prefix, int nprefix,
    long body, int zeroes)
{
	long n = sp->width - nprefix - body;

	if ((sp->flags & LEFT) == 0 && !zeroes)
		__pad(k, ' ', n);
	k->put(k, prefix, nprefix);
	if ((sp->flags & LEFT) == 0 && zeroes)
		__pad(k, '0', n);
}

void
__put_tail(struct __sink *k, const struct spec *sp, int nprefix, long body)
{
	if (sp->flags & LEFT)
		__pad(k, ' ', sp->width - nprefix - body);
}

void
__put_text(struct __sink *k, const struct spec *sp, const char *prefix, int nprefix,
    const char *body, long n)
{
	__put_head(k, sp, prefix, nprefix, n, 0);
	k->put(k, body, n);
	__put_tail(k, sp, nprefix, n);
}

static void
put_integer(struct __sink *k, const struct spec *sp, uint64_t v, int negative)
{
	const char *digits = sp->conv == 'X' ? "0123456789ABCDEF" :
	    "0123456789abcdef";
	char buf[24], prefix[2];
	int base, n, nprefix, zeroes;
	uint64_t value = v;

	base = sp->conv == 'o' ? 8 :
	    sp->conv == 'x' || sp->conv == 'X' || sp->conv == 'p' ? 16 : 10;
	n = sizeof(buf);
	if (base == 10)
		for (; v != 0; v /= 10)
			buf[--n] = '0' + v % 10;
	else if (base == 16)
		for (; v != 0; v >>= 4)
			buf[--n] = digits[v & 15];
	else
		for (; v != 0; v >>= 3)
			buf[--n] = '0' + (v & 7);
	if (value == 0 && sp->prec != 0)
		buf[--n] = '0';

	nprefix = 0;
	if (sp->conv == 'd' || sp->conv == 'i') {
		if (negative)
			prefix[nprefix++] = '-';
		else if (sp->flags & PLUS)
			prefix[nprefix++] = '+';
		else if (sp->flags & SPACE)
			prefix[nprefix++] = ' ';
	} else if (sp->conv == 'p' || (sp->flags & ALT && base == 16 && value != 0)) {
		prefix[nprefix++] = '0';
		prefix[nprefix++] = sp->conv == 'X' ? 'X' : 'x';
	}

	v = sizeof(buf) - n;		/* Digits there are. */
	zeroes = sp->prec > (int)v ? sp->prec - (int)v : 0;
	if (sp->flags & ALT && base == 8 && zeroes == 0 &&
	    (v == 0 || buf[n] != '0'))
		zeroes = 1;
	__put_head(k, sp, prefix, nprefix, zeroes + v, sp->flags & ZERO && sp->prec < 0);
	__pad(k, '0', zeroes);
	k->put(k, buf + n, v);
	__put_tail(k, sp, nprefix, zeroes + v);
}

/* A number in the format; saturates. */
static int
number(const char **fmtp)
{
	const char *p;
	long v = 0;

	for (p = *fmtp; *p >= '0' && *p <= '9'; p++)
		if (v < INT32_MAX)
			v = v * 10 + (*p - '0');
	*fmtp = p;
	return (v < INT32_MAX ? (int)v : INT32_MAX);
}

int
__format(struct __sink *k, const char *fmt, va_list ap)
{
	struct spec sp;
	const char *start, *s;
	int64_t v;
	uint64_t u;
	size_t n;
	int size, e = errno;
	char c;

	for (;;) {
		for (start = fmt; *fmt != '\0' && *fmt != '%'; fmt++)
			;
		if (fmt != start)
			k->put(k, start, fmt - start);
		if (*fmt == '\0')
			break;
		start = fmt++;
		sp.flags = 0;
		sp.width = 0;
		sp.prec = -1;
		for (;; fmt++) {
			if (*fmt == '-')
				sp.flags |= LEFT;
			else if (*fmt == '+')
				sp.flags |= PLUS;
			else if (*fmt == ' ')
				sp.flags |= SPACE;
			else if (*fmt == '#')
				sp.flags |= ALT;
			else if (*fmt == '0')
				sp.flags |= ZERO;
			else if (*fmt != '\'')	/* No grouping in C's locale. */
				break;
		}
		if (*fmt == '*') {
			fmt++;
			sp.width = va_arg(ap, int);
			if (sp.width < 0) {
				sp.flags |= LEFT;
				sp.width = -sp.width;
			}
		} else
			sp.width = number(&fmt);
		if (*fmt == '.') {
			fmt++;
			if (*fmt == '*') {
				fmt++;
				sp.prec = va_arg(ap, int);
				if (sp.prec < 0)
					sp.prec = -1;
			} else
				sp.prec = number(&fmt);
		}
		/* Bytes of the argument. */
		size = 4;
		switch (*fmt) {
		case 'h':
			size = 2;
			if (*++fmt == 'h') {
				size = 1;
				fmt++;
			}
			break;
		case 'l':
			size = 8;
			if (*++fmt == 'l')
				fmt++;
			break;
		case 'q':
		case 'j':
		case 'z':
		case 't':
		case 'L':
			size = 8;
			fmt++;
			break;
		}
		sp.conv = *fmt++;
		switch (sp.conv) {
		case 'd':
		case 'i':
			v = size == 8 ? va_arg(ap, long) : va_arg(ap, int);
			if (size == 2)
				v = (short)v;
			else if (size == 1)
				v = (signed char)v;
			put_integer(k, &sp, v < 0 ? -(uint64_t)v : (uint64_t)v,
			    v < 0);
			break;
		case 'u':
		case 'o':
		case 'x':
		case 'X':
			u = size == 8 ? va_arg(ap, unsigned long) :
			    va_arg(ap, unsigned int);
			if (size == 2)
				u = (unsigned short)u;
			else if (size == 1)
				u = (unsigned char)u;
			put_integer(k, &sp, u, 0);
			break;
		case 'p':
			put_integer(k, &sp, (uintptr_t)va_arg(ap, void *), 0);
			break;
		case 'c':
			c = (char)va_arg(ap, int);
			__put_text(k, &sp, "", 0, &c, 1);
			break;
		case 's':
			s = va_arg(ap, const char *);
			if (s == NULL)
				s = "(null)";
			n = sp.prec < 0 ? strlen(s) : strnlen(s, sp.prec);
			__put_text(k, &sp, "", 0, s, n);
			break;
		case 'm':
			s = strerror(e);
			__put_text(k, &sp, "", 0, s, strlen(s));
			break;
		case 'f':
		case 'F':
		case 'e':
		case 'E':
		case 'g':
		case 'G':
		case 'a':
		case 'A':
			if (fmt[-2] == 'L')
				__put_float(k, &sp, (double)va_arg(ap, long double));
			else
				__put_float(k, &sp, va_arg(ap, double));
			break;
		case 'n':
			if (size == 8)
				*va_arg(ap, long *) = (long)k->count;
			else if (size == 4)
				*va_arg(ap, int *) = (int)k->count;
			else if (size == 2)
				*va_arg(ap, short *) = (short)k->count;
			else
				*va_arg(ap, signed char *) = (signed char)k->count;
			break;
		case '%':
			k->put(k, "%", 1);
			break;
		case '\0':		/* The format ended inside. */
			errno = EINVAL;
			return (-1);
		default:		/* Unknown: shown as it stands. */
			k->put(k, start, fmt - start);
			break;
		}
	}
	if (k->count > INT32_MAX) {
		errno = EOVERFLOW;
		return (-1);
	}
	return ((int)k->count);
}
