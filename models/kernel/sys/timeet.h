/*
 * The event timer: one one-shot timer a CPU, shared by hardclock, statclock and
 * callouts (kern/kern_clocksource.c).
 */
#ifndef _SYS_TIMEET_H_
#define	_SYS_TIMEET_H_

#include <sys/types.h>

struct trapframe;

void	cpu_initclocks_bsp(void);
void	cpu_initclocks_ap(void);
void	cpu_idleclock(void);		/* This CPU is about to halt, */
void	cpu_activeclock(void);		/* and runs again. */
void	cpu_new_callout(int cpu, sbintime_t bt, sbintime_t bt_opt);
void	timer_intr(struct trapframe *frame);	/* VEC_TIMER */
void	hardclock_sync(int cpu);

#endif /* !_SYS_TIMEET_H_ */
