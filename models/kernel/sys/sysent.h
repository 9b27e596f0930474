/*
 * The table of system calls: for each number its handler, and what DTrace and
 * the recorder want to know.
 *
 * sy_entry and sy_return are probe words (sys/sdt.h): the syscall provider gives
 * them ids and sets their bits; while they are 0 they cost nothing.
 */
#ifndef _SYS_SYSENT_H_
#define	_SYS_SYSENT_H_

#include <sys/types.h>
#include <sys/sdt.h>
#include <sys/syscall.h>

struct thread;
struct syscall_args;

typedef int sy_call_t(struct thread *td, void *uap);

#define	SYSCALL_MAXARGS	6

struct sysent {
	struct probe_word  sy_entry;	/* syscall:freebsd:NAME:entry */
	struct probe_word  sy_return;	/* syscall:freebsd:NAME:return */
	sy_call_t	*sy_call;	/* NULL: no such call. */
	const char	*sy_name;
	int		 sy_narg;
	int		 sy_flags;	/* SYF_. */
	const char	*sy_argtypes[SYSCALL_MAXARGS]; /* C types, for args[]. */
};

#define	SYF_ABSENT	0x1		/* Only a name: answers ENOSYS. */

extern struct sysent sysent[SYS_MAXSYSCALL];

int	nosys(struct thread *td, void *uap);
void	amd64_syscall(struct thread *td, int traced);
const char *syscallname(struct proc *p, u_int code);
void	fork_return(struct thread *td, struct trapframe *frame);

#endif /* !_SYS_SYSENT_H_ */
