/*
 * What wait4(2) hands back about a child: a status word whose low seven bits
 * are the signal that ended it, 0 when it called exit(2) (then bits 8 to 15 hold
 * the exit code), 0177 when it is only stopped.  Shared with user land.
 */
#ifndef _SYS_WAIT_H_
#define	_SYS_WAIT_H_

#include <sys/types.h>

#define	_W_INT(i)	(i)
#define	WCOREFLAG	0200
#define	_WSTATUS(x)	(_W_INT(x) & 0177)
#define	_WSTOPPED	0177
#define	WIFSTOPPED(x)	(_WSTATUS(x) == _WSTOPPED)
#define	WSTOPSIG(x)	(_W_INT(x) >> 8)
#define	WIFSIGNALED(x)	(_WSTATUS(x) != _WSTOPPED && _WSTATUS(x) != 0 && \
	(x) != 0x13)
#define	WTERMSIG(x)	(_WSTATUS(x))
#define	WIFEXITED(x)	(_WSTATUS(x) == 0)
#define	WEXITSTATUS(x)	((_W_INT(x) >> 8) & 0377)
#define	WIFCONTINUED(x)	((x) == 0x13)
#define	WCOREDUMP(x)	(_W_INT(x) & WCOREFLAG)
#define	W_EXITCODE(ret, sig)	((ret) << 8 | (sig))
#define	W_STOPCODE(sig)	((sig) << 8 | _WSTOPPED)

#define	WNOHANG		1
#define	WUNTRACED	2
#define	WCONTINUED	4

#define	WAIT_ANY	(-1)
#define	WAIT_MYPGRP	0

#ifndef _KERNEL
struct rusage;
pid_t	wait(int *);
pid_t	waitpid(pid_t, int *, int);
pid_t	wait3(int *, int, struct rusage *);
pid_t	wait4(pid_t, int *, int, struct rusage *);
#endif

#endif /* !_SYS_WAIT_H_ */
