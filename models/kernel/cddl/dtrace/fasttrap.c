/*
 * fasttrap: tracing of processes.  This file is a firing; fasttrap_dev.c makes the probes.
 *
 * A breakpoint in a program's text traps; trap() hands it to fasttrap_pid_probe() before
 * it thinks of signals.  The tracepoint is found by process and address in a hash, and
 * each probe that hangs on it fires.  Which instructions trap is the process's own
 * affair, so that another process of the same program does not pay: the map of
 * breakpoints belongs to its address space, as patched text does.
 *
 * The instruction that a breakpoint stands for is not replaced here: the trap comes
 * before it, and the program goes on with it.  At a return the value is in its
 * register already.
 *
 * Who reads tracepoints holds the pid lock of the CPU where he began; who frees one
 * goes through all of these locks first (fasttrap_barrier()).
 */
#include "fasttrap_impl.h"
#include <machine/abi.h>
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

/* curthread's top user frame. */
static struct frame *
fasttrap_frame(void)
{

	return ((struct frame *)curthread->td_pcb->pcb_ufp);
}

static void
fasttrap_fire(fasttrap_site_t *site, struct trapframe *tf)
{
	fasttrap_probe_t *probe;
	struct frame *f;

	probe = site->fts_probe;
	switch (probe->ftp_type) {
	case FTT_ENTRY:
		f = fasttrap_frame();
		dtrace_probe(probe->ftp_id, f->f_args[0], f->f_args[1],
		    f->f_args[2], f->f_args[3], f->f_args[4]);
		break;
	case FTT_RETURN:
		dtrace_probe(probe->ftp_id, tf->tf_pc - probe->ftp_faddr,
		    tf->tf_rax, 0, 0, 0);
		break;
	case FTT_OFFSET:
		dtrace_probe(probe->ftp_id, 0, 0, 0, 0, 0);
		break;
	}
}

/*
 * A breakpoint of curthread's.  0: it was ours.  One that nobody knows any more was
 * taken away while the thread was on its way here.
 */
int
fasttrap_pid_probe(struct trapframe *tf)
{
	fasttrap_tracepoint_t *tp;
	fasttrap_proc_t *fproc;
	fasttrap_site_t *site;
	struct proc *p;
	struct mtx *pid_mtx;
	pid_t pid;

	/* A child of vfork(2) runs in its parent's memory. */
	p = curthread->td_proc;
	sx_slock(&proctree_lock);
	while ((p->p_flag & P_PPWAIT) != 0 && p->p_pptr != NULL)
		p = p->p_pptr;
	sx_sunlock(&proctree_lock);
	pid = p->p_pid;

	for (fproc = fasttrap_procs; fproc != NULL; fproc = fproc->ftpc_next)
		if (fproc->ftpc_holdpc == tf->tf_pc && fproc->ftpc_pid == pid &&
		    fproc->ftpc_hold == FTH_WANTED)
			fasttrap_hold_here(fproc);

	pid_mtx = &fasttrap_pidlock[curcpu].ftpl_mtx;
	mtx_lock(pid_mtx);
	tp = fasttrap_tpoints[FASTTRAP_TPOINTS_INDEX(pid, tf->tf_pc)];
	while (tp != NULL && (tp->ftt_pid != pid || tp->ftt_pc != tf->tf_pc ||
	    tp->ftt_kind != (uint32_t)tf->tf_err))
		tp = tp->ftt_next;
	if (tp != NULL)
		for (site = tp->ftt_ids; site != NULL; site = site->fts_idnext)
			fasttrap_fire(site, tf);
	mtx_unlock(pid_mtx);
	return (0);
}

/* --- Tracepoints -------------------------------------------------------------------- */

static uint32_t
fasttrap_kind(fasttrap_probe_t *probe)
{

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
		return;
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

	probe = parg;
	if (probe->ftp_type != FTT_ENTRY)
		return (0);
	return (dtrace_load64((uintptr_t)&fasttrap_frame()->f_args[argno]));
}
