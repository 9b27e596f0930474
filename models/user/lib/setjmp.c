/*
 * setjmp and longjmp.  The kernel notes the frame that called the function that
 * makes the system call: so each of the setjmps makes it itself, as the last thing
 * it does.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include "libc_private.h"

#undef setjmp

int
_setjmp(jmp_buf env)
{
	env->jb_saved = 0;
	return ((int)__syscall(SYS_sysarch, PLB_SETJMP, (long)&env->jb_state,
	    0, 0, 0, 0));
}

/* BSD's saves the signal mask. */
int
setjmp(jmp_buf env)
{
	env->jb_saved = 1;
	sigprocmask(SIG_BLOCK, NULL, &env->jb_mask);
	return ((int)__syscall(SYS_sysarch, PLB_SETJMP, (long)&env->jb_state,
	    0, 0, 0, 0));
}

int
sigsetjmp(sigjmp_buf env, int save)
{
	env->jb_saved = save;
	if (save)
		sigprocmask(SIG_BLOCK, NULL, &env->jb_mask);
	return ((int)__syscall(SYS_sysarch, PLB_SETJMP, (long)&env->jb_state,
	    0, 0, 0, 0));
}

_Noreturn void
longjmp(jmp_buf env, int value)
{
	struct jmp_state js = env->jb_state;

	if (env->jb_saved)
		sigprocmask(SIG_SETMASK, &env->jb_mask, NULL);
	js.js_value = value != 0 ? value : 1;
	__syscall(SYS_sysarch, PLB_LONGJMP, (long)&js, 0, 0, 0, 0);
	/* It only comes back if the function that called setjmp has returned. */
	fprintf(stderr, "longjmp botch.\n");
	abort();
}

_Noreturn void
_longjmp(jmp_buf env, int value)
{
	longjmp(env, value);
}

_Noreturn void
siglongjmp(sigjmp_buf env, int value)
{
	longjmp(env, value);
}

int
sysarch(int op, void *parms)
{
	return (SYSCALL2(SYS_sysarch, op, parms));
}
