/*
 * Starting programs: the forms of exec, system(3), popen(3).
 */
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "stdio_private.h"

#define	PATH_DEFAULT	"/bin:/sbin:/usr/bin:/usr/sbin"
#define	SHELL		"/bin/sh"
#define	ARGS_MAX	128

int
execv(const char *path, char *const *argv)
{
	return (execve(path, argv, environ));
}

/* A name without a slash is looked for along PATH. */
int
execvpe(const char *name, char *const *argv, char *const *envp)
{
	const char *path, *end;
	char full[PATH_MAX];
	int denied = 0;
	size_t n;

	if (*name == '\0') {
		errno = ENOENT;
		return (-1);
	}
	if (strchr(name, '/') != NULL)
		return (execve(name, argv, envp));
	if ((path = getenv("PATH")) == NULL)
		path = PATH_DEFAULT;
	for (;; path = end + 1) {
		end = strchrnul(path, ':');
		n = end - path;
		if (n + strlen(name) + 2 <= sizeof(full)) {
			memcpy(full, path, n);
			if (n > 0)
				full[n++] = '/';
			strcpy(full + n, name);
			execve(full, argv, envp);
			if (errno == EACCES)
				denied = 1;
			else if (errno != ENOENT && errno != ENOTDIR)
				return (-1);
		}
		if (*end == '\0')
			break;
	}
	errno = denied ? EACCES : ENOENT;
	return (-1);
}

int
execvp(const char *name, char *const *argv)
{
	return (execvpe(name, argv, environ));
}

int
execl(const char *path, const char *arg, ...)
{
	char *argv[ARGS_MAX];
	va_list ap;
	int n = 0;

	va_start(ap, arg);
	for (argv[n] = (char *)arg; argv[n] != NULL && n < ARGS_MAX - 1;)
		argv[++n] = va_arg(ap, char *);
	va_end(ap);
	argv[ARGS_MAX - 1] = NULL;
	return (execv(path, argv));
}

int
execlp(const char *path, const char *arg, ...)
{
	char *argv[ARGS_MAX];
	va_list ap;
	int n = 0;

	va_start(ap, arg);
	for (argv[n] = (char *)arg; argv[n] != NULL && n < ARGS_MAX - 1;)
		argv[++n] = va_arg(ap, char *);
	va_end(ap);
	argv[ARGS_MAX - 1] = NULL;
	return (execvp(path, argv));
}

/* Runs a command line; interrupts are for the command, not for us. */
int
system(const char *command)
{
	struct sigaction ign, oldint, oldquit;
	sigset_t chld, oldmask;
	int status;
	pid_t pid;

	if (command == NULL)
		return (access(SHELL, X_OK) == 0);
	memset(&ign, 0, sizeof(ign));
	ign.sa_handler = SIG_IGN;
	sigaction(SIGINT, &ign, &oldint);
	sigaction(SIGQUIT, &ign, &oldquit);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, &oldmask);
	fflush(NULL);
	if ((pid = fork()) == 0) {
		sigaction(SIGINT, &oldint, NULL);
		sigaction(SIGQUIT, &oldquit, NULL);
		sigprocmask(SIG_SETMASK, &oldmask, NULL);
		execl(SHELL, "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	status = -1;
	if (pid != -1)
		while (waitpid(pid, &status, 0) == -1)
			if (errno != EINTR) {
				status = -1;
				break;
			}
	sigaction(SIGINT, &oldint, NULL);
	sigaction(SIGQUIT, &oldquit, NULL);
	sigprocmask(SIG_SETMASK, &oldmask, NULL);
	return (status);
}

/* A stream to or from a command. */
FILE *
popen(const char *command, const char *mode)
{
	int fds[2], reading = *mode == 'r';
	FILE *f;
	pid_t pid;

	if (*mode != 'r' && *mode != 'w') {
		errno = EINVAL;
		return (NULL);
	}
	if (pipe2(fds, O_CLOEXEC) == -1)
		return (NULL);
	if ((f = __snew(fds[!reading], reading ? F_RD : F_WR)) == NULL)
		goto bad;
	fflush(NULL);
	if ((pid = fork()) == -1) {
		fclose(f);
		close(fds[reading]);
		return (NULL);
	}
	if (pid == 0) {
		dup2(fds[reading], reading);
		execl(SHELL, "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(fds[reading]);
	f->_pid = pid;
	return (f);
bad:
	close(fds[0]);
	close(fds[1]);
	return (NULL);
}

int
pclose(FILE *f)
{
	pid_t pid = f->_pid, r;
	int status;

	fclose(f);
	do
		r = waitpid(pid, &status, 0);
	while (r == -1 && errno == EINTR);
	return (r == -1 ? -1 : status);
}
