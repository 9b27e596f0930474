/*
 * System calls for callers inside the kernel: the kern_ halves, which take
 * their arguments from kernel memory.
 */
#ifndef _SYS_SYSCALLSUBR_H_
#define	_SYS_SYSCALLSUBR_H_

#include <sys/types.h>
#include <sys/uio.h>

struct fork_req;
struct itimerval;
struct rusage;
struct sigaction;
struct stat;
struct thread;
struct thr_param;

int	kern_chdir(struct thread *td, const char *path, enum uio_seg pathseg);
int	kern_close(struct thread *td, int fd);
int	kern_clock_gettime(struct thread *td, clockid_t clock_id,
	    struct timespec *ats);
int	kern_dup(struct thread *td, u_int mode, int flags, int old, int new);
int	kern_fcntl(struct thread *td, int fd, int cmd, intptr_t arg);
int	kern_fstat(struct thread *td, int fd, struct stat *sbp);
int	kern_getdirentries(struct thread *td, int fd, char *buf, size_t count,
	    off_t *basep, ssize_t *residp, enum uio_seg bufseg);
int	kern_getrusage(struct thread *td, int who, struct rusage *rup);
int	kern_ioctl(struct thread *td, int fd, u_long com, caddr_t data);
int	kern_lseek(struct thread *td, int fd, off_t offset, int whence);
int	kern_mkdirat(struct thread *td, int fd, const char *path,
	    enum uio_seg segflg, int mode);
int	kern_clock_nanosleep(struct thread *td, clockid_t clock_id, int flags,
	    const struct timespec *rqtp, struct timespec *rmtp);
int	kern_openat(struct thread *td, int fd, const char *path,
	    enum uio_seg pathseg, int flags, int mode);
int	kern_pipe(struct thread *td, int fildes[2], int flags);
int	kern_pread(struct thread *td, int fd, void *buf, size_t nbyte,
	    off_t offset);
int	kern_pwrite(struct thread *td, int fd, const void *buf, size_t nbyte,
	    off_t offset);
int	kern_readv(struct thread *td, int fd, struct uio *auio);
int	kern_writev(struct thread *td, int fd, struct uio *auio);
int	kern_setitimer(struct thread *td, u_int which, struct itimerval *aitv,
	    struct itimerval *oitv);
int	kern_sigaction(struct thread *td, int sig, const struct sigaction *act,
	    struct sigaction *oact, int flags);
int	kern_sigprocmask(struct thread *td, int how, sigset_t *set,
	    sigset_t *oset, int flags);
int	kern_sigsuspend(struct thread *td, sigset_t mask);
int	kern_statat(struct thread *td, int flag, int fd, const char *path,
	    enum uio_seg pathseg, struct stat *sbp);
int	kern_thr_new(struct thread *td, struct thr_param *param);
int	kern_wait(struct thread *td, pid_t pid, int *status, int options,
	    struct rusage *rup);

#endif /* !_SYS_SYSCALLSUBR_H_ */
