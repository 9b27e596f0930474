/*
 * The processor as C sees it: interrupt flag, spin hint, trap frames.
 */
#ifndef _MACHINE_CPU_H_
#define	_MACHINE_CPU_H_

#include <machine/abi.h>

#ifndef __probelab__
unsigned long	 __clock(void);		/* The clock, for free: see lockstat.h. */
#endif

#define	intr_disable()		__intr_disable()
#define	intr_restore(s)		__intr_restore(s)
#define	enable_intr()		__intr_restore(1)
#define	disable_intr()		((void)__intr_disable())
#define	cpu_spinwait()		__pause()
#define	cpu_ticks()		__rdtsc()
#define	get_cyclecount()	__rdtsc()

#define	TRAPF_PC(tf)		((tf)->tf_pc)
#define	TRAPF_USERMODE(tf)	((tf)->tf_user != 0)

struct thread;
struct proc;
struct pcpu;

void	 cpu_halt(void);
void	 cpu_idle(int busy);
void	 init_secondary(unsigned int cpu);
void	 btext(struct bootinfo *bi);
void	 intr_entry(unsigned int vector, struct trapframe *tf);
void	 trap_entry(struct trapframe *tf);	/* amd64/trap.c */
void	 syscall_entry(struct trapframe *tf);	/* amd64/trap.c */
void	 doreti(struct trapframe *tf);		/* ast() until nothing is asked. */

#endif /* !_MACHINE_CPU_H_ */
