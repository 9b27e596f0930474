/*
 * Start-up of a program that has probes of its own.
 *
 * The linker has put together what the providers declare and where in the program
 * their sites are: __SUNW_dof.  Before main() that goes to the kernel, which makes
 * the probes.  A system without DTrace has no such device; the program runs the same.
 */
#include <sys/types.h>
#include <sys/dtrace.h>
#include <sys/ioctl.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern dof_hdr_t __SUNW_dof;
extern char	**environ;

int	 main(int, char **, char **);
void	 _start(int, char **, char **);
void	 setprogname(const char *);

static void
dtrace_dof_init(void)
{
	dof_helper_t dh;
	int fd;

	memset(&dh, 0, sizeof(dh));
	(void)strlcpy(dh.dofhp_mod, getprogname(), sizeof(dh.dofhp_mod));
	dh.dofhp_dof = (uint64_t)&__SUNW_dof;
	fd = open("/dev/dtrace/helper", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)ioctl(fd, DTRACEHIOC_ADDDOF, &dh);
	(void)close(fd);
}

/* In the place of crt0's. */
void
_start(int argc, char **argv, char **envp)
{

	environ = envp;
	if (argc > 0 && argv[0] != NULL)
		setprogname(argv[0]);
	dtrace_dof_init();
	exit(main(argc, argv, envp));
}
