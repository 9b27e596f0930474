/*
 * The scanf family.  All input comes through getc() and ungetc() of a stream; for
 * sscanf() the stream is a string.  A number is first gathered as text, as far as
 * the text can be one, and then converted.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "stdio_private.h"

#define	NUMBER_MAX	512

struct scan {
	FILE	*f;
	long	 count;		/* Characters read. */
	long	 width;		/* Left of the field. */
};

static int
next(struct scan *s)
{
	int c;

	if (s->width == 0)
		return (EOF);
	if ((c = __sgetc(s->f)) == EOF)
		return (EOF);
	s->count++;
	s->width--;
	return (c);
}

static void
back(struct scan *s, int c)
{
	if (c == EOF)
		return;
	ungetc(c, s->f);
	s->count--;
	s->width++;
}

static void
skip_space(struct scan *s)
{
	int c;

	s->width = INT64_MAX;
	while (isspace(c = next(s)))
		;
	back(s, c);
}

/* Takes the character if it is one of the set; else leaves it. */
static int
accept(struct scan *s, const char *set, char **out)
{
	int c = next(s);

	if (c != EOF && c != 0 && strchr(set, c) != NULL) {
		*(*out)++ = (char)c;
		return (1);
	}
	back(s, c);
	return (0);
}

/* The text of an integer; 0 if there is none. */
static int
integer_text(struct scan *s, int *base, char *buf)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	char set[24], *p = buf, *zero;
	int n = 0;

	accept(s, "+-", &p);
	zero = p;
	if ((*base == 0 || *base == 16) && accept(s, "0", &p)) {
		n = 1;
		if (accept(s, "xX", &p)) {
			*base = 16;
			n = 0;
		} else if (*base == 0)
			*base = 8;
	}
	if (*base == 0)
		*base = 10;
	strlcpy(set, digits, *base == 16 ? sizeof(set) : (size_t)*base + 1);
	while (p < buf + NUMBER_MAX - 1 && accept(s, set, &p))
		n++;
	*p = '\0';
	/* "0x" and no digit: the 0 counts. */
	if (n == 0 && zero + 2 == p && *zero == '0') {
		back(s, (unsigned char)zero[1]);
		zero[1] = '\0';
		n = 1;
	}
	return (n);
}

/* A word like inf or nan, in any case; as far as it goes. */
static int
word(struct scan *s, const char *w, char **out)
{
	char set[3];
	int n = 0;

	for (; *w != '\0'; w++, n++) {
		set[0] = *w;
		set[1] = (char)toupper((unsigned char)*w);
		set[2] = '\0';
		if (!accept(s, set, out))
			break;
	}
	return (n);
}

static int
float_text(struct scan *s, char *buf)
{
	const char *digits = "0123456789", *e = "eE";
	char *p = buf, *end = buf + NUMBER_MAX - 8, *mark;
	int n = 0;

	accept(s, "+-", &p);
	mark = p;
	if (word(s, "inf", &p) > 0 || (p == mark && word(s, "nan", &p) > 0)) {
		if (p - mark == 3 && tolower((unsigned char)*mark) == 'i')
			word(s, "inity", &p);
		*p = '\0';
		n = p - mark;
		return (n == 3 || n == 8);
	}
	if (accept(s, "0", &p)) {
		n = 1;
		if (accept(s, "xX", &p)) {
			digits = "0123456789abcdefABCDEF";
			e = "pP";
			n = 0;
		}
	}
	while (p < end && accept(s, digits, &p))
		n++;
	if (accept(s, ".", &p))
		while (p < end && accept(s, digits, &p))
			n++;
	if (n > 0 && accept(s, e, &p)) {
		accept(s, "+-", &p);
		while (p < end + 6 && accept(s, "0123456789", &p))
			;
	}
	*p = '\0';
	return (n);
}

/* %[...]: the set as a table; returns what follows the closing bracket. */
static const char *
char_set(const char *fmt, char *table)
{
	int not = 0, lo, hi;

	if (*fmt == '^') {
		not = 1;
		fmt++;
	}
	memset(table, not, 256);
	do {
		if (*fmt == '\0')
			return (fmt);
		lo = hi = (unsigned char)*fmt++;
		if (*fmt == '-' && fmt[1] != ']' && fmt[1] != '\0') {
			hi = (unsigned char)fmt[1];
			fmt += 2;
		}
		for (; lo <= hi; lo++)
			table[lo] = !not;
	} while (*fmt != ']');
	return (fmt + 1);
}

static void
store(void *p, int size, uint64_t v)
{
	switch (size) {
	case 1: *(uint8_t *)p = (uint8_t)v; break;
	case 2: *(uint16_t *)p = (uint16_t)v; break;
	case 4: *(uint32_t *)p = (uint32_t)v; break;
	default: *(uint64_t *)p = v; break;
	}
}

static int
scan(FILE *f, const char *fmt, va_list ap)
{
	struct scan s = { f, 0, 0 };
	char buf[NUMBER_MAX], table[256], *p;
	int done = 0, c, conv, size, suppress, base, input = 0;
	void *arg;
	double d;
	long n;

	for (; *fmt != '\0';) {
		if (isspace((unsigned char)*fmt)) {
			skip_space(&s);
			fmt++;
			continue;
		}
		if (*fmt != '%') {
			s.width = INT64_MAX;
			if ((c = next(&s)) != (unsigned char)*fmt) {
				back(&s, c);
				input = c == EOF;
				break;
			}
			fmt++;
			continue;
		}
		fmt++;
		suppress = 0;
		if (*fmt == '*') {
			suppress = 1;
			fmt++;
		}
		n = 0;
		while (isdigit((unsigned char)*fmt))
			n = n * 10 + (*fmt++ - '0');
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
		case 'q': case 'j': case 'z': case 't': case 'L':
			size = 8;
			fmt++;
			break;
		}
		conv = (unsigned char)*fmt++;
		if (conv == '\0')
			break;
		if (conv == 'n') {
			if (!suppress)
				store(va_arg(ap, void *), size, s.count);
			continue;
		}
		if (conv != 'c' && conv != '[')
			skip_space(&s);
		s.width = 1;
		c = next(&s);
		back(&s, c);
		if (c == EOF) {
			input = 1;
			break;
		}
		s.width = n > 0 ? n : INT64_MAX;
		arg = suppress || conv == '%' ? NULL : va_arg(ap, void *);
		switch (conv) {
		case '%':
			if ((c = next(&s)) != '%') {
				back(&s, c);
				goto out;
			}
			continue;
		case 'd': case 'u': case 'i': case 'o': case 'x': case 'X':
		case 'p':
			base = conv == 'i' ? 0 : conv == 'o' ? 8 :
			    conv == 'd' || conv == 'u' ? 10 : 16;
			if (!integer_text(&s, &base, buf))
				goto out;
			if (conv == 'p')
				size = 8;
			if (arg != NULL)
				store(arg, size, conv == 'd' || conv == 'i' ?
				    (uint64_t)strtol(buf, NULL, base) :
				    strtoul(buf, NULL, base));
			break;
		case 'a': case 'A': case 'e': case 'E': case 'f': case 'F':
		case 'g': case 'G':
			if (!float_text(&s, buf))
				goto out;
			d = strtod(buf, NULL);
			if (arg == NULL)
				break;
			if (size == 8 && fmt[-2] == 'L')
				*(long double *)arg = d;
			else if (size == 8)
				*(double *)arg = d;
			else
				*(float *)arg = (float)d;
			break;
		case 'c':
			if (n == 0)
				s.width = n = 1;
			for (p = arg; n > 0 && (c = next(&s)) != EOF; n--)
				if (p != NULL)
					*p++ = (char)c;
			if (n > 0) {
				input = done == 0;
				goto out;
			}
			break;
		case 's':
		case '[':
			if (conv == '[')
				fmt = char_set(fmt, table);
			else
				for (n = 0; n < 256; n++)
					table[n] = !isspace((int)n);
			p = arg;
			for (n = 0; (c = next(&s)) != EOF && table[c]; n++)
				if (p != NULL)
					*p++ = (char)c;
			back(&s, c);
			if (n == 0)
				goto out;
			if (p != NULL)
				*p = '\0';
			break;
		default:
			goto out;
		}
		if (arg != NULL)
			done++;
	}
out:
	return (input && done == 0 ? EOF : done);
}

int
vfscanf(FILE *restrict f, const char *restrict fmt, va_list ap)
{
	int r;

	FLOCK(f);
	r = scan(f, fmt, ap);
	FUNLOCK(f);
	return (r);
}

int
fscanf(FILE *restrict f, const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vfscanf(f, fmt, ap);
	va_end(ap);
	return (r);
}

int
vscanf(const char *restrict fmt, va_list ap)
{
	return (vfscanf(stdin, fmt, ap));
}

int
scanf(const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vfscanf(stdin, fmt, ap);
	va_end(ap);
	return (r);
}

int
vsscanf(const char *restrict str, const char *restrict fmt, va_list ap)
{
	struct __file f = { ._flags = F_RD | F_READING | F_STR, ._fd = -1 };

	f._p = f._base = (unsigned char *)str;
	f._r = strlen(str);
	return (scan(&f, fmt, ap));
}

int
sscanf(const char *restrict str, const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vsscanf(str, fmt, ap);
	va_end(ap);
	return (r);
}
