/*
 * syscall: entry and return of each system call.
 *
 * The system call table holds two probe words for each call, tested around the
 * handler.  The first five arguments come with the firing, the sixth from the
 * thread's copy.
 */
#include "dtrace_impl.h"
#include <sys/sysent.h>

#define	SYSTRACE_AFRAMES	1

static dtrace_provider_id_t systrace_id;

/* The word of the call and side that a probe stands for. */
static void
systrace_enable(void *id, dtrace_id_t probe, void *arg)
{
	struct probe_word *word;

	word = arg;
	word->pw_id = probe;
	word->pw_enable |= DTRACE_SITE_GHOST() ? SDT_GHOST : SDT_DTRACE;
}

static void
systrace_disable(void *id, dtrace_id_t probe, void *arg)
{
	struct probe_word *word;

	word = arg;
	word->pw_enable &= DTRACE_SITE_GHOST() ? ~SDT_GHOST :
	    ~SDT_DTRACE;
}

static uint64_t
systrace_getargval(void *id, dtrace_id_t probe, void *arg, int argno,
    int aframes)
{
	struct syscall_args *sa;

	sa = &curthread->td_sa;
	if (argno >= (int)nitems(sa->args))
		return (0);
	return ((uint64_t)sa->args[argno]);
}

static const dtrace_pops_t systrace_pops = {
	.dtps_enable = systrace_enable,
	.dtps_disable = systrace_disable,
	.dtps_getargval = systrace_getargval,
};

/* A return has its value twice. */
static const char *const systrace_rettypes[2] = { "int", "int" };

static void
systrace_load(void *dummy)
{
	struct sysent *se;
	dtrace_id_t id;
	int i;

	(void)dtrace_register("syscall", &systrace_pops, NULL, &systrace_id);
	for (i = 0; i < SYS_MAXSYSCALL; i++) {
		se = &sysent[i];
		if (se->sy_call == NULL || se->sy_name == NULL)
			continue;
		/* A name that two numbers share has one pair of probes. */
		if (dtrace_probe_lookup(systrace_id, "freebsd", se->sy_name,
		    "entry") != DTRACE_IDNONE)
			continue;
		id = dtrace_probe_create(systrace_id, "freebsd", se->sy_name,
		    "entry", SYSTRACE_AFRAMES, &se->sy_entry);
		dtrace_probe_argtypes(id, se->sy_narg, se->sy_argtypes, NULL);
		/* exit(2) does not return, but its probe has always existed. */
		id = dtrace_probe_create(systrace_id, "freebsd", se->sy_name,
		    "return", SYSTRACE_AFRAMES, &se->sy_return);
		dtrace_probe_argtypes(id, 2, systrace_rettypes, NULL);
	}
}
DTRACE_MODINIT(systrace_load, SI_SUB_DTRACE_PROVIDER, SI_ORDER_THIRD);
