/*
 * Running a tree of commands.
 *
 * A program is started by vfork(2) and execve(2): the child borrows the shell's
 * memory until the exec, so everything that it needs (words, file names) is
 * worked out before, and it must not change what the shell keeps in variables.
 * What is not a single program, a ( ) group, a builtin in a pipe or behind &, is
 * run by a fork(2)ed copy of the shell.
 */
#include <sys/wait.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "csh.h"

#define	STAGES_MAX	16
#define	JOBS_MAX	32

/* A background process that has not been reported dead. */
static struct job {
	pid_t		 j_pid;
	int		 j_done;
	int		 j_status;
} jobs[JOBS_MAX];

/* Redirections with their words expanded, and the pipe ends of a stage. */
struct plumbing {
	struct redir	*p_redirs;	/* r_word is a path or text. */
	int		 p_in, p_out;	/* -1: as it is. */
	int		 p_close;	/* Other end of the pipe, or -1. */
	int		 p_both;	/* |& */
	int		 p_background;
};

/*
 * Where programs are: the names in the directories of the path, read once.
 */
static struct entry {
	struct entry	*e_next;
	const char	*e_dir;
	char		 e_name[];
} *commands[64];
static int	hashed;

static unsigned
hash(const char *s)
{
	unsigned h = 0;

	while (*s != '\0')
		h = h * 31 + (unsigned char)*s++;
	return (h % nitems(commands));
}

void
rehash(void)
{
	struct entry *e;
	size_t i;

	for (i = 0; i < nitems(commands); i++)
		while ((e = commands[i]) != NULL) {
			commands[i] = e->e_next;
			free(e);
		}
	hashed = 0;
}

static void
hash_path(void)
{
	struct list *path = var_get("path");
	struct entry *e, **ep;
	struct dirent *d;
	DIR *dir;
	int i;

	hashed = 1;
	/* Last directory first: entries of earlier ones come to lie in front. */
	for (i = path->l_n - 1; i >= 0; i--) {
		if ((dir = opendir(path->l_v[i])) == NULL)
			continue;
		while ((d = readdir(dir)) != NULL) {
			if (d->d_name[0] == '.')
				continue;
			e = xmalloc(sizeof(*e) + strlen(d->d_name) + 1);
			strcpy(e->e_name, d->d_name);
			e->e_dir = path->l_v[i];
			ep = &commands[hash(e->e_name)];
			e->e_next = *ep;
			*ep = e;
		}
		closedir(dir);
	}
}

static char *
join(const char *dir, const char *name)
{
	char *path = arena_alloc(strlen(dir) + strlen(name) + 2);

	strcpy(path, dir);
	strcat(path, "/");
	return (strcat(path, name));
}

/* The file of a command, NULL if there is none. */
char *
find_command(const char *name)
{
	struct list *path;
	struct entry *e;
	char *file;
	int i;

	if (strchr(name, '/') != NULL)
		return ((char *)name);
	if ((path = var_get("path")) == NULL)
		return (NULL);
	if (!hashed)
		hash_path();
	for (e = commands[hash(name)]; e != NULL; e = e->e_next)
		if (strcmp(e->e_name, name) == 0)
			return (join(e->e_dir, name));
	/* Perhaps it is newer than the table. */
	for (i = 0; i < path->l_n; i++) {
		file = join(path->l_v[i], name);
		if (access(file, X_OK) == 0)
			return (file);
	}
	return (NULL);
}

/*
 * Redirections.
 */
static struct redir *
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
static int
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
static int
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

/*
 * Children.
 */
static void
report(pid_t pid, int st)
{
	if (WIFSIGNALED(st) && WTERMSIG(st) != SIGINT && WTERMSIG(st) != SIGPIPE) {
		fprintf(stderr, "%s%s\n", strsignal(WTERMSIG(st)),
		    WCOREDUMP(st) ? " (core dumped)" : "");
		(void)pid;
	}
}

static int
exit_value(int st)
{
	return (WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st));
}

/* A child died; if it is a background job, remember. */
static void
job_died(pid_t pid, int st)
{
	int i;

	for (i = 0; i < JOBS_MAX; i++)
		if (jobs[i].j_pid == pid) {
			jobs[i].j_done = 1;
			jobs[i].j_status = st;
		}
}

static void
job_add(pid_t pid)
{
	int i;

	for (i = 0; i < JOBS_MAX; i++)
		if (jobs[i].j_pid == 0) {
			jobs[i].j_pid = pid;
			jobs[i].j_done = 0;
			if (interactive)
				fprintf(stderr, "[%d] %d\n", i + 1, (int)pid);
			break;
		}
}

/* Collects the dead without waiting; tells the user if `tell'. */
void
reap(int tell)
{
	pid_t pid;
	int i, st;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0)
		job_died(pid, st);
	for (i = 0; i < JOBS_MAX; i++)
		if (jobs[i].j_pid != 0 && jobs[i].j_done) {
			if (tell && WIFEXITED(jobs[i].j_status) &&
			    WEXITSTATUS(jobs[i].j_status) != 0)
				fprintf(stderr, "[%d]    Exit %d\n", i + 1,
				    WEXITSTATUS(jobs[i].j_status));
			else if (tell && WIFEXITED(jobs[i].j_status))
				fprintf(stderr, "[%d]    Done\n", i + 1);
			else if (tell)
				fprintf(stderr, "[%d]    %s\n", i + 1,
				    strsignal(WTERMSIG(jobs[i].j_status)));
			jobs[i].j_pid = 0;
		}
}

/* The wait builtin: until there are no children. */
int
await_all(void)
{
	pid_t pid;
	int st;

	for (;;) {
		pid = waitpid(-1, &st, 0);
		if (pid > 0)
			job_died(pid, st);
		else if (errno != EINTR || interrupted)
			break;
	}
	reap(interactive);
	return (0);
}

/* Waits for the stages of a pipeline; the last one's status counts. */
static int
await(const pid_t *pids, int n)
{
	int left = n, st, last = 0, i;
	pid_t pid;

	while (left > 0) {
		pid = waitpid(-1, &st, 0);
		if (pid == -1) {
			if (errno == EINTR)
				continue;
			break;
		}
		for (i = 0; i < n && pids[i] != pid; i++)
			;
		if (i == n) {
			job_died(pid, st);
			continue;
		}
		left--;
		if (i == n - 1) {
			last = exit_value(st);
			report(pid, st);
		}
		if (WIFSIGNALED(st) && WTERMSIG(st) == SIGINT)
			interrupted = 1;
	}
	return (last);
}

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
		memset(jobs, 0, sizeof(jobs));
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
