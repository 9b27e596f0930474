/*
 * Arguments: those of dtrace(1) are libdtrace's to understand, the forms that /etc/rc
 * uses are ours.
 */
#include <sys/types.h>

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <machine/abi.h>
#include "dtrace.h"

enum want { SCRIPT, COMMAND, OUTPUT, PID };

const char *outfile;

/* The nth string of its kind that libdtrace has from the arguments, or NULL. */
static char *
wanted(enum want what, int n)
{
	static char text[1024];

	memset(text, 0, sizeof(text));
	if (libdtrace(LD_WANT, (unsigned long)what | (unsigned long)n << 8,
	    (unsigned long)text, sizeof(text) - 1) == 0)
		return (NULL);
	return (text);
}

/* All of a file, "-" for standard input.  NULL if it can't be read. */
static char *
slurp(const char *path, size_t *lenp)
{
	char *data, *more;
	size_t len, room;
	ssize_t n;
	int in;

	in = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY);
	if (in < 0)
		return (NULL);
	data = NULL;
	len = room = 0;
	do {
		if (len == room) {
			more = realloc(data, room += 4096);
			if (more == NULL)
				errx(1, "no memory");
			data = more;
		}
		n = read(in, data + len, room - len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0);
	if (in != STDIN_FILENO)
		close(in);
	if (n < 0) {
		free(data);
		return (NULL);
	}
	*lenp = len;
	return (data);
}

/* Hand the arguments to libdtrace, and the scripts that they name. */
static void
hand_over(int argc, char **argv)
{
	char *data, *path, *p;
	size_t len;
	int i;

	len = 0;
	for (i = 1; i < argc; i++)
		len += strlen(argv[i]) + 1;
	data = p = malloc(len + 1);
	if (data == NULL)
		errx(1, "no memory");
	*p = '\0';
	for (i = 1; i < argc; i++)
		p = stpcpy(p, argv[i]) + 1;
	libdtrace(LD_ARGV, (unsigned long)data, len, 0);
	free(data);
	while ((path = wanted(SCRIPT, 0)) != NULL) {
		data = slurp(path, &len);
		libdtrace(LD_FILE, (unsigned long)data,
		    data == NULL ? ~0UL : len, 0);
		free(data);
	}
}

/* What the arguments of our own say of processes and files.  Commands are counted. */
int
own_arguments(int argc, char **argv, char **commands)
{
	char *word;
	int n;

	own = 1;
	hand_over(argc, argv);
	if ((word = wanted(OUTPUT, 0)) != NULL)
		outfile = strdup(word);
	for (n = 0; n < MAXTARGETS; n++) {
		followed[n] = (pid_t)libdtrace(LD_WANT,
		    (unsigned long)PID | (unsigned long)n << 8, 0, 0);
		if (followed[n] == 0)
			break;
	}
	nfollowed = n;
	for (n = 0; n < MAXTARGETS && (word = wanted(COMMAND, n)) != NULL; n++)
		commands[n] = strdup(word);
	return (n);
}

/* The forms that /etc/rc uses.  -1: it is neither. */
int
rc_arguments(int argc, char **argv, char **commands, int *bflag)
{
	int i, n;

	*bflag = n = 0;
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-b") == 0 && i + 1 == argc)
			*bflag = 1;
		else if (i + 1 == argc)
			break;
		else if (strcmp(argv[i], "-o") == 0)
			outfile = argv[++i];
		else if (strcmp(argv[i], "-p") == 0 && nfollowed < MAXTARGETS)
			followed[nfollowed++] = (pid_t)atoi(argv[++i]);
		else if (strcmp(argv[i], "-c") == 0 && n < MAXTARGETS)
			commands[n++] = argv[++i];
		else
			break;
	}
	if (i == argc && *bflag != (n > 0))
		return (n);
	*bflag = 0;
	outfile = NULL;
	nfollowed = 0;
	return (-1);
}
