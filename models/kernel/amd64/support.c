/*
 * Copying, filling and comparing memory.
 *
 * Long runs use the machine's string instructions, which stop at page ends
 * and must be asked again; short ones are not worth their start-up and go
 * word by word.  Everything here may be called from probe context: no fbt sites.
 */
#include <sys/param.h>

#define	SHORT_RUN	64	/* Bytes; below it plain loops win. */

__notrace void *
memcpy(void *dst, const void *src, size_t len)
{
	char *d = dst;
	const char *s = src;
	long done;

	if (len < SHORT_RUN) {
		if ((((uintptr_t)d | (uintptr_t)s) & 7) == 0) {
			for (; len >= 8; len -= 8, d += 8, s += 8)
				*(uint64_t *)d = *(const uint64_t *)s;
		}
		for (; len > 0; len--)
			*d++ = *s++;
		return (dst);
	}
	while (len > 0) {
		done = __rep_movsb(d, s, len);
		d += done;
		s += done;
		len -= done;
	}
	return (dst);
}

__notrace void *
memmove(void *dst, const void *src, size_t len)
{
	char *d = dst;
	const char *s = src;

	/* Going up is right unless dst lies inside src. */
	if ((uintptr_t)d - (uintptr_t)s >= len)
		return (memcpy(dst, src, len));
	d += len;
	s += len;
	if ((((uintptr_t)d | (uintptr_t)s) & 7) == 0) {
		for (; len >= 8; len -= 8) {
			d -= 8;
			s -= 8;
			*(uint64_t *)d = *(const uint64_t *)s;
		}
	}
	for (; len > 0; len--)
		*--d = *--s;
	return (dst);
}

__notrace void *
memset(void *dst, int c, size_t len)
{
	char *d = dst;
	uint64_t word;
	long done;

	if (len < SHORT_RUN) {
		if (((uintptr_t)d & 7) == 0 && len >= 8) {
			word = (uint8_t)c * 0x0101010101010101UL;
			for (; len >= 8; len -= 8, d += 8)
				*(uint64_t *)d = word;
		}
		for (; len > 0; len--)
			*d++ = (char)c;
		return (dst);
	}
	while (len > 0) {
		done = __rep_stosb(d, c, len);
		d += done;
		len -= done;
	}
	return (dst);
}

__notrace int
memcmp(const void *a, const void *b, size_t len)
{
	const uint8_t *p = a, *q = b;

	for (; len > 0; len--, p++, q++) {
		if (*p != *q)
			return (*p - *q);
	}
	return (0);
}
