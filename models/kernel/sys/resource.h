/*
 * What a process has used: getrusage(2), wait4(2).  Shared with user land.
 */
#ifndef _SYS_RESOURCE_H_
#define	_SYS_RESOURCE_H_

#include <sys/types.h>
#include <sys/time.h>

#define	PRIO_MIN	(-20)
#define	PRIO_MAX	20

#define	RUSAGE_SELF	0
#define	RUSAGE_CHILDREN	(-1)
#define	RUSAGE_THREAD	1

struct rusage {
	struct timeval	 ru_utime;	/* User time. */
	struct timeval	 ru_stime;	/* System time. */
	long		 ru_maxrss;	/* Most resident memory, KiB. */
	long		 ru_ixrss;
	long		 ru_idrss;
	long		 ru_isrss;
	long		 ru_minflt;	/* Page faults without I/O. */
	long		 ru_majflt;
	long		 ru_nswap;
	long		 ru_inblock;
	long		 ru_oublock;
	long		 ru_msgsnd;
	long		 ru_msgrcv;
	long		 ru_nsignals;	/* Signals received. */
	long		 ru_nvcsw;	/* Switches because it had to wait. */
	long		 ru_nivcsw;	/* Switches because another had to run. */
};

#ifndef _KERNEL
int	getrusage(int, struct rusage *);
#endif

#endif /* !_SYS_RESOURCE_H_ */
