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
SDT_PROBE_DECLARE(_trace, , , page__fault);
SDT_PROBE_DECLARE(_trace, , , mark);
SDT_PROBE_DECLARE(_trace, , , hardclock);
SDT_PROBE_DECLARE(_trace, , , statclock);

void	trace_thread_create(struct thread *td, struct thread *parent);
void	trace_thread_name(struct thread *td);

#endif /* !_SYS_TRACE_H_ */
