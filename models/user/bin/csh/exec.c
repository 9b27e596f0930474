/*
 * Running a tree of commands.
 *
 * A program is started by vfork(2) and execve(2): the child borrows the shell's
 * memory until the exec, so everything that it needs (words, file names) is
 * worked out before, and it must not change what the shell keeps in variables.
 * What is not a single program, a ( ) group, a builtin in a pipe or behind &, is
 * run by a fork(2)ed copy of the shell.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "csh.h"

#define	STAGES_MAX	16

static void
trace(const struct list *words)
{
	int i;

	if (!opt_x)
		return;
	for (i = 0; i < words->l_n; i++)
		fprintf(stderr, i > 0 ? " %s" : "%s", words->l_v[i]);
	fprintf(stderr, "\n");
}

/* The end of a child: a file that is no program is a script of ours. */
static void
exec_file(const char *file, char **argv)
{
	char *script[66];
	int i;

	execv(file, argv);
	if (errno == ENOEXEC) {
		script[0] = "csh";
		script[1] = (char *)file;
		for (i = 1; argv[i] != NULL && i < 64; i++)
			script[i + 1] = argv[i];
		script[i + 1] = NULL;
		execv("/bin/csh", script);
	}
	fprintf(stderr, "%s: %s.\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

void
exec_words(struct list *words)
{
	char *file = find_command(words->l_v[0]);

	if (file == NULL) {
		fprintf(stderr, "%s: Command not found.\n", words->l_v[0]);
		exit(1);
	}
	fflush(NULL);
	exec_file(file, words->l_v);
	_exit(126);
}

static pid_t
start_program(struct list *words, struct plumbing *p)
{
	char *file = find_command(words->l_v[0]);
	pid_t pid;

	fflush(NULL);
	if ((pid = vfork()) == 0) {
		if (!plumb(p))
			_exit(1);
		/* Said here, because standard error may be redirected. */
		if (file == NULL) {
			fprintf(stderr, "%s: Command not found.\n", words->l_v[0]);
			_exit(1);
		}
		exec_file(file, words->l_v);
		_exit(126);
	}
	if (pid == -1)
		complain("vfork: %s.", strerror(errno));
	return (pid);
}

static pid_t
start_copy(struct node *n, struct plumbing *p)
{
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == 0) {
		in_child = 1;
		interactive = 0;
		jobs_forget();
		if (!plumb(p))
			_exit(1);
		run(n->n_type == N_SUB ? n->n_left : n);
		fflush(NULL);
		_exit(line_error ? 1 : status);
	}
	if (pid == -1)
		complain("fork: %s.", strerror(errno));
	return (pid);
}

/* Starts one stage of a pipeline. */
static pid_t
start(struct node *n, struct plumbing *p)
{
	struct list words = { 0 };
	int i;

	p->p_redirs = expand_redirs(n->n_type == N_CMD || n->n_type == N_SUB ?
	    n->n_redirs : NULL);
	if (n->n_type == N_CMD && !line_error) {
		for (i = 0; i < n->n_words.l_n; i++)
			expand(n->n_words.l_v[i], &words);
		if (!line_error && words.l_n > 0 &&
		    builtin_find(words.l_v[0]) == NULL) {
			trace(&words);
			return (start_program(&words, p));
		}
	}
	return (line_error ? -1 : start_copy(n, p));
}

/* left | right | ..., in the foreground or behind &. */
static void
run_pipe(struct node *n, int background)
{
	struct node *stage[STAGES_MAX], *t;
	int both[STAGES_MAX];
	pid_t pids[STAGES_MAX];
	int fds[2], count = 0, i, in = -1, started = 0;
	struct plumbing p;

	for (t = n; t->n_type == N_PIPE; t = t->n_left)
		count++;
	if (count >= STAGES_MAX) {
		complain("Too many stages in a pipe.");
		return;
	}
	i = count;
	for (t = n; t->n_type == N_PIPE; t = t->n_left) {
		stage[i] = t->n_right;
		both[i - 1] = t->n_both;
		i--;
	}
	stage[0] = t;
	both[count] = 0;
	for (i = 0; i <= count && !line_error; i++) {
		memset(&p, 0, sizeof(p));
		p.p_in = in;
		p.p_out = p.p_close = -1;
		p.p_both = both[i];
		p.p_background = background;
		if (i < count) {
			if (pipe(fds) == -1) {
				complain("pipe: %s.", strerror(errno));
				break;
			}
			p.p_out = fds[1];
			p.p_close = fds[0];
		}
		pids[started] = start(stage[i], &p);
		if (pids[started] > 0)
			started++;
		if (in != -1)
			close(in);
		in = -1;
		if (i < count) {
			close(fds[1]);
			in = fds[0];
		}
	}
	if (in != -1)
		close(in);
	if (started == 0)
		return;
	if (background) {
		for (i = 0; i < started; i++)
			job_add(pids[i]);
		var_setn("!", pids[started - 1]);
		status = 0;
	} else {
		i = await(pids, started);
		if (started == count + 1)
			status = i;
	}
}

/* A builtin runs in the shell; its redirections are undone afterwards. */
static void
run_builtin(builtin_t *fn, struct list *words, const struct redir *r)
{
	int saved[3], i, moved = r != NULL;

	fflush(stdout);
	if (moved)
		for (i = 0; i < 3; i++)
			saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
	if (!moved || redirect(r))
		status = (*fn)(words);
	else
		status = 1;
	fflush(stdout);
	if (moved)
		for (i = 0; i < 3; i++)
			if (saved[i] != -1) {
				dup2(saved[i], i);
				close(saved[i]);
			}
}

/* set x[2] = b: the brackets are no pattern. */
static char *
set_name(char *raw)
{
	char *copy, *bracket = strchr(raw, '[');

	if (bracket == NULL || bracket[1] < '0' || bracket[1] > '9')
		return (raw);
	copy = arena_alloc(strlen(raw) + 2);
	memcpy(copy, raw, bracket - raw);
	copy[bracket - raw] = '\\';
	strcpy(copy + (bracket - raw) + 1, bracket);
	return (copy);
}

static void
run_command(struct node *n)
{
	struct plumbing p = { .p_in = -1, .p_out = -1, .p_close = -1 };
	struct list words = { 0 };
	builtin_t *fn;
	pid_t pid;
	int i;

	for (i = 0; i < n->n_words.l_n; i++) {
		expand(words.l_n > 0 && strcmp(words.l_v[0], "set") == 0 ?
		    set_name(n->n_words.l_v[i]) : n->n_words.l_v[i], &words);
		if (line_error)
			return;
	}
	p.p_redirs = expand_redirs(n->n_redirs);
	if (line_error || words.l_n == 0)
		return;
	trace(&words);
	if ((fn = builtin_find(words.l_v[0])) != NULL) {
		run_builtin(fn, &words, p.p_redirs);
		return;
	}
	if ((pid = start_program(&words, &p)) > 0)
		status = await(&pid, 1);
}

void
run(struct node *n)
{
	if (n == NULL || line_error || exiting || interrupted || opt_n)
		return;
	switch (n->n_type) {
	case N_CMD:
		run_command(n);
		break;
	case N_SUB:
	case N_PIPE:
		run_pipe(n, 0);
		break;
	case N_BG:
		run_pipe(n->n_left, 1);
		break;
	case N_AND:
		run(n->n_left);
		if (status == 0)
			run(n->n_right);
		return;
	case N_OR:
		run(n->n_left);
		if (status != 0)
			run(n->n_right);
		return;
	case N_SEQ:
		run(n->n_left);
		run(n->n_right);
		return;
	}
	if (opt_e && status != 0)
		exiting = 1;
}

/* The end of the line's first part: at a ; outside quotes and parentheses. */
static const char *
part_end(const char *p)
{
	int depth = 0;

	while (p != NULL && *p != '\0') {
		if (*p == ';' && depth == 0)
			return (p);
		if (*p == '#' && depth == 0)
			break;
		depth += (*p == '(') - (*p == ')');
		p = *p == '$' && (p[1] == '#' || p[1] == '<') ? p + 2 :
		    skip_quoted(p);
	}
	return (NULL);
}

/* One line of input: its parts, each a line of control or a list of commands. */
int
run_line(const char *line)
{
	void *mark = arena_mark();
	const char *end;
	struct token *t;
	char *part;

	for (; line != NULL; line = end != NULL ? end + 1 : NULL) {
		if ((end = part_end(line)) != NULL) {
			part = arena_alloc(end - line + 1);
			memcpy(part, line, end - line);
			part[end - line] = '\0';
			line = part;
		}
		if (line_error || exiting || interrupted)
			break;
		if (!control(line)) {
			t = lex(line);
			if (t != NULL && !line_error)
				run(parse(t));
		}
	}
	arena_release(mark);
	return (status);
}

/* The output of a command. */
char *
capture(const char *text)
{
	char chunk[512];
	struct buf b = { 0 };
	int fds[2], i;
	ssize_t n;
	pid_t pid;

	if (pipe(fds) == -1) {
		complain("pipe: %s.", strerror(errno));
		return (NULL);
	}
	fflush(NULL);
	if ((pid = fork()) == 0) {
		in_child = 1;
		interactive = 0;
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		run_line(text);
		fflush(NULL);
		_exit(line_error ? 1 : status);
	}
	close(fds[1]);
	while ((n = read(fds[0], chunk, sizeof(chunk))) > 0)
		for (i = 0; i < n; i++)
			buf_add(&b, chunk[i]);
	close(fds[0]);
	if (pid > 0)
		status = await(&pid, 1);
	return (b.b_p);
}
