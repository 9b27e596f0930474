/*
 * Strings: bytes up to a NUL.
 */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t
strlen(const char *s)
{
	const char *p = s;

	while (*p != '\0')
		p++;
	return (p - s);
}

size_t
strnlen(const char *s, size_t max)
{
	size_t n;

	for (n = 0; n < max && s[n] != '\0'; n++)
		;
	return (n);
}

char *
stpcpy(char *restrict dst, const char *restrict src)
{
	while ((*dst = *src++) != '\0')
		dst++;
	return (dst);
}

char *
stpncpy(char *restrict dst, const char *restrict src, size_t n)
{
	for (; n > 0 && *src != '\0'; n--)
		*dst++ = *src++;
	memset(dst, 0, n);
	return (dst);
}

char *
strcpy(char *restrict dst, const char *restrict src)
{
	stpcpy(dst, src);
	return (dst);
}

char *
strncpy(char *restrict dst, const char *restrict src, size_t n)
{
	stpncpy(dst, src, n);
	return (dst);
}

char *
strcat(char *restrict dst, const char *restrict src)
{
	stpcpy(dst + strlen(dst), src);
	return (dst);
}

char *
strncat(char *restrict dst, const char *restrict src, size_t n)
{
	char *d = dst + strlen(dst);

	for (; n > 0 && *src != '\0'; n--)
		*d++ = *src++;
	*d = '\0';
	return (dst);
}

/* These two return the length they would have liked to make. */
size_t
strlcpy(char *restrict dst, const char *restrict src, size_t size)
{
	size_t len = strlen(src), n;

	if (size > 0) {
		n = len < size ? len : size - 1;
		memcpy(dst, src, n);
		dst[n] = '\0';
	}
	return (len);
}

size_t
strlcat(char *restrict dst, const char *restrict src, size_t size)
{
	size_t have = strnlen(dst, size);

	if (have == size)
		return (size + strlen(src));
	return (have + strlcpy(dst + have, src, size - have));
}

int
strcmp(const char *a, const char *b)
{
	while (*a == *b && *a != '\0') {
		a++;
		b++;
	}
	return (*(const unsigned char *)a - *(const unsigned char *)b);
}

int
strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++)
		if (*a != *b || *a == '\0')
			return (*(const unsigned char *)a -
			    *(const unsigned char *)b);
	return (0);
}

int
strcoll(const char *a, const char *b)
{
	return (strcmp(a, b));
}

size_t
strxfrm(char *restrict dst, const char *restrict src, size_t n)
{
	return (strlcpy(dst, src, n));
}

int
strcasecmp(const char *a, const char *b)
{
	return (strncasecmp(a, b, SIZE_MAX));
}

int
strncasecmp(const char *a, const char *b, size_t n)
{
	int x, y;

	for (; n > 0; n--, a++, b++) {
		x = tolower((unsigned char)*a);
		y = tolower((unsigned char)*b);
		if (x != y || x == '\0')
			return (x - y);
	}
	return (0);
}

char *
strchrnul(const char *s, int c)
{
	while (*s != (char)c && *s != '\0')
		s++;
	return ((char *)s);
}

char *
strchr(const char *s, int c)
{
	s = strchrnul(s, c);
	return (*s == (char)c ? (char *)s : NULL);
}

char *
strrchr(const char *s, int c)
{
	const char *found = NULL;

	for (;; s++) {
		if (*s == (char)c)
			found = s;
		if (*s == '\0')
			return ((char *)found);
	}
}

char *
index(const char *s, int c)
{
	return (strchr(s, c));
}

char *
rindex(const char *s, int c)
{
	return (strrchr(s, c));
}

size_t
strspn(const char *s, const char *set)
{
	size_t n;

	for (n = 0; s[n] != '\0' && strchr(set, s[n]) != NULL; n++)
		;
	return (n);
}

size_t
strcspn(const char *s, const char *set)
{
	size_t n;

	for (n = 0; s[n] != '\0' && strchr(set, s[n]) == NULL; n++)
		;
	return (n);
}

char *
strpbrk(const char *s, const char *set)
{
	s += strcspn(s, set);
	return (*s != '\0' ? (char *)s : NULL);
}

char *
strstr(const char *hay, const char *needle)
{
	size_t n = strlen(needle);

	for (;; hay++) {
		if (strncmp(hay, needle, n) == 0)
			return ((char *)hay);
		if (*hay == '\0')
			return (NULL);
	}
}

char *
strnstr(const char *hay, const char *needle, size_t len)
{
	return (memmem(hay, strnlen(hay, len), needle, strlen(needle)));
}

char *
strcasestr(const char *hay, const char *needle)
{
	size_t n = strlen(needle);

	for (;; hay++) {
		if (strncasecmp(hay, needle, n) == 0)
			return ((char *)hay);
		if (*hay == '\0')
			return (NULL);
	}
}

char *
strsep(char **sp, const char *delim)
{
	char *s = *sp, *end;

	if (s == NULL)
		return (NULL);
	end = s + strcspn(s, delim);
	if (*end != '\0') {
		*end = '\0';
		*sp = end + 1;
	} else
		*sp = NULL;
	return (s);
}

char *
strtok_r(char *restrict s, const char *restrict delim, char **restrict last)
{
	if (s == NULL)
		s = *last;
	if (s == NULL)
		return (NULL);
	s += strspn(s, delim);
	if (*s == '\0') {
		*last = NULL;
		return (NULL);
	}
	*last = s;
	return (strsep(last, delim));
}

char *
strtok(char *restrict s, const char *restrict delim)
{
	static char *last;

	return (strtok_r(s, delim, &last));
}

char *
strndup(const char *s, size_t max)
{
	size_t n = strnlen(s, max);
	char *copy = malloc(n + 1);

	if (copy != NULL) {
		memcpy(copy, s, n);
		copy[n] = '\0';
	}
	return (copy);
}

char *
strdup(const char *s)
{
	return (strndup(s, SIZE_MAX));
}

/*
 * The first set bit, from 1; 0 if there is none.
 */
int
ffs(int v)
{
	return (v == 0 ? 0 : __builtin_ctz((unsigned)v) + 1);
}

int
ffsl(long v)
{
	return (v == 0 ? 0 : __builtin_ctzl((unsigned long)v) + 1);
}

int
ffsll(long long v)
{
	return (ffsl((long)v));
}
