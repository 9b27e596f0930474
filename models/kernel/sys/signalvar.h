/*
 * Signals, the kernel's side.
 *
 * A signal is sent to a process, or to one thread of it (a fault, thr_kill(2)).
 * It waits in a set: p_siglist for the process, td_siglist for the thread.  A
 * thread on its way back to user mode looks at both (ast()), takes those that
 * its mask does not block, and either dies, stops, goes on, or enters a handler.
 *
 * Locking key: (p) process lock, (s) ps_mtx.
 */
#ifndef _SYS_SIGNALVAR_H_
#define	_SYS_SIGNALVAR_H_

#include <sys/types.h>
#include <sys/signal.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/systm.h>

#define	_SIG_IDX(sig)	((sig) - 1)
#define	_SIG_VALID(sig)	((sig) > 0 && (sig) < NSIG)
#define	SIG_BIT(sig)	(1U << (_SIG_IDX(sig) & 31))

/* NSIG is 32: one word holds them all, the others are for the shape. */
#define	SIGADDSET(set, sig)	((set).__bits[0] |= SIG_BIT(sig))
#define	SIGDELSET(set, sig)	((set).__bits[0] &= ~SIG_BIT(sig))
#define	SIGISMEMBER(set, sig)	(((set).__bits[0] & SIG_BIT(sig)) != 0)
#define	SIGISEMPTY(set)		((set).__bits[0] == 0)
#define	SIGEMPTYSET(set)	((set).__bits[0] = 0, (set).__bits[1] = 0, \
	(set).__bits[2] = 0, (set).__bits[3] = 0)
#define	SIGSETOR(set1, set2)	((set1).__bits[0] |= (set2).__bits[0])
#define	SIGSETNAND(set1, set2)	((set1).__bits[0] &= ~(set2).__bits[0])
#define	SIG_CANTMASK(set)	((set).__bits[0] &= \
	~(SIG_BIT(SIGKILL) | SIG_BIT(SIGSTOP)))

/* What a signal does by default. */
#define	SIGPROP_KILL	0x01		/* Ends the process ... */
#define	SIGPROP_CORE	0x02		/* ... as an accident: say so. */
#define	SIGPROP_STOP	0x04		/* Stops it ... */
#define	SIGPROP_TTYSTOP	0x08		/* ... if typed at a terminal. */
#define	SIGPROP_IGNORE	0x10
#define	SIGPROP_CONT	0x20		/* Starts it again. */
extern const unsigned char sigproptbl[NSIG];

/* A signal with what is known about it. */
typedef struct ksiginfo {
	siginfo_t	 ksi_info;
	int		 ksi_flags;
} ksiginfo_t;
#define	ksi_signo	ksi_info.si_signo
#define	ksi_code	ksi_info.si_code
#define	ksi_addr	ksi_info.si_addr
#define	ksi_pid		ksi_info.si_pid
#define	ksi_uid		ksi_info.si_uid
#define	ksi_status	ksi_info.si_status
#define	KSI_TRAP	0x01		/* Made by a fault. */

/* What a process does about each signal.  Shared by nobody, copied by fork. */
struct sigacts {
	struct mtx	 ps_mtx;
	__sighandler_t	*ps_sigact[NSIG];	/* (s) Table index, or SIG_DFL, SIG_IGN. */
	sigset_t	 ps_catchmask[NSIG];	/* (s) Blocked while it runs. */
	sigset_t	 ps_sigintr;		/* (s) Calls fail with EINTR. */
	sigset_t	 ps_signodefer;		/* (s) SA_NODEFER. */
	sigset_t	 ps_sigreset;		/* (s) SA_RESETHAND. */
	sigset_t	 ps_siginfo;		/* (s) SA_SIGINFO. */
	sigset_t	 ps_sigignore;		/* (s) Dropped when sent. */
	sigset_t	 ps_sigcatch;		/* (s) Have a handler. */
	int		 ps_flag;		/* (s) PS_. */
	siginfo_t	 ps_info[NSIG];		/* (s) Of the last one sent. */
};
#define	PS_NOCLDWAIT	0x0001		/* Children leave no zombies. */
#define	PS_NOCLDSTOP	0x0002		/* No SIGCHLD when they stop. */
#define	PS_CLDSIGIGN	0x0004		/* SIGCHLD is ignored: same. */

/*
 * A handler's frame on the register stack is preceded by this: what sigreturn(2)
 * needs to go on where the signal came.  It is kernel memory: user code cannot
 * forge it.  Places are offsets, for fork(2) moves the stack.
 *
 *   frame of the interrupted function | struct sigframe | frame of the trampoline
 */
struct sigframe {
	unsigned long	 sf_magic;	/* SIGFRAME_MAGIC */
	unsigned long	 sf_ufp;	/* Interrupted frame, from pcb_ustack. */
	unsigned long	 sf_rax;	/* Its pending value. */
	unsigned long	 sf_nr;		/* System call to be restarted ... */
	unsigned long	 sf_args[6];
	unsigned long	 sf_restart;	/* ... if this is set. */
	sigset_t	 sf_mask;	/* Signal mask to come back to. */
	unsigned long	 sf_pad;
};
CTASSERT(sizeof(struct sigframe) % 16 == 0);
#define	SIGFRAME_MAGIC	0x7369676672616d65UL

#define	SIGPENDING(td)							\
	((((td)->td_siglist.__bits[0] | (td)->td_proc->p_siglist.__bits[0]) & \
	    ~(td)->td_sigmask.__bits[0]) != 0)

#define	ksiginfo_init_trap(ksi) do {					\
	bzero((ksi), sizeof(*(ksi)));					\
	(ksi)->ksi_flags = KSI_TRAP;					\
} while (0)

struct pgrp;
struct proc;
struct thread;
struct trapframe;

void	execsigs(struct proc *p);
void	gsignal(int pgid, int sig, ksiginfo_t *ksi);
void	kern_psignal(struct proc *p, int sig);
void	pgsignal(struct pgrp *pgrp, int sig, int checkctty, ksiginfo_t *ksi);
void	pksignal(struct proc *p, int sig, ksiginfo_t *ksi);
int	postsig(int sig);
int	sendsig(__sighandler_t *catcher, ksiginfo_t *ksi, sigset_t *mask);
int	sendsig_possible(struct thread *td);
struct sigacts *sigacts_alloc(void);
void	sigacts_copy(struct sigacts *dst, struct sigacts *src);
void	sigacts_free(struct sigacts *ps);
void	sigexit(struct thread *td, int sig) __dead2;
void	siginit(struct proc *p);
void	signotify(struct thread *td);
void	tdsignal(struct thread *td, int sig);
int	tdsendsignal(struct proc *p, struct thread *td, int sig,
	    ksiginfo_t *ksi);
void	trapsignal(struct thread *td, ksiginfo_t *ksi);

#endif /* !_SYS_SIGNALVAR_H_ */
