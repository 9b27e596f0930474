/*
 * fasttrap: tracing of processes.  This file is a firing; fasttrap_dev.c makes the probes.
 *
 * A breakpoint in a program's text traps; trap() hands it to fasttrap_pid_probe() before
 * it thinks of signals.  The tracepoint is found by process and address in a hash, and
 * each probe that hangs on it fires.  Which instructions trap is the process's own
 * affair, so that another process of the same program does not pay: the map of
 * breakpoints belongs to its address space, as patched text does.
 *
 * A breakpoint comes before its instruction, and the program goes on with that one.
 * Only a return is done here: its probes fire when it is certain, before the thread is
 * in the caller.  On amd64 other instructions would have to be copied aside and run
 * there, because the breakpoint is written over them; here it is not.
 *
 * Who reads tracepoints holds the pid lock of the CPU where he began; who frees one
 * goes through all of these locks first (fasttrap_barrier()).
 */
#include "fasttrap_impl.h"
#include <machine/abi.h>
#include <machine/reg.h>
#include <vm/pmap.h>

fasttrap_tracepoint_t **fasttrap_tpoints;
struct fasttrap_pidlock fasttrap_pidlock[MAXCPU];

/* Nobody holds on to what was taken out of the hash before. */
void
fasttrap_barrier(void)
{
	int cpu;

	CPU_FOREACH(cpu) {
		mtx_lock(&fasttrap_pidlock[cpu].ftpl_mtx);
		mtx_unlock(&fasttrap_pidlock[cpu].ftpl_mtx);
	}
}

/* The tracepoint at an address of a process.  The caller holds a pid lock. */
static fasttrap_tracepoint_t *
fasttrap_tracepoint_lookup(pid_t pid, uint64_t pc, uint32_t kind)
{
	fasttrap_tracepoint_t *tp;

	tp = fasttrap_tpoints[FASTTRAP_TPOINTS_INDEX(pid, pc)];
	while (tp != NULL && (tp->ftt_pid != pid || tp->ftt_pc != pc ||
	    tp->ftt_kind != kind))
		tp = tp->ftt_next;
	return (tp);
}

/*
 * The program's instruction has been seen to: the probes that want to know how it
 * ended fire.  The tracepoint is looked up again, because nothing was held
 * meanwhile; one that is gone has nobody left to tell.
 */
static void
fasttrap_return_common(struct reg *rp, uint64_t pc, pid_t pid)
{
	fasttrap_tracepoint_t *tp;
	fasttrap_site_t *site;
	struct mtx *pid_mtx;

	pid_mtx = &fasttrap_pidlock[curcpu].ftpl_mtx;
	mtx_lock(pid_mtx);
	tp = fasttrap_tracepoint_lookup(pid, pc, PID_RETURN);
	if (tp != NULL)
		for (site = tp->ftt_ids; site != NULL; site = site->fts_idnext)
			dtrace_probe(site->fts_probe->ftp_id,
			    pc - site->fts_probe->ftp_faddr, rp->r_rax, 0, 0,
			    0);
	mtx_unlock(pid_mtx);
}

/* A probe before its instruction: entry has the function's arguments. */
static void
fasttrap_fire(fasttrap_probe_t *probe, struct reg *rp)
{

	if (probe->ftp_type == FTT_ENTRY)
		dtrace_probe(probe->ftp_id, rp->r_args[0], rp->r_args[1],
		    rp->r_args[2], rp->r_args[3], rp->r_args[4]);
	else
		dtrace_probe(probe->ftp_id, 0, 0, 0, 0, 0);
}

/* What the instruction does: the caller's frame is on top, and goes on behind its call. */
static void
fasttrap_emulate_return(struct reg *rp)
{
	struct frame *f;

	f = (struct frame *)rp->r_rbp;
	if (f->f_caller == 0)
		return;			/* Nobody called: let it happen. */
	rp->r_rip = f->f_ret;
	rp->r_rbp = f->f_caller;
}

/* A child of vfork(2) runs in its parent's memory. */
static pid_t
fasttrap_pid(struct proc *p)
{

	sx_slock(&proctree_lock);
	while ((p->p_flag & P_PPWAIT) != 0 && p->p_pptr != NULL)
		p = p->p_pptr;
	sx_sunlock(&proctree_lock);
	return (p->p_pid);
}

/*
 * A breakpoint of curthread's.  0: it was ours.  One that nobody knows any more was
 * taken away while the thread was on its way here.
 */
int
fasttrap_pid_probe(struct trapframe *tf)
{
	fasttrap_tracepoint_t *tp, tp_local;
	fasttrap_proc_t *fproc;
	fasttrap_site_t *site;
	struct reg reg;
	struct proc *p;
	struct mtx *pid_mtx;
	pid_t pid;

	fill_frame_regs(tf, &reg);
	p = curthread->td_proc;
	pid = fasttrap_pid(p);

	pid_mtx = &fasttrap_pidlock[curcpu].ftpl_mtx;
	if (fasttrap_nheld != 0) {
		mtx_lock(pid_mtx);
		for (fproc = fasttrap_procs; fproc != NULL;
		    fproc = fproc->ftpc_next)
			if (fproc->ftpc_holdpc == tf->tf_pc &&
			    fproc->ftpc_pid == pid &&
			    fproc->ftpc_hold == FTH_WANTED)
				break;
		mtx_unlock(pid_mtx);
		if (fproc != NULL)
			fasttrap_held(fproc);
		/* It may go on on another CPU. */
		pid_mtx = &fasttrap_pidlock[curcpu].ftpl_mtx;
	}

	mtx_lock(pid_mtx);
	tp = fasttrap_tracepoint_lookup(pid, reg.r_rip, (uint32_t)tf->tf_err);
	if (tp == NULL) {
		mtx_unlock(pid_mtx);
		return (0);
	}
	if (tp->ftt_kind == PID_INSTRUCTION)
		for (site = tp->ftt_ids; site != NULL; site = site->fts_idnext)
			fasttrap_fire(site->fts_probe, &reg);
	else if (tp->ftt_kind == PID_USDT)
		fasttrap_usdt_fire(tp, tf, &reg);
	/* The rest may sleep, so the tracepoint may go: on with a copy. */
	tp_local = *tp;
	mtx_unlock(pid_mtx);

	if (tp_local.ftt_kind == PID_RETURN) {
		fasttrap_emulate_return(&reg);
		/* ustack() still sees the function: nothing is set yet. */
		fasttrap_return_common(&reg, tp_local.ftt_pc, pid);
	}
	PROC_LOCK(p);
	set_regs(curthread, &reg);
	PROC_UNLOCK(p);
	return (0);
}

/* --- Tracepoints -------------------------------------------------------------------- */

static uint32_t
fasttrap_kind(fasttrap_probe_t *probe)
{

	if (probe->ftp_type == FTT_USDT)
		return (PID_USDT);
	return (probe->ftp_type == FTT_RETURN ? PID_RETURN : PID_INSTRUCTION);
}

static fasttrap_tracepoint_t **
fasttrap_tracepoint_find(fasttrap_probe_t *probe, fasttrap_site_t *site)
{
	fasttrap_tracepoint_t **tpp;
	pid_t pid;

	pid = probe->ftp_proc->ftpc_pid;
	for (tpp = &fasttrap_tpoints[FASTTRAP_TPOINTS_INDEX(pid,
	    site->fts_pc)]; *tpp != NULL; tpp = &(*tpp)->ftt_next)
		if ((*tpp)->ftt_pid == pid && (*tpp)->ftt_pc == site->fts_pc &&
		    (*tpp)->ftt_kind == fasttrap_kind(probe))
			break;
	return (tpp);
}

/* Hang a probe on the tracepoint of one of its sites. */
void
fasttrap_tracepoint_enable(fasttrap_probe_t *probe, fasttrap_site_t *site)
{
	fasttrap_tracepoint_t **tpp, *tp;
	fasttrap_site_t **idp;
	fasttrap_proc_t *fproc;

	fproc = probe->ftp_proc;
	/* What a program says of its own probes may be wrong. */
	if (site->fts_pc < UTEXT ||
	    (site->fts_pc - UTEXT) / 4 >= fproc->ftpc_mapsize)
		return;
	tpp = fasttrap_tracepoint_find(probe, site);
	tp = *tpp;
	if (tp == NULL) {
		tp = dtrace_kmem_zalloc(sizeof(*tp));
		tp->ftt_pid = fproc->ftpc_pid;
		tp->ftt_kind = fasttrap_kind(probe);
		tp->ftt_pc = site->fts_pc;
		*tpp = tp;
	}
	/* In the order in which they are enabled. */
	for (idp = &tp->ftt_ids; *idp != NULL; idp = &(*idp)->fts_idnext)
		continue;
	site->fts_idnext = NULL;
	*idp = site;
	fproc->ftpc_map[(site->fts_pc - UTEXT) / 4] |= fasttrap_kind(probe);
}

void
fasttrap_tracepoint_disable(fasttrap_probe_t *probe, fasttrap_site_t *site)
{
	fasttrap_tracepoint_t **tpp, *tp;
	fasttrap_site_t **idp;

	tpp = fasttrap_tracepoint_find(probe, site);
	tp = *tpp;
	if (tp == NULL)
		return;			/* It was out of the text. */
	for (idp = &tp->ftt_ids; *idp != NULL; idp = &(*idp)->fts_idnext)
		if (*idp == site) {
			*idp = site->fts_idnext;
			break;
		}
	if (tp->ftt_ids != NULL)
		return;
	if (probe->ftp_proc->ftpc_map != NULL)
		probe->ftp_proc->ftpc_map[(site->fts_pc - UTEXT) / 4] &=
		    (uint8_t)~fasttrap_kind(probe);
	*tpp = tp->ftt_next;
	fasttrap_barrier();
	dtrace_kmem_free(tp);
}

/* Arguments beyond the fifth: all lie in the frame. */
uint64_t
fasttrap_pid_getargval(void *arg, dtrace_id_t id, void *parg, int argno,
    int aframes)
{
	fasttrap_probe_t *probe;
	struct frame *f;

	probe = parg;
	if (probe->ftp_type != FTT_ENTRY)
		return (0);
	f = (struct frame *)curthread->td_pcb->pcb_ufp;
	return (dtrace_load64((uintptr_t)&f->f_args[argno]));
}
