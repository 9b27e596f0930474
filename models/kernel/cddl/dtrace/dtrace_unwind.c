/*
 * Unwinding by table, as on 32-bit ARM (kernel option ARM_UNWIND).
 *
 * ARM code keeps no frame pointers.  How to get from a function's frame to its
 * caller's is written down by the compiler in two tables: a sorted index with
 * one entry for each function, and for each entry a string of byte codes, which a
 * small interpreter executes on a copy of the registers:
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
 * a hundred times what following a pointer costs.  That is why stack() was
 * found so dear on such machines.
 *
 * Our machine does have frame links, at fixed places in each frame.  So the
 * tables are made at boot, from the linker's list of functions: they tell the
 * interpreter to pop frame pointer (r11) and return address (r14) from where the
 * links are.  A word is 8 bytes here.
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
	uint32_t	 insn;		/* Bit 31: byte codes; else their index. */
};

#define	FP	11
#define	SP	13
#define	LR	14
#define	PC	15

struct unwind_state {
	uint64_t	 registers[16];
	uint64_t	 start_pc;
	uint32_t	*insn;		/* Word of byte codes, */
	u_int		 entries;	/* words left, */
	u_int		 byte;		/* byte in the word, 3 first. */
	uint16_t	 update_mask;	/* Registers that were popped. */
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

static struct unwind_idx *exidx_start;
static u_int	exidx_count;

/* The table's last entry at or before addr. */
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

/* Take the next byte code; the most significant byte of a word is the first. */
#define	UNWIND_READ_BYTE(state, to) do {				\
	(to) = (*(state)->insn >> ((state)->byte * 8)) & 0xff;		\
	if ((state)->byte-- == 0) {					\
		(state)->byte = 3;					\
		(state)->insn++;					\
		(state)->entries--;					\
	}								\
} while (0)

static int
unwind_exec_insn(struct unwind_state *state)
{
	uint64_t *vsp;
	u_int count, insn, mask, reg;
	int update_vsp;

	vsp = (uint64_t *)state->registers[SP];
	update_vsp = 0;
	UNWIND_READ_BYTE(state, insn);

	if ((insn & INSN_VSP_MASK) == INSN_VSP_INC) {
		state->registers[SP] += ((insn & INSN_VSP_SIZE_MASK) + 1) * 8;
	} else if ((insn & INSN_VSP_MASK) == INSN_VSP_DEC) {
		state->registers[SP] -= ((insn & INSN_VSP_SIZE_MASK) + 1) * 8;
	} else if ((insn & INSN_STD_MASK) == INSN_POP_MASKED) {
		UNWIND_READ_BYTE(state, mask);
		mask |= (insn & INSN_STD_DATA_MASK) << 8;
		if (mask == 0)
			return (1);	/* "Refuse to unwind." */
		update_vsp = 1;
		for (reg = 4; mask != 0 && reg < 16; mask >>= 1, reg++) {
			if ((mask & 1) != 0) {
				state->registers[reg] = *vsp++;
				state->update_mask |= 1 << reg;
				if (reg == SP)
					update_vsp = 0;
			}
		}
	} else if ((insn & INSN_STD_MASK) == INSN_VSP_REG) {
		reg = insn & INSN_STD_DATA_MASK;
		if (reg == SP || reg == PC)
			return (1);
		state->registers[SP] = state->registers[reg];
	} else if ((insn & INSN_STD_MASK) == INSN_POP_COUNT) {
		count = insn & 7;
		for (reg = 4; reg <= 4 + count; reg++) {
			state->registers[reg] = *vsp++;
			state->update_mask |= 1 << reg;
		}
		if ((insn & INSN_POP_COUNT_LR) != 0) {
			state->registers[LR] = *vsp++;
			state->update_mask |= 1 << LR;
		}
		update_vsp = 1;
	} else if (insn == INSN_FINISH) {
		state->entries = 0;
	} else
		return (1);

	if (update_vsp)
		state->registers[SP] = (uintptr_t)vsp;
	return (0);
}

/* Registers of the caller in place of the callee's.  Non-zero: the end. */
static int
unwind_tab(struct unwind_state *state)
{
	u_int entry;

	if (state->insn == NULL)
		return (1);
	/* How many words of byte codes there are. */
	entry = (*state->insn >> 24) & 0x0f;
	if (entry == 0) {
		/* Three bytes in the index itself. */
		state->byte = 2;
		state->entries = 1;
	} else {
		state->byte = 1;
		state->entries = ((*state->insn >> 16) & 0xff) + 1;
	}
	while (state->entries > 0)
		if (unwind_exec_insn(state) != 0)
			return (1);
	/* Without a popped pc, the return address is in the link register. */
	if ((state->update_mask & (1 << PC)) == 0)
		state->registers[PC] = state->registers[LR];
	return (state->registers[PC] == 0);
}

static int
unwind_stack_one(struct unwind_state *state)
{
	struct unwind_idx *index;

	state->update_mask = 0;
	state->start_pc = state->registers[PC];
	index = find_index(state->start_pc);
	if (index->insn == EXIDX_CANTUNWIND)
		return (1);
	if ((index->insn & (1U << 31)) != 0)
		state->insn = &index->insn;
	else
		state->insn = (uint32_t *)exidx_start + index->insn;
	return (unwind_tab(state));
}

/* One step of dtrace_frame_next(): *pc is where f stands, then its caller. */
struct frame *
dtrace_unwind(struct frame *f, uint64_t *pc)
{
	static struct unwind_state states[MAXCPU];
	struct unwind_state *state;

	/* The registers that nobody pops are of no interest. */
	state = &states[curcpu];
	state->registers[FP] = (uintptr_t)f;
	state->registers[SP] = (uintptr_t)f;
	state->registers[PC] = *pc;
	if (unwind_stack_one(state) != 0)
		return (NULL);
	*pc = state->registers[PC];
	return ((struct frame *)state->registers[FP]);
}

/*
 * Byte codes for a function.  Its frame is
 *
 *	0 state, 8 caller's frame (r11), 16 return address (r14), ...
 *
 * On this machine it is the caller who saves what it needs of its registers, so
 * there is nothing else to pop.
 */
static const uint8_t unwind_code[] = {
	INSN_VSP_REG | FP,		/* vsp = r11 */
	INSN_VSP_INC | 0,		/* vsp += 1 word */
	INSN_POP_MASKED | (1 << (LR - 12)), 1 << (FP - 4),	/* pop r11, r14 */
	INSN_FINISH
};

/*
 * Index entries first, then the byte codes: a word with their number of further
 * words and the first two, then four in each.
 */
void
dtrace_unwind_init(void)
{
	uint32_t *tab;
	u_int i, j, next;

	exidx_count = __kernel_nfunctions;
	tab = dtrace_kmem_zalloc(exidx_count * (sizeof(struct unwind_idx) +
	    2 * sizeof(uint32_t)));
	exidx_start = (struct unwind_idx *)tab;
	next = exidx_count * 2;
	for (i = 0; i < exidx_count; i++) {
		exidx_start[i].offset =
		    (uint32_t)(__kernel_functions[i].addr - KTEXT);
		exidx_start[i].insn = next;
		tab[next] = 1U << 31 | 1U << 24 | 1U << 16;
		for (j = 0; j < sizeof(unwind_code); j++) {
			if (j < 2)
				tab[next] |= (uint32_t)unwind_code[j] <<
				    (8 * (1 - j));
			else
				tab[next + 1] |= (uint32_t)unwind_code[j] <<
				    (8 * (5 - j));
		}
		next += 2;
	}
}

#endif	/* ARM_UNWIND */
