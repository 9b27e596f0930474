/*
 * From tokens to a tree:
 *
 *   list     = andor { (; | &) andor } [; | &]
 *   andor    = pipeline { (&& | ||) pipeline }
 *   pipeline = command { (| | |&) command }
 *   command  = (word | redirection)+ | "(" list ")" redirection*
 *   redirection = (< | > | >> | >& | >>& | <<) word
 */
#include <string.h>
#include "csh.h"

static struct token	*tok;

static struct node	*list(void);

static struct node *
node(enum node_type type, struct node *left, struct node *right)
{
	struct node *n = arena_alloc(sizeof(*n));

	memset(n, 0, sizeof(*n));
	n->n_type = type;
	n->n_left = left;
	n->n_right = right;
	return (n);
}

/* A here-document's text is the lines that follow, up to the word alone. */
static char *
here_document(const char *word)
{
	struct buf b = { 0 };
	const char *end = expand_one(word, word);
	char *line;

	if (end == NULL)
		return ("");
	buf_str(&b, "");
	while ((line = source_line(source, "? ")) != NULL &&
	    strcmp(line, end) != 0) {
		buf_str(&b, line);
		buf_add(&b, '\n');
	}
	if (b.b_p == NULL)
		buf_add(&b, '\0');
	return (b.b_p);
}

static int
redirection(struct node *n)
{
	struct redir *r, **rp;

	if (tok->t_type < T_LESS)
		return (0);
	if (tok->t_next->t_type != T_WORD) {
		complain("Missing name for redirect.");
		return (0);
	}
	r = arena_alloc(sizeof(*r));
	r->r_next = NULL;
	r->r_type = tok->t_type;
	r->r_fd = tok->t_fd;
	r->r_both = tok->t_both;
	tok = tok->t_next;
	r->r_word = tok->t_text;
	if (r->r_type == T_HERE) {
		/* <<'END': the text is taken as it is. */
		r->r_both = strpbrk(tok->t_text, "'\"\\`") != NULL;
		r->r_word = here_document(tok->t_text);
	}
	tok = tok->t_next;
	for (rp = &n->n_redirs; *rp != NULL; rp = &(*rp)->r_next)
		;
	*rp = r;
	return (1);
}

static struct node *
command(void)
{
	struct node *n;
	int depth;

	if (tok->t_type == T_LPAREN) {
		tok = tok->t_next;
		n = node(N_SUB, list(), NULL);
		if (!line_error && tok->t_type != T_RPAREN)
			complain("Too many ('s.");
		if (line_error)
			return (NULL);
		tok = tok->t_next;
		while (redirection(n))
			;
		return (n);
	}
	n = node(N_CMD, NULL, NULL);
	depth = 0;
	while (!line_error) {
		/* set x = ( a b c ), if ( ... ): parentheses are words there. */
		if (tok->t_type == T_LPAREN && n->n_words.l_n > 0) {
			depth++;
			list_add(&n->n_words, "(");
			tok = tok->t_next;
		} else if (tok->t_type == T_RPAREN && depth > 0) {
			depth--;
			list_add(&n->n_words, ")");
			tok = tok->t_next;
		} else if (tok->t_type == T_WORD) {
			list_add(&n->n_words, tok->t_text);
			tok = tok->t_next;
		} else if (!redirection(n))
			break;
	}
	if (line_error)
		return (NULL);
	if (n->n_words.l_n == 0) {
		complain(n->n_redirs != NULL ? "Invalid null command." :
		    tok->t_type == T_RPAREN ? "Too many )'s." :
		    "Invalid null command.");
		return (NULL);
	}
	return (n);
}

static struct node *
pipeline(void)
{
	struct node *n = command();
	int both;

	while (!line_error && (tok->t_type == T_PIPE || tok->t_type == T_PIPEERR)) {
		both = tok->t_type == T_PIPEERR;
		tok = tok->t_next;
		n = node(N_PIPE, n, command());
		n->n_both = both;
	}
	return (n);
}

static struct node *
andor(void)
{
	struct node *n = pipeline();
	enum node_type type;

	while (!line_error && (tok->t_type == T_AND || tok->t_type == T_OR)) {
		type = tok->t_type == T_AND ? N_AND : N_OR;
		tok = tok->t_next;
		n = node(type, n, pipeline());
	}
	return (n);
}

static struct node *
list(void)
{
	struct node *n = NULL, *next;

	for (;;) {
		while (tok->t_type == T_SEMI)
			tok = tok->t_next;
		if (tok->t_type == T_END || tok->t_type == T_RPAREN || line_error)
			break;
		next = andor();
		if (tok->t_type == T_AMP) {
			next = node(N_BG, next, NULL);
			tok = tok->t_next;
		} else if (!line_error && tok->t_type != T_SEMI &&
		    tok->t_type != T_END && tok->t_type != T_RPAREN)
			complain("Badly placed ()'s.");
		n = n == NULL ? next : node(N_SEQ, n, next);
	}
	return (n);
}

struct node *
parse(struct token *t)
{
	struct node *n;

	tok = t;
	n = list();
	if (!line_error && tok->t_type == T_RPAREN)
		complain("Too many )'s.");
	return (line_error ? NULL : n);
}
