/*
 * Probes for the trace recorder alone (provider _trace): what a trace needs to
 * show who ran where.  They are free, and DTrace does not see them.
 */
#ifndef _SYS_TRACE_H_
#define	_SYS_TRACE_H_

#include <sys/sdt.h>

struct thread;

SDT_PROVIDER_DECLARE(_trace);
SDT_PROBE_DECLARE(_trace, , , intr__entry);
SDT_PROBE_DECLARE(_trace, , , intr__exit);
SDT_PROBE_DECLARE(_trace, , , thread__create);
SDT_PROBE_DECLARE(_trace, , , thread__name);
SDT_PROBE_DECLARE(_trace, , , thread__exit);
SDT_PROBE_DECLARE(_trace, , , switch);
SDT_PROBE_DECLARE(_trace, , , runq__add);
SDT_PROBE_DECLARE(_trace, , , runq__remove);
SDT_PROBE_DECLARE(_trace, , , priority);
SDT_PROBE_DECLARE(_trace, , , wakeup);
SDT_PROBE_DECLARE(_trace, , , sleep);
SDT_PROBE_DECLARE(_trace, , , lock__init);
SDT_PROBE_DECLARE(_trace, , , lock__destroy);
SDT_PROBE_DECLARE(_trace, , , lock__wait);
SDT_PROBE_DECLARE(_trace, , , task__start);
SDT_PROBE_DECLARE(_trace, , , task__end);
SDT_PROBE_DECLARE(_trace, , , callout);
SDT_PROBE_DECLARE(_trace, , , proc__reap);
SDT_PROBE_DECLARE(_trace, , , page__fault);
SDT_PROBE_DECLARE(_trace, , , mark);
SDT_PROBE_DECLARE(_trace, , , hardclock);
SDT_PROBE_DECLARE(_trace, , , statclock);

/*
 * A thread begins to wait for a lock.  lockstat's probes say how long it was
 * when it is over; this says that it is.  class: index in lock_classes[].
 */
#define	LOCK_WAIT_SPIN		0
#define	LOCK_WAIT_BLOCK		1
#define	TRACE_LOCK_WAIT(lp, owner, how, class)				\
	SDT_PROBE4(_trace, , , lock__wait, (lp),			\
	    (owner) == NULL ? 0 : (owner)->td_tid, (how), (class))

/* 8 bytes of a string, from word n on; beyond its end whatever is there. */
#define	TRACE_TEXT(s, n)	(((const uint64_t *)(const void *)(s))[n])

void	trace_thread_create(struct thread *td, struct thread *parent);
void	trace_thread_name(struct thread *td);

#endif /* !_SYS_TRACE_H_ */
