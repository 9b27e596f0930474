/*
 * What a test program needs of a C library: printf for the conversions the tests use, and the way out.
 * Compiled with each program; under gcc the real library takes its place.
 */
#include <stdarg.h>

int	 main(void);
int	 printf(const char *, ...);
int	 putchar(int);
void	 exit(int);
void	 abort(void);
void	*memcpy(void *, const void *, unsigned long);
void	*memmove(void *, const void *, unsigned long);
void	*memset(void *, int, unsigned long);
int	 memcmp(const void *, const void *, unsigned long);
unsigned long strlen(const char *);
int	 strcmp(const char *, const char *);

static char	 buf[256];
static int	 used;

static void
flush(void)
{

#ifdef _KERNEL
	(void)__hw(1, (unsigned long)buf, used, 0, 0);
#else
	(void)__syscall(4, 1, (long)buf, used, 0, 0, 0);
#endif
	used = 0;
}

int
putchar(int c)
{

	buf[used++] = c;
	if (used == sizeof(buf))
		flush();
	return ((unsigned char)c);
}

void
exit(int status)
{

	flush();
#ifdef _KERNEL
	(void)__hw(6, status, 0, 0, 0);
#else
	(void)__syscall(1, status, 0, 0, 0, 0, 0);
#endif
	for (;;)
		;
}

void
abort(void)
{

	exit(134);
}

void *
memcpy(void *d, const void *s, unsigned long n)
{
	char *to = d;
	const char *from = s;

	while (n-- > 0)
		*to++ = *from++;
	return (d);
}

void *
memmove(void *d, const void *s, unsigned long n)
{
	char *to = d;
	const char *from = s;

	if (to <= from)
		return (memcpy(d, s, n));
	while (n-- > 0)
		to[n] = from[n];
	return (d);
}

void *
memset(void *d, int c, unsigned long n)
{
	char *to = d;

	while (n-- > 0)
		*to++ = c;
	return (d);
}

int
memcmp(const void *a, const void *b, unsigned long n)
{
	const unsigned char *x = a, *y = b;

	for (; n > 0; n--, x++, y++)
		if (*x != *y)
			return (*x - *y);
	return (0);
}

unsigned long
strlen(const char *s)
{
	unsigned long n;

	for (n = 0; s[n] != '\0'; n++)
		;
	return (n);
}

int
strcmp(const char *a, const char *b)
{

	while (*a != '\0' && *a == *b)
		a++, b++;
	return ((unsigned char)*a - (unsigned char)*b);
}

static int
number(unsigned long v, unsigned base, int upper, int width, int zero, int left,
    const char *sign)
{
	char digits[24];
	int i, n, pad;

	n = 0;
	do {
		digits[n++] = (upper ? "0123456789ABCDEF" : "0123456789abcdef")[v % base];
		v /= base;
	} while (v != 0);
	pad = width - n - (int)strlen(sign);
	if (!left && !zero)
		for (i = 0; i < pad; i++)
			putchar(' ');
	for (i = 0; sign[i] != '\0'; i++)
		putchar(sign[i]);
	if (!left && zero)
		for (i = 0; i < pad; i++)
			putchar('0');
	while (n > 0)
		putchar(digits[--n]);
	if (left)
		for (i = 0; i < pad; i++)
			putchar(' ');
	return (0);
}

int
printf(const char *fmt, ...)
{
	va_list ap;
	const char *s;
	long v;
	unsigned long u;
	int left, size, width, zero;

	va_start(ap, fmt);
	for (; *fmt != '\0'; fmt++) {
		if (*fmt != '%') {
			putchar(*fmt);
			continue;
		}
		fmt++;
		left = zero = width = size = 0;
		for (;; fmt++) {
			if (*fmt == '-')
				left = 1;
			else if (*fmt == '0')
				zero = 1;
			else
				break;
		}
		while (*fmt >= '0' && *fmt <= '9')
			width = width * 10 + *fmt++ - '0';
		while (*fmt == 'l' || *fmt == 'z') {
			size = 1;
			fmt++;
		}
		switch (*fmt) {
		case 'd':
		case 'i':
			v = size ? va_arg(ap, long) : va_arg(ap, int);
			number(v < 0 ? -(unsigned long)v : v, 10, 0, width,
			    zero, left, v < 0 ? "-" : "");
			break;
		case 'u':
		case 'x':
		case 'X':
		case 'o':
			u = size ? va_arg(ap, unsigned long) :
			    va_arg(ap, unsigned int);
			number(u, *fmt == 'u' ? 10 : *fmt == 'o' ? 8 : 16,
			    *fmt == 'X', width, zero, left, "");
			break;
		case 'c':
			putchar(va_arg(ap, int));
			break;
		case 's':
			s = va_arg(ap, const char *);
			v = strlen(s);
			for (; !left && v < width; width--)
				putchar(' ');
			for (width -= v; *s != '\0'; s++)
				putchar(*s);
			for (; left && width > 0; width--)
				putchar(' ');
			break;
		case '%':
			putchar('%');
			break;
		}
	}
	va_end(ap);
	return (0);
}

#ifdef _KERNEL
void
btext(void)
#else
void
_start(void)
#endif
{

	exit(main());
}
