/*
 * sysarch(2): what only the machine's own code can do.  Shared with user land.
 *
 * PLB_SETJMP   parms: struct jmp_state.  Notes where the caller's caller is.
 * PLB_LONGJMP  parms: struct jmp_state with js_value.  Goes on there.
 */
#ifndef _MACHINE_SYSARCH_H_
#define	_MACHINE_SYSARCH_H_

#define	PLB_SETJMP	256
#define	PLB_LONGJMP	257

struct jmp_state {
	unsigned long	 js_frame;	/* Place of the frame on the register stack. */
	unsigned int	 js_func;	/* Its function ... */
	unsigned int	 js_block;	/* ... and where that goes on. */
	long		 js_value;	/* What setjmp(3) is to return there. */
};

#ifndef _KERNEL
int	sysarch(int op, void *parms);
#endif

#endif /* !_MACHINE_SYSARCH_H_ */
