/*
 * Walking stacks, and what else depends on the machine.
 *
 * A guest function's frame knows its caller's frame and the address where the
 * caller goes on, so a stack is a linked list:
 *
 *	dtrace_probe()	f_caller --> fbt_invop()  f_caller --> malloc() ...
 *			f_ret: in fbt_invop	  f_ret: in malloc
 *
 * The first frames are DTrace's own.  Each provider says how many: an SDT site
 * calls dtrace_probe() itself, so its artificial frame is one (ours); between it
 * and an fbt site lie fbt_invop() and the trap, so fbt has three.  Where the
 * last artificial frame would be, fbt's stack shows the site itself, whose
 * address fbt left in this CPU's cpuc_dtrace_caller.
 *
 * Frames below a trap are found through the trapframe, which lies just under
 * the handler's frame.  A frame without caller is a stack's end.
 *
 * User code has the same frames, in the thread's register stack.
 */
#include "dtrace_impl.h"
#include <machine/abi.h>

/*
 * The frame to go on with after f, and the address there; NULL at the end.
 * The profile with ARM_UNWIND has no such links in its machine code and has to
 * look each address up in unwind tables, which end at an exception's entry.
 */
static struct frame *
dtrace_frame_next(struct frame *f, uint64_t *pc)
{
#ifndef ARM_UNWIND
	struct trapframe *tf;
#endif

	/* In ghost execution the first frame has a caller: the probed function. */
	if (f->f_caller == 0)
		return (NULL);
#ifdef ARM_UNWIND
	/*
	 * An exception's entry function returns into the vectors' assembler code,
	 * which the compiler's tables know nothing of (EXIDX_CANTUNWIND).
	 */
	if (f->f_kind == KIND_TRAP)
		return (NULL);
	return (dtrace_unwind(f, pc));
#else
	if (f->f_kind == KIND_TRAP) {
		tf = (struct trapframe *)((uintptr_t)f - TF_SIZE);
		if (tf->tf_user != 0)
			return (NULL);
		*pc = tf->tf_pc;
		return ((struct frame *)f->f_caller);
	}
	*pc = f->f_ret;
	return ((struct frame *)f->f_caller);
#endif
}

/*
 * Fill pcstack with up to limit addresses, innermost first; 0 ends a shorter
 * stack.
 */
void
dtrace_getpcstack(uint64_t *pcstack, int limit, int aframes,
    dtrace_mstate_t *mstate)
{
	struct cpu_core *core;
	struct frame *f;
	struct trapframe *tf;
	uint64_t pc;
	int depth;

	core = &cpu_core[curcpu];
	depth = 0;
	f = mstate->dtms_frame;
	pc = (uintptr_t)dtrace_probe;
	aframes--;			/* That frame is dtrace_probe()'s. */
	tf = core->cpuc_dtrace_intr;
	if (tf != NULL) {
		/* What the timer interrupted, if that was the kernel. */
		f = NULL;
		aframes = 0;
		if (tf->tf_user == 0) {
			f = (struct frame *)tf->tf_fp;
			pc = tf->tf_pc;
			if (limit > 0)
				pcstack[depth++] = pc;
		}
	}
	while (depth < limit && f != NULL) {
		f = dtrace_frame_next(f, &pc);
		if (f == NULL)
			break;
		if (aframes > 0) {
			if (--aframes == 0 && core->cpuc_dtrace_caller != 0) {
				/* fbt: the walk proper starts at the function. */
				pc = core->cpuc_dtrace_caller;
				pcstack[depth++] = pc;
				f = core->cpuc_dtrace_frame;
			}
			continue;
		}
		pcstack[depth++] = pc;
	}
	while (depth < limit)
		pcstack[depth++] = 0;
}

int
dtrace_getstackdepth(dtrace_mstate_t *mstate, int aframes)
{
	struct cpu_core *core;
	struct frame *f;
	uint64_t pc;
	int depth;

	core = &cpu_core[curcpu];
	depth = 0;
	if (core->cpuc_dtrace_intr != NULL) {
		if (core->cpuc_dtrace_intr->tf_user != 0)
			return (0);
		f = (struct frame *)core->cpuc_dtrace_intr->tf_fp;
		pc = core->cpuc_dtrace_intr->tf_pc;
		depth = 1;
	} else if (core->cpuc_dtrace_caller != 0) {
		f = core->cpuc_dtrace_frame;
		pc = core->cpuc_dtrace_caller;
		depth = 1;
	} else {
		f = mstate->dtms_frame;
		pc = (uintptr_t)dtrace_probe;
		/* As in stack(): dtrace_probe()'s frame is none of it. */
		depth = aframes > 0 ? 1 - aframes : 0;
	}
	while ((f = dtrace_frame_next(f, &pc)) != NULL)
		depth++;
	return (depth > 0 ? depth : 0);
}

/* --- User stacks ------------------------------------------------------------- */

/* Of curthread: its top user frame, and the address there; NULL if none. */
static struct frame *
dtrace_user_frame(uint64_t *pc)
{
	struct thread *td;
	struct trapframe *tf;

	td = curthread;
	if (td->td_pcb == NULL || td->td_pcb->pcb_ustack == 0 ||
	    td->td_pcb->pcb_ufp == 0)
		return (NULL);
	/* The user's trapframe lies at the bottom of the kernel stack. */
	tf = (struct trapframe *)td->td_pcb->pcb_kstack;
	*pc = tf->tf_pc;
	return ((struct frame *)td->td_pcb->pcb_ufp);
}

/* The next outer user frame; the links must stay in the register stack. */
static struct frame *
dtrace_user_next(struct frame *f, uint64_t *pc)
{
	struct pcb *pcb;

	pcb = curthread->td_pcb;
	if (f->f_caller < pcb->pcb_ustack ||
	    f->f_caller >= pcb->pcb_ustack + pcb->pcb_ustacksize)
		return (NULL);
	*pc = f->f_ret;
	return ((struct frame *)f->f_caller);
}

/* pcstack[0] is the pid, then addresses; 0 fills the rest. */
void
dtrace_getupcstack(uint64_t *pcstack, int limit)
{
	struct frame *f;
	uint64_t pc;
	int depth;

	if (limit <= 0)
		return;
	pcstack[0] = curthread->td_proc->p_pid;
	depth = 1;
	f = dtrace_user_frame(&pc);
	while (f != NULL && depth < limit) {
		pcstack[depth++] = pc;
		f = dtrace_user_next(f, &pc);
	}
	while (depth < limit)
		pcstack[depth++] = 0;
}

int
dtrace_getustackdepth(void)
{
	struct frame *f;
	uint64_t pc;
	int depth;

	depth = 0;
	for (f = dtrace_user_frame(&pc); f != NULL; f = dtrace_user_next(f, &pc))
		depth++;
	return (depth);
}

/* --- Arguments and registers ------------------------------------------------------ */

/*
 * An argument beyond the fifth, for providers that have no way of their own:
 * from the frame of the probed function, where all arguments lie.
 */
uint64_t
dtrace_getarg(int argno, dtrace_mstate_t *mstate)
{
	struct frame *f;

	f = cpu_core[curcpu].cpuc_dtrace_frame;
	if (f == NULL || argno < 0)
		return (0);
	return (dtrace_load64((uintptr_t)&f->f_args[argno]));
}

/*
 * uregs[]: this machine's user registers are few.  The numbers are amd64's: the
 * program counter, the frame (in place of the frame pointer), the stack pointer, the
 * arguments and result of a system call.
 */
#define	REG_RDI		27
#define	REG_R9		25
#define	REG_R8		26
#define	REG_RBP		29
#define	REG_R10		24
#define	REG_RDX		31
#define	REG_RSI		28
#define	REG_RAX		33
#define	REG_TRAPNO	38
#define	REG_ERR		39
#define	REG_RIP		40
#define	REG_RSP		43
#define	REG32_MAX	19	/* Below: 32-bit registers. */

uint64_t
dtrace_getreg(unsigned reg)
{
	struct trapframe *tf;
	struct frame *f;
	uint64_t pc;

	/* The 32-bit registers' numbers, %edi to %ss, for what holds them now. */
	static const uint8_t reg32[REG32_MAX] = {
		[4] = REG_RDI, [5] = REG_RSI, [6] = REG_RBP, [7] = REG_RSP,
		[9] = REG_RDX, [11] = REG_RAX, [12] = REG_TRAPNO,
		[13] = REG_ERR, [14] = REG_RIP, [17] = REG_RSP,
	};

	if (reg < REG32_MAX)
		reg = reg32[reg];
	f = dtrace_user_frame(&pc);
	if (f == NULL) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_BADADDR);
		return (0);
	}
	tf = (struct trapframe *)curthread->td_pcb->pcb_kstack;
	/* At a breakpoint the arguments are the function's, or the site's. */
	if (tf->tf_trapno == T_BPTFLT && tf->tf_err == PID_USDT &&
	    reg >= REG_R10 && reg <= REG_RDX && reg != REG_RBP)
		f = (struct frame *)tf->tf_spare;
	if (tf->tf_trapno == T_BPTFLT && reg >= REG_R10 && reg <= REG_RDX &&
	    reg != REG_RBP)
		return (dtrace_load64((uintptr_t)&f->f_args[
		    reg == REG_RDI ? 0 : reg == REG_RSI ? 1 :
		    reg == REG_RDX ? 2 : reg == REG_R10 ? 3 :
		    reg == REG_R8 ? 4 : 5]));
	if (tf->tf_trapno == T_BPTFLT && reg == REG_RAX)
		return (tf->tf_rax);
	switch (reg) {
	case REG_RDI:
		return (tf->tf_args[0]);
	case REG_RSI:
		return (tf->tf_args[1]);
	case REG_RDX:
		return (tf->tf_args[2]);
	case REG_R10:
		return (tf->tf_args[3]);
	case REG_R8:
		return (tf->tf_args[4]);
	case REG_R9:
		return (tf->tf_args[5]);
	case REG_RAX:
		return (tf->tf_nr);
	case REG_RBP:
		return ((uintptr_t)f);
	case REG_RIP:
		return (pc);
	case REG_RSP:
		return (f->f_usp);
	case REG_TRAPNO:
		return (tf->tf_trapno);
	case REG_ERR:
		return (tf->tf_err);
	default:
		DTRACE_CPUFLAG_SET(CPU_DTRACE_ILLOP);
		return (0);
	}
}
