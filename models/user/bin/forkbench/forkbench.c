/*
 * forkbench [-f | -v] [-x] [-n count]: makes processes, one after the other.
 *
 * -f by fork(2) (the default), -v by vfork(2); -x: the child executes /bin/true
 * instead of exiting at once.  Each round is a process made, scheduled, ended and
 * waited for: address spaces, descriptor tables, run queues, page faults.
 */
#include <sys/wait.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	static char *const child[] = { "true", NULL };
	int c, count = 20, usevfork = 0, exec = 0, i, status, failed = 0;
	const char *why;
	pid_t pid;

	while ((c = getopt(argc, argv, "fn:vx")) != -1)
		switch (c) {
		case 'f':
			usevfork = 0;
			break;
		case 'n':
			count = strtonum(optarg, 1, 1000000, &why);
			if (why != NULL)
				errx(1, "count is %s: %s", why, optarg);
			break;
		case 'v':
			usevfork = 1;
			break;
		case 'x':
			exec = 1;
			break;
		default:
			fprintf(stderr, "usage: forkbench [-f | -v] [-x] [-n count]\n");
			return (1);
		}
	for (i = 0; i < count; i++) {
		pid = usevfork ? vfork() : fork();
		if (pid == -1)
			err(1, "fork");
		if (pid == 0) {
			if (exec)
				execv("/bin/true", child);
			_exit(exec ? 127 : 0);
		}
		if (waitpid(pid, &status, 0) == -1)
			err(1, "waitpid");
		failed += status != 0;
	}
	printf("%d processes, %d failed\n", count, failed);
	return (failed != 0);
}
