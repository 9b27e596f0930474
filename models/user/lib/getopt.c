/*
 * getopt(3): options one letter each, and the long kind.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "libc_private.h"

char	*optarg;
int	 opterr = 1, optind = 1, optopt, optreset;

static const char *place = "";		/* Rest of the current argument. */

static void
complain(const char *spec, const char *what, const char *name, int len)
{
	if (opterr && *spec != ':')
		fprintf(stderr, "%s: %s -- %.*s\n", __progname, what, len, name);
}

int
getopt(int argc, char *const *argv, const char *spec)
{
	const char *o;
	char c;

	if (optreset || *place == '\0') {
		optreset = 0;
		place = "";
		if (optind >= argc || argv[optind][0] != '-' ||
		    argv[optind][1] == '\0')
			return (-1);
		if (argv[optind][1] == '-' && argv[optind][2] == '\0') {
			optind++;
			return (-1);
		}
		place = argv[optind] + 1;
	}
	optopt = c = *place++;
	if (c == ':' || (o = strchr(spec, c)) == NULL) {
		if (*place == '\0')
			optind++;
		complain(spec, "illegal option", &c, 1);
		return ('?');
	}
	optarg = NULL;
	if (o[1] != ':') {
		if (*place == '\0')
			optind++;
		return (c);
	}
	if (*place != '\0')
		optarg = (char *)place;
	else if (o[2] == ':')		/* Optional: only in the same word. */
		;
	else if (++optind < argc)
		optarg = argv[optind];
	else {
		place = "";
		complain(spec, "option requires an argument", &c, 1);
		return (*spec == ':' ? ':' : '?');
	}
	place = "";
	optind++;
	return (c);
}

int
getopt_long(int argc, char *const *argv, const char *spec,
    const struct option *longopts, int *indexp)
{
	const struct option *l, *match = NULL;
	const char *name, *eq;
	size_t n;
	int exact = 0, many = 0;

	if (*place != '\0' || optind >= argc ||
	    strncmp(argv[optind], "--", 2) != 0 || argv[optind][2] == '\0')
		return (getopt(argc, argv, spec));
	name = argv[optind++] + 2;
	eq = strchrnul(name, '=');
	n = eq - name;
	optarg = NULL;
	for (l = longopts; l->name != NULL && !exact; l++)
		if (strncmp(l->name, name, n) == 0) {
			exact = l->name[n] == '\0';
			many = match != NULL;
			match = l;
		}
	if (match == NULL || (many && !exact)) {
		complain(spec, many ? "ambiguous option" :
		    "unrecognized option", name, (int)n);
		return ('?');
	}
	if (*eq == '=' && match->has_arg == no_argument) {
		complain(spec, "option doesn't take an argument", name, (int)n);
		return ('?');
	}
	if (*eq == '=')
		optarg = (char *)eq + 1;
	else if (match->has_arg == required_argument) {
		if (optind >= argc) {
			complain(spec, "option requires an argument", name, (int)n);
			return (*spec == ':' ? ':' : '?');
		}
		optarg = argv[optind++];
	}
	if (indexp != NULL)
		*indexp = (int)(match - longopts);
	if (match->flag != NULL) {
		*match->flag = match->val;
		return (0);
	}
	return (match->val);
}
