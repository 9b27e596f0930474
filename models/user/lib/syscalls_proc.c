/*
 * System calls about processes, time, signals and threads (see syscalls.c).
 */
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/thr.h>
#include <sys/time.h>
#include <sys/umtx.h>
#include <sys/wait.h>
#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#include "libc_private.h"

/*
 * Processes.
 */
pid_t
fork(void)
{
	return (SYSCALL0(SYS_fork));
}

/*
 * On real hardware vfork() must not be a C function, because the child would
 * return through the frame that the parent needs.  Here parent and child have
 * register stacks of their own, and share only memory.
 */
pid_t
vfork(void)
{
	return (SYSCALL0(SYS_vfork));
}

pid_t
rfork(int flags)
{
	return (SYSCALL1(SYS_rfork, flags));
}

int
execve(const char *path, char *const *argv, char *const *envp)
{
	return (SYSCALL3(SYS_execve, path, argv, envp));
}

pid_t
wait4(pid_t pid, int *status, int options, struct rusage *ru)
{
	return (SYSCALL4(SYS_wait4, pid, status, options, ru));
}

pid_t
wait3(int *status, int options, struct rusage *ru)
{
	return (wait4(WAIT_ANY, status, options, ru));
}

pid_t
waitpid(pid_t pid, int *status, int options)
{
	return (wait4(pid, status, options, NULL));
}

pid_t
wait(int *status)
{
	return (wait4(WAIT_ANY, status, 0, NULL));
}

pid_t
getpid(void)
{
	return (SYSCALL0(SYS_getpid));
}

pid_t
getppid(void)
{
	return (SYSCALL0(SYS_getppid));
}

pid_t
getpgrp(void)
{
	return (SYSCALL0(SYS_getpgrp));
}

pid_t
getpgid(pid_t pid)
{
	return (SYSCALL1(SYS_getpgid, pid));
}

int
setpgid(pid_t pid, pid_t pgrp)
{
	return (SYSCALL2(SYS_setpgid, pid, pgrp));
}

pid_t
setsid(void)
{
	return (SYSCALL0(SYS_setsid));
}

uid_t
getuid(void)
{
	return (SYSCALL0(SYS_getuid));
}

uid_t
geteuid(void)
{
	return (SYSCALL0(SYS_geteuid));
}

gid_t
getgid(void)
{
	return (SYSCALL0(SYS_getgid));
}

gid_t
getegid(void)
{
	return (SYSCALL0(SYS_getegid));
}

int
kill(pid_t pid, int sig)
{
	return (SYSCALL2(SYS_kill, pid, sig));
}

int
reboot(int howto)
{
	return (SYSCALL1(SYS_reboot, howto));
}

int
getrusage(int who, struct rusage *ru)
{
	return (SYSCALL2(SYS_getrusage, who, ru));
}

int
sched_yield(void)
{
	return (SYSCALL0(SYS_sched_yield));
}

/*
 * Time.
 */
int
gettimeofday(struct timeval *tv, struct timezone *tz)
{
	return (SYSCALL2(SYS_gettimeofday, tv, tz));
}

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	return (SYSCALL2(SYS_clock_gettime, clock, ts));
}

int
clock_getres(clockid_t clock, struct timespec *ts)
{
	return (SYSCALL2(SYS_clock_getres, clock, ts));
}

int
nanosleep(const struct timespec *ts, struct timespec *left)
{
	return (SYSCALL2(SYS_nanosleep, ts, left));
}

/* This one returns the error itself. */
int
clock_nanosleep(clockid_t clock, int flags, const struct timespec *ts,
    struct timespec *left)
{
	return ((int)-__syscall(SYS_clock_nanosleep, clock, flags, (long)ts,
	    (long)left, 0, 0));
}

int
setitimer(int which, const struct itimerval *new, struct itimerval *old)
{
	return (SYSCALL3(SYS_setitimer, which, new, old));
}

int
getitimer(int which, struct itimerval *it)
{
	return (SYSCALL2(SYS_getitimer, which, it));
}

/*
 * Signals (sigaction is in signal.c).
 */
int
sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return (SYSCALL3(SYS_sigprocmask, how, set, old));
}

int
sigsuspend(const sigset_t *set)
{
	return (SYSCALL1(SYS_sigsuspend, set));
}

int
sigpending(sigset_t *set)
{
	return (SYSCALL1(SYS_sigpending, set));
}

/*
 * Threads.
 */
int
thr_new(struct thr_param *param, int size)
{
	return (SYSCALL2(SYS_thr_new, param, size));
}

int
thr_self(long *tid)
{
	return (SYSCALL1(SYS_thr_self, tid));
}

void
thr_exit(long *state)
{
	SYSCALL1(SYS_thr_exit, state);
}

int
thr_kill(long tid, int sig)
{
	return (SYSCALL2(SYS_thr_kill, tid, sig));
}

int
_umtx_op(void *obj, int op, unsigned long val, void *uaddr, void *uaddr2)
{
	return (SYSCALL5(SYS__umtx_op, obj, op, val, uaddr, uaddr2));
}
