/*
 * What fasttrap.c (a firing) and fasttrap_dev.c (processes, probes, the device) share.
 *
 * Locking key: (d) dtrace_lock, (c) constant; (h) the hash: changed with dtrace_lock
 * held, read with the pid lock of a CPU, and what leaves it is freed after
 * fasttrap_barrier().
 */
#ifndef _FASTTRAP_IMPL_H_
#define	_FASTTRAP_IMPL_H_

#include "dtrace_impl.h"
#include <sys/fasttrap.h>

struct pmap;

/* A process with probes, or one that is held. */
typedef struct fasttrap_proc {
	struct fasttrap_proc *ftpc_next;	/* (d) */
	pid_t		 ftpc_pid;		/* (c) */
	dtrace_provider_id_t ftpc_provider;	/* (d) "pid123", 0: none yet. */
	struct fasttrap_probe *ftpc_probes;	/* (d) */
	uint8_t		*ftpc_map;		/* (d) Breakpoints; abi.h. */
	size_t		 ftpc_mapsize;		/* (d) Instructions. */
	struct pmap	*ftpc_pmap;		/* (d) Where the map hangs. */
	int		 ftpc_hold;		/* (fasttrap_mtx) FTH_. */
	uint64_t	 ftpc_holdpc;		/* (d) */
} fasttrap_proc_t;
#define	FTH_NONE	0
#define	FTH_WANTED	1	/* Will wait. */
#define	FTH_WAITING	2	/* Is there. */
#define	FTH_GONE	3	/* Has exited. */

/* A place in the text that a probe fires at. */
typedef struct fasttrap_site {
	struct fasttrap_site *fts_next;		/* (d) Same probe. */
	struct fasttrap_site *fts_idnext;	/* (h) Same tracepoint. */
	struct fasttrap_probe *fts_probe;	/* (c) */
	uint64_t	 fts_pc;		/* (c) */
} fasttrap_site_t;

typedef struct fasttrap_probe {
	struct fasttrap_probe *ftp_next;	/* (d) Same process. */
	dtrace_id_t	 ftp_id;		/* (c) */
	fasttrap_probe_type_t ftp_type;		/* (c) */
	uint64_t	 ftp_faddr;		/* (c) The function's. */
	fasttrap_proc_t	*ftp_proc;		/* (c) */
	fasttrap_site_t	*ftp_sites;		/* (d) */
	int		 ftp_enabled;		/* (d) */
	int		 ftp_retired;		/* (d) The program is gone. */
} fasttrap_probe_t;

/* A breakpoint: one process, one address, one kind of site. */
typedef struct fasttrap_tracepoint {
	struct fasttrap_tracepoint *ftt_next;	/* (h) */
	pid_t		 ftt_pid;		/* (c) */
	uint32_t	 ftt_kind;		/* (c) PID_INSTRUCTION, PID_RETURN. */
	uint64_t	 ftt_pc;		/* (c) */
	fasttrap_site_t	*ftt_ids;		/* (h) Probes that fire here. */
} fasttrap_tracepoint_t;

#define	FASTTRAP_TPOINTS_SIZE	0x4000
#define	FASTTRAP_TPOINTS_INDEX(pid, pc)					\
	((((pc) / 4) + (uint64_t)(pid)) & (FASTTRAP_TPOINTS_SIZE - 1))

/* A lock for each CPU, so that firings do not meet. */
struct fasttrap_pidlock {
	struct mtx	 ftpl_mtx;
} __aligned(CACHE_LINE_SIZE);

extern struct fasttrap_pidlock fasttrap_pidlock[MAXCPU];
extern fasttrap_tracepoint_t **fasttrap_tpoints;	/* (h) */
extern fasttrap_proc_t *fasttrap_procs;			/* (d) */

void	fasttrap_barrier(void);
int	fasttrap_pid_probe(struct trapframe *tf);
void	fasttrap_tracepoint_enable(fasttrap_probe_t *, fasttrap_site_t *);
void	fasttrap_tracepoint_disable(fasttrap_probe_t *, fasttrap_site_t *);
uint64_t fasttrap_pid_getargval(void *, dtrace_id_t, void *, int, int);
void	fasttrap_hold_here(fasttrap_proc_t *);

#endif /* !_FASTTRAP_IMPL_H_ */
