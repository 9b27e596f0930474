/*
 * Jumps between lines: if, else, endif, while, foreach, end, break, continue, and @.
 *
 * These are not commands but lines: one that begins with such a word is looked at
 * here before anything else.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "csh.h"

#define	LOOPS_MAX	16

struct loop {
	struct source	*lp_source;
	int		 lp_line;	/* Of the while or foreach. */
	char		*lp_var;	/* foreach, else NULL. */
	char		**lp_words;	/* Own memory. */
	int		 lp_n, lp_next;
};
static struct loop	loops[LOOPS_MAX];
static int		nloops;

/*
 * Looking at lines.
 */
static const char *
blanks(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return (p);
}

/* After the word if the line begins with it, else NULL. */
static const char *
keyword(const char *line, const char *word)
{
	size_t n = strlen(word);

	line = blanks(line);
	if (strncmp(line, word, n) != 0 || isalnum((unsigned char)line[n]) ||
	    line[n] == '_')
		return (NULL);
	return (blanks(line + n));
}

static int
blank_rest(const char *p)
{
	p = blanks(p);
	return (*p == '\0' || *p == '#');
}

/*
 * Words up to the parenthesis that closes, operators being words of their own;
 * with `end' NULL up to the end of the line.  Returns what follows.
 */
static const char *
paren_words(const char *p, int whole_line, struct list *out)
{
	static const char *const ops[] = {
		"&&", "||", "==", "!=", "=~", "!~", "<=", ">=", "<<", ">>",
		"++", "--", "+=", "-=", "*=", "/=", "%=", "<", ">", "&", "|",
		"^", "(", ")", NULL
	};
	const char *const *op, *start, *next;
	int depth = whole_line ? 1 : 0;
	char *raw;

	do {
		p = blanks(p);
		if (*p == '\0' || (*p == '#' && whole_line)) {
			if (!whole_line)
				complain("Too many ('s.");
			return (p);
		}
		for (op = ops; *op != NULL; op++)
			if (strncmp(p, *op, strlen(*op)) == 0)
				break;
		if (*op != NULL) {
			p += strlen(*op);
			if (**op == '(' && depth++ == 0)
				continue;
			if (**op == ')' && --depth == 0)
				return (p);
			list_add(out, (char *)*op);
			continue;
		}
		for (start = p; *p != '\0' && strchr(" \t()&|<>", *p) == NULL;
		    p = next) {
			/* a!=b without blanks. */
			if (p > start && ((*p == '=' && (p[1] == '=' || p[1] == '~')) ||
			    (*p == '!' && (p[1] == '=' || p[1] == '~'))))
				break;
			if ((next = skip_quoted(p)) == NULL) {
				complain("Unmatched '%c'.", *p);
				return (p);
			}
		}
		raw = arena_alloc(p - start + 1);
		memcpy(raw, start, p - start);
		raw[p - start] = '\0';
		if (strcmp(raw, "*") == 0 || strcmp(raw, "/") == 0 ||
		    strcmp(raw, "%") == 0)
			list_add(out, raw);
		else if (out->l_n > 0 && (strcmp(out->l_v[out->l_n - 1], "=~") == 0 ||
		    strcmp(out->l_v[out->l_n - 1], "!~") == 0))
			list_add(out, raw);	/* A pattern: not expanded. */
		else
			expand(raw, out);
	} while (depth > 0 && !line_error);
	return (p);
}

static long
condition(const char *p, const char **rest)
{
	struct list words = { 0 };
	int at = 0;
	long v;

	if (*blanks(p) != '(') {
		complain("if: Expression Syntax.");
		return (0);
	}
	*rest = blanks(paren_words(p, 0, &words));
	if (line_error)
		return (0);
	v = expr(&words, &at);
	if (!line_error && at != words.l_n)
		complain("if: Expression Syntax.");
	return (v);
}

/* Does this line open an if that an endif closes? */
static int
opens_if(const char *line)
{
	size_t n = strlen(line);

	if (keyword(line, "if") == NULL)
		return (0);
	while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	return (n >= 4 && strncmp(line + n - 4, "then", 4) == 0);
}

/*
 * Skips to the endif, or to the else if `also_else'; returns what stands behind
 * the else, NULL at an endif.
 */
static const char *
skip_if(int also_else)
{
	const char *rest;
	int depth = 0;
	char *line;

	while ((line = source_line(source, "? ")) != NULL) {
		if (opens_if(line))
			depth++;
		else if (keyword(line, "endif") != NULL) {
			if (depth-- == 0)
				return (NULL);
		} else if (depth == 0 && also_else &&
		    (rest = keyword(line, "else")) != NULL)
			return (rest);
	}
	complain("then/endif not found.");
	return (NULL);
}

static void
skip_loop(void)
{
	int depth = 0;
	char *line;

	while ((line = source_line(source, "? ")) != NULL)
		if (keyword(line, "while") != NULL ||
		    keyword(line, "foreach") != NULL)
			depth++;
		else if (keyword(line, "end") != NULL && depth-- == 0)
			return;
	complain("end not found.");
}

/*
 * Loops.
 */
static struct loop *
innermost(void)
{
	if (nloops == 0 || loops[nloops - 1].lp_source != source)
		return (NULL);
	return (&loops[nloops - 1]);
}

static void
loop_pop(void)
{
	struct loop *l = &loops[--nloops];
	int i;

	for (i = 0; i < l->lp_n; i++)
		free(l->lp_words[i]);
	free(l->lp_words);
	free(l->lp_var);
	l->lp_source->s_depth--;
}

static struct loop *
loop_push(int line)
{
	struct loop *l;

	if (nloops == LOOPS_MAX) {
		complain("Too many loops.");
		return (NULL);
	}
	l = &loops[nloops++];
	memset(l, 0, sizeof(*l));
	l->lp_source = source;
	l->lp_line = line;
	source->s_depth++;
	return (l);
}

/* The foreach variable takes its next word, or the loop is over. */
static void
foreach_step(struct loop *l)
{
	if (l->lp_next < l->lp_n) {
		var_set1(l->lp_var, l->lp_words[l->lp_next++]);
		source->s_pc = l->lp_line + 1;
	} else {
		source->s_pc = l->lp_line + 1;
		skip_loop();
		loop_pop();
	}
}

static void
do_foreach(const char *p)
{
	struct list words = { 0 };
	struct loop *l;
	const char *start = p;
	char *var;
	int i;

	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	if (p == start || *blanks(p) != '(') {
		complain("foreach: Words not parenthesized.");
		return;
	}
	var = arena_alloc(p - start + 1);
	memcpy(var, start, p - start);
	var[p - start] = '\0';
	paren_words(p, 0, &words);
	if (line_error || (l = loop_push(source->s_pc - 1)) == NULL)
		return;
	l->lp_var = xstrdup(var);
	l->lp_words = xmalloc((words.l_n + 1) * sizeof(char *));
	for (i = 0; i < words.l_n; i++)
		l->lp_words[i] = xstrdup(words.l_v[i]);
	l->lp_n = words.l_n;
	foreach_step(l);
}

static void
do_while(const char *p)
{
	struct loop *l = innermost();
	const char *rest;
	int line = source->s_pc - 1;

	if (l == NULL || l->lp_line != line || l->lp_var != NULL)
		if ((l = loop_push(line)) == NULL)
			return;
	if (condition(p, &rest) == 0 && !line_error) {
		skip_loop();
		loop_pop();
	}
}

/* end and continue */
static void
do_end(const char *word)
{
	struct loop *l = innermost();

	if (l == NULL)
		complain("%s: Not in while/foreach.", word);
	else if (l->lp_var != NULL)
		foreach_step(l);
	else
		source->s_pc = l->lp_line;
}

static void
do_if(const char *p)
{
	const char *rest = "", *after;
	long v;

	v = condition(p, &rest);
	if (line_error)
		return;
	if ((after = keyword(rest, "then")) != NULL && blank_rest(after)) {
		while (!v && (rest = skip_if(1)) != NULL) {
			/* else: the rest is done.  else if: ask again. */
			if ((p = keyword(rest, "if")) == NULL)
				break;
			v = condition(p, &rest);
			if (line_error)
				return;
		}
	} else if (v)
		run_line(rest);
}

/* @ x = expr, @ x += expr, @ x++ */
static void
do_calc(const char *p)
{
	struct list words = { 0 }, value = { 0 };
	struct buf name = { 0 };
	const char *op;
	char *end;
	long v, old = 0;
	int at = 0;

	if (blank_rest(p)) {
		var_print();
		return;
	}
	for (; isalnum((unsigned char)*p) || *p == '_'; p++)
		buf_add(&name, *p);
	p = blanks(p);
	if (name.b_n == 0) {
		complain("@: Variable name must begin with a letter.");
		return;
	}
	op = p;
	if (strncmp(p, "++", 2) == 0 || strncmp(p, "--", 2) == 0)
		p += 2;
	else if (*p == '=')
		p += 1;
	else if (*p != '\0' && strchr("+-*/%", *p) != NULL && p[1] == '=')
		p += 2;
	else {
		complain("@: Syntax Error.");
		return;
	}
	if (*op != '=') {
		if (var_get(name.b_p) == NULL) {
			complain("%s: Undefined variable.", name.b_p);
			return;
		}
		old = strtol(var_get(name.b_p)->l_v[0], &end, 0);
	}
	if (op[1] == '+' || op[1] == '-')
		v = 1;
	else {
		paren_words(p, 1, &words);
		if (line_error)
			return;
		v = expr(&words, &at);
		if (line_error)
			return;
	}
	switch (*op) {
	case '+': v = old + v; break;
	case '-': v = old - v; break;
	case '*': v = old * v; break;
	case '/':
	case '%':
		if (v == 0) {
			complain("Division by 0.");
			return;
		}
		v = *op == '/' ? old / v : old % v;
		break;
	}
	(void)value;
	var_setn(name.b_p, v);
}

/* 1 if the line was one of the above. */
int
control(const char *line)
{
	const char *rest;

	if ((rest = keyword(line, "if")) != NULL)
		do_if(rest);
	else if (keyword(line, "else") != NULL)
		skip_if(0);		/* We were in the part before it. */
	else if (keyword(line, "endif") != NULL)
		;
	else if ((rest = keyword(line, "while")) != NULL)
		do_while(rest);
	else if ((rest = keyword(line, "foreach")) != NULL)
		do_foreach(rest);
	else if (keyword(line, "end") != NULL)
		do_end("end");
	else if (keyword(line, "continue") != NULL)
		do_end("continue");
	else if (keyword(line, "break") != NULL) {
		if (innermost() == NULL)
			complain("break: Not in while/foreach.");
		else {
			source->s_pc = innermost()->lp_line + 1;
			skip_loop();
			loop_pop();
		}
	} else if (*blanks(line) == '@')
		do_calc(blanks(blanks(line) + 1));
	else
		return (0);
	return (1);
}

/* The source has ended or failed: its loops are over. */
void
leave_loops(void)
{
	while (innermost() != NULL)
		loop_pop();
}
