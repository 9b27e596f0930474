/*
 * The sysinfo and vminfo providers: what the kernel counts, at the moment it counts.
 *
 * FreeBSD has neither.  They are an addition for scripts written after the Dynamic
 * Tracing Guide, with its names.  arg0 is by how much the count grows, arg1 the
 * address of the count where the kernel keeps one (before it grows), else 0.
 */
#ifndef _SYS_KSTAT_SDT_H_
#define	_SYS_KSTAT_SDT_H_

#include <sys/sdt.h>

SDT_PROVIDER_DECLARE(sysinfo);
SDT_PROVIDER_DECLARE(vminfo);

#define	SYSINFO_PROBES(P)						\
	P(sysinfo, inv_swtch)		/* Involuntary context switch. */ \
	P(sysinfo, namei)		/* Path looked up. */		\
	P(sysinfo, pswitch)		/* Context switch. */		\
	P(sysinfo, readch)		/* Bytes by read(2). */		\
	P(sysinfo, writech)		/* Bytes by write(2). */	\
	P(sysinfo, sysexec)						\
	P(sysinfo, sysfork)						\
	P(sysinfo, sysread)						\
	P(sysinfo, sysvfork)						\
	P(sysinfo, syswrite)						\
	P(sysinfo, trap)						\
	P(sysinfo, xcalls)		/* Cross calls to other CPUs. */ \
	P(sysinfo, rawch)		/* Bytes from terminals. */	\
	P(sysinfo, canch)		/* Bytes of edited lines read. */ \
	P(sysinfo, outch)		/* Bytes to terminals. */	\
	P(sysinfo, nthreads)		/* Thread created. */		\
	P(sysinfo, procovf)		/* fork(2) without room. */	\
	P(sysinfo, idlethread)		/* A CPU becomes idle. */	\
	P(sysinfo, mutex_adenters)	/* Mutex found owned. */	\
	P(sysinfo, rw_rdfails)		/* Reader must wait. */		\
	P(sysinfo, rw_wrfails)		/* Writer must wait. */		\
	/* Never fired: there are no disks, no System V IPC. */		\
	P(sysinfo, bread) P(sysinfo, bwrite) P(sysinfo, lread)		\
	P(sysinfo, lwrite) P(sysinfo, phread) P(sysinfo, phwrite)	\
	P(sysinfo, msg) P(sysinfo, sema)

#define	VMINFO_PROBES(P)						\
	P(vminfo, as_fault)		/* Page fault of a process. */	\
	P(vminfo, cow_fault)		/* Page copied on write. */	\
	P(vminfo, prot_fault)		/* Access not allowed. */	\
	P(vminfo, zfod)			/* Page zeroed on demand. */	\
	P(vminfo, anonfree)		/* By the page daemon. */	\
	P(vminfo, dfree)						\
	P(vminfo, pgrrun)		/* The page daemon runs. */	\
	P(vminfo, scan)			/* It looks at a page. */	\
	/* Never fired: nothing is paged in or out. */			\
	P(vminfo, anonpgin) P(vminfo, anonpgout) P(vminfo, execfree)	\
	P(vminfo, execpgin) P(vminfo, execpgout) P(vminfo, fsfree)	\
	P(vminfo, fspgin) P(vminfo, fspgout) P(vminfo, kernel_asflt)	\
	P(vminfo, maj_fault) P(vminfo, pgfrec) P(vminfo, pgin)		\
	P(vminfo, pgout) P(vminfo, pgpgin) P(vminfo, pgpgout)		\
	P(vminfo, pgrec) P(vminfo, pgswapin) P(vminfo, pgswapout)	\
	P(vminfo, rev) P(vminfo, softlock) P(vminfo, swapin)		\
	P(vminfo, swapout)

#define	_KSTAT_DECLARE(prov, name)					\
	SDT_PROBE_DECLARE(prov, , , name);
SYSINFO_PROBES(_KSTAT_DECLARE)
VMINFO_PROBES(_KSTAT_DECLARE)

#endif /* !_SYS_KSTAT_SDT_H_ */
