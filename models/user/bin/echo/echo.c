/*
 * echo [-n] string ...: its arguments, separated by blanks.  A last argument that
 * ends in \c, or -n, leaves the newline out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	size_t size = 1, n = 0, len;
	int newline = 1, i;
	char *line;

	i = 1;
	if (argc > 1 && strcmp(argv[1], "-n") == 0) {
		newline = 0;
		i++;
	}
	for (int j = i; j < argc; j++)
		size += strlen(argv[j]) + 1;
	if ((line = malloc(size)) == NULL)
		return (1);
	for (; i < argc; i++) {
		len = strlen(argv[i]);
		if (i == argc - 1 && len >= 2 &&
		    strcmp(argv[i] + len - 2, "\\c") == 0) {
			len -= 2;
			newline = 0;
		}
		memcpy(line + n, argv[i], len);
		n += len;
		if (i < argc - 1)
			line[n++] = ' ';
	}
	if (newline)
		line[n++] = '\n';
	/* One write(2), so that lines of several writers do not mix. */
	return (n > 0 && write(STDOUT_FILENO, line, n) != (ssize_t)n);
}
