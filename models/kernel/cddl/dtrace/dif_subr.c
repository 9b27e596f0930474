/*
 * Subroutines of D: what a `call' instruction does.
 *
 * Arguments lie on the tuple stack; the result goes to %rd.  A subroutine that makes a
 * string makes it in scratch space, which lasts until the clause's next reservation.
 * Here are those that ask about locks and processes, move memory, and do
 * arithmetic; strings are in dif_string.c and dif_path.c, network addresses in
 * dif_net.c.
 */
#include "dtrace_impl.h"
#include <sys/mutex.h>
#include <sys/rwlock.h>

/* --- Locks: their words, read with care --------------------------------------------- */

static uint64_t
dtrace_lock_word(uint64_t lock, size_t offset)
{

	return (dtrace_load64((uintptr_t)lock + offset));
}

static uint64_t
dtrace_lock_class(uint64_t lock)
{

	return ((dtrace_load32((uintptr_t)lock +
	    offsetof(struct lock_object, lo_flags)) & LO_CLASSMASK) >>
	    LO_CLASSSHIFT);
}

/* Is this a lock of that class? */
static int
dtrace_lock_is(uint64_t lock, struct lock_class *class)
{

	return (lock_classes[dtrace_lock_class(lock)] == class);
}

static uint64_t
dtrace_dif_lock(u_int subr, uint64_t lock)
{
	uint64_t word;

	switch (subr) {
	case DIF_SUBR_MUTEX_OWNED:
		word = dtrace_lock_word(lock, offsetof(struct mtx, mtx_lock));
		return ((word & ~(uint64_t)MTX_FLAGMASK) != 0);
	case DIF_SUBR_MUTEX_OWNER:
		word = dtrace_lock_word(lock, offsetof(struct mtx, mtx_lock));
		return (word & ~(uint64_t)MTX_FLAGMASK);
	case DIF_SUBR_MUTEX_TYPE_ADAPTIVE:
		return (dtrace_lock_is(lock, &lock_class_mtx_sleep));
	case DIF_SUBR_MUTEX_TYPE_SPIN:
		return (dtrace_lock_is(lock, &lock_class_mtx_spin));
	case DIF_SUBR_RW_READ_HELD:
		word = dtrace_lock_word(lock, offsetof(struct rwlock, rw_lock));
		return ((word & RW_LOCK_READ) != 0 && RW_READERS(word) != 0);
	case DIF_SUBR_RW_WRITE_HELD:
		word = dtrace_lock_word(lock, offsetof(struct rwlock, rw_lock));
		return ((word & RW_LOCK_READ) == 0);
	case DIF_SUBR_RW_ISWRITER:
		word = dtrace_lock_word(lock, offsetof(struct rwlock, rw_lock));
		return ((word & RW_LOCK_READ) == 0 &&
		    RW_OWNER(word) == (uintptr_t)curthread);
	case DIF_SUBR_SX_SHARED_HELD:
		word = dtrace_lock_word(lock, offsetof(struct sx, sx_lock));
		return ((word & SX_LOCK_SHARED) != 0 && SX_SHARERS(word) != 0);
	case DIF_SUBR_SX_EXCLUSIVE_HELD:
		word = dtrace_lock_word(lock, offsetof(struct sx, sx_lock));
		return ((word & SX_LOCK_SHARED) == 0);
	default:	/* DIF_SUBR_SX_ISEXCLUSIVE */
		word = dtrace_lock_word(lock, offsetof(struct sx, sx_lock));
		return ((word & SX_LOCK_SHARED) == 0 &&
		    SX_OWNER(word) == (uintptr_t)curthread);
	}
}

/* --- Memory ------------------------------------------------------------------------------ */

/*
 * `size' bytes of scratch, 8-aligned; NULL with NOSCRATCH set if there is not so
 * much.
 */
void *
dtrace_scratch(dtrace_mstate_t *mstate, size_t size)
{
	uintptr_t p;
	size_t total;

	p = roundup2(mstate->dtms_scratch_ptr, 8);
	total = p - mstate->dtms_scratch_ptr + size;
	if (total < size || !DTRACE_INSCRATCH(mstate, total)) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_NOSCRATCH);
		return (NULL);
	}
	mstate->dtms_scratch_ptr += total;
	return ((void *)p);
}

static uint64_t
dtrace_dif_copyin(dtrace_key_t *tup, dtrace_mstate_t *mstate)
{
	void *dest;
	size_t size;

	size = tup[1].dttk_value;
	dest = dtrace_scratch(mstate, size);
	if (dest == NULL)
		return (0);
	(void)dtrace_copyin(tup[0].dttk_value, (uintptr_t)dest, size);
	return ((uintptr_t)dest);
}

static uint64_t
dtrace_dif_copyinstr(dtrace_key_t *tup, int nargs, dtrace_mstate_t *mstate,
    dtrace_state_t *state)
{
	char *dest;
	size_t n, size;

	size = state->dts_options[DTRACEOPT_STRSIZE];
	if (nargs > 1 && tup[1].dttk_value < size)
		size = tup[1].dttk_value + 1;
	/* Only what the string takes is kept of it. */
	if (!DTRACE_INSCRATCH(mstate, size)) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_NOSCRATCH);
		return (0);
	}
	dest = (char *)mstate->dtms_scratch_ptr;
	n = dtrace_copyinstr(tup[0].dttk_value, (uintptr_t)dest, size);
	if (size != 0)
		dest[size - 1] = '\0';
	mstate->dtms_scratch_ptr += size;
	(void)n;
	return ((uintptr_t)dest);
}

/* copyinto(), bcopy(): to where the program may store. */
static void
dtrace_dif_copyto(u_int subr, dtrace_key_t *tup, dtrace_mstate_t *mstate,
    dtrace_vstate_t *vstate)
{
	uint64_t dest, size, src;

	src = tup[0].dttk_value;
	if (subr == DIF_SUBR_BCOPY) {
		dest = tup[1].dttk_value;
		size = tup[2].dttk_value;
	} else {
		size = tup[1].dttk_value;
		dest = tup[2].dttk_value;
	}
	/* Only scratch space: that is what alloca() gives. */
	if (!DTRACE_INRANGE(dest, size, mstate->dtms_scratch_base,
	    mstate->dtms_scratch_base + mstate->dtms_scratch_size)) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_BADADDR);
		cpu_core[curcpu].cpuc_dtrace_illval = dest;
		return;
	}
	if (subr == DIF_SUBR_COPYINTO)
		(void)dtrace_copyin(src, dest, size);
	else if (dtrace_canload(src, size, mstate, vstate))
		dtrace_bcopy((void *)src, (void *)dest, size);
}

static void
dtrace_dif_copyout(u_int subr, dtrace_key_t *tup, int nargs,
    dtrace_mstate_t *mstate, dtrace_state_t *state)
{
	uint64_t size;

	if (!state->dts_destructive) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_UPRIV);
		return;
	}
	size = tup[2].dttk_value;
	if (subr == DIF_SUBR_COPYOUTSTR) {
		if (nargs < 3 || size > state->dts_options[DTRACEOPT_STRSIZE])
			size = state->dts_options[DTRACEOPT_STRSIZE];
		size = dtrace_strlen((char *)tup[0].dttk_value, size - 1) + 1;
	}
	if (dtrace_canload(tup[0].dttk_value, size, mstate, &state->dts_vstate))
		dtrace_copyout(tup[0].dttk_value, tup[1].dttk_value, size);
}

/* memref(addr, size): two words for printm(). */
static uint64_t
dtrace_dif_memref(dtrace_key_t *tup, dtrace_mstate_t *mstate)
{
	uint64_t *p;

	p = dtrace_scratch(mstate, 2 * sizeof(*p));
	if (p == NULL)
		return (0);
	p[0] = tup[0].dttk_value;
	p[1] = tup[1].dttk_value;
	return ((uintptr_t)p);
}

/* memstr(addr, c, len): NULs between strings become c. */
static uint64_t
dtrace_dif_memstr(dtrace_key_t *tup, dtrace_mstate_t *mstate,
    dtrace_vstate_t *vstate)
{
	uintptr_t src;
	size_t i, size;
	char c, *to;

	src = tup[0].dttk_value;
	size = tup[2].dttk_value;
	if (size == 0 || size > DTRACE_MEMSTR_MAX) {
		if (size != 0)
			DTRACE_CPUFLAG_SET(CPU_DTRACE_ILLOP);
		return (0);
	}
	to = dtrace_scratch(mstate, size + 1);
	if (to == NULL || !dtrace_canload(src, size, mstate, vstate))
		return (0);
	for (i = 0; i < size; i++) {
		c = (char)dtrace_load8(src + i);
		to[i] = c == '\0' && i < size - 1 ?
		    (char)tup[1].dttk_value : c;
	}
	to[size] = '\0';
	return ((uintptr_t)to);
}

/* --- Processes, numbers ------------------------------------------------------------------- */

static uint64_t
dtrace_dif_progenyof(pid_t pid)
{
	struct proc *p;

	/* The chain of parents ends at process 0. */
	for (p = curthread->td_proc; p != NULL; p = p->p_pptr) {
		if (p->p_pid == pid)
			return (1);
		if (p->p_pid == 0)
			break;
	}
	return (0);
}

/*
 * rand(): a xorshift generator for each CPU.  Seeded with the CPU's number only, so
 * that a D program's numbers are a property of the program.
 */
static uint64_t
dtrace_dif_rand(void)
{
	static uint64_t rand_state[MAXCPU];
	uint64_t x;

	x = rand_state[curcpu];
	if (x == 0)
		x = 0x9e3779b97f4a7c15UL * (curcpu + 1);
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	rand_state[curcpu] = x;
	return (x & 0x7fffffff);
}

/* strtoll() of D: base 2 to 36; 0 means to look at the prefix. */
static int
dtrace_digit(char c)
{

	if (c >= '0' && c <= '9')
		return (c - '0');
	if (c >= 'a' && c <= 'z')
		return (c - 'a' + 10);
	if (c >= 'A' && c <= 'Z')
		return (c - 'A' + 10);
	return (99);
}

int64_t
dtrace_strtoll(const char *s, int base, size_t limit)
{
	uintptr_t p, end;
	int64_t val;
	int digit, neg;
	char c;

	p = (uintptr_t)s;
	end = p + limit;
	val = 0;
	neg = 0;
	while (p < end && ((c = (char)dtrace_load8(p)) == ' ' || c == '\t'))
		p++;
	if (p < end && ((c = (char)dtrace_load8(p)) == '-' || c == '+')) {
		neg = c == '-';
		p++;
	}
	/* 0x is allowed in front of base 16. */
	if (base == 16 && p + 1 < end && (char)dtrace_load8(p) == '0' &&
	    ((c = (char)dtrace_load8(p + 1)) == 'x' || c == 'X'))
		p += 2;
	for (; p < end; p++) {
		digit = dtrace_digit((char)dtrace_load8(p));
		if (digit >= base)
			break;
		val = (int64_t)((uint64_t)val * (uint64_t)base +
		    (uint64_t)digit);
	}
	return (neg ? -val : val);
}

static uint64_t
dtrace_dif_swap(u_int subr, uint64_t v)
{

	switch (subr) {
	case DIF_SUBR_HTONS:
	case DIF_SUBR_NTOHS:
		return (__builtin_bswap16((uint16_t)v));
	case DIF_SUBR_HTONL:
	case DIF_SUBR_NTOHL:
		return (__builtin_bswap32((uint32_t)v));
	default:
		return (__builtin_bswap64(v));
	}
}

/* Arguments that a subroutine must have; the compiler gives that many. */
static const uint8_t dtrace_subr_nargs[DIF_SUBR_MAX + 1] = {
	[DIF_SUBR_MUTEX_OWNED] = 1, [DIF_SUBR_MUTEX_OWNER] = 1,
	[DIF_SUBR_MUTEX_TYPE_ADAPTIVE] = 1, [DIF_SUBR_MUTEX_TYPE_SPIN] = 1,
	[DIF_SUBR_RW_READ_HELD] = 1, [DIF_SUBR_RW_WRITE_HELD] = 1,
	[DIF_SUBR_RW_ISWRITER] = 1, [DIF_SUBR_COPYIN] = 2,
	[DIF_SUBR_COPYINSTR] = 1, [DIF_SUBR_PROGENYOF] = 1,
	[DIF_SUBR_STRLEN] = 1, [DIF_SUBR_COPYOUT] = 3,
	[DIF_SUBR_COPYOUTSTR] = 2, [DIF_SUBR_ALLOCA] = 1,
	[DIF_SUBR_BCOPY] = 3, [DIF_SUBR_COPYINTO] = 3, [DIF_SUBR_STRJOIN] = 2,
	[DIF_SUBR_LLTOSTR] = 1, [DIF_SUBR_BASENAME] = 1,
	[DIF_SUBR_DIRNAME] = 1, [DIF_SUBR_CLEANPATH] = 1,
	[DIF_SUBR_STRCHR] = 2, [DIF_SUBR_STRRCHR] = 2, [DIF_SUBR_STRSTR] = 2,
	[DIF_SUBR_STRTOK] = 2, [DIF_SUBR_SUBSTR] = 2, [DIF_SUBR_INDEX] = 2,
	[DIF_SUBR_RINDEX] = 2, [DIF_SUBR_HTONS] = 1, [DIF_SUBR_HTONL] = 1,
	[DIF_SUBR_HTONLL] = 1, [DIF_SUBR_NTOHS] = 1, [DIF_SUBR_NTOHL] = 1,
	[DIF_SUBR_NTOHLL] = 1, [DIF_SUBR_INET_NTOP] = 2,
	[DIF_SUBR_INET_NTOA] = 1, [DIF_SUBR_INET_NTOA6] = 1,
	[DIF_SUBR_TOUPPER] = 1, [DIF_SUBR_TOLOWER] = 1, [DIF_SUBR_MEMREF] = 2,
	[DIF_SUBR_SX_SHARED_HELD] = 1, [DIF_SUBR_SX_EXCLUSIVE_HELD] = 1,
	[DIF_SUBR_SX_ISEXCLUSIVE] = 1, [DIF_SUBR_MEMSTR] = 3,
	[DIF_SUBR_JSON] = 2, [DIF_SUBR_STRTOLL] = 1,
};

void
dtrace_dif_subr(u_int subr, u_int rd, uint64_t *regs, dtrace_key_t *tupregs,
    int nargs, dtrace_mstate_t *mstate, dtrace_state_t *state)
{
	dtrace_vstate_t *vstate;
	uint64_t size;
	int base;

	vstate = &state->dts_vstate;
	size = state->dts_options[DTRACEOPT_STRSIZE];
	if (nargs < dtrace_subr_nargs[subr]) {
		DTRACE_CPUFLAG_SET(CPU_DTRACE_ILLOP);
		return;
	}

	switch (subr) {
	case DIF_SUBR_RAND:
		regs[rd] = dtrace_dif_rand();
		break;
	case DIF_SUBR_MUTEX_OWNED:
	case DIF_SUBR_MUTEX_OWNER:
	case DIF_SUBR_MUTEX_TYPE_ADAPTIVE:
	case DIF_SUBR_MUTEX_TYPE_SPIN:
	case DIF_SUBR_RW_READ_HELD:
	case DIF_SUBR_RW_WRITE_HELD:
	case DIF_SUBR_RW_ISWRITER:
	case DIF_SUBR_SX_SHARED_HELD:
	case DIF_SUBR_SX_EXCLUSIVE_HELD:
	case DIF_SUBR_SX_ISEXCLUSIVE:
		if (!dtrace_canload(tupregs[0].dttk_value, sizeof(struct mtx),
		    mstate, vstate)) {
			regs[rd] = 0;
			break;
		}
		regs[rd] = dtrace_dif_lock(subr, tupregs[0].dttk_value);
		break;
	case DIF_SUBR_COPYIN:
		regs[rd] = dtrace_dif_copyin(tupregs, mstate);
		break;
	case DIF_SUBR_COPYINSTR:
		regs[rd] = dtrace_dif_copyinstr(tupregs, nargs, mstate, state);
		break;
	case DIF_SUBR_COPYINTO:
	case DIF_SUBR_BCOPY:
		dtrace_dif_copyto(subr, tupregs, mstate, vstate);
		break;
	case DIF_SUBR_COPYOUT:
	case DIF_SUBR_COPYOUTSTR:
		dtrace_dif_copyout(subr, tupregs, nargs, mstate, state);
		break;
	case DIF_SUBR_ALLOCA:
		regs[rd] = (uintptr_t)dtrace_scratch(mstate,
		    tupregs[0].dttk_value);
		break;
	case DIF_SUBR_SPECULATION:
		regs[rd] = (uint64_t)dtrace_speculation(state);
		break;
	case DIF_SUBR_PROGENYOF:
		regs[rd] = dtrace_dif_progenyof((pid_t)tupregs[0].dttk_value);
		break;
	case DIF_SUBR_MEMREF:
		regs[rd] = dtrace_dif_memref(tupregs, mstate);
		break;
	case DIF_SUBR_MEMSTR:
		regs[rd] = dtrace_dif_memstr(tupregs, mstate, vstate);
		break;
	case DIF_SUBR_STRTOLL:
		base = nargs > 1 ? (int)tupregs[1].dttk_value : 10;
		if (base < 2 || base > 36) {
			DTRACE_CPUFLAG_SET(CPU_DTRACE_ILLOP);
			break;
		}
		if (!dtrace_strcanload(tupregs[0].dttk_value, size, mstate,
		    vstate)) {
			regs[rd] = 0;
			break;
		}
		regs[rd] = (uint64_t)dtrace_strtoll(
		    (char *)tupregs[0].dttk_value, base, size);
		break;
	case DIF_SUBR_HTONS:
	case DIF_SUBR_NTOHS:
	case DIF_SUBR_HTONL:
	case DIF_SUBR_NTOHL:
	case DIF_SUBR_HTONLL:
	case DIF_SUBR_NTOHLL:
		regs[rd] = dtrace_dif_swap(subr, tupregs[0].dttk_value);
		break;
	default:
		if (!dtrace_dif_string(subr, rd, regs, tupregs, nargs, mstate,
		    state) &&
		    !dtrace_dif_path(subr, rd, regs, tupregs, nargs, mstate,
		    state) &&
		    !dtrace_dif_net(subr, rd, regs, tupregs, nargs, mstate,
		    state))
			/* msgsize(), getmajor() and such: not here. */
			DTRACE_CPUFLAG_SET(CPU_DTRACE_ILLOP);
		break;
	}
}
