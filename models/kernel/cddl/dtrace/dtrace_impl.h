/*
 * DTrace inside the kernel: its structures.
 *
 *   probe --dtpr_ecb--> ECB --> ECB ...		one per clause and consumer
 *                       |  predicate, actions
 *                       v
 *                     state				one per open of /dev/dtrace
 *                       |  buffer[cpu], aggbuffer[cpu]: where records go
 *                       |  vstate: the program's variables
 *                       '  speculations, options, activity
 *
 * A firing calls dtrace_probe() with the probe's id.  From there to its end
 * interrupts are off on this CPU, so nothing else can happen on it; and this
 * CPU's buffers are touched by this CPU only (or by a cross call that runs on
 * it).  That is why probe context takes no locks and can't deadlock.  What is
 * shared between CPUs (dynamic variables, speculations, activity) changes by
 * compare-and-set.
 *
 * Everything that changes the graph above happens outside of probe context
 * under dtrace_lock, and is followed by dtrace_sync(): a cross call to all CPUs.
 * Once it returns, no CPU can still be in probe context with the old graph.
 *
 * Locking key: (d) dtrace_lock; (c) this CPU in probe context, or a cross call
 * to it; (a) compare-and-set; (i) never changes once the object is visible.
 */
#ifndef _DTRACE_IMPL_H_
#define	_DTRACE_IMPL_H_

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/malloc.h>
#include <sys/callout.h>
#include <sys/sx.h>
#include <sys/proc.h>
#include <sys/pcpu.h>
#include <sys/smp.h>
#include <sys/sdt.h>
#include <sys/dtrace.h>
#include <sys/dtrace_bsd.h>
#include <machine/atomic.h>

MALLOC_DECLARE(M_DTRACE);

typedef uint64_t hrtime_t;		/* Nanoseconds. */

struct dtrace_ecb;
struct dtrace_state;
struct dtrace_mstate;
struct dtrace_provider;
struct dtrace_vstate;

/* --- Per-CPU scratch of probe context ----------------------------------- */

#define	CPU_DTRACE_NOFAULT	0x0001	/* Not to fault (kept for the reader). */
#define	CPU_DTRACE_DROP		0x0002	/* Nothing of this ECB is kept. */
#define	CPU_DTRACE_BADADDR	0x0004
#define	CPU_DTRACE_BADALIGN	0x0008
#define	CPU_DTRACE_DIVZERO	0x0010
#define	CPU_DTRACE_ILLOP	0x0020
#define	CPU_DTRACE_NOSCRATCH	0x0040
#define	CPU_DTRACE_KPRIV	0x0080
#define	CPU_DTRACE_UPRIV	0x0100
#define	CPU_DTRACE_TUPOFLOW	0x0200
#define	CPU_DTRACE_BADSTACK	0x1000
#define	CPU_DTRACE_FAULT	(CPU_DTRACE_BADADDR | CPU_DTRACE_BADALIGN | \
	CPU_DTRACE_DIVZERO | CPU_DTRACE_ILLOP | CPU_DTRACE_NOSCRATCH |	\
	CPU_DTRACE_KPRIV | CPU_DTRACE_UPRIV | CPU_DTRACE_TUPOFLOW |	\
	CPU_DTRACE_BADSTACK)
#define	CPU_DTRACE_ERROR	(CPU_DTRACE_FAULT | CPU_DTRACE_DROP)

struct cpu_core {
	uint64_t	 cpuc_dtrace_illval;	/* (c) Address at fault. */
	uintptr_t	 cpuc_dtrace_caller;	/* (c) fbt: the site's address. */
	struct frame	*cpuc_dtrace_frame;	/* (c) fbt: the function's frame. */
	struct trapframe *cpuc_dtrace_intr;	/* (c) profile: interrupted here. */
	uint32_t	 cpuc_dtrace_flags;	/* (c) CPU_DTRACE_. */
	uint32_t	 cpuc_spare;
	uint64_t	 cpuc_dtrace_errval;	/* (c) ERROR's arg5. */
	uint64_t	 cpuc_pad[2];
};
extern struct cpu_core cpu_core[MAXCPU];
_Static_assert(sizeof(struct cpu_core) == CACHE_LINE_SIZE, "one line a CPU");

#define	DTRACE_CPUFLAG_SET(flag)					\
	(cpu_core[curcpu].cpuc_dtrace_flags |= (flag))
#define	DTRACE_CPUFLAG_ISSET(flag)					\
	(cpu_core[curcpu].cpuc_dtrace_flags & (flag))

/* --- Providers and probes ------------------------------------------------ */

/*
 * What a provider does for the framework.  `id' is the provider's own handle of
 * itself, `arg' what it gave to dtrace_probe_create().
 */
struct dtrace_pops {
	/* Make probes for this description (only profile makes any). */
	void	(*dtps_provide)(void *id, dtrace_probedesc_t *desc);
	void	(*dtps_enable)(void *id, dtrace_id_t probe, void *arg);
	void	(*dtps_disable)(void *id, dtrace_id_t probe, void *arg);
	/* Types of argument dtargd_ndx, or dtargd_ndx = DTRACE_ARGNONE. */
	void	(*dtps_getargdesc)(void *id, dtrace_id_t probe, void *arg,
		    dtrace_argdesc_t *desc);
	/* Value of an argument beyond the fifth. */
	uint64_t (*dtps_getargval)(void *id, dtrace_id_t probe, void *arg,
		    int argno, int aframes);
	/* The probe can't fire in ghost execution. */
	int	(*dtps_noghost)(void *id, dtrace_id_t probe, void *arg);
};
typedef struct dtrace_pops dtrace_pops_t;
typedef struct dtrace_pops dtrace_provider_ops_t;
typedef uintptr_t dtrace_provider_id_t;

struct dtrace_provider {
	const char	*dtpv_name;		/* (i) */
	struct dtrace_provider *dtpv_next;	/* (d) */
	const dtrace_pops_t *dtpv_pops;		/* (i) */
	void		*dtpv_arg;		/* (i) The pops' `id'. */
	const dof_attr_t *dtpv_attr;		/* (i) USDT: five; the host reads them. */
	int		 dtpv_defunct;		/* (d) Nothing is to match it. */
};
typedef struct dtrace_provider dtrace_provider_t;

/* The host reads these: keep the first members in this order. */
struct dtrace_probe {
	dtrace_id_t	 dtpr_id;		/* (i) From 1. */
	dtrace_cacheid_t dtpr_predcache;	/* (d) If one ECB with cacheable predicate. */
	struct dtrace_ecb *dtpr_ecb;		/* (d) First; its last comes below. */
	struct dtrace_provider *dtpr_provider;	/* (i) */
	const char	*dtpr_mod;		/* (i) Names; "" rather than NULL. */
	const char	*dtpr_func;		/* (i) */
	const char	*dtpr_name;		/* (i) */
	/* Types of args[], n of each; NULL: none, or the function's own (fbt). */
	const char *const *dtpr_argtype;	/* (i) */
	const char *const *dtpr_xtype;		/* (i) Translated to; may be NULL. */
	int		 dtpr_nargs;		/* (i) -1: by the function's prototype. */
	int		 dtpr_aframes;		/* (i) Frames to hide from stack(). */
	void		*dtpr_arg;		/* (i) The provider's. */
	struct dtrace_ecb *dtpr_ecb_last;	/* (d) */
	struct dtrace_probe *dtpr_nextmod;	/* (d) Hash chains by name. */
	struct dtrace_probe *dtpr_nextfunc;
	struct dtrace_probe *dtpr_nextname;
};
typedef struct dtrace_probe dtrace_probe_t;

/* stack() starts at the probe site, or at what an interrupt interrupted. */
#define	DTRACE_ANCHORED(probe)	((probe)->dtpr_func[0] != '\0')

extern dtrace_probe_t **dtrace_probes;	/* (d) [id - 1]; NULL: gone. */
extern int	dtrace_nprobes;		/* (d) */
extern dtrace_provider_t *dtrace_provider;	/* "dtrace" itself. */
extern dtrace_id_t dtrace_probeid_begin;
extern dtrace_id_t dtrace_probeid_end;
extern dtrace_id_t dtrace_probeid_error;

/* --- DIF objects and variables -------------------------------------------- */

struct dtrace_difo {
	dif_instr_t	*dtdo_buf;		/* (i) Text. */
	uint64_t	*dtdo_inttab;
	char		*dtdo_strtab;
	dtrace_difv_t	*dtdo_vartab;
	uint32_t	 dtdo_len;		/* Instructions. */
	uint32_t	 dtdo_intlen;		/* Integers. */
	uint32_t	 dtdo_strlen;		/* Bytes. */
	uint32_t	 dtdo_varlen;		/* Variables. */
	dtrace_diftype_t dtdo_rtype;
	uint32_t	 dtdo_refcnt;		/* (d) */
	uint16_t	 dtdo_destructive;	/* (i) Calls copyout*(). */
	uint16_t	 dtdo_speculates;	/* (i) Calls speculation(). */
};
typedef struct dtrace_difo dtrace_difo_t;

struct dtrace_key {
	uint64_t	 dttk_value;		/* Value, or where the bytes are. */
	uint64_t	 dttk_size;		/* 0: by value. */
};
typedef struct dtrace_key dtrace_key_t;

struct dtrace_tuple {
	uint32_t	 dtt_nkeys;
	uint32_t	 dtt_pad;
	dtrace_key_t	 dtt_key[1];
};
typedef struct dtrace_tuple dtrace_tuple_t;

/* A dynamic variable: header, keys, their bytes, data, in one chunk. */
struct dtrace_dynvar {
	uint64_t	 dtdv_hashval;		/* DTRACE_DYNHASH_FREE: not in use. */
	struct dtrace_dynvar *dtdv_next;	/* (a) Hash chain, or a list below. */
	void		*dtdv_data;
	dtrace_tuple_t	 dtdv_tuple;
};
typedef struct dtrace_dynvar dtrace_dynvar_t;

typedef enum dtrace_dynvar_op {
	DTRACE_DYNVAR_ALLOC,
	DTRACE_DYNVAR_NOALLOC,
	DTRACE_DYNVAR_DEALLOC
} dtrace_dynvar_op_t;

struct dtrace_dynhash {
	dtrace_dynvar_t	*dtdh_chain;		/* (a) Ends at dtrace_dynhash_sink. */
	uintptr_t	 dtdh_lock;		/* (a) Odd: a deletion is going on. */
};
typedef struct dtrace_dynhash dtrace_dynhash_t;

/* One CPU's lists of chunks: see dtrace_dynvar.c for their life. */
struct dtrace_dstate_percpu {
	dtrace_dynvar_t	*dtdsc_free;		/* (a) */
	dtrace_dynvar_t	*dtdsc_dirty;		/* (a) */
	dtrace_dynvar_t	*dtdsc_rinsing;		/* The cleaner's. */
	dtrace_dynvar_t	*dtdsc_clean;		/* (a) */
	uint64_t	 dtdsc_drops;		/* (c) */
	uint64_t	 dtdsc_dirty_drops;	/* (c) */
	uint64_t	 dtdsc_rinsing_drops;	/* (c) */
	uint64_t	 dtdsc_pad;
};
typedef struct dtrace_dstate_percpu dtrace_dstate_percpu_t;
_Static_assert(sizeof(dtrace_dstate_percpu_t) == CACHE_LINE_SIZE, "one line a CPU");

struct dtrace_dstate {
	void		*dtds_base;
	size_t		 dtds_size;
	uint64_t	 dtds_hashsize;
	size_t		 dtds_chunksize;
	dtrace_dynhash_t *dtds_hash;
	void		*dtds_chunks;		/* The first. */
	dtrace_dstate_percpu_t *dtds_percpu;
	int		 dtds_ncpu;
};
typedef struct dtrace_dstate dtrace_dstate_t;

/* A global or clause-local variable. */
struct dtrace_statvar {
	uint64_t	 dtsv_data;		/* Value, or memory (local: [cpu]). */
	size_t		 dtsv_size;		/* Of that memory in all, or 0. */
	int		 dtsv_refcnt;		/* DIF objects that mention it. */
	dtrace_difv_t	 dtsv_var;
};
typedef struct dtrace_statvar dtrace_statvar_t;
/* Memory of one that is held by reference: a word that says if NULL, bytes. */
#define	DTRACE_STATVAR_STRIDE(type)					\
	(roundup2((size_t)(type)->dtdt_size, 8) + sizeof(uint64_t))

struct dtrace_vstate {
	struct dtrace_state *dtvs_state;
	dtrace_statvar_t **dtvs_globals;	/* [id - DIF_VAR_OTHER_UBASE] */
	int		 dtvs_nglobals;
	dtrace_difv_t	*dtvs_tlocals;
	int		 dtvs_ntlocals;
	dtrace_statvar_t **dtvs_locals;
	int		 dtvs_nlocals;
	dtrace_dstate_t	 dtvs_dynvars;
};
typedef struct dtrace_vstate dtrace_vstate_t;

/* --- What one firing knows (the "machine state") --------------------------- */

#define	DTRACE_MSTATE_ARGS		0x00000001
#define	DTRACE_MSTATE_PROBE		0x00000002
#define	DTRACE_MSTATE_EPID		0x00000004
#define	DTRACE_MSTATE_TIMESTAMP		0x00000008
#define	DTRACE_MSTATE_STACKDEPTH	0x00000010
#define	DTRACE_MSTATE_CALLER		0x00000020
#define	DTRACE_MSTATE_WALLTIMESTAMP	0x00000040
#define	DTRACE_MSTATE_USTACKDEPTH	0x00000080
#define	DTRACE_MSTATE_UCALLER		0x00000100
#define	DTRACE_MSTATE_FLTOFFS		0x00000200

#define	DTRACE_ACCESS_KERNEL	0x1		/* May read all of memory. */
#define	DTRACE_ACCESS_ARGS	0x2
#define	DTRACE_ACCESS_PROC	0x4

struct dtrace_mstate {
	uintptr_t	 dtms_scratch_base;
	uintptr_t	 dtms_scratch_ptr;
	size_t		 dtms_scratch_size;
	uint32_t	 dtms_present;		/* Which of these are filled in. */
	dtrace_epid_t	 dtms_epid;
	uint64_t	 dtms_arg[5];
	hrtime_t	 dtms_timestamp;
	hrtime_t	 dtms_walltimestamp;
	uint64_t	 dtms_caller;
	uint64_t	 dtms_ucaller;
	uint32_t	 dtms_stackdepth;
	uint32_t	 dtms_ustackdepth;
	dtrace_probe_t	*dtms_probe;
	dtrace_difo_t	*dtms_difo;
	struct frame	*dtms_frame;		/* dtrace_probe()'s own. */
	uintptr_t	 dtms_strtok;		/* Where strtok() goes on. */
	uintptr_t	 dtms_strtok_limit;
	uint64_t	 dtms_tracememsize;	/* tracemem()'s third argument. */
	uint32_t	 dtms_fltoffs;		/* Byte offset of what faulted. */
	uint32_t	 dtms_access;		/* DTRACE_ACCESS_. */
};
typedef struct dtrace_mstate dtrace_mstate_t;

#define	DTRACE_INSCRATCH(mstate, n)					\
	((n) <= (mstate)->dtms_scratch_base + (mstate)->dtms_scratch_size - \
	    (mstate)->dtms_scratch_ptr)
/* Does [addr, addr + n) lie in [base, limit)? */
#define	DTRACE_INRANGE(addr, n, base, limit)				\
	((addr) >= (base) && (n) <= (limit) - (base) &&			\
	    (addr) - (base) <= (limit) - (base) - (n))

/* --- Predicates, actions, aggregations, ECBs -------------------------------- */

struct dtrace_predicate {
	dtrace_difo_t	*dtp_difo;
	dtrace_cacheid_t dtp_cacheid;		/* NONE: can't be cached. */
	int		 dtp_refcnt;
};
typedef struct dtrace_predicate dtrace_predicate_t;

struct dtrace_action {
	struct dtrace_action *dta_next;
	struct dtrace_action *dta_prev;
	dtrace_difo_t	*dta_difo;
	dtrace_recdesc_t dta_rec;
	dtrace_actkind_t dta_kind;
	uint16_t	 dta_intuple;		/* A key, not part of the record. */
	uint32_t	 dta_refcnt;
};
typedef struct dtrace_action dtrace_action_t;

struct dtrace_aggregation {
	dtrace_action_t	 dtag_action;		/* First: an action is cast to us. */
	dtrace_aggid_t	 dtag_id;
	uint32_t	 dtag_base;		/* Record offset of the id word. */
	struct dtrace_ecb *dtag_ecb;
	dtrace_action_t	*dtag_first;		/* First key. */
	int		 dtag_hasarg;
	uint32_t	 dtag_pad;
	uint64_t	 dtag_initial;		/* First word of a fresh value. */
	void		(*dtag_aggregate)(uint64_t *oval, uint64_t nval,
			    uint64_t arg);
};
typedef struct dtrace_aggregation dtrace_aggregation_t;

struct dtrace_ecb {
	dtrace_epid_t	 dte_epid;
	uint32_t	 dte_alignment;
	size_t		 dte_needed;		/* Bytes to reserve: record and keys. */
	size_t		 dte_size;		/* Bytes of record. */
	dtrace_predicate_t *dte_predicate;
	dtrace_action_t	*dte_action;
	struct dtrace_ecb *dte_next;		/* On the same probe. */
	struct dtrace_state *dte_state;
	dtrace_probe_t	*dte_probe;
	dtrace_action_t	*dte_action_last;
	uint64_t	 dte_uarg;
};
typedef struct dtrace_ecb dtrace_ecb_t;

/* --- Buffers ------------------------------------------------------------------ */

#define	DTRACEBUF_RING		0x0001
#define	DTRACEBUF_FILL		0x0002
#define	DTRACEBUF_FULL		0x0004
#define	DTRACEBUF_NOSWITCH	0x0008		/* One half only. */
#define	DTRACEBUF_INACTIVE	0x0010		/* This CPU is not traced. */
#define	DTRACEBUF_WRAPPED	0x0020
#define	DTRACEBUF_DROPPED	0x0040
#define	DTRACEBUF_ERROR		0x0080
#define	DTRACEBUF_CONSUMED	0x0100		/* Ring, fill: read already. */

struct dtrace_buffer {
	caddr_t		 dtb_tomax;		/* (c) The half in use. */
	uint64_t	 dtb_offset;		/* (c) Where the next record goes. */
	uint64_t	 dtb_size;		/* (i) Of a half. */
	uint32_t	 dtb_flags;		/* (c) DTRACEBUF_. */
	uint32_t	 dtb_drops;		/* (c) */
	uint32_t	 dtb_errors;		/* (c) */
	uint32_t	 dtb_xamot_flags;
	caddr_t		 dtb_xamot;		/* (c) The other half; ring: scratch. */
	uint64_t	 dtb_xamot_offset;	/* Bytes there; ring: oldest record. */
	uint32_t	 dtb_xamot_drops;
	uint32_t	 dtb_xamot_errors;
	hrtime_t	 dtb_switched;		/* When the halves were swapped. */
	hrtime_t	 dtb_interval;		/* Between the last two swaps. */
	uint32_t	 dtb_cpu;		/* (i) Whose. */
	uint32_t	 dtb_pad0;
	uint64_t	 dtb_pad[5];
};
typedef struct dtrace_buffer dtrace_buffer_t;
_Static_assert(sizeof(dtrace_buffer_t) == 2 * CACHE_LINE_SIZE, "lines of its own");

/* An aggregation buffer's entry, and what lies at the buffer's very end. */
struct dtrace_aggkey {
	struct dtrace_aggkey *dtak_next;
	uint32_t	 dtak_hashval;
	uint32_t	 dtak_size;		/* Id word, keys. */
	caddr_t		 dtak_data;
	dtrace_action_t	*dtak_action;		/* The aggregating action. */
};
typedef struct dtrace_aggkey dtrace_aggkey_t;

struct dtrace_aggbuffer {
	uintptr_t	 dtagb_hashsize;
	uintptr_t	 dtagb_free;		/* Lowest key; keys grow down. */
	dtrace_aggkey_t	**dtagb_hash;
};
typedef struct dtrace_aggbuffer dtrace_aggbuffer_t;

/* --- Speculations ------------------------------------------------------------- */

typedef enum dtrace_speculation_state {
	DTRACESPEC_INACTIVE = 0,
	DTRACESPEC_ACTIVE,		/* Taken, nothing written. */
	DTRACESPEC_ACTIVEONE,		/* One CPU has written. */
	DTRACESPEC_ACTIVEMANY,
	DTRACESPEC_COMMITTING,		/* Being copied by its one CPU. */
	DTRACESPEC_COMMITTINGMANY,	/* Other CPUs' parts await the cleaner. */
	DTRACESPEC_DISCARDING
} dtrace_speculation_state_t;

struct dtrace_speculation {
	uint32_t	 dtsp_state;		/* (a) */
	uint32_t	 dtsp_cleaning;		/* (d) The cleaner has seen it. */
	dtrace_buffer_t	*dtsp_buffer;		/* [cpu] */
};
typedef struct dtrace_speculation dtrace_speculation_t;

/* --- A consumer's state --------------------------------------------------------- */

typedef enum dtrace_activity {
	DTRACE_ACTIVITY_INACTIVE = 0,
	DTRACE_ACTIVITY_WARMUP,		/* BEGIN fires. */
	DTRACE_ACTIVITY_ACTIVE,
	DTRACE_ACTIVITY_DRAINING,	/* exit() was executed. */
	DTRACE_ACTIVITY_COOLDOWN,	/* END fires. */
	DTRACE_ACTIVITY_STOPPED,
	DTRACE_ACTIVITY_KILLED		/* By the deadman. */
} dtrace_activity_t;

#define	DTRACE_CRV_ALLPROC	0x01
#define	DTRACE_CRV_KERNEL	0x02
#define	DTRACE_CRV_ALL		(DTRACE_CRV_ALLPROC | DTRACE_CRV_KERNEL)

struct dtrace_state {
	uint32_t	 dts_activity;		/* (a) */
	dtrace_epid_t	 dts_epid;		/* (d) Next. */
	dtrace_buffer_t	*dts_buffer;		/* [cpu] */
	dtrace_buffer_t	*dts_aggbuffer;		/* [cpu] */
	hrtime_t	 dts_alive;		/* Last sign of life of the system. */
	uint32_t	 dts_visible;		/* (i) DTRACE_CRV_: privileges. */
	uint32_t	 dts_destructive;	/* (i) -w was given. */
	dtrace_vstate_t	 dts_vstate;
	uint64_t	 dts_options[DTRACEOPT_MAX];

	dtrace_ecb_t	**dts_ecbs;		/* (d) [epid - 1] */
	int		 dts_necbs;		/* (d) */
	dtrace_aggregation_t **dts_aggregations; /* (d) [id - 1] */
	int		 dts_naggregations;	/* (d) */
	int		 dts_aggregates;	/* (i) Or will. */
	char		**dts_formats;		/* (d) [format - 1] */
	int		 dts_nformats;		/* (d) */

	dtrace_speculation_t *dts_speculations;
	int		 dts_nspeculations;
	uint64_t	 dts_speculations_busy;		/* (a) Drops by cause. */
	uint64_t	 dts_speculations_unavail;	/* (a) */

	uint64_t	 dts_errors;
	uint64_t	 dts_dblerrors;		/* (a) Faults inside ERROR. */
	uint64_t	 dts_stkstroverflows;
	uint32_t	 dts_reserve;		/* Fill: room kept for END. */
	uint32_t	 dts_needed;		/* Largest need of an ECB. */
	uint16_t	 dts_speculates;	/* (d) Uses speculate(). */
	uint16_t	 dts_hasspecs;	/* (d) Or anything about them. */
	uint32_t	 dts_ncpu;		/* (i) Buffers there are. */
	int		 dts_vtime;		/* (d) Uses vtimestamp. */
	struct callout	 dts_cleaner;
	struct callout	 dts_deadman;
	hrtime_t	 dts_laststatus;	/* When STATUS was last asked. */
	struct dtrace_enabling *dts_retained;	/* (d) Waits for new probes. */
	struct dtrace_state *dts_next;
};
typedef struct dtrace_state dtrace_state_t;

/* --- An enabling, as slurped from DOF ---------------------------------------------- */

struct dtrace_actdesc {
	dtrace_difo_t	*dtad_difo;
	struct dtrace_actdesc *dtad_next;
	dtrace_actkind_t dtad_kind;
	uint32_t	 dtad_ntuple;
	uint64_t	 dtad_arg;		/* Or a format, if dtad_format. */
	uint64_t	 dtad_uarg;
	char		*dtad_format;
	int		 dtad_refcnt;
};
typedef struct dtrace_actdesc dtrace_actdesc_t;

struct dtrace_ecbdesc {
	dtrace_actdesc_t *dted_action;
	dtrace_predicate_t *dted_pred;
	dtrace_probedesc_t dted_probe;
	uint64_t	 dted_uarg;
	int		 dted_refcnt;
	struct dtrace_ecb *dted_ecb;		/* (d) First one made of it. */
};
typedef struct dtrace_ecbdesc dtrace_ecbdesc_t;

struct dtrace_enabling {
	dtrace_ecbdesc_t **dten_desc;
	int		 dten_ndesc;
	int		 dten_maxdesc;
	dtrace_vstate_t	*dten_vstate;
	int		 dten_nprobes;		/* (d) Probes that were there. */
	struct dtrace_enabling *dten_next;	/* (d) Same consumer. */
};
typedef struct dtrace_enabling dtrace_enabling_t;

/* --- Limits and rates ----------------------------------------------------------------- */

#define	DTRACE_DOF_MAXSIZE	(8 * 1024 * 1024)
#define	DTRACE_DIFO_MAXSIZE	(256 * 1024)
#define	DTRACE_ACTIONS_MAX	(16 * 1024)
#define	DTRACE_STATVAR_MAXSIZE	(16 * 1024)
#define	DTRACE_STRSIZE_DEFAULT	256
#define	DTRACE_STACKFRAMES_DEFAULT 20
#define	DTRACE_DYNVAR_MINCHUNK	256
#define	DTRACE_MEMSTR_MAX	4096
#define	DTRACE_CLEANRATE_MIN	200000UL		/* 5000 Hz, in ns. */
#define	DTRACE_CLEANRATE_MAX	(60 * 1000000000UL)
#define	DTRACE_CLEANRATE_DEFAULT 9900990UL		/* 101 Hz. */
#define	DTRACE_STATUSRATE_MAX	(10 * 1000000000UL)
#define	DTRACE_DEADMAN_INTERVAL	1000000000UL
#define	DTRACE_DEADMAN_TIMEOUT	10000000000UL
#define	DTRACE_DEADMAN_USER	30000000000UL
#define	DTRACE_CHILL_INTERVAL	1000000000UL
#define	DTRACE_CHILL_MAX	500000000UL

/* --- Functions, by file ------------------------------------------------------------------ */

extern struct sx dtrace_lock;
/*
 * Whose firings cost what: a site is enabled in the mode of who enables it, unless the
 * host wants one component of cost alone: charged sites for a consumer in the
 * host, or ghost sites for one in the guest.
 */
#define	DTRACE_SITES_OWN	0
#define	DTRACE_SITES_CHARGED	1
#define	DTRACE_SITES_GHOST	2
extern int	dtrace_sites;
#define	DTRACE_SITE_GHOST()						\
	(dtrace_sites == DTRACE_SITES_OWN ? __ghost() :			\
	    dtrace_sites == DTRACE_SITES_GHOST)

/* Ghost execution takes no locks: nothing else runs while it does. */
#define	DTRACE_LOCK()		do { if (!__ghost()) sx_xlock(&dtrace_lock); } while (0)
#define	DTRACE_UNLOCK()		do { if (!__ghost()) sx_xunlock(&dtrace_lock); } while (0)

/* dtrace_modload.c: what runs when the module is loaded, ordered as by SYSINIT(). */
extern int dtrace_loaded;
#define	DTRACE_MODINIT(func, subsystem, order)				\
	static struct sysinit func##_modinit = {			\
		subsystem, order, (sysinit_cfunc_t)(func), NULL		\
	};								\
	DATA_SET(dtrace_modinit_set, func##_modinit)

/* dtrace_subr.c: memory, time, cross calls */
void	*dtrace_kmem_alloc(size_t);
void	*dtrace_kmem_zalloc(size_t);
void	*dtrace_kmem_trybuf(size_t);
void	 dtrace_kmem_free(void *);
void	 dtrace_arena_set(void *, size_t);
void	*dtrace_arena_mark(void);
void	 dtrace_arena_release(void *);
char	*dtrace_strdup(const char *);
hrtime_t dtrace_gethrtime(void);
hrtime_t dtrace_gethrestime(void);
hrtime_t dtrace_cyc2ns(uint64_t);
void	 dtrace_sync(void);
void	 dtrace_xcall(int cpu, void (*func)(void *), void *arg);

/* dtrace_isa.c, dtrace_unwind.c: walking stacks */
void	 dtrace_getpcstack(uint64_t *pcstack, int limit, int aframes,
	    dtrace_mstate_t *);
void	 dtrace_getupcstack(uint64_t *pcstack, int limit);
int	 dtrace_getstackdepth(dtrace_mstate_t *, int aframes);
int	 dtrace_getustackdepth(void);
uint64_t dtrace_getarg(int argno, dtrace_mstate_t *);
uint64_t dtrace_getreg(unsigned reg);
struct frame *dtrace_unwind(struct frame *, uint64_t *pc);
void	 dtrace_unwind_init(void);

/* dtrace_access.c: checked loads and stores */
uint8_t	 dtrace_load8(uintptr_t);
uint16_t dtrace_load16(uintptr_t);
uint32_t dtrace_load32(uintptr_t);
uint64_t dtrace_load64(uintptr_t);
uint64_t dtrace_uload(uintptr_t, int size);
int	 dtrace_canload(uint64_t addr, size_t sz, dtrace_mstate_t *,
	    dtrace_vstate_t *);
int	 dtrace_strcanload(uint64_t addr, size_t sz, dtrace_mstate_t *,
	    dtrace_vstate_t *);
int	 dtrace_vcanload(void *src, dtrace_diftype_t *, dtrace_mstate_t *,
	    dtrace_vstate_t *);
int	 dtrace_canstore(uint64_t addr, size_t sz, dtrace_mstate_t *,
	    dtrace_vstate_t *);
size_t	 dtrace_strlen(const char *, size_t lim);
int	 dtrace_strncmp(const char *, const char *, size_t limit);
void	 dtrace_strcpy(const void *src, void *dst, size_t len);
void	 dtrace_bcopy(const void *src, void *dst, size_t len);
int	 dtrace_bcmp(const void *, const void *, size_t);
int	 dtrace_flags2flt(uint32_t);
void	 dtrace_bzero(void *, size_t);
void	 dtrace_vcopy(void *src, void *dst, dtrace_diftype_t *);
int	 dtrace_copyin(uintptr_t uaddr, uintptr_t kaddr, size_t);
size_t	 dtrace_copyinstr(uintptr_t uaddr, uintptr_t kaddr, size_t);
void	 dtrace_copyout(uintptr_t kaddr, uintptr_t uaddr, size_t);

/* dif_emulate.c, dif_variable.c, dif_subr.c, dif_string.c */
uint64_t dtrace_dif_emulate(dtrace_difo_t *, dtrace_mstate_t *,
	    dtrace_vstate_t *, dtrace_state_t *);
uint64_t dtrace_dif_variable(dtrace_mstate_t *, dtrace_state_t *, uint64_t v,
	    uint64_t ndx);
void	 dtrace_dif_subr(unsigned subr, unsigned rd, uint64_t *regs,
	    dtrace_key_t *tupregs, int nargs, dtrace_mstate_t *,
	    dtrace_state_t *);
int	 dtrace_dif_string(unsigned subr, unsigned rd, uint64_t *regs,
	    dtrace_key_t *tupregs, int nargs, dtrace_mstate_t *,
	    dtrace_state_t *);
int	 dtrace_dif_path(unsigned subr, unsigned rd, uint64_t *regs,
	    dtrace_key_t *tupregs, int nargs, dtrace_mstate_t *,
	    dtrace_state_t *);
int	 dtrace_dif_net(unsigned subr, unsigned rd, uint64_t *regs,
	    dtrace_key_t *tupregs, int nargs, dtrace_mstate_t *,
	    dtrace_state_t *);
char	*dtrace_json(uint64_t size, uintptr_t json, char *elemlist, int nelems,
	    char *dest);
void	*dtrace_scratch(dtrace_mstate_t *, size_t);
int64_t	 dtrace_strtoll(const char *, int base, size_t limit);

/* dtrace_dynvar.c */
dtrace_dynvar_t *dtrace_dynvar(dtrace_dstate_t *, unsigned nkeys,
	    dtrace_key_t *, size_t dsize, dtrace_dynvar_op_t,
	    dtrace_mstate_t *, dtrace_vstate_t *);
int	 dtrace_dstate_init(dtrace_dstate_t *, size_t, int ncpu);
void	 dtrace_dstate_fini(dtrace_dstate_t *);
void	 dtrace_dynvar_clean(dtrace_dstate_t *);
uint64_t dtrace_tls_thrkey(void);

/* dtrace_agg.c */
void	 dtrace_aggregate(dtrace_aggregation_t *, dtrace_buffer_t *dbuf,
	    intptr_t offset, dtrace_buffer_t *buf, uint64_t expr, uint64_t arg);
dtrace_action_t *dtrace_ecb_aggregation_create(dtrace_ecb_t *,
	    dtrace_actdesc_t *);
void	 dtrace_ecb_aggregation_destroy(dtrace_ecb_t *, dtrace_action_t *);
dtrace_aggregation_t *dtrace_aggid2agg(dtrace_state_t *, dtrace_aggid_t);

/* dtrace_buffer.c */
intptr_t dtrace_buffer_reserve(dtrace_buffer_t *, size_t needed, size_t align,
	    dtrace_state_t *, dtrace_mstate_t *);
void	 dtrace_buffer_switch(dtrace_buffer_t *);
int	 dtrace_buffer_alloc(dtrace_buffer_t *, size_t size, int flags, int cpu,
	    int ncpu);
void	 dtrace_buffer_polish(dtrace_buffer_t *);
void	 dtrace_buffer_free(dtrace_buffer_t *, int ncpu);
void	 dtrace_buffer_drop(dtrace_buffer_t *);

/* dtrace_spec.c */
int	 dtrace_speculation(dtrace_state_t *);
void	 dtrace_speculation_commit(dtrace_state_t *, int cpu, int which);
void	 dtrace_speculation_discard(dtrace_state_t *, int cpu, int which);
void	 dtrace_speculation_clean(dtrace_state_t *);
void	 dtrace_speculation_clean_ghost(dtrace_state_t *);
dtrace_buffer_t *dtrace_speculation_buffer(dtrace_state_t *, int cpu, int which);

/* dtrace_action.c: actions that do more than store a value */
void	 dtrace_action_ustack(dtrace_mstate_t *, dtrace_state_t *, uint64_t *buf,
	    uint64_t arg, size_t size);
void	 dtrace_action_exit(dtrace_state_t *);
void	 dtrace_action_raise(uint64_t sig);
void	 dtrace_action_stop(void);
void	 dtrace_action_chill(dtrace_mstate_t *, hrtime_t);
void	 dtrace_action_breakpoint(dtrace_ecb_t *);
void	 dtrace_action_panic(dtrace_ecb_t *);
void	 dtrace_store_by_ref(dtrace_action_t *, dtrace_difo_t *, caddr_t to,
	    size_t size, uint64_t val, dtrace_mstate_t *, dtrace_vstate_t *);

/* dtrace_provider.c */
int	 dtrace_register(const char *name, const dtrace_pops_t *, void *arg,
	    dtrace_provider_id_t *);
dtrace_provider_id_t dtrace_register_locked(const char *name,
	    const dtrace_pops_t *, void *arg, const dof_attr_t *);
void	 dtrace_invalidate(dtrace_provider_id_t);
void	 dtrace_unregister(dtrace_provider_id_t);
void	 dtrace_probe_destroy(dtrace_id_t);
dtrace_id_t dtrace_probe_create(dtrace_provider_id_t, const char *mod,
	    const char *func, const char *name, int aframes, void *arg);
void	 dtrace_probe_argtypes(dtrace_id_t, int nargs, const char *const *argtype,
	    const char *const *xtype);
dtrace_id_t dtrace_probe_lookup(dtrace_provider_id_t, const char *mod,
	    const char *func, const char *name);
dtrace_probe_t *dtrace_probe_lookup_id(dtrace_id_t);
void	 dtrace_probe_provide(dtrace_probedesc_t *);

/* dtrace_match.c */
int	 dtrace_match(const dtrace_probedesc_t *,
	    int (*matched)(dtrace_probe_t *, void *), void *arg);
int	 dtrace_match_one(const dtrace_probedesc_t *, const dtrace_probe_t *);
void	 dtrace_hash_add(dtrace_probe_t *);
void	 dtrace_hash_remove(dtrace_probe_t *);
dtrace_probe_t *dtrace_hash_lookup(const char *func);

/* dtrace_difo.c */
int	 dtrace_difo_validate(dtrace_difo_t *, dtrace_vstate_t *, unsigned nregs);
void	 dtrace_difo_hold(dtrace_difo_t *);
void	 dtrace_difo_init(dtrace_difo_t *, dtrace_vstate_t *);
void	 dtrace_difo_release(dtrace_difo_t *, dtrace_vstate_t *);
dtrace_cacheid_t dtrace_difo_cacheable(dtrace_difo_t *);
int	 dtrace_difo_usesvtime(dtrace_difo_t *);

/* dtrace_dof.c */
int	 dtrace_dof_slurp(dof_hdr_t *, dtrace_vstate_t *, dtrace_enabling_t **);
int	 dtrace_dof_options(dof_hdr_t *, dtrace_state_t *);
int	 dtrace_dof_check(dof_hdr_t *);
dof_sec_t *dtrace_dof_sect(dof_hdr_t *, uint32_t type, dof_secidx_t);
void	*dtrace_dof_data(dof_hdr_t *, dof_sec_t *);
const char *dtrace_dof_string(dof_hdr_t *, dof_secidx_t strtab, uint64_t offset);
int	 dtrace_dof_copyin(uintptr_t uarg, size_t max, dof_hdr_t **);
void	 dtrace_enabling_destroy(dtrace_enabling_t *);

/* dtrace_ecb.c */
int	 dtrace_enabling_match(dtrace_enabling_t *, dtrace_state_t *,
	    int *nmatched);
void	 dtrace_enabling_retain(dtrace_enabling_t *, dtrace_state_t *);
void	 dtrace_enabling_matchall(void);
void	 dtrace_enabling_foresee(dtrace_state_t *);
void	 dtrace_ecb_disable(dtrace_ecb_t *);
void	 dtrace_ecb_destroy(dtrace_ecb_t *);
dtrace_ecb_t *dtrace_epid2ecb(dtrace_state_t *, dtrace_epid_t);
void	 dtrace_predicate_release(dtrace_predicate_t *, dtrace_vstate_t *);
dtrace_predicate_t *dtrace_predicate_create(dtrace_difo_t *);

/* dtrace_state.c */
extern dtrace_state_t *dtrace_states;		/* (d) All of them. */
dtrace_state_t *dtrace_state_create(int ghost);
int	 dtrace_state_option(dtrace_state_t *, unsigned option, uint64_t value);
int	 dtrace_state_go(dtrace_state_t *, int *cpu);
int	 dtrace_state_stop(dtrace_state_t *, int *cpu);
void	 dtrace_state_destroy(dtrace_state_t *);
void	 dtrace_state_status(dtrace_state_t *, dtrace_status_t *);

/* dtrace_desc.c: descriptions for the consumer */
int	 dtrace_eprobe_desc(dtrace_state_t *, dtrace_eprobedesc_t *, int maxrecs);
int	 dtrace_agg_desc(dtrace_state_t *, dtrace_aggdesc_t *, int maxrecs);

/* dtrace_vtime.c */
void	 dtrace_vtime_enable(void);
void	 dtrace_vtime_disable(void);

#endif /* !_DTRACE_IMPL_H_ */
