/*
 * The hooks between the kernel and DTrace.
 *
 * The kernel must not depend on DTrace, nor pay for it while it is idle.  So
 * where DTrace wants to be told of something that has no probe site, the
 * kernel tests a variable and calls through a pointer that DTrace fills in.
 */
#ifndef _SYS_DTRACE_BSD_H_
#define	_SYS_DTRACE_BSD_H_

#include <sys/types.h>

struct thread;
struct trapframe;
struct frame;

/* Non-zero while a consumer uses vtimestamp: mi_switch() then calls the hook. */
extern volatile int dtrace_vtime_active;
extern void	(*dtrace_vtime_switch_func)(struct thread *newtd);

/* Loads the module, in ghost execution; 0 or -errno. */
int	dtrace_modload(void *base, size_t size);

/*
 * Tracing of processes (fasttrap): a breakpoint in user text, 0 if it was one of
 * DTrace's; a new program is in place; a process ends.  NULL while no process is
 * traced.
 */
struct proc;
extern int	(*dtrace_pid_probe_ptr)(struct trapframe *tf);
extern void	(*dtrace_fasttrap_exec)(struct proc *p);
extern void	(*dtrace_fasttrap_exit)(struct proc *p);
/* A child with memory of its own is about to run. */
extern void	(*dtrace_fasttrap_fork)(struct proc *p1, struct proc *p2);

/* What an SDT site calls when it is enabled (bit SDT_DTRACE). */
void	dtrace_probe(uint32_t id, uintptr_t arg0, uintptr_t arg1,
	    uintptr_t arg2, uintptr_t arg3, uintptr_t arg4);
/* What an fbt site calls. */
void	fbt_invop(uintptr_t addr, struct frame *frame, uintptr_t rval);

#endif /* !_SYS_DTRACE_BSD_H_ */
