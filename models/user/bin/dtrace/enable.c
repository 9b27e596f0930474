/*
 * From a program to tracing: probes, enabling, what libdtrace must know of records
 * and options, and buffers.
 */
#include <sys/types.h>
#include <sys/dtrace.h>
#include <sys/fasttrap.h>
#include <sys/ioctl.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/abi.h>
#include "dtrace.h"

#define	RECS		32		/* Data of a record, at first. */

int	 fd;
uint64_t bufsize, aggsize;
char	*bufdata, *aggdata;
static int nprobes, naggs;		/* Descriptions handed over. */

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
int
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
void
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
void
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

void
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
