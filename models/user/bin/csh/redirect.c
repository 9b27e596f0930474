/*
 * Redirections and pipe ends: what becomes of descriptors 0, 1 and 2.  Words are
 * expanded by the shell beforehand; the rest happens in the child.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "csh.h"

struct redir *
expand_redirs(const struct redir *r)
{
	struct redir *head = NULL, **tail = &head, *c;

	for (; r != NULL; r = r->r_next) {
		c = arena_alloc(sizeof(*c));
		*c = *r;
		c->r_next = NULL;
		if (r->r_type == T_HERE)
			c->r_word = r->r_both ? r->r_word : expand_here(r->r_word);
		else if (r->r_word[0] != '&')
			c->r_word = expand_one(r->r_word, r->r_word);
		if (line_error)
			return (NULL);
		*tail = c;
		tail = &c->r_next;
	}
	return (head);
}

/* A file that holds the text of a here-document. */
static int
here_file(const char *text)
{
	char name[] = "/tmp/sh.XXXXXX";
	int fd;

	if ((fd = mkstemp(name)) == -1)
		return (-1);
	unlink(name);
	if (write(fd, text, strlen(text)) == -1 || lseek(fd, 0, SEEK_SET) == -1)
		return (-1);
	return (fd);
}

/* Does them; 0 after an error, which it has reported. */
int
redirect(const struct redir *r)
{
	int fd;

	for (; r != NULL; r = r->r_next) {
		switch (r->r_type) {
		case T_LESS:
			fd = open(r->r_word, O_RDONLY);
			break;
		case T_HERE:
			fd = here_file(r->r_word);
			break;
		default:
			if (r->r_word[0] == '&') {
				if (dup2(r->r_word[1] - '0', r->r_fd) == -1)
					goto bad;
				continue;
			}
			fd = open(r->r_word, O_WRONLY | O_CREAT |
			    (r->r_type == T_APPEND ? O_APPEND : O_TRUNC), 0666);
			break;
		}
		if (fd == -1)
			goto bad;
		if (r->r_type == T_LESS || r->r_type == T_HERE) {
			dup2(fd, STDIN_FILENO);
		} else {
			dup2(fd, r->r_fd);
			if (r->r_both)
				dup2(fd, STDERR_FILENO);
		}
		if (fd > 2)
			close(fd);
	}
	return (1);
bad:
	fprintf(stderr, "%s: %s.\n", r->r_word, strerror(errno));
	return (0);
}

/* In a child: pipe ends and redirections become descriptors 0, 1 and 2. */
int
plumb(const struct plumbing *p)
{
	int null;

	if (p->p_background) {
		setpgid(0, 0);
		if (!interactive && p->p_in == -1 &&
		    (null = open("/dev/null", O_RDONLY)) != -1) {
			dup2(null, STDIN_FILENO);
			close(null);
		}
	}
	if (p->p_in != -1) {
		dup2(p->p_in, STDIN_FILENO);
		close(p->p_in);
	}
	if (p->p_out != -1) {
		dup2(p->p_out, STDOUT_FILENO);
		if (p->p_both)
			dup2(p->p_out, STDERR_FILENO);
		close(p->p_out);
	}
	if (p->p_close != -1)
		close(p->p_close);
	return (redirect(p->p_redirs));
}
