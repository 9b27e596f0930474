/*
 * printf for the kernel.
 *
 * One engine, kvprintf(), hands characters to a function.  printf() collects
 * them in a buffer on its stack and gives the console whole lines, so that lines
 * of different CPUs do not mix; snprintf() collects them in the caller's memory.
 */
#include <sys/param.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>

static const char digits_lower[] = "0123456789abcdef";
static const char digits_upper[] = "0123456789ABCDEF";

/* Where characters go: a buffer, flushed to the console when it has one. */
struct sink {
	char		*s_buf;
	size_t		 s_size;	/* Room, */
	size_t		 s_len;		/* and characters wanted so far. */
	int		 s_console;	/* Flush instead of losing. */
};

/* Bytes to the console, whole and in order. */
void
cnputs(const char *s, size_t len)
{

	if (len != 0)
		(void)__hw(HW_CONS_WRITE, (unsigned long)s, len, 1, 0);
}

static void
sink_putc(struct sink *s, int c)
{

	if (s->s_len < s->s_size)
		s->s_buf[s->s_len] = (char)c;
	s->s_len++;
	if (s->s_console && (c == '\n' || s->s_len == s->s_size)) {
		cnputs(s->s_buf, s->s_len);
		s->s_len = 0;
	}
}

static void
sink_puts(struct sink *s, const char *str, int len)
{

	for (; len > 0; len--)
		sink_putc(s, *str++);
}

static void
sink_pad(struct sink *s, int c, int n)
{

	for (; n > 0; n--)
		sink_putc(s, c);
}

#define	F_MINUS	0x01	/* Left-justify. */
#define	F_ZERO	0x02
#define	F_ALT	0x04	/* 0x, 0 in front. */
#define	F_PLUS	0x08
#define	F_SPACE	0x10
#define	F_UPPER	0x20

static void
put_number(struct sink *s, uint64_t v, int negative, int base, int flags,
    int width, int prec)
{
	const char *digits = flags & F_UPPER ? digits_upper : digits_lower;
	const char *prefix = "";
	char buf[24];
	int i, len, plen, zeros;

	if (flags & F_ALT && v != 0)
		prefix = base == 16 ? (flags & F_UPPER ? "0X" : "0x") :
		    base == 8 ? "0" : "";
	if (negative)
		prefix = "-";
	else if (flags & F_PLUS)
		prefix = "+";
	else if (flags & F_SPACE)
		prefix = " ";
	len = 0;
	if (base == 10) {
		for (; v != 0; v /= 10)
			buf[len++] = digits[v % 10];
	} else {
		for (; v != 0; v >>= (base == 16 ? 4 : 3))
			buf[len++] = digits[v & (base - 1)];
	}
	if (len == 0 && prec != 0)
		buf[len++] = '0';
	plen = strlen(prefix);
	zeros = prec > len ? prec - len : 0;
	if (flags & F_ZERO && prec < 0 && !(flags & F_MINUS) &&
	    width > plen + len)
		zeros = width - plen - len;
	if (!(flags & F_MINUS))
		sink_pad(s, ' ', width - plen - zeros - len);
	sink_puts(s, prefix, plen);
	sink_pad(s, '0', zeros);
	for (i = len - 1; i >= 0; i--)
		sink_putc(s, buf[i]);
	if (flags & F_MINUS)
		sink_pad(s, ' ', width - plen - zeros - len);
}

static void
put_string(struct sink *s, const char *str, int flags, int width, int prec)
{
	int len;

	if (str == NULL)
		str = "(null)";
	len = prec >= 0 ? strnlen(str, prec) : strlen(str);
	if (!(flags & F_MINUS))
		sink_pad(s, ' ', width - len);
	sink_puts(s, str, len);
	if (flags & F_MINUS)
		sink_pad(s, ' ', width - len);
}

static void
kvprintf(struct sink *s, const char *fmt, va_list ap)
{
	uint64_t v;
	size_t start;
	int base, c, flags, negative, prec, size, width;
	char ch;

	for (;;) {
		while ((c = *fmt++) != '%') {
			if (c == '\0')
				return;
			sink_putc(s, c);
		}
		flags = width = size = 0;
		prec = -1;
		for (;; fmt++) {
			if (*fmt == '-')
				flags |= F_MINUS;
			else if (*fmt == '0')
				flags |= F_ZERO;
			else if (*fmt == '#')
				flags |= F_ALT;
			else if (*fmt == '+')
				flags |= F_PLUS;
			else if (*fmt == ' ')
				flags |= F_SPACE;
			else
				break;
		}
		if (*fmt == '*') {
			fmt++;
			width = va_arg(ap, int);
			if (width < 0) {
				flags |= F_MINUS;
				width = -width;
			}
		} else {
			while (*fmt >= '0' && *fmt <= '9')
				width = width * 10 + (*fmt++ - '0');
		}
		if (*fmt == '.') {
			fmt++;
			prec = 0;
			if (*fmt == '*') {
				fmt++;
				prec = va_arg(ap, int);
			} else {
				while (*fmt >= '0' && *fmt <= '9')
					prec = prec * 10 + (*fmt++ - '0');
			}
		}
		/* size: -2 char, -1 short, 0 int, 1 and more long. */
		for (;; fmt++) {
			if (*fmt == 'h')
				size--;
			else if (*fmt == 'l' || *fmt == 'j' || *fmt == 'z' ||
			    *fmt == 't' || *fmt == 'q')
				size++;
			else
				break;
		}
		c = *fmt++;
		base = 10;
		negative = 0;
		switch (c) {
		case '\0':
			return;
		case 'c':
			ch = (char)va_arg(ap, int);
			if (!(flags & F_MINUS))
				sink_pad(s, ' ', width - 1);
			sink_putc(s, ch);
			if (flags & F_MINUS)
				sink_pad(s, ' ', width - 1);
			break;
		case 's':
			put_string(s, va_arg(ap, const char *), flags, width,
			    prec);
			break;
		case 'n':
			start = s->s_len;
			*va_arg(ap, int *) = (int)start;
			break;
		case 'd':
		case 'i':
			v = size > 0 ? (uint64_t)va_arg(ap, long) :
			    (uint64_t)(long)va_arg(ap, int);
			if (size == -1)
				v = (uint64_t)(long)(short)v;
			else if (size <= -2)
				v = (uint64_t)(long)(signed char)v;
			negative = (int64_t)v < 0;
			put_number(s, negative ? -v : v, negative, 10, flags,
			    width, prec);
			break;
		case 'p':
			put_number(s, va_arg(ap, unsigned long), 0, 16,
			    flags | F_ALT, width, prec);
			break;
		case 'X':
			flags |= F_UPPER;
			/* FALLTHROUGH */
		case 'x':
			base = 16;
			goto number;
		case 'o':
			base = 8;
			/* FALLTHROUGH */
		case 'u':
number:
			v = size > 0 ? va_arg(ap, unsigned long) :
			    va_arg(ap, unsigned int);
			if (size == -1)
				v = (u_short)v;
			else if (size <= -2)
				v = (u_char)v;
			put_number(s, v, 0, base, flags & ~(F_PLUS | F_SPACE),
			    width, prec);
			break;
		case '%':
			sink_putc(s, '%');
			break;
		default:
			/* Not ours: show it as it stands. */
			sink_putc(s, '%');
			sink_putc(s, c);
			break;
		}
	}
}

int
vprintf(const char *fmt, va_list ap)
{
	struct sink s;
	char buf[256];

	s.s_buf = buf;
	s.s_size = sizeof(buf);
	s.s_len = 0;
	s.s_console = 1;
	kvprintf(&s, fmt, ap);
	cnputs(s.s_buf, s.s_len);
	return (0);
}

int
printf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	return (0);
}

/* Messages of some importance.  There is no syslogd: the console gets all. */
int
log(int level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	return (0);
}

/* To the user's terminal; here that is the console. */
int
uprintf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	return (0);
}

int
vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct sink s;

	s.s_buf = buf;
	s.s_size = size > 0 ? size - 1 : 0;
	s.s_len = 0;
	s.s_console = 0;
	kvprintf(&s, fmt, ap);
	if (size > 0)
		buf[s.s_len < size ? s.s_len : size - 1] = '\0';
	return ((int)s.s_len);
}

int
snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return (len);
}

int
sprintf(char *buf, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(buf, 0x7fffffff, fmt, ap);
	va_end(ap);
	return (len);
}
