/*
 * Children: the shell waits for those in the foreground, and remembers those in the
 * background until it has told of their end.
 */
#include <sys/wait.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "csh.h"

#define	JOBS_MAX	32

/* A background process that has not been reported dead. */
static struct job {
	pid_t		 j_pid;
	int		 j_done;
	int		 j_status;
} jobs[JOBS_MAX];

static void
report(pid_t pid, int st)
{
	if (WIFSIGNALED(st) && WTERMSIG(st) != SIGINT && WTERMSIG(st) != SIGPIPE) {
		fprintf(stderr, "%s%s\n", strsignal(WTERMSIG(st)),
		    WCOREDUMP(st) ? " (core dumped)" : "");
		(void)pid;
	}
}

static int
exit_value(int st)
{
	return (WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st));
}

/* A child died; if it is a background job, remember. */
static void
job_died(pid_t pid, int st)
{
	int i;

	for (i = 0; i < JOBS_MAX; i++)
		if (jobs[i].j_pid == pid) {
			jobs[i].j_done = 1;
			jobs[i].j_status = st;
		}
}

void
job_add(pid_t pid)
{
	int i;

	for (i = 0; i < JOBS_MAX; i++)
		if (jobs[i].j_pid == 0) {
			jobs[i].j_pid = pid;
			jobs[i].j_done = 0;
			if (interactive)
				fprintf(stderr, "[%d] %d\n", i + 1, (int)pid);
			break;
		}
}

/* Collects the dead without waiting; tells the user if `tell'. */
void
reap(int tell)
{
	pid_t pid;
	int i, st;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0)
		job_died(pid, st);
	for (i = 0; i < JOBS_MAX; i++)
		if (jobs[i].j_pid != 0 && jobs[i].j_done) {
			if (tell && WIFEXITED(jobs[i].j_status) &&
			    WEXITSTATUS(jobs[i].j_status) != 0)
				fprintf(stderr, "[%d]    Exit %d\n", i + 1,
				    WEXITSTATUS(jobs[i].j_status));
			else if (tell && WIFEXITED(jobs[i].j_status))
				fprintf(stderr, "[%d]    Done\n", i + 1);
			else if (tell)
				fprintf(stderr, "[%d]    %s\n", i + 1,
				    strsignal(WTERMSIG(jobs[i].j_status)));
			jobs[i].j_pid = 0;
		}
}

/* The wait builtin: until there are no children. */
int
await_all(void)
{
	pid_t pid;
	int st;

	for (;;) {
		pid = waitpid(-1, &st, 0);
		if (pid > 0)
			job_died(pid, st);
		else if (errno != EINTR || interrupted)
			break;
	}
	reap(interactive);
	return (0);
}

/* Waits for the stages of a pipeline; the last one's status counts. */
int
await(const pid_t *pids, int n)
{
	int left = n, st, last = 0, i;
	pid_t pid;

	while (left > 0) {
		pid = waitpid(-1, &st, 0);
		if (pid == -1) {
			if (errno == EINTR)
				continue;
			break;
		}
		for (i = 0; i < n && pids[i] != pid; i++)
			;
		if (i == n) {
			job_died(pid, st);
			continue;
		}
		left--;
		if (i == n - 1) {
			last = exit_value(st);
			report(pid, st);
		}
		if (WIFSIGNALED(st) && WTERMSIG(st) == SIGINT)
			interrupted = 1;
	}
	return (last);
}

/* A forked copy of the shell has none of its children. */
void
jobs_forget(void)
{
	memset(jobs, 0, sizeof(jobs));
}
