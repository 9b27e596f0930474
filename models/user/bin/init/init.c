/*
 * init: process 1.
 *
 * Opens the console as standard input, output and error, tells the machine that
 * the system is up, and runs /etc/rc with csh.  When that is done, the machine is
 * told its exit status; then everybody gets a SIGTERM and some time to finish,
 * and the power goes off.  Orphans come to init: it waits for them as they die.
 */
#include <sys/reboot.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <machine/abi.h>

#define	RC		"/etc/rc"
#define	SHELL		"/bin/csh"
#define	GRACE_MS	10000		/* From SIGTERM to SIGKILL. */
#define	STEP_MS		10

/* A marker in the machine's trace; its text must be in memory, hence the touch. */
static void
mark(const char *text)
{
	static char buf[64];

	strlcpy(buf, text, sizeof(buf));
	__hw(HW_MARK, (unsigned long)buf, strlen(buf), 0, 0);
}

static void
console(void)
{
	int fd;

	setsid();
	if ((fd = open("/dev/console", O_RDWR)) == -1)
		return;
	for (int i = 0; i < 3; i++)
		if (fd != i)
			dup2(fd, i);
	if (fd > 2)
		close(fd);
}

/* Child: becomes the shell. */
static void
shell(void)
{
	char *const argv[] = { "csh", RC, NULL };

	execv(SHELL, argv);
	fprintf(stderr, "init: can't exec %s for %s: %s\n", SHELL, RC,
	    strerror(errno));
	_exit(127);
}

/* Waits for one child, and whoever else dies meanwhile. */
static int
await(pid_t pid)
{
	int status;
	pid_t got;

	for (;;) {
		got = wait(&status);
		if (got == pid)
			return (status);
		if (got == -1 && errno != EINTR)
			return (W_EXITCODE(127, 0));
	}
}

/* 1 when all children are gone. */
static int
reap_all(void)
{
	pid_t got;

	while ((got = waitpid(-1, NULL, WNOHANG)) > 0)
		;
	return (got == -1 && errno == ECHILD);
}

static void
finish(void)
{
	struct timespec step = { 0, STEP_MS * 1000000L };
	int ms;

	if (reap_all())
		return;
	kill(-1, SIGCONT);
	kill(-1, SIGTERM);
	for (ms = 0; ms < GRACE_MS && !reap_all(); ms += STEP_MS)
		nanosleep(&step, NULL);
	if (ms < GRACE_MS)
		return;
	fprintf(stderr, "init: some processes would not die; SIGKILL\n");
	kill(-1, SIGKILL);
	for (ms = 0; ms < 1000 && !reap_all(); ms += STEP_MS)
		nanosleep(&step, NULL);
}

int
main(void)
{
	char text[32];
	int status, code;
	pid_t pid;

	console();
	setenv("PATH", "/sbin:/bin:/usr/sbin:/usr/bin", 1);
	setenv("HOME", "/", 1);
	setenv("SHELL", SHELL, 1);
	setenv("USER", "root", 1);
	setenv("TERM", "dumb", 1);

	mark("ready");
	status = W_EXITCODE(127, 0);
	if ((pid = fork()) == 0)
		shell();
	if (pid == -1)
		fprintf(stderr, "init: can't fork: %s\n", strerror(errno));
	else
		status = await(pid);
	code = WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
	snprintf(text, sizeof(text), "status %d", code);
	mark(text);

	finish();
	sync();
	reboot(RB_POWEROFF);
	fprintf(stderr, "init: reboot: %s\n", strerror(errno));
	return (1);
}
