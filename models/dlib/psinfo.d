/*
 * Processes and threads as proc(5) of other systems shows them: what scripts
 * mean by curpsinfo->pr_psargs and args[0]->pr_pid.
 */
#pragma D depends_on library unistd.d

typedef struct psinfo {
	int	pr_nlwp;	/* Threads. */
	pid_t	pr_pid;
	pid_t	pr_ppid;
	pid_t	pr_pgid;
	pid_t	pr_sid;
	uid_t	pr_uid;		/* Real. */
	uid_t	pr_euid;
	gid_t	pr_gid;		/* Real. */
	gid_t	pr_egid;
	uintptr_t pr_addr;	/* The kernel's struct proc. */
	string	pr_fname;	/* Name of the program. */
	string	pr_psargs;	/* Its arguments. */
	u_int	pr_arglen;
	u_int	pr_jailid;
} psinfo_t;

translator psinfo_t < struct proc *T > {
	pr_nlwp = T->p_numthreads;
	pr_pid = T->p_pid;
	pr_ppid = T->p_pptr == NULL ? 0 : T->p_pptr->p_pid;
	pr_pgid = T->p_pgrp == NULL ? 0 : T->p_pgrp->pg_id;
	pr_sid = T->p_pgrp == NULL ? 0 : T->p_pgrp->pg_session == NULL ? 0 : T->p_pgrp->pg_session->s_sid;
	pr_uid = T->p_ucred->cr_ruid;
	pr_euid = T->p_ucred->cr_uid;
	pr_gid = T->p_ucred->cr_rgid;
	pr_egid = T->p_ucred->cr_groups[0];
	pr_addr = (uintptr_t)T;
	pr_fname = T->p_comm;
	pr_psargs = T->p_args == NULL ? stringof(T->p_comm) :
	    memstr(T->p_args->ar_args, ' ', T->p_args->ar_length);
	pr_arglen = T->p_args == NULL ? 0 : T->p_args->ar_length;
	pr_jailid = 0;
};

typedef struct lwpsinfo {
	int	pr_flag;
	id_t	pr_lwpid;
	uintptr_t pr_addr;	/* The kernel's struct thread. */
	uintptr_t pr_wchan;	/* What it sleeps on. */
	char	pr_state;
	char	pr_sname;
	short	pr_syscall;
	int	pr_pri;
	int	pr_onpro;	/* CPU it runs on. */
	int	pr_stype;	/* What kind of thing it sleeps on: SOBJ_. */
	string	pr_clname;	/* Scheduling class: "TS", "RT", "IT", "ID". */
	string	pr_name;
} lwpsinfo_t;

/* pr_state, and pr_sname's letter: S R Z T I O W. */
inline char SSLEEP = 1;
inline char SRUN = 2;
inline char SZOMB = 3;
inline char SSTOP = 4;
inline char SIDL = 5;
inline char SONPROC = 6;
inline char SWAIT = 7;

/* pr_stype */
inline int SOBJ_NONE = 0;
inline int SOBJ_MUTEX = 1;
inline int SOBJ_RWLOCK = 2;
inline int SOBJ_CV = 3;
inline int SOBJ_SEMA = 4;
inline int SOBJ_USER = 5;
inline int SOBJ_USER_PI = 6;
inline int SOBJ_SHUTTLE = 7;

translator lwpsinfo_t < struct thread *T > {
	pr_flag = T->td_flags;
	pr_lwpid = T->td_tid;
	pr_addr = (uintptr_t)T;
	pr_wchan = (uintptr_t)T->td_wchan;
	pr_state = T->td_state == 4 ? 6 : T->td_state == 2 || T->td_state == 3 ?
	    2 : T->td_state == 0 ? 5 : T->td_inhibitors & 1 ? 4 :
	    T->td_inhibitors & 0x10 ? 7 : 1;
	pr_sname = T->td_state == 4 ? 'O' : T->td_state == 2 ||
	    T->td_state == 3 ? 'R' : T->td_state == 0 ? 'I' :
	    T->td_inhibitors & 1 ? 'T' : T->td_inhibitors & 0x10 ? 'W' : 'S';
	pr_syscall = 0;
	pr_pri = T->td_priority;
	pr_onpro = T->td_oncpu;
	pr_stype = T->td_inhibitors & 8 ? 1 : T->td_inhibitors & 2 ? 3 : 0;
	pr_clname = T->td_pri_class == 1 ? "IT" : T->td_pri_class == 2 ? "RT" :
	    T->td_pri_class == 4 ? "ID" : "TS";
	pr_name = T->td_name;
};

/* The process that a thread belongs to, where a script asks a thread for it. */
translator psinfo_t < struct thread *T > {
	pr_nlwp = T->td_proc->p_numthreads;
	pr_pid = T->td_proc->p_pid;
	pr_addr = (uintptr_t)T->td_proc;
	pr_fname = T->td_proc->p_comm;
	pr_psargs = T->td_proc->p_args == NULL ? stringof(T->td_proc->p_comm) :
	    memstr(T->td_proc->p_args->ar_args, ' ',
	    T->td_proc->p_args->ar_length);
};

inline psinfo_t *curpsinfo = xlate <psinfo_t *> (curthread->td_proc);
#pragma D attributes Stable/Stable/Common curpsinfo

inline lwpsinfo_t *curlwpsinfo = xlate <lwpsinfo_t *> (curthread);
#pragma D attributes Stable/Stable/Common curlwpsinfo
