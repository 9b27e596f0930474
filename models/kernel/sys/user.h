/*
 * struct kinfo_proc: a process, or one of its threads, as ps(1) and procstat(1) see
 * it: kern.proc.* of sysctl(3).  FreeBSD's has many more members; these carry the
 * same names.  Shared with user land.
 */
#ifndef _SYS_USER_H_
#define	_SYS_USER_H_

#include <sys/types.h>
#include <sys/time.h>

#define	WMESGLEN	8
#define	LOCKNAMELEN	8
#define	TDNAMLEN	19
#define	COMMLEN		19
#define	KI_NOCPU	(-1)

/* ki_stat */
#define	SIDL	1		/* Being made. */
#define	SRUN	2		/* Running, or ready to. */
#define	SSLEEP	3		/* Sleeping on ki_wmesg. */
#define	SSTOP	4		/* Stopped. */
#define	SZOMB	5		/* Waiting to be waited for. */
#define	SWAIT	6		/* Interrupt thread without work. */
#define	SLOCK	7		/* Blocked on ki_lockname. */

struct kinfo_proc {
	int		 ki_structsize;	/* Of this structure. */
	pid_t		 ki_pid;
	pid_t		 ki_ppid;
	pid_t		 ki_pgid;
	pid_t		 ki_sid;
	lwpid_t		 ki_tid;
	uid_t		 ki_uid;
	uid_t		 ki_ruid;
	int		 ki_numthreads;
	long		 ki_flag;	/* P_ */
	long		 ki_tdflags;	/* TDF_ */
	char		 ki_stat;
	signed char	 ki_nice;
	u_char		 ki_priority;
	u_char		 ki_pri_class;
	u_char		 ki_pri_user;
	char		 ki_spare[3];
	int		 ki_oncpu;	/* CPU it runs on, or KI_NOCPU. */
	int		 ki_lastcpu;
	uint64_t	 ki_runtime;	/* Microseconds on a CPU. */
	struct timeval	 ki_start;	/* Since boot. */
	size_t		 ki_size;	/* Bytes of address space ... */
	segsz_t		 ki_rssize;	/* ... and pages of it in memory. */
	long		 ki_nvcsw;	/* Voluntary switches ... */
	long		 ki_nivcsw;	/* ... and others. */
	int		 ki_kiflag;	/* KI_ */
	char		 ki_wmesg[WMESGLEN + 1];
	char		 ki_lockname[LOCKNAMELEN + 1];
	char		 ki_tdname[TDNAMLEN + 1];
	char		 ki_comm[COMMLEN + 1];
};
#define	KI_LOCKBLOCK	0x00000001

#endif /* !_SYS_USER_H_ */
