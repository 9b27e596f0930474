/*
 * Expressions of `if', `while', `@' and `exit': C's operators on words.  ==, !=,
 * =~ and !~ compare text; the others want integers.  -e file and its kin ask about
 * files; { command } is true if the command succeeds.
 */
#include <sys/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "csh.h"

static struct list	*words;
static int		 at;

static char	*oror(void);

static const char *
peek(void)
{
	return (at < words->l_n ? words->l_v[at] : "");
}

static int
take(const char *op)
{
	if (at >= words->l_n || strcmp(words->l_v[at], op) != 0)
		return (0);
	at++;
	return (1);
}

static char *
number(long v)
{
	char *s = arena_alloc(24);

	snprintf(s, 24, "%ld", v);
	return (s);
}

static long
value(const char *s)
{
	char *end;
	long v;

	v = strtol(s, &end, 0);
	if (*end != '\0')
		complain("@: Badly formed number.");
	return (v);
}

static char *
file_test(char op, const char *name)
{
	struct stat st;

	if (stat(name, &st) == -1)
		return ("0");
	switch (op) {
	case 'r': return (number(access(name, R_OK) == 0));
	case 'w': return (number(access(name, W_OK) == 0));
	case 'x': return (number(access(name, X_OK) == 0));
	case 'e': return ("1");
	case 'o': return (number(st.st_uid == getuid()));
	case 'z': return (number(st.st_size == 0));
	case 's': return (number(st.st_size != 0));
	case 'f': return (number(S_ISREG(st.st_mode)));
	case 'd': return (number(S_ISDIR(st.st_mode)));
	}
	complain("Malformed file inquiry.");
	return ("0");
}

/* { command } */
static char *
braces(void)
{
	struct buf b = { 0 };

	while (at < words->l_n && strcmp(words->l_v[at], "}") != 0) {
		buf_str(&b, words->l_v[at++]);
		buf_add(&b, ' ');
	}
	if (!take("}"))
		complain("Missing }.");
	if (line_error || b.b_p == NULL)
		return ("0");
	return (number(run_line(b.b_p) == 0));
}

static char *
primary(void)
{
	char *v;

	if (line_error)
		return ("0");
	if (take("!"))
		return (number(value(primary()) == 0));
	if (take("~"))
		return (number(~value(primary())));
	if (take("-"))
		return (number(-value(primary())));
	if (take("(")) {
		v = oror();
		if (!take(")"))
			complain("if: Expression Syntax.");
		return (v);
	}
	if (take("{"))
		return (braces());
	if (at >= words->l_n) {
		complain("Expression Syntax.");
		return ("0");
	}
	v = words->l_v[at++];
	if (v[0] == '-' && v[1] != '\0' && v[2] == '\0' &&
	    strchr("rwxeozsfd", v[1]) != NULL && at < words->l_n)
		return (file_test(v[1], words->l_v[at++]));
	if (v[0] == '!' && v[1] != '\0' && v[1] != '=' && v[1] != '~')
		return (number(value(v + 1) == 0));
	return (v);
}

static char *
product(void)
{
	char *l = primary();
	long r;
	char op;

	while (!line_error && (strcmp(peek(), "*") == 0 ||
	    strcmp(peek(), "/") == 0 || strcmp(peek(), "%") == 0)) {
		op = *words->l_v[at++];
		r = value(primary());
		if (op == '*')
			l = number(value(l) * r);
		else if (r == 0)
			complain("Division by 0.");
		else
			l = number(op == '/' ? value(l) / r : value(l) % r);
	}
	return (l);
}

static char *
sum(void)
{
	char *l = product();

	while (!line_error)
		if (take("+"))
			l = number(value(l) + value(product()));
		else if (take("-"))
			l = number(value(l) - value(product()));
		else
			break;
	return (l);
}

static char *
shift(void)
{
	char *l = sum();

	while (!line_error)
		if (take("<<"))
			l = number(value(l) << (value(sum()) & 63));
		else if (take(">>"))
			l = number(value(l) >> (value(sum()) & 63));
		else
			break;
	return (l);
}

static char *
relation(void)
{
	char *l = shift();

	while (!line_error)
		if (take("<="))
			l = number(value(l) <= value(shift()));
		else if (take(">="))
			l = number(value(l) >= value(shift()));
		else if (take("<"))
			l = number(value(l) < value(shift()));
		else if (take(">"))
			l = number(value(l) > value(shift()));
		else
			break;
	return (l);
}

static char *
equality(void)
{
	char *l = relation();

	while (!line_error)
		if (take("=="))
			l = number(strcmp(l, relation()) == 0);
		else if (take("!="))
			l = number(strcmp(l, relation()) != 0);
		else if (take("=~"))
			l = number(match(relation(), l));
		else if (take("!~"))
			l = number(!match(relation(), l));
		else
			break;
	return (l);
}

static char *
bits(void)
{
	char *l = equality();

	while (!line_error)
		if (take("&"))
			l = number(value(l) & value(equality()));
		else if (take("^"))
			l = number(value(l) ^ value(equality()));
		else if (take("|"))
			l = number(value(l) | value(equality()));
		else
			break;
	return (l);
}

static char *
andand(void)
{
	char *l = bits(), *r;

	while (!line_error && take("&&")) {
		r = bits();
		l = number(value(l) != 0 && value(r) != 0);
	}
	return (l);
}

static char *
oror(void)
{
	char *l = andand(), *r;

	while (!line_error && take("||")) {
		r = andand();
		l = number(value(l) != 0 || value(r) != 0);
	}
	return (l);
}

/* The value of words from *pos on; *pos is where the expression ends. */
long
expr(struct list *l, int *pos)
{
	struct list *outer = words;
	int outer_at = at;
	char *v, *end;
	long n = 0;

	words = l;
	at = *pos;
	v = oror();
	if (!line_error) {
		n = strtol(v, &end, 0);
		if (*end != '\0')
			complain("Expression Syntax.");
	}
	*pos = at;
	words = outer;
	at = outer_at;
	return (n);
}
