/*
 * Providers and the table of probes.
 *
 * A provider registers itself with a table of functions, and creates its probes.
 * Ids are handed out in order, and the provider of this framework comes first: so BEGIN is 1,
 * END 2, ERROR 3.  Providers of a running system do not go away here; those of
 * programs do, and their probes' ids are not used again.
 */
#include "dtrace_impl.h"

dtrace_probe_t	**dtrace_probes;	/* (d) [id - 1]; the host reads it. */
int		  dtrace_nprobes;	/* (d) */
static int	  dtrace_maxprobes;	/* (d) Room in the table. */

static dtrace_provider_t *dtrace_providers;	/* (d) */
dtrace_provider_t *dtrace_provider;
dtrace_id_t	dtrace_probeid_begin;
dtrace_id_t	dtrace_probeid_end;
dtrace_id_t	dtrace_probeid_error;

/* The same with dtrace_lock held; attr: of a provider that a program brings. */
dtrace_provider_id_t
dtrace_register_locked(const char *name, const dtrace_pops_t *pops, void *arg,
    const dof_attr_t *attr)
{
	dtrace_provider_t *provider, **pp;

	KASSERT(pops->dtps_enable != NULL && pops->dtps_disable != NULL,
	    ("dtrace_register: %s can't be enabled", name));
	provider = dtrace_kmem_zalloc(sizeof(*provider));
	provider->dtpv_name = name;
	provider->dtpv_pops = pops;
	provider->dtpv_arg = arg;
	provider->dtpv_attr = attr;
	for (pp = &dtrace_providers; *pp != NULL; pp = &(*pp)->dtpv_next)
		continue;
	*pp = provider;
	return ((dtrace_provider_id_t)provider);
}

int
dtrace_register(const char *name, const dtrace_pops_t *pops, void *arg,
    dtrace_provider_id_t *idp)
{

	DTRACE_LOCK();
	*idp = dtrace_register_locked(name, pops, arg, NULL);
	DTRACE_UNLOCK();
	return (0);
}

/* What it traced is gone: no description matches its probes any more. */
void
dtrace_invalidate(dtrace_provider_id_t id)
{

	((dtrace_provider_t *)id)->dtpv_defunct = 1;
}

/* It has no probes any more.  Its name and attributes are the caller's. */
void
dtrace_unregister(dtrace_provider_id_t id)
{
	dtrace_provider_t *provider, **pp;

	provider = (dtrace_provider_t *)id;
	for (pp = &dtrace_providers; *pp != NULL; pp = &(*pp)->dtpv_next)
		if (*pp == provider) {
			*pp = provider->dtpv_next;
			break;
		}
	dtrace_kmem_free(provider);
}

/*
 * Forget a probe that no consumer has enabled: with its names, and the types of its
 * arguments, all of which were allocated for it.
 */
void
dtrace_probe_destroy(dtrace_id_t id)
{
	dtrace_probe_t *probe;
	int i;

	probe = dtrace_probes[id - 1];
	KASSERT(probe->dtpr_ecb == NULL, ("dtrace_probe_destroy: %u is enabled",
	    id));
	dtrace_hash_remove(probe);
	dtrace_probes[id - 1] = NULL;
	for (i = 0; i < probe->dtpr_nargs; i++) {
		dtrace_kmem_free(__DECONST(char *, probe->dtpr_argtype[i]));
		dtrace_kmem_free(__DECONST(char *, probe->dtpr_xtype[i]));
	}
	if (probe->dtpr_nargs > 0) {
		dtrace_kmem_free(__DECONST(void *, probe->dtpr_argtype));
		dtrace_kmem_free(__DECONST(void *, probe->dtpr_xtype));
	}
	dtrace_kmem_free(__DECONST(char *, probe->dtpr_mod));
	dtrace_kmem_free(__DECONST(char *, probe->dtpr_func));
	dtrace_kmem_free(__DECONST(char *, probe->dtpr_name));
	dtrace_kmem_free(probe);
}

/*
 * Enter a probe.  The names must stay; mod, func may be "".  Called at boot, and by
 * dtps_provide with the lock held.
 */
dtrace_id_t
dtrace_probe_create(dtrace_provider_id_t prov, const char *mod,
    const char *func, const char *name, int aframes, void *arg)
{
	dtrace_probe_t *probe, **table;
	int i, max;

	probe = dtrace_kmem_zalloc(sizeof(*probe));
	if (probe == NULL)
		return (DTRACE_IDNONE);
	if (dtrace_nprobes == dtrace_maxprobes) {
		max = dtrace_maxprobes == 0 ? 512 : dtrace_maxprobes * 2;
		table = dtrace_kmem_zalloc(max * sizeof(table[0]));
		for (i = 0; i < dtrace_nprobes; i++)
			table[i] = dtrace_probes[i];
		/*
		 * A firing may be about to look its probe up in the old table:
		 * it is freed when that cannot be any more.
		 */
		if (dtrace_probes != NULL) {
			dtrace_probe_t **old;

			old = dtrace_probes;
			dtrace_probes = table;
			if (!cold)
				dtrace_sync();
			dtrace_kmem_free(old);
		} else
			dtrace_probes = table;
		dtrace_maxprobes = max;
	}
	probe->dtpr_provider = (dtrace_provider_t *)prov;
	probe->dtpr_mod = mod == NULL ? "" : mod;
	probe->dtpr_func = func == NULL ? "" : func;
	probe->dtpr_name = name;
	probe->dtpr_aframes = aframes;
	probe->dtpr_arg = arg;
	probe->dtpr_id = (dtrace_id_t)(dtrace_nprobes + 1);
	dtrace_probes[dtrace_nprobes] = probe;
	dtrace_nprobes++;
	dtrace_hash_add(probe);
	return (probe->dtpr_id);
}

/* What args[] are; the host reads it from the probe. */
void
dtrace_probe_argtypes(dtrace_id_t id, int nargs, const char *const *argtype,
    const char *const *xtype)
{
	dtrace_probe_t *probe;

	probe = dtrace_probes[id - 1];
	probe->dtpr_nargs = nargs;
	probe->dtpr_argtype = argtype;
	probe->dtpr_xtype = xtype;
}

dtrace_probe_t *
dtrace_probe_lookup_id(dtrace_id_t id)
{

	if (id == DTRACE_IDNONE || id > (dtrace_id_t)dtrace_nprobes)
		return (NULL);
	return (dtrace_probes[id - 1]);
}

dtrace_id_t
dtrace_probe_lookup(dtrace_provider_id_t prov, const char *mod,
    const char *func, const char *name)
{
	dtrace_probe_t *probe;

	for (probe = dtrace_hash_lookup(func); probe != NULL;
	    probe = probe->dtpr_nextfunc)
		if (probe->dtpr_provider == (dtrace_provider_t *)prov &&
		    strcmp(probe->dtpr_mod, mod) == 0 &&
		    strcmp(probe->dtpr_func, func) == 0 &&
		    strcmp(probe->dtpr_name, name) == 0)
			return (probe->dtpr_id);
	return (DTRACE_IDNONE);
}

/* Let providers make what this description may mean. */
void
dtrace_probe_provide(dtrace_probedesc_t *desc)
{
	dtrace_provider_t *p;

	for (p = dtrace_providers; p != NULL; p = p->dtpv_next)
		if (p->dtpv_pops->dtps_provide != NULL)
			p->dtpv_pops->dtps_provide(p->dtpv_arg, desc);
}

/* --- The framework's own probes --------------------------------------------------- */

static void
dtrace_enable_nullop(void *id, dtrace_id_t probe, void *arg)
{

	/* dtrace_state_go() and friends call dtrace_probe() always. */
}

/* ERROR's arg5 is the address at fault. */
static uint64_t
dtrace_getargval(void *id, dtrace_id_t probe, void *arg, int argno, int aframes)
{

	return (argno == 5 ? cpu_core[curcpu].cpuc_dtrace_errval : 0);
}

static const dtrace_pops_t dtrace_provider_ops = {
	.dtps_enable = dtrace_enable_nullop,
	.dtps_disable = dtrace_enable_nullop,
	.dtps_getargval = dtrace_getargval,
};

static void
dtrace_provider_init(void *dummy)
{
	dtrace_provider_id_t id;

	(void)dtrace_register("dtrace", &dtrace_provider_ops, NULL, &id);
	dtrace_provider = (dtrace_provider_t *)id;
	dtrace_probeid_begin = dtrace_probe_create(id, NULL, NULL, "BEGIN", 0,
	    NULL);
	dtrace_probeid_end = dtrace_probe_create(id, NULL, NULL, "END", 0,
	    NULL);
	dtrace_probeid_error = dtrace_probe_create(id, NULL, NULL, "ERROR", 1,
	    NULL);
#ifdef ARM_UNWIND
	dtrace_unwind_init();
#endif
}
DTRACE_MODINIT(dtrace_provider_init, SI_SUB_DTRACE, SI_ORDER_SECOND);
