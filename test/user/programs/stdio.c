/*
 * Streams on files: modes, seeking, pushing back, buffers, lines, errors.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define	NAME	"/tmp/stdio-test"

static void
contents(const char *what)
{
	FILE *f = fopen(NAME, "r");
	int c;

	printf("%s: [", what);
	while (f != NULL && (c = getc(f)) != EOF)
		putchar(c == '\n' ? '/' : c);
	printf("]\n");
	if (f != NULL)
		fclose(f);
}

int
main(void)
{
	char buf[200], *line = NULL, *mem;
	size_t cap = 0, size;
	struct stat st;
	FILE *f;
	int i, c;
	long n;

	f = fopen(NAME, "w");
	fprintf(f, "line %d\n", 1);
	fputs("line 2\n", f);
	fwrite("line 3\nlast", 1, 11, f);
	n = ftell(f);
	printf("%ld %d\n", n, fclose(f));
	contents("w");

	f = fopen(NAME, "r");
	while ((n = getline(&line, &cap, f)) != -1)
		printf("%ld %.*s|", n, (int)strcspn(line, "\n"), line);
	printf("%d %d\n", feof(f) != 0, ferror(f) != 0);
	rewind(f);
	printf("%s", fgets(buf, 5, f));
	printf("%s", fgets(buf, sizeof(buf), f));
	c = getc(f);
	ungetc(c, f);
	ungetc('X', f);
	printf("%c", getc(f) == 'X' ? 'x' : '?');
	printf("%c %ld\n", c, ftell(f));
	fseek(f, -4, SEEK_END);
	size = fread(buf, 1, 10, f);
	printf("%zu %.4s %d\n", size, buf, feof(f) != 0);
	fseek(f, 5, SEEK_SET);
	printf("%c", getc(f));
	fseek(f, 6, SEEK_CUR);
	c = getc(f);
	printf("%c %ld\n", c, ftell(f));
	printf("%d", putc('x', f));
	printf(" %d\n", ferror(f) != 0);
	fclose(f);

	f = fopen(NAME, "r+");
	fgets(buf, sizeof(buf), f);
	fseek(f, 0, SEEK_CUR);
	fputs("LINE", f);
	fseek(f, 0, SEEK_SET);
	fputs("L", f);
	fclose(f);
	contents("r+");

	f = fopen(NAME, "a");
	fputs(" appended", f);
	fflush(f);
	stat(NAME, &st);
	printf("%ld\n", (long)st.st_size);
	fclose(f);
	f = fopen(NAME, "w+");
	for (i = 0; i < 5000; i++)
		fprintf(f, "%d,", i);
	n = ftell(f);
	fseek(f, 10000, SEEK_SET);
	c = fscanf(f, "%d,", &i);
	printf("%ld %d %d\n", n, c, i);
	fclose(f);

	errno = 0;
	f = fopen("/nonexistent/file", "r");
	printf("%s %s\n", f == NULL ? "none" : "?", strerror(errno));
	printf("%d %d\n", fopen(NAME, "wx") == NULL && errno == EEXIST,
	    fopen(NAME, "q") == NULL && errno == EINVAL);

	f = tmpfile();
	fputs("temporary", f);
	rewind(f);
	printf("%s\n", fgets(buf, sizeof(buf), f));
	fclose(f);

	f = open_memstream(&mem, &size);
	for (i = 0; i < 100; i++)
		fprintf(f, "%d ", i);
	fclose(f);
	printf("%zu %.20s %s\n", size, mem, mem + size - 6);
	free(mem);

	f = fopen(NAME, "w");
	setvbuf(f, NULL, _IONBF, 0);
	fputs("unbuffered", f);
	stat(NAME, &st);
	printf("%ld ", (long)st.st_size);
	setvbuf(f, NULL, _IOLBF, 100);
	fputs(" line\n", f);
	stat(NAME, &st);
	printf("%ld\n", (long)st.st_size);
	fclose(f);
	contents("buffers");

	fflush(stdout);
	f = freopen(NAME, "w", stdout);
	printf("to the file\n");
	fclose(f);
	i = open(NAME, O_RDONLY);
	n = read(i, buf, sizeof(buf));
	write(2, buf, n);
	n = dprintf(2, "%d %s\n", 42, "dprintf");
	rename(NAME, NAME "2");
	dprintf(2, "%ld %d", n, access(NAME, F_OK));
	dprintf(2, " %d", remove(NAME "2"));
	dprintf(2, " %d\n", access(NAME "2", F_OK));
	return (0);
}
