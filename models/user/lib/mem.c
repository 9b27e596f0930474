/*
 * Blocks of memory.  Small ones move by words in a loop; large ones by the
 * string instructions, which work to the next page end at a time.
 */
#include <string.h>
#include <stdint.h>
#include <unistd.h>
#include "libc_private.h"

#define	REP_MIN		64	/* From here on the string instruction wins. */

/* Words may be moved: both addresses are multiples of 8. */
static inline int
aligned(const void *a, const void *b)
{
	return ((((uintptr_t)a | (uintptr_t)b) & 7) == 0);
}

void *
memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	char *d = dst;
	const char *s = src;
	long done;

	if (n >= REP_MIN) {
		while (n > 0) {
			done = __rep_movsb(d, s, n);
			d += done;
			s += done;
			n -= done;
		}
		return (dst);
	}
	if (aligned(d, s))
		for (; n >= 8; n -= 8, d += 8, s += 8)
			*(uint64_t *)d = *(const uint64_t *)s;
	for (; n > 0; n--)
		*d++ = *s++;
	return (dst);
}

void *
memmove(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;

	/* Forwards unless the destination starts inside the source. */
	if ((uintptr_t)d - (uintptr_t)s >= n) {
		if (n < REP_MIN || (uintptr_t)s - (uintptr_t)d >= n)
			return (memcpy(dst, src, n));
		if (aligned(d, s))
			for (; n >= 8; n -= 8, d += 8, s += 8)
				*(uint64_t *)d = *(const uint64_t *)s;
		for (; n > 0; n--)
			*d++ = *s++;
		return (dst);
	}
	d += n;
	s += n;
	if (aligned(d, s))
		for (; n >= 8; n -= 8) {
			d -= 8;
			s -= 8;
			*(uint64_t *)d = *(const uint64_t *)s;
		}
	for (; n > 0; n--)
		*--d = *--s;
	return (dst);
}

void *
mempcpy(void *restrict dst, const void *restrict src, size_t n)
{
	return ((char *)memcpy(dst, src, n) + n);
}

void *
memset(void *dst, int c, size_t n)
{
	uint64_t word = (unsigned char)c * 0x0101010101010101UL;
	char *d = dst;
	long done;

	if (n >= REP_MIN) {
		while (n > 0) {
			done = __rep_stosb(d, c, n);
			d += done;
			n -= done;
		}
		return (dst);
	}
	if (aligned(d, d))
		for (; n >= 8; n -= 8, d += 8)
			*(uint64_t *)d = word;
	for (; n > 0; n--)
		*d++ = (char)c;
	return (dst);
}

int
memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;

	if (aligned(p, q))
		for (; n >= 8 && *(const uint64_t *)p == *(const uint64_t *)q;
		    n -= 8) {
			p += 8;
			q += 8;
		}
	for (; n > 0; n--, p++, q++)
		if (*p != *q)
			return (*p - *q);
	return (0);
}

void *
memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (; n > 0; n--, p++)
		if (*p == (unsigned char)c)
			return ((void *)p);
	return (NULL);
}

void *
memrchr(const void *s, int c, size_t n)
{
	const unsigned char *p = (const unsigned char *)s + n;

	while (n-- > 0)
		if (*--p == (unsigned char)c)
			return ((void *)p);
	return (NULL);
}

void *
memccpy(void *restrict dst, const void *restrict src, int c, size_t n)
{
	unsigned char *d = dst;
	const unsigned char *s = src;

	while (n-- > 0)
		if ((*d++ = *s++) == (unsigned char)c)
			return (d);
	return (NULL);
}

void *
memmem(const void *hay, size_t hlen, const void *needle, size_t nlen)
{
	const char *h = hay, *last;

	if (nlen == 0)
		return ((void *)h);
	if (hlen < nlen)
		return (NULL);
	for (last = h + (hlen - nlen); h <= last; h++)
		if (*h == *(const char *)needle && memcmp(h, needle, nlen) == 0)
			return ((void *)h);
	return (NULL);
}

int
bcmp(const void *a, const void *b, size_t n)
{
	return (memcmp(a, b, n));
}

void
bcopy(const void *src, void *dst, size_t n)
{
	memmove(dst, src, n);
}

void
bzero(void *p, size_t n)
{
	memset(p, 0, n);
}

void
explicit_bzero(void *p, size_t n)
{
	volatile char *v = p;

	while (n-- > 0)
		*v++ = 0;
}

void
swab(const void *restrict from, void *restrict to, long n)
{
	const char *s = from;
	char *d = to;
	char a, b;

	for (; n > 1; n -= 2) {
		a = *s++;
		b = *s++;
		*d++ = b;
		*d++ = a;
	}
}
