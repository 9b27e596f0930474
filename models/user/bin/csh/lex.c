/*
 * From a line of text to tokens.  Words keep their quotes: only the expansion
 * may take them off, because a quoted blank or star is not what it seems.
 */
#include <ctype.h>
#include <string.h>
#include "csh.h"

/* After one character of a word, or all of a quoted or `...` piece. */
const char *
skip_quoted(const char *p)
{
	char q = *p;

	if (q == '\\')
		return (p[1] != '\0' ? p + 2 : p + 1);
	if (q != '\'' && q != '"' && q != '`')
		return (p + 1);
	for (p++; *p != q; p++) {
		if (*p == '\0')
			return (NULL);
		if (*p == '\\' && q != '\'' && p[1] != '\0')
			p++;
	}
	return (p + 1);
}

static int
meta(char c)
{
	return (c == '\0' || strchr(" \t\n;&|<>()", c) != NULL);
}

/* $x[2] and ${x} hold characters that would end a word elsewhere. */
static const char *
skip_word(const char *p)
{
	const char *start = p;

	while (p != NULL && !meta(*p)) {
		if (*p == '$' && p[1] == '<') {
			p += 2;
			continue;
		}
		p = skip_quoted(p);
	}
	if (p == NULL)
		complain("Unmatched '%c'.", *start);
	return (p);
}

static struct token *
token(struct token ***tail, enum tok type)
{
	struct token *t = arena_alloc(sizeof(*t));

	memset(t, 0, sizeof(*t));
	t->t_type = type;
	t->t_fd = 1;
	**tail = t;
	*tail = &t->t_next;
	return (t);
}

/* > >> >& >>& >! and so on; p is at the first >. */
static const char *
output(const char *p, struct token ***tail, int fd)
{
	struct token *t = token(tail, T_GREAT);

	t->t_fd = fd;
	if (*++p == '>') {
		t->t_type = T_APPEND;
		p++;
	}
	/* 2>&1 as sh(1) writes it: the word is "&1". */
	if (*p == '&' && !(isdigit((unsigned char)p[1]) && meta(p[2]))) {
		t->t_both = 1;
		p++;
	}
	if (*p == '!')
		p++;
	return (p);
}

struct token *
lex(const char *p)
{
	struct token *head = NULL, **tail = &head, *t;
	const char *start;
	size_t n;

	for (;;) {
		while (*p == ' ' || *p == '\t' || *p == '\n')
			p++;
		if (*p == '\0' || *p == '#')
			break;
		switch (*p) {
		case ';':
			token(&tail, T_SEMI);
			p++;
			continue;
		case '&':
			if (p[1] == '&') {
				token(&tail, T_AND);
				p += 2;
			} else {
				token(&tail, T_AMP);
				p++;
			}
			continue;
		case '|':
			if (p[1] == '|') {
				token(&tail, T_OR);
				p += 2;
			} else if (p[1] == '&') {
				token(&tail, T_PIPEERR);
				p += 2;
			} else {
				token(&tail, T_PIPE);
				p++;
			}
			continue;
		case '(':
			token(&tail, T_LPAREN);
			p++;
			continue;
		case ')':
			token(&tail, T_RPAREN);
			p++;
			continue;
		case '<':
			if (p[1] == '<') {
				token(&tail, T_HERE);
				p += 2;
			} else {
				token(&tail, T_LESS);
				p++;
			}
			continue;
		case '>':
			p = output(p, &tail, 1);
			if (*p == '&')
				break;
			continue;
		}
		/* 2> is sh(1)'s, taken here as well. */
		if (*p >= '0' && *p <= '9' && p[1] == '>') {
			p = output(p + 1, &tail, *p - '0');
			if (*p != '&')
				continue;
		}
		start = p;
		if (*p == '&')
			p += 2;
		else if ((p = skip_word(p)) == NULL)
			return (NULL);
		n = p - start;
		t = token(&tail, T_WORD);
		t->t_text = arena_alloc(n + 1);
		memcpy(t->t_text, start, n);
		t->t_text[n] = '\0';
	}
	token(&tail, T_END);
	return (head);
}
