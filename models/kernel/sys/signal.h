/*
 * Signals: numbers, sets, and the structures that user land and kernel pass to
 * and fro.
 *
 * One thing is this machine's own: user code cannot be entered at an address but
 * only at an entry of the function table.  So where sigaction(2) wants the address
 * of a handler, it gets the table index of libc's trampoline, which knows the
 * handler and is called as __sigtramp(sig, info, context); it never returns but
 * calls sigreturn(2).  Shared with user land.
 */
#ifndef _SYS_SIGNAL_H_
#define	_SYS_SIGNAL_H_

#include <sys/types.h>

#define	SIGHUP		1
#define	SIGINT		2
#define	SIGQUIT		3
#define	SIGILL		4
#define	SIGTRAP		5
#define	SIGABRT		6
#define	SIGEMT		7
#define	SIGFPE		8
#define	SIGKILL		9
#define	SIGBUS		10
#define	SIGSEGV		11
#define	SIGSYS		12
#define	SIGPIPE		13
#define	SIGALRM		14
#define	SIGTERM		15
#define	SIGURG		16
#define	SIGSTOP		17
#define	SIGTSTP		18
#define	SIGCONT		19
#define	SIGCHLD		20
#define	SIGTTIN		21
#define	SIGTTOU		22
#define	SIGIO		23
#define	SIGXCPU		24
#define	SIGXFSZ		25
#define	SIGVTALRM	26
#define	SIGPROF		27
#define	SIGWINCH	28
#define	SIGINFO		29
#define	SIGUSR1		30
#define	SIGUSR2		31
#define	NSIG		32

typedef	void		__sighandler_t(int);
#define	SIG_DFL		((__sighandler_t *)0)
#define	SIG_IGN		((__sighandler_t *)1)
#define	SIG_ERR		((__sighandler_t *)-1)

#ifndef _SIG_WORDS
/* As many words as FreeBSD's; signal n is bit n - 1. */
#define	_SIG_WORDS	4
typedef struct __sigset {
	uint32_t	 __bits[_SIG_WORDS];
} sigset_t;
#endif

union sigval {
	int		 sival_int;
	void		*sival_ptr;
};

typedef struct __siginfo {
	int		 si_signo;
	int		 si_errno;
	int		 si_code;	/* SI_, FPE_, SEGV_, CLD_. */
	pid_t		 si_pid;	/* Who sent it, or which child. */
	uid_t		 si_uid;
	int		 si_status;	/* Exit value. */
	void		*si_addr;	/* Faulting address. */
	union sigval	 si_value;
	long		 si_spare[4];
} siginfo_t;

#define	SI_USER		0x10001		/* kill(2) */
#define	SI_TIMER	0x10003
#define	SI_KERNEL	0x10006
#define	SI_LWP		0x10007		/* thr_kill(2) */
#define	FPE_INTDIV	2
#define	SEGV_MAPERR	1
#define	SEGV_ACCERR	2
#define	ILL_ILLOPC	1
#define	TRAP_BRKPT	1
#define	CLD_EXITED	1
#define	CLD_KILLED	2
#define	CLD_DUMPED	3
#define	CLD_STOPPED	5
#define	CLD_CONTINUED	6

struct sigaction {
	union {
		void	(*__sa_handler)(int);
		void	(*__sa_sigaction)(int, siginfo_t *, void *);
	} __sigaction_u;
	int		 sa_flags;
	sigset_t	 sa_mask;
};
#define	sa_handler	__sigaction_u.__sa_handler
#define	sa_sigaction	__sigaction_u.__sa_sigaction

#define	SA_ONSTACK	0x0001
#define	SA_RESTART	0x0002
#define	SA_RESETHAND	0x0004
#define	SA_NOCLDSTOP	0x0008
#define	SA_NODEFER	0x0010
#define	SA_NOCLDWAIT	0x0020
#define	SA_SIGINFO	0x0040

#define	SIG_BLOCK	1
#define	SIG_UNBLOCK	2
#define	SIG_SETMASK	3

#endif /* !_SYS_SIGNAL_H_ */
