/*
 * Sorting and searching, and random numbers that are the same every time.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "libc_private.h"

static void
swap(char *a, char *b, size_t size)
{
	uint64_t w;
	char c;

	if ((((uintptr_t)a | (uintptr_t)b | size) & 7) == 0) {
		for (; size > 0; size -= 8, a += 8, b += 8) {
			w = *(uint64_t *)a;
			*(uint64_t *)a = *(uint64_t *)b;
			*(uint64_t *)b = w;
		}
		return;
	}
	for (; size > 0; size--) {
		c = *a;
		*a++ = *b;
		*b++ = c;
	}
}

struct order {
	int	(*plain)(const void *, const void *);
	int	(*with)(const void *, const void *, void *);
	void	*arg;
};

static inline int
cmp(const struct order *o, const void *a, const void *b)
{
	return (o->plain != NULL ? (*o->plain)(a, b) : (*o->with)(a, b, o->arg));
}

/* Puts base[i] where it belongs in the heap of n items. */
static void
sift(char *base, size_t i, size_t n, size_t size, const struct order *o)
{
	size_t child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n &&
		    cmp(o, base + child * size, base + (child + 1) * size) < 0)
			child++;
		if (cmp(o, base + i * size, base + child * size) >= 0)
			break;
		swap(base + i * size, base + child * size, size);
		i = child;
	}
}

static void
heap_sort(char *base, size_t n, size_t size, const struct order *o)
{
	size_t i;

	for (i = n / 2; i-- > 0;)
		sift(base, i, n, size, o);
	for (i = n; i-- > 1;) {
		swap(base, base + i * size, size);
		sift(base, 0, i, size, o);
	}
}

/*
 * Quicksort about the median of three; short runs by insertion; when the
 * halves are too uneven for too long, heapsort: never worse than n log n.
 */
static void
sort(char *base, size_t n, size_t size, const struct order *o, int depth)
{
	char *mid, *last, *p, *q;
	size_t i, j, left;

	while (n > 8) {
		if (depth-- == 0) {
			heap_sort(base, n, size, o);
			return;
		}
		mid = base + n / 2 * size;
		last = base + (n - 1) * size;
		if (cmp(o, mid, base) < 0)
			swap(mid, base, size);
		if (cmp(o, last, mid) < 0) {
			swap(last, mid, size);
			if (cmp(o, mid, base) < 0)
				swap(mid, base, size);
		}
		swap(base, mid, size);		/* The pivot goes in front. */
		i = 1;
		j = n - 1;
		for (;;) {
			for (p = base + i * size; i <= j && cmp(o, p, base) < 0;
			    p += size)
				i++;
			for (q = base + j * size; j >= i && cmp(o, q, base) > 0;
			    q -= size)
				j--;
			if (i >= j)
				break;
			swap(p, q, size);
			i++;
			j--;
		}
		swap(base, base + j * size, size);
		/* The shorter part by recursion, the longer in the loop. */
		left = j;
		if (left < n - j - 1) {
			sort(base, left, size, o, depth);
			base += (j + 1) * size;
			n -= j + 1;
		} else {
			sort(base + (j + 1) * size, n - j - 1, size, o, depth);
			n = left;
		}
	}
	for (i = 1; i < n; i++)
		for (p = base + i * size; p > base && cmp(o, p - size, p) > 0;
		    p -= size)
			swap(p, p - size, size);
}

static int
depth_limit(size_t n)
{
	return (n < 2 ? 0 : 2 * (64 - __builtin_clzl(n)));
}

void
qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	struct order o = { compare, NULL, NULL };

	if (size > 0)
		sort(base, n, size, &o, depth_limit(n));
}

void
qsort_r(void *base, size_t n, size_t size,
    int (*compare)(const void *, const void *, void *), void *arg)
{
	struct order o = { NULL, compare, arg };

	if (size > 0)
		sort(base, n, size, &o, depth_limit(n));
}

void *
bsearch(const void *key, const void *vbase, size_t n, size_t size,
    int (*compare)(const void *, const void *))
{
	const char *base = vbase, *mid;
	int c;

	while (n > 0) {
		mid = base + n / 2 * size;
		if ((c = compare(key, mid)) == 0)
			return ((void *)mid);
		if (c > 0) {
			base = mid + size;
			n--;
		}
		n /= 2;
	}
	return (NULL);
}

/*
 * random(3): x[i] = x[i-3] + x[i-31] over 31 words seeded by a linear
 * congruential generator; the lowest bit is dropped.
 */
#define	DEGREE	31
#define	SEP	3

static uint32_t	state[DEGREE];
static int	front = -1, rear;

void
srandom(unsigned long seed)
{
	int64_t v = (int32_t)seed;
	int i;

	if (v == 0)
		v = 1;
	state[0] = (uint32_t)v;
	for (i = 1; i < DEGREE; i++) {
		/* 16807 * v mod 2^31 - 1, with v of either sign. */
		v = 16807 * (v % 127773) - 2836 * (v / 127773);
		if (v < 0)
			v += 2147483647;
		state[i] = (uint32_t)v;
	}
	front = SEP;
	rear = 0;
	for (i = 0; i < 10 * DEGREE; i++)
		random();
}

long
random(void)
{
	uint32_t v;

	if (front == -1)
		srandom(1);
	v = state[front] += state[rear];
	front = front + 1 == DEGREE ? 0 : front + 1;
	rear = rear + 1 == DEGREE ? 0 : rear + 1;
	return (v >> 1);
}

void
srand(unsigned seed)
{
	srandom(seed);
}

int
rand(void)
{
	return ((int)random());
}

int
rand_r(unsigned *seed)
{
	uint64_t v = *seed % 2147483646u + 1;

	v = v * 16807 % 2147483647;
	*seed = (unsigned)(v - 1);
	return ((int)(v - 1));
}

unsigned
arc4random(void)
{
	return ((unsigned)random() << 1 ^ (unsigned)random());
}
