/*
 * fasttrap, for programs that have probes of their own: providers and probes as
 * /dev/dtrace/helper asks for them (dtrace_helper.c), and their firing.
 *
 * Each process has its providers: myapp123.  A site is an instruction without effect
 * until it is enabled; then it traps like an instruction of the pid provider's, and
 * the arguments lie where the function that the site seems to call would find them.
 * An is-enabled site traps as long as its probe is enabled, and then says 1.
 */
#include "fasttrap_impl.h"
#include <machine/abi.h>
#include <machine/reg.h>

/* The nth of consecutive strings. */
static const char *
fasttrap_usdt_string(const char *s, int n)
{

	for (; n > 0; n--)
		s += dtrace_strlen(s, DTRACE_ARGTYPELEN) + 1;
	return (s);
}

/* An argument as the clause sees it: the declaration may have reordered them. */
static uint64_t
fasttrap_usdt_arg(fasttrap_probe_t *probe, struct frame *f, int argno)
{

	if (argno >= probe->ftp_nargs)
		return (0);
	return (dtrace_load64((uintptr_t)
	    &f->f_args[probe->ftp_argmap[argno]]));
}

/* The frame that a call at the site would have: above the top one. */
static struct frame *
fasttrap_usdt_frame(struct trapframe *tf)
{

	return ((struct frame *)tf->tf_spare);
}

/* All that hangs on a site of the program's own. */
void
fasttrap_usdt_fire(fasttrap_tracepoint_t *tp, struct trapframe *tf,
    struct reg *rp)
{
	fasttrap_probe_t *probe;
	fasttrap_site_t *site;
	struct frame *f;

	f = fasttrap_usdt_frame(tf);
	for (site = tp->ftt_ids; site != NULL; site = site->fts_idnext) {
		if (site->fts_asks) {
			rp->r_rax = 1;
			continue;
		}
		probe = site->fts_probe;
		dtrace_probe(probe->ftp_id, fasttrap_usdt_arg(probe, f, 0),
		    fasttrap_usdt_arg(probe, f, 1),
		    fasttrap_usdt_arg(probe, f, 2),
		    fasttrap_usdt_arg(probe, f, 3),
		    fasttrap_usdt_arg(probe, f, 4));
	}
}

static uint64_t
fasttrap_usdt_getargval(void *arg, dtrace_id_t id, void *parg, int argno,
    int aframes)
{

	return (fasttrap_usdt_arg(parg, fasttrap_usdt_frame(
	    curthread->td_frame), argno));
}

/* It is the program that traps, and that takes time. */
static int
fasttrap_usdt_noghost(void *arg, dtrace_id_t id, void *parg)
{

	return (1);
}

static const dtrace_pops_t fasttrap_usdt_pops = {
	.dtps_enable = fasttrap_pid_enable,
	.dtps_disable = fasttrap_pid_disable,
	.dtps_getargval = fasttrap_usdt_getargval,
	.dtps_noghost = fasttrap_usdt_noghost,
};

/* --- Providers and probes.  dtrace_lock is held. ------------------------------------ */

/* A process's provider of that name: made, or the one that there is. */
int
fasttrap_usdt_provider(pid_t pid, const char *name, const dof_attr_t *attr,
    fasttrap_usdt_t *usdt)
{
	char full[DTRACE_PROVNAMELEN];
	fasttrap_provider_t *fpv;
	fasttrap_proc_t *fproc;
	int i;

	fproc = fasttrap_proc_get(pid);
	usdt->ftu_proc = fproc;
	(void)snprintf(full, sizeof(full), "%s%d", name, (int)pid);
	for (fpv = fproc->ftpc_usdt; fpv != NULL; fpv = fpv->ftpv_next)
		if (strcmp(fpv->ftpv_name, full) == 0) {
			usdt->ftu_provider = fpv->ftpv_id;
			return (0);
		}
	fpv = dtrace_kmem_zalloc(sizeof(*fpv));
	fpv->ftpv_name = dtrace_strdup(full);
	for (i = 0; i < 5; i++)
		fpv->ftpv_attr[i] = attr[i];
	fpv->ftpv_id = dtrace_register_locked(fpv->ftpv_name,
	    &fasttrap_usdt_pops, NULL, fpv->ftpv_attr);
	fpv->ftpv_next = fproc->ftpc_usdt;
	fproc->ftpc_usdt = fpv;
	usdt->ftu_provider = fpv->ftpv_id;
	return (0);
}

static void
fasttrap_usdt_sites(fasttrap_probe_t *probe, const uint32_t *offs, int n, int asks)
{
	fasttrap_site_t *site, **sp;

	for (sp = &probe->ftp_sites; *sp != NULL; sp = &(*sp)->fts_next)
		continue;
	for (; n > 0; n--, offs++) {
		site = dtrace_kmem_zalloc(sizeof(*site));
		site->fts_probe = probe;
		site->fts_pc = probe->ftp_faddr + *offs;
		site->fts_asks = asks;
		*sp = site;
		sp = &site->fts_next;
	}
}

/* Types of args[]: what the site passes, and what it is shown as if that differs. */
static void
fasttrap_usdt_argtypes(fasttrap_probe_t *probe, fasttrap_usdt_t *usdt)
{
	const char **native, **shown, *s;
	int i, n;

	n = usdt->ftu_nargs;
	if (n == 0)
		return;
	native = dtrace_kmem_zalloc((size_t)n * sizeof(native[0]));
	shown = dtrace_kmem_zalloc((size_t)n * sizeof(shown[0]));
	for (i = 0; i < n; i++) {
		native[i] = dtrace_strdup(fasttrap_usdt_string(
		    usdt->ftu_ntypes, usdt->ftu_argmap[i]));
		s = fasttrap_usdt_string(usdt->ftu_xtypes, i);
		shown[i] = strcmp(s, native[i]) == 0 ? "" : dtrace_strdup(s);
	}
	dtrace_probe_argtypes(probe->ftp_id, n, native, shown);
}

/* A probe, as far as one function has sites of it. */
void
fasttrap_usdt_probe(fasttrap_usdt_t *usdt)
{
	fasttrap_probe_t *probe;
	int i;

	if (dtrace_probe_lookup(usdt->ftu_provider, usdt->ftu_mod,
	    usdt->ftu_func, usdt->ftu_name) != DTRACE_IDNONE)
		return;
	probe = dtrace_kmem_zalloc(sizeof(*probe));
	probe->ftp_type = FTT_USDT;
	probe->ftp_faddr = usdt->ftu_addr;
	probe->ftp_proc = usdt->ftu_proc;
	probe->ftp_nargs = usdt->ftu_nargs;
	if (usdt->ftu_nargs > 0)
		probe->ftp_argmap = dtrace_kmem_zalloc(
		    (size_t)usdt->ftu_nargs);
	for (i = 0; i < usdt->ftu_nargs; i++)
		probe->ftp_argmap[i] = usdt->ftu_argmap[i];
	probe->ftp_next = usdt->ftu_proc->ftpc_probes;
	usdt->ftu_proc->ftpc_probes = probe;
	fasttrap_usdt_sites(probe, usdt->ftu_offs, usdt->ftu_noffs, 0);
	fasttrap_usdt_sites(probe, usdt->ftu_enoffs, usdt->ftu_nenoffs, 1);
	probe->ftp_id = dtrace_probe_create(usdt->ftu_provider,
	    dtrace_strdup(usdt->ftu_mod), dtrace_strdup(usdt->ftu_func),
	    dtrace_strdup(usdt->ftu_name), 0, probe);
	fasttrap_usdt_argtypes(probe, usdt);
}

/* A process takes one of its providers back. */
void
fasttrap_usdt_remove(pid_t pid, const char *name)
{
	char full[DTRACE_PROVNAMELEN];
	fasttrap_provider_t *fpv, **fpvp;
	fasttrap_probe_t *probe;
	fasttrap_proc_t *fproc;

	fproc = fasttrap_proc_get(pid);
	(void)snprintf(full, sizeof(full), "%s%d", name, (int)pid);
	for (fpvp = &fproc->ftpc_usdt; (fpv = *fpvp) != NULL;
	    fpvp = &fpv->ftpv_next)
		if (strcmp(fpv->ftpv_name, full) == 0)
			break;
	if (fpv == NULL)
		return;
	for (probe = fproc->ftpc_probes; probe != NULL;
	    probe = probe->ftp_next)
		if ((dtrace_provider_id_t)dtrace_probes[probe->ftp_id - 1]->
		    dtpr_provider == fpv->ftpv_id) {
			fasttrap_pid_disable(NULL, probe->ftp_id, probe);
			probe->ftp_retired = 1;
		}
	dtrace_invalidate(fpv->ftpv_id);
	*fpvp = fpv->ftpv_next;
}

/* The program is gone: nobody finds its probes any more, consumers have had them. */
void
fasttrap_usdt_retire(fasttrap_proc_t *fproc)
{
	fasttrap_provider_t *fpv;

	while ((fpv = fproc->ftpc_usdt) != NULL) {
		dtrace_invalidate(fpv->ftpv_id);
		fproc->ftpc_usdt = fpv->ftpv_next;
		/* Its name and attributes stay: they are the provider's. */
	}
}
