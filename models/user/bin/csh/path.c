/*
 * Where programs are: the names in the directories of the path, read once into a
 * table; `rehash' makes the shell look again.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "csh.h"

static struct entry {
	struct entry	*e_next;
	const char	*e_dir;
	char		 e_name[];
} *commands[64];
static int	hashed;

static unsigned
hash(const char *s)
{
	unsigned h = 0;

	while (*s != '\0')
		h = h * 31 + (unsigned char)*s++;
	return (h % nitems(commands));
}

void
rehash(void)
{
	struct entry *e;
	size_t i;

	for (i = 0; i < nitems(commands); i++)
		while ((e = commands[i]) != NULL) {
			commands[i] = e->e_next;
			free(e);
		}
	hashed = 0;
}

static void
hash_path(void)
{
	struct list *path = var_get("path");
	struct entry *e, **ep;
	struct dirent *d;
	DIR *dir;
	int i;

	hashed = 1;
	/* Last directory first: entries of earlier ones come to lie in front. */
	for (i = path->l_n - 1; i >= 0; i--) {
		if ((dir = opendir(path->l_v[i])) == NULL)
			continue;
		while ((d = readdir(dir)) != NULL) {
			if (d->d_name[0] == '.')
				continue;
			e = xmalloc(sizeof(*e) + strlen(d->d_name) + 1);
			strcpy(e->e_name, d->d_name);
			e->e_dir = path->l_v[i];
			ep = &commands[hash(e->e_name)];
			e->e_next = *ep;
			*ep = e;
		}
		closedir(dir);
	}
}

static char *
join(const char *dir, const char *name)
{
	char *path = arena_alloc(strlen(dir) + strlen(name) + 2);

	strcpy(path, dir);
	strcat(path, "/");
	return (strcat(path, name));
}

/* The file of a command, NULL if there is none. */
char *
find_command(const char *name)
{
	struct list *path;
	struct entry *e;
	char *file;
	int i;

	if (strchr(name, '/') != NULL)
		return ((char *)name);
	if ((path = var_get("path")) == NULL)
		return (NULL);
	if (!hashed)
		hash_path();
	for (e = commands[hash(name)]; e != NULL; e = e->e_next)
		if (strcmp(e->e_name, name) == 0)
			return (join(e->e_dir, name));
	/* Perhaps it is newer than the table. */
	for (i = 0; i < path->l_n; i++) {
		file = join(path->l_v[i], name);
		if (access(file, X_OK) == 0)
			return (file);
	}
	return (NULL);
}
