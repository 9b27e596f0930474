/*
 * The kernel's variables by number and by name, and what is made of them:
 * uname(3), sysconf(3).
 */
#include <sys/sysctl.h>
#include <sys/utsname.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include "libc_private.h"

int
sysctl(const int *name, unsigned namelen, void *old, size_t *oldlenp,
    const void *new, size_t newlen)
{
	return (SYSCALL6(SYS___sysctl, name, namelen, old, oldlenp, new, newlen));
}

/* {0, 3} with the name as new value gives the numbers. */
int
sysctlnametomib(const char *name, int *mib, size_t *sizep)
{
	static const int query[2] = { CTL_SYSCTL, CTL_SYSCTL_NAME2OID };
	size_t bytes = *sizep * sizeof(int);

	if (sysctl(query, 2, mib, &bytes, name, strlen(name)) == -1)
		return (-1);
	*sizep = bytes / sizeof(int);
	return (0);
}

int
sysctlbyname(const char *name, void *old, size_t *oldlenp, const void *new,
    size_t newlen)
{
	int mib[CTL_MAXNAME];
	size_t n = CTL_MAXNAME;

	if (sysctlnametomib(name, mib, &n) == -1)
		return (-1);
	return (sysctl(mib, (unsigned)n, old, oldlenp, new, newlen));
}

static void
get_string(int top, int leaf, char *buf)
{
	int mib[2] = { top, leaf };
	size_t n = SYS_NMLN;

	if (sysctl(mib, 2, buf, &n, NULL, 0) == -1)
		buf[0] = '\0';
	buf[SYS_NMLN - 1] = '\0';
}

int
uname(struct utsname *u)
{
	char *p;

	get_string(CTL_KERN, KERN_OSTYPE, u->sysname);
	get_string(CTL_KERN, KERN_HOSTNAME, u->nodename);
	get_string(CTL_KERN, KERN_OSRELEASE, u->release);
	get_string(CTL_KERN, KERN_VERSION, u->version);
	get_string(CTL_HW, HW_MACHINE, u->machine);
	/* One line. */
	for (p = u->version; *p != '\0'; p++)
		if (*p == '\n' || *p == '\t')
			*p = p[1] == '\0' ? '\0' : ' ';
	return (0);
}

long
sysconf(int name)
{
	int mib[2] = { CTL_HW, HW_NCPU }, n;
	size_t size = sizeof(n);

	switch (name) {
	case _SC_PAGESIZE:
		return (getpagesize());
	case _SC_NPROCESSORS_CONF:
	case _SC_NPROCESSORS_ONLN:
		return (sysctl(mib, 2, &n, &size, NULL, 0) == -1 ? -1 : n);
	case _SC_CLK_TCK:
		return (128);
	case _SC_OPEN_MAX:
		return (OPEN_MAX);
	case _SC_ARG_MAX:
		return (ARG_MAX);
	}
	errno = EINVAL;
	return (-1);
}
