/*
 * The recorder's own probes, and the two events that take some packing.
 */
#include <sys/param.h>
#include <sys/proc.h>
#include <sys/trace.h>

SDT_PROVIDER_DEFINE(_trace);
/* Vector, interrupted pc; vector. */
SDT_PROBE_DEFINE2(_trace, , , intr__entry, "u_int", "uintptr_t");
SDT_PROBE_DEFINE1(_trace, , , intr__exit, "u_int");
/* Thread and process id of the new thread, of the one that made it. */
SDT_PROBE_DEFINE4(_trace, , , thread__create, "int", "int", "int", "int");
/* Thread id, 20 bytes of name in three words, process id. */
SDT_PROBE_DEFINE5(_trace, , , thread__name, "int", "uint64_t", "uint64_t",
    "uint64_t", "int");
SDT_PROBE_DEFINE1(_trace, , , thread__exit, "int");
/* Thread ids of old and new, flags of mi_switch(), priority of the new. */
SDT_PROBE_DEFINE4(_trace, , , switch, "int", "int", "int", "int");
/* Thread, CPU of the queue (NOCPU: one for all), priority, SRQ_ flags. */
SDT_PROBE_DEFINE4(_trace, , , runq__add, "int", "int", "int", "int");
SDT_PROBE_DEFINE2(_trace, , , runq__remove, "int", "int");
/* Thread, its new priority. */
SDT_PROBE_DEFINE2(_trace, , , priority, "int", "int");
/* Thread that is woken, what it slept on or the lock it waits for. */
SDT_PROBE_DEFINE2(_trace, , , wakeup, "int", "void *");
/* What curthread will sleep on, 16 bytes of wmesg. */
SDT_PROBE_DEFINE3(_trace, , , sleep, "void *", "uint64_t", "uint64_t");
/* Lock, index of its class, 24 bytes of its name. */
SDT_PROBE_DEFINE5(_trace, , , lock__init, "struct lock_object *", "int",
    "uint64_t", "uint64_t", "uint64_t");
SDT_PROBE_DEFINE1(_trace, , , lock__destroy, "struct lock_object *");
/* Lock, its owner as far as known, LOCK_WAIT_, index of its class. */
SDT_PROBE_DEFINE4(_trace, , , lock__wait, "struct lock_object *", "int",
    "int", "int");
/* Task, its function, how often it was enqueued. */
SDT_PROBE_DEFINE3(_trace, , , task__start, "struct task *", "uintptr_t",
    "int");
SDT_PROBE_DEFINE1(_trace, , , task__end, "struct task *");
/* Callout, its function. */
SDT_PROBE_DEFINE2(_trace, , , callout, "struct callout *", "uintptr_t");
/* Process that is gone for good. */
SDT_PROBE_DEFINE1(_trace, , , proc__reap, "int");
SDT_PROBE_DEFINE2(_trace, , , page__fault, "uintptr_t", "int");
SDT_PROBE_DEFINE1(_trace, , , mark, "char *");
SDT_PROBE_DEFINE1(_trace, , , hardclock, "int");
SDT_PROBE_DEFINE1(_trace, , , statclock, "int");

void
trace_thread_create(struct thread *td, struct thread *parent)
{

	SDT_PROBE4(_trace, , , thread__create, td->td_tid, td->td_proc->p_pid,
	    parent->td_tid, parent->td_proc->p_pid);
}

/*
 * Names are 20 bytes, aligned to 4 at least: read as words, and only if
 * somebody records.  A thread without a name goes by its process's.
 */
void
trace_thread_name(struct thread *td)
{
	const uint32_t *w;

	w = (const uint32_t *)(td->td_name[0] != '\0' ? td->td_name :
	    td->td_proc->p_comm);
	SDT_PROBE5(_trace, , , thread__name, td->td_tid,
	    w[0] | (uint64_t)w[1] << 32, w[2] | (uint64_t)w[3] << 32, w[4],
	    td->td_proc->p_pid);
}
