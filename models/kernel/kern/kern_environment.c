/*
 * The kernel's environment: name=value strings from the boot loader.
 */
#include <sys/param.h>

/* The value of name, or NULL. */
char *
kern_getenv(const char *name)
{
	char *p;
	size_t len = strlen(name);

	if (bootinfo == NULL || bootinfo->bi_kenv == 0)
		return (NULL);
	for (p = (char *)bootinfo->bi_kenv; *p != '\0'; p += strlen(p) + 1) {
		if (strncmp(p, name, len) == 0 && p[len] == '=')
			return (p + len + 1);
	}
	return (NULL);
}

/* Non-0 if name is set to a number, which goes to *data. */
int
getenv_int(const char *name, int *data)
{
	char *end, *value = kern_getenv(name);
	long v;

	if (value == NULL)
		return (0);
	v = strtol(value, &end, 0);
	if (end == value || *end != '\0')
		return (0);
	*data = (int)v;
	return (1);
}
