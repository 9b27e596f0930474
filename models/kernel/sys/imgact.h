/*
 * Starting programs: what execve(2) gathers, and the formats that can be started
 * (image activators).  Each activator looks at the first page of the file and
 * answers -1 for "not mine".
 */
#ifndef _SYS_IMGACT_H_
#define	_SYS_IMGACT_H_

#include <sys/types.h>
#include <sys/linker_set.h>
#include <sys/uio.h>

#define	MAXSHELLCMDLEN	PAGE_SIZE
#define	MAXINTERP	MAXPATHLEN

struct proc;
struct thread;
struct ucred;
struct vattr;
struct vmspace;
struct vnode;

/*
 * Arguments and environment, copied in before the old address space goes:
 *
 *   buf: fname \0 | argv[0] \0 argv[1] \0 ... | envv[0] \0 ... |   free
 *                 ^begin_argv                 ^begin_envv        ^endp
 */
struct image_args {
	char		*buf;
	char		*begin_argv;
	char		*begin_envv;
	char		*endp;
	char		*fname;		/* Path of the program. */
	int		 stringspace;	/* Bytes left for strings. */
	int		 argc;
	int		 envc;
};

struct image_params {
	struct proc	*proc;
	struct vnode	*vp;
	struct vattr	*attr;
	const char	*image_header;	/* First page of the file. */
	size_t		 image_size;	/* Bytes valid there. */
	unsigned int	 entry_func;	/* Table index of _start. */
	unsigned long	 entry_addr;	/* Its text address. */
	unsigned long	 ftab;		/* See struct exec_header. */
	int		 interpreted;	/* It is a script: start interp_name. */
	char		*interpreter_name; /* In a buffer of its own. */
	unsigned long	 argv;		/* User addresses of the vectors ... */
	unsigned long	 envv;
	unsigned long	 stack_base;	/* ... and where the stack begins. */
	struct image_args *args;
};

struct execsw {
	int		(*ex_imgact)(struct image_params *imgp);
	const char	*ex_name;
};
#define	EXEC_SET(name, execsw_arg)	DATA_SET(execsw_set, execsw_arg)

int	exec_alloc_args(struct image_args *args);
void	exec_free_args(struct image_args *args);
int	exec_args_add_arg(struct image_args *args, const char *str,
	    enum uio_seg segflg);
int	exec_args_add_env(struct image_args *args, const char *str,
	    enum uio_seg segflg);
int	exec_args_add_fname(struct image_args *args, const char *fname,
	    enum uio_seg segflg);
int	exec_args_adjust_args(struct image_args *args, size_t consume,
	    ssize_t extend);
int	exec_copyin_args(struct image_args *args, const char *fname,
	    enum uio_seg segflg, char **argv, char **envv);
int	exec_copyout_strings(struct image_params *imgp);
int	exec_new_vmspace(struct image_params *imgp);
int	exec_check_permissions(struct image_params *imgp);
int	kern_execve(struct thread *td, struct image_args *args);
void	exec_setregs(struct thread *td, struct image_params *imgp);

#endif /* !_SYS_IMGACT_H_ */
