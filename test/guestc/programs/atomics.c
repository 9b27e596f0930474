/* gcc's atomic builtins, on every width. */
#include <stdio.h>

static int i = 5;
static unsigned long l = 100;
static char c = 1;
static short s = -4;
static int *p = &i;
static volatile int v;

int
main(void)
{
	int expected = 5, old;
	unsigned long want = 7;

	printf("%d\n", __atomic_load_n(&i, __ATOMIC_ACQUIRE));
	__atomic_store_n(&i, 6, __ATOMIC_RELEASE);
	printf("%d %d\n", __atomic_exchange_n(&i, 8, __ATOMIC_SEQ_CST), i);
	printf("%d %d %d\n", __atomic_compare_exchange_n(&i, &expected, 9, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST), i, expected);
	printf("%d %d %d\n", __atomic_compare_exchange_n(&i, &expected, 9, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST), i, expected);
	printf("%lu %lu\n", __atomic_fetch_add(&l, 5, __ATOMIC_RELAXED), l);
	printf("%lu %lu\n", __atomic_sub_fetch(&l, 6, __ATOMIC_RELAXED), l);
	printf("%lu %lu\n", __atomic_fetch_and(&l, 0x3c, __ATOMIC_RELAXED), l);
	printf("%lu %lu\n", __atomic_or_fetch(&l, 0x100, __ATOMIC_RELAXED), l);
	printf("%lu %lu\n", __atomic_fetch_xor(&l, 0x111, __ATOMIC_RELAXED), l);
	printf("%d %d\n", __atomic_fetch_add(&c, 127, __ATOMIC_RELAXED), c);
	printf("%d %d\n", __atomic_sub_fetch(&s, 32767, __ATOMIC_RELAXED), s);
	printf("%d %d\n", __sync_bool_compare_and_swap(&l, 3, 4), __sync_bool_compare_and_swap(&i, 9, 10));
	old = __sync_val_compare_and_swap(&i, 10, 11);
	printf("%d %d\n", old, i);
	printf("%d %lu\n", __atomic_compare_exchange_n(&l, &want, 1, 0, 5, 5), want);
	printf("%d\n", *__atomic_load_n(&p, __ATOMIC_ACQUIRE));
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	__sync_synchronize();
	v = 3;
	v += v;
	printf("%d %d\n", v, v++ + 1);
	printf("%d\n", __sync_fetch_and_add(&v, 2) + __sync_add_and_fetch(&v, 2));
	return (0);
}
