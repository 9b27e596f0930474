/*
 * Principal buffers.
 *
 * Each CPU has one for each consumer.  By policy it is
 *
 *  switch   two halves.  Records go to one (tomax); now and then the consumer
 *	     swaps them by a cross call and reads the other (xamot, the same
 *	     word backwards) at leisure.  A full half drops records.
 *  fill     one half, and no more of it when it is full.
 *  ring     one half; the newest records overwrite the oldest.
 *
 * Scratch space for D strings and the like is what remains of the half behind the
 * reservation (switch), or the spare half (fill and ring).
 */
#include "dtrace_impl.h"

void
dtrace_buffer_drop(dtrace_buffer_t *buf)
{

	buf->dtb_drops++;
}

/* Fill buffers keep room for what END records, until END is over. */
static intptr_t
dtrace_buffer_reserve_fill(dtrace_buffer_t *buf, size_t needed, size_t align,
    dtrace_state_t *state)
{
	uint64_t keep, offs;

	offs = buf->dtb_offset;
	keep = 0;
	if (state->dts_activity != DTRACE_ACTIVITY_COOLDOWN) {
		if ((buf->dtb_flags & DTRACEBUF_FULL) != 0)
			return (-1);
		keep = state->dts_reserve;
	}
	if (roundup2(offs, align) + needed + keep > buf->dtb_size) {
		buf->dtb_flags |= DTRACEBUF_FULL;
		return (-1);
	}
	for (; (offs & (align - 1)) != 0; offs += sizeof(uint32_t))
		*(uint32_t *)(buf->dtb_tomax + offs) = DTRACE_EPIDNONE;
	return ((intptr_t)offs);
}

/*
 * A ring.  dtb_offset is where the next record goes; once the ring has wrapped,
 * dtb_xamot_offset is where the oldest whole record begins, and it moves on over
 * what the new record will overwrite.
 */
static intptr_t
dtrace_buffer_reserve_ring(dtrace_buffer_t *buf, size_t needed, size_t align,
    dtrace_state_t *state)
{
	dtrace_ecb_t *ecb;
	dtrace_epid_t epid;
	caddr_t tomax;
	uint64_t end, offs, oldest;

	tomax = buf->dtb_tomax;
	if (needed > buf->dtb_size) {
		dtrace_buffer_drop(buf);
		return (-1);
	}
	offs = roundup2(buf->dtb_offset, align);
	oldest = buf->dtb_xamot_offset;
	if (offs + needed > buf->dtb_size) {
		/*
		 * Round again: the rest up to the end becomes padding, and what
		 * was there is gone.
		 */
		for (end = buf->dtb_offset; end + sizeof(uint32_t) <=
		    buf->dtb_size; end += sizeof(uint32_t))
			*(uint32_t *)(tomax + end) = DTRACE_EPIDNONE;
		buf->dtb_flags |= DTRACEBUF_WRAPPED;
		buf->dtb_offset = 0;
		offs = 0;
		oldest = 0;
	} else {
		for (end = buf->dtb_offset; end < offs;
		    end += sizeof(uint32_t))
			*(uint32_t *)(tomax + end) = DTRACE_EPIDNONE;
	}
	end = offs + needed;
	if ((buf->dtb_flags & DTRACEBUF_WRAPPED) != 0) {
		/* Records that begin before `end' are lost. */
		while (oldest < end && oldest + sizeof(uint32_t) <=
		    buf->dtb_size) {
			epid = *(dtrace_epid_t *)(tomax + oldest);
			ecb = epid == DTRACE_EPIDNONE ? NULL :
			    dtrace_epid2ecb(state, epid);
			oldest += ecb == NULL ? sizeof(uint32_t) :
			    ecb->dte_size;
		}
		buf->dtb_xamot_offset = oldest;
	}
	return ((intptr_t)offs);
}

/*
 * Room for `needed' bytes at this alignment: the offset, or -1.  Nothing is taken
 * until dtrace_probe() moves dtb_offset.  With mstate, scratch space is set up.
 */
intptr_t
dtrace_buffer_reserve(dtrace_buffer_t *buf, size_t needed, size_t align,
    dtrace_state_t *state, dtrace_mstate_t *mstate)
{
	caddr_t tomax;
	intptr_t offs;
	uint64_t soffs;

	if ((buf->dtb_flags & DTRACEBUF_INACTIVE) != 0)
		return (-1);
	tomax = buf->dtb_tomax;
	if (tomax == NULL) {
		dtrace_buffer_drop(buf);
		return (-1);
	}
	if ((buf->dtb_flags & (DTRACEBUF_RING | DTRACEBUF_FILL)) == 0) {
		offs = (intptr_t)buf->dtb_offset;
		while ((offs & (align - 1)) != 0) {
			/* Padding: words of EPID 0. */
			if ((uint64_t)offs + sizeof(uint32_t) > buf->dtb_size) {
				dtrace_buffer_drop(buf);
				return (-1);
			}
			*(uint32_t *)(tomax + offs) = DTRACE_EPIDNONE;
			offs += sizeof(uint32_t);
		}
		soffs = (uint64_t)offs + needed;
		if (soffs > buf->dtb_size) {
			dtrace_buffer_drop(buf);
			return (-1);
		}
		if (mstate != NULL) {
			mstate->dtms_scratch_base = (uintptr_t)tomax + soffs;
			mstate->dtms_scratch_size = buf->dtb_size - soffs;
			mstate->dtms_scratch_ptr = mstate->dtms_scratch_base;
		}
		return (offs);
	}

	if ((buf->dtb_flags & DTRACEBUF_FILL) != 0)
		offs = dtrace_buffer_reserve_fill(buf, needed, align, state);
	else
		offs = dtrace_buffer_reserve_ring(buf, needed, align, state);
	if (offs >= 0 && mstate != NULL) {
		mstate->dtms_scratch_base = (uintptr_t)buf->dtb_xamot;
		mstate->dtms_scratch_size = buf->dtb_size;
		mstate->dtms_scratch_ptr = mstate->dtms_scratch_base;
	}
	return (offs);
}

/* Swap the halves.  Runs on the buffer's own CPU with interrupts off. */
static void
dtrace_buffer_switch_func(void *arg)
{
	dtrace_buffer_t *buf;
	caddr_t tomax;
	unsigned long cookie;
	hrtime_t now;

	buf = arg;
	cookie = __intr_disable();
	now = dtrace_gethrtime();
	tomax = buf->dtb_tomax;
	buf->dtb_tomax = buf->dtb_xamot;
	buf->dtb_xamot = tomax;
	buf->dtb_xamot_drops = buf->dtb_drops;
	buf->dtb_xamot_offset = buf->dtb_offset;
	buf->dtb_xamot_errors = buf->dtb_errors;
	buf->dtb_xamot_flags = buf->dtb_flags;
	buf->dtb_offset = 0;
	buf->dtb_drops = 0;
	buf->dtb_errors = 0;
	buf->dtb_flags &= ~(DTRACEBUF_ERROR | DTRACEBUF_DROPPED);
	buf->dtb_interval = now - buf->dtb_switched;
	buf->dtb_switched = now;
	__intr_restore(cookie);
}

void
dtrace_buffer_switch(dtrace_buffer_t *buf)
{

	dtrace_xcall((int)buf->dtb_cpu, dtrace_buffer_switch_func, buf);
}

/* --- Allocation -------------------------------------------------------------------- */

/*
 * Buffers of `size' for each CPU, or for one (the others stay inactive).  ENOMEM:
 * nothing is allocated.
 */
int
dtrace_buffer_alloc(dtrace_buffer_t *bufs, size_t size, int flags, int cpu,
    int ncpu)
{
	dtrace_buffer_t *buf;
	void *mark;
	int i;

	mark = dtrace_arena_mark();
	for (i = 0; i < ncpu; i++) {
		buf = &bufs[i];
		buf->dtb_cpu = (uint32_t)i;
		if (cpu != DTRACE_CPUALL && cpu != i) {
			buf->dtb_flags = DTRACEBUF_INACTIVE;
			continue;
		}
		buf->dtb_flags = (uint32_t)flags;
		buf->dtb_offset = 0;
		buf->dtb_drops = 0;
		buf->dtb_size = size;
		buf->dtb_tomax = dtrace_kmem_trybuf(size);
		if (buf->dtb_tomax == NULL)
			goto nomem;
		if ((flags & DTRACEBUF_NOSWITCH) != 0)
			continue;
		buf->dtb_xamot = dtrace_kmem_trybuf(size);
		if (buf->dtb_xamot == NULL)
			goto nomem;
	}
	return (0);
nomem:
	dtrace_buffer_free(bufs, ncpu);
	if (__ghost())
		dtrace_arena_release(mark);
	return (ENOMEM);
}

void
dtrace_buffer_free(dtrace_buffer_t *bufs, int ncpu)
{
	dtrace_buffer_t *buf;
	int i;

	for (i = 0; i < ncpu; i++) {
		buf = &bufs[i];
		dtrace_kmem_free(buf->dtb_tomax);
		dtrace_kmem_free(buf->dtb_xamot);
		buf->dtb_tomax = NULL;
		buf->dtb_xamot = NULL;
		buf->dtb_size = 0;
	}
}

/*
 * A ring or fill buffer is about to be read: what lies between its last record and
 * its end, or the oldest whole record, must read as padding.
 */
void
dtrace_buffer_polish(dtrace_buffer_t *buf)
{
	uint64_t end, offs;

	if ((buf->dtb_flags & DTRACEBUF_RING) == 0)
		return;
	end = (buf->dtb_flags & DTRACEBUF_WRAPPED) != 0 ?
	    buf->dtb_xamot_offset : buf->dtb_size;
	for (offs = buf->dtb_offset; offs + sizeof(uint32_t) <= end;
	    offs += sizeof(uint32_t))
		*(uint32_t *)(buf->dtb_tomax + offs) = DTRACE_EPIDNONE;
}
