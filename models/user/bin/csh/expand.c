/*
 * Expansion of words: ~, $variables, `commands`, quotes, and file name patterns.
 *
 * One raw word can become several ($argv, *.c) or none (an empty list).  While a
 * word is put together, characters that were quoted and would mean something in
 * a pattern carry a backslash; unescape() takes it off at the end.
 */
#include <sys/stat.h>
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "csh.h"

struct work {
	struct list	*w_out;
	struct buf	 w_buf;		/* The word in hand. */
	int		 w_some;	/* It exists, if only as "". */
	int		 w_glob;	/* It has pattern characters. */
	int		 w_join;	/* One word only: lists are joined. */
	int		 w_here;	/* A here-document: quotes are text. */
};

static void
put_quoted(struct work *w, char c)
{
	if (strchr("*?[]\\{}", c) != NULL)
		buf_add(&w->w_buf, '\\');
	buf_add(&w->w_buf, c);
	w->w_some = 1;
}

static void
put_text(struct work *w, const char *s)
{
	while (*s != '\0')
		put_quoted(w, *s++);
}

char *
unescape(const char *s)
{
	char *out = arena_alloc(strlen(s) + 1), *p = out;

	for (; *s != '\0'; s++) {
		if (*s == '\\' && s[1] != '\0')
			s++;
		*p++ = *s;
	}
	*p = '\0';
	return (out);
}

/* The word is complete: out it goes. */
static void
finish(struct work *w)
{
	char *s;

	if (!w->w_some && w->w_buf.b_n == 0)
		return;
	s = w->w_buf.b_p != NULL ? w->w_buf.b_p : "";
	if (w->w_glob && !w->w_join)
		glob(s, w->w_out);
	else
		list_add(w->w_out, unescape(s));
	memset(&w->w_buf, 0, sizeof(w->w_buf));
	w->w_some = w->w_glob = 0;
}

/* Several words in the middle of one: a$x with x = (1 2) is a1 2. */
static void
put_list(struct work *w, char **v, int n, int quoted)
{
	int i;

	for (i = 0; i < n; i++) {
		if (i > 0) {
			if (quoted || w->w_join)
				put_quoted(w, ' ');
			else
				finish(w);
		}
		put_text(w, v[i]);
		w->w_some = 1;
	}
}

static int
name_char(char c)
{
	return (isalnum((unsigned char)c) || c == '_');
}

/* [n], [a-b], [*] after a variable: first and last word. */
static const char *
subscript(const char *p, int n, int *lo, int *hi)
{
	char *inner, *q, *end;
	const char *close;

	*lo = 1;
	*hi = n;
	if (*p != '[')
		return (p);
	if ((close = strchr(p, ']')) == NULL) {
		complain("Missing ].");
		return (p);
	}
	inner = arena_alloc(close - p);
	memcpy(inner, p + 1, close - p - 1);
	inner[close - p - 1] = '\0';
	inner = expand_text(inner);
	if (strcmp(inner, "*") != 0 && !line_error) {
		*lo = strtol(inner, &end, 10);
		*hi = *lo;
		if (*end == '-') {
			q = end + 1;
			*hi = *q == '\0' ? n : strtol(q, &end, 10);
			if (*q == '\0')
				end++;
			if (q == inner + 1)
				*lo = 1;
		}
		if (*end != '\0' || *lo < 1 || *hi > n)
			complain("Subscript out of range.");
	}
	return (close + 1);
}

/* A line from standard input, for $<. */
static char *
read_line(void)
{
	struct buf b = { 0 };
	char c;

	while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
		buf_add(&b, c);
	return (b.b_p != NULL ? b.b_p : "");
}

/* p is after the $; returns what follows the variable. */
static const char *
variable(struct work *w, const char *p, int quoted)
{
	char name[128], text[24];
	int brace = 0, test = 0, count = 0, lo, hi;
	struct list *value;
	size_t n = 0;

	if (*p == '{') {
		brace = 1;
		p++;
	}
	if (*p == '$') {
		snprintf(text, sizeof(text), "%d", (int)getpid());
		put_text(w, text);
		return (p + 1 + brace);
	}
	if (*p == '<') {
		put_text(w, read_line());
		return (p + 1 + brace);
	}
	if (*p == '?' && name_char(p[1])) {
		test = 1;
		p++;
	} else if (*p == '#' && name_char(p[1])) {
		count = 1;
		p++;
	} else if (*p == '#') {		/* $#: of argv. */
		p++;
		snprintf(text, sizeof(text), "%d", var_get("argv")->l_n);
		put_text(w, text);
		return (p + brace);
	}
	if (*p == '*' || *p == '@') {
		strcpy(name, "argv");
		p++;
	} else if (*p == '!') {		/* The last background process. */
		strcpy(name, "!");
		p++;
	} else if (*p == '?') {
		strcpy(name, "status");
		p++;
	} else {
		if (!name_char(*p)) {
			if (brace) {
				complain("Illegal variable name.");
				return (p);
			}
			put_quoted(w, '$');
			return (p);
		}
		while (name_char(*p) && n < sizeof(name) - 1)
			name[n++] = *p++;
		name[n] = '\0';
	}
	/* $1 is $argv[1], and empty if there is none. */
	if (isdigit((unsigned char)name[0])) {
		value = var_get("argv");
		lo = atoi(name);
		if (lo == 0)
			put_text(w, var_get("0") != NULL ?
			    var_get("0")->l_v[0] : "csh");
		else if (lo <= value->l_n)
			put_text(w, value->l_v[lo - 1]);
		goto out;
	}
	value = var_get(name);
	if (test) {
		put_text(w, value != NULL ? "1" : "0");
		goto out;
	}
	if (value == NULL) {
		complain("%s: Undefined variable.", name);
		return (p);
	}
	if (count) {
		snprintf(text, sizeof(text), "%d", value->l_n);
		put_text(w, text);
		goto out;
	}
	p = subscript(p, value->l_n, &lo, &hi);
	if (line_error)
		return (p);
	if (hi >= lo)
		put_list(w, value->l_v + lo - 1, hi - lo + 1, quoted);
out:
	if (brace) {
		if (*p == '}')
			p++;
		else
			complain("Missing }.");
	}
	return (p);
}

/* `command`: its output, words at blanks; inside "..." only at newlines. */
static const char *
command(struct work *w, const char *p, int quoted)
{
	const char *end = skip_quoted(p);
	struct list words = { 0 };
	char *text, *out, *word;
	size_t n = end - p - 2;

	text = arena_alloc(n + 1);
	memcpy(text, p + 1, n);
	text[n] = '\0';
	out = capture(text);
	while (out != NULL && (word = strsep(&out, quoted ? "\n" : " \t\n")) != NULL)
		if (*word != '\0')
			list_add(&words, word);
	put_list(w, words.l_v, words.l_n, 0);
	return (end);
}

static void
expand_into(struct work *w, const char *p)
{
	const char *home;

	if (*p == '~' && !w->w_here && (p[1] == '\0' || p[1] == '/')) {
		home = getenv("HOME");
		put_text(w, home != NULL ? home : "/");
		p++;
	}
	while (*p != '\0' && !line_error) {
		if (w->w_here && *p != '$' && *p != '`' &&
		    !(*p == '\\' && strchr("$`\\", p[1]) != NULL)) {
			put_quoted(w, *p++);
			continue;
		}
		switch (*p) {
		case '\'':
			for (p++; *p != '\''; p++)
				put_quoted(w, *p);
			p++;
			w->w_some = 1;
			break;
		case '"':
			w->w_some = 1;
			for (p++; *p != '"' && !line_error;) {
				if (*p == '$')
					p = variable(w, p + 1, 1);
				else if (*p == '`')
					p = command(w, p, 1);
				else {
					if (*p == '\\' && strchr("\"\\$`", p[1]) != NULL)
						p++;
					put_quoted(w, *p++);
				}
			}
			p++;
			break;
		case '\\':
			if (*++p != '\0')
				put_quoted(w, *p++);
			break;
		case '$':
			p = variable(w, p + 1, 0);
			break;
		case '`':
			p = command(w, p, 0);
			break;
		case '*':
		case '?':
		case '[':
			w->w_glob = 1;
			buf_add(&w->w_buf, *p++);
			break;
		default:
			buf_add(&w->w_buf, *p++);
			break;
		}
	}
}

/* The words that a raw word becomes. */
void
expand(const char *raw, struct list *out)
{
	struct work w = { .w_out = out };

	expand_into(&w, raw);
	if (!line_error)
		finish(&w);
}

/* Exactly one, as for a file to redirect to; `what' for the error. */
char *
expand_one(const char *raw, const char *what)
{
	struct list l = { 0 };

	expand(raw, &l);
	if (line_error)
		return (NULL);
	if (l.l_n != 1) {
		complain("%s: Ambiguous.", what);
		return (NULL);
	}
	return (l.l_v[0]);
}

/* As one string, no patterns. */
char *
expand_text(const char *raw)
{
	struct list l = { 0 };
	struct work w = { .w_out = &l, .w_join = 1, .w_some = 1 };

	expand_into(&w, raw);
	finish(&w);
	return (l.l_v[0]);
}

/* The text of a here-document. */
char *
expand_here(const char *raw)
{
	struct list l = { 0 };
	struct work w = { .w_out = &l, .w_join = 1, .w_some = 1, .w_here = 1 };

	expand_into(&w, raw);
	finish(&w);
	return (l.l_v[0]);
}

int
has_glob(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s == '\\' && s[1] != '\0')
			s++;
		else if (strchr("*?[", *s) != NULL)
			return (1);
	return (0);
}

/* Does the name match the pattern? */
int
match(const char *pat, const char *name)
{
	int ok, not;
	char lo;

	for (; *pat != '\0'; pat++) {
		switch (*pat) {
		case '*':
			while (pat[1] == '*')
				pat++;
			do
				if (match(pat + 1, name))
					return (1);
			while (*name++ != '\0');
			return (0);
		case '?':
			if (*name++ == '\0')
				return (0);
			break;
		case '[':
			if (*name == '\0')
				return (0);
			if ((not = pat[1] == '^'))
				pat++;
			for (ok = 0; *++pat != ']' && *pat != '\0';) {
				lo = *pat;
				if (pat[1] == '-' && pat[2] != ']' && pat[2] != '\0')
					pat += 2;
				ok |= *name >= lo && *name <= *pat;
			}
			if (ok == not || *pat == '\0')
				return (0);
			name++;
			break;
		case '\\':
			if (pat[1] != '\0')
				pat++;
			/* FALLTHROUGH */
		default:
			if (*pat != *name++)
				return (0);
			break;
		}
	}
	return (*name == '\0');
}

/* Matches of one path component after another. */
static void
glob_dir(const char *dir, const char *pat, struct list *out)
{
	const char *end = strchrnul(pat, '/'), *rest;
	char *part, *path;
	struct dirent **names;
	struct stat st;
	size_t dlen = strlen(dir);
	int n, i;

	part = arena_alloc(end - pat + 1);
	memcpy(part, pat, end - pat);
	part[end - pat] = '\0';
	for (rest = end; *rest == '/'; rest++)
		;
	if (!has_glob(part)) {
		part = unescape(part);
		path = arena_alloc(dlen + strlen(part) + 2);
		strcpy(path, dir);
		strcat(path, part);
		if (stat(path, &st) == -1)
			return;
		if (*end == '\0') {
			list_add(out, path);
			return;
		}
		strcat(path, "/");
		glob_dir(path, rest, out);
		return;
	}
	n = scandir(dlen > 0 ? dir : ".", &names, NULL, alphasort);
	for (i = 0; i < n; i++) {
		if ((names[i]->d_name[0] != '.' || *part == '.') &&
		    match(part, names[i]->d_name)) {
			path = arena_alloc(dlen + strlen(names[i]->d_name) + 2);
			strcpy(path, dir);
			strcat(path, names[i]->d_name);
			if (*end == '\0')
				list_add(out, path);
			else {
				strcat(path, "/");
				glob_dir(path, rest, out);
			}
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

void
glob(const char *pat, struct list *out)
{
	int before = out->l_n;

	if (*pat == '/')
		glob_dir("/", pat + 1, out);
	else
		glob_dir("", pat, out);
	if (out->l_n == before)
		complain("%s: No match.", unescape(pat));
}
