/*
 * fbt: function boundary tracing.  Every function of the kernel has a probe at its
 * entry and one that all its return sites share.
 *
 * On real hardware fbt replaces the first byte of the function by a breakpoint
 * instruction.  Here each function with a site has a byte in __fbt_enable[]; a site
 * whose bit is set takes a kernel trap, as expensive as a breakpoint, and the
 * trap handler calls fbt_invop().  From there all is as in FreeBSD: the address
 * of the trap is looked up in a hash of the patched places.
 *
 * No probes: functions that DTrace itself runs through (the linker knows by their file or
 * their __notrace), and those of the trap path.
 */
#include "dtrace_impl.h"

/* The linker's table: functions with a site, ascending by address. */
struct fbt_function {
	unsigned long	 addr;
	const char	*name;
	const char	*module;
	unsigned int	 size;
	unsigned int	 index;		/* In __fbt_enable[]. */
	unsigned int	 firstreturn;	/* In __fbt_returns[]. */
	unsigned int	 nreturns;
};
extern struct fbt_function __fbt_functions[];
extern unsigned int __fbt_nfunctions;
extern unsigned int __fbt_returns[];	/* Addresses less KTEXT. */
extern unsigned char __fbt_enable[];

#define	FBT_ENTRY		2	/* Bits of __fbt_enable[]. */
#define	FBT_RETURN		4
#define	FBT_GHOST_ENTRY		8
#define	FBT_GHOST_RETURN	16

/* A place where a probe fires. */
struct fbt_probe {
	struct fbt_probe *fbtp_hashnext;
	uintptr_t	 fbtp_patchpoint;	/* Address of the site. */
	dtrace_id_t	 fbtp_id;
	uint32_t	 fbtp_roffset;		/* Return: offset in the function. */
	struct fbt_function *fbtp_function;
	int		 fbtp_return;
};

#define	FBT_PROBETAB_SIZE	0x8000
#define	FBT_ADDR2NDX(addr)	(((addr) >> 4) & (FBT_PROBETAB_SIZE - 1))

static struct fbt_probe **fbt_probetab;	/* (d) */
static dtrace_provider_id_t fbt_id;

/* Offset of artificial frames: getpcstack's, dtrace_probe's, ours. */
#define	FBT_AFRAMES		3

/*
 * From the trap at an enabled site: frame is the function's, rval its result when it
 * returns.  Interrupts are off.
 */
void
fbt_invop(uintptr_t addr, struct frame *frame, uintptr_t rval)
{
	struct cpu_core *core;
	struct fbt_probe *fbt;

	core = &cpu_core[curcpu];
	for (fbt = fbt_probetab[FBT_ADDR2NDX(addr)]; fbt != NULL;
	    fbt = fbt->fbtp_hashnext) {
		if (fbt->fbtp_patchpoint != addr)
			continue;
		core->cpuc_dtrace_caller = addr;
		core->cpuc_dtrace_frame = frame;
		if (fbt->fbtp_return)
			dtrace_probe(fbt->fbtp_id, fbt->fbtp_roffset, rval, 0,
			    0, 0);
		else
			dtrace_probe(fbt->fbtp_id, frame->f_args[0],
			    frame->f_args[1], frame->f_args[2],
			    frame->f_args[3], frame->f_args[4]);
		core->cpuc_dtrace_caller = 0;
		core->cpuc_dtrace_frame = NULL;
		return;
	}
}

/* The bits of __fbt_enable[] that are ours. */
static void
fbt_bits(uint8_t *entry, uint8_t *ret)
{

	*entry = DTRACE_SITE_GHOST() ? FBT_GHOST_ENTRY : FBT_ENTRY;
	*ret = DTRACE_SITE_GHOST() ? FBT_GHOST_RETURN : FBT_RETURN;
}

static void
fbt_enable(void *id, dtrace_id_t probe, void *arg)
{
	struct fbt_probe *fbt;
	uint8_t entry, ret;

	fbt = arg;
	fbt_bits(&entry, &ret);
	__fbt_enable[fbt->fbtp_function->index] |=
	    fbt->fbtp_return ? ret : entry;
}

static void
fbt_disable(void *id, dtrace_id_t probe, void *arg)
{
	struct fbt_probe *fbt;
	uint8_t entry, ret;

	fbt = arg;
	fbt_bits(&entry, &ret);
	__fbt_enable[fbt->fbtp_function->index] &=
	    (uint8_t)~(fbt->fbtp_return ? ret : entry);
}

/* Entry: all arguments lie in the frame.  Return: there are two. */
static uint64_t
fbt_getargval(void *id, dtrace_id_t probe, void *arg, int argno, int aframes)
{
	struct fbt_probe *fbt;
	struct frame *frame;

	fbt = arg;
	frame = cpu_core[curcpu].cpuc_dtrace_frame;
	if (fbt->fbtp_return || frame == NULL)
		return (0);
	return (dtrace_load64((uintptr_t)&frame->f_args[argno]));
}

static const dtrace_pops_t fbt_pops = {
	.dtps_enable = fbt_enable,
	.dtps_disable = fbt_disable,
	.dtps_getargval = fbt_getargval,
};

/* Names that have no probes even though they have a site. */
static int
fbt_excluded(const char *name)
{

	return (strncmp(name, "dtrace_", 7) == 0 ||
	    strncmp(name, "fbt_", 4) == 0 ||
	    strcmp(name, "owner_mtx") == 0 || strcmp(name, "owner_rw") == 0 ||
	    strcmp(name, "owner_sx") == 0 || strcmp(name, "owner_rm") == 0 ||
	    strcmp(name, "trap_check") == 0);
}

static void
fbt_hash_add(struct fbt_probe *fbt)
{
	struct fbt_probe **bucket;

	bucket = &fbt_probetab[FBT_ADDR2NDX(fbt->fbtp_patchpoint)];
	fbt->fbtp_hashnext = *bucket;
	*bucket = fbt;
}

static void
fbt_provide_function(struct fbt_function *fn)
{
	struct fbt_probe *fbt;
	dtrace_id_t rid;
	uint32_t i;

	if (fbt_excluded(fn->name))
		return;
	fbt = dtrace_kmem_zalloc((1 + fn->nreturns) * sizeof(*fbt));
	fbt->fbtp_function = fn;
	fbt->fbtp_patchpoint = fn->addr;
	fbt->fbtp_id = dtrace_probe_create(fbt_id, fn->module, fn->name,
	    "entry", FBT_AFRAMES, fbt);
	dtrace_probe_argtypes(fbt->fbtp_id, -1, NULL, NULL);
	fbt_hash_add(fbt);

	rid = DTRACE_IDNONE;
	for (i = 0; i < fn->nreturns; i++) {
		fbt++;
		fbt->fbtp_function = fn;
		fbt->fbtp_patchpoint = KTEXT +
		    __fbt_returns[fn->firstreturn + i];
		fbt->fbtp_roffset = (uint32_t)(fbt->fbtp_patchpoint - fn->addr);
		fbt->fbtp_return = 1;
		/* One id for all of them. */
		if (rid == DTRACE_IDNONE) {
			rid = dtrace_probe_create(fbt_id, fn->module,
			    fn->name, "return", FBT_AFRAMES, fbt);
			dtrace_probe_argtypes(rid, -1, NULL, NULL);
		}
		fbt->fbtp_id = rid;
		fbt_hash_add(fbt);
	}
}

static void
fbt_load(void *dummy)
{
	uint32_t i;

	fbt_probetab = dtrace_kmem_zalloc(FBT_PROBETAB_SIZE *
	    sizeof(fbt_probetab[0]));
	(void)dtrace_register("fbt", &fbt_pops, NULL, &fbt_id);
	for (i = 0; i < __fbt_nfunctions; i++)
		fbt_provide_function(&__fbt_functions[i]);
}
DTRACE_MODINIT(fbt_load, SI_SUB_DTRACE_PROVIDER, SI_ORDER_ANY);
