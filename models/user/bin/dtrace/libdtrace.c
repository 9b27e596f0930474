/*
 * What libdtrace is asked and told, and what it has to print.
 */
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <machine/abi.h>
#include "dtrace.h"

int	 outfd = STDOUT_FILENO;		/* -o */
int	 own;				/* The arguments are a program of ours. */

unsigned long
libdtrace(int sub, unsigned long a, unsigned long b, unsigned long c)
{

	return (__hw(HW_LIBDTRACE, (unsigned long)sub, a, b, c));
}

/* There is no tracing: what was started for it, and waits, goes too. */
void
leave(int status)
{
	int i;

	for (i = 0; i < nchildren; i++)
		if (children[i] != 0)
			(void)kill(children[i], SIGKILL);
	exit(status);
}

/* which: of the processes of -p or the commands of -c. */
void
fail_at(enum step step, int which)
{

	libdtrace(LD_FAILED, (unsigned long)step, (unsigned long)errno,
	    (unsigned long)which);
	if (own) {
		drain_errors();
		leave((int)libdtrace(LD_EXITSTATUS, 0, 0, 0));
	}
	leave(1);
}

void
fail(enum step step)
{

	fail_at(step, 0);
}

/* Messages of libdtrace's, for standard error. */
void
drain_errors(void)
{
	static char text[1024];
	unsigned long n;

	/* libdtrace fills it from outside: its pages must be there, and ours. */
	text[0] = text[sizeof(text) - 1] = '\0';
	while ((n = libdtrace(LD_ERRTEXT, (unsigned long)text, sizeof(text),
	    0)) != 0)
		if (write(STDERR_FILENO, text, n) <= 0)
			return;
}

/*
 * Run the command of a system() action.  It prints on the console's second line, so
 * that what others print meanwhile is not taken for tracing output.
 */
static void
run_command(const char *command)
{
	pid_t pid;
	int line, status;

	pid = fork();
	if (pid == 0) {
		line = open("/dev/ttyu1", O_WRONLY);
		if (line >= 0) {
			(void)dup2(line, 1);
			(void)dup2(line, 2);
		}
		execl("/bin/csh", "csh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid < 0)
		return;
	/* Its SIGCHLD is ours, too, and may end the wait before it is over. */
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
}

/* Write what libdtrace has ready, running commands in between. */
void
drain(void)
{
	static char text[4096];
	unsigned long n, off;
	ssize_t w;

	if (own)
		drain_errors();
	for (;;) {
		/* As above. */
		text[0] = text[sizeof(text) - 1] = '\0';
		while ((n = libdtrace(LD_TEXT, (unsigned long)text,
		    sizeof(text), 0)) != 0) {
			for (off = 0; off < n; off += (unsigned long)w) {
				w = write(outfd, text + off, n - off);
				if (w <= 0)
					return;
			}
		}
		n = libdtrace(LD_SYSTEM, (unsigned long)text, sizeof(text), 0);
		if (n == 0)
			return;
		run_command(text);
	}
}
