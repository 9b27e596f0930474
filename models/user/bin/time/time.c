/*
 * time [-l] [-p] command: runs it and says how long it took: real time, and time
 * spent in user code and in the kernel.  -p: POSIX's layout; -l: the whole rusage.
 */
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int
usage(void)
{
	fprintf(stderr, "usage: time [-lp] command\n");
	return (1);
}

static void
details(const struct rusage *ru)
{
	fprintf(stderr, "%10ld  %s\n", ru->ru_maxrss, "maximum resident set size");
	fprintf(stderr, "%10ld  %s\n", ru->ru_minflt, "page reclaims");
	fprintf(stderr, "%10ld  %s\n", ru->ru_majflt, "page faults");
	fprintf(stderr, "%10ld  %s\n", ru->ru_inblock, "block input operations");
	fprintf(stderr, "%10ld  %s\n", ru->ru_oublock, "block output operations");
	fprintf(stderr, "%10ld  %s\n", ru->ru_nsignals, "signals received");
	fprintf(stderr, "%10ld  %s\n", ru->ru_nvcsw, "voluntary context switches");
	fprintf(stderr, "%10ld  %s\n", ru->ru_nivcsw, "involuntary context switches");
}

int
main(int argc, char **argv)
{
	struct timespec before, after;
	struct rusage ru;
	int c, status, pflag = 0, lflag = 0;
	pid_t pid;

	/* The command's options are its own: stop at the first word. */
	while (optind < argc && argv[optind][0] == '-' &&
	    (c = getopt(argc, argv, "lp")) != -1)
		switch (c) {
		case 'l': lflag = 1; break;
		case 'p': pflag = 1; break;
		default: return (usage());
		}
	argv += optind;
	if (*argv == NULL)
		return (usage());

	clock_gettime(CLOCK_MONOTONIC, &before);
	switch (pid = vfork()) {
	case -1:
		err(1, "time");
	case 0:
		execvp(*argv, argv);
		warn("%s", *argv);
		_exit(errno == ENOENT ? 127 : 126);
	}
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	while (wait4(pid, &status, 0, &ru) == -1)
		if (errno != EINTR)
			err(1, "wait4");
	clock_gettime(CLOCK_MONOTONIC, &after);
	if (!WIFEXITED(status))
		warnx("command terminated abnormally");
	after.tv_sec -= before.tv_sec;
	if ((after.tv_nsec -= before.tv_nsec) < 0) {
		after.tv_sec--;
		after.tv_nsec += 1000000000;
	}
	fprintf(stderr, pflag ?
	    "real %ld.%02ld\nuser %ld.%02ld\nsys %ld.%02ld\n" :
	    "%9ld.%02ld real %9ld.%02ld user %9ld.%02ld sys\n",
	    (long)after.tv_sec, after.tv_nsec / 10000000,
	    (long)ru.ru_utime.tv_sec, ru.ru_utime.tv_usec / 10000,
	    (long)ru.ru_stime.tv_sec, ru.ru_stime.tv_usec / 10000);
	if (lflag)
		details(&ru);
	/* End as the command did. */
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		kill(getpid(), WTERMSIG(status));
		return (128 + WTERMSIG(status));
	}
	return (WEXITSTATUS(status));
}
