/*
 * Arguments of the system calls, as they lie in td_sa.args: 8 bytes each.  A
 * handler gets its structure as `uap' and returns an errno; results go into
 * td_retval.
 */
#ifndef _SYS_SYSPROTO_H_
#define	_SYS_SYSPROTO_H_

#include <sys/types.h>
#include <sys/signal.h>
#include <sys/time.h>

struct iovec;
struct pollfd;
struct rusage;
struct stat;
struct thr_param;
struct thread;
struct timezone;

/* A member that fills its 8 bytes: the low end holds the value. */
#define	ARG(type, name)	_Alignas(8) type name

struct exit_args {
	ARG(int, rval);
};
struct fork_args {
	ARG(int, dummy);
};
struct read_args {
	ARG(int, fd);
	ARG(void *, buf);
	ARG(size_t, nbyte);
};
struct write_args {
	ARG(int, fd);
	ARG(const void *, buf);
	ARG(size_t, nbyte);
};
struct open_args {
	ARG(const char *, path);
	ARG(int, flags);
	ARG(mode_t, mode);
};
struct close_args {
	ARG(int, fd);
};
struct wait4_args {
	ARG(int, pid);
	ARG(int *, status);
	ARG(int, options);
	ARG(struct rusage *, rusage);
};
struct unlink_args {
	ARG(const char *, path);
};
struct chdir_args {
	ARG(const char *, path);
};
struct fchdir_args {
	ARG(int, fd);
};
struct chmod_args {
	ARG(const char *, path);
	ARG(mode_t, mode);
};
struct break_args {
	ARG(char *, nsize);
};
struct getpid_args {
	ARG(int, dummy);
};
struct getuid_args {
	ARG(int, dummy);
};
struct geteuid_args {
	ARG(int, dummy);
};
struct access_args {
	ARG(const char *, path);
	ARG(int, amode);
};
struct sync_args {
	ARG(int, dummy);
};
struct kill_args {
	ARG(int, pid);
	ARG(int, signum);
};
struct getppid_args {
	ARG(int, dummy);
};
struct dup_args {
	ARG(u_int, fd);
};
struct getegid_args {
	ARG(int, dummy);
};
struct getgid_args {
	ARG(int, dummy);
};
struct ioctl_args {
	ARG(int, fd);
	ARG(u_long, com);
	ARG(char *, data);
};
struct reboot_args {
	ARG(int, opt);
};
struct execve_args {
	ARG(const char *, fname);
	ARG(char **, argv);
	ARG(char **, envv);
};
struct umask_args {
	ARG(mode_t, newmask);
};
struct vfork_args {
	ARG(int, dummy);
};
struct munmap_args {
	ARG(void *, addr);
	ARG(size_t, len);
};
struct mprotect_args {
	ARG(const void *, addr);
	ARG(size_t, len);
	ARG(int, prot);
};
struct madvise_args {
	ARG(void *, addr);
	ARG(size_t, len);
	ARG(int, behav);
};
struct getpgrp_args {
	ARG(int, dummy);
};
struct setpgid_args {
	ARG(int, pid);
	ARG(int, pgid);
};
struct setitimer_args {
	ARG(u_int, which);
	ARG(const struct itimerval *, itv);
	ARG(struct itimerval *, oitv);
};
struct getitimer_args {
	ARG(u_int, which);
	ARG(struct itimerval *, itv);
};
struct dup2_args {
	ARG(u_int, from);
	ARG(u_int, to);
};
struct fcntl_args {
	ARG(int, fd);
	ARG(int, cmd);
	ARG(long, arg);
};
struct select_args {
	ARG(int, nd);
	ARG(fd_mask *, in);
	ARG(fd_mask *, ou);
	ARG(fd_mask *, ex);
	ARG(struct timeval *, tv);
};
struct fsync_args {
	ARG(int, fd);
};
struct gettimeofday_args {
	ARG(struct timeval *, tp);
	ARG(struct timezone *, tzp);
};
struct getrusage_args {
	ARG(int, who);
	ARG(struct rusage *, rusage);
};
struct readv_args {
	ARG(int, fd);
	ARG(const struct iovec *, iovp);
	ARG(u_int, iovcnt);
};
struct writev_args {
	ARG(int, fd);
	ARG(const struct iovec *, iovp);
	ARG(u_int, iovcnt);
};
struct rename_args {
	ARG(const char *, from);
	ARG(const char *, to);
};
struct mkdir_args {
	ARG(const char *, path);
	ARG(mode_t, mode);
};
struct rmdir_args {
	ARG(const char *, path);
};
struct setsid_args {
	ARG(int, dummy);
};
struct sysarch_args {
	ARG(int, op);
	ARG(char *, parms);
};
struct __sysctl_args {
	ARG(int *, name);
	ARG(u_int, namelen);
	ARG(void *, old);
	ARG(size_t *, oldlenp);
	ARG(const void *, new);
	ARG(size_t, newlen);
};
struct getpgid_args {
	ARG(pid_t, pid);
};
struct poll_args {
	ARG(struct pollfd *, fds);
	ARG(u_int, nfds);
	ARG(int, timeout);
};
struct clock_gettime_args {
	ARG(clockid_t, clock_id);
	ARG(struct timespec *, tp);
};
struct clock_getres_args {
	ARG(clockid_t, clock_id);
	ARG(struct timespec *, tp);
};
struct nanosleep_args {
	ARG(const struct timespec *, rqtp);
	ARG(struct timespec *, rmtp);
};
struct clock_nanosleep_args {
	ARG(clockid_t, clock_id);
	ARG(int, flags);
	ARG(const struct timespec *, rqtp);
	ARG(struct timespec *, rmtp);
};
struct rfork_args {
	ARG(int, flags);
};
struct issetugid_args {
	ARG(int, dummy);
};
struct getsid_args {
	ARG(pid_t, pid);
};
struct yield_args {
	ARG(int, dummy);
};
struct __getcwd_args {
	ARG(char *, buf);
	ARG(size_t, buflen);
};
struct sched_yield_args {
	ARG(int, dummy);
};
struct sigprocmask_args {
	ARG(int, how);
	ARG(const sigset_t *, set);
	ARG(sigset_t *, oset);
};
struct sigsuspend_args {
	ARG(const sigset_t *, sigmask);
};
struct sigpending_args {
	ARG(sigset_t *, set);
};
struct sigaction_args {
	ARG(int, sig);
	ARG(const struct sigaction *, act);
	ARG(struct sigaction *, oact);
};
struct sigreturn_args {
	ARG(const void *, sigcntxp);
};
struct thr_exit_args {
	ARG(long *, state);
};
struct thr_self_args {
	ARG(long *, id);
};
struct thr_kill_args {
	ARG(long, id);
	ARG(int, sig);
};
struct _umtx_op_args {
	ARG(void *, obj);
	ARG(int, op);
	ARG(u_long, val);
	ARG(void *, uaddr1);
	ARG(void *, uaddr2);
};
struct thr_new_args {
	ARG(struct thr_param *, param);
	ARG(int, param_size);
};
struct thr_set_name_args {
	ARG(long, id);
	ARG(const char *, name);
};
struct pread_args {
	ARG(int, fd);
	ARG(void *, buf);
	ARG(size_t, nbyte);
	ARG(off_t, offset);
};
struct pwrite_args {
	ARG(int, fd);
	ARG(const void *, buf);
	ARG(size_t, nbyte);
	ARG(off_t, offset);
};
struct mmap_args {
	ARG(void *, addr);
	ARG(size_t, len);
	ARG(int, prot);
	ARG(int, flags);
	ARG(int, fd);
	ARG(off_t, pos);
};
struct lseek_args {
	ARG(int, fd);
	ARG(off_t, offset);
	ARG(int, whence);
};
struct truncate_args {
	ARG(const char *, path);
	ARG(off_t, length);
};
struct ftruncate_args {
	ARG(int, fd);
	ARG(off_t, length);
};
struct openat_args {
	ARG(int, fd);
	ARG(const char *, path);
	ARG(int, flag);
	ARG(mode_t, mode);
};
struct pipe2_args {
	ARG(int *, fildes);
	ARG(int, flags);
};
struct fstat_args {
	ARG(int, fd);
	ARG(struct stat *, sb);
};
struct fstatat_args {
	ARG(int, fd);
	ARG(const char *, path);
	ARG(struct stat *, buf);
	ARG(int, flag);
};
struct getdirentries_args {
	ARG(int, fd);
	ARG(char *, buf);
	ARG(size_t, count);
	ARG(off_t *, basep);
};

int	sys_exit(struct thread *td, struct exit_args *uap);
int	sys_fork(struct thread *td, struct fork_args *uap);
int	sys_read(struct thread *td, struct read_args *uap);
int	sys_write(struct thread *td, struct write_args *uap);
int	sys_open(struct thread *td, struct open_args *uap);
int	sys_close(struct thread *td, struct close_args *uap);
int	sys_wait4(struct thread *td, struct wait4_args *uap);
int	sys_unlink(struct thread *td, struct unlink_args *uap);
int	sys_chdir(struct thread *td, struct chdir_args *uap);
int	sys_fchdir(struct thread *td, struct fchdir_args *uap);
int	sys_chmod(struct thread *td, struct chmod_args *uap);
int	sys_break(struct thread *td, struct break_args *uap);
int	sys_getpid(struct thread *td, struct getpid_args *uap);
int	sys_getuid(struct thread *td, struct getuid_args *uap);
int	sys_geteuid(struct thread *td, struct geteuid_args *uap);
int	sys_access(struct thread *td, struct access_args *uap);
int	sys_sync(struct thread *td, struct sync_args *uap);
int	sys_kill(struct thread *td, struct kill_args *uap);
int	sys_getppid(struct thread *td, struct getppid_args *uap);
int	sys_dup(struct thread *td, struct dup_args *uap);
int	sys_getegid(struct thread *td, struct getegid_args *uap);
int	sys_getgid(struct thread *td, struct getgid_args *uap);
int	sys_ioctl(struct thread *td, struct ioctl_args *uap);
int	sys_reboot(struct thread *td, struct reboot_args *uap);
int	sys_execve(struct thread *td, struct execve_args *uap);
int	sys_umask(struct thread *td, struct umask_args *uap);
int	sys_vfork(struct thread *td, struct vfork_args *uap);
int	sys_munmap(struct thread *td, struct munmap_args *uap);
int	sys_mprotect(struct thread *td, struct mprotect_args *uap);
int	sys_madvise(struct thread *td, struct madvise_args *uap);
int	sys_getpgrp(struct thread *td, struct getpgrp_args *uap);
int	sys_setpgid(struct thread *td, struct setpgid_args *uap);
int	sys_setitimer(struct thread *td, struct setitimer_args *uap);
int	sys_getitimer(struct thread *td, struct getitimer_args *uap);
int	sys_dup2(struct thread *td, struct dup2_args *uap);
int	sys_fcntl(struct thread *td, struct fcntl_args *uap);
int	sys_select(struct thread *td, struct select_args *uap);
int	sys_fsync(struct thread *td, struct fsync_args *uap);
int	sys_gettimeofday(struct thread *td, struct gettimeofday_args *uap);
int	sys_getrusage(struct thread *td, struct getrusage_args *uap);
int	sys_readv(struct thread *td, struct readv_args *uap);
int	sys_writev(struct thread *td, struct writev_args *uap);
int	sys_rename(struct thread *td, struct rename_args *uap);
int	sys_mkdir(struct thread *td, struct mkdir_args *uap);
int	sys_rmdir(struct thread *td, struct rmdir_args *uap);
int	sys_setsid(struct thread *td, struct setsid_args *uap);
int	sys_sysarch(struct thread *td, struct sysarch_args *uap);
int	sys___sysctl(struct thread *td, struct __sysctl_args *uap);
int	sys_getpgid(struct thread *td, struct getpgid_args *uap);
int	sys_poll(struct thread *td, struct poll_args *uap);
int	sys_clock_gettime(struct thread *td, struct clock_gettime_args *uap);
int	sys_clock_getres(struct thread *td, struct clock_getres_args *uap);
int	sys_nanosleep(struct thread *td, struct nanosleep_args *uap);
int	sys_clock_nanosleep(struct thread *td, struct clock_nanosleep_args *uap);
int	sys_rfork(struct thread *td, struct rfork_args *uap);
int	sys_issetugid(struct thread *td, struct issetugid_args *uap);
int	sys_getsid(struct thread *td, struct getsid_args *uap);
int	sys_yield(struct thread *td, struct yield_args *uap);
int	sys___getcwd(struct thread *td, struct __getcwd_args *uap);
int	sys_sched_yield(struct thread *td, struct sched_yield_args *uap);
int	sys_sigprocmask(struct thread *td, struct sigprocmask_args *uap);
int	sys_sigsuspend(struct thread *td, struct sigsuspend_args *uap);
int	sys_sigpending(struct thread *td, struct sigpending_args *uap);
int	sys_sigaction(struct thread *td, struct sigaction_args *uap);
int	sys_sigreturn(struct thread *td, struct sigreturn_args *uap);
int	sys_thr_exit(struct thread *td, struct thr_exit_args *uap);
int	sys_thr_self(struct thread *td, struct thr_self_args *uap);
int	sys_thr_kill(struct thread *td, struct thr_kill_args *uap);
int	sys__umtx_op(struct thread *td, struct _umtx_op_args *uap);
int	sys_thr_new(struct thread *td, struct thr_new_args *uap);
int	sys_thr_set_name(struct thread *td, struct thr_set_name_args *uap);
int	sys_pread(struct thread *td, struct pread_args *uap);
int	sys_pwrite(struct thread *td, struct pwrite_args *uap);
int	sys_mmap(struct thread *td, struct mmap_args *uap);
int	sys_lseek(struct thread *td, struct lseek_args *uap);
int	sys_truncate(struct thread *td, struct truncate_args *uap);
int	sys_ftruncate(struct thread *td, struct ftruncate_args *uap);
int	sys_openat(struct thread *td, struct openat_args *uap);
int	sys_pipe2(struct thread *td, struct pipe2_args *uap);
int	sys_fstat(struct thread *td, struct fstat_args *uap);
int	sys_fstatat(struct thread *td, struct fstatat_args *uap);
int	sys_getdirentries(struct thread *td, struct getdirentries_args *uap);

#undef ARG

#endif /* !_SYS_SYSPROTO_H_ */
