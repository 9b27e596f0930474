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
 */
#include <sys/types.h>
#include <sys/dtrace.h>
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
#include <time.h>
#include <unistd.h>

#include <machine/abi.h>

#define	PIDFILE		"/var/run/dtrace.pid"
#define	NANOSEC		1000000000UL
#define	MAXCPUS		64
#define	MAXTARGETS	16
#define	RECS		32		/* Data of a record, at first. */

static int	 fd;			/* /dev/dtrace/dtrace */
static int	 outfd = STDOUT_FILENO;	/* -o */
static int	 ncpus;
static int	 nprobes, naggs;	/* Descriptions handed over. */
static uint64_t	 bufsize, aggsize;
static char	*bufdata, *aggdata;
static int	 own;			/* The arguments are a program of ours. */
static const char *outfile;		/* -o */
static pid_t	 target;		/* $target: the first of them. */
static pid_t	 children[MAXTARGETS];	/* -c; 0 when it has ended. */
static int	 gates[MAXTARGETS];	/* Each waits at its own. */
static int	 nchildren;
static pid_t	 followed[MAXTARGETS];	/* -p */
static int	 nfollowed;
static int	 nlive;			/* Of both, those that run. */
static int	 holdfd = -1;		/* The first waits for its release. */
static pid_t	 self;			/* Of -b: whom to signal. */
static volatile sig_atomic_t interrupted;

static unsigned long lastswitch, lastagg, laststatus;

static unsigned long
libdtrace(int sub, unsigned long a, unsigned long b, unsigned long c)
{

	return (__hw(HW_LIBDTRACE, (unsigned long)sub, a, b, c));
}

/* Messages of libdtrace's, for standard error. */
static void
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

/* Why there is no tracing: libdtrace finds the words. */
enum step { INITIALIZE, ENABLE, GO, GRAB, READ, EXECUTE };

/* There is no tracing: what was started for it, and waits, goes too. */
static void
leave(int status)
{
	int i;

	for (i = 0; i < nchildren; i++)
		if (children[i] != 0)
			(void)kill(children[i], SIGKILL);
	exit(status);
}

/* which: of the processes of -p or the commands of -c. */
static void
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

static void
fail(enum step step)
{

	fail_at(step, 0);
}

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

/* --- Output -------------------------------------------------------------------------- */

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
	if (pid > 0)
		(void)waitpid(pid, &status, 0);
}

/* Write what libdtrace has ready, running commands in between. */
static void
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

/* --- Setting up ---------------------------------------------------------------------- */

/* Probes in processes, as libdtrace finds them in the program. */
static void
make_pid_probes(void)
{
	static union {
		fasttrap_probe_spec_t spec;
		char	 room[sizeof(fasttrap_probe_spec_t) +
		    FASTTRAP_MAXOFFS * sizeof(uint64_t)];
	} u;
	fasttrap_probe_spec_t *spec;
	int ffd;

	ffd = -1;
	spec = &u.spec;
	memset(&u, 0, sizeof(u));	/* Its pages must be there. */
	while (libdtrace(LD_PIDPROBE, (unsigned long)&u, sizeof(u), 0) != 0) {
		if (ffd < 0)
			ffd = open("/dev/dtrace/fasttrap", O_RDWR | O_CLOEXEC);
		if (ffd < 0)
			fail(INITIALIZE);
		if (ioctl(ffd, FASTTRAPIOC_MAKEPROBE, &spec) != 0)
			fail(GRAB);
	}
	if (ffd >= 0)
		close(ffd);
}

/* The program: slurped by the kernel.  0 if there is none. */
static int
enable(void)
{
	dtrace_enable_io_t io;
	dtrace_conf_t conf;
	unsigned long size;
	char *dof;

	size = libdtrace(LD_DOFSIZE, (unsigned long)target, 0, 0);
	if (size == 0)
		return (0);
	if (size == ~0UL) {
		if (own)
			drain_errors();
		leave(1);		/* libdtrace says why. */
	}
	make_pid_probes();
	if (ioctl(fd, DTRACEIOC_CONF, &conf) != 0)
		fail(INITIALIZE);
	dof = malloc(size);
	if (dof == NULL)
		fail(ENABLE);
	memset(dof, 0, size);		/* Its pages must be there. */
	if (libdtrace(LD_DOFCOPY, (unsigned long)dof, size, 0) == 0) {
		drain();		/* -l, -e: that was all. */
		leave((int)libdtrace(LD_EXITSTATUS, 0, 0, 0));
	}
	io.dof = (uintptr_t)dof;
	io.n_matched = 0;
	if (ioctl(fd, DTRACEIOC_ENABLE, &io) != 0)
		fail(ENABLE);
	free(dof);
	return (1);
}

/*
 * Tell libdtrace how the records of each enabled probe look, as far as it has not been
 * told yet: programs may bring probes while we trace ...
 */
static void
describe_probes(void)
{
	dtrace_eprobedesc_t *desc;
	size_t len;
	dtrace_epid_t epid;
	int room;

	room = RECS;
	desc = NULL;
	for (epid = (dtrace_epid_t)nprobes + 1; ; epid++) {
again:
		len = offsetof(dtrace_eprobedesc_t, dtepd_rec) +
		    (size_t)room * sizeof(dtrace_recdesc_t);
		desc = realloc(desc, len);
		if (desc == NULL)
			fail(ENABLE);
		desc->dtepd_epid = epid;
		desc->dtepd_nrecs = room;
		if (ioctl(fd, DTRACEIOC_EPROBE, &desc) != 0)
			break;
		if (desc->dtepd_nrecs > room) {
			room = desc->dtepd_nrecs;
			goto again;
		}
		libdtrace(LD_EPROBE, (unsigned long)desc, len, 0);
		nprobes++;
	}
	free(desc);
}

/* ... and of each aggregation. */
static void
describe_aggregations(void)
{
	dtrace_aggdesc_t *desc;
	size_t len;
	dtrace_aggid_t id;
	int room;

	room = RECS;
	desc = NULL;
	for (id = (dtrace_aggid_t)naggs + 1; ; id++) {
again:
		len = offsetof(dtrace_aggdesc_t, dtagd_rec) +
		    (size_t)room * sizeof(dtrace_recdesc_t);
		desc = realloc(desc, len);
		if (desc == NULL)
			fail(ENABLE);
		desc->dtagd_id = id;
		desc->dtagd_nrecs = room;
		if (ioctl(fd, DTRACEIOC_AGGDESC, &desc) != 0)
			break;
		if (desc->dtagd_nrecs > room) {
			room = desc->dtagd_nrecs;
			goto again;
		}
		libdtrace(LD_AGGDESC, (unsigned long)desc, len, 0);
		naggs++;
	}
	free(desc);
}

/* What the kernel made of an option. */
static uint64_t
option_in_force(unsigned int option)
{
	dof_optdesc_t opt;

	opt.dofo_option = option;
	opt.dofo_strtab = DOF_SECIDX_NONE;
	opt.dofo_value = DTRACEOPT_UNSET;
	if (ioctl(fd, DTRACEIOC_OPTGET, &opt) != 0)
		fail(GO);
	return (opt.dofo_value);
}

static void
go(void)
{
	static const unsigned int tell[] = { DTRACEOPT_BUFSIZE,
	    DTRACEOPT_AGGSIZE, DTRACEOPT_SPECSIZE, DTRACEOPT_DYNVARSIZE,
	    DTRACEOPT_CLEANRATE, DTRACEOPT_STATUSRATE,
	    DTRACEOPT_STRSIZE };
	uint64_t val;
	unsigned int i;
	int cpu, *cpup;

	cpup = &cpu;
	if (ioctl(fd, DTRACEIOC_GO, &cpup) != 0)
		fail(GO);
	for (i = 0; i < sizeof(tell) / sizeof(tell[0]); i++) {
		val = option_in_force(tell[i]);
		if (tell[i] == DTRACEOPT_BUFSIZE)
			bufsize = val;
		if (tell[i] == DTRACEOPT_AGGSIZE)
			aggsize = val;
		libdtrace(LD_SETOPT, tell[i], val, 0);
	}
	bufdata = malloc(bufsize);
	if (aggsize > 0)
		aggdata = malloc(aggsize);
	if (bufdata == NULL || (aggsize > 0 && aggdata == NULL))
		fail(GO);
	libdtrace(LD_GO, (unsigned long)self, 0, 0);
}

/* --- Snapshots ------------------------------------------------------------------------ */

/* Hand data over.  libdtrace may not know yet how some of it looks. */
static void
deliver(int sub, int cpu, char *data, unsigned long len)
{

	if (libdtrace(sub, (unsigned long)cpu, (unsigned long)data, len) == 0)
		return;
	describe_probes();
	describe_aggregations();
	libdtrace(sub, (unsigned long)cpu, (unsigned long)data, len);
}

/* 0, or -1 if the CPU has no buffer. */
static int
snapshot_cpu(int cpu)
{
	dtrace_bufdesc_t desc, *descp;
	unsigned long drops;

	memset(&desc, 0, sizeof(desc));
	desc.dtbd_size = bufsize;
	desc.dtbd_cpu = (uint32_t)cpu;
	desc.dtbd_data = (uintptr_t)bufdata;
	descp = &desc;
	if (ioctl(fd, DTRACEIOC_BUFSNAP, &descp) != 0) {
		if (errno == ENOENT)
			return (-1);
		if (errno == EBUSY)	/* Ring, fill: only when stopped. */
			return (0);
		fail(READ);
	}
	/* A ring's oldest records come first. */
	drops = desc.dtbd_drops << 32;
	if (desc.dtbd_oldest != 0)
		deliver(LD_CONSUME, cpu, bufdata + desc.dtbd_oldest,
		    desc.dtbd_size - desc.dtbd_oldest);
	deliver(LD_CONSUME, cpu, bufdata, drops | (desc.dtbd_oldest != 0 ?
	    desc.dtbd_oldest : desc.dtbd_size));
	return (0);
}

static void
snapshot_buffers(void)
{
	unsigned long only;
	int cpu;

	only = libdtrace(LD_OPTION, DTRACEOPT_CPU, 0, 0);
	if (only < MAXCPUS) {
		(void)snapshot_cpu((int)only);
	} else
		for (cpu = 0; cpu < MAXCPUS; cpu++) {
			if (snapshot_cpu(cpu) != 0)
				break;
			ncpus = cpu + 1;
		}
	drain();
}

static void
snapshot_aggregations(void)
{
	dtrace_bufdesc_t desc, *descp;
	unsigned long only;
	int cpu;

	if (aggsize == 0)
		return;
	only = libdtrace(LD_OPTION, DTRACEOPT_CPU, 0, 0);
	for (cpu = 0; cpu < MAXCPUS; cpu++) {
		if (only < MAXCPUS && (int)only != cpu)
			continue;
		memset(&desc, 0, sizeof(desc));
		desc.dtbd_size = aggsize;
		desc.dtbd_cpu = (uint32_t)cpu;
		desc.dtbd_data = (uintptr_t)aggdata;
		descp = &desc;
		if (ioctl(fd, DTRACEIOC_AGGSNAP, &descp) != 0) {
			if (errno == ENOENT)
				break;
			fail(READ);
		}
		deliver(LD_AGGSNAP, cpu, aggdata,
		    desc.dtbd_drops << 32 | desc.dtbd_size);
	}
}

/* Drops and the like.  Non-zero: exit() was executed, or all buffers are full. */
static int
check_status(void)
{
	dtrace_status_t stat;

	if (ioctl(fd, DTRACEIOC_STATUS, &stat) != 0)
		fail(READ);
	libdtrace(LD_STATUS, (unsigned long)&stat, 0, 0);
	return (stat.dtst_exiting || stat.dtst_killed ||
	    (ncpus > 0 && stat.dtst_filled >= (uint64_t)ncpus));
}

/* --- The loop --------------------------------------------------------------------------- */

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

/* Have the processes that we follow ended? */
static void
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

/* Have the commands ended? */
static void
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

/* --- -c and -b ------------------------------------------------------------------------------ */

/* A command given as one word is split at blanks. */
static char **
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
static void
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

/*
 * The command has probes of its own (pid$target): it goes as far as its exec, or to
 * main(), and waits there.
 */
static void
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

static void
release_target(void)
{
	fasttrap_hold_t hold;

	memset(&hold, 0, sizeof(hold));
	hold.fth_pid = target;
	(void)ioctl(holdfd, FASTTRAPIOC_RELEASE, &hold);
	close(holdfd);
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

/* --- Arguments -------------------------------------------------------------------------- */

enum want { SCRIPT, COMMAND, OUTPUT, PID };

/* The nth string of its kind that libdtrace has from the arguments, or NULL. */
static char *
wanted(enum want what, int n)
{
	static char text[1024];

	memset(text, 0, sizeof(text));
	if (libdtrace(LD_WANT, (unsigned long)what | (unsigned long)n << 8,
	    (unsigned long)text, sizeof(text) - 1) == 0)
		return (NULL);
	return (text);
}

/* All of a file, "-" for standard input.  NULL if it can't be read. */
static char *
slurp(const char *path, size_t *lenp)
{
	char *data, *more;
	size_t len, room;
	ssize_t n;
	int in;

	in = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY);
	if (in < 0)
		return (NULL);
	data = NULL;
	len = room = 0;
	do {
		if (len == room) {
			more = realloc(data, room += 4096);
			if (more == NULL)
				errx(1, "no memory");
			data = more;
		}
		n = read(in, data + len, room - len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0);
	if (in != STDIN_FILENO)
		close(in);
	if (n < 0) {
		free(data);
		return (NULL);
	}
	*lenp = len;
	return (data);
}

/* Hand the arguments to libdtrace, and the scripts that they name. */
static void
hand_over(int argc, char **argv)
{
	char *data, *path, *p;
	size_t len;
	int i;

	len = 0;
	for (i = 1; i < argc; i++)
		len += strlen(argv[i]) + 1;
	data = p = malloc(len + 1);
	if (data == NULL)
		errx(1, "no memory");
	*p = '\0';
	for (i = 1; i < argc; i++)
		p = stpcpy(p, argv[i]) + 1;
	libdtrace(LD_ARGV, (unsigned long)data, len, 0);
	free(data);
	while ((path = wanted(SCRIPT, 0)) != NULL) {
		data = slurp(path, &len);
		libdtrace(LD_FILE, (unsigned long)data,
		    data == NULL ? ~0UL : len, 0);
		free(data);
	}
}

/* What the arguments of our own say of processes and files.  Commands are counted. */
static int
own_arguments(int argc, char **argv, char **commands)
{
	char *word;
	int n;

	own = 1;
	hand_over(argc, argv);
	if ((word = wanted(OUTPUT, 0)) != NULL)
		outfile = strdup(word);
	for (n = 0; n < MAXTARGETS; n++) {
		followed[n] = (pid_t)libdtrace(LD_WANT,
		    (unsigned long)PID | (unsigned long)n << 8, 0, 0);
		if (followed[n] == 0)
			break;
	}
	nfollowed = n;
	for (n = 0; n < MAXTARGETS && (word = wanted(COMMAND, n)) != NULL; n++)
		commands[n] = strdup(word);
	return (n);
}

/* The forms that /etc/rc uses.  -1: it is neither. */
static int
rc_arguments(int argc, char **argv, char **commands, int *bflag)
{
	int i, n;

	*bflag = n = 0;
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-b") == 0 && i + 1 == argc)
			*bflag = 1;
		else if (i + 1 == argc)
			break;
		else if (strcmp(argv[i], "-o") == 0)
			outfile = argv[++i];
		else if (strcmp(argv[i], "-p") == 0 && nfollowed < MAXTARGETS)
			followed[nfollowed++] = (pid_t)atoi(argv[++i]);
		else if (strcmp(argv[i], "-c") == 0 && n < MAXTARGETS)
			commands[n++] = argv[++i];
		else
			break;
	}
	if (i == argc && *bflag != (n > 0))
		return (n);
	*bflag = 0;
	outfile = NULL;
	nfollowed = 0;
	return (-1);
}

/* The processes of -p must be there. */
static void
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
