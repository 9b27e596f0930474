/*
 * Strings and bits: the part of the C library that the kernel has to bring
 * along itself.
 */
#include <sys/param.h>

void *
memchr(const void *s, int c, size_t len)
{
	const uint8_t *p = s;

	for (; len > 0; len--, p++) {
		if (*p == (uint8_t)c)
			return (__DECONST(void *, p));
	}
	return (NULL);
}

__notrace size_t
strlen(const char *s)
{
	const char *p;

	for (p = s; *p != '\0'; p++)
		;
	return (p - s);
}

size_t
strnlen(const char *s, size_t max)
{
	size_t len;

	for (len = 0; len < max && s[len] != '\0'; len++)
		;
	return (len);
}

__notrace int
strcmp(const char *a, const char *b)
{

	while (*a == *b && *a != '\0') {
		a++;
		b++;
	}
	return (*(const u_char *)a - *(const u_char *)b);
}

__notrace int
strncmp(const char *a, const char *b, size_t len)
{

	for (; len > 0; len--, a++, b++) {
		if (*a != *b)
			return (*(const u_char *)a - *(const u_char *)b);
		if (*a == '\0')
			break;
	}
	return (0);
}

char *
strchr(const char *s, int c)
{

	for (;; s++) {
		if (*s == (char)c)
			return (__DECONST(char *, s));
		if (*s == '\0')
			return (NULL);
	}
}

char *
strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (*s == '\0')
			return (__DECONST(char *, last));
	}
}

char *
strstr(const char *s, const char *find)
{
	size_t len = strlen(find);

	for (; *s != '\0' || len == 0; s++) {
		if (strncmp(s, find, len) == 0)
			return (__DECONST(char *, s));
	}
	return (NULL);
}

char *
strcpy(char *dst, const char *src)
{
	char *d = dst;

	while ((*d++ = *src++) != '\0')
		;
	return (dst);
}

/* Copies what fits, always with a NUL; returns what it wanted to copy. */
__notrace size_t
strlcpy(char *dst, const char *src, size_t size)
{
	const char *s = src;
	size_t left = size;

	for (; left > 1 && *s != '\0'; left--)
		*dst++ = *s++;
	if (size > 0)
		*dst = '\0';
	while (*s != '\0')
		s++;
	return (s - src);
}

size_t
strlcat(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(dst, size);

	return (len + strlcpy(dst + len, src, size - len));
}

unsigned long
strtoul(const char *s, char **end, int base)
{
	unsigned long v = 0;
	int d, minus = 0;

	while (*s == ' ' || *s == '\t')
		s++;
	if (*s == '-' || *s == '+')
		minus = *s++ == '-';
	if ((base == 0 || base == 16) && s[0] == '0' &&
	    (s[1] == 'x' || s[1] == 'X')) {
		s += 2;
		base = 16;
	} else if (base == 0)
		base = *s == '0' ? 8 : 10;
	for (;; s++) {
		if (*s >= '0' && *s <= '9')
			d = *s - '0';
		else if (*s >= 'a' && *s <= 'z')
			d = *s - 'a' + 10;
		else if (*s >= 'A' && *s <= 'Z')
			d = *s - 'A' + 10;
		else
			break;
		if (d >= base)
			break;
		v = v * base + d;
	}
	if (end != NULL)
		*end = __DECONST(char *, s);
	return (minus ? -v : v);
}

long
strtol(const char *s, char **end, int base)
{

	return ((long)strtoul(s, end, base));
}

int
fls(int x)
{

	return (x == 0 ? 0 : 32 - __builtin_clz((unsigned int)x));
}

int
flsl(long x)
{

	return (x == 0 ? 0 : 64 - __builtin_clzl((unsigned long)x));
}
