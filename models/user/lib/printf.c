/*
 * The printf family: one formatter, and the ways out of it.
 *
 * __format() reads the format and puts pieces of text into a sink.  A conversion
 * is laid out as
 *
 *   [spaces] sign-or-prefix [zeroes] body [spaces]
 *
 * and emit() does that for all of them.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "stdio_private.h"

#define	LEFT	0x01		/* - */
#define	PLUS	0x02		/* + */
#define	SPACE	0x04		/* blank */
#define	ALT	0x08		/* # */
#define	ZERO	0x10		/* 0 */

struct spec {
	int	 flags;
	int	 width;
	int	 prec;		/* -1: none given. */
	char	 conv;
};

static void
pad(struct __sink *k, char c, long n)
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
static void
head(struct __sink *k, const struct spec *sp, const char *prefix, int nprefix,
    long body, int zeroes)
{
	long n = sp->width - nprefix - body;

	if ((sp->flags & LEFT) == 0 && !zeroes)
		pad(k, ' ', n);
	k->put(k, prefix, nprefix);
	if ((sp->flags & LEFT) == 0 && zeroes)
		pad(k, '0', n);
}

static void
tail(struct __sink *k, const struct spec *sp, int nprefix, long body)
{
	if (sp->flags & LEFT)
		pad(k, ' ', sp->width - nprefix - body);
}

static void
emit(struct __sink *k, const struct spec *sp, const char *prefix, int nprefix,
    const char *body, long n)
{
	head(k, sp, prefix, nprefix, n, 0);
	k->put(k, body, n);
	tail(k, sp, nprefix, n);
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
	head(k, sp, prefix, nprefix, zeroes + v, sp->flags & ZERO && sp->prec < 0);
	pad(k, '0', zeroes);
	k->put(k, buf + n, v);
	tail(k, sp, nprefix, zeroes + v);
}

/*
 * Digits from..to of a decimal; those that it does not have are zeroes.
 */
static void
put_digits(struct __sink *k, const struct fltdec *fd, long from, long to)
{
	char buf[32];
	long n;

	for (; from < to && from < 0; from++)
		pad(k, '0', 1);
	while (from < to && from < fd->fd_ndigits) {
		for (n = 0; n < (long)sizeof(buf) && from < to &&
		    from < fd->fd_ndigits; from++)
			buf[n++] = '0' + fd->fd_digits[from];
		k->put(k, buf, n);
	}
	pad(k, '0', to - from);
}

/* [-]ddd.ddd, rounded already. */
static void
put_fixed(struct __sink *k, const struct spec *sp, const struct fltdec *fd,
    const char *sign, int nsign, long frac)
{
	long whole = fd->fd_point > 0 && fd->fd_ndigits > 0 ? fd->fd_point : 1;
	int dot = frac > 0 || sp->flags & ALT;
	long body = whole + (dot != 0) + frac;

	head(k, sp, sign, nsign, body, sp->flags & ZERO);
	if (fd->fd_ndigits == 0) {
		pad(k, '0', 1);
		if (dot)
			k->put(k, ".", 1);
		pad(k, '0', frac);
	} else {
		if (fd->fd_point <= 0)
			pad(k, '0', 1);
		else
			put_digits(k, fd, 0, fd->fd_point);
		if (dot)
			k->put(k, ".", 1);
		put_digits(k, fd, fd->fd_point, fd->fd_point + frac);
	}
	tail(k, sp, nsign, body);
}

/* [-]d.ddde+dd, rounded already. */
static void
put_exponent(struct __sink *k, const struct spec *sp, const struct fltdec *fd,
    const char *sign, int nsign, long frac, char e)
{
	int exp = fd->fd_ndigits == 0 ? 0 : fd->fd_point - 1;
	int dot = frac > 0 || sp->flags & ALT, n = 0;
	unsigned mag = exp < 0 ? -exp : exp;
	char buf[8];
	long body;

	buf[n++] = e;
	buf[n++] = exp < 0 ? '-' : '+';
	if (mag >= 100)
		buf[n++] = '0' + mag / 100;
	buf[n++] = '0' + mag / 10 % 10;
	buf[n++] = '0' + mag % 10;
	body = 1 + (dot != 0) + frac + n;
	head(k, sp, sign, nsign, body, sp->flags & ZERO);
	put_digits(k, fd, 0, 1);
	if (dot)
		k->put(k, ".", 1);
	put_digits(k, fd, 1, 1 + frac);
	k->put(k, buf, n);
	tail(k, sp, nsign, body);
}

/* [-]0xh.hhhp+d */
static void
put_hexfloat(struct __sink *k, const struct spec *sp, uint64_t bits,
    const char *sign, int nsign)
{
	const char *digits = sp->conv == 'A' ? "0123456789ABCDEF" :
	    "0123456789abcdef";
	uint64_t m = bits & ((1UL << 52) - 1), half;
	int exp = (int)(bits >> 52 & 0x7ff), n, frac, i, drop, up;
	char prefix[3], frag[13], tailbuf[8], lead;
	unsigned mag;
	long body, zeroes;
	int dot;

	if (exp != 0) {
		m |= 1UL << 52;
		exp -= 1023;
	} else
		exp = m == 0 ? 0 : -1022;
	frac = 13;
	zeroes = 0;
	if (sp->prec >= 0 && sp->prec < 13) {
		drop = (13 - sp->prec) * 4;
		half = 1UL << (drop - 1);
		up = (m & (half * 2 - 1)) > half ||
		    ((m & (half * 2 - 1)) == half && (m >> drop & 1));
		m = ((m >> drop) + up) << drop;
		frac = sp->prec;
	} else if (sp->prec > 13)
		zeroes = sp->prec - 13;
	lead = digits[m >> 52];
	for (i = 0; i < 13; i++)
		frag[i] = digits[m >> (48 - 4 * i) & 15];
	if (sp->prec < 0)
		while (frac > 0 && frag[frac - 1] == '0')
			frac--;

	n = 0;
	tailbuf[n++] = sp->conv == 'A' ? 'P' : 'p';
	tailbuf[n++] = exp < 0 ? '-' : '+';
	mag = exp < 0 ? -exp : exp;
	if (mag >= 1000)
		tailbuf[n++] = '0' + mag / 1000;
	if (mag >= 100)
		tailbuf[n++] = '0' + mag / 100 % 10;
	if (mag >= 10)
		tailbuf[n++] = '0' + mag / 10 % 10;
	tailbuf[n++] = '0' + mag % 10;

	memcpy(prefix, sign, nsign);
	prefix[nsign] = '0';
	prefix[nsign + 1] = sp->conv == 'A' ? 'X' : 'x';
	dot = frac + zeroes > 0 || sp->flags & ALT;
	body = 1 + (dot != 0) + frac + zeroes + n;
	head(k, sp, prefix, nsign + 2, body, sp->flags & ZERO);
	k->put(k, &lead, 1);
	if (dot)
		k->put(k, ".", 1);
	k->put(k, frag, frac);
	pad(k, '0', zeroes);
	k->put(k, tailbuf, n);
	tail(k, sp, nsign + 2, body);
}

static void
put_float(struct __sink *k, const struct spec *sp, double d)
{
	struct fltdec fd;
	uint64_t bits = __double_bits(d), m;
	int exp = (int)(bits >> 52 & 0x7ff), nsign = 0, x;
	int upper = sp->conv >= 'A' && sp->conv <= 'Z';
	char conv = upper ? sp->conv + 32 : sp->conv;
	long prec = sp->prec < 0 ? 6 : sp->prec, sig;
	const char *sign = "";

	if (bits >> 63)
		sign = "-";
	else if (sp->flags & PLUS)
		sign = "+";
	else if (sp->flags & SPACE)
		sign = " ";
	nsign = *sign != '\0';
	m = bits & ((1UL << 52) - 1);
	if (exp == 0x7ff) {
		emit(k, sp, sign, nsign, m != 0 ? upper ? "NAN" : "nan" :
		    upper ? "INF" : "inf", 3);
		return;
	}
	if (conv == 'a') {
		put_hexfloat(k, sp, bits, sign, nsign);
		return;
	}
	if (exp != 0)
		__fltdec(m | 1UL << 52, exp - 1075, &fd);
	else
		__fltdec(m, -1074, &fd);

	switch (conv) {
	case 'f':
		if (prec < FLTDEC_MAX)	/* Else there is nothing to round. */
			__fltdec_round(&fd, fd.fd_point + (int)prec);
		put_fixed(k, sp, &fd, sign, nsign, prec);
		break;
	case 'e':
		if (prec < FLTDEC_MAX)
			__fltdec_round(&fd, (int)prec + 1);
		put_exponent(k, sp, &fd, sign, nsign, prec, upper ? 'E' : 'e');
		break;
	case 'g':
		if (prec == 0)
			prec = 1;
		if (prec < FLTDEC_MAX)
			__fltdec_round(&fd, (int)prec);
		/* Significant digits that are shown. */
		sig = fd.fd_ndigits;
		while (sig > 0 && fd.fd_digits[sig - 1] == 0)
			sig--;
		if (sp->flags & ALT)
			sig = prec;
		x = fd.fd_ndigits == 0 ? 0 : fd.fd_point - 1;
		if (x >= -4 && x < prec)
			put_fixed(k, sp, &fd, sign, nsign,
			    sig - 1 - x > 0 ? sig - 1 - x : 0);
		else
			put_exponent(k, sp, &fd, sign, nsign,
			    sig > 1 ? sig - 1 : 0, upper ? 'E' : 'e');
		break;
	}
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
			emit(k, &sp, "", 0, &c, 1);
			break;
		case 's':
			s = va_arg(ap, const char *);
			if (s == NULL)
				s = "(null)";
			n = sp.prec < 0 ? strlen(s) : strnlen(s, sp.prec);
			emit(k, &sp, "", 0, s, n);
			break;
		case 'm':
			s = strerror(e);
			emit(k, &sp, "", 0, s, strlen(s));
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
				put_float(k, &sp, (double)va_arg(ap, long double));
			else
				put_float(k, &sp, va_arg(ap, double));
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

/*
 * Into a stream.  An unbuffered one gets a buffer for the time of the call, so
 * that a message is one write(2).
 */
static void
put_file(struct __sink *k, const char *s, size_t n)
{
	k->count += n;
	if (n > 0)
		fwrite(s, 1, n, k->file);
}

int
vfprintf(FILE *restrict f, const char *restrict fmt, va_list ap)
{
	struct __sink k = { .put = put_file, .file = f };
	unsigned char tmp[BUFSIZ];
	int r, unbuffered, had = f->_flags & F_ERR;

	FLOCK(f);
	unbuffered = f->_flags & F_NBF && f->_flags & F_WR;
	if (unbuffered) {
		__sflush(f);
		k.buf = (char *)f->_base;
		k.room = f->_size;
		f->_flags &= ~(F_NBF | F_READING);
		f->_flags |= F_WRITING;
		f->_base = f->_p = tmp;
		f->_size = f->_w = sizeof(tmp);
		f->_r = 0;
	}
	f->_flags &= ~F_ERR;
	r = __format(&k, fmt, ap);
	if (unbuffered) {
		__sflush(f);
		f->_base = f->_p = (unsigned char *)k.buf;
		f->_size = k.room;
		f->_w = 0;
		f->_flags |= F_NBF;
		if (f->_base == NULL)
			f->_flags &= ~F_WRITING;
	}
	if (f->_flags & F_ERR)
		r = -1;
	f->_flags |= had;
	FUNLOCK(f);
	return (r);
}

int
fprintf(FILE *restrict f, const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vfprintf(f, fmt, ap);
	va_end(ap);
	return (r);
}

int
vprintf(const char *restrict fmt, va_list ap)
{
	return (vfprintf(stdout, fmt, ap));
}

int
printf(const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vfprintf(stdout, fmt, ap);
	va_end(ap);
	return (r);
}

/*
 * Into memory: what does not fit is counted, not stored.
 */
static void
put_memory(struct __sink *k, const char *s, size_t n)
{
	k->count += n;
	if (n > k->room)
		n = k->room;
	memcpy(k->buf, s, n);
	k->buf += n;
	k->room -= n;
}

int
vsnprintf(char *restrict buf, size_t size, const char *restrict fmt, va_list ap)
{
	struct __sink k = { .put = put_memory, .buf = buf };
	int r;

	k.room = size > 0 ? size - 1 : 0;
	r = __format(&k, fmt, ap);
	if (size > 0)
		*k.buf = '\0';
	return (r);
}

int
snprintf(char *restrict buf, size_t size, const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return (r);
}

int
vsprintf(char *restrict buf, const char *restrict fmt, va_list ap)
{
	return (vsnprintf(buf, INT32_MAX, fmt, ap));
}

int
sprintf(char *restrict buf, const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vsprintf(buf, fmt, ap);
	va_end(ap);
	return (r);
}

int
vasprintf(char **out, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	*out = NULL;
	if (n < 0 || (*out = malloc((size_t)n + 1)) == NULL)
		return (-1);
	return (vsnprintf(*out, (size_t)n + 1, fmt, ap));
}

int
asprintf(char **out, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vasprintf(out, fmt, ap);
	va_end(ap);
	return (r);
}

int
vdprintf(int fd, const char *restrict fmt, va_list ap)
{
	struct __file f = { ._fd = fd, ._flags = F_WR | F_NBF };

	return (vfprintf(&f, fmt, ap));
}

int
dprintf(int fd, const char *restrict fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vdprintf(fd, fmt, ap);
	va_end(ap);
	return (r);
}
