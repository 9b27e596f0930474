/*
 * Walking kernel stacks.
 *
 * Frames are linked through f_caller; f_ret is the text address to which a
 * frame returns.  The frame of a trap or interrupt has no return address of
 * that kind: its trap frame, just below it, says where the CPU was.
 */
#include <sys/param.h>
#include <sys/stack.h>

/* Made by the linker, by ascending address. */
struct fbt_function {
	unsigned long	 addr;
	const char	*name;
	const char	*module;
	unsigned int	 size;
	unsigned int	 index;
	unsigned int	 firstreturn;
	unsigned int	 nreturns;
};
extern struct fbt_function __fbt_functions[];
extern unsigned int __fbt_nfunctions;

int
stack_symbol(uintptr_t pc, const char **name, long *offset)
{
	struct fbt_function *f;
	u_int lo = 0, hi = __fbt_nfunctions, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (__fbt_functions[mid].addr <= pc)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0)
		return (ENOENT);
	f = &__fbt_functions[lo - 1];
	if (pc >= f->addr + f->size)
		return (ENOENT);
	*name = f->name;
	*offset = (long)(pc - f->addr);
	return (0);
}

static void
stack_capture(struct stack *st, struct frame *fp)
{
	struct trapframe *tf;
	uintptr_t pc;

	stack_zero(st);
	while (st->depth < STACK_MAX && fp != NULL) {
		if (fp->f_kind == KIND_TRAP) {
			st->trapped |= 1U << st->depth;
			tf = (struct trapframe *)((uintptr_t)fp - TF_SIZE);
			pc = fp->f_caller != 0 ? tf->tf_pc : 0;
		} else
			pc = fp->f_ret;
		if (pc < KTEXT)
			break;
		st->pcs[st->depth++] = pc;
		fp = (struct frame *)fp->f_caller;
	}
}

void
stack_save(struct stack *st)
{

	stack_capture(st, (struct frame *)__builtin_frame_address(0));
}

void
stack_zero(struct stack *st)
{

	st->depth = 0;
	st->trapped = 0;
}

void
stack_copy(const struct stack *src, struct stack *dst)
{

	*dst = *src;
}

void
stack_print(const struct stack *st)
{
	const char *name;
	long offset;
	int back, i;

	for (i = 0; i < st->depth; i++) {
		/* A return address may lie just past its function's end. */
		back = (st->trapped & (1U << i)) == 0;
		if (stack_symbol(st->pcs[i] - back, &name, &offset) == 0)
			printf("#%d 0x%lx at %s+0x%lx\n", i, st->pcs[i], name,
			    offset + back);
		else
			printf("#%d 0x%lx\n", i, st->pcs[i]);
	}
}

void
kdb_backtrace(void)
{
	struct stack st;

	printf("KDB: stack backtrace:\n");
	stack_save(&st);
	stack_print(&st);
}
