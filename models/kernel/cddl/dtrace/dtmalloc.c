/*
 * dtmalloc: allocations by malloc(9) type.
 *
 * Each malloc type holds two probe words, one for malloc and one for free.  The
 * probe's function is the type's short name, with blanks as underscores.
 */
#include "dtrace_impl.h"

SET_DECLARE(malloc_types, struct malloc_type);

#define	DTMALLOC_AFRAMES	1

static dtrace_provider_id_t dtmalloc_id;

static const char *const dtmalloc_argtypes[5] = {
	"struct malloc_type *", "struct malloc_type_internal *",
	"struct malloc_type_stats *", "unsigned long", "int"
};

static void
dtmalloc_enable(void *id, dtrace_id_t probe, void *arg)
{
	struct probe_word *word;

	word = arg;
	word->pw_id = probe;
	word->pw_enable |= DTRACE_SITE_GHOST() ? SDT_GHOST : SDT_DTRACE;
}

static void
dtmalloc_disable(void *id, dtrace_id_t probe, void *arg)
{
	struct probe_word *word;

	word = arg;
	word->pw_enable &= DTRACE_SITE_GHOST() ? ~SDT_GHOST :
	    ~SDT_DTRACE;
}

/* Five arguments, and no more. */
static uint64_t
dtmalloc_getargval(void *id, dtrace_id_t probe, void *arg, int argno,
    int aframes)
{

	return (0);
}

static const dtrace_pops_t dtmalloc_pops = {
	.dtps_enable = dtmalloc_enable,
	.dtps_disable = dtmalloc_disable,
	.dtps_getargval = dtmalloc_getargval,
};

static void
dtmalloc_type_cb(struct malloc_type *mtp)
{
	static const char *const names[DTMALLOC_PROBE_MAX] =
	    { "malloc", "free" };
	dtrace_id_t id;
	char *name, *p;
	int i;

	name = dtrace_strdup(mtp->ks_shortdesc);
	for (p = name; *p != '\0'; p++)
		if (*p == ' ')
			*p = '_';
	for (i = 0; i < DTMALLOC_PROBE_MAX; i++) {
		id = dtrace_probe_create(dtmalloc_id, NULL, name, names[i],
		    DTMALLOC_AFRAMES, &mtp->ks_mti.mti_probes[i]);
		dtrace_probe_argtypes(id, 5, dtmalloc_argtypes, NULL);
	}
}

static void
dtmalloc_load(void *dummy)
{
	struct malloc_type **mtp;

	(void)dtrace_register("dtmalloc", &dtmalloc_pops, NULL, &dtmalloc_id);
	SET_FOREACH(mtp, malloc_types)
		dtmalloc_type_cb(*mtp);
}
DTRACE_MODINIT(dtmalloc_load, SI_SUB_DTRACE_PROVIDER, SI_ORDER_FOURTH);
