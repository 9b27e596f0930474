/*
 * The hold model on a binary heap in C: the yardstick for the event queue.
 *
 * hold(n): n events are queued; each step takes the earliest and puts it back a
 * random time later.  Prints holds a second.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct event {
	double	 cycle;
	uint64_t seq;
};

static struct event *heap;
static size_t size;
static uint64_t seq;
static uint32_t state = 12345;

static double
later(void)
{
	state = state * 1664525u + 1013904223u;
	return (1 + (state >> 12));
}

static int
before(const struct event *a, const struct event *b)
{
	return (a->cycle < b->cycle || (a->cycle == b->cycle && a->seq < b->seq));
}

static void
push(double cycle)
{
	struct event e = { cycle, seq++ };
	size_t i = size++;

	while (i > 0 && before(&e, &heap[(i - 1) / 2])) {
		heap[i] = heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	heap[i] = e;
}

static double
pop(void)
{
	double first = heap[0].cycle;
	struct event e = heap[--size];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < size) {
		if (child + 1 < size && before(&heap[child + 1], &heap[child]))
			child++;
		if (!before(&heap[child], &e))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = e;
	return (first);
}

int
main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
	long holds = argc > 2 ? strtol(argv[2], NULL, 10) : 1000000;
	struct timespec a, b;

	heap = malloc((n + 1) * sizeof(*heap));
	for (size_t i = 0; i < n; i++)
		push(later());
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (long i = 0; i < holds; i++)
		push(pop() + later());
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("%.0f\n", holds / ((b.tv_sec - a.tv_sec) + (b.tv_nsec - a.tv_nsec) / 1e9));
	return (0);
}
