/*
 * What all classes of locks share: initialisation and back-off.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/smp.h>
#include <sys/trace.h>

struct lock_class *lock_classes[LOCK_CLASS_MAX + 1] = {
	&lock_class_mtx_spin,
	&lock_class_mtx_sleep,
	&lock_class_sx,
	&lock_class_rw,
};

/*
 * Spinners wait longer each time, so that the line with the lock word does not
 * travel between CPUs all the time.  The limit grows with their number.
 */
struct lock_delay_config locks_delay = { 1, 256 };

static void
locks_delay_init(const void *arg __unused)
{

	locks_delay.max = 256U << fls(mp_ncpus - 1);
	if (locks_delay.max > 32678)
		locks_delay.max = 32678;
}
SYSINIT(locks_delay, SI_SUB_LOCK, SI_ORDER_ANY, locks_delay_init, NULL);

void
lock_delay_arg_init(struct lock_delay_arg *la, struct lock_delay_config *lc)
{

	la->config = lc;
	la->delay = lc->base;
	la->spin_cnt = 0;
}

void
lock_delay(struct lock_delay_arg *la)
{
	struct lock_delay_config *lc = la->config;
	u_int i;

	la->delay <<= 1;
	if (la->delay > lc->max)
		la->delay = lc->max;
	for (i = la->delay; i > 0; i--)
		cpu_spinwait();
	la->spin_cnt += la->delay;
}

void
lock_init(struct lock_object *lock, struct lock_class *class, const char *name,
    const char *type, int flags)
{
	int i;

	for (i = 0; i < LOCK_CLASS_MAX; i++) {
		if (lock_classes[i] == class)
			break;
	}
	KASSERT(i < LOCK_CLASS_MAX, ("lock_init: unknown class %p", class));
	lock->lo_name = name;
	lock->lo_flags = flags | LO_INITIALIZED | (u_int)i << LO_CLASSSHIFT;
	lock->lo_data = 0;
	SDT_PROBE5(_trace, , , lock__init, lock, i, TRACE_TEXT(name, 0),
	    TRACE_TEXT(name, 1), TRACE_TEXT(name, 2));
	WITNESS_INIT(lock, type != NULL ? type : name);
}

void
lock_destroy(struct lock_object *lock)
{

	KASSERT((lock->lo_flags & LO_INITIALIZED) != 0,
	    ("lock %p is not initialized", lock));
	SDT_PROBE1(_trace, , , lock__destroy, lock);
	WITNESS_DESTROY(lock);
	lock->lo_flags &= ~LO_INITIALIZED;
}
