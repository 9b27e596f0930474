/*
 * What fasttrap.c (a firing), fasttrap_dev.c (processes, probes, the device) and
 * fasttrap_usdt.c (programs' own probes) share.
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
struct reg;

/* A process with probes, or one that is held. */
typedef struct fasttrap_proc {
	struct fasttrap_proc *ftpc_next;	/* (d) */
	pid_t		 ftpc_pid;		/* (c) */
	dtrace_provider_id_t ftpc_provider;	/* (d) "pid123", 0: none yet. */
	struct fasttrap_probe *ftpc_probes;	/* (d) */
	struct fasttrap_provider *ftpc_usdt;	/* (d) Of the program's own probes. */
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
	int		 fts_asks;		/* (c) Is the probe enabled? */
} fasttrap_site_t;

typedef struct fasttrap_probe {
	struct fasttrap_probe *ftp_next;	/* (d) Same process, or provider. */
	dtrace_id_t	 ftp_id;		/* (c) */
	fasttrap_probe_type_t ftp_type;		/* (c) */
	uint64_t	 ftp_faddr;		/* (c) The function's. */
	fasttrap_proc_t	*ftp_proc;		/* (c) */
	fasttrap_site_t	*ftp_sites;		/* (d) */
	int		 ftp_enabled;		/* (d) */
	int		 ftp_retired;		/* (d) The program is gone. */
	int		 ftp_nargs;		/* (c) Of USDT probes ... */
	uint8_t		*ftp_argmap;		/* (c) ... which of the site's. */
} fasttrap_probe_t;

/* A provider of a process's own program. */
typedef struct fasttrap_provider {
	struct fasttrap_provider *ftpv_next;	/* (d) Same process. */
	char		*ftpv_name;		/* (c) "myapp123". */
	fasttrap_probe_t *ftpv_probes;		/* (d) */
	dtrace_provider_id_t ftpv_id;		/* (c) */
	dof_attr_t	 ftpv_attr[5];		/* (c) */
} fasttrap_provider_t;

/* What dtrace_helper.c says of a probe. */
typedef struct fasttrap_usdt {
	fasttrap_proc_t	*ftu_proc;
	fasttrap_provider_t *ftu_provider;
	const char	*ftu_mod, *ftu_func, *ftu_name;
	uint64_t	 ftu_addr;		/* Of the function. */
	const uint32_t	*ftu_offs, *ftu_enoffs;	/* Sites, less that. */
	int		 ftu_noffs, ftu_nenoffs;
	int		 ftu_nargs;
	const uint8_t	*ftu_argmap;
	const char	*ftu_ntypes, *ftu_xtypes; /* One after another. */
} fasttrap_usdt_t;

/* A breakpoint: one process, one address, one kind of site. */
typedef struct fasttrap_tracepoint {
	struct fasttrap_tracepoint *ftt_next;	/* (h) */
	pid_t		 ftt_pid;		/* (c) */
	uint32_t	 ftt_kind;		/* (c) PID_. */
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
extern fasttrap_proc_t *fasttrap_procs;			/* (d); (h) to look. */
extern int fasttrap_nheld;		/* (d) Processes with a ftpc_holdpc. */

void	fasttrap_barrier(void);
int	fasttrap_pid_probe(struct trapframe *tf);
void	fasttrap_tracepoint_enable(fasttrap_probe_t *, fasttrap_site_t *);
void	fasttrap_tracepoint_disable(fasttrap_probe_t *, fasttrap_site_t *);
uint64_t fasttrap_pid_getargval(void *, dtrace_id_t, void *, int, int);
void	fasttrap_held(fasttrap_proc_t *);
fasttrap_proc_t *fasttrap_proc_get(pid_t);
void	fasttrap_pid_enable(void *, dtrace_id_t, void *);
void	fasttrap_pid_disable(void *, dtrace_id_t, void *);

/* fasttrap_usdt.c */
void	fasttrap_usdt_fire(fasttrap_tracepoint_t *, struct trapframe *,
	    struct reg *);
void	fasttrap_usdt_provider(pid_t, const char *, const dof_attr_t *,
	    fasttrap_usdt_t *);
void	fasttrap_usdt_probe(fasttrap_usdt_t *);
void	fasttrap_usdt_remove(pid_t, const char *);
void	fasttrap_usdt_retire(fasttrap_proc_t *);
void	fasttrap_usdt_reap(void);

/* dtrace_helper.c */
void	dtrace_helpers_destroy(pid_t);
void	dtrace_helpers_duplicate(pid_t from, pid_t to);

#endif /* !_FASTTRAP_IMPL_H_ */
