/*
 * ps [-aHx] [-p pid]: processes.  -x: also those without a terminal; -H: a line
 * for every thread.  There is one terminal and one user here, so -a and -x show
 * what the plain form leaves out: the kernel's own processes.
 */
#include <sys/param.h>
#include <sys/sysctl.h>
#include <sys/user.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char
state(const struct kinfo_proc *k)
{
	switch (k->ki_stat) {
	case SSTOP:
		return ('T');
	case SSLEEP:
		return (k->ki_flag & 0x4 || k->ki_pid == 0 ? 'D' : 'S');
	case SRUN:
	case SIDL:
		return ('R');
	case SWAIT:
		return ('W');
	case SLOCK:
		return ('L');
	case SZOMB:
		return ('Z');
	}
	return ('?');
}

static int
by_pid(const void *a, const void *b)
{
	const struct kinfo_proc *x = a, *y = b;

	if (x->ki_pid != y->ki_pid)
		return (x->ki_pid < y->ki_pid ? -1 : 1);
	return ((x->ki_tid > y->ki_tid) - (x->ki_tid < y->ki_tid));
}

int
main(int argc, char **argv)
{
	int mib[4] = { CTL_KERN, KERN_PROC, KERN_PROC_PROC, 0 };
	int c, all = 0, threads = 0, miblen = 3;
	struct kinfo_proc *k;
	char where[12];
	size_t size, n, i;
	long cs;

	while ((c = getopt(argc, argv, "aHp:x")) != -1)
		switch (c) {
		case 'a':
			break;
		case 'H':
			threads = 1;
			break;
		case 'p':
			mib[2] = KERN_PROC_PID;
			mib[3] = atoi(optarg);
			miblen = 4;
			all = 1;
			break;
		case 'x':
			all = 1;
			break;
		default:
			fprintf(stderr, "usage: ps [-aHx] [-p pid]\n");
			return (1);
		}
	if (threads)
		mib[2] = (miblen == 4 ? KERN_PROC_PID : KERN_PROC_ALL) |
		    KERN_PROC_INC_THREAD;
	if (sysctl(mib, miblen, NULL, &size, NULL, 0) == -1)
		err(1, "kern.proc");
	size += 16 * sizeof(*k);
	if ((k = malloc(size)) == NULL)
		err(1, NULL);
	if (sysctl(mib, miblen, k, &size, NULL, 0) == -1)
		err(1, "kern.proc");
	n = size / sizeof(*k);
	if (n > 0 && k->ki_structsize != sizeof(*k))
		errx(1, "kinfo_proc size mismatch (expected %zu, got %d)",
		    sizeof(*k), k->ki_structsize);
	qsort(k, n, sizeof(*k), by_pid);
	printf("%5s %5s %-4s %4s %3s %-8s %9s %6s %s\n", "PID", "PPID", "STAT", "PRI",
	    "CPU", "WCHAN", "TIME", "RSS", threads ? "COMMAND/THREAD" : "COMMAND");
	for (i = 0; i < n; i++, k++) {
		/* Kernel processes have no address space. */
		if (!all && k->ki_size == 0 && k->ki_stat != SZOMB)
			continue;
		if (k->ki_lockname[0] != '\0')
			snprintf(where, sizeof(where), "*%s", k->ki_lockname);
		else
			strlcpy(where, k->ki_wmesg[0] != '\0' ? k->ki_wmesg : "-",
			    sizeof(where));
		cs = (long)(k->ki_runtime / 10000);
		printf("%5d %5d %-4c %4d %3d %-8s %3ld:%02ld.%02ld %6ld ", k->ki_pid,
		    k->ki_ppid, state(k), k->ki_priority,
		    k->ki_oncpu != KI_NOCPU ? k->ki_oncpu : k->ki_lastcpu, where,
		    cs / 6000, cs / 100 % 60, cs % 100,
		    (long)k->ki_rssize * (PAGE_SIZE / 1024));
		if (threads && k->ki_tdname[0] != '\0' &&
		    strcmp(k->ki_tdname, k->ki_comm) != 0)
			printf("%s/%s\n", k->ki_comm, k->ki_tdname);
		else
			printf(k->ki_size == 0 ? "[%s]\n" : "%s\n", k->ki_comm);
	}
	return (0);
}
