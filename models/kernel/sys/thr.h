/*
 * Threads as libthr sees them: thr_new(2) and friends.  Shared with user land.
 */
#ifndef _SYS_THR_H_
#define	_SYS_THR_H_

#include <sys/types.h>

/*
 * start_func is a function-table index (__fn_index()), not an address: the new
 * thread's first frame calls it with arg.  stack_base and stack_size are its
 * memory stack; its register stack is the kernel's affair.
 */
struct thr_param {
	unsigned long	 start_func;
	void		*arg;
	char		*stack_base;
	size_t		 stack_size;
	char		*tls_base;
	size_t		 tls_size;
	long		*child_tid;	/* The new thread's id goes here ... */
	long		*parent_tid;	/* ... and here. */
	int		 flags;
	void		*rtp;
	void		*spare[3];
};

#ifndef _KERNEL
int	thr_new(struct thr_param *, int);
int	thr_self(long *);
void	thr_exit(long *);
int	thr_kill(long, int);
#endif

#endif /* !_SYS_THR_H_ */
