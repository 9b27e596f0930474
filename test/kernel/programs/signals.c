/*
 * Signals: handlers, masks, what they do to system calls and to processes.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

static volatile int got, count, order[8];

static void
note(int sig)
{

	got = sig;
}

static void
log_order(int sig)
{

	order[count++] = sig;
	if (sig == SIGUSR1)
		kill(getpid(), SIGUSR2);	/* Taken at once, on top of us. */
	order[count++] = -sig;
}

static void
handle(int sig, void (*handler)(int), int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = handler;
	sa.sa_flags = flags;
	CHECK(sigaction(sig, &sa, NULL) == 0);
}

/* A signal in the middle of nested calls must leave their locals alone. */
static int
deep(int n)
{
	int i, local[4];

	for (i = 0; i < 4; i++)
		local[i] = n + i;
	if (n == 0) {
		kill(getpid(), SIGUSR1);
		return (local[3]);
	}
	return (deep(n - 1) + local[1]);
}

static void
alarm_in(int us)
{
	struct itimerval it;

	memset(&it, 0, sizeof(it));
	it.it_value.tv_usec = us;
	CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0);
}

/* How a child that runs f() ends. */
static int
fate(void (*f)(void))
{
	pid_t pid;
	int status;

	pid = fork();
	if (pid == 0) {
		f();
		_exit(99);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	return (status);
}

static void
write_null_pointer(void)
{

	*(volatile int *)8 = 1;
}

static void
divide(void)
{
	volatile int zero = 0;

	_exit(1 / zero);
}

static void
stack_overflow(void)
{
	volatile char big[200000];

	big[0] = 1;
	stack_overflow();
	big[1] = 1;
}

static void
segv_exits(int sig, siginfo_t *si, void *context)
{

	_exit(si->si_addr == (void *)8 && sig == SIGSEGV ? 3 : 4);
}

static void
catch_segv(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = segv_exits;
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGSEGV, &sa, NULL);
	write_null_pointer();
}

static void
ignore_segv(void)
{

	signal(SIGSEGV, SIG_IGN);
	write_null_pointer();
}

/* A child that does f() until somebody ends it. */
static pid_t
child_doing(int spin)
{
	pid_t pid;

	pid = fork();
	if (pid == 0)
		for (;;)
			if (!spin)
				pause();
	usleep(5000);
	return (pid);
}

static void
test_handlers(void)
{
	sigset_t mask, old;

	handle(SIGUSR1, note, 0);
	CHECK(kill(getpid(), SIGUSR1) == 0);
	CHECK(got == SIGUSR1);
	got = 0;
	CHECK(deep(50) == 3 + 50 * 51 / 2 + 50);
	CHECK(got == SIGUSR1);

	/* A second signal interrupts the first's handler. */
	handle(SIGUSR1, log_order, 0);
	handle(SIGUSR2, log_order, 0);
	count = 0;
	kill(getpid(), SIGUSR1);
	CHECK(count == 4);
	CHECK(order[0] == SIGUSR1 && order[1] == SIGUSR2);
	CHECK(order[2] == -SIGUSR2 && order[3] == -SIGUSR1);

	/* Blocked, they wait; twice the same is once. */
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	CHECK(sigprocmask(SIG_BLOCK, &mask, &old) == 0);
	count = 0;
	kill(getpid(), SIGUSR2);
	kill(getpid(), SIGUSR2);
	CHECK(count == 0);
	CHECK(sigpending(&mask) == 0 && sigismember(&mask, SIGUSR2) == 1);
	CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
	CHECK(count == 2);
	FAILS(sigaction(SIGKILL, &(struct sigaction){ .sa_handler = note },
	    NULL), EINVAL);
}

static void
test_calls(void)
{
	sigset_t mask, old;
	pid_t pid;
	int fd[2], status;
	char c;

	CHECK(pipe(fd) == 0);
	handle(SIGALRM, note, 0);
	alarm_in(5000);
	FAILS(read(fd[0], &c, 1), EINTR);
	alarm_in(5000);
	FAILS(usleep(1000000), EINTR);

	/* SA_RESTART: the read goes on as if nothing had been. */
	handle(SIGALRM, note, SA_RESTART);
	pid = fork();
	if (pid == 0) {
		usleep(20000);
		write(fd[1], "x", 1);
		_exit(7);
	}
	got = 0;
	alarm_in(5000);
	CHECK(read(fd[0], &c, 1) == 1 && c == 'x');
	CHECK(got == SIGALRM);
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 7);

	/* sigsuspend(2) and SIGCHLD. */
	handle(SIGCHLD, note, 0);
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, &old);
	got = 0;
	pid = fork();
	if (pid == 0)
		_exit(3);
	FAILS(sigsuspend(&old), EINTR);
	CHECK(got == SIGCHLD);
	CHECK(sigprocmask(SIG_SETMASK, NULL, &mask) == 0);
	CHECK(sigismember(&mask, SIGCHLD) == 1);
	CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3);
	sigprocmask(SIG_SETMASK, &old, NULL);
	signal(SIGCHLD, SIG_DFL);

	/* A pipe that nobody reads. */
	close(fd[0]);
	signal(SIGPIPE, SIG_IGN);
	FAILS(write(fd[1], "x", 1), EPIPE);
	signal(SIGPIPE, SIG_DFL);
	pid = fork();
	if (pid == 0) {
		write(fd[1], "x", 1);
		_exit(1);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGPIPE);
	close(fd[1]);
}

static void
test_deaths(void)
{
	pid_t pid;
	int status;

	CHECK(WTERMSIG(fate(write_null_pointer)) == SIGSEGV);
	CHECK(WTERMSIG(fate(divide)) == SIGFPE);
	CHECK(WTERMSIG(fate(stack_overflow)) == SIGSEGV);
	CHECK(WTERMSIG(fate(abort)) == SIGABRT);
	CHECK(WTERMSIG(fate(ignore_segv)) == SIGSEGV);
	CHECK(WEXITSTATUS(fate(catch_segv)) == 3);

	pid = child_doing(0);
	CHECK(kill(pid, SIGTERM) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGTERM);
	pid = child_doing(1);
	CHECK(kill(pid, SIGKILL) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGKILL);
	FAILS(kill(pid, 0), ESRCH);

	/* Stopped, it neither runs nor dies of SIGTERM before it goes on. */
	pid = child_doing(1);
	kill(pid, SIGSTOP);
	CHECK(waitpid(pid, &status, WUNTRACED) == pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	kill(pid, SIGTERM);
	usleep(5000);
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	kill(pid, SIGCONT);
	CHECK(waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGTERM);
}

int
main(void)
{

	test_handlers();
	test_calls();
	test_deaths();
	return (checked());
}
