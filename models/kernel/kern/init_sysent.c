/*
 * The system call table.
 *
 * Each line: the call, how many arguments it takes, and their C types (what
 * args[] of syscall:freebsd:NAME:entry are in D).  The numbers are in syscall.h,
 * the argument structures in sysproto.h.  Numbers without a handler answer
 * ENOSYS, those that FreeBSD gives a name (sysent_absent.h) and those that it does
 * not.
 */
#include <sys/param.h>
#include <sys/sysent.h>
#include <sys/sysproto.h>

#define	CALL(name, narg, ...)						\
	[SYS_##name] = {						\
		.sy_call = (sy_call_t *)sys_##name,			\
		.sy_name = #name,					\
		.sy_narg = narg,					\
		.sy_argtypes = { __VA_ARGS__ }				\
	}

#define	ABSENT(code, name, narg, ...)					\
	[code] = {							\
		.sy_call = nosys,					\
		.sy_name = name,					\
		.sy_narg = narg,					\
		.sy_flags = SYF_ABSENT,					\
		.sy_argtypes = { __VA_ARGS__ }				\
	}

struct sysent sysent[SYS_MAXSYSCALL] = {
	CALL(exit, 1, "int"),
	CALL(fork, 0, NULL),
	CALL(read, 3, "int", "void *", "size_t"),
	CALL(write, 3, "int", "const void *", "size_t"),
	CALL(open, 3, "const char *", "int", "mode_t"),
	CALL(close, 1, "int"),
	CALL(wait4, 4, "int", "int *", "int", "struct rusage *"),
	CALL(unlink, 1, "const char *"),
	CALL(chdir, 1, "const char *"),
	CALL(fchdir, 1, "int"),
	CALL(chmod, 2, "const char *", "mode_t"),
	CALL(break, 1, "char *"),
	CALL(getpid, 0, NULL),
	CALL(getuid, 0, NULL),
	CALL(geteuid, 0, NULL),
	CALL(access, 2, "const char *", "int"),
	CALL(sync, 0, NULL),
	CALL(kill, 2, "int", "int"),
	CALL(getppid, 0, NULL),
	CALL(dup, 1, "u_int"),
	CALL(getegid, 0, NULL),
	CALL(getgid, 0, NULL),
	CALL(ioctl, 3, "int", "u_long", "char *"),
	CALL(reboot, 1, "int"),
	CALL(execve, 3, "const char *", "char **", "char **"),
	CALL(umask, 1, "mode_t"),
	CALL(vfork, 0, NULL),
	CALL(munmap, 2, "void *", "size_t"),
	CALL(mprotect, 3, "const void *", "size_t", "int"),
	CALL(madvise, 3, "void *", "size_t", "int"),
	CALL(getpgrp, 0, NULL),
	CALL(setpgid, 2, "int", "int"),
	CALL(setitimer, 3,
	    "u_int", "const struct itimerval *", "struct itimerval *"),
	CALL(getitimer, 2, "u_int", "struct itimerval *"),
	CALL(dup2, 2, "u_int", "u_int"),
	CALL(fcntl, 3, "int", "int", "long"),
	CALL(select, 5,
	    "int", "fd_mask *", "fd_mask *", "fd_mask *", "struct timeval *"),
	CALL(fsync, 1, "int"),
	CALL(gettimeofday, 2, "struct timeval *", "struct timezone *"),
	CALL(getrusage, 2, "int", "struct rusage *"),
	CALL(readv, 3, "int", "const struct iovec *", "u_int"),
	CALL(writev, 3, "int", "const struct iovec *", "u_int"),
	CALL(rename, 2, "const char *", "const char *"),
	CALL(mkdir, 2, "const char *", "mode_t"),
	CALL(rmdir, 1, "const char *"),
	CALL(setsid, 0, NULL),
	CALL(sysarch, 2, "int", "char *"),
	CALL(__sysctl, 6,
	    "int *", "u_int", "void *", "size_t *", "const void *", "size_t"),
	CALL(getpgid, 1, "pid_t"),
	CALL(poll, 3, "struct pollfd *", "u_int", "int"),
	CALL(clock_gettime, 2, "clockid_t", "struct timespec *"),
	CALL(clock_getres, 2, "clockid_t", "struct timespec *"),
	CALL(nanosleep, 2, "const struct timespec *", "struct timespec *"),
	CALL(clock_nanosleep, 4,
	    "clockid_t", "int", "const struct timespec *", "struct timespec *"),
	CALL(rfork, 1, "int"),
	CALL(issetugid, 0, NULL),
	CALL(getsid, 1, "pid_t"),
	CALL(yield, 0, NULL),
	CALL(__getcwd, 2, "char *", "size_t"),
	CALL(sched_yield, 0, NULL),
	CALL(sigprocmask, 3, "int", "const sigset_t *", "sigset_t *"),
	CALL(sigsuspend, 1, "const sigset_t *"),
	CALL(sigpending, 1, "sigset_t *"),
	CALL(sigaction, 3,
	    "int", "const struct sigaction *", "struct sigaction *"),
	CALL(sigreturn, 1, "const void *"),
	CALL(thr_exit, 1, "long *"),
	CALL(thr_self, 1, "long *"),
	CALL(thr_kill, 2, "long", "int"),
	CALL(_umtx_op, 5, "void *", "int", "u_long", "void *", "void *"),
	CALL(thr_new, 2, "struct thr_param *", "int"),
	CALL(thr_set_name, 2, "long", "const char *"),
	CALL(pread, 4, "int", "void *", "size_t", "off_t"),
	CALL(pwrite, 4, "int", "const void *", "size_t", "off_t"),
	CALL(mmap, 6, "void *", "size_t", "int", "int", "int", "off_t"),
	CALL(lseek, 3, "int", "off_t", "int"),
	CALL(truncate, 2, "const char *", "off_t"),
	CALL(ftruncate, 2, "int", "off_t"),
	CALL(openat, 4, "int", "const char *", "int", "mode_t"),
	CALL(pipe2, 2, "int *", "int"),
	CALL(fstat, 2, "int", "struct stat *"),
	CALL(fstatat, 4, "int", "const char *", "struct stat *", "int"),
	CALL(getdirentries, 4, "int", "char *", "size_t", "off_t *"),
#include "sysent_absent.h"
};

/* Name of a system call, for messages; "unknown" if there is none. */
const char *
syscallname(struct proc *p, u_int code)
{

	if (code >= SYS_MAXSYSCALL || sysent[code].sy_name == NULL)
		return ("unknown");
	return (sysent[code].sy_name);
}
