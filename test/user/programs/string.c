/*
 * string.h: every function, on overlapping, short, long and unaligned blocks.
 */
#define	_GNU_SOURCE
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static uint32_t	s = 2463534242u;

static unsigned
r(unsigned n)
{
	s ^= s << 13;
	s ^= s >> 17;
	s ^= s << 5;
	return ((s >> 3) % n);
}

static unsigned char a[20000], b[20000];

static unsigned
sum(const unsigned char *p, size_t n)
{
	unsigned v = 1;

	while (n-- > 0)
		v = v * 31 + *p++;
	return (v);
}

static int
sign(int v)
{
	return ((v > 0) - (v < 0));
}

static long
at(const void *p, const void *base)
{
	return (p == NULL ? -1 : (const char *)p - (const char *)base);
}

int
main(void)
{
	char x[200], y[200], *p, *last;
	size_t n, i, d, e;
	int round, c;

	for (i = 0; i < sizeof(a); i++)
		a[i] = (unsigned char)r(256);
	for (round = 0; round < 400; round++) {
		n = r(round % 4 == 0 ? 9000 : 150);
		d = r(9000);
		e = r(9000);
		switch (r(4)) {
		case 0:
			memcpy(b + d, a + e, n);
			break;
		case 1:
			memmove(a + d, a + e, n);
			break;
		case 2:
			memmove(a + d, a + d + r(40), n);
			break;
		default:
			memset(b + d, (int)r(256), n);
			break;
		}
		printf("%u %u ", sum(a, sizeof(a)), sum(b, sizeof(b)));
		c = (int)r(256);
		printf("%d %ld %ld\n", sign(memcmp(a + d, a + e, n)),
		    at(memchr(a + d, c, n), a + d),
		    at(memrchr(a + d, 255 - c, n), a + d));
	}
	for (round = 0; round < 400; round++) {
		n = r(60);
		for (i = 0; i < n; i++)
			x[i] = (char)('a' + r(3));
		x[n] = '\0';
		n = r(6);
		for (i = 0; i < n; i++)
			y[i] = (char)('a' + r(3));
		y[n] = '\0';
		c = 'a' + (int)r(4);
		printf("%zu %d %d %ld %ld %zu %zu %ld %ld %ld %ld ", strlen(x),
		    sign(strcmp(x, y)), sign(strncmp(x, y, n)), at(strchr(x, c), x),
		    at(strrchr(x, c), x), strspn(x, y), strcspn(x, y),
		    at(strstr(x, y), x), at(strpbrk(x, y), x),
		    at(memmem(x, strlen(x), y, n), x), at(strchrnul(x, c), x));
		p = strdup(x);
		printf("%s ", strncat(strcpy(x, y), p, r(10)));
		memset(x, '#', 40);
		strncpy(x, p, 20);
		x[21] = '\0';
		n = r(50);
		printf("%.21s %zu ", x, strnlen(p, n));
		for (p = strtok_r(p, "a", &last); p != NULL; p = strtok_r(NULL, "a", &last))
			printf("[%s]", p);
		printf("\n");
	}
	strcpy(x, "one,two,,three");
	for (p = x; (last = strsep(&p, ",")) != NULL;)
		printf("<%s>", last);
	printf("\n%d %d %d %d\n", sign(strcasecmp("HeLLo", "hello")),
	    sign(strncasecmp("abcX", "ABCy", 3)), sign(strcasecmp("a", "B")),
	    ffs(40));
	printf("%ld %s %s\n", at(strcasestr("Hello World", "WORLD"), NULL) != -1,
	    stpcpy(x, "end") - 3, (char *)mempcpy(y, "abc", 4) - 4);
	for (c = -1; c < 256; c++)
		printf("%d%d%d%d%d%d%d%d%d%d%d%c", !!isalnum(c), !!isalpha(c),
		    !!iscntrl(c), !!isdigit(c), !!isgraph(c), !!islower(c),
		    !!isprint(c), !!ispunct(c), !!isspace(c), !!isupper(c),
		    !!isxdigit(c), c % 8 == 7 ? '\n' : ' ');
	for (c = 0; c < 128; c++)
		printf("%d %d,", toupper(c), tolower(c));
	printf("\n");
	return (0);
}
