/*
 * The way of a system call through the kernel.
 *
 * syscall_entry() (amd64/trap.c) comes here with interrupts on and the number
 * and arguments in the trapframe.  The call's handler is looked up and called
 * between the probes syscall:freebsd:NAME:entry and return; its result goes into
 * tf_rax: a value, or -errno.
 *
 * A call that a signal interrupted may ask to be started again (ERESTART).  User
 * code here cannot be backed up to the instruction before, as it would be on the
 * real machine.  So the kernel keeps number and arguments, delivers the signals,
 * and calls the handler again itself; if a signal handler is to run first, the
 * request waits in its signal frame until sigreturn(2) (see sendsig()).
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <sys/proc.h>
#include <sys/sdt.h>
#include <sys/signalvar.h>
#include <sys/sysent.h>
#include <sys/systm.h>

/* Stands for all numbers without a name; no probes. */
static struct sysent nosys_sysent = { .sy_call = nosys, .sy_name = "nosys" };

int
nosys(struct thread *td, void *uap)
{

	PROC_LOCK(td->td_proc);
	tdsignal(td, SIGSYS);
	PROC_UNLOCK(td->td_proc);
	return (ENOSYS);
}

/*
 * One function, as on FreeBSD, where the compiler inlines what it is made of: so
 * stack() shows sys_read, amd64_syscall, syscall_entry.
 */
void
amd64_syscall(struct thread *td, int traced)
{
	struct trapframe *tf;
	struct syscall_args *sa;
	struct sysent *callp;
	int error;

	PCPU_INC(v_syscall);
	tf = td->td_frame;
	sa = &td->td_sa;
	do {
		/* Fetch. */
		sa->code = tf->tf_nr;
		callp = &nosys_sysent;
		if (tf->tf_nr < SYS_MAXSYSCALL &&
		    sysent[tf->tf_nr].sy_call != NULL)
			callp = &sysent[tf->tf_nr];
		sa->callp = callp;
		sa->narg = callp->sy_narg;
		sa->restart = 0;
		/* One by one: so few are copied quicker than by memcpy(). */
		sa->args[0] = tf->tf_args[0];
		sa->args[1] = tf->tf_args[1];
		sa->args[2] = tf->tf_args[2];
		sa->args[3] = tf->tf_args[3];
		sa->args[4] = tf->tf_args[4];
		sa->args[5] = tf->tf_args[5];
		td->td_errno = 0;
		td->td_retval[0] = 0;
		td->td_retval[1] = 0;

		/* Call. */
		__sdt_probe((struct sdt_probe *)&callp->sy_entry, sa->args[0],
		    sa->args[1], sa->args[2], sa->args[3], sa->args[4]);
		error = callp->sy_call(td, sa->args);
		if ((td->td_pflags & TDP_NERRNO) == 0)
			td->td_errno = error;
		__sdt_probe((struct sdt_probe *)&callp->sy_return,
		    error != 0 ? -1UL : (unsigned long)td->td_retval[0],
		    error != 0 ? -1UL : (unsigned long)td->td_retval[0],
		    0, 0, 0);

		/* Return. */
		if (error == ERESTART)
			sa->restart = 1;
		else
			cpu_set_syscall_retval(td, error);
		/*
		 * vfork(2) waits here, where nothing is held and the probes
		 * have fired.
		 */
		if (__predict_false(td->td_pflags & TDP_RFPPWAIT))
			fork_rfppwait(td);
		/* A pending signal may take the restart upon itself. */
		while (sa->restart && (td->td_flags &
		    (TDF_ASTPENDING | TDF_NEEDRESCHED)) != 0)
			ast(tf);
	} while (__predict_false(sa->restart));
	/* A handler that could not be started last time now can. */
	if (__predict_false(td->td_pflags & TDP_SIGDEFER))
		ast(tf);
	userret(td, tf);
}
