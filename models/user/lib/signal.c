/*
 * Catching signals.
 *
 * The kernel can enter user code only through the function table, so it is given
 * the index of one trampoline for every caught signal.  The handlers proper are
 * kept here.  A handler's return leads to sigreturn(2), which takes up what the
 * signal interrupted.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "libc_private.h"

static struct sigaction	actions[NSIG];

static void
__sigtramp(int sig, siginfo_t *info, void *context)
{
	struct sigaction sa = actions[sig];
	int saved = errno;

	if (sa.sa_flags & SA_RESETHAND)
		actions[sig].sa_handler = SIG_DFL;
	if (sa.sa_flags & SA_SIGINFO)
		(*sa.sa_sigaction)(sig, info, context);
	else
		(*sa.sa_handler)(sig);
	errno = saved;
	__syscall(SYS_sigreturn, (long)context, 0, 0, 0, 0, 0);
	_exit(127);
}

int
sigaction(int sig, const struct sigaction *restrict new,
    struct sigaction *restrict old)
{
	struct sigaction before, kernel, told;

	if (sig <= 0 || sig >= NSIG) {
		errno = EINVAL;
		return (-1);
	}
	before = actions[sig];
	if (new != NULL) {
		kernel = *new;
		if (new->sa_handler != SIG_DFL && new->sa_handler != SIG_IGN) {
			/* Before the kernel knows: it may come at once. */
			actions[sig] = *new;
			kernel.sa_handler = (void (*)(int))
			    (unsigned long)__fn_index((void *)__sigtramp);
		}
	}
	if (SYSCALL3(SYS_sigaction, sig, new != NULL ? &kernel : NULL,
	    &told) == -1) {
		actions[sig] = before;
		return (-1);
	}
	if (old != NULL) {
		*old = told;
		if (told.sa_handler != SIG_DFL && told.sa_handler != SIG_IGN)
			*old = before;
	}
	return (0);
}

/* BSD's meaning: the handler stays, interrupted calls restart. */
void
(*signal(int sig, void (*handler)(int)))(int)
{
	struct sigaction new, old;

	memset(&new, 0, sizeof(new));
	new.sa_handler = handler;
	new.sa_flags = SA_RESTART;
	if (sigaction(sig, &new, &old) == -1)
		return (SIG_ERR);
	return (old.sa_handler);
}

int
siginterrupt(int sig, int interrupt)
{
	struct sigaction sa;

	if (sigaction(sig, NULL, &sa) == -1)
		return (-1);
	if (interrupt)
		sa.sa_flags &= ~SA_RESTART;
	else
		sa.sa_flags |= SA_RESTART;
	return (sigaction(sig, &sa, NULL));
}

int
raise(int sig)
{
	if (__isthreaded)
		return (SYSCALL2(SYS_thr_kill, __thr_self()->pt_tid, sig));
	return (kill(getpid(), sig));
}

int
killpg(pid_t pgrp, int sig)
{
	if (pgrp <= 0) {
		errno = EINVAL;
		return (-1);
	}
	return (kill(-pgrp, sig));
}

int
pause(void)
{
	sigset_t now;

	sigprocmask(SIG_BLOCK, NULL, &now);
	return (sigsuspend(&now));
}

/*
 * Sets: bit n - 1 for signal n.
 */
static int
badsig(int sig)
{
	if (sig > 0 && sig < NSIG)
		return (0);
	errno = EINVAL;
	return (1);
}

int
sigemptyset(sigset_t *set)
{
	memset(set, 0, sizeof(*set));
	return (0);
}

int
sigfillset(sigset_t *set)
{
	memset(set, 0xff, sizeof(*set));
	return (0);
}

int
sigaddset(sigset_t *set, int sig)
{
	if (badsig(sig))
		return (-1);
	set->__bits[(sig - 1) / 32] |= 1u << (sig - 1) % 32;
	return (0);
}

int
sigdelset(sigset_t *set, int sig)
{
	if (badsig(sig))
		return (-1);
	set->__bits[(sig - 1) / 32] &= ~(1u << (sig - 1) % 32);
	return (0);
}

int
sigismember(const sigset_t *set, int sig)
{
	if (badsig(sig))
		return (-1);
	return (set->__bits[(sig - 1) / 32] >> (sig - 1) % 32 & 1);
}
