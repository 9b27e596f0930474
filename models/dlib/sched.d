/*
 * The CPU that runs the probe, as scripts written for other systems ask for it.
 */
typedef int processorid_t;

typedef struct cpuinfo {
	processorid_t cpu_id;
	int	cpu_pset;	/* There are no processor sets here: 0. */
	int	cpu_chip;
	int	cpu_lgrp;
} cpuinfo_t;

translator cpuinfo_t < struct thread *T > {
	cpu_id = cpu;
	cpu_pset = 0;
	cpu_chip = 0;
	cpu_lgrp = 0;
};

/* The third argument of enqueue and dequeue: NULL on FreeBSD, so the CPU at work. */
translator cpuinfo_t < void *V > {
	cpu_id = cpu;
	cpu_pset = 0;
	cpu_chip = 0;
	cpu_lgrp = 0;
};

inline cpuinfo_t *curcpu = xlate <cpuinfo_t *> (curthread);
#pragma D attributes Stable/Stable/Common curcpu
