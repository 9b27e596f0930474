/* printf against what C says. */
#include "ktest.h"

static char buf[128];
#define	PRINTS(want, ...) do {						\
	int _n = snprintf(buf, sizeof(buf), __VA_ARGS__);		\
	if (strcmp(buf, want) != 0 || _n != (int)strlen(want)) {	\
		printf("FAIL %s:%d: \"%s\" (%d), not \"%s\"\n", __FILE__, \
		    __LINE__, buf, _n, want);				\
		ktest_failures++;					\
	}								\
} while (0)

KTEST(printf)
{

	PRINTS("-5 5 +5  5", "%d %u %+d % d", -5, 5, 5, 5);
	PRINTS("[   42][42   ][00042][  042]", "[%5d][%-5d][%05d][%5.3d]",
	    42, 42, 42, 42);
	PRINTS("-0042 0xff FF 017 0", "%05d %#x %X %#o %#x", -42, 255, 255, 15, 0);
	PRINTS("-9223372036854775808 18446744073709551615", "%ld %lu",
	    (long)(1UL << 63), ~0UL);
	PRINTS("abc|  abc|abc  |ab", "%s|%5s|%-5s|%.2s", "abc", "abc", "abc",
	    "abc");
	PRINTS("c|  c|c  |%", "%c|%3c|%-3c|%%", 'c', 'c', 'c');
	PRINTS("(null) 0xfffffe0000001000", "%s %p", (char *)NULL,
	    (void *)0xfffffe0000001000UL);
	PRINTS("7|   7|7   |", "%jd|%*d|%-*d|", 7L, 4, 7, 4, 7);
	PRINTS("44 -24 300", "%hhu %hhd %hd", 300, 1000, 300);
	PRINTS("", "%.0d", 0);
	CHECK_EQ(snprintf(buf, 4, "%s", "abcdef"), 6);
	CHECK_EQ(strcmp(buf, "abc"), 0);
}

KTEST(libkern)
{
	char a[200], b[200];
	int i;

	for (i = 0; i < 200; i++)
		a[i] = (char)(i * 7);
	for (i = 0; i < 100; i++) {
		memset(b, 0x55, sizeof(b));
		memcpy(b + i, a + 3, i);
		CHECK_EQ(memcmp(b + i, a + 3, i), 0);
		CHECK_EQ((u_char)b[2 * i], 0x55);
	}
	memcpy(b, a, 200);
	memmove(b + 5, b, 150);
	CHECK_EQ(memcmp(b + 5, a, 150), 0);
	memcpy(b, a, 200);
	memmove(b, b + 9, 150);
	CHECK_EQ(memcmp(b, a + 9, 150), 0);
	CHECK_EQ(strlcpy(b, "hello", 3), 5);
	CHECK_EQ(strcmp(b, "he"), 0);
	CHECK_EQ(strlcat(b, "xyz", 5), 5);
	CHECK_EQ(strcmp(b, "hexy"), 0);
	CHECK_EQ(strcmp(strstr("lock order", "order"), "order"), 0);
	CHECK(strstr("lock", "order") == NULL);
	CHECK_EQ(strtol("-0x1f", NULL, 0), -31);
	CHECK_EQ(strtoul("0755", NULL, 0), 0755);
	CHECK_EQ(fls(0), 0);
	CHECK_EQ(fls(1), 1);
	CHECK_EQ(flsl(1L << 40), 41);
	CHECK_EQ(ffs(0x50), 5);
}
