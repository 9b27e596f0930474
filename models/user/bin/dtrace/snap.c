/*
 * Snapshots: the kernel switches the buffers of a CPU, we copy what was filled, and
 * libdtrace makes of it what is to be printed.
 */
#include <sys/types.h>
#include <sys/dtrace.h>
#include <sys/ioctl.h>

#include <errno.h>
#include <string.h>

#include <machine/abi.h>
#include "dtrace.h"

#define	MAXCPUS		64

static int ncpus;

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

void
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

void
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
int
check_status(void)
{
	dtrace_status_t stat;

	if (ioctl(fd, DTRACEIOC_STATUS, &stat) != 0)
		fail(READ);
	libdtrace(LD_STATUS, (unsigned long)&stat, 0, 0);
	return (stat.dtst_exiting || stat.dtst_killed ||
	    (ncpus > 0 && stat.dtst_filled >= (uint64_t)ncpus));
}
