/*
 * Memory, lists and errors of the shell.
 *
 * What belongs to one command line (tokens, trees, expanded words) comes from an
 * arena and goes all at once when the line is done; lines nest (source, loops,
 * `...`), hence the marks.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "csh.h"

struct chunk {
	struct chunk	*c_next;
	long		 c_pad;
};

static struct chunk	*arena;
int			 line_error;

void *
xmalloc(size_t n)
{
	void *p = malloc(n);

	if (p == NULL) {
		fprintf(stderr, "csh: Out of memory.\n");
		exit(1);
	}
	return (p);
}

char *
xstrdup(const char *s)
{
	return (strcpy(xmalloc(strlen(s) + 1), s));
}

void *
arena_alloc(size_t n)
{
	struct chunk *c = xmalloc(sizeof(*c) + n);

	c->c_next = arena;
	arena = c;
	return (c + 1);
}

void *
arena_mark(void)
{
	return (arena);
}

void
arena_release(void *mark)
{
	struct chunk *c;

	while ((c = arena) != mark) {
		arena = c->c_next;
		free(c);
	}
}

/* The vector is arena memory: a list that outlives its line is copied. */
void
list_add(struct list *l, char *s)
{
	char **v;

	if (l->l_n + 2 > l->l_cap) {
		l->l_cap = l->l_cap == 0 ? 8 : l->l_cap * 2;
		v = arena_alloc(l->l_cap * sizeof(*v));
		if (l->l_n > 0)
			memcpy(v, l->l_v, l->l_n * sizeof(*v));
		l->l_v = v;
	}
	l->l_v[l->l_n++] = s;
	l->l_v[l->l_n] = NULL;
}

void
buf_add(struct buf *b, char c)
{
	char *p;

	if (b->b_n + 2 > b->b_cap) {
		b->b_cap = b->b_cap == 0 ? 32 : b->b_cap * 2;
		p = arena_alloc(b->b_cap);
		if (b->b_n > 0)
			memcpy(p, b->b_p, b->b_n);
		b->b_p = p;
	}
	b->b_p[b->b_n++] = c;
	b->b_p[b->b_n] = '\0';
}

void
buf_str(struct buf *b, const char *s)
{
	while (*s != '\0')
		buf_add(b, *s++);
}

/* An error of the line: said once, and the rest of the line is not run. */
void
complain(const char *fmt, ...)
{
	va_list ap;
	char msg[256];

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	if (!line_error)
		fprintf(stderr, "%s\n", msg);
	line_error = 1;
	status = 1;
}
