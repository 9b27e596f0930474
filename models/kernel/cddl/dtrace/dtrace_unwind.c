/*
 * Unwinding by table, as on 32-bit ARM (kernel option ARM_UNWIND).
 *
 * ARM code keeps no frame pointers.  How to get from a function's frame to its
 * caller's is written down by the compiler in an index, sorted by address, with
 * an entry for each function.  The entry holds byte codes (or says where more of
 * them are), which a small interpreter executes on a copy of the registers:
 *
 *	00nnnnnn		vsp += (n + 1) words
 *	01nnnnnn		vsp -= (n + 1) words
 *	1000iiii iiiiiiii	pop the registers r4..r15 named by the 12 bits
 *	1001nnnn		vsp = r[n]
 *	10100nnn		pop r4..r[4+n]
 *	10101nnn		pop r4..r[4+n], r14
 *	10110000		finish
 *
 * So each frame of a stack() costs a binary search and a run of the interpreter,
 * many times what following a pointer costs.  That is why stack() was found so
 * dear on such machines.
 *
 * Our machine does have frame links, at fixed places in each frame:
 *
 *	0 state, 8 the caller's frame, 16 the return address, ...
 *
 * So the index is made at boot from the linker's list of functions, and tells the
 * interpreter to take them from there: skip a word; pop r4, r14; vsp = r4.  On this
 * machine it is the caller who saves what it needs of its registers, so there is
 * nothing else to pop.  A word is 8 bytes here.
 */
#include "dtrace_impl.h"

#ifdef ARM_UNWIND

/* The linker's: all functions of the kernel, by address. */
struct kernel_function {
	unsigned long	 addr;
	unsigned int	 size;
	unsigned int	 framesize;
};
extern struct kernel_function __kernel_functions[];
extern unsigned int __kernel_nfunctions;

struct unwind_idx {
	uint32_t	 offset;	/* Of the function, from KTEXT. */
	uint32_t	 insn;		/* Bit 31: codes in the other bits. */
};

#define	SP	13
#define	LR	14
#define	PC	15

struct unwind_state {
	uint64_t	 registers[16];
};

#define	INSN_VSP_MASK		0xc0
#define	INSN_VSP_SIZE_MASK	0x3f
#define	INSN_STD_MASK		0xf0
#define	INSN_STD_DATA_MASK	0x0f
#define	INSN_VSP_INC		0x00
#define	INSN_VSP_DEC		0x40
#define	INSN_POP_MASKED		0x80
#define	INSN_VSP_REG		0x90
#define	INSN_POP_COUNT		0xa0
#define	INSN_POP_COUNT_LR	0x08
#define	INSN_FINISH		0xb0

#define	EXIDX_CANTUNWIND	1
#define	EXIDX_INLINE		(1U << 31)

static struct unwind_idx *exidx_start;
static u_int	exidx_count;

/* The index's last entry at or before addr. */
static struct unwind_idx *
find_index(uint64_t addr)
{
	struct unwind_idx *lo, *mid;
	uint32_t offset;
	u_int half, n;

	offset = (uint32_t)(addr - KTEXT);
	lo = exidx_start;
	for (n = exidx_count; n > 1; ) {
		half = n >> 1;
		mid = lo + half;
		if (mid->offset <= offset) {
			lo = mid;
			n -= half;
		} else
			n = half;
	}
	return (lo);
}

/*
 * Execute the codes of one entry: the caller's registers in place of the callee's.
 * The most significant byte of a word comes first; the first word holds three
 * codes below its marker.  Non-zero: this can't be unwound.
 */
static int
unwind_tab(struct unwind_state *state, uint32_t word)
{
	uint64_t *vsp;
	u_int insn, left, mask, reg;

	vsp = (uint64_t *)state->registers[SP];
	for (left = 3; left > 0; ) {
		left--;
		insn = (word >> (left * 8)) & 0xff;
		if ((insn & INSN_VSP_MASK) == INSN_VSP_INC)
			vsp += (insn & INSN_VSP_SIZE_MASK) + 1;
		else if ((insn & INSN_VSP_MASK) == INSN_VSP_DEC)
			vsp -= (insn & INSN_VSP_SIZE_MASK) + 1;
		else if ((insn & INSN_STD_MASK) == INSN_POP_COUNT) {
			for (reg = 4; reg <= 4 + (insn & 7); reg++)
				state->registers[reg] = *vsp++;
			if ((insn & INSN_POP_COUNT_LR) != 0)
				state->registers[LR] = *vsp++;
		} else if ((insn & INSN_STD_MASK) == INSN_VSP_REG) {
			reg = insn & INSN_STD_DATA_MASK;
			if (reg == SP || reg == PC)
				return (1);
			vsp = (uint64_t *)state->registers[reg];
		} else if ((insn & INSN_STD_MASK) == INSN_POP_MASKED) {
			if (left == 0)
				return (1);
			left--;
			mask = (insn & INSN_STD_DATA_MASK) << 8 |
			    ((word >> (left * 8)) & 0xff);
			if (mask == 0)
				return (1);	/* "Refuse to unwind." */
			for (reg = 4; mask != 0; mask >>= 1, reg++)
				if ((mask & 1) != 0)
					state->registers[reg] = *vsp++;
		} else if (insn == INSN_FINISH)
			break;
		else
			return (1);
	}
	state->registers[SP] = (uintptr_t)vsp;
	state->registers[PC] = state->registers[LR];
	return (state->registers[PC] == 0);
}

/* One step of dtrace_frame_next(): *pc is where f stands, then its caller. */
struct frame *
dtrace_unwind(struct frame *f, uint64_t *pc)
{
	static struct unwind_state states[MAXCPU];
	struct unwind_state *state;
	struct unwind_idx *index;

	index = find_index(*pc);
	/* Longer lists of codes are not made here. */
	if (index->insn == EXIDX_CANTUNWIND ||
	    (index->insn & EXIDX_INLINE) == 0)
		return (NULL);
	/* The registers that nobody pops are of no interest. */
	state = &states[curcpu];
	state->registers[SP] = (uintptr_t)f;
	if (unwind_tab(state, index->insn) != 0)
		return (NULL);
	*pc = state->registers[PC];
	return ((struct frame *)state->registers[SP]);
}

void
dtrace_unwind_init(void)
{
	u_int i;

	exidx_count = __kernel_nfunctions;
	exidx_start = dtrace_kmem_zalloc(exidx_count *
	    sizeof(struct unwind_idx));
	for (i = 0; i < exidx_count; i++) {
		exidx_start[i].offset =
		    (uint32_t)(__kernel_functions[i].addr - KTEXT);
		exidx_start[i].insn = EXIDX_INLINE |
		    (INSN_VSP_INC | 0) << 16 |		/* vsp += 1 word */
		    (INSN_POP_COUNT | INSN_POP_COUNT_LR | 0) << 8 |
		    (INSN_VSP_REG | 4);			/* vsp = r4 */
	}
}

#endif	/* ARM_UNWIND */
