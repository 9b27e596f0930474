/*
 * The environment: an array of name=value strings.  execve(2) made the first
 * one; the first change copies it to memory of ours.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char	**ours;		/* What we allocated, NULL: still the kernel's. */
static size_t	  ours_size;	/* Slots. */

/* The entry of a name of n characters; NULL if it has none. */
static char **
find(const char *name, size_t n)
{
	char **ep;

	if (environ == NULL)
		return (NULL);
	for (ep = environ; *ep != NULL; ep++)
		if (strncmp(*ep, name, n) == 0 && (*ep)[n] == '=')
			return (ep);
	return (NULL);
}

char *
getenv(const char *name)
{
	size_t n = strlen(name);
	char **ep;

	if (n == 0 || strchr(name, '=') != NULL || (ep = find(name, n)) == NULL)
		return (NULL);
	return (*ep + n + 1);
}

/* Puts an entry in, whoever its memory belongs to. */
static int
put(char *entry, size_t n)
{
	char **ep, **new;
	size_t count;

	if ((ep = find(entry, n)) != NULL) {
		*ep = entry;
		return (0);
	}
	for (count = 0; environ != NULL && environ[count] != NULL; count++)
		;
	if (ours == NULL || environ != ours || count + 2 > ours_size) {
		new = malloc((count + 16) * sizeof(*new));
		if (new == NULL)
			return (-1);
		if (count > 0)
			memcpy(new, environ, count * sizeof(*new));
		if (environ == ours)
			free(ours);
		environ = ours = new;
		ours_size = count + 16;
	}
	environ[count] = entry;
	environ[count + 1] = NULL;
	return (0);
}

int
setenv(const char *name, const char *value, int overwrite)
{
	size_t n, len;
	char *entry;

	if (name == NULL || (n = strlen(name)) == 0 || strchr(name, '=') != NULL) {
		errno = EINVAL;
		return (-1);
	}
	if (!overwrite && find(name, n) != NULL)
		return (0);
	len = strlen(value);
	if ((entry = malloc(n + len + 2)) == NULL)
		return (-1);
	memcpy(entry, name, n);
	entry[n] = '=';
	memcpy(entry + n + 1, value, len + 1);
	return (put(entry, n));
}

int
putenv(char *entry)
{
	char *eq = strchr(entry, '=');

	if (eq == NULL || eq == entry) {
		errno = EINVAL;
		return (-1);
	}
	return (put(entry, eq - entry));
}

int
unsetenv(const char *name)
{
	size_t n;
	char **ep;

	if (name == NULL || (n = strlen(name)) == 0 || strchr(name, '=') != NULL) {
		errno = EINVAL;
		return (-1);
	}
	while ((ep = find(name, n)) != NULL)
		do
			ep[0] = ep[1];
		while (*ep++ != NULL);
	return (0);
}
