/*
 * malloc under a random load, sorting and searching, the environment, random
 * numbers, division.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t	s = 88675123u;

static unsigned
r(unsigned n)
{
	s ^= s << 13;
	s ^= s >> 17;
	s ^= s << 5;
	return ((s >> 3) % n);
}

struct item {
	int	key;
	char	pad[9];
	int	n;
};

static int
by_int(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return ((x > y) - (x < y));
}

static int
by_key(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->key != y->key)
		return (x->key < y->key ? -1 : 1);
	return (x->n - y->n);
}

#define	SLOTS	300

int
main(void)
{
	static unsigned char *slot[SLOTS];
	static size_t len[SLOTS];
	static int v[3000];
	static struct item items[500];
	size_t i, k, n, bad = 0;
	int round, key, *found;
	div_t q;
	ldiv_t lq;

	for (round = 0; round < 6000; round++) {
		i = r(SLOTS);
		if (slot[i] != NULL)
			for (k = 0; k < len[i]; k += 37)
				bad += slot[i][k] != (unsigned char)(i + k);
		n = r(50) == 0 ? r(200000) : r(4) == 0 ? r(5000) : r(200);
		switch (r(4)) {
		case 0:
			free(slot[i]);
			slot[i] = NULL;
			len[i] = 0;
			break;
		case 1:
			free(slot[i]);
			slot[i] = calloc(n + 1, 1);
			for (k = 0; k < n; k++)
				bad += slot[i][k] != 0;
			len[i] = n;
			break;
		case 2:
			free(slot[i]);
			slot[i] = malloc(n + 1);
			bad += ((uintptr_t)slot[i] & 15) != 0;
			len[i] = n;
			break;
		default:
			slot[i] = realloc(slot[i], n + 1);
			for (k = 0; k < n && k < len[i]; k += 37)
				bad += slot[i][k] != (unsigned char)(i + k);
			len[i] = n;
			break;
		}
		for (k = 0; k < len[i]; k++)
			slot[i][k] = (unsigned char)(i + k);
	}
	printf("malloc: %zu wrong bytes\n", bad);
	for (k = 16; k <= 4096; k *= 2) {
		void *p = aligned_alloc(k, k * 2);

		bad += ((uintptr_t)p & (k - 1)) != 0;
		free(p);
	}
	printf("aligned: %zu\n", bad);

	for (n = 0; n < 3000; n = n * 2 + 1) {
		for (k = 0; k < 4; k++) {
			for (i = 0; i < n; i++)
				v[i] = k == 0 ? (int)r(1000) : k == 1 ? (int)i :
				    k == 2 ? (int)(n - i) : (int)r(3);
			qsort(v, n, sizeof(*v), by_int);
			for (i = 1; i < n; i++)
				bad += v[i - 1] > v[i];
			key = (int)r(1000);
			found = bsearch(&key, v, n, sizeof(*v), by_int);
			printf("%d ", found != NULL ? *found : -1);
		}
	}
	for (i = 0; i < 500; i++) {
		items[i].key = (int)r(50);
		items[i].n = (int)i;
	}
	qsort(items, 500, sizeof(*items), by_key);
	for (i = 0; i < 500; i += 25)
		printf("%d:%d ", items[i].key, items[i].n);
	printf("sorted, %zu\n", bad);

	setenv("A", "1", 1);
	setenv("B", "2", 1);
	setenv("A", "3", 0);
	printf("%s %s ", getenv("A"), getenv("B"));
	setenv("A", "longer value", 1);
	putenv("C=4");
	unsetenv("B");
	printf("%s %s %s\n", getenv("A"), getenv("B") == NULL ? "none" : "B", getenv("C"));

	for (i = 0; i < 10; i++)
		printf("%d ", rand());
	srand(42);
	for (i = 0; i < 10; i++)
		printf("%d ", rand());
	printf("\n");
	q = div(-17, 5);
	lq = ldiv(17, -5);
	printf("%d %d %ld %ld %d %ld %lld\n", q.quot, q.rem, lq.quot, lq.rem,
	    abs(-3), labs(-4L), llabs(-5LL));
	printf("%d %ld %g\n", atoi(" -42x"), atol("123456789012"), atof("2.5e3"));
	return (bad != 0);
}
