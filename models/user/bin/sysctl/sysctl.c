/*
 * sysctl [-anNdb] [name[=value] ...]: shows and sets the kernel's variables.  An
 * inner name shows all that is below it; -a all there is.
 */
#include <sys/sysctl.h>
#include <sys/time.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int	nameonly, valueonly, describe, rval;

static int
about(int what, const int *oid, size_t n, void *out, size_t size)
{
	int mib[CTL_MAXNAME + 2] = { CTL_SYSCTL, what };

	memcpy(mib + 2, oid, n * sizeof(int));
	return (sysctl(mib, (unsigned)n + 2, out, &size, NULL, 0));
}

/* Kind and format: an int, then a string. */
static unsigned
kind_of(const int *oid, size_t n, char *fmt, size_t size)
{
	struct { unsigned kind; char fmt[60]; } k;

	memset(&k, 0, sizeof(k));
	if (about(CTL_SYSCTL_OIDFMT, oid, n, &k, sizeof(k)) == -1)
		return (0);
	strlcpy(fmt, k.fmt, size);
	return (k.kind);
}

static void
show_value(unsigned kind, const char *fmt, const char *buf, size_t len)
{
	const char *end = buf + len;
	int first = 1;
	size_t step;

	switch (kind & CTLTYPE) {
	case CTLTYPE_STRING:
		printf("%.*s", (int)strnlen(buf, len), buf);
		return;
	case CTLTYPE_INT:
	case CTLTYPE_UINT:
	case CTLTYPE_LONG:
	case CTLTYPE_ULONG:
	case CTLTYPE_S64:
	case CTLTYPE_U64:
		step = (kind & CTLTYPE) == CTLTYPE_INT ||
		    (kind & CTLTYPE) == CTLTYPE_UINT ? 4 : 8;
		for (; buf + step <= end; buf += step, first = 0) {
			if (!first)
				printf(" ");
			switch (kind & CTLTYPE) {
			case CTLTYPE_INT: printf("%d", *(const int *)buf); break;
			case CTLTYPE_UINT: printf("%u", *(const unsigned *)buf); break;
			case CTLTYPE_ULONG:
			case CTLTYPE_U64: printf("%lu", *(const unsigned long *)buf); break;
			default: printf("%ld", *(const long *)buf); break;
			}
		}
		return;
	}
	if (strcmp(fmt, "S,timeval") == 0 && len == sizeof(struct timeval)) {
		const struct timeval *tv = (const struct timeval *)buf;
		time_t t = tv->tv_sec;

		printf("{ sec = %ld, usec = %ld } %.24s", (long)tv->tv_sec,
		    (long)tv->tv_usec, ctime(&t));
	} else if (strcmp(fmt, "S,clockinfo") == 0 && len == sizeof(struct clockinfo)) {
		const struct clockinfo *ci = (const struct clockinfo *)buf;

		printf("{ hz = %d, tick = %d, profhz = %d, stathz = %d }", ci->hz,
		    ci->tick, ci->profhz, ci->stathz);
	} else
		printf("Format:%s Length:%zu", fmt, len);
}

/* One leaf. */
static void
show(const int *oid, size_t n)
{
	char name[256], fmt[64], text[256], *buf;
	unsigned kind;
	size_t len = 0;

	if (about(CTL_SYSCTL_NAME, oid, n, name, sizeof(name)) == -1)
		err(1, "sysctl name");
	kind = kind_of(oid, n, fmt, sizeof(fmt));
	if ((kind & CTLTYPE) == CTLTYPE_NODE)
		return;
	if (nameonly) {
		puts(name);
		return;
	}
	if (describe) {
		if (about(CTL_SYSCTL_OIDDESCR, oid, n, text, sizeof(text)) == -1)
			text[0] = '\0';
		printf(valueonly ? "%s%s\n" : "%s: %s\n", valueonly ? "" : name, text);
		return;
	}
	if (sysctl(oid, (unsigned)n, NULL, &len, NULL, 0) == -1) {
		if (errno != ENOENT && errno != EPERM) {
			warn("%s", name);
			rval = 1;
		}
		return;
	}
	len += len / 2;			/* It may grow meanwhile. */
	if ((buf = calloc(1, len + 1)) == NULL)
		err(1, NULL);
	if (sysctl(oid, (unsigned)n, buf, &len, NULL, 0) == -1) {
		warn("%s", name);
		rval = 1;
	} else if (len > 0 || (kind & CTLTYPE) == CTLTYPE_STRING) {
		if (!valueonly)
			printf("%s: ", name);
		show_value(kind, fmt, buf, len);
		printf("\n");
	}
	free(buf);
}

/* All leaves below. */
static void
show_below(const int *base, size_t nbase)
{
	int mib[CTL_MAXNAME + 2] = { CTL_SYSCTL, CTL_SYSCTL_NEXT };
	int next[CTL_MAXNAME];
	size_t n = nbase, bytes;

	memcpy(mib + 2, base, nbase * sizeof(int));
	if (n == 0) {
		mib[2] = CTL_KERN;
		n = 1;
	}
	for (;;) {
		bytes = sizeof(next);
		if (sysctl(mib, (unsigned)n + 2, next, &bytes, NULL, 0) == -1)
			return;
		n = bytes / sizeof(int);
		if (n < nbase || memcmp(next, base, nbase * sizeof(int)) != 0)
			return;
		show(next, n);
		memcpy(mib + 2, next, bytes);
	}
}

static void
set(const char *name, const int *oid, size_t n, const char *value)
{
	char fmt[64], *end;
	unsigned kind = kind_of(oid, n, fmt, sizeof(fmt));
	const void *new = value;
	size_t size = strlen(value);
	long l = 0;
	int i;

	if ((kind & CTLFLAG_WR) == 0)
		errx(1, "oid '%s' is read only", name);
	if ((kind & CTLTYPE) == CTLTYPE_OPAQUE || (kind & CTLTYPE) == CTLTYPE_NODE)
		errx(1, "oid '%s' cannot be set", name);
	if ((kind & CTLTYPE) != CTLTYPE_STRING) {
		l = strtol(value, &end, 0);
		if (end == value || *end != '\0')
			errx(1, "invalid integer '%s'", value);
		i = (int)l;
		if ((kind & CTLTYPE) == CTLTYPE_INT || (kind & CTLTYPE) == CTLTYPE_UINT) {
			new = &i;
			size = sizeof(i);
		} else {
			new = &l;
			size = sizeof(l);
		}
	}
	if (sysctl(oid, (unsigned)n, NULL, NULL, new, size) == -1)
		err(1, "%s=%s", name, value);
}

int
main(int argc, char **argv)
{
	int oid[CTL_MAXNAME], c, all = 0;
	char *eq, fmt[64];
	size_t n;

	while ((c = getopt(argc, argv, "adnN")) != -1)
		switch (c) {
		case 'a': all = 1; break;
		case 'd': describe = 1; break;
		case 'n': valueonly = 1; break;
		case 'N': nameonly = 1; break;
		default:
			goto usage;
		}
	argv += optind;
	if (all)
		show_below(oid, 0);
	else if (*argv == NULL) {
usage:
		fprintf(stderr, "usage: sysctl [-dnN] name[=value] ...\n"
		    "       sysctl [-dnN] -a\n");
		return (1);
	}
	for (; *argv != NULL; argv++) {
		if ((eq = strchr(*argv, '=')) != NULL)
			*eq++ = '\0';
		n = CTL_MAXNAME;
		if (sysctlnametomib(*argv, oid, &n) == -1) {
			warnx("unknown oid '%s'", *argv);
			rval = 1;
			continue;
		}
		if (eq != NULL)
			set(*argv, oid, n, eq);
		if ((kind_of(oid, n, fmt, sizeof(fmt)) & CTLTYPE) == CTLTYPE_NODE)
			show_below(oid, n);
		else
			show(oid, n);
	}
	return (rval);
}
