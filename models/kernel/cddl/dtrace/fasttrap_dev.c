/*
 * /dev/dtrace/fasttrap: probes in processes, on demand.
 *
 * The consumer knows the symbols of a program; it names a probe and says where in the
 * text it lies (FASTTRAPIOC_MAKEPROBE).  Each process has a provider of its own,
 * pid123, whose probes end with the program: at exit, and when exec(2) replaces it.
 *
 * A command that dtrace(1) starts has to wait until its probes are there: it is held
 * after its exec, or at the entry of a function (evaltime=main), until it is
 * released.
 */
#include "fasttrap_impl.h"
#include <sys/conf.h>
#include <sys/dtrace_bsd.h>
#include <machine/abi.h>
#include <vm/vm_map.h>
#include <vm/pmap.h>

fasttrap_proc_t	*fasttrap_procs;
int		 fasttrap_nheld;

int	(*dtrace_pid_probe_ptr)(struct trapframe *tf);
void	(*dtrace_fasttrap_exec)(struct proc *p);
void	(*dtrace_fasttrap_exit)(struct proc *p);
void	(*dtrace_fasttrap_fork)(struct proc *p1, struct proc *p2);

static struct mtx fasttrap_mtx;		/* Who waits for whom. */
MTX_SYSINIT(fasttrap, &fasttrap_mtx, "fasttrap", MTX_DEF);

static void	fasttrap_exec(struct proc *p);
static void	fasttrap_exit(struct proc *p);
static void	fasttrap_fork(struct proc *p1, struct proc *p2);
static int	fasttrap_proc_map(fasttrap_proc_t *fproc, uint64_t textsize);
static void	fasttrap_holdpc_clear(fasttrap_proc_t *fproc);

/* --- The provider --------------------------------------------------------------------- */

void
fasttrap_pid_enable(void *arg, dtrace_id_t id, void *parg)
{
	fasttrap_probe_t *probe;
	fasttrap_site_t *site;

	probe = parg;
	if (probe->ftp_retired || probe->ftp_enabled)
		return;
	/* Who has probes of his own has a map when the first is enabled. */
	if (fasttrap_proc_map(probe->ftp_proc, 0) != 0)
		return;
	for (site = probe->ftp_sites; site != NULL; site = site->fts_next)
		fasttrap_tracepoint_enable(probe, site);
	probe->ftp_enabled = 1;
}

void
fasttrap_pid_disable(void *arg, dtrace_id_t id, void *parg)
{
	fasttrap_probe_t *probe;
	fasttrap_site_t *site;

	probe = parg;
	if (!probe->ftp_enabled)
		return;
	for (site = probe->ftp_sites; site != NULL; site = site->fts_next)
		fasttrap_tracepoint_disable(probe, site);
	probe->ftp_enabled = 0;
}

static const dtrace_pops_t fasttrap_pops = {
	.dtps_enable = fasttrap_pid_enable,
	.dtps_disable = fasttrap_pid_disable,
	.dtps_getargval = fasttrap_pid_getargval,
};

/* --- Processes ---------------------------------------------------------------------------- */

static fasttrap_proc_t *
fasttrap_proc_lookup(pid_t pid)
{
	fasttrap_proc_t *fproc;

	for (fproc = fasttrap_procs; fproc != NULL; fproc = fproc->ftpc_next)
		if (fproc->ftpc_pid == pid)
			return (fproc);
	return (NULL);
}

/* The process's entry, made if need be.  From now on exec and exit tell us. */
fasttrap_proc_t *
fasttrap_proc_get(pid_t pid)
{
	fasttrap_proc_t *fproc;

	fproc = fasttrap_proc_lookup(pid);
	if (fproc != NULL)
		return (fproc);
	if (fasttrap_tpoints == NULL)
		fasttrap_tpoints = dtrace_kmem_zalloc(FASTTRAP_TPOINTS_SIZE *
		    sizeof(fasttrap_tpoints[0]));
	fproc = dtrace_kmem_zalloc(sizeof(*fproc));
	fproc->ftpc_pid = pid;
	fproc->ftpc_next = fasttrap_procs;
	fasttrap_procs = fproc;
	dtrace_pid_probe_ptr = fasttrap_pid_probe;
	dtrace_fasttrap_exec = fasttrap_exec;
	dtrace_fasttrap_exit = fasttrap_exit;
	dtrace_fasttrap_fork = fasttrap_fork;
	return (fproc);
}

/*
 * Give the process a map of breakpoints for a text of that size, or (0) of the size
 * that its address space says.  Its CPUs see it at the next instruction that looks.
 */
static int
fasttrap_proc_map(fasttrap_proc_t *fproc, uint64_t textsize)
{
	struct proc *p;
	struct pmap *pmap;

	if (fproc->ftpc_map != NULL)
		return (0);
	if (textsize > UDATA - UTEXT)
		return (EINVAL);
	p = pfind(fproc->ftpc_pid);
	if (p == NULL)
		return (ESRCH);
	if ((p->p_flag & P_WEXIT) != 0 || p->p_vmspace == &vmspace0) {
		PROC_UNLOCK(p);
		return (ESRCH);
	}
	/* It cannot go: its exit waits for dtrace_lock, which we have. */
	pmap = vmspace_pmap(p->p_vmspace);
	if (textsize == 0)
		textsize = (uint64_t)p->p_vmspace->vm_tsize * PAGE_SIZE;
	PROC_UNLOCK(p);
	fproc->ftpc_mapsize = textsize / 4;
	fproc->ftpc_map = dtrace_kmem_zalloc(fproc->ftpc_mapsize);
	fproc->ftpc_pmap = pmap;
	pmap->pm_pml4[PID_MAP_ENTRY] = (pd_entry_t)fproc->ftpc_map;
	return (0);
}

/* The program is gone, or about to be: no more traps, no more firings. */
static void
fasttrap_proc_retire(fasttrap_proc_t *fproc, struct proc *p)
{
	fasttrap_probe_t *probe;

	/* An address space that was shared is somebody else's now. */
	if (fproc->ftpc_map != NULL &&
	    vmspace_pmap(p->p_vmspace) == fproc->ftpc_pmap)
		fproc->ftpc_pmap->pm_pml4[PID_MAP_ENTRY] = 0;
	for (probe = fproc->ftpc_probes; probe != NULL;
	    probe = probe->ftp_next) {
		fasttrap_pid_disable(NULL, probe->ftp_id, probe);
		probe->ftp_retired = 1;
	}
	fasttrap_usdt_retire(fproc);
	dtrace_helpers_destroy(p->p_pid);
	fasttrap_barrier();
	dtrace_kmem_free(fproc->ftpc_map);
	fproc->ftpc_map = NULL;
	fproc->ftpc_pmap = NULL;
	fasttrap_holdpc_clear(fproc);
}

/* Wait for FASTTRAPIOC_RELEASE, or for a signal. */
static void
fasttrap_hold_here(fasttrap_proc_t *fproc)
{

	mtx_lock(&fasttrap_mtx);
	fproc->ftpc_hold = FTH_WAITING;
	wakeup(&fproc->ftpc_pid);
	while (fproc->ftpc_hold == FTH_WAITING)
		if (msleep(&fproc->ftpc_hold, &fasttrap_mtx, PWAIT | PCATCH,
		    "dtheld", 0) != 0)
			fproc->ftpc_hold = FTH_NONE;
	mtx_unlock(&fasttrap_mtx);
}

static void
fasttrap_holdpc_clear(fasttrap_proc_t *fproc)
{

	if (fproc->ftpc_holdpc != 0)
		fasttrap_nheld--;
	fproc->ftpc_holdpc = 0;
}

/* The process has come to where it is to wait. */
void
fasttrap_held(fasttrap_proc_t *fproc)
{

	DTRACE_LOCK();
	fasttrap_holdpc_clear(fproc);
	DTRACE_UNLOCK();
	fasttrap_hold_here(fproc);
}

/* A new program is in place; the process runs none of it yet. */
static void
fasttrap_exec(struct proc *p)
{
	fasttrap_proc_t *fproc;

	DTRACE_LOCK();
	fproc = fasttrap_proc_lookup(p->p_pid);
	if (fproc != NULL)
		fasttrap_proc_retire(fproc, p);
	DTRACE_UNLOCK();
	if (fproc != NULL && fproc->ftpc_hold == FTH_WANTED)
		fasttrap_hold_here(fproc);
}

/* The child runs our program in memory of its own, where nothing traps yet. */
static void
fasttrap_fork(struct proc *p1, struct proc *p2)
{

	dtrace_helpers_duplicate(p1->p_pid, p2->p_pid);
}

/* Who had only probes of his own leaves nothing that anybody would ask for. */
static void
fasttrap_proc_free(fasttrap_proc_t *fproc)
{
	fasttrap_proc_t **fp;

	for (fp = &fasttrap_procs; *fp != fproc; fp = &(*fp)->ftpc_next)
		continue;
	*fp = fproc->ftpc_next;
	fasttrap_barrier();
	dtrace_kmem_free(fproc);
}

static void
fasttrap_exit(struct proc *p)
{
	fasttrap_proc_t *fproc;
	int wanted;

	DTRACE_LOCK();
	fproc = fasttrap_proc_lookup(p->p_pid);
	if (fproc == NULL) {
		DTRACE_UNLOCK();
		return;
	}
	fasttrap_proc_retire(fproc, p);
	mtx_lock(&fasttrap_mtx);
	wanted = fproc->ftpc_hold != FTH_NONE || fproc->ftpc_provider != 0;
	fproc->ftpc_hold = FTH_GONE;
	wakeup(&fproc->ftpc_pid);
	mtx_unlock(&fasttrap_mtx);
	if (!wanted)
		fasttrap_proc_free(fproc);
	DTRACE_UNLOCK();
}

/* --- The device --------------------------------------------------------------------------- */

static const char *const fasttrap_argtypes[] = { "uint64_t", "uint64_t",
    "uint64_t", "uint64_t", "uint64_t", "uint64_t", "uint64_t", "uint64_t",
    "uint64_t", "uint64_t" };

/* dtrace_lock is held, and the provider exists. */
static void
fasttrap_probe_add(fasttrap_proc_t *fproc, fasttrap_probe_spec_t *spec)
{
	fasttrap_probe_t *probe;
	fasttrap_site_t *site;
	dtrace_id_t id;
	uint64_t pc;
	uint32_t i, nargs;

	id = dtrace_probe_lookup(fproc->ftpc_provider, spec->ftps_mod,
	    spec->ftps_func, spec->ftps_name);
	if (id != DTRACE_IDNONE)
		probe = dtrace_probes[id - 1]->dtpr_arg;
	else {
		probe = dtrace_kmem_zalloc(sizeof(*probe));
		probe->ftp_type = (fasttrap_probe_type_t)spec->ftps_type;
		probe->ftp_faddr = spec->ftps_pc;
		probe->ftp_proc = fproc;
		probe->ftp_next = fproc->ftpc_probes;
		fproc->ftpc_probes = probe;
		probe->ftp_id = dtrace_probe_create(fproc->ftpc_provider,
		    dtrace_strdup(spec->ftps_mod),
		    dtrace_strdup(spec->ftps_func),
		    dtrace_strdup(spec->ftps_name), 0, probe);
		nargs = spec->ftps_nargs;
		if (nargs > nitems(fasttrap_argtypes))
			nargs = nitems(fasttrap_argtypes);
		dtrace_probe_argtypes(probe->ftp_id, (int)nargs,
		    fasttrap_argtypes, NULL);
	}
	for (i = 0; i < spec->ftps_noffs; i++) {
		pc = spec->ftps_pc + spec->ftps_offs[i];
		if (pc < UTEXT || (pc - UTEXT) / 4 >= fproc->ftpc_mapsize)
			continue;
		site = dtrace_kmem_zalloc(sizeof(*site));
		site->fts_probe = probe;
		site->fts_pc = pc;
		site->fts_next = probe->ftp_sites;
		probe->ftp_sites = site;
		if (probe->ftp_enabled)
			fasttrap_tracepoint_enable(probe, site);
	}
}

/* "pid123", for good. */
static const char *
fasttrap_provider_name(pid_t pid)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "%s%d", "pid", (int)pid);
	return (dtrace_strdup(name));
}

static int
fasttrap_makeprobe(fasttrap_probe_spec_t *spec)
{
	dtrace_provider_id_t id;
	fasttrap_proc_t *fproc;
	int error;

	spec->ftps_mod[sizeof(spec->ftps_mod) - 1] = '\0';
	spec->ftps_func[sizeof(spec->ftps_func) - 1] = '\0';
	spec->ftps_name[sizeof(spec->ftps_name) - 1] = '\0';
	DTRACE_LOCK();
	fproc = fasttrap_proc_get(spec->ftps_pid);
	error = fasttrap_proc_map(fproc, spec->ftps_textsize);
	id = fproc->ftpc_provider;
	DTRACE_UNLOCK();
	if (error == 0 && id == 0)
		error = dtrace_register(fasttrap_provider_name(spec->ftps_pid),
		    &fasttrap_pops, NULL, &id);
	if (error != 0)
		return (error);
	DTRACE_LOCK();
	fproc->ftpc_provider = id;
	if (fproc->ftpc_map != NULL)
		fasttrap_probe_add(fproc, spec);
	else
		error = ESRCH;		/* It has just ended. */
	DTRACE_UNLOCK();
	return (error);
}

static int
fasttrap_ioctl_makeprobe(uintptr_t uarg)
{
	fasttrap_probe_spec_t hdr, *spec;
	size_t size;
	int error;

	error = copyin((void *)uarg, &hdr, sizeof(hdr));
	if (error != 0)
		return (error);
	if (hdr.ftps_noffs == 0 || hdr.ftps_noffs > FASTTRAP_MAXOFFS ||
	    hdr.ftps_type > FTT_OFFSET)
		return (EINVAL);
	size = sizeof(hdr) + hdr.ftps_noffs * sizeof(hdr.ftps_offs[0]);
	spec = dtrace_kmem_alloc(size);
	error = copyin((void *)uarg, spec, size);
	if (error == 0)
		spec->ftps_noffs = hdr.ftps_noffs;
	if (error == 0)
		error = fasttrap_makeprobe(spec);
	dtrace_kmem_free(spec);
	return (error);
}

/* The process is to wait: after its next exec, or where hold says. */
static int
fasttrap_ioctl_hold(fasttrap_hold_t *hold)
{
	fasttrap_proc_t *fproc;
	int error;

	error = 0;
	DTRACE_LOCK();
	fproc = fasttrap_proc_get(hold->fth_pid);
	if (hold->fth_pc != 0)
		error = fasttrap_proc_map(fproc, hold->fth_textsize);
	if (error == 0 && hold->fth_pc != 0) {
		if (hold->fth_pc < UTEXT ||
		    (hold->fth_pc - UTEXT) / 4 >= fproc->ftpc_mapsize)
			error = EINVAL;
		else {
			if (fproc->ftpc_holdpc == 0)
				fasttrap_nheld++;
			fproc->ftpc_holdpc = hold->fth_pc;
			fproc->ftpc_map[(hold->fth_pc - UTEXT) / 4] |=
			    PID_INSTRUCTION;
		}
	}
	DTRACE_UNLOCK();
	if (error != 0)
		return (error);
	mtx_lock(&fasttrap_mtx);
	if (fproc->ftpc_hold == FTH_WAITING)
		wakeup(&fproc->ftpc_hold);	/* On to the next place. */
	if (fproc->ftpc_hold != FTH_GONE)
		fproc->ftpc_hold = FTH_WANTED;
	mtx_unlock(&fasttrap_mtx);
	return (0);
}

/* Until the process waits; ESRCH if it ended before. */
static int
fasttrap_ioctl_wait(fasttrap_hold_t *hold)
{
	fasttrap_proc_t *fproc;
	int error;

	DTRACE_LOCK();
	fproc = fasttrap_proc_lookup(hold->fth_pid);
	DTRACE_UNLOCK();
	if (fproc == NULL)
		return (ESRCH);
	error = 0;
	mtx_lock(&fasttrap_mtx);
	while (fproc->ftpc_hold == FTH_WANTED && error == 0)
		error = msleep(&fproc->ftpc_pid, &fasttrap_mtx, PWAIT | PCATCH,
		    "dtwait", 0);
	if (error == 0 && fproc->ftpc_hold != FTH_WAITING)
		error = ESRCH;
	mtx_unlock(&fasttrap_mtx);
	return (error);
}

static int
fasttrap_ioctl_release(fasttrap_hold_t *hold)
{
	fasttrap_proc_t *fproc;

	DTRACE_LOCK();
	fproc = fasttrap_proc_lookup(hold->fth_pid);
	DTRACE_UNLOCK();
	if (fproc == NULL)
		return (ESRCH);
	mtx_lock(&fasttrap_mtx);
	if (fproc->ftpc_hold == FTH_WAITING || fproc->ftpc_hold == FTH_WANTED)
		fproc->ftpc_hold = FTH_NONE;
	wakeup(&fproc->ftpc_hold);
	mtx_unlock(&fasttrap_mtx);
	return (0);
}

static int
fasttrap_ioctl(struct cdev *dev, u_long cmd, caddr_t addr, int flags,
    struct thread *td)
{

	if (!dtrace_loaded)
		return (ENXIO);
	switch (cmd) {
	case FASTTRAPIOC_MAKEPROBE:
		return (fasttrap_ioctl_makeprobe(*(uintptr_t *)addr));
	case FASTTRAPIOC_HOLD:
		return (fasttrap_ioctl_hold((fasttrap_hold_t *)addr));
	case FASTTRAPIOC_WAIT:
		return (fasttrap_ioctl_wait((fasttrap_hold_t *)addr));
	case FASTTRAPIOC_RELEASE:
		return (fasttrap_ioctl_release((fasttrap_hold_t *)addr));
	default:
		return (ENOTTY);
	}
}

static struct cdevsw fasttrap_cdevsw = {
	.d_version = D_VERSION,
	.d_name = "fasttrap",
	.d_ioctl = fasttrap_ioctl,
};

static void
fasttrap_dev_init(void *dummy)
{
	int cpu;

	CPU_FOREACH(cpu)
		mtx_init(&fasttrap_pidlock[cpu].ftpl_mtx, "pid lock", NULL,
		    MTX_DEF | MTX_DUPOK);

	(void)make_dev(&fasttrap_cdevsw, 0, 0, 0, 0600, "dtrace/fasttrap");
}
SYSINIT(fasttrap_dev, SI_SUB_DRIVERS, SI_ORDER_ANY, fasttrap_dev_init, NULL);
