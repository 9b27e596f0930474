/*
 * setjmp.h: jumps out of the middle of calls.
 *
 * On this machine the frames of functions are kept for the program by the kernel;
 * so noting and going back are system calls (sysarch(2)).
 */
#ifndef _SETJMP_H_
#define	_SETJMP_H_

#include <sys/types.h>
#include <machine/sysarch.h>

struct __jmp_buf {
	struct jmp_state	jb_state;
	int			jb_saved;	/* jb_mask is to be put back. */
	sigset_t		jb_mask;
};
typedef	struct __jmp_buf	jmp_buf[1];
typedef	struct __jmp_buf	sigjmp_buf[1];

int		setjmp(jmp_buf);
int		_setjmp(jmp_buf);
int		sigsetjmp(sigjmp_buf, int);
_Noreturn void	longjmp(jmp_buf, int);
_Noreturn void	_longjmp(jmp_buf, int);
_Noreturn void	siglongjmp(sigjmp_buf, int);

#define	setjmp(env)	setjmp(env)

#endif /* !_SETJMP_H_ */
