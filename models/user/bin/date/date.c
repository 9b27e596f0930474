/*
 * date [-u] [+format]: the machine's time, by strftime(3).
 */
#include <err.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	const char *format = "%a %b %e %H:%M:%S %Z %Y";
	char buf[1024];
	time_t now;
	int c;

	while ((c = getopt(argc, argv, "u")) != -1)
		if (c != 'u')
			goto usage;
	if (argc > optind) {
		if (argv[optind][0] != '+' || argc > optind + 1)
			goto usage;
		format = argv[optind] + 1;
	}
	if (time(&now) == -1)
		err(1, "time");
	strftime(buf, sizeof(buf), format, localtime(&now));
	puts(buf);
	return (0);
usage:
	fprintf(stderr, "usage: date [-u] [+output_fmt]\n");
	return (1);
}
