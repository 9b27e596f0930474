/*
 * Subroutines of D about path names: basename, dirname, cleanpath; and json(),
 * which finds its way in another kind of tree.
 */
#include "dtrace_impl.h"

/* Characters [first, last] of src as a string of its own. */
static uint64_t
dtrace_path_slice(uintptr_t src, int64_t first, int64_t last, char *dest,
    uint64_t size, dtrace_mstate_t *mstate)
{
	uint64_t i;

	for (i = 0; first <= last && i < size - 1; i++, first++)
		dest[i] = (char)dtrace_load8(src + (uint64_t)first);
	dest[i] = '\0';
	mstate->dtms_scratch_ptr += i + 1;
	return ((uintptr_t)dest);
}

static uint64_t
dtrace_path_const(const char *s, char *dest, dtrace_mstate_t *mstate)
{

	dest[0] = s[0];
	dest[1] = '\0';
	mstate->dtms_scratch_ptr += 2;
	return ((uintptr_t)dest);
}

/*
 *	/usr/bin//dd/
 *	         ^ ^	base: the last run of characters that are no slash
 *	 ^------^	dir: what is before it, less trailing slashes
 */
static uint64_t
dtrace_dif_basename(u_int subr, uintptr_t src, uint64_t size, char *dest,
    dtrace_mstate_t *mstate)
{
	int64_t end, i, len, start;

	len = (int64_t)dtrace_strlen((char *)src, size);
	if (len == 0)
		return (dtrace_path_const(".", dest, mstate));
	for (end = len - 1; end >= 0; end--)
		if (dtrace_load8(src + (uint64_t)end) != '/')
			break;
	if (end < 0)			/* Nothing but slashes. */
		return (dtrace_path_const("/", dest, mstate));
	for (start = end; start > 0; start--)
		if (dtrace_load8(src + (uint64_t)start - 1) == '/')
			break;
	if (subr == DIF_SUBR_BASENAME)
		return (dtrace_path_slice(src, start, end, dest, size, mstate));
	if (start == 0)			/* No slash before it. */
		return (dtrace_path_const(".", dest, mstate));
	for (i = start - 1; i >= 0; i--)
		if (dtrace_load8(src + (uint64_t)i) != '/')
			break;
	if (i < 0)
		return (dtrace_path_const("/", dest, mstate));
	return (dtrace_path_slice(src, 0, i, dest, size, mstate));
}

/* `//' and `/./' become `/', and `/..' takes the component before it away. */
static uint64_t
dtrace_dif_cleanpath(uintptr_t src, uint64_t size, char *dest,
    dtrace_mstate_t *mstate)
{
	uint64_t i, j;
	char c;

	i = j = 0;
	do {
		c = (char)dtrace_load8(src + i++);
next:
		if (j >= size - 5)	/* Room for the looks ahead. */
			break;
		if (c != '/') {
			dest[j++] = c;
			continue;
		}
		c = (char)dtrace_load8(src + i++);
		if (c == '/')
			goto next;	/* Two slashes. */
		if (c != '.') {
			dest[j++] = '/';
			dest[j++] = c;
			continue;
		}
		c = (char)dtrace_load8(src + i++);
		if (c == '/')
			goto next;	/* `/./' */
		if (c != '.') {
			dest[j++] = '/';
			dest[j++] = '.';
			dest[j++] = c;
			continue;
		}
		c = (char)dtrace_load8(src + i++);
		if (c != '/' && c != '\0') {
			/* A name that begins with two dots. */
			dest[j++] = '/';
			dest[j++] = '.';
			dest[j++] = '.';
			dest[j++] = c;
			continue;
		}
		/* `/..': back to the slash before. */
		while (j != 0 && dest[--j] != '/')
			continue;
		if (c == '\0')
			dest[++j] = c;
		else
			goto next;
	} while (c != '\0' && i < size &&
	    !DTRACE_CPUFLAG_ISSET(CPU_DTRACE_FAULT));
	dest[j] = '\0';
	if (j == 0 && i > 1) {
		dest[j++] = '/';
		dest[j] = '\0';
	}
	mstate->dtms_scratch_ptr += size;
	return ((uintptr_t)dest);
}

int
dtrace_dif_path(u_int subr, u_int rd, uint64_t *regs, dtrace_key_t *tupregs,
    int nargs, dtrace_mstate_t *mstate, dtrace_state_t *state)
{
	uintptr_t src;
	uint64_t size;
	char *dest;

	if (subr != DIF_SUBR_BASENAME && subr != DIF_SUBR_DIRNAME &&
	    subr != DIF_SUBR_CLEANPATH)
		return (0);
	src = tupregs[0].dttk_value;
	size = state->dts_options[DTRACEOPT_STRSIZE];
	regs[rd] = 0;
	if (!dtrace_strcanload(src, size, mstate, &state->dts_vstate))
		return (1);
	if (!DTRACE_INSCRATCH(mstate, size) || size < 8) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_NOSCRATCH);
		return (1);
	}
	dest = (char *)mstate->dtms_scratch_ptr;
	regs[rd] = subr == DIF_SUBR_CLEANPATH ?
	    dtrace_dif_cleanpath(src, size, dest, mstate) :
	    dtrace_dif_basename(subr, src, size, dest, mstate);
	return (1);
}

/* --- json() ------------------------------------------------------------------------------ */

struct dtrace_json {
	uintptr_t	 dj_pos;
	uintptr_t	 dj_end;
};

static char
dtrace_json_peek(struct dtrace_json *j)
{

	return (j->dj_pos < j->dj_end ? (char)dtrace_load8(j->dj_pos) : '\0');
}

static char
dtrace_json_skip(struct dtrace_json *j)
{
	char c;

	while ((c = dtrace_json_peek(j)) == ' ' || c == '\t' || c == '\n' ||
	    c == '\r')
		j->dj_pos++;
	return (c);
}

/*
 * A string, from its quote to behind the closing one.  With `dest' its characters are
 * kept, escapes as they are.  0 if it does not end.
 */
static int
dtrace_json_string(struct dtrace_json *j, char *dest, uint64_t size)
{
	uint64_t n;
	char c;

	n = 0;
	for (j->dj_pos++; (c = dtrace_json_peek(j)) != '"'; j->dj_pos++) {
		if (c == '\0')
			return (0);
		if (c == '\\') {
			if (dest != NULL && n < size - 1)
				dest[n++] = c;
			j->dj_pos++;
			c = dtrace_json_peek(j);
			if (c == '\0')
				return (0);
		}
		if (dest != NULL && n < size - 1)
			dest[n++] = c;
	}
	j->dj_pos++;
	if (dest != NULL)
		dest[n] = '\0';
	return (1);
}

/* Past one value, whatever it is; its text to dest if that is not NULL. */
static int
dtrace_json_value(struct dtrace_json *j, char *dest, uint64_t size)
{
	uintptr_t start;
	uint64_t n;
	int depth;
	char c;

	c = dtrace_json_skip(j);
	if (c == '"')
		return (dtrace_json_string(j, dest, size));
	start = j->dj_pos;
	depth = 0;
	for (;;) {
		c = dtrace_json_peek(j);
		if (c == '\0')
			break;
		if (c == '"') {
			if (!dtrace_json_string(j, NULL, 0))
				return (0);
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']' ||
		    c == ' ' || c == '\t' || c == '\n' || c == '\r'))
			break;
		if (c == '{' || c == '[')
			depth++;
		if (c == '}' || c == ']')
			depth--;
		j->dj_pos++;
		if (depth == 0 && (c == '}' || c == ']'))
			break;
	}
	if (depth != 0 || j->dj_pos == start)
		return (0);
	if (dest != NULL) {
		for (n = 0; start < j->dj_pos && n < size - 1; start++)
			dest[n++] = (char)dtrace_load8(start);
		dest[n] = '\0';
	}
	return (1);
}

/*
 * Step into the member `elem' of the object, or element of the array, that comes next.
 * dest is room for a member's name.
 */
static int
dtrace_json_enter(struct dtrace_json *j, const char *elem, char *dest,
    uint64_t size)
{
	int64_t index;
	char c;

	c = dtrace_json_skip(j);
	if (c == '[') {
		j->dj_pos++;
		index = dtrace_strtoll(elem, 10, size);
		if (*elem < '0' || *elem > '9')
			return (0);
		for (; index > 0; index--) {
			if (dtrace_json_skip(j) == ']' ||
			    !dtrace_json_value(j, NULL, 0) ||
			    dtrace_json_skip(j) != ',')
				return (0);
			j->dj_pos++;
		}
		return (dtrace_json_skip(j) != ']');
	}
	if (c != '{')
		return (0);
	for (j->dj_pos++; ; j->dj_pos++) {
		if (dtrace_json_skip(j) != '"' ||
		    !dtrace_json_string(j, dest, size) ||
		    dtrace_json_skip(j) != ':')
			return (0);
		j->dj_pos++;
		if (dtrace_strncmp(dest, elem, size) == 0)
			return (1);
		if (!dtrace_json_value(j, NULL, 0) ||
		    dtrace_json_skip(j) != ',')
			return (0);
	}
}

/* elemlist: nelems strings, one behind the other. */
char *
dtrace_json(uint64_t size, uintptr_t json, char *elemlist, int nelems,
    char *dest)
{
	struct dtrace_json j;

	j.dj_pos = json;
	j.dj_end = json + size;
	for (; nelems > 0; nelems--) {
		if (!dtrace_json_enter(&j, elemlist, dest, size) ||
		    DTRACE_CPUFLAG_ISSET(CPU_DTRACE_FAULT))
			return (NULL);
		while (*elemlist != '\0')
			elemlist++;
		elemlist++;
	}
	if (!dtrace_json_value(&j, dest, size) ||
	    DTRACE_CPUFLAG_ISSET(CPU_DTRACE_FAULT))
		return (NULL);
	return (dest);
}
