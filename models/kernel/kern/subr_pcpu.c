/*
 * Per-CPU data: where each CPU's struct pcpu is.
 */
#include <sys/param.h>
#include <sys/smp.h>

struct cpuhead cpuhead = STAILQ_HEAD_INITIALIZER(cpuhead);
struct pcpu *cpuid_to_pcpu[MAXCPU];

void
pcpu_init(struct pcpu *pc, int cpuid)
{

	bzero(pc, sizeof(*pc));
	pc->pc_cpuid = cpuid;
	cpuid_to_pcpu[cpuid] = pc;
	STAILQ_INSERT_TAIL(&cpuhead, pc, pc_allcpu);
}

struct pcpu *
pcpu_find(u_int cpuid)
{

	return (cpuid < MAXCPU ? cpuid_to_pcpu[cpuid] : NULL);
}
