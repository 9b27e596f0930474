/*
 * Threads as the machine sees them: stacks and first frames.
 *
 * A thread has a kernel stack; a user thread also has a register stack, which
 * holds the frames of its user functions:
 *
 *	kernel stack                    register stack
 *	+0    struct trapframe          first user frame (_start)
 *	+128  first kernel frame        frames of what it called
 *	      frames of callees ...     ... pcb_ufp: the top one
 *
 * Frames link to their callers by address (f_caller), so a copied register
 * stack has its links moved by the distance between the two.
 */
#include <sys/param.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <machine/pmap.h>
#include <vm/vm.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>

/* A thread structure has got its kernel stack. */
void
cpu_thread_alloc(struct thread *td)
{
	struct pcb *pcb = &td->td_md.md_pcb;

	bzero(pcb, sizeof(*pcb));
	td->td_pcb = pcb;
	pcb->pcb_kstack = td->td_kstack;
	pcb->pcb_kstacksize = (unsigned long)td->td_kstack_pages * PAGE_SIZE;
	td->td_frame = (struct trapframe *)td->td_kstack;
}

/*
 * A register stack in advance, for a thread that is to be a user's: it is large,
 * and fork(2) would rather fail than wait for others to exit.
 */
int
cpu_ustack_reserve(struct thread *td)
{

	if (td->td_ustack != 0)
		return (0);
	td->td_ustack = (vm_offset_t)kmem_malloc(URSTACK_SIZE, M_NOWAIT);
	if (td->td_ustack == 0)
		return (ENOMEM);
	td->td_ustacksize = URSTACK_SIZE;
	return (0);
}

static void
ustack_alloc(struct thread *td)
{

	if (td->td_ustack == 0) {
		td->td_ustack = (vm_offset_t)kmem_malloc(URSTACK_SIZE, M_WAITOK);
		td->td_ustacksize = URSTACK_SIZE;
	}
	td->td_pcb->pcb_ustack = td->td_ustack;
	td->td_pcb->pcb_ustacksize = td->td_ustacksize;
}

/* The register stack goes; a recycled thread may be the kernel's. */
void
cpu_thread_free(struct thread *td)
{

	if (td->td_ustack != 0) {
		kmem_free((void *)td->td_ustack, td->td_ustacksize);
		td->td_ustack = 0;
	}
}

void
cpu_thread_exit(struct thread *td)
{

}

/*
 * The first kernel frame: fork_trampoline(func, arg, frame).  Returning from it
 * goes to user mode (KIND_TRAP), or is an error in a kernel thread.
 */
void
cpu_fork_kthread_handler(struct thread *td,
    void (*func)(void *, struct trapframe *), void *arg)
{
	struct frame *fp = (struct frame *)(td->td_kstack + TF_SIZE);

	bzero(fp, FRAME_HEADER);
	fp->f_func = __fn_index((void *)fork_trampoline);
	fp->f_kind = KIND_TRAP;
	fp->f_args[0] = (unsigned long)func;
	fp->f_args[1] = (unsigned long)arg;
	fp->f_args[2] = (unsigned long)td->td_frame;
	td->td_pcb->pcb_fp = (unsigned long)fp;
	/* It starts as if switched to: inside one spin-lock section. */
	td->td_md.md_spinlock_count = 1;
	td->td_md.md_saved_flags = 1;
	td->td_critnest = 1;
}

/* Where every new thread starts. */
void
fork_trampoline(void (*callout)(void *, struct trapframe *), void *arg,
    struct trapframe *frame)
{

	cpu_switch_done();
	fork_exit(callout, arg, frame);
	doreti(frame);
}

/* Moves a frame address from one register stack to another. */
static unsigned long
ustack_move(unsigned long addr, struct thread *from, struct thread *to)
{

	return (addr == 0 ? 0 : addr - from->td_ustack + to->td_ustack);
}

/*
 * td2 becomes a copy of td1 in the middle of its system call: it will return
 * from it to user mode with 0.  A kernel thread has no user half to copy.
 */
void
cpu_fork(struct thread *td1, struct proc *p2, struct thread *td2, int flags)
{
	struct frame *fp;
	struct pcb *pcb2 = td2->td_pcb;

	pcb2->pcb_cr3 = vmspace_pmap(p2->p_vmspace)->pm_cr3;
	pcb2->pcb_spare = td1->td_pcb->pcb_spare;
	cpu_fork_kthread_handler(td2,
	    (void (*)(void *, struct trapframe *))fork_return, td2);
	if (td1->td_pcb->pcb_ustack == 0)
		return;

	ustack_alloc(td2);
	*td2->td_frame = *td1->td_frame;
	td2->td_frame->tf_rax = 0;
	/* tf_spare: the end of the top user frame. */
	memcpy((void *)td2->td_ustack, (void *)td1->td_ustack,
	    td1->td_frame->tf_spare - td1->td_ustack);
	td2->td_frame->tf_spare = ustack_move(td1->td_frame->tf_spare, td1, td2);
	pcb2->pcb_ufp = ustack_move(td1->td_pcb->pcb_ufp, td1, td2);
	for (fp = (struct frame *)pcb2->pcb_ufp; fp != NULL;
	    fp = (struct frame *)fp->f_caller)
		fp->f_caller = ustack_move(fp->f_caller, td1, td2);
}

/* A new thread of a process: td's user half comes with cpu_set_upcall(). */
void
cpu_copy_thread(struct thread *td, struct thread *td0)
{

	td->td_pcb->pcb_cr3 = td0->td_pcb->pcb_cr3;
	td->td_pcb->pcb_spare = td0->td_pcb->pcb_spare;
	bzero(td->td_frame, sizeof(*td->td_frame));
	cpu_fork_kthread_handler(td,
	    (void (*)(void *, struct trapframe *))fork_return, td);
}

/* An empty register stack with one frame that is about to start. */
static struct frame *
ustack_first(struct thread *td, unsigned int entry_index, uintptr_t usp)
{
	struct frame *fp;

	ustack_alloc(td);
	fp = (struct frame *)td->td_ustack;
	bzero(fp, FRAME_HEADER);
	fp->f_func = entry_index;
	fp->f_kind = KIND_FIRST;
	fp->f_usp = usp;
	td->td_pcb->pcb_ufp = (unsigned long)fp;
	td->td_frame->tf_spare = 0;	/* It has not run: no end yet. */
	td->td_frame->tf_rax = 0;
	return (fp);
}

/* The thread is to begin with entry(arg) on the user stack usp. */
int
cpu_set_upcall(struct thread *td, uintptr_t entry_index, uintptr_t entry,
    void *arg, uintptr_t usp)
{
	struct frame *fp;

	fp = ustack_first(td, entry_index, usp);
	fp->f_args[0] = (unsigned long)arg;
	td->td_frame->tf_pc = entry;
	return (0);
}

/* A new program: _start(argc, argv, envp). */
void
cpu_exec_frame(struct thread *td, unsigned int entry_index, uintptr_t entry,
    uintptr_t usp, int argc, uintptr_t argv, uintptr_t envp)
{
	struct frame *fp;

	fp = ustack_first(td, entry_index, usp);
	fp->f_args[0] = argc;
	fp->f_args[1] = argv;
	fp->f_args[2] = envp;
	td->td_frame->tf_pc = entry;
}

/* A system call's result: the value, or minus the error. */
void
cpu_set_syscall_retval(struct thread *td, int error)
{
	struct trapframe *tf = td->td_frame;

	switch (error) {
	case 0:
		tf->tf_rax = td->td_retval[0];
		break;
	case EJUSTRETURN:
		break;
	case ERESTART:
		/* PROC decides in ast() how to go back; say EINTR until then. */
		tf->tf_rax = -(long)EINTR;
		break;
	default:
		tf->tf_rax = -(long)error;
		break;
	}
}
