/*
 * sdt: the probes that programmers wrote into the code with SDT_PROBE().
 *
 * The linker gathers them in the set sdt_probes, and their providers (proc, sched,
 * lockstat, vfs, ...) in sdt_providers.  A site tests its probe's enable word for
 * free, and calls dtrace_probe() when DTrace's bit is set.
 *
 * In names, `__' means `-', and no module or function means "kernel" and "none".
 * Providers whose names begin with '_' belong to the trace recorder alone.
 */
#include "dtrace_impl.h"
#include <sys/lockstat.h>

SET_DECLARE(sdt_providers, struct sdt_provider);
SET_DECLARE(sdt_probes, struct sdt_probe);

#define	SDT_AFRAMES	1		/* dtrace_probe()'s own. */

static void
sdt_enable(void *id, dtrace_id_t probe, void *arg)
{
	struct sdt_probe *sp;

	sp = arg;
	sp->word.pw_id = probe;
	if (DTRACE_SITE_GHOST()) {
		sp->word.pw_enable |= SDT_GHOST;
		return;
	}
	/* Locks choose their slow paths while somebody watches. */
	if (strcmp(sp->prov->name, "lockstat") == 0)
		lockstat_enabled++;
	sp->word.pw_enable |= SDT_DTRACE;
}

static void
sdt_disable(void *id, dtrace_id_t probe, void *arg)
{
	struct sdt_probe *sp;

	sp = arg;
	if (DTRACE_SITE_GHOST()) {
		sp->word.pw_enable &= ~SDT_GHOST;
		return;
	}
	if (strcmp(sp->prov->name, "lockstat") == 0)
		lockstat_enabled--;
	sp->word.pw_enable &= ~SDT_DTRACE;
}

static const dtrace_pops_t sdt_pops = {
	.dtps_enable = sdt_enable,
	.dtps_disable = sdt_disable,
};

/* "exec__success" as "exec-success". */
static const char *
sdt_name(const char *name)
{
	char *p, *to;

	to = p = dtrace_strdup(name);
	for (; *name != '\0'; name++) {
		if (name[0] == '_' && name[1] == '_') {
			*to++ = '-';
			name++;
		} else
			*to++ = *name;
	}
	*to = '\0';
	return (p);
}

static void
sdt_create_probe(struct sdt_probe *sp)
{
	dtrace_id_t id;

	id = dtrace_probe_create(sp->prov->id,
	    sp->mod[0] == '\0' ? "kernel" : sp->mod,
	    sp->func[0] == '\0' ? "none" : sp->func, sdt_name(sp->name),
	    SDT_AFRAMES, sp);
	dtrace_probe_argtypes(id, sp->n_args, sp->argtype, sp->xtype);
}

static void
sdt_load(void *dummy)
{
	struct sdt_provider **prov;
	struct sdt_probe **probe;

	SET_FOREACH(prov, sdt_providers)
		if ((*prov)->name[0] != '_')
			(void)dtrace_register((*prov)->name, &sdt_pops, *prov,
			    &(*prov)->id);
	SET_FOREACH(probe, sdt_probes)
		if ((*probe)->prov->name[0] != '_')
			sdt_create_probe(*probe);
}
DTRACE_MODINIT(sdt_load, SI_SUB_DTRACE_PROVIDER, SI_ORDER_SECOND);
