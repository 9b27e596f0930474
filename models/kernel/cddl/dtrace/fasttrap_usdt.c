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

/* A process's provider of that name. */
static fasttrap_provider_t **
fasttrap_usdt_lookup(fasttrap_proc_t *fproc, const char *name)
{
	char full[DTRACE_PROVNAMELEN];
	fasttrap_provider_t **fpvp;

	(void)snprintf(full, sizeof(full), "%s%d", name, (int)fproc->ftpc_pid);
	for (fpvp = &fproc->ftpc_usdt; *fpvp != NULL; fpvp = &(*fpvp)->ftpv_next)
		if (strcmp((*fpvp)->ftpv_name, full) == 0)
			break;
	return (fpvp);
}

/* The same, made if there is none: what probes are then added to. */
void
fasttrap_usdt_provider(pid_t pid, const char *name, const dof_attr_t *attr,
    fasttrap_usdt_t *usdt)
{
	char full[DTRACE_PROVNAMELEN];
	fasttrap_provider_t *fpv, **fpvp;
	int i;

	usdt->ftu_proc = fasttrap_proc_get(pid);
	fpvp = fasttrap_usdt_lookup(usdt->ftu_proc, name);
	fpv = *fpvp;
	if (fpv == NULL) {
		fpv = dtrace_kmem_zalloc(sizeof(*fpv));
		(void)snprintf(full, sizeof(full), "%s%d", name, (int)pid);
		fpv->ftpv_name = dtrace_strdup(full);
		for (i = 0; i < 5; i++)
			fpv->ftpv_attr[i] = attr[i];
		fpv->ftpv_id = dtrace_register_locked(fpv->ftpv_name,
		    &fasttrap_usdt_pops, NULL, fpv->ftpv_attr);
		*fpvp = fpv;
	}
	usdt->ftu_provider = fpv;
}

static void
fasttrap_usdt_sites(fasttrap_probe_t *probe, uint64_t faddr, const uint32_t *offs,
    int n, int asks)
{
	fasttrap_site_t *site, **sp;

	for (; n > 0; n--, offs++) {
		for (sp = &probe->ftp_sites; (site = *sp) != NULL;
		    sp = &site->fts_next)
			if (site->fts_pc == faddr + *offs)
				break;
		if (site != NULL)
			continue;
		site = dtrace_kmem_zalloc(sizeof(*site));
		site->fts_probe = probe;
		site->fts_pc = faddr + *offs;
		site->fts_asks = asks;
		*sp = site;
		if (probe->ftp_enabled)
			fasttrap_tracepoint_enable(probe, site);
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
		shown[i] = dtrace_strdup(strcmp(s, native[i]) == 0 ? "" : s);
	}
	dtrace_probe_argtypes(probe->ftp_id, n, native, shown);
}

static fasttrap_probe_t *
fasttrap_usdt_create(fasttrap_usdt_t *usdt)
{
	fasttrap_probe_t *probe;
	int i;

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
	probe->ftp_next = usdt->ftu_provider->ftpv_probes;
	usdt->ftu_provider->ftpv_probes = probe;
	probe->ftp_id = dtrace_probe_create(usdt->ftu_provider->ftpv_id,
	    dtrace_strdup(usdt->ftu_mod), dtrace_strdup(usdt->ftu_func),
	    dtrace_strdup(usdt->ftu_name), 0, probe);
	fasttrap_usdt_argtypes(probe, usdt);
	return (probe);
}

/*
 * A probe, as far as one function has sites of it.  Static functions may share a name:
 * then it is one probe.
 */
void
fasttrap_usdt_probe(fasttrap_usdt_t *usdt)
{
	fasttrap_probe_t *probe;
	dtrace_id_t id;

	id = dtrace_probe_lookup(usdt->ftu_provider->ftpv_id, usdt->ftu_mod,
	    usdt->ftu_func, usdt->ftu_name);
	probe = id != DTRACE_IDNONE ? dtrace_probes[id - 1]->dtpr_arg :
	    fasttrap_usdt_create(usdt);
	fasttrap_usdt_sites(probe, usdt->ftu_addr, usdt->ftu_offs,
	    usdt->ftu_noffs, 0);
	fasttrap_usdt_sites(probe, usdt->ftu_addr, usdt->ftu_enoffs,
	    usdt->ftu_nenoffs, 1);
}

/* --- Their end ----------------------------------------------------------------------- */

static fasttrap_provider_t *fasttrap_retired;	/* (d) Not freed yet. */

/* No more firings; nobody finds its probes, but consumers have had them. */
static void
fasttrap_usdt_end(fasttrap_provider_t *fpv)
{
	fasttrap_probe_t *probe;

	for (probe = fpv->ftpv_probes; probe != NULL; probe = probe->ftp_next) {
		fasttrap_pid_disable(NULL, probe->ftp_id, probe);
		probe->ftp_retired = 1;
	}
	dtrace_invalidate(fpv->ftpv_id);
	fpv->ftpv_next = fasttrap_retired;
	fasttrap_retired = fpv;
}

/* A process takes one of its providers back. */
void
fasttrap_usdt_remove(pid_t pid, const char *name)
{
	fasttrap_provider_t *fpv, **fpvp;

	fpvp = fasttrap_usdt_lookup(fasttrap_proc_get(pid), name);
	fpv = *fpvp;
	if (fpv == NULL)
		return;
	*fpvp = fpv->ftpv_next;
	fasttrap_usdt_end(fpv);
}

/* The program is gone. */
void
fasttrap_usdt_retire(fasttrap_proc_t *fproc)
{
	fasttrap_provider_t *fpv;

	while ((fpv = fproc->ftpc_usdt) != NULL) {
		fproc->ftpc_usdt = fpv->ftpv_next;
		fasttrap_usdt_end(fpv);
	}
}

static void
fasttrap_usdt_free(fasttrap_provider_t *fpv)
{
	fasttrap_probe_t *probe;
	fasttrap_site_t *site;

	while ((probe = fpv->ftpv_probes) != NULL) {
		fpv->ftpv_probes = probe->ftp_next;
		while ((site = probe->ftp_sites) != NULL) {
			probe->ftp_sites = site->fts_next;
			dtrace_kmem_free(site);
		}
		dtrace_probe_destroy(probe->ftp_id);
		dtrace_kmem_free(probe->ftp_argmap);
		dtrace_kmem_free(probe);
	}
	dtrace_unregister(fpv->ftpv_id);
	dtrace_kmem_free(fpv->ftpv_name);
	dtrace_kmem_free(fpv);
}

/*
 * Free what has ended, as far as no consumer has it enabled.  Done when new providers
 * come, so that there are never many.
 */
void
fasttrap_usdt_reap(void)
{
	fasttrap_provider_t *fpv, **fpvp;
	fasttrap_probe_t *probe;

	for (fpvp = &fasttrap_retired; (fpv = *fpvp) != NULL; ) {
		for (probe = fpv->ftpv_probes; probe != NULL;
		    probe = probe->ftp_next)
			if (dtrace_probes[probe->ftp_id - 1]->dtpr_ecb != NULL)
				break;
		if (probe != NULL) {
			fpvp = &fpv->ftpv_next;
			continue;
		}
		*fpvp = fpv->ftpv_next;
		fasttrap_usdt_free(fpv);
	}
}
