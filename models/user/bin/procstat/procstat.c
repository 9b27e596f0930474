/*
 * procstat [-h] [-t] [-a | pid ...]: what processes are doing.  Without -t a line
 * for every process, with -t one for every thread: the CPU it runs on or was last
 * on, its priority, its state, and what it waits for (*name is a lock).
 */
#include <sys/sysctl.h>
#include <sys/user.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *
state(int s)
{
	static const char *const names[] = {
		"??", "idle", "run", "sleep", "stop", "zomb", "wait", "lock"
	};

	return (s > 0 && s < (int)nitems(names) ? names[s] : "??");
}

static const char *
wait_message(const struct kinfo_proc *k)
{
	static char buf[LOCKNAMELEN + 2];

	if (k->ki_kiflag & KI_LOCKBLOCK) {
		snprintf(buf, sizeof(buf), "*%s",
		    k->ki_lockname[0] != '\0' ? k->ki_lockname : "-");
		return (buf);
	}
	return (k->ki_wmesg[0] != '\0' ? k->ki_wmesg : "-");
}

static void
threads(const struct kinfo_proc *k)
{
	printf("%5d ", k->ki_pid);
	printf("%6d ", k->ki_tid);
	printf("%-19s ", k->ki_comm[0] != '\0' ? k->ki_comm : "-");
	printf("%-19s ", k->ki_tdname[0] != '\0' &&
	    strcmp(k->ki_comm, k->ki_tdname) != 0 ? k->ki_tdname : "-");
	if (k->ki_oncpu != KI_NOCPU)
		printf("%3d ", k->ki_oncpu);
	else if (k->ki_lastcpu != KI_NOCPU)
		printf("%3d ", k->ki_lastcpu);
	else
		printf("%3s ", "-");
	printf("%4d ", k->ki_priority);
	printf("%-7s ", state(k->ki_stat));
	printf("%-9s\n", wait_message(k));
}

static void
basic(const struct kinfo_proc *k)
{
	printf("%5d %5d %5d %5d %3d %-8s %-9s %-19s\n", k->ki_pid, k->ki_ppid,
	    k->ki_pgid, k->ki_sid, k->ki_numthreads, state(k->ki_stat),
	    wait_message(k), k->ki_comm[0] != '\0' ? k->ki_comm : "-");
}

static int
by_pid(const void *a, const void *b)
{
	const struct kinfo_proc *x = a, *y = b;

	if (x->ki_pid != y->ki_pid)
		return (x->ki_pid < y->ki_pid ? -1 : 1);
	return ((x->ki_tid > y->ki_tid) - (x->ki_tid < y->ki_tid));
}

/* Records from the kernel; NULL if there is no such process. */
static struct kinfo_proc *
fetch(const int *mib, unsigned len, size_t *np)
{
	struct kinfo_proc *k;
	size_t size;

	if (sysctl(mib, len, NULL, &size, NULL, 0) == -1)
		return (NULL);
	size += 16 * sizeof(*k);	/* More may come meanwhile. */
	if ((k = malloc(size)) == NULL)
		err(1, NULL);
	if (sysctl(mib, len, k, &size, NULL, 0) == -1 || size == 0) {
		free(k);
		return (NULL);
	}
	*np = size / sizeof(*k);
	if (k->ki_structsize != sizeof(*k))
		errx(1, "kinfo_proc size mismatch (expected %zu, got %d)",
		    sizeof(*k), k->ki_structsize);
	qsort(k, *np, sizeof(*k), by_pid);
	return (k);
}

int
main(int argc, char **argv)
{
	int mib[4] = { CTL_KERN, KERN_PROC, KERN_PROC_ALL, 0 };
	int c, all = 0, header = 1, tflag = 0, rval = 0;
	struct kinfo_proc *k;
	const char *why;
	size_t n, i;

	while ((c = getopt(argc, argv, "ahqt")) != -1)
		switch (c) {
		case 'a': all = 1; break;
		case 'h': header = 0; break;
		case 'q': break;
		case 't': tflag = 1; break;
		default:
			goto usage;
		}
	argv += optind;
	if (all == (*argv != NULL)) {
usage:
		fprintf(stderr, "usage: procstat [-h] [-t] [-a | pid ...]\n");
		return (64);
	}
	if (header && tflag)
		printf("%5s %6s %-19s %-19s %2s %4s %-7s %-9s\n", "PID", "TID", "COMM",
		    "TDNAME", "CPU", "PRI", "STATE", "WCHAN");
	else if (header)
		printf("%5s %5s %5s %5s %3s %-8s %-9s %-19s\n", "PID", "PPID", "PGID",
		    "SID", "THR", "STATE", "WCHAN", "COMM");
	mib[2] = (all ? tflag ? KERN_PROC_ALL : KERN_PROC_PROC : KERN_PROC_PID) |
	    (tflag ? KERN_PROC_INC_THREAD : 0);
	do {
		if (!all) {
			mib[3] = strtonum(*argv, 0, 99999, &why);
			if (why != NULL)
				errx(1, "%s: %s process id", *argv, why);
		}
		if ((k = fetch(mib, all ? 3 : 4, &n)) == NULL) {
			warnx("%s: No such process", all ? "-a" : *argv);
			rval = 1;
			continue;
		}
		for (i = 0; i < n; i++)
			if (tflag)
				threads(&k[i]);
			else
				basic(&k[i]);
		free(k);
	} while (!all && *++argv != NULL);
	return (rval);
}
