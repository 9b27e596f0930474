/* unistd.h: processes, files and descriptors. */
#ifndef _UNISTD_H_
#define	_UNISTD_H_

#include <sys/types.h>
#include <sys/unistd.h>

#define	STDIN_FILENO	0
#define	STDOUT_FILENO	1
#define	STDERR_FILENO	2

#define	_SC_PAGESIZE	47
#define	_SC_PAGE_SIZE	_SC_PAGESIZE
#define	_SC_NPROCESSORS_CONF	57
#define	_SC_NPROCESSORS_ONLN	58
#define	_SC_CLK_TCK	3
#define	_SC_OPEN_MAX	5
#define	_SC_ARG_MAX	1

extern char	**environ;
extern char	*optarg;
extern int	 opterr, optind, optopt, optreset;

int	 access(const char *, int);
unsigned alarm(unsigned);
int	 brk(const void *);
int	 chdir(const char *);
int	 close(int);
int	 dup(int);
int	 dup2(int, int);
int	 execl(const char *, const char *, ...);
int	 execlp(const char *, const char *, ...);
int	 execv(const char *, char *const *);
int	 execve(const char *, char *const *, char *const *);
int	 execvp(const char *, char *const *);
int	 execvpe(const char *, char *const *, char *const *);
_Noreturn void _exit(int);
int	 fchdir(int);
pid_t	 fork(void);
int	 fsync(int);
int	 ftruncate(int, off_t);
char	*getcwd(char *, size_t);
gid_t	 getegid(void);
uid_t	 geteuid(void);
gid_t	 getgid(void);
int	 getopt(int, char *const *, const char *);
int	 getpagesize(void);
pid_t	 getpgid(pid_t);
pid_t	 getpgrp(void);
pid_t	 getpid(void);
pid_t	 getppid(void);
uid_t	 getuid(void);
int	 isatty(int);
off_t	 lseek(int, off_t, int);
int	 pause(void);
int	 pipe(int *);
int	 pipe2(int *, int);
ssize_t	 pread(int, void *, size_t, off_t);
ssize_t	 pwrite(int, const void *, size_t, off_t);
ssize_t	 read(int, void *, size_t);
int	 rmdir(const char *);
pid_t	 rfork(int);
void	*sbrk(intptr_t);
int	 setpgid(pid_t, pid_t);
pid_t	 setsid(void);
unsigned sleep(unsigned);
void	 sync(void);
long	 syscall(int, ...);
long	 sysconf(int);
pid_t	 tcgetpgrp(int);
int	 tcsetpgrp(int, pid_t);
int	 truncate(const char *, off_t);
char	*ttyname(int);
int	 unlink(const char *);
int	 usleep(useconds_t);
pid_t	 vfork(void);
ssize_t	 write(int, const void *, size_t);
void	 swab(const void *restrict, void *restrict, ssize_t);

/* Headers of dtrace -h ask for it. */
#define	_DTRACE_VERSION	1

#endif /* !_UNISTD_H_ */
