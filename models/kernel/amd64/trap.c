/*
 * Traps and system calls: the ways from a program into the kernel.
 *
 * The machine pushes a frame for trap_entry() or syscall_entry() with
 * interrupts off and a trapframe that says what happened and where.  A user's
 * page fault goes to vm_fault(); what cannot be resolved becomes a signal.  In
 * the kernel a fault is all right only inside the functions of copyinout.c:
 * everywhere else it is the end (trap_fatal()).
 */
#include <sys/param.h>
#include <sys/dtrace_bsd.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/sdt.h>
#include <sys/signalvar.h>
#include <sys/sysent.h>
#include <sys/trace.h>
#include <machine/cpu.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>
#include <vm/vm_param.h>

/* tf_err of a page fault. */
#define	PGEX_W		0x01		/* A write. */
#define	PGEX_U		0x04		/* Through the user's address space. */
#define	TF_ABORT	(~0UL)		/* Out: give the access up. */

static const char *trap_name(u_long trapno);
static void	trap(struct trapframe *frame);
static void	trap_fatal(struct trapframe *frame);
static int	trap_pfault(struct trapframe *frame, int *signo, int *ucode);

void
trap_entry(struct trapframe *frame)
{

	trap(frame);
	if (frame->tf_user)
		doreti(frame);
}

void
syscall_entry(struct trapframe *frame)
{

	curthread->td_frame = frame;
	enable_intr();
	amd64_syscall(curthread, 0);
	doreti(frame);
}

/*
 * Before user mode: do what was asked of this thread meanwhile.  The last look
 * is with interrupts off, so that nothing can be asked after it.
 */
void
doreti(struct trapframe *frame)
{

	for (;;) {
		disable_intr();
		if ((curthread->td_flags &
		    (TDF_ASTPENDING | TDF_NEEDRESCHED)) == 0)
			return;
		enable_intr();
		ast(frame);
	}
}

static void
trap(struct trapframe *frame)
{
	ksiginfo_t ksi;
	struct thread *td;
	int signo, ucode;

	td = curthread;
	SDT_PROBE2(sysinfo, , , trap, 1, PCPU_PTR(v_trap));
	PCPU_INC(v_trap);
	if (!frame->tf_user) {
		/* Interrupts are as they were where it happened. */
		if (frame->tf_flags != 0)
			enable_intr();
		if (frame->tf_trapno != T_PAGEFLT ||
		    trap_pfault(frame, &signo, &ucode) != 0)
			trap_fatal(frame);
		return;
	}

	td->td_pticks = 0;
	td->td_frame = frame;
	enable_intr();
#ifdef KDTRACE_HOOKS
	/* A breakpoint of the pid provider's. */
	if (frame->tf_trapno == T_BPTFLT && dtrace_pid_probe_ptr != NULL &&
	    (*dtrace_pid_probe_ptr)(frame) == 0)
		return;
#endif
	ucode = 0;
	switch (frame->tf_trapno) {
	case T_BPTFLT:
		signo = SIGTRAP;
		ucode = TRAP_BRKPT;
		break;
	case T_PAGEFLT:
		if (trap_pfault(frame, &signo, &ucode) == 0) {
			userret(td, frame);
			return;
		}
		break;
	case T_DIVIDE:
		signo = SIGFPE;
		ucode = FPE_INTDIV;
		break;
	case T_UNREACHABLE:
		signo = SIGILL;
		ucode = ILL_ILLOPC;
		break;
	case T_PROTFLT:
		/* A jump to what is no function, or an impossible address. */
		signo = frame->tf_addr < VM_MAXUSER_ADDRESS ? SIGSEGV : SIGBUS;
		ucode = SEGV_MAPERR;
		break;
	default:
		trap_fatal(frame);
	}
	ksiginfo_init_trap(&ksi);
	ksi.ksi_signo = signo;
	ksi.ksi_code = ucode;
	ksi.ksi_addr = (void *)(frame->tf_trapno == T_PAGEFLT ?
	    frame->tf_addr : frame->tf_pc);
	trapsignal(td, &ksi);
	userret(td, frame);
}

/*
 * A page fault.  Returns 0 if the access can be tried again, or will give up;
 * 1 if not: for the user *signo and *ucode are set then.
 */
static int
trap_pfault(struct trapframe *frame, int *signo, int *ucode)
{
	struct thread *td;
	struct proc *p;
	vm_map_t map;
	vm_prot_t ftype;
	int rv;

	td = curthread;
	p = td->td_proc;
	*signo = SIGSEGV;
	*ucode = SEGV_MAPERR;
	if ((frame->tf_err & PGEX_U) == 0)
		return (1);
	if (!frame->tf_user) {
		/* We may have to sleep; spin locks forbid that. */
		if (td->td_critnest != 0 || td->td_intr_nesting_level != 0)
			return (1);
		if ((td->td_pflags & TDP_NOFAULTING) != 0) {
			frame->tf_err = TF_ABORT;
			return (0);
		}
	}
	SDT_PROBE2(_trace, , , page__fault, frame->tf_addr,
	    frame->tf_err & PGEX_W);

	rv = KERN_INVALID_ADDRESS;
	if (frame->tf_addr < VM_MAXUSER_ADDRESS) {
		ftype = (frame->tf_err & PGEX_W) != 0 ? VM_PROT_WRITE :
		    VM_PROT_READ;
		map = &p->p_vmspace->vm_map;
		if (pmap_fault_fixup(map->pmap, frame->tf_addr, ftype))
			return (0);
		/* Keep the process from being taken apart meanwhile. */
		PROC_LOCK(p);
		p->p_lock++;
		PROC_UNLOCK(p);
		rv = vm_fault(map, frame->tf_addr, ftype, VM_FAULT_NORMAL);
		PROC_LOCK(p);
		p->p_lock--;
		PROC_UNLOCK(p);
	}
	if (rv == KERN_SUCCESS)
		return (0);
	if (!frame->tf_user) {
		frame->tf_err = TF_ABORT;
		return (0);
	}
	if (rv == KERN_PROTECTION_FAILURE)
		*ucode = SEGV_ACCERR;
	return (1);
}

static const char *
trap_name(u_long trapno)
{

	switch (trapno) {
	case T_BPTFLT:
		return ("breakpoint instruction fault");
	case T_DIVIDE:
		return ("integer divide fault");
	case T_UNREACHABLE:
		return ("privileged instruction fault");
	case T_PROTFLT:
		return ("general protection fault");
	case T_PAGEFLT:
		return ("page fault");
	default:
		return ("unknown/reserved trap");
	}
}

/*
 * The kernel did what it must not.
 */
static void
trap_fatal(struct trapframe *frame)
{
	struct thread *td;

	td = curthread;
	printf("\n\nFatal trap %lu: %s while in %s mode\n", frame->tf_trapno,
	    trap_name(frame->tf_trapno), frame->tf_user ? "user" : "kernel");
	printf("cpuid = %d; apic id = %02x\n", curcpu, curcpu);
	if (frame->tf_trapno == T_PAGEFLT) {
		printf("fault virtual address\t= 0x%lx\n", frame->tf_addr);
		printf("fault code\t\t= %s %s data, %s\n",
		    frame->tf_user ? "user" : "supervisor",
		    (frame->tf_err & PGEX_W) != 0 ? "write" : "read",
		    "page not present");
	}
	printf("instruction pointer\t= 0x%x:0x%lx\n",
	    frame->tf_user ? 0x43 : 0x20, frame->tf_pc);
	printf("frame pointer\t        = 0x%x:0x%lx\n",
	    frame->tf_user ? 0x3b : 0x28, frame->tf_fp);
	printf("processor eflags\t= %s\n",
	    frame->tf_flags != 0 ? "interrupt enabled" : "interrupt disabled");
	printf("current process\t\t= %d (%s)\n", td->td_proc->p_pid,
	    td->td_name[0] != '\0' ? td->td_name : td->td_proc->p_comm);
	printf("trap number\t\t= %lu\n", frame->tf_trapno);
	panic("%s", trap_name(frame->tf_trapno));
}
