/*
 * Handlers of signals, the machine's side: a frame built by hand.
 *
 * User code is suspended in its top frame F, on the register stack.  To run a
 * handler the kernel puts a frame for libc's trampoline on top of it, as if F had
 * called it, and between the two what is needed to go back to F as it was (struct
 * sigframe).  tf_spare is where F ends; the machine fills it in at each entry from
 * user mode.
 *
 *   pcb_ustack ...  | F | struct sigframe | trampoline's frame |  free ...
 *                       ^tf_spare, rounded ^new pcb_ufp
 *
 * And a user thread's registers, for tracers.
 */
#include <sys/param.h>
#include <sys/proc.h>
#include <sys/signalvar.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <machine/reg.h>

/* Below this much free register stack a handler is not started. */
#define	SIGSTACK_RESERVE	4096

/*
 * False when the top user frame has not run since the kernel put it there: a new
 * program, a new thread, or another handler.
 */
int
sendsig_possible(struct thread *td)
{

	return (td->td_frame->tf_spare > td->td_pcb->pcb_ufp);
}

int
sendsig(__sighandler_t *catcher, ksiginfo_t *ksi, sigset_t *mask)
{
	struct thread *td;
	struct trapframe *tf;
	struct pcb *pcb;
	struct frame *ufp, *nfp;
	struct sigframe *sf;
	unsigned long usp;
	int i;

	td = curthread;
	tf = td->td_frame;
	pcb = td->td_pcb;
	ufp = (struct frame *)pcb->pcb_ufp;
	sf = (struct sigframe *)roundup2(tf->tf_spare, 16);
	nfp = (struct frame *)(sf + 1);
	if ((unsigned long)nfp + SIGSTACK_RESERVE >
	    pcb->pcb_ustack + pcb->pcb_ustacksize)
		return (ENOMEM);

	usp = (ufp->f_usp - sizeof(siginfo_t)) & ~15UL;
	if (copyout(&ksi->ksi_info, (void *)usp, sizeof(siginfo_t)) != 0)
		return (EFAULT);

	sf->sf_magic = SIGFRAME_MAGIC;
	sf->sf_ufp = pcb->pcb_ufp - pcb->pcb_ustack;
	sf->sf_rax = tf->tf_rax;
	sf->sf_nr = tf->tf_nr;
	for (i = 0; i < 6; i++)
		sf->sf_args[i] = tf->tf_args[i];
	sf->sf_restart = td->td_sa.restart;
	td->td_sa.restart = 0;
	sf->sf_mask = *mask;

	nfp->f_func = (unsigned long)catcher;
	nfp->f_block = 0;
	nfp->f_caller = pcb->pcb_ufp;
	nfp->f_ret = tf->tf_pc;
	nfp->f_kind = KIND_TRAP;
	nfp->f_pad = 0;
	nfp->f_usp = usp;
	nfp->f_spare = 0;
	nfp->f_args[0] = ksi->ksi_signo;
	nfp->f_args[1] = usp;			/* siginfo_t */
	nfp->f_args[2] = (unsigned long)sf - pcb->pcb_ustack;
	pcb->pcb_ufp = (unsigned long)nfp;
	return (0);
}

/*
 * The handler is done.  Its context argument is not trusted: the frame it stands
 * for is the nearest that the kernel itself built.
 */
int
sys_sigreturn(struct thread *td, struct sigreturn_args *uap)
{
	struct trapframe *tf;
	struct pcb *pcb;
	struct frame *fp;
	struct sigframe *sf;
	struct proc *p;
	int i;

	pcb = td->td_pcb;
	tf = td->td_frame;
	fp = (struct frame *)pcb->pcb_ufp;
	while (fp != NULL && fp->f_kind != KIND_TRAP)
		fp = (struct frame *)fp->f_caller;
	if (fp == NULL)
		return (EINVAL);
	sf = (struct sigframe *)fp - 1;
	KASSERT(sf->sf_magic == SIGFRAME_MAGIC,
	    ("sys_sigreturn: no signal frame below %p", fp));

	pcb->pcb_ufp = pcb->pcb_ustack + sf->sf_ufp;
	tf->tf_rax = sf->sf_rax;
	tf->tf_spare = (unsigned long)sf;
	if (sf->sf_restart) {
		tf->tf_nr = sf->sf_nr;
		for (i = 0; i < 6; i++)
			tf->tf_args[i] = sf->sf_args[i];
		td->td_sa.restart = 1;
	}
	p = td->td_proc;
	PROC_LOCK(p);
	td->td_sigmask = sf->sf_mask;
	SIG_CANTMASK(td->td_sigmask);
	signotify(td);
	PROC_UNLOCK(p);
	return (EJUSTRETURN);
}

/* The registers that curthread entered the kernel with. */
int
fill_frame_regs(struct trapframe *tp, struct reg *regs)
{
	struct frame *f;
	int i;

	f = (struct frame *)curthread->td_pcb->pcb_ufp;
	for (i = 0; i < 6; i++)
		regs->r_args[i] = f->f_args[i];
	regs->r_rax = tp->tf_rax;
	regs->r_rip = tp->tf_pc;
	regs->r_rbp = (uint64_t)f;
	regs->r_rsp = f->f_usp;
	return (0);
}

/* Those it will go back to user mode with: where, on which frame, with what result. */
int
set_regs(struct thread *td, struct reg *regs)
{
	struct trapframe *tp;

	tp = td->td_frame;
	tp->tf_rax = regs->r_rax;
	tp->tf_pc = regs->r_rip;
	td->td_pcb->pcb_ufp = regs->r_rbp;
	return (0);
}
