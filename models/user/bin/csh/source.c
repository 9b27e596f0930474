/*
 * Where lines come from: a script, the terminal, a string.  They are kept while a
 * loop is being run, so that `end' can go back.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "csh.h"

struct source	*source;

static void
keep_line(struct source *s, const char *line)
{
	char **v;

	if (s->s_lines.l_n + 2 > s->s_lines.l_cap) {
		s->s_lines.l_cap = s->s_lines.l_cap == 0 ? 16 :
		    s->s_lines.l_cap * 2;
		v = realloc(s->s_lines.l_v, s->s_lines.l_cap * sizeof(*v));
		if (v == NULL)
			exit(1);
		s->s_lines.l_v = v;
	}
	s->s_lines.l_v[s->s_lines.l_n++] = xstrdup(line);
}

static void
forget_lines(struct source *s)
{
	int i;

	for (i = 0; i < s->s_lines.l_n; i++)
		free(s->s_lines.l_v[i]);
	s->s_lines.l_n = s->s_pc = 0;
}

/*
 * A byte of the input.  Children read the same descriptor, so no more than a
 * line may be taken from a pipe; a terminal hands out lines anyway, and a script
 * is nobody else's.
 */
static int
next_byte(struct source *s)
{
	ssize_t n;

	if (s->s_pos < s->s_have)
		return ((unsigned char)s->s_buf[s->s_pos++]);
	if (s->s_eof)
		return (-1);
	do
		n = read(s->s_fd, s->s_buf, s->s_tty || s->s_fd > 2 ? 512 : 1);
	while (n == -1 && errno == EINTR && !interrupted);
	if (n <= 0) {
		s->s_eof = n == 0;
		return (-1);
	}
	s->s_have = n;
	s->s_pos = 1;
	return ((unsigned char)s->s_buf[0]);
}

static int
read_line(struct source *s, const char *prompt)
{
	void *mark = arena_mark();
	struct buf b = { 0 };
	int c;

	if (s->s_fd == -1)
		return (0);
	if (s->s_tty && prompt != NULL)
		fputs(prompt, stderr);
	for (;;) {
		c = next_byte(s);
		if (c == -1 || c == '\n') {
			/* A backslash at the end: the line goes on. */
			if (c == '\n' && b.b_n > 0 && b.b_p[b.b_n - 1] == '\\') {
				b.b_p[b.b_n - 1] = ' ';
				continue;
			}
			break;
		}
		buf_add(&b, (char)c);
	}
	if (c == -1 && b.b_n == 0) {
		arena_release(mark);
		return (0);
	}
	keep_line(s, b.b_p != NULL ? b.b_p : "");
	arena_release(mark);
	return (1);
}

/* The next line, NULL at the end.  Valid until the loops are left. */
char *
source_line(struct source *s, const char *prompt)
{
	if (s->s_pc == s->s_lines.l_n && !read_line(s, prompt))
		return (NULL);
	return (s->s_lines.l_v[s->s_pc++]);
}

/*
 * Runs all of a source.
 */
static const char *
prompt(void)
{
	struct list *p = var_get("prompt");

	if (p != NULL && p->l_n > 0)
		return (p->l_v[0]);
	return (getuid() == 0 ? "# " : "% ");
}

int
source_run(struct source *s)
{
	struct source *outer = source;
	char *line;

	source = s;
	while (!exiting) {
		if (s->s_tty) {
			reap(1);
			fflush(NULL);
		}
		if (interrupted || line_error) {
			/* A script ends; at the terminal there is a next line. */
			leave_loops();
			if (!s->s_tty)
				break;
			if (interrupted)
				fputs("\n", stderr);
			interrupted = line_error = 0;
		}
		if (s->s_depth == 0 && s->s_pc == s->s_lines.l_n)
			forget_lines(s);
		if ((line = source_line(s, s->s_depth > 0 ? "? " :
		    prompt())) == NULL) {
			if (interrupted)
				continue;
			break;
		}
		run_line(line);
	}
	leave_loops();
	forget_lines(s);
	free(s->s_lines.l_v);
	free(s->s_buf);
	source = outer;
	return (status);
}

int
source_fd(int fd, int tty)
{
	struct source s;

	memset(&s, 0, sizeof(s));
	s.s_fd = fd;
	s.s_tty = tty;
	s.s_buf = xmalloc(512);
	return (source_run(&s));
}

/* -c: the text's lines are all there. */
void
source_text(const char *text)
{
	struct source s;
	char *copy = xstrdup(text), *rest = copy, *line;

	memset(&s, 0, sizeof(s));
	s.s_fd = -1;
	while ((line = strsep(&rest, "\n")) != NULL)
		keep_line(&s, line);
	free(copy);
	source_run(&s);
}
