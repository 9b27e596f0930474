/*
 * The well-known sysctl variables: who we are and what we run on.
 */
#include <sys/param.h>
#include <sys/file.h>
#include <sys/kernel.h>
#include <sys/pcpu.h>
#include <sys/proc.h>
#include <sys/smp.h>
#include <sys/sysctl.h>
#include <sys/systm.h>

char	ostype[] = "FreeBSD";		/* Whose ways these are. */
char	osrelease[] = "13.0-probelab";
char	hostname[MAXHOSTNAMELEN] = "probelab";
static char machine[] = "amd64";
static char model[] = "probelab simulated processor";

SYSCTL_STRING(_kern, KERN_OSTYPE, ostype, CTLFLAG_RD, ostype, 0,
    "Operating system type");
SYSCTL_STRING(_kern, KERN_OSRELEASE, osrelease, CTLFLAG_RD, osrelease, 0,
    "Operating system release");
SYSCTL_STRING(_kern, KERN_VERSION, version, CTLFLAG_RD, version, 0,
    "Kernel version");
SYSCTL_STRING(_kern, KERN_HOSTNAME, hostname, CTLFLAG_RW, hostname,
    MAXHOSTNAMELEN, "Hostname");
SYSCTL_INT(_kern, KERN_MAXPROC, maxproc, CTLFLAG_RD, &maxproc, 0,
    "Maximum number of processes");
SYSCTL_INT(_kern, KERN_MAXFILES, maxfiles, CTLFLAG_RW, &maxfiles, 0,
    "Maximum number of files");
SYSCTL_INT(_kern, OID_AUTO, maxfilesperproc, CTLFLAG_RW, &maxfilesperproc, 0,
    "Maximum files allowed open per process");
SYSCTL_INT(_kern, OID_AUTO, openfiles, CTLFLAG_RD,
    __DEVOLATILE(int *, &openfiles), 0,
    "System-wide number of open files");
SYSCTL_INT(_kern, KERN_ARGMAX, argmax, CTLFLAG_RD, NULL, ARG_MAX,
    "Maximum bytes of argument to execve(2)");
SYSCTL_INT(_kern, OID_AUTO, hz, CTLFLAG_RD, &hz, 0,
    "Number of clock ticks per second");
SYSCTL_INT(_kern, OID_AUTO, lastpid, CTLFLAG_RD, &lastpid, 0, "Last used PID");
SYSCTL_STRING(_hw, HW_MACHINE, machine, CTLFLAG_RD, machine, 0, "Machine class");
SYSCTL_STRING(_hw, HW_MACHINE_ARCH, machine_arch, CTLFLAG_RD, machine, 0,
    "System architecture");
SYSCTL_STRING(_hw, HW_MODEL, model, CTLFLAG_RD, model, 0, "Machine model");
SYSCTL_INT(_hw, HW_NCPU, ncpu, CTLFLAG_RD, &mp_ncpus, 0, "Number of active CPUs");
SYSCTL_INT(_hw, HW_PAGESIZE, pagesize, CTLFLAG_RD, NULL, PAGE_SIZE,
    "System memory page size");
SYSCTL_NODE(_kern, OID_AUTO, smp, CTLFLAG_RD, NULL, "Kernel SMP");
SYSCTL_INT(_kern_smp, OID_AUTO, cpus, CTLFLAG_RD, &mp_ncpus, 0,
    "Number of CPUs online");

static int
sysctl_hw_physmem(SYSCTL_HANDLER_ARGS)
{
	u_long val;

	val = bootinfo->bi_physend - KDATA_OFFSET;
	return (sysctl_handle_long(oidp, NULL, val, req));
}
SYSCTL_PROC(_hw, HW_PHYSMEM, physmem, CTLTYPE_ULONG | CTLFLAG_RD, NULL, 0,
    sysctl_hw_physmem, "LU", "Amount of physical memory (in bytes)");

static int
sysctl_kern_clockrate(SYSCTL_HANDLER_ARGS)
{
	struct clockinfo clkinfo;

	bzero(&clkinfo, sizeof(clkinfo));
	clkinfo.hz = hz;
	clkinfo.tick = 1000000 / hz;
	clkinfo.stathz = stathz;
	clkinfo.profhz = profhz;
	return (SYSCTL_OUT(req, &clkinfo, sizeof(clkinfo)));
}
SYSCTL_PROC(_kern, KERN_CLOCKRATE, clockrate, CTLTYPE_STRUCT | CTLFLAG_RD, NULL,
    0, sysctl_kern_clockrate, "S,clockinfo",
    "Rate and period of various kernel clocks");

static int
sysctl_kern_boottime(SYSCTL_HANDLER_ARGS)
{
	struct timeval now, up;

	microtime(&now);
	microuptime(&up);
	now.tv_sec -= up.tv_sec;
	now.tv_usec -= up.tv_usec;
	if (now.tv_usec < 0) {
		now.tv_sec--;
		now.tv_usec += 1000000;
	}
	return (SYSCTL_OUT(req, &now, sizeof(now)));
}
SYSCTL_PROC(_kern, KERN_BOOTTIME, boottime, CTLTYPE_STRUCT | CTLFLAG_RD, NULL,
    0, sysctl_kern_boottime, "S,timeval", "Estimated system boottime");

/* statclock ticks by state: all CPUs together, and one after the other. */
static int
sysctl_kern_cp_time(SYSCTL_HANDLER_ARGS)
{
	long sum[CPUSTATES];
	struct pcpu *pc;
	int i;

	bzero(sum, sizeof(sum));
	STAILQ_FOREACH(pc, &cpuhead, pc_allcpu)
		for (i = 0; i < CPUSTATES; i++)
			sum[i] += pc->pc_cp_time[i];
	return (SYSCTL_OUT(req, sum, sizeof(sum)));
}
SYSCTL_PROC(_kern, OID_AUTO, cp_time, CTLTYPE_LONG | CTLFLAG_RD, NULL, 0,
    sysctl_kern_cp_time, "LU", "CPU time statistics");

static int
sysctl_kern_cp_times(SYSCTL_HANDLER_ARGS)
{
	struct pcpu *pc;
	int error;

	error = 0;
	STAILQ_FOREACH(pc, &cpuhead, pc_allcpu) {
		error = SYSCTL_OUT(req, pc->pc_cp_time, sizeof(pc->pc_cp_time));
		if (error != 0)
			break;
	}
	return (error);
}
SYSCTL_PROC(_kern, OID_AUTO, cp_times, CTLTYPE_LONG | CTLFLAG_RD, NULL, 0,
    sysctl_kern_cp_times, "LU", "per-CPU time statistics");
