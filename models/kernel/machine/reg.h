/*
 * A user thread's registers, as who looks into it or changes it sees them.
 *
 * The register stack's top frame plays their part: arguments are where the function
 * got them, and the frame pointer says which frame that is.
 */
#ifndef _MACHINE_REG_H_
#define	_MACHINE_REG_H_

#include <sys/types.h>

struct trapframe;
struct thread;

struct reg {
	uint64_t	 r_args[6];
	uint64_t	 r_rax;
	uint64_t	 r_rip;
	uint64_t	 r_rbp;		/* The top struct frame. */
	uint64_t	 r_rsp;		/* Of the memory stack; not to be set. */
};

int	fill_frame_regs(struct trapframe *tp, struct reg *regs);
int	set_regs(struct thread *td, struct reg *regs);

#endif /* !_MACHINE_REG_H_ */
