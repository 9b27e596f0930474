/*
 * The shell's variables: each a list of words.  A few have a life of their own:
 * path follows PATH, status is the last command's exit status.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "csh.h"

struct var {
	struct var	*v_next;	/* In order of name. */
	char		*v_name;
	struct list	 v_value;	/* Own memory. */
};

static struct var	*vars;

static struct var **
find(const char *name)
{
	struct var **vp;

	for (vp = &vars; *vp != NULL && strcmp((*vp)->v_name, name) < 0;
	    vp = &(*vp)->v_next)
		;
	return (vp);
}

static void
clear(struct list *l)
{
	int i;

	for (i = 0; i < l->l_n; i++)
		free(l->l_v[i]);
	free(l->l_v);
	memset(l, 0, sizeof(*l));
}

struct list *
var_get(const char *name)
{
	static struct list tmp;
	static char *words[2], text[24];
	struct var *v;

	if (strcmp(name, "status") == 0 || strcmp(name, "?") == 0) {
		snprintf(text, sizeof(text), "%d", status);
		words[0] = text;
		tmp.l_v = words;
		tmp.l_n = 1;
		return (&tmp);
	}
	v = *find(name);
	if (v != NULL && strcmp(v->v_name, name) == 0)
		return (&v->v_value);
	if ((words[0] = getenv(name)) == NULL)
		return (NULL);
	tmp.l_v = words;
	tmp.l_n = 1;
	return (&tmp);
}

/* path = (/sbin /bin) makes PATH=/sbin:/bin, and term, home, user likewise. */
static void
follow(const char *name, const struct list *value)
{
	static const char *const pairs[][2] = {
		{ "home", "HOME" }, { "term", "TERM" }, { "user", "USER" }
	};
	struct buf b = { 0 };
	size_t k;
	int i;

	if (strcmp(name, "path") == 0) {
		buf_str(&b, "");
		for (i = 0; i < value->l_n; i++) {
			if (i > 0)
				buf_add(&b, ':');
			buf_str(&b, value->l_v[i]);
		}
		setenv("PATH", b.b_p != NULL ? b.b_p : "", 1);
		rehash();
	}
	for (k = 0; k < nitems(pairs); k++)
		if (strcmp(name, pairs[k][0]) == 0)
			setenv(pairs[k][1], value->l_n > 0 ? value->l_v[0] : "", 1);
}

void
var_set(const char *name, struct list *value)
{
	struct var **vp = find(name), *v = *vp;
	struct list copy = { 0 };
	int i;

	if (strcmp(name, "status") == 0) {
		status = value->l_n > 0 ? atoi(value->l_v[0]) : 0;
		return;
	}
	copy.l_v = xmalloc((value->l_n + 1) * sizeof(char *));
	for (i = 0; i < value->l_n; i++)
		copy.l_v[i] = xstrdup(value->l_v[i]);
	copy.l_v[copy.l_n = i] = NULL;
	if (v == NULL || strcmp(v->v_name, name) != 0) {
		v = xmalloc(sizeof(*v));
		v->v_name = xstrdup(name);
		v->v_next = *vp;
		*vp = v;
	} else
		clear(&v->v_value);
	v->v_value = copy;
	follow(name, &v->v_value);
}

void
var_set1(const char *name, const char *value)
{
	char *words[2] = { (char *)value, NULL };
	struct list l = { words, 1, 2 };

	var_set(name, &l);
}

void
var_setn(const char *name, long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", value);
	var_set1(name, text);
}

void
var_unset(const char *name)
{
	struct var **vp = find(name), *v = *vp;

	if (v == NULL || strcmp(v->v_name, name) != 0)
		return;
	*vp = v->v_next;
	clear(&v->v_value);
	free(v->v_name);
	free(v);
}

void
var_print(void)
{
	struct var *v;
	int i;

	for (v = vars; v != NULL; v = v->v_next) {
		printf("%s\t", v->v_name);
		if (v->v_value.l_n != 1)
			printf("(");
		for (i = 0; i < v->v_value.l_n; i++)
			printf(i > 0 ? " %s" : "%s", v->v_value.l_v[i]);
		printf(v->v_value.l_n != 1 ? ")\n" : "\n");
	}
}

void
vars_init(int argc, char **argv)
{
	struct list l = { argv, argc, argc + 1 }, path = { 0 };
	char cwd[1024], *copy, *dir;

	var_set("argv", &l);
	if ((copy = getenv("PATH")) == NULL)
		copy = "/sbin:/bin:/usr/sbin:/usr/bin";
	copy = xstrdup(copy);
	while ((dir = strsep(&copy, ":")) != NULL)
		list_add(&path, dir);
	var_set("path", &path);
	var_set1("home", getenv("HOME") != NULL ? getenv("HOME") : "/");
	var_set1("user", getenv("USER") != NULL ? getenv("USER") : "root");
	var_set1("shell", "/bin/csh");
	if (getcwd(cwd, sizeof(cwd)) != NULL)
		var_set1("cwd", cwd);
}
