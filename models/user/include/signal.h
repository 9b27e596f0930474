/* signal.h: sending and catching signals. */
#ifndef _SIGNAL_H_
#define	_SIGNAL_H_

#include <sys/types.h>
#include <sys/signal.h>

typedef	int		sig_atomic_t;
typedef	__sighandler_t	*sig_t;


extern const char *const sys_signame[NSIG];
extern const char *const sys_siglist[NSIG];

int	kill(pid_t, int);
int	killpg(pid_t, int);
int	raise(int);
int	sigaction(int, const struct sigaction *restrict, struct sigaction *restrict);
int	sigaddset(sigset_t *, int);
int	sigdelset(sigset_t *, int);
int	sigemptyset(sigset_t *);
int	sigfillset(sigset_t *);
int	sigismember(const sigset_t *, int);
void	(*signal(int, void (*)(int)))(int);
int	sigpending(sigset_t *);
int	sigprocmask(int, const sigset_t *restrict, sigset_t *restrict);
int	sigsuspend(const sigset_t *);
int	siginterrupt(int, int);
void	psignal(unsigned, const char *);

#endif /* !_SIGNAL_H_ */
