/*
 * dtrace: the consumer process.
 *
 * Compiling D, formatting records and adding aggregations up is the work of
 * libdtrace, which is outside of this machine; the instruction __hw(LIBDTRACE)
 * reaches it, at no more cost than a device register.  What a consumer does to the
 * system it watches is done here, by an ordinary process: it takes memory, enables
 * probes by ioctl(2), sleeps, wakes at switchrate, makes the CPUs switch buffers, copies
 * them out, and writes what is to be printed.
 *
 *	dtrace -n program ...	dtrace(1): the arguments go to libdtrace as they are
 *
 * Whoever boots the machine to trace it has given libdtrace the program already, and
 * starts this command from /etc/rc in one of two forms:
 *
 *	dtrace [-o file] [-p pid ...] -b	in the background: returns when tracing
 *						has begun; /var/run/dtrace.pid says
 *						whom to kill(1)
 *	dtrace [-o file] [-p pid ...] -c command [-c command ...]
 *						until all of them have ended
 *
 * A file a part: args.c; targets.c, the processes of -c and -p; enable.c, from a program
 * to tracing; snap.c, snapshots of what was traced; libdtrace.c, the way out.  Here are
 * the loop between the beginning and the end, and main().
 */
#include <sys/types.h>
#include <sys/dtrace.h>
#include <sys/ioctl.h>

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <machine/abi.h>
#include "dtrace.h"

#define	PIDFILE		"/var/run/dtrace.pid"
#define	NANOSEC		1000000000UL

pid_t	 self;

static volatile sig_atomic_t interrupted;
static unsigned long lastswitch, lastagg, laststatus;

static void
on_signal(int sig)
{

	if (sig != SIGCHLD)
		interrupted = 1;
}

static unsigned long
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ((unsigned long)ts.tv_sec * NANOSEC + (unsigned long)ts.tv_nsec);
}

/*
 * Has the interval passed since it was done last?  What was never done is due at once;
 * what is late keeps its beat.
 */
static int
is_due(unsigned long *last, unsigned long interval, unsigned long now)
{

	if (*last == 0) {
		*last = now;
		return (1);
	}
	if (now - *last < interval)
		return (0);
	*last += interval;
	return (1);
}

/* Sleep until the next thing is due; signals end it. */
static void
dtrace_sleep(void)
{
	struct timespec ts;
	unsigned long due, next, now;

	next = lastswitch + libdtrace(LD_OPTION, DTRACEOPT_SWITCHRATE, 0, 0);
	due = laststatus + libdtrace(LD_OPTION, DTRACEOPT_STATUSRATE, 0, 0);
	if (due < next)
		next = due;
	if (aggsize > 0) {
		due = lastagg + libdtrace(LD_OPTION, DTRACEOPT_AGGRATE, 0, 0);
		if (due < next)
			next = due;
	}
	now = now_ns();
	if (next <= now || laststatus == 0)
		return;
	ts.tv_sec = (time_t)((next - now) / NANOSEC);
	ts.tv_nsec = (long)((next - now) % NANOSEC);
	(void)nanosleep(&ts, NULL);
}

/* Whatever is due by now.  Non-zero: it is time to stop. */
static int
work(void)
{
	unsigned long now;
	int done;

	done = interrupted;
	now = now_ns();
	if (is_due(&laststatus, libdtrace(LD_OPTION, DTRACEOPT_STATUSRATE, 0, 0),
	    now))
		done |= check_status();
	if (aggsize > 0 && is_due(&lastagg,
	    libdtrace(LD_OPTION, DTRACEOPT_AGGRATE, 0, 0), now))
		snapshot_aggregations();
	if (is_due(&lastswitch, libdtrace(LD_OPTION, DTRACEOPT_SWITCHRATE, 0, 0),
	    now))
		snapshot_buffers();
	check_children();
	check_followed();
	done |= nchildren + nfollowed > 0 && nlive == 0;
	done |= libdtrace(LD_ASK, 0, 0, 0) == 1;
	return (done);
}

static void
stop(void)
{
	int cpu, *cpup;

	/* After what the terminal shows of ^C comes a new line. */
	if (interrupted)
		(void)libdtrace(LD_ASK, 1, 0, 0);
	cpup = &cpu;
	if (ioctl(fd, DTRACEIOC_STOP, &cpup) != 0)
		fail(READ);
	(void)check_status();
	snapshot_aggregations();
	snapshot_buffers();
	libdtrace(LD_STOPPED, 0, 0, 0);
	drain();
}

/* Go on as a child; the parent stays until tracing is on. */
static int
background(void)
{
	char c, text[32];
	int gate[2], len, pfd;
	pid_t pid;

	if (pipe(gate) != 0)
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid != 0) {
		close(gate[1]);
		_exit(read(gate[0], &c, 1) == 1 ? 0 : 1);
	}
	close(gate[0]);
	self = getpid();
	len = snprintf(text, sizeof(text), "%d\n", (int)self);
	pfd = open(PIDFILE, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (pfd >= 0) {
		(void)write(pfd, text, (size_t)len);
		close(pfd);
	}
	return (gate[1]);
}

int
main(int argc, char **argv)
{
	struct sigaction sa;
	char *commands[MAXTARGETS];
	int bflag, i, ncommands, parent;

	parent = -1;
	ncommands = rc_arguments(argc, argv, commands, &bflag);
	if (ncommands < 0)
		ncommands = own_arguments(argc, argv, commands);
	if (outfile != NULL) {
		outfd = open(outfile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
		    0644);
		if (outfd < 0)
			err(1, "failed to open output file '%s'",
			    outfile);
	}

	if (bflag)
		parent = background();
	if (own && libdtrace(LD_COMPILE, 0, 0, 0) == 0) {
		drain();
		return ((int)libdtrace(LD_EXITSTATUS, 0, 0, 0));
	}
	fd = open("/dev/dtrace/dtrace", O_RDWR);
	if (fd < 0)
		fail(INITIALIZE);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	grab();
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	(void)sigaction(SIGINT, &sa, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
	if (ncommands > 0)
		(void)sigaction(SIGCHLD, &sa, NULL);
	for (i = 0; i < ncommands; i++)
		start_child(split(commands[i]), i);
	if (nchildren > 0 && target == children[0] &&
	    libdtrace(LD_HOLD, 0, 0, 0) != 0)
		hold_target();
	if (own)
		drain_errors();

	if (!enable())
		errx(1, "no probes specified");
	describe_probes();
	describe_aggregations();
	go();
	for (i = 0; i < nchildren; i++) {
		if (gates[i] < 0)
			continue;
		(void)write(gates[i], "", 1);
		close(gates[i]);
	}
	if (holdfd >= 0)
		release_target();
	if (parent >= 0) {
		(void)write(parent, "", 1);
		close(parent);
	}
	while (!interrupted) {
		dtrace_sleep();
		if (work())
			break;
	}
	stop();
	return ((int)libdtrace(LD_EXITSTATUS, 0, 0, 0));
}
