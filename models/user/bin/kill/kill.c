/*
 * kill [-s NAME | -NAME | -number] pid ...; kill -l
 */
#include <ctype.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
usage(void)
{
	fprintf(stderr, "usage: kill [-s signal_name] pid ...\n"
	    "       kill -l [exit_status]\n"
	    "       kill -signal_name pid ...\n"
	    "       kill -signal_number pid ...\n");
	exit(2);
}

static int
signal_number(const char *s)
{
	const char *why;
	int n;

	if (isdigit((unsigned char)*s)) {
		n = strtonum(s, 0, NSIG - 1, &why);
		if (why != NULL)
			errx(2, "illegal signal number: %s", s);
		return (n);
	}
	if (strncasecmp(s, "SIG", 3) == 0)
		s += 3;
	for (n = 1; n < NSIG; n++)
		if (strcasecmp(sys_signame[n], s) == 0)
			return (n);
	warnx("unknown signal %s; valid signals:", s);
	for (n = 1; n < NSIG; n++)
		fprintf(stderr, "%s%s", sys_signame[n],
		    n == NSIG / 2 || n == NSIG - 1 ? "\n" : " ");
	exit(2);
}

int
main(int argc, char **argv)
{
	int sig = SIGTERM, i, n, r = 0;
	const char *why;
	pid_t pid;

	if (argc < 2)
		usage();
	i = 1;
	if (strcmp(argv[1], "-l") == 0) {
		if (argc > 2) {
			n = strtonum(argv[2], 0, 255, &why);
			if (why != NULL)
				errx(2, "illegal signal number: %s", argv[2]);
			if (n >= 128)
				n -= 128;
			if (n <= 0 || n >= NSIG)
				errx(2, "illegal signal number: %s", argv[2]);
			printf("%s\n", sys_signame[n]);
			return (0);
		}
		for (n = 1; n < NSIG; n++)
			printf("%s%s", sys_signame[n],
			    n == NSIG / 2 || n == NSIG - 1 ? "\n" : " ");
		return (0);
	}
	if (strcmp(argv[1], "-s") == 0) {
		if (argc < 4)
			usage();
		sig = signal_number(argv[2]);
		i = 3;
	} else if (argv[1][0] == '-' && argv[1][1] != '\0' && argv[1][1] != '-') {
		sig = signal_number(argv[1] + 1);
		i = 2;
	}
	if (i == argc)
		usage();
	for (; i < argc; i++) {
		pid = strtonum(argv[i], -99999, 99999, &why);
		if (why != NULL)
			errx(2, "illegal process id: %s", argv[i]);
		if (kill(pid, sig) == -1) {
			warn("%s", argv[i]);
			r = 1;
		}
	}
	return (r);
}
