/* WITNESS finds what is wrong, once. */
#include "ktest.h"
#include <sys/sx.h>

#ifdef WITNESS
static struct mtx a, b, c, d1, d2;
static struct sx s;
MTX_SYSINIT(ktw_a, &a, "witness A", MTX_DEF);
MTX_SYSINIT(ktw_b, &b, "witness B", MTX_DEF);
MTX_SYSINIT(ktw_c, &c, "witness C", MTX_DEF);
SX_SYSINIT(ktw_s, &s, "witness S");

KTEST(witness)
{
	static int chan;
	int i;

	mtx_init(&d1, "d1", "witness D", MTX_DEF);
	mtx_init(&d2, "d2", "witness D", MTX_DEF);
	mtx_lock(&a);
	mtx_lock(&b);
	mtx_unlock(&b);
	mtx_unlock(&a);
	mtx_lock(&b);
	mtx_lock(&c);
	mtx_unlock(&c);
	mtx_unlock(&b);
	/* a -> b -> c is known: c -> a is wrong, and reported once. */
	for (i = 0; i < 3; i++) {
		mtx_lock(&c);
		mtx_lock(&a);
		mtx_unlock(&a);
		mtx_unlock(&c);
	}
	/* The reverse of an order that was seen itself: both stacks are known. */
	mtx_lock(&c);
	mtx_lock(&b);
	mtx_unlock(&b);
	mtx_unlock(&c);
	/* Two of a kind. */
	for (i = 0; i < 2; i++) {
		mtx_lock(&d1);
		mtx_lock(&d2);
		mtx_unlock(&d2);
		mtx_unlock(&d1);
	}
	/* A lock that may be held asleep after one that may not. */
	mtx_lock(&a);
	sx_xlock(&s);
	sx_xunlock(&s);
	/* Asleep with a mutex. */
	(void)tsleep(&chan, 0, "witness", 1);
	mtx_unlock(&a);
}
#endif
