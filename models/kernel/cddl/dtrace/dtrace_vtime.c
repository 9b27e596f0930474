/*
 * Virtual time: how long a thread has run, DTrace's own time taken out.
 *
 * While a consumer uses vtimestamp, each thread carries a sum and the time when
 * it was last started: by the switch to it, or by the end of a firing.  A switch
 * away, or the begin of a firing, adds what has passed.
 *
 * In ghost execution nothing may hang on mi_switch(), and DTrace takes no
 * time at all: there the scheduler's own account of the thread is the answer
 * (dif_variable.c).
 */
#include "dtrace_impl.h"

volatile int dtrace_vtime_active;
void	(*dtrace_vtime_switch_func)(struct thread *newtd);

static int dtrace_vtime_references;	/* (d) */

/* From mi_switch(), interrupts off: curthread leaves, newtd comes. */
static void
dtrace_vtime_switch(struct thread *newtd)
{
	struct thread *td;
	hrtime_t now;

	td = curthread;
	now = dtrace_gethrtime();
	if (td->td_dtrace_start != 0) {
		td->td_dtrace_vtime += now - td->td_dtrace_start;
		td->td_dtrace_start = 0;
	}
	newtd->td_dtrace_start = now;
}

void
dtrace_vtime_enable(void)
{

	if (__ghost() || dtrace_vtime_references++ > 0)
		return;
	dtrace_vtime_switch_func = dtrace_vtime_switch;
	dtrace_vtime_active = 1;
	dtrace_sync();
}

void
dtrace_vtime_disable(void)
{

	if (__ghost() || --dtrace_vtime_references > 0)
		return;
	dtrace_vtime_active = 0;
	dtrace_sync();
}
