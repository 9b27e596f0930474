/*
 * dd's operands: name=value, in any order, each once.
 */
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "dd.h"

/* 512 bytes: b; a word: w; and the powers of 1024. */
static uintmax_t
unit(char c)
{
	switch (tolower((unsigned char)c)) {
	case 'b': return (512);
	case 'k': return (1UL << 10);
	case 'm': return (1UL << 20);
	case 'g': return (1UL << 30);
	case 't': return (1UL << 40);
	case 'p': return (1UL << 50);
	case 'w': return (sizeof(int));
	}
	return (0);
}

/* A number, perhaps with a unit, perhaps several with an x between: a product. */
static uintmax_t
get_num(const char *name, const char *val)
{
	uintmax_t num, mult;
	char *end;

	while (isspace((unsigned char)*val))
		val++;
	if (*val == '-')
		errx(1, "%s: cannot be negative", name);
	errno = 0;
	num = strtoumax(val, &end, 0);
	if (end == val)
		errx(1, "%s: illegal numeric value", name);
	if (errno != 0)
		err(1, "%s", name);
	if ((mult = unit(*end)) != 0) {
		if (num > UINTMAX_MAX / mult)
			errc(1, ERANGE, "%s", name);
		num *= mult;
		end++;
	}
	if (*end == 'x' || *end == 'X' || *end == '*') {
		mult = get_num(name, end + 1);
		if (mult != 0 && num > UINTMAX_MAX / mult)
			errc(1, ERANGE, "%s", name);
		return (num * mult);
	}
	if (*end != '\0')
		errx(1, "%s: illegal numeric value", name);
	return (num);
}

static size_t
block_size(const char *name, const char *val)
{
	uintmax_t n = get_num(name, val);

	if (n == 0 || n > SSIZE_MAX)
		errx(1, "%s must be between 1 and %jd", name, (intmax_t)SSIZE_MAX);
	return (n);
}

static off_t
blocks(const char *name, const char *val)
{
	uintmax_t n = get_num(name, val);

	if (n > OFF_MAX)
		errx(1, "%s: illegal numeric value", name);
	return ((off_t)n);
}

static void	f_bs(char *v)	{ in.dbsz = out.dbsz = block_size("bs", v); }
static void	f_ibs(char *v)	{ if (!(ddflags & C_BS)) in.dbsz = block_size("ibs", v); }
static void	f_obs(char *v)	{ if (!(ddflags & C_BS)) out.dbsz = block_size("obs", v); }
static void	f_if(char *v)	{ in.name = v; }
static void	f_of(char *v)	{ out.name = v; }
static void	f_skip(char *v)	{ in.offset = blocks("skip", v); }
static void	f_seek(char *v)	{ out.offset = blocks("seek", v); }

static void
f_count(char *v)
{
	cpy_cnt = get_num("count", v);
	if (cpy_cnt == 0)
		cpy_cnt = UINTMAX_MAX;		/* Nothing at all. */
}

static void
f_fillchar(char *v)
{
	if (strlen(v) != 1)
		errx(1, "need exactly one fill char");
	fillchar = *v;
}

static void
f_status(char *v)
{
	if (strcmp(v, "none") == 0)
		ddflags |= C_NOINFO;
	else if (strcmp(v, "noxfer") == 0)
		ddflags |= C_NOXFER;
	else if (strcmp(v, "progress") == 0)
		ddflags |= C_PROGRESS;
	else
		errx(1, "unknown status %s", v);
}

static u_char	casetab[256];

static const struct conv {
	const char	*name;
	u_int		 set, noset;
} convs[] = {
	{ "fdatasync",	C_FSYNC,	0 },
	{ "fsync",	C_FSYNC,	0 },
	{ "lcase",	C_LCASE,	C_UCASE },
	{ "noerror",	C_NOERROR,	0 },
	{ "notrunc",	C_NOTRUNC,	0 },
	{ "osync",	C_OSYNC,	C_BS },
	{ "swab",	C_SWAB,		0 },
	{ "sync",	C_SYNC,		0 },
	{ "ucase",	C_UCASE,	C_LCASE }
};

static void
f_conv(char *v)
{
	const struct conv *c;
	char *name;
	size_t i;
	int ch;

	while ((name = strsep(&v, ",")) != NULL) {
		for (i = 0; i < nitems(convs); i++)
			if (strcmp(convs[i].name, name) == 0)
				break;
		if (i == nitems(convs))
			errx(1, "unknown conversion %s", name);
		c = &convs[i];
		if (ddflags & c->noset)
			errx(1, "%s: illegal conversion combination", name);
		ddflags |= c->set;
	}
	if (ddflags & (C_LCASE | C_UCASE)) {
		for (ch = 0; ch < 256; ch++)
			casetab[ch] = ddflags & C_LCASE ? tolower(ch) : toupper(ch);
		ctab = casetab;
	}
}

static const struct operand {
	const char	*name;
	void		(*f)(char *);
	u_int		 set, noset;
} operands[] = {
	{ "bs",		f_bs,		C_BS,	 C_BS | C_IBS | C_OBS | C_OSYNC },
	{ "conv",	f_conv,		0,	 0 },
	{ "count",	f_count,	C_COUNT, C_COUNT },
	{ "fillchar",	f_fillchar,	C_FILL,	 C_FILL },
	{ "ibs",	f_ibs,		C_IBS,	 C_BS | C_IBS },
	{ "if",		f_if,		C_IF,	 C_IF },
	{ "iseek",	f_skip,		C_SKIP,	 C_SKIP },
	{ "obs",	f_obs,		C_OBS,	 C_BS | C_OBS },
	{ "of",		f_of,		C_OF,	 C_OF },
	{ "oseek",	f_seek,		C_SEEK,	 C_SEEK },
	{ "seek",	f_seek,		C_SEEK,	 C_SEEK },
	{ "skip",	f_skip,		C_SKIP,	 C_SKIP },
	{ "status",	f_status,	C_STATUS, C_STATUS }
};

void
jcl(char **argv)
{
	const struct operand *op;
	char *name, *val;
	size_t i;

	in.dbsz = out.dbsz = 512;
	while ((name = *++argv) != NULL) {
		if ((val = strchr(name, '=')) == NULL)
			errx(1, "unknown operand %s", name);
		*val++ = '\0';
		if (*val == '\0')
			errx(1, "no value specified for %s", name);
		for (i = 0; i < nitems(operands); i++)
			if (strcmp(operands[i].name, name) == 0)
				break;
		if (i == nitems(operands))
			errx(1, "unknown operand %s", name);
		op = &operands[i];
		if (ddflags & op->noset)
			errx(1, "%s: illegal argument combination or already set",
			    name);
		(*op->f)(val);
		ddflags |= op->set;
	}
}
