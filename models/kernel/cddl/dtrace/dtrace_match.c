/*
 * From a description to the probes that it means.
 *
 * Each of a description's four parts may be empty (anything), a name, or a
 * pattern: `*' any number of characters, `?' one, `[a-z]' or `[!a-z]' one of a set,
 * and a backslash takes the next character as it is.
 *
 * A machine has tens of thousands of probes, so there is a hash table for each
 * of module, function and name.  If one of the parts is a plain name, only the
 * probes of its bucket are looked at; of several, those of the shortest chain.
 */
#include "dtrace_impl.h"

#define	DTRACE_HASHSIZE		1024
#define	DTRACE_GLOB_DEPTH	8	/* Nested stars. */

struct dtrace_hash {
	dtrace_probe_t	*dth_first[DTRACE_HASHSIZE];
	dtrace_probe_t	*dth_last[DTRACE_HASHSIZE];
	uint32_t	 dth_len[DTRACE_HASHSIZE];
};
static struct dtrace_hash dtrace_bymod;		/* (d) */
static struct dtrace_hash dtrace_byfunc;	/* (d) */
static struct dtrace_hash dtrace_byname;	/* (d) */

static uint32_t
dtrace_hash_str(const char *s)
{
	uint32_t h;

	for (h = 5381; *s != '\0'; s++)
		h = h * 33 + (uint8_t)*s;
	return (h % DTRACE_HASHSIZE);
}

/* Which link of a probe belongs to which hash. */
static dtrace_probe_t **
dtrace_hash_link(struct dtrace_hash *hash, dtrace_probe_t *probe)
{

	if (hash == &dtrace_bymod)
		return (&probe->dtpr_nextmod);
	if (hash == &dtrace_byfunc)
		return (&probe->dtpr_nextfunc);
	return (&probe->dtpr_nextname);
}

/* At the chain's end: probes match in the order of their ids. */
static void
dtrace_hash_insert(struct dtrace_hash *hash, dtrace_probe_t *probe,
    const char *key)
{
	uint32_t h;

	h = dtrace_hash_str(key);
	if (hash->dth_first[h] == NULL)
		hash->dth_first[h] = probe;
	else
		*dtrace_hash_link(hash, hash->dth_last[h]) = probe;
	hash->dth_last[h] = probe;
	hash->dth_len[h]++;
}

void
dtrace_hash_add(dtrace_probe_t *probe)
{

	dtrace_hash_insert(&dtrace_bymod, probe, probe->dtpr_mod);
	dtrace_hash_insert(&dtrace_byfunc, probe, probe->dtpr_func);
	dtrace_hash_insert(&dtrace_byname, probe, probe->dtpr_name);
}

static void
dtrace_hash_delete(struct dtrace_hash *hash, dtrace_probe_t *probe, const char *key)
{
	dtrace_probe_t *prev, **pp;
	uint32_t h;

	h = dtrace_hash_str(key);
	prev = NULL;
	for (pp = &hash->dth_first[h]; *pp != probe;
	    pp = dtrace_hash_link(hash, prev))
		prev = *pp;
	*pp = *dtrace_hash_link(hash, probe);
	if (hash->dth_last[h] == probe)
		hash->dth_last[h] = prev;
	hash->dth_len[h]--;
}

void
dtrace_hash_remove(dtrace_probe_t *probe)
{

	dtrace_hash_delete(&dtrace_bymod, probe, probe->dtpr_mod);
	dtrace_hash_delete(&dtrace_byfunc, probe, probe->dtpr_func);
	dtrace_hash_delete(&dtrace_byname, probe, probe->dtpr_name);
}

/* First probe of the function's chain (dtpr_nextfunc): the shortest, as a rule. */
dtrace_probe_t *
dtrace_hash_lookup(const char *func)
{

	return (dtrace_byfunc.dth_first[dtrace_hash_str(func)]);
}

/* --- Patterns ------------------------------------------------------------------------ */

static int
dtrace_isglob(const char *s)
{

	for (; *s != '\0'; s++)
		if (*s == '*' || *s == '?' || *s == '[' || *s == '\\')
			return (1);
	return (0);
}

/*
 * One set, p behind its `['.  *endp is behind its `]', or NULL if there is none (the
 * bracket is then an ordinary character).
 */
static int
dtrace_match_set(const char *p, char c, const char **endp)
{
	int in, not, first;
	char lo, hi;

	in = not = 0;
	if (*p == '!') {
		not = 1;
		p++;
	}
	for (first = 1; *p != '\0' && (first || *p != ']'); first = 0) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		lo = hi = *p++;
		if (*p == '-' && p[1] != ']' && p[1] != '\0') {
			hi = p[1];
			p += 2;
		}
		if (c >= lo && c <= hi)
			in = 1;
	}
	if (*p == '\0') {
		*endp = NULL;
		return (0);
	}
	*endp = p + 1;
	return (in != not);
}

static int
dtrace_match_glob(const char *s, const char *p, int depth)
{
	const char *end;

	if (depth > DTRACE_GLOB_DEPTH)
		return (0);
	for (; *p != '\0'; s++) {
		if (*p == '*') {
			while (*p == '*')
				p++;
			if (*p == '\0')
				return (1);
			for (; *s != '\0'; s++)
				if (dtrace_match_glob(s, p, depth + 1))
					return (1);
			return (dtrace_match_glob(s, p, depth + 1));
		}
		if (*s == '\0')
			return (0);
		if (*p == '?') {
			p++;
			continue;
		}
		if (*p == '[') {
			if (dtrace_match_set(p + 1, *s, &end)) {
				p = end;
				continue;
			}
			if (end != NULL)
				return (0);
		}
		if (*p == '\\' && p[1] != '\0')
			p++;
		if (*s != *p++)
			return (0);
	}
	return (*s == '\0');
}

/* Does a part match?  Most are empty or plain. */
static int
dtrace_match_part(const char *s, const char *p)
{

	if (*p == '\0')
		return (1);
	if (!dtrace_isglob(p))
		return (strcmp(s, p) == 0);
	return (dtrace_match_glob(s, p, 0));
}

int
dtrace_match_one(const dtrace_probedesc_t *desc, const dtrace_probe_t *probe)
{

	if (desc->dtpd_id != DTRACE_IDNONE)
		return (probe->dtpr_id == desc->dtpd_id &&
		    !probe->dtpr_provider->dtpv_defunct);
	return (dtrace_match_part(probe->dtpr_name, desc->dtpd_name) &&
	    dtrace_match_part(probe->dtpr_func, desc->dtpd_func) &&
	    dtrace_match_part(probe->dtpr_mod, desc->dtpd_mod) &&
	    dtrace_match_part(probe->dtpr_provider->dtpv_name,
	    desc->dtpd_provider) && !probe->dtpr_provider->dtpv_defunct);
}

/* Call matched() for each probe, in order of ids; its sum is returned, or -errno. */
int
dtrace_match(const dtrace_probedesc_t *desc,
    int (*matched)(dtrace_probe_t *, void *), void *arg)
{
	struct dtrace_hash *best, *hash[3];
	const char *part[3];
	dtrace_probe_t *probe;
	uint32_t h, len;
	int error, i, nmatched, besth;

	nmatched = 0;
	if (desc->dtpd_id != DTRACE_IDNONE) {
		probe = dtrace_probe_lookup_id(desc->dtpd_id);
		if (probe == NULL || !dtrace_match_one(desc, probe))
			return (0);
		error = matched(probe, arg);
		return (error != 0 ? -error : 1);
	}

	hash[0] = &dtrace_bymod;
	hash[1] = &dtrace_byfunc;
	hash[2] = &dtrace_byname;
	part[0] = desc->dtpd_mod;
	part[1] = desc->dtpd_func;
	part[2] = desc->dtpd_name;
	best = NULL;
	besth = 0;
	len = ~0U;
	for (i = 0; i < 3; i++) {
		if (*part[i] == '\0' || dtrace_isglob(part[i]))
			continue;
		h = dtrace_hash_str(part[i]);
		if (hash[i]->dth_len[h] < len) {
			len = hash[i]->dth_len[h];
			best = hash[i];
			besth = (int)h;
		}
	}
	if (best != NULL) {
		for (probe = best->dth_first[besth]; probe != NULL;
		    probe = *dtrace_hash_link(best, probe)) {
			if (!dtrace_match_one(desc, probe))
				continue;
			nmatched++;
			error = matched(probe, arg);
			if (error != 0)
				return (-error);
		}
		return (nmatched);
	}
	for (i = 0; i < dtrace_nprobes; i++) {
		probe = dtrace_probes[i];
		if (probe == NULL || !dtrace_match_one(desc, probe))
			continue;
		nmatched++;
		error = matched(probe, arg);
		if (error != 0)
			return (-error);
	}
	return (nmatched);
}
