/*
 * Commands that are the shell itself: they change its variables, its directory
 * or its children, or are too small to start a program for.
 */
#include <sys/stat.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "csh.h"

static int
b_cd(struct list *w)
{
	const char *dir = w->l_n > 1 ? w->l_v[1] : getenv("HOME");
	char cwd[1024];

	if (w->l_n > 2) {
		complain("%s: Too many arguments.", w->l_v[0]);
		return (1);
	}
	if (dir == NULL)
		dir = "/";
	if (chdir(dir) == -1) {
		complain("%s: %s.", dir, strerror(errno));
		return (1);
	}
	if (getcwd(cwd, sizeof(cwd)) != NULL)
		var_set1("cwd", cwd);
	return (0);
}

static int
b_echo(struct list *w)
{
	int i = 1, newline = 1;

	if (w->l_n > 1 && strcmp(w->l_v[1], "-n") == 0) {
		newline = 0;
		i++;
	}
	for (; i < w->l_n; i++) {
		fputs(w->l_v[i], stdout);
		if (i < w->l_n - 1)
			putchar(' ');
	}
	if (newline)
		putchar('\n');
	return (0);
}

/* exit, exit 3, exit ( expr ) */
static int
b_exit(struct list *w)
{
	struct list rest = { w->l_v + 1, w->l_n - 1, 0 };
	int at = 0, code = status;

	if (w->l_n > 1) {
		code = expr(&rest, &at);
		if (line_error)
			return (1);
	}
	exiting = 1;
	return (code & 0xff);
}

/* set, set a, set a = b, set a=b, set a = ( b c ), set a[2] = b; several at once */
static int
b_set(struct list *w)
{
	struct list value, *old;
	char *name, *eq, *sub;
	int i = 1, n;

	if (w->l_n == 1)
		var_print();
	while (i < w->l_n) {
		memset(&value, 0, sizeof(value));
		name = w->l_v[i++];
		if (!isalpha((unsigned char)*name) && *name != '_') {
			complain("set: Variable name must begin with a letter.");
			return (1);
		}
		if ((eq = strchr(name, '=')) != NULL)
			*eq++ = '\0';
		else if (i < w->l_n && w->l_v[i][0] == '=')
			eq = w->l_v[i++] + 1;
		if (eq != NULL && *eq == '\0') {
			if (i < w->l_n && strcmp(w->l_v[i], "(") == 0) {
				for (i++; i < w->l_n && strcmp(w->l_v[i], ")") != 0; i++)
					list_add(&value, w->l_v[i]);
				i++;
				eq = NULL;
			} else
				eq = i < w->l_n ? w->l_v[i++] : "";
		}
		if (eq != NULL)
			list_add(&value, eq);
		if ((sub = strchr(name, '[')) != NULL) {
			*sub++ = '\0';
			n = atoi(sub);
			old = var_get(name);
			if (old == NULL || n < 1 || n > old->l_n) {
				complain("set: Subscript out of range.");
				return (1);
			}
			free(old->l_v[n - 1]);
			old->l_v[n - 1] = xstrdup(value.l_n > 0 ? value.l_v[0] : "");
			continue;
		}
		if (value.l_n == 0 && eq == NULL && (i < 2 || strcmp(w->l_v[i - 1], ")") != 0))
			list_add(&value, "");
		var_set(name, &value);
	}
	return (0);
}

static int
b_unset(struct list *w)
{
	int i;

	for (i = 1; i < w->l_n; i++)
		var_unset(w->l_v[i]);
	return (0);
}

static int
b_setenv(struct list *w)
{
	struct list path = { 0 };
	char **ep, *copy, *dir;

	if (w->l_n == 1) {
		for (ep = environ; *ep != NULL; ep++)
			puts(*ep);
		return (0);
	}
	if (w->l_n > 3) {
		complain("setenv: Too many arguments.");
		return (1);
	}
	setenv(w->l_v[1], w->l_n > 2 ? w->l_v[2] : "", 1);
	if (strcmp(w->l_v[1], "PATH") == 0) {
		copy = xstrdup(w->l_n > 2 ? w->l_v[2] : "");
		while ((dir = strsep(&copy, ":")) != NULL)
			list_add(&path, dir);
		var_set("path", &path);
	}
	return (0);
}

static int
b_unsetenv(struct list *w)
{
	int i;

	for (i = 1; i < w->l_n; i++)
		unsetenv(w->l_v[i]);
	return (0);
}

static int
b_wait(struct list *w)
{
	(void)w;
	return (await_all());
}

static int
b_exec(struct list *w)
{
	struct list rest = { w->l_v + 1, w->l_n - 1, 0 };

	if (rest.l_n == 0)
		return (0);
	exec_words(&rest);
}

/* Words of the rest as a line again, each quoted as needed. */
static char *
rejoin(struct list *w, int from)
{
	struct buf b = { 0 };
	const char *p;

	for (; from < w->l_n; from++) {
		buf_add(&b, '\'');
		for (p = w->l_v[from]; *p != '\0'; p++) {
			if (*p == '\'')
				buf_str(&b, "'\\'");
			buf_add(&b, *p);
		}
		buf_str(&b, "' ");
	}
	return (b.b_p != NULL ? b.b_p : "");
}

static int
b_repeat(struct list *w)
{
	int n, i;
	char *line;

	if (w->l_n < 3) {
		complain("repeat: Too few arguments.");
		return (1);
	}
	n = atoi(w->l_v[1]);
	line = rejoin(w, 2);
	for (i = 0; i < n && !line_error && !exiting && !interrupted; i++)
		run_line(line);
	return (status);
}

static int
b_eval(struct list *w)
{
	struct buf b = { 0 };
	int i;

	for (i = 1; i < w->l_n; i++) {
		buf_str(&b, w->l_v[i]);
		buf_add(&b, ' ');
	}
	return (b.b_p != NULL ? run_line(b.b_p) : 0);
}

static int
b_source(struct list *w)
{
	int fd, r;

	if (w->l_n < 2) {
		complain("source: Too few arguments.");
		return (1);
	}
	if ((fd = open(w->l_v[1], O_RDONLY | O_CLOEXEC)) == -1) {
		complain("%s: %s.", w->l_v[1], strerror(errno));
		return (1);
	}
	r = source_fd(fd, 0);
	close(fd);
	return (r);
}

static int
b_kill(struct list *w)
{
	int sig = SIGTERM, i = 1, r = 0, s;
	const char *name;
	char *end;
	long pid;

	if (w->l_n > 1 && strcmp(w->l_v[1], "-l") == 0) {
		for (s = 1; s < NSIG; s++)
			printf(s < NSIG - 1 ? "%s " : "%s\n", sys_signame[s]);
		return (0);
	}
	if (w->l_n > 1 && w->l_v[1][0] == '-') {
		name = w->l_v[i++] + 1;
		if (isdigit((unsigned char)*name))
			sig = atoi(name);
		else {
			if (strncasecmp(name, "SIG", 3) == 0)
				name += 3;
			for (sig = 1; sig < NSIG; sig++)
				if (strcasecmp(sys_signame[sig], name) == 0)
					break;
			if (sig == NSIG) {
				complain("kill: Unknown signal; kill -l lists signals.");
				return (1);
			}
		}
	}
	if (i == w->l_n) {
		complain("kill: Too few arguments.");
		return (1);
	}
	for (; i < w->l_n; i++) {
		pid = strtol(w->l_v[i], &end, 10);
		if (end == w->l_v[i] || *end != '\0') {
			complain("kill: Arguments should be jobs or process id's.");
			return (1);
		}
		if (kill(pid, sig) == -1) {
			fprintf(stderr, "%s: %s\n", w->l_v[i], strerror(errno));
			r = 1;
		}
	}
	return (r);
}

static int
b_umask(struct list *w)
{
	mode_t old;

	if (w->l_n > 1)
		umask(strtol(w->l_v[1], NULL, 8));
	else {
		umask(old = umask(0));
		printf("%o\n", old);
	}
	return (0);
}

static int
b_rehash(struct list *w)
{
	(void)w;
	rehash();
	return (0);
}

static int
b_which(struct list *w)
{
	int i, r = 0;
	char *file;

	for (i = 1; i < w->l_n; i++)
		if (builtin_find(w->l_v[i]) != NULL)
			printf("%s: shell built-in command.\n", w->l_v[i]);
		else if ((file = find_command(w->l_v[i])) != NULL)
			puts(file);
		else {
			fprintf(stderr, "%s: Command not found.\n", w->l_v[i]);
			r = 1;
		}
	return (r);
}

static int
b_shift(struct list *w)
{
	const char *name = w->l_n > 1 ? w->l_v[1] : "argv";
	struct list *l = var_get(name), rest;

	if (l == NULL || l->l_n == 0) {
		complain("shift: No more words.");
		return (1);
	}
	rest.l_v = l->l_v + 1;
	rest.l_n = l->l_n - 1;
	rest.l_cap = 0;
	var_set(name, &rest);
	return (0);
}

static int
b_pwd(struct list *w)
{
	char cwd[1024];

	(void)w;
	if (getcwd(cwd, sizeof(cwd)) == NULL)
		return (1);
	puts(cwd);
	return (0);
}

static int
b_nothing(struct list *w)
{
	(void)w;
	return (0);
}

static const struct builtin {
	const char	*name;
	builtin_t	*fn;
} builtins[] = {
	{ ":",		b_nothing },
	{ "cd",		b_cd },
	{ "chdir",	b_cd },
	{ "echo",	b_echo },
	{ "eval",	b_eval },
	{ "exec",	b_exec },
	{ "exit",	b_exit },
	{ "kill",	b_kill },
	{ "printenv",	b_setenv },
	{ "pwd",	b_pwd },
	{ "rehash",	b_rehash },
	{ "repeat",	b_repeat },
	{ "set",	b_set },
	{ "setenv",	b_setenv },
	{ "shift",	b_shift },
	{ "source",	b_source },
	{ "umask",	b_umask },
	{ "unset",	b_unset },
	{ "unsetenv",	b_unsetenv },
	{ "wait",	b_wait },
	{ "which",	b_which }
};

builtin_t *
builtin_find(const char *name)
{
	size_t i;

	for (i = 0; i < nitems(builtins); i++)
		if (strcmp(builtins[i].name, name) == 0)
			return (builtins[i].fn);
	return (NULL);
}
