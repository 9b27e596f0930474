/*
 * Kernel processes that are made at boot: a description and a SYSINIT.
 */
#ifndef _SYS_KTHREAD_H_
#define	_SYS_KTHREAD_H_

#include <sys/proc.h>

struct kproc_desc {
	const char	*arg0;		/* Name. */
	void		(*func)(void);	/* What it does. */
	struct proc	**global_procpp; /* Where to leave the process. */
};

struct kthread_desc {
	const char	*arg0;
	void		(*func)(void);
	struct thread	**global_threadpp;
};

void	kproc_start(const void *udata);
void	kthread_start(const void *udata);

#endif /* !_SYS_KTHREAD_H_ */
