/*
 * Signals: caught, blocked, pending, ignored, default; alarm; children.
 */
#include <sys/wait.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t	count[32], last;

static void
handler(int sig)
{
	count[sig]++;
	last = sig;
}

static void
info(int sig, siginfo_t *si, void *ctx)
{
	(void)ctx;
	count[sig] += si->si_signo == sig ? 100 : 1;
}

static void
nested(int sig)
{
	count[sig]++;
	if (count[sig] < 3)
		raise(SIGUSR2);
	count[sig] += 10;
}

static void
ends(const char *what, int sig)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (sig != 0)
			kill(getpid(), sig);
		else {
			volatile int zero = 0;
			volatile int *p = (volatile int *)(long)(what[0] == 'n' ? 8 : 0);

			if (what[0] == 'd')
				zero = 5 / zero;
			else if (what[0] == 'n')
				*p = 1;
			else
				abort();
		}
		_exit(7);
	}
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		printf("%s: signal %d\n", what, WTERMSIG(status));
	else
		printf("%s: exit %d\n", what, WEXITSTATUS(status));
	fflush(stdout);
}

int
main(void)
{
	struct sigaction sa, old;
	struct timespec ts = { 5, 0 }, left;
	sigset_t set, was, pending;
	int status, r;
	pid_t pid;

	setvbuf(stdout, NULL, _IOLBF, 0);
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = handler;
	sigaction(SIGUSR1, &sa, &old);
	printf("before: %s\n", old.sa_handler == SIG_DFL ? "default" : "other");
	raise(SIGUSR1);
	kill(getpid(), SIGUSR1);
	printf("USR1 %d times\n", (int)count[SIGUSR1]);

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &was);
	raise(SIGUSR1);
	sigpending(&pending);
	printf("blocked: %d times, pending %d\n", (int)count[SIGUSR1],
	    sigismember(&pending, SIGUSR1));
	sigprocmask(SIG_SETMASK, &was, NULL);
	printf("unblocked: %d times\n", (int)count[SIGUSR1]);

	signal(SIGUSR1, SIG_IGN);
	raise(SIGUSR1);
	printf("ignored: %d times\n", (int)count[SIGUSR1]);

	sa.sa_sigaction = info;
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGTERM, &sa, NULL);
	raise(SIGTERM);
	printf("siginfo: %d\n", (int)count[SIGTERM]);

	sa.sa_handler = nested;
	sa.sa_flags = SA_NODEFER;
	sigaction(SIGUSR2, &sa, NULL);
	raise(SIGUSR2);
	printf("nested: %d\n", (int)count[SIGUSR2]);

	signal(SIGALRM, handler);
	siginterrupt(SIGALRM, 1);
	alarm(1);
	r = nanosleep(&ts, &left);
	printf("alarm: %d %s, %ld s left\n", r, errno == EINTR ? "EINTR" : "?",
	    (long)left.tv_sec + (left.tv_nsec > 0));

	signal(SIGCHLD, handler);
	if ((pid = fork()) == 0)
		_exit(3);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	printf("child: exit %d, SIGCHLD %d\n", WEXITSTATUS(status), (int)count[SIGCHLD]);
	signal(SIGCHLD, SIG_DFL);

	ends("term by default", SIGKILL);
	ends("hangup", SIGHUP);
	ends("no signal", SIGWINCH);
	ends("divide by zero", 0);
	ends("null pointer", 0);
	ends("abort", 0);
	return (0);
}
