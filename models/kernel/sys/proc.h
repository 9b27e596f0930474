/*
 * Processes and threads.
 *
 * A process holds resources (memory, files, credentials, signals), a thread
 * executes.  Each field's comment starts with the key of what protects it:
 *   *   not protected (only hints read it)
 *   a   only while the machine boots, or by whoever creates or frees it
 *   b   constant from creation on
 *   c   p_mtx ("process lock")
 *   e   proctree_lock
 *   d   allproc_lock
 *   j   p_slock ("process slock")
 *   k   only accessed by curthread itself
 *   s   the sleep queue chain lock
 *   t   thread_lock()
 *   z   the thread that blocks, and the lock of the turnstile
 */
#ifndef _SYS_PROC_H_
#define	_SYS_PROC_H_

#include <sys/param.h>
#include <sys/queue.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/callout.h>
#include <sys/ucred.h>
#include <sys/runq.h>
#include <sys/signal.h>
#include <machine/abi.h>

struct filedesc;
struct kqueue;
struct lock_list_entry;
struct pargs;
struct pgrp;
struct session;
struct sigacts;
struct sleepqueue;
struct sysentvec;
struct td_sched;
struct turnstile;
struct vmspace;
struct vnode;
struct plimit;

/* Usage of a thread or process. */
struct rusage_ext {
	uint64_t	 rux_runtime;	/* cpu_ticks() on a CPU. */
	uint64_t	 rux_uticks;	/* statclock ticks in user mode, */
	uint64_t	 rux_sticks;	/* in the kernel, */
	uint64_t	 rux_iticks;	/* in interrupts. */
	long		 rux_nvcsw;	/* Voluntary switches. */
	long		 rux_nivcsw;	/* Involuntary ones. */
	long		 rux_minflt;	/* Page faults. */
	long		 rux_inblock;
	long		 rux_oublock;
};

struct sysent;
struct syscall_args {
	u_int		 code;
	struct sysent	*callp;
	int		 narg;
	register_t	 args[8];
	int		 restart;	/* To be called again after signals. */
};

/* What amd64/ keeps of a thread. */
struct mdthread {
	struct pcb	 md_pcb;	/* (k) Suspended state. */
	int		 md_spinlock_count; /* (k) spinlock_enter() nesting. */
	unsigned long	 md_saved_flags; /* (k) Interrupt flag to come back to. */
};

struct thread {
	uint32_t	 td_tid;	/* (b) First: the recorder reads it raw. */
	uint32_t	 td_flags;	/* (t) TDF_ */
	struct mtx *volatile td_lock;	/* (t) What thread_lock() takes. */
	struct proc	*td_proc;	/* (b) */
	TAILQ_ENTRY(thread) td_plist;	/* (c) All threads of the process. */
	TAILQ_ENTRY(thread) td_runq;	/* (t) Run queue. */
	TAILQ_ENTRY(thread) td_slpq;	/* (s) Sleep queue. */
	TAILQ_ENTRY(thread) td_lockq;	/* (z) Turnstile's queue. */
	LIST_ENTRY(thread) td_hash;	/* (d) By tid. */
	struct pcb	*td_pcb;	/* (b) &td_md.md_pcb */
	struct trapframe *td_frame;	/* (k) User's trap frame. */
	struct trapframe *td_intr_frame; /* (k) Of the interrupt being handled. */

	/* Running. */
	int		 td_state;	/* (t) TDS_ */
	int		 td_inhibitors;	/* (t) TDI_ */
	int		 td_pflags;	/* (k) TDP_ */
	int		 td_oncpu;	/* (t) CPU it runs on or NOCPU. */
	int		 td_lastcpu;	/* (t) CPU it ran on last. */
	int		 td_critnest;	/* (k) Critical section nesting. */
	u_char		 td_owepreempt;	/* (k) Preempt at critical_exit(). */
	u_char		 td_priority;	/* (t) */
	u_char		 td_pri_class;	/* (t) PRI_ */
	u_char		 td_base_pri;	/* (t) Without lent priority. */
	u_char		 td_user_pri;	/* (t) In user mode. */
	u_char		 td_base_user_pri; /* (t) */
	u_char		 td_rqindex;	/* (t) Which run queue list. */
	int		 td_pinned;	/* (k) sched_pin() nesting. */
	int		 td_intr_nesting_level; /* (k) */
	int		 td_no_sleeping; /* (k) Sleeping is a bug here. */
	int		 td_locks;	/* (k) INVARIANTS: locks held. */
	int		 td_rw_rlocks;	/* (k) Read locks held. */
	int		 td_sx_slocks;	/* (k) Shared locks held. */
	struct td_sched	*td_sched;	/* (b) The scheduler's part: td_sched_store. */
	struct runq	*td_runqp;	/* (t) Run queue it is on. */
	unsigned long	 td_sched_store[16]; /* (t) Room for td_sched. */

	/* Blocking. */
	const void	*td_wchan;	/* (s) Sleep channel. */
	const char	*td_wmesg;	/* (s) Why. */
	struct sleepqueue *td_sleepqueue; /* (k) Own sleepqueue, donated asleep. */
	struct callout	 td_slpcallout;	/* (s) Wakes from timed sleeps. */
	sbintime_t	 td_sleeptimo;	/* (t) When, 0: none. */
	int		 td_sqqueue;	/* (t) */
	int		 td_intrval;	/* (t) Result of an interrupted sleep. */
	int		 td_slptick;	/* (t) ticks when it fell asleep. */
	struct turnstile *td_turnstile;	/* (k) Own turnstile, donated blocked. */
	struct turnstile *td_blocked;	/* (t) Turnstile it waits on. */
	const char	*td_lockname;	/* (t) Name of the lock it waits for. */
	u_char		 td_tsqueue;	/* (t) TS_ queue it waits on. */
	LIST_HEAD(, turnstile) td_contested; /* (z) Turnstiles it owns. */
	int		 td_lend_user_pri; /* (t) */
	struct lock_list_entry *td_sleeplocks; /* (k) WITNESS: held locks. */

	/* Who. */
	struct ucred	*td_ucred;	/* (k) Own reference to credentials. */
	char		 td_name[MAXCOMLEN + 1]; /* (t) */
	void		*td_ithd;	/* (b) struct intr_thread of an ithread. */

	/* System calls. */
	int		 td_errno;	/* (k) Error of the last one. */
	long		 td_retval[2];	/* (k) Results. */
	struct syscall_args td_sa;	/* (k) Its number and arguments. */
	struct file	*td_fpop;	/* (k) Device file being operated on. */
	struct proc	*td_rfppwait_p;	/* (k) vfork's child to wait for. */
	int		 td_dbgflags;	/* (c) */

	/* Signals. */
	sigset_t	 td_sigmask;	/* (c) Blocked. */
	sigset_t	 td_oldsigmask;	/* (k) To restore (TDP_OLDMASK). */
	sigset_t	 td_siglist;	/* (c) Pending for this thread. */

	/* Accounting. */
	struct rusage_ext td_rux;	/* (t) */
	uint64_t	 td_runtime;	/* (t) cpu_ticks() on a CPU. */
	uint64_t	 td_incruntime;	/* (t) Since it was last added up. */
	u_int		 td_pticks;	/* (t) statclock ticks for profiling. */
	u_int		 td_uticks;	/* (t) In user mode, */
	u_int		 td_sticks;	/* (t) in the kernel, */
	u_int		 td_iticks;	/* (t) in interrupts. */
	int		 td_swvoltick;	/* (t) ticks at last voluntary switch, */
	int		 td_swinvoltick; /* (t) at last involuntary one. */

	/* Memory. */
	vm_offset_t	 td_kstack;	/* (a) Kernel stack. */
	int		 td_kstack_pages; /* (a) */
	vm_offset_t	 td_ustack;	/* (a) User register stack, 0 if none. */
	vm_size_t	 td_ustacksize;	/* (a) */

	/* DTrace (cddl/dtrace). */
	uint32_t	 td_predcache;	/* (k) */
	uint64_t	 td_dtrace_vtime; /* (k) */
	uint64_t	 td_dtrace_start; /* (k) */
	int		 td_dtrace_sig;	/* (k) raise(): ast() sends it. */

	struct mdthread	 td_md;		/* (k) */
};

#define	td_siglock	td_proc->p_mtx

/* td_state */
#define	TDS_INACTIVE	0
#define	TDS_INHIBITED	1	/* Sleeping or blocked: see td_inhibitors. */
#define	TDS_CAN_RUN	2
#define	TDS_RUNQ	3
#define	TDS_RUNNING	4
/* td_inhibitors */
#define	TDI_SUSPENDED	0x0001
#define	TDI_SLEEPING	0x0002
#define	TDI_SWAPPED	0x0004
#define	TDI_LOCK	0x0008	/* On a turnstile. */
#define	TDI_IWAIT	0x0010	/* Interrupt thread without work. */
/* td_flags */
#define	TDF_BORROWING	0x00000001 /* Has lent priority. */
#define	TDF_INPANIC	0x00000002
#define	TDF_INMEM	0x00000004
#define	TDF_SINTR	0x00000008 /* Sleep may be interrupted. */
#define	TDF_TIMEOUT	0x00000010 /* The sleep timed out. */
#define	TDF_IDLETD	0x00000020 /* Idle thread. */
#define	TDF_KTH_SUSP	0x00000040
#define	TDF_SLEEPABORT	0x00000080 /* sleepq_abort() ended the sleep. */
#define	TDF_NOLOAD	0x00000100 /* Not counted in load averages. */
#define	TDF_SLICEEND	0x00000200 /* Its time slice is over. */
#define	TDF_ASTPENDING	0x00000800 /* Something to do before user mode. */
#define	TDF_NEEDRESCHED	0x00010000 /* Give the CPU up. */
#define	TDF_NEEDSIGCHK	0x00020000 /* Signals may be pending. */
#define	TDF_NEEDSUSPCHK	0x00008000 /* The process stops or exits. */
#define	TDF_ALRMPEND	0x10000000
/* td_pflags */
#define	TDP_OLDMASK	0x00000001
#define	TDP_INTCPCALLOUT 0x00000080
#define	TDP_KTHREAD	0x00200000 /* A kernel thread. */
#define	TDP_ITHREAD	0x00400000 /* An interrupt thread. */
#define	TDP_NERRNO	0x08000000 /* td_errno is set already. */
#define	TDP_NOFAULTING	0x00000008 /* User faults in the kernel give up. */
#define	TDP_FORKING	0x01000000
#define	TDP_RFPPWAIT	0x02000000 /* Wait for vfork's child on the way out. */
#define	TDP_SIGDEFER	0x04000000 /* A handler waits for the next entry. */

#define	NOCPU		(-1)
#define	NO_PID		100000	/* First thread id. */

#define	TD_IS_SLEEPING(td)	((td)->td_inhibitors & TDI_SLEEPING)
#define	TD_ON_SLEEPQ(td)	((td)->td_wchan != NULL)
#define	TD_IS_SUSPENDED(td)	((td)->td_inhibitors & TDI_SUSPENDED)
#define	TD_ON_LOCK(td)		((td)->td_inhibitors & TDI_LOCK)
#define	TD_AWAITING_INTR(td)	((td)->td_inhibitors & TDI_IWAIT)
#define	TD_IS_RUNNING(td)	((td)->td_state == TDS_RUNNING)
#define	TD_ON_RUNQ(td)		((td)->td_state == TDS_RUNQ)
#define	TD_CAN_RUN(td)		((td)->td_state == TDS_CAN_RUN)
#define	TD_IS_INHIBITED(td)	((td)->td_state == TDS_INHIBITED)
#define	TD_IS_IDLETHREAD(td)	((td)->td_flags & TDF_IDLETD)

#define	TD_SET_INHIB(td, inhib) do {					\
	(td)->td_state = TDS_INHIBITED;					\
	(td)->td_inhibitors |= (inhib);					\
} while (0)
#define	TD_CLR_INHIB(td, inhib) do {					\
	if (((td)->td_inhibitors & (inhib)) &&				\
	    (((td)->td_inhibitors &= ~(inhib)) == 0))			\
		(td)->td_state = TDS_CAN_RUN;				\
} while (0)
#define	TD_SET_SLEEPING(td)	TD_SET_INHIB((td), TDI_SLEEPING)
#define	TD_SET_LOCK(td)		TD_SET_INHIB((td), TDI_LOCK)
#define	TD_SET_SUSPENDED(td)	TD_SET_INHIB((td), TDI_SUSPENDED)
#define	TD_SET_IWAIT(td)	TD_SET_INHIB((td), TDI_IWAIT)
#define	TD_CLR_SLEEPING(td)	TD_CLR_INHIB((td), TDI_SLEEPING)
#define	TD_CLR_LOCK(td)		TD_CLR_INHIB((td), TDI_LOCK)
#define	TD_CLR_SUSPENDED(td)	TD_CLR_INHIB((td), TDI_SUSPENDED)
#define	TD_CLR_IWAIT(td)	TD_CLR_INHIB((td), TDI_IWAIT)
#define	TD_SET_RUNNING(td)	((td)->td_state = TDS_RUNNING)
#define	TD_SET_RUNQ(td)		((td)->td_state = TDS_RUNQ)
#define	TD_SET_CAN_RUN(td)	((td)->td_state = TDS_CAN_RUN)

/* A session: process groups that share a terminal. */
struct session {
	u_int		 s_count;	/* (e) Process groups in it. */
	struct proc	*s_leader;	/* (e) */
	struct tty	*s_ttyp;	/* (e) Controlling terminal. */
	pid_t		 s_sid;		/* (b) */
};

/* A process group: what a shell calls a job; signals go to all of it. */
struct pgrp {
	LIST_ENTRY(pgrp) pg_hash;	/* (e) */
	LIST_HEAD(, proc) pg_members;	/* (pg_mtx, e) */
	struct session	*pg_session;	/* (b) */
	pid_t		 pg_id;		/* (b) */
	struct mtx	 pg_mtx;	/* "process group" */
};
#define	PGRP_LOCK(pg)		mtx_lock(&(pg)->pg_mtx)
#define	PGRP_UNLOCK(pg)		mtx_unlock(&(pg)->pg_mtx)
#define	p_session	p_pgrp->pg_session
#define	SESS_LEADER(p)	((p)->p_session->s_leader == (p))

/* What fork1() is to do. */
struct fork_req {
	int		 fr_flags;	/* RF below. */
	int		 fr_pages;	/* Kernel stack size, 0: the usual. */
	int		*fr_pidp;	/* Out: pid ... */
	struct proc	**fr_procp;	/* ... or process (RFSTOPPED). */
};

/* A process's arguments, for ps and DTrace. */
struct pargs {
	u_int		 ar_ref;	/* (atomic) */
	u_int		 ar_length;
	u_char		 ar_args[1];	/* NUL-separated. */
};

/* p_state */
#define	PRS_NEW		0	/* Being made. */
#define	PRS_NORMAL	1
#define	PRS_ZOMBIE	2

struct proc {
	LIST_ENTRY(proc) p_list;	/* (d) allproc or zombproc. */
	TAILQ_HEAD(threadqueue, thread) p_threads; /* (c) */
	struct mtx	 p_slock;	/* Spin lock of p_state and times. */
	struct ucred	*p_ucred;	/* (c) */
	struct filedesc	*p_fd;		/* (b) Open files. */
	struct plimit	*p_limit;	/* (c) */
	struct callout	 p_limco;	/* (c) */
	struct callout	 p_itcallout;	/* (c) Interval timer. */
	struct itimerval p_realtimer;	/* (c) */
	int		 p_flag;	/* (c) P_ */
	int		 p_flag2;	/* (c) */
	int		 p_state;	/* (j, c) PRS_ */
	pid_t		 p_pid;		/* (b) */
	LIST_ENTRY(proc) p_hash;	/* (d) By pid. */
	LIST_ENTRY(proc) p_pglist;	/* (c, e) Of the process group. */
	struct proc	*p_pptr;	/* (c, e) Parent. */
	LIST_ENTRY(proc) p_sibling;	/* (e) */
	LIST_HEAD(, proc) p_children;	/* (e) */
	struct mtx	 p_mtx;		/* The process lock. */
	struct mtx	 p_statmtx;	/* Spin lock of statistics. */
	sigset_t	 p_siglist;	/* (c) Signals pending for any thread. */
	struct sigacts	*p_sigacts;	/* (b) Handlers. */
	struct vmspace	*p_vmspace;	/* (b, c) Memory. */
	struct vnode	*p_textvp;	/* (b) The executable. */
	struct sysentvec *p_sysent;	/* (b) */
	struct pargs	*p_args;	/* (c) */
	struct pgrp	*p_pgrp;	/* (c, e) */
	char		 p_comm[MAXCOMLEN + 1]; /* (b) */
	char		 p_pad0[4];
	struct rusage_ext p_rux;	/* (c) Of exited threads and so far. */
	struct rusage_ext p_crux;	/* (c) Of waited-for children. */
	int		 p_numthreads;	/* (c) */
	int		 p_exitthreads;	/* (c) */
	struct thread	*p_singlethread; /* (c, j) Who waits to be alone. */
	u_int		 p_xexit;	/* (c) Exit status, */
	u_int		 p_xsig;	/* (c) or stop/termination signal. */
	signed char	 p_nice;	/* (c) -20 .. 20 */
	u_char		 p_acflag;
	u_char		 p_pad1[2];
	int		 p_lock;	/* (c) Holds against exit. */
	int		 p_stopped;	/* (c) Channel: sleeps while stopped. */
	uint64_t	 p_start;	/* (b) cpu_ticks() at its start. */
	struct bintime	 p_starttime;	/* (b) */
	u_int		 p_ustat_image;	/* (b) User image of the machine. */
	uint64_t	 p_ftab;	/* (b) Its function table base. */
};

/* p_flag */
#define	P_KPROC		0x00000004	/* A kernel process. */
#define	P_PPWAIT	0x00000010	/* Parent waits for vfork's child. */
#define	P_SUGID		0x00000100
#define	P_SYSTEM	0x00000200
#define	P_SINGLE_EXIT	0x00000400
#define	P_TRACED	0x00000800
#define	P_WAITED	0x00001000
#define	P_WEXIT		0x00002000	/* Exiting. */
#define	P_EXEC		0x00004000
#define	P_CONTROLT	0x00000002	/* Has a terminal. */
#define	P_STOPPED_SIG	0x00020000
#define	P_WKILLED	0x00008000 /* Killed for its memory: no more for it. */
#define	P_KILLED(p)	(((p)->p_flag & P_WKILLED) != 0)
#define	P_STATCHILD	0x08000000
#define	P_INMEM		0x10000000
#define	P_HADTHREADS	0x00000080
#define	P_STOPPED_SINGLE 0x00080000

#define	SINGLE_NO_EXIT	0
#define	SINGLE_EXIT	1
#define	SINGLE_BOUNDARY	2

#define	PID_MAX		99999

/* Locking a process. */
#define	PROC_LOCK(p)		mtx_lock(&(p)->p_mtx)
#define	PROC_TRYLOCK(p)		mtx_trylock(&(p)->p_mtx)
#define	PROC_UNLOCK(p)		mtx_unlock(&(p)->p_mtx)
#define	PROC_LOCK_ASSERT(p, t)	mtx_assert(&(p)->p_mtx, (t))
#define	PROC_SLOCK(p)		mtx_lock_spin(&(p)->p_slock)
#define	PROC_SUNLOCK(p)		mtx_unlock_spin(&(p)->p_slock)
#define	PROC_SLOCK_ASSERT(p, t)	mtx_assert(&(p)->p_slock, (t))
#define	PROC_STATLOCK(p)	mtx_lock_spin(&(p)->p_statmtx)
#define	PROC_STATUNLOCK(p)	mtx_unlock_spin(&(p)->p_statmtx)

#define	FOREACH_PROC_IN_SYSTEM(p)	LIST_FOREACH((p), &allproc, p_list)
#define	FOREACH_THREAD_IN_PROC(p, td)	TAILQ_FOREACH((td), &(p)->p_threads, td_plist)
#define	FIRST_THREAD_IN_PROC(p)		TAILQ_FIRST(&(p)->p_threads)

#ifdef _KERNEL
LIST_HEAD(proclist, proc);
LIST_HEAD(pidhashhead, proc);
extern struct proc	 proc0;		/* Process 0, "kernel". */
extern struct thread	 thread0;	/* Its first thread, "swapper". */
extern struct proc	*initproc;	/* Process 1. */
extern struct proclist	 allproc;	/* (d) */
extern struct sx	 allproc_lock, proctree_lock;

/* mi_switch() flags: why. */
#define	SW_TYPE_MASK	0xff
#define	SWT_NONE	0
#define	SWT_PREEMPT	1	/* To a better thread. */
#define	SWT_OWEPREEMPT	2	/* The same, put off by a critical section. */
#define	SWT_TURNSTILE	3	/* Blocks on a lock. */
#define	SWT_SLEEPQ	4	/* Sleeps. */
#define	SWT_SLEEPQTIMO	5
#define	SWT_RELINQUISH	6	/* Yields. */
#define	SWT_NEEDRESCHED	7	/* Slice over. */
#define	SWT_IDLE	8
#define	SWT_IWAIT	9	/* Interrupt thread is done. */
#define	SWT_SUSPEND	10
#define	SWT_REMOTEPREEMPT 11
#define	SWT_REMOTEWAKEIDLE 12
#define	SWT_BIND	13
#define	SW_VOL		0x0100
#define	SW_INVOL	0x0200
#define	SW_PREEMPT	0x0400

void	mi_switch(int flags);		/* Thread locked; returns unlocked. */
int	setrunnable(struct thread *td, int srqflags);	/* Unlocks td. */
void	maybe_yield(void);
void	kern_yield(int prio);
void	cpu_switch(struct thread *old, struct thread *new, struct mtx *lock);
void	cpu_switch_done(void);
void	cpu_throw(struct thread *new) __dead2;

/* kern_thread.c */
struct thread *thread_alloc(int pages);
void	thread_free(struct thread *td);
void	thread_link(struct thread *td, struct proc *p);
void	thread_unlink(struct thread *td);
void	thread_exit(void) __dead2;	/* Process lock and slock held. */
void	thread_wait(struct proc *p);	/* Frees an exited process's last thread. */
void	thread_reap(void);
void	thread_stash_dead(void);	/* After a switch from one that exited. */
struct thread *tdfind(lwpid_t tid, pid_t pid);
void	tidhash_add(struct thread *td);
void	tidhash_remove(struct thread *td);
void	thread_set_name(struct thread *td, const char *name);
void	proc_set_comm(struct proc *p, const char *name);
void	proc_linkup(struct proc *p, struct thread *td);
void	proc_linkup0(struct proc *p, struct thread *td);

/* amd64/vm_machdep.c */
void	cpu_thread_alloc(struct thread *td);
int	cpu_ustack_reserve(struct thread *td);
void	cpu_thread_free(struct thread *td);
void	cpu_thread_exit(struct thread *td);
void	cpu_fork(struct thread *td1, struct proc *p2, struct thread *td2, int flags);
void	cpu_fork_kthread_handler(struct thread *td,
	    void (*func)(void *, struct trapframe *), void *arg);
void	cpu_copy_thread(struct thread *td, struct thread *td0);
int	cpu_set_upcall(struct thread *td, uintptr_t entry_index, uintptr_t entry,
	    void *arg, uintptr_t usp);
void	cpu_set_syscall_retval(struct thread *td, int error);
void	cpu_exec_frame(struct thread *td, unsigned int entry_index, uintptr_t entry,
	    uintptr_t usp, int argc, uintptr_t argv, uintptr_t envp);
void	fork_trampoline(void (*callout)(void *, struct trapframe *), void *arg,
	    struct trapframe *frame);

/* kern_fork.c (PROC) */
void	fork_exit(void (*callout)(void *, struct trapframe *), void *arg,
	    struct trapframe *frame);
void	fork_return(struct thread *td, struct trapframe *frame);

/* kern_kthread.c */
int	kproc_create(void (*func)(void *), void *arg, struct proc **procp,
	    int flags, int pages, const char *fmt, ...) __printflike(6, 7);
void	kproc_exit(int status) __dead2;
int	kthread_add(void (*func)(void *), void *arg, struct proc *p,
	    struct thread **newtdp, int flags, int pages, const char *fmt, ...)
	    __printflike(7, 8);
void	kthread_exit(void) __dead2;
int	kproc_kthread_add(void (*func)(void *), void *arg, struct proc **procp,
	    struct thread **tdp, int flags, int pages, const char *procname,
	    const char *fmt, ...) __printflike(8, 9);
/* Flags of fork1() that these take too. */
#define	RFNAMEG		0x00000001
#define	RFFDG		0x00000004	/* Copy the file table. */
#define	RFPROC		0x00000010	/* A new process. */
#define	RFMEM		0x00000020	/* Share memory. */
#define	RFNOWAIT	0x00000040
#define	RFCFDG		0x00001000	/* Empty file table. */
#define	RFPPWAIT	0x80000000	/* vfork: the parent waits. */
#define	RFSTOPPED	0x00020000	/* Don't run it yet. */
#define	RFHIGHPID	0x00040000	/* Pid from 10 up. */
#define	RFKPROC		0x00100000

/* kern_fork.c */
int	fork1(struct thread *td, struct fork_req *fr);
void	fork_rfppwait(struct thread *td);
void	fork_release_pid(void);
extern int lastpid;

/* kern_proc.c */
struct proc *proc_alloc(void);
void	proc_free(struct proc *p);
struct proc *pfind(pid_t pid);		/* Returns it locked. */
struct proc *pfind_any(pid_t pid);	/* The same; zombies too. */
struct proc *pfind_any_locked(pid_t pid);
void	pidhash_add(struct proc *p);
struct pgrp *pgfind(pid_t pgid);	/* proctree_lock held. */
int	enterpgrp(struct proc *p, pid_t pgid, struct pgrp *pgrp,
	    struct session *sess);
void	leavepgrp(struct proc *p);
struct pargs *pargs_alloc(int len);
void	pargs_hold(struct pargs *pa);
void	pargs_drop(struct pargs *pa);

/* kern_exit.c */
void	exit1(struct thread *td, int rval, int signo) __dead2;
void	proc_reparent(struct proc *child, struct proc *newparent);
void	proc_reparent_init(struct proc *p);

/* kern_resource.c */
struct rusage;
void	calcru(struct proc *p, struct rusage *ru);
void	rufetch(struct proc *p, struct rusage *ru);
void	ruxagg(struct proc *p, struct thread *td);

/* kern_sig.c, kern_thr.c */
int	cursig(struct thread *td);
int	sig_intr(void);		/* 0, EINTR or ERESTART: PCATCH sleeps ask. */
int	sig_intr_locked(struct thread *td);
int	thread_single(struct proc *p, int mode);
void	thread_single_end(struct proc *p);
void	thread_suspend_check(void);

#endif /* _KERNEL */

#endif /* !_SYS_PROC_H_ */
