/*
 * Processes that are traced for their own sake: those of -p are followed, those of -c
 * started.  Tracing ends when all of them have.
 */
#include <sys/types.h>
#include <sys/fasttrap.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/abi.h>
#include "dtrace.h"

pid_t	 target;
pid_t	 children[MAXTARGETS];
int	 gates[MAXTARGETS];
int	 nchildren;
pid_t	 followed[MAXTARGETS];
int	 nfollowed;
int	 nlive;
int	 holdfd = -1;

/* The processes of -p must be there. */
void
grab(void)
{
	int i;

	for (i = 0; i < nfollowed; i++)
		if (kill(followed[i], 0) != 0)
			fail_at(GRAB, i);
	nlive = nfollowed;
	if (nfollowed > 0)
		target = followed[0];
}

/* Have the processes that we follow ended? */
void
check_followed(void)
{
	int i;

	for (i = 0; i < nfollowed; i++) {
		if (followed[i] == 0 || kill(followed[i], 0) == 0 ||
		    errno != ESRCH)
			continue;
		libdtrace(LD_TARGET, (unsigned long)followed[i], 0, 0);
		followed[i] = 0;
		nlive--;
	}
}

/* A command given as one word is split at blanks. */
char **
split(char *s)
{
	char **argv;
	int n;

	argv = calloc(strlen(s) / 2 + 2, sizeof(argv[0]));
	if (argv == NULL)
		errx(1, "no memory");
	for (n = 0; (s = strtok(n == 0 ? s : NULL, " \t\n\r\v\f")) != NULL; n++)
		argv[n] = s;
	return (argv);
}

/* Is there such a program? */
static int
executable(const char *name)
{
	static const char *const where[] = { "/bin/", "/sbin/", "/usr/bin/",
	    "/usr/sbin/" };
	char path[256];
	unsigned int i;

	if (strchr(name, '/') != NULL)
		return (access(name, X_OK) == 0);
	for (i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", where[i], name);
		if (access(path, X_OK) == 0)
			return (1);
	}
	return (0);
}

/* Start a command; it waits at its gate until tracing is on. */
void
start_child(char **argv, int which)
{
	int gate[2];
	pid_t pid;
	char c;

	if (argv[0] == NULL || !executable(argv[0])) {
		errno = ENOENT;
		fail_at(EXECUTE, which);
	}
	if (pipe(gate) != 0)
		err(1, "pipe");
	(void)fcntl(gate[1], F_SETFD, FD_CLOEXEC);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(gate[1]);
		if (read(gate[0], &c, 1) != 1)
			_exit(1);
		close(gate[0]);
		execvp(argv[0], argv);
		warn("failed to execute %s", argv[0]);
		_exit(127);
	}
	close(gate[0]);
	gates[nchildren] = gate[1];
	children[nchildren++] = pid;
	nlive++;
	if (target == 0)
		target = pid;
}

/* Have the commands ended? */
void
check_children(void)
{
	int i, status;

	for (i = 0; i < nchildren; i++) {
		if (children[i] == 0 ||
		    waitpid(children[i], &status, WNOHANG) != children[i])
			continue;
		libdtrace(LD_TARGET, (unsigned long)children[i],
		    (unsigned long)status, 0);
		children[i] = 0;
		nlive--;
	}
}

/*
 * The command has probes of its own (pid$target): it goes as far as its exec, or to
 * main(), and waits there.
 */
void
hold_target(void)
{
	fasttrap_hold_t hold;
	int where;

	memset(&hold, 0, sizeof(hold));
	hold.fth_pid = target;
	holdfd = open("/dev/dtrace/fasttrap", O_RDWR | O_CLOEXEC);
	if (holdfd < 0)
		fail(INITIALIZE);
	if (ioctl(holdfd, FASTTRAPIOC_HOLD, &hold) != 0)
		fail(GRAB);
	(void)write(gates[0], "", 1);
	close(gates[0]);
	gates[0] = -1;
	if (ioctl(holdfd, FASTTRAPIOC_WAIT, &hold) != 0)
		return;				/* It has failed already. */
	where = (int)libdtrace(LD_HOLD, (unsigned long)target,
	    (unsigned long)&hold.fth_pc, (unsigned long)&hold.fth_textsize);
	if (where == 0)
		return;
	if (ioctl(holdfd, FASTTRAPIOC_HOLD, &hold) != 0)
		fail(GRAB);
	(void)ioctl(holdfd, FASTTRAPIOC_WAIT, &hold);
}

void
release_target(void)
{
	fasttrap_hold_t hold;

	memset(&hold, 0, sizeof(hold));
	hold.fth_pid = target;
	(void)ioctl(holdfd, FASTTRAPIOC_RELEASE, &hold);
	close(holdfd);
}
