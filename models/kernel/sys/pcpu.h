/*
 * Per-CPU data.  __pcpu() is a register that holds this CPU's struct pcpu.
 *
 * Only the CPU itself writes its own (with preemption off where it reads and
 * writes in two steps); others read pc_curthread and the times as hints.
 */
#ifndef _SYS_PCPU_H_
#define	_SYS_PCPU_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <machine/abi.h>

struct thread;
struct lock_list_entry;

/* Where statclock finds a CPU. */
#define	CP_USER		0
#define	CP_NICE		1
#define	CP_SYS		2
#define	CP_INTR		3
#define	CP_IDLE		4
#define	CPUSTATES	5

struct pcpu {
	struct thread	*pc_curthread;	/* First: the recorder reads it raw. */
	struct thread	*pc_idlethread;
	struct pcb	*pc_curpcb;
	u_int		 pc_cpuid;
	int		 pc_switchticks;	/* ticks at the last switch. */
	uint64_t	 pc_switchtime;	/* cpu_ticks() at the last switch. */
	struct thread	*pc_oldthread;	/* Being switched from, until saved. */
	struct mtx	*pc_oldlock;	/* What its td_lock becomes then. */
	struct thread	*pc_deadthread;	/* Exited; its stack was in use. */
	struct lock_list_entry *pc_spinlocks;	/* WITNESS: spin locks held. */
	u_int		 pc_ipi_pending;	/* (atomic) IPI_ bits. */
	void		*pc_sched;	/* Scheduler's own: struct tdq. */
	long		 pc_cp_time[CPUSTATES];	/* statclock ticks. */
	/* Event counts (FreeBSD keeps them in vmmeter counters). */
	uint64_t	 pc_v_swtch;	/* Context switches. */
	uint64_t	 pc_v_intr;	/* Device interrupts. */
	uint64_t	 pc_v_soft;	/* Software interrupts. */
	uint64_t	 pc_v_trap;	/* Traps. */
	uint64_t	 pc_v_syscall;	/* System calls. */
	uint64_t	 pc_v_ipi;	/* Inter-processor interrupts taken. */
	uint64_t	 pc_v_faults;	/* Page faults (VM). */
	STAILQ_ENTRY(pcpu) pc_allcpu;
	void		*pc_vm;		/* The pmap that is active. */
} __attribute__((aligned(64)));

STAILQ_HEAD(cpuhead, pcpu);
extern struct cpuhead cpuhead;
extern struct pcpu *cpuid_to_pcpu[];

#define	get_pcpu()		((struct pcpu *)__pcpu())
/*
 * One expression, no call and no loop inside: the CPU cannot be taken away
 * between reading the register and the field.
 */
#define	PCPU_GET(member)	(get_pcpu()->pc_##member)
#define	PCPU_SET(member, v)	((void)(get_pcpu()->pc_##member = (v)))
#define	PCPU_PTR(member)	(&get_pcpu()->pc_##member)
#define	PCPU_ADD(member, v)	((void)(get_pcpu()->pc_##member += (v)))
#define	PCPU_INC(member)	PCPU_ADD(member, 1)
#define	curthread		PCPU_GET(curthread)
#define	curproc			(curthread->td_proc)
#define	curcpu			PCPU_GET(cpuid)

void		 pcpu_init(struct pcpu *pc, int cpuid);
struct pcpu	*pcpu_find(u_int cpuid);

#endif /* !_SYS_PCPU_H_ */
