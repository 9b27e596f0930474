/*
 * Where a program begins and ends.
 *
 * execve(2) makes the first frame by hand and calls _start() with the argument
 * and environment vectors that lie on the new stack.  main's result is the exit
 * status; exit() runs what atexit() noted, last first, and flushes the streams.
 */
#include <sys/types.h>
#include <stdlib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "libc_private.h"

#define	ATEXIT_MAX	32

int	 main(int, char **, char **);
void	 _start(int, char **, char **);

char		**environ;
const char	 *__progname = "";

static void	(*atexit_fn[ATEXIT_MAX])(void);
static int	 atexit_n;

void
_start(int argc, char **argv, char **envp)
{
	environ = envp;
	if (argc > 0 && argv[0] != NULL)
		setprogname(argv[0]);
	exit(main(argc, argv, envp));
}

int
atexit(void (*fn)(void))
{
	if (atexit_n == ATEXIT_MAX)
		return (-1);
	atexit_fn[atexit_n++] = fn;
	return (0);
}

_Noreturn void
exit(int status)
{
	while (atexit_n > 0)
		(*atexit_fn[--atexit_n])();
	__stdio_flush();
	_exit(status);
}

_Noreturn void
_exit(int status)
{
	for (;;)
		__syscall(SYS_exit, status, 0, 0, 0, 0, 0);
}

_Noreturn void
_Exit(int status)
{
	_exit(status);
}

_Noreturn void
abort(void)
{
	sigset_t all;

	sigfillset(&all);
	sigdelset(&all, SIGABRT);
	sigprocmask(SIG_SETMASK, &all, NULL);
	raise(SIGABRT);
	/* It was caught or ignored, and the handler came back. */
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	_exit(127);
}

const char *
getprogname(void)
{
	return (__progname);
}

void
setprogname(const char *name)
{
	const char *slash;

	slash = strrchr(name, '/');
	__progname = slash != NULL ? slash + 1 : name;
}
