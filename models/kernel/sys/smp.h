/*
 * More than one CPU: who there is, and how to make all do something.
 */
#ifndef _SYS_SMP_H_
#define	_SYS_SMP_H_

#include <sys/types.h>
#include <sys/cpuset.h>

extern int	 mp_ncpus;
extern u_int	 mp_maxid;
extern volatile int smp_started;	/* The others run. */
extern volatile u_int smp_cpus;
extern cpuset_t	 all_cpus;
extern volatile cpuset_t stopped_cpus;
extern int	 smp_disabled;
extern struct mtx smp_ipi_mtx;

#define	CPU_ABSENT(cpu)	(!CPU_ISSET((cpu), &all_cpus))
#define	CPU_FOREACH(i)							\
	for ((i) = 0; (i) <= (int)mp_maxid; (i)++)

/* IPI_AST: look at pc_ipi_pending, reschedule. */
#define	IPI_PREEMPT		0x01	/* bits in pc_ipi_pending */
#define	IPI_AST_BIT		0x02
#define	IPI_HARDCLOCK		0x04
void	ipi_cpu(int cpu, u_int bit);		/* Sets the bit, sends VEC_IPI_AST. */
void	ipi_vector(int cpu, u_int vector);
void	stop_cpus_hard(void);			/* For panic. */
void	smp_rendezvous_action(void);		/* VEC_IPI_RENDEZVOUS */
/*
 * Run setup, action, teardown on all CPUs (or those of map) with a barrier
 * between them; returns when all have finished.  Any may be NULL.
 */
void	smp_rendezvous(void (*setup)(void *), void (*action)(void *),
	    void (*teardown)(void *), void *arg);
void	smp_rendezvous_cpus(cpuset_t map, void (*setup)(void *),
	    void (*action)(void *), void (*teardown)(void *), void *arg);
#define	smp_no_rendezvous_barrier	NULL
#define	smp_no_rendevous_barrier	NULL

void	mp_setup(void);
void	ipi_bitmap_handler(struct trapframe *frame);

#endif /* !_SYS_SMP_H_ */
