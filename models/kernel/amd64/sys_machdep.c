/*
 * sysarch(2): setjmp(3) and longjmp(3).
 *
 * A user program cannot save its registers: they are frames on the register stack,
 * which is the kernel's.  At a system call every frame is complete there; so
 * setjmp(3) asks us to note the frame that called it and where that frame goes on,
 * and longjmp(3) to drop all frames above and go on there.  The frame's locals are
 * as they are now, not as they were: C allows that.
 *
 *   ... | caller | setjmp  <- top at PLB_SETJMP
 *   ... | caller | f | g | longjmp  <- top at PLB_LONGJMP
 */
#include <sys/param.h>
#include <sys/proc.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <machine/sysarch.h>

static int
plb_setjmp(struct thread *td, struct jmp_state *js)
{
	struct frame *fp;

	fp = (struct frame *)td->td_pcb->pcb_ufp;
	fp = (struct frame *)fp->f_caller;
	if (fp == NULL)
		return (EINVAL);
	js->js_frame = (unsigned long)fp - td->td_pcb->pcb_ustack;
	js->js_func = fp->f_func;
	js->js_block = fp->f_block;
	return (0);
}

/* The frame must still be there, below the caller, in the same function. */
static int
plb_longjmp(struct thread *td, struct jmp_state *js)
{
	struct frame *fp;
	unsigned long target;

	target = td->td_pcb->pcb_ustack + js->js_frame;
	fp = (struct frame *)td->td_pcb->pcb_ufp;
	while (fp != NULL && (unsigned long)fp != target)
		fp = (struct frame *)fp->f_caller;
	if (fp == NULL || fp->f_func != js->js_func)
		return (EINVAL);
	fp->f_block = js->js_block;
	td->td_pcb->pcb_ufp = target;
	td->td_frame->tf_rax = js->js_value;
	return (EJUSTRETURN);
}

int
sys_sysarch(struct thread *td, struct sysarch_args *uap)
{
	struct jmp_state js;
	int error;

	switch (uap->op) {
	case PLB_SETJMP:
		bzero(&js, sizeof(js));
		error = plb_setjmp(td, &js);
		if (error == 0)
			error = copyout(&js, uap->parms, sizeof(js));
		return (error);
	case PLB_LONGJMP:
		error = copyin(uap->parms, &js, sizeof(js));
		if (error == 0)
			error = plb_longjmp(td, &js);
		return (error);
	default:
		return (EINVAL);
	}
}
