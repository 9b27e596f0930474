/*
 * Tests that are part of the kernel under test: each file adds functions to the
 * set ktests, and main.c calls them when boot is done.
 */
#include <sys/param.h>
#include <sys/callout.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/smp.h>

struct ktest {
	const char	*kt_name;
	void		(*kt_func)(void);
};
#define	KTEST(name)							\
	static void ktest_##name(void);					\
	static struct ktest ktest_desc_##name = { #name, ktest_##name };	\
	DATA_SET(ktests, ktest_desc_##name);				\
	static void							\
	ktest_##name(void)

extern int ktest_failures;
#define	CHECK(exp) do {							\
	if (!(exp)) {							\
		printf("FAIL %s:%d: %s\n", __FILE__, __LINE__, #exp);	\
		ktest_failures++;					\
	}								\
} while (0)
#define	CHECK_EQ(a, b) do {						\
	long _a = (long)(a), _b = (long)(b);				\
	if (_a != _b) {							\
		printf("FAIL %s:%d: %s is %ld, not %ld\n", __FILE__,	\
		    __LINE__, #a, _a, _b);				\
		ktest_failures++;					\
	}								\
} while (0)

/* A kernel thread of priority pri that runs func(arg); joined by ktest_join(). */
void	ktest_thread(void (*func)(void *), void *arg, int pri, int cpu);
void	ktest_join(void);	/* Waits until all of them have ended. */
