/*
 * Aggregations: what makes it cheap to count a million events.
 *
 * `@a[k1, k2] = count()' does not produce a record for each firing.  Each CPU has
 * an aggregation buffer, in which every distinct key has one value:
 *
 *	tomax                                                    tomax + size
 *	| id k1 k2 value | id k1 k2 value | ... free ... | keys | hash | aggbuffer |
 *	'-- data, grows up -->                    <-- key nodes grow down
 *
 * A firing builds the key at the end of its reservation in the principal buffer,
 * hashes it, and either finds its value and applies the aggregating function to it, or
 * makes a new entry.  The consumer takes snapshots of the data part and adds the
 * CPUs' values up; that works because all these functions can be applied to
 * parts of the data first and to the results then.
 */
#include "dtrace_impl.h"

/* --- The aggregating functions -------------------------------------------------- */

static void
dtrace_aggregate_count(uint64_t *oval, uint64_t nval, uint64_t arg)
{

	*oval = *oval + 1;
}

static void
dtrace_aggregate_sum(uint64_t *oval, uint64_t nval, uint64_t arg)
{

	*oval += nval;
}

static void
dtrace_aggregate_min(uint64_t *oval, uint64_t nval, uint64_t arg)
{

	if ((int64_t)nval < (int64_t)*oval)
		*oval = nval;
}

static void
dtrace_aggregate_max(uint64_t *oval, uint64_t nval, uint64_t arg)
{

	if ((int64_t)nval > (int64_t)*oval)
		*oval = nval;
}

/* Number of values, their sum. */
static void
dtrace_aggregate_avg(uint64_t *data, uint64_t nval, uint64_t arg)
{

	data[0]++;
	data[1] += nval;
}

/* Number, sum, and the sum of squares in 128 bits, low word first. */
static void
dtrace_aggregate_stddev(uint64_t *data, uint64_t nval, uint64_t arg)
{
	uint64_t hi, lo, mid, n, x, y;

	data[0]++;
	data[1] += nval;

	n = (int64_t)nval < 0 ? 0 - nval : nval;
	x = n & 0xffffffff;
	y = n >> 32;
	/* (y * 2^32 + x)^2 = y^2 * 2^64 + 2xy * 2^32 + x^2 */
	lo = x * x;
	mid = x * y;
	hi = y * y + (mid >> 31);
	mid <<= 33;
	if (lo + mid < lo)
		hi++;
	lo += mid;

	data[2] += lo;
	data[3] += hi;
	if (data[2] < lo)
		data[3]++;
}

/*
 * Powers of two: bucket 63 is for 0, 64 for 1, 65 for 2 and 3, 66 for 4 to 7;
 * and 62 for -1, 61 for -2 and -3 ...
 */
static void
dtrace_aggregate_quantize(uint64_t *quanta, uint64_t nval, uint64_t incr)
{
	int64_t val;
	int i;

	val = (int64_t)nval;
	if (val == 0)
		i = DTRACE_QUANTIZE_ZEROBUCKET;
	else if (val > 0) {
		for (i = DTRACE_QUANTIZE_ZEROBUCKET + 1;
		    i < DTRACE_QUANTIZE_NBUCKETS - 1 && val > 1; i++)
			val >>= 1;
	} else {
		nval = 0 - nval;
		for (i = DTRACE_QUANTIZE_ZEROBUCKET - 1; i > 0 && nval > 1; i--)
			nval >>= 1;
	}
	quanta[i] += incr;
}

/* Equal steps; the first word says which. */
static void
dtrace_aggregate_lquantize(uint64_t *lquanta, uint64_t nval, uint64_t incr)
{
	uint64_t arg;
	int32_t base, val;
	uint32_t levels, level, step;

	arg = *lquanta++;
	base = DTRACE_LQUANTIZE_BASE(arg);
	step = DTRACE_LQUANTIZE_STEP(arg);
	levels = DTRACE_LQUANTIZE_LEVELS(arg);
	val = (int32_t)nval;
	if (val < base) {
		lquanta[0] += incr;	/* Underflow. */
		return;
	}
	level = (uint32_t)(val - base) / step;
	if (level < levels)
		lquanta[level + 1] += incr;
	else
		lquanta[levels + 1] += incr;	/* Overflow. */
}

/*
 * Equal steps within each power of `factor': the bucket of a value.  Below
 * factor^low: 0.
 */
static int
dtrace_aggregate_llquantize_bucket(uint16_t factor, uint16_t low,
    uint16_t high, uint16_t nsteps, int64_t value)
{
	int64_t last, next, top;
	int base, nbuckets, order;

	top = 1;
	for (order = 0; order < low; order++)
		top *= factor;
	if (value < top)
		return (0);
	base = 1;
	last = top;
	for (top *= factor; order <= high; order++) {
		nbuckets = top > nsteps ? nsteps : (int)top;
		next = top * factor;
		if (next < top)
			value = top - 1;	/* More would overflow. */
		if (value < top)
			return (base + (int)((value - last) / (top / nbuckets)));
		base += nbuckets - nbuckets / factor;
		last = top;
		top = next;
	}
	return (base);
}

static void
dtrace_aggregate_llquantize(uint64_t *llquanta, uint64_t nval, uint64_t incr)
{
	uint64_t arg;

	arg = *llquanta++;
	llquanta[dtrace_aggregate_llquantize_bucket(
	    DTRACE_LLQUANTIZE_FACTOR(arg), DTRACE_LLQUANTIZE_LOW(arg),
	    DTRACE_LLQUANTIZE_HIGH(arg), DTRACE_LLQUANTIZE_NSTEP(arg),
	    (int64_t)nval)] += incr;
}

/* --- A firing -------------------------------------------------------------------- */

/* Strings end at their NUL; what lies behind it is not part of the key. */
#define	DTRACEACT_ISSTRING(act)						\
	((act)->dta_kind == DTRACEACT_DIFEXPR &&			\
	    (act)->dta_difo->dtdo_rtype.dtdt_kind == DIF_TYPE_STRING)

#define	DTRACE_HASHBYTE(h, byte) do {					\
	(h) += (byte);							\
	(h) += (h) << 10;						\
	(h) ^= (h) >> 6;						\
} while (0)

/* The bytes of a word, lowest first: as they lie in memory. */
#define	DTRACE_HASHHALF(h, word) do {					\
	DTRACE_HASHBYTE(h, (uint8_t)(word));				\
	DTRACE_HASHBYTE(h, (uint8_t)((word) >> 8));			\
	DTRACE_HASHBYTE(h, (uint8_t)((word) >> 16));			\
	DTRACE_HASHBYTE(h, (uint8_t)((word) >> 24));			\
} while (0)
#define	DTRACE_HASHWORD(h, word) do {					\
	DTRACE_HASHHALF(h, word);					\
	DTRACE_HASHHALF(h, (word) >> 32);				\
} while (0)

/*
 * Jenkins's one-at-a-time hash over the keys' bytes.  Numbers and stacks are taken
 * by words, without a branch for each byte; the loop over words is where an
 * aggregation by stack() spends its time.
 */
static uint32_t
dtrace_aggregate_hash(dtrace_aggregation_t *agg, const uint8_t *data)
{
	dtrace_action_t *act;
	const uint8_t *end, *p;
	uint64_t word;
	uint32_t half, hashval;

	hashval = 0;
	act = agg->dtag_first;		/* The variable's id. */
	do {
		p = data + (act->dta_rec.dtrd_offset - agg->dtag_base);
		if (act->dta_rec.dtrd_size == sizeof(uint64_t)) {
			word = *(const uint64_t *)p;
			DTRACE_HASHWORD(hashval, word);
			continue;
		}
		if (act->dta_rec.dtrd_size == sizeof(uint32_t)) {
			half = *(const uint32_t *)p;
			DTRACE_HASHHALF(hashval, half);
			continue;
		}
		end = p + act->dta_rec.dtrd_size;
		if (DTRACEACT_ISSTRING(act)) {
			/* The NUL counts. */
			while (p < end) {
				DTRACE_HASHBYTE(hashval, *p);
				if (*p++ == '\0')
					break;
			}
			continue;
		}
		for (; p + sizeof(word) <= end; p += sizeof(word)) {
			word = *(const uint64_t *)p;
			DTRACE_HASHWORD(hashval, word);
		}
		for (; p < end; p++)
			DTRACE_HASHBYTE(hashval, *p);
	} while ((act = act->dta_next) != &agg->dtag_action);
	hashval += hashval << 3;
	hashval ^= hashval >> 11;
	hashval += hashval << 15;
	return (hashval);
}

/* Strings byte by byte, all else by words, as the hash. */
static int
dtrace_aggregate_same(dtrace_aggregation_t *agg, const uint8_t *kdata,
    const uint8_t *data)
{
	dtrace_action_t *act;
	const uint8_t *end, *k, *p;
	uint32_t offs;

	act = agg->dtag_first;
	do {
		offs = act->dta_rec.dtrd_offset - agg->dtag_base;
		p = data + offs;
		k = kdata + offs;
		if (act->dta_rec.dtrd_size == sizeof(uint64_t)) {
			if (*(const uint64_t *)k != *(const uint64_t *)p)
				return (0);
			continue;
		}
		if (act->dta_rec.dtrd_size == sizeof(uint32_t)) {
			if (*(const uint32_t *)k != *(const uint32_t *)p)
				return (0);
			continue;
		}
		end = p + act->dta_rec.dtrd_size;
		if (DTRACEACT_ISSTRING(act)) {
			for (; p < end && *p == *k; p++, k++)
				if (*p == '\0')
					break;
			if (p < end && *p != *k)
				return (0);
			continue;
		}
		for (; p + sizeof(uint64_t) <= end; p += sizeof(uint64_t),
		    k += sizeof(uint64_t))
			if (*(const uint64_t *)k != *(const uint64_t *)p)
				return (0);
		while (p < end)
			if (*k++ != *p++)
				return (0);
	} while ((act = act->dta_next) != &agg->dtag_action);
	return (1);
}

/*
 * A buffer that is empty: about an eighth of it becomes hash buckets.  The
 * number is made odd for no better reason than that it helps.
 */
#define	DTRACE_AGGHASHSIZE_SLEW	17

static int
dtrace_aggregate_setup(dtrace_buffer_t *buf, dtrace_aggbuffer_t *agb)
{
	uintptr_t hashsize, i;

	hashsize = (buf->dtb_size >> 3) / sizeof(uintptr_t);
	if (hashsize == 0 || buf->dtb_size < sizeof(*agb) +
	    hashsize * sizeof(dtrace_aggkey_t *))
		return (0);
	if (hashsize > (DTRACE_AGGHASHSIZE_SLEW << 3))
		hashsize -= DTRACE_AGGHASHSIZE_SLEW;
	agb->dtagb_hashsize = hashsize;
	agb->dtagb_hash = (dtrace_aggkey_t **)((uintptr_t)agb -
	    hashsize * sizeof(dtrace_aggkey_t *));
	agb->dtagb_free = (uintptr_t)agb->dtagb_hash;
	for (i = 0; i < hashsize; i++)
		agb->dtagb_hash[i] = NULL;
	return (1);
}

/*
 * Apply an aggregating action: its key lies in the principal buffer dbuf, in the
 * reservation at `offset'; its value lives in the aggregation buffer.  `expr' is the
 * function's argument, `arg' an increment (quantize(x, incr)).
 */
void
dtrace_aggregate(dtrace_aggregation_t *agg, dtrace_buffer_t *dbuf,
    intptr_t offset, dtrace_buffer_t *buf, uint64_t expr, uint64_t arg)
{
	dtrace_recdesc_t *rec;
	dtrace_aggbuffer_t *agb;
	dtrace_aggkey_t *key;
	dtrace_action_t *act;
	caddr_t tomax;
	const uint8_t *data;
	uint8_t *kdata;
	uint64_t offs;
	uint32_t fsize, hashval, i, limit, ndx, size;

	tomax = buf->dtb_tomax;
	if (tomax == NULL) {
		dtrace_buffer_drop(buf);
		return;
	}
	if (!agg->dtag_hasarg)
		arg = 1;

	rec = &agg->dtag_action.dta_rec;
	size = rec->dtrd_offset - agg->dtag_base;
	fsize = size + rec->dtrd_size;
	data = (const uint8_t *)dbuf->dtb_tomax + offset + agg->dtag_base;
	if (buf->dtb_size < sizeof(dtrace_aggbuffer_t)) {
		dtrace_buffer_drop(buf);
		return;
	}
	agb = (dtrace_aggbuffer_t *)(((uintptr_t)tomax + buf->dtb_size -
	    sizeof(dtrace_aggbuffer_t)) & ~7UL);
	if (buf->dtb_offset == 0 && !dtrace_aggregate_setup(buf, agb)) {
		dtrace_buffer_drop(buf);
		return;
	}

	hashval = dtrace_aggregate_hash(agg, data);
	ndx = hashval % (uint32_t)agb->dtagb_hashsize;
	for (key = agb->dtagb_hash[ndx]; key != NULL; key = key->dtak_next) {
		if (hashval != key->dtak_hashval || key->dtak_size != size ||
		    !dtrace_aggregate_same(agg, (uint8_t *)key->dtak_data,
		    data))
			continue;
		/*
		 * Two clauses may aggregate into one variable: their entries
		 * differ in the action, and the consumer joins them.
		 */
		if (key->dtak_action != &agg->dtag_action)
			continue;
		agg->dtag_aggregate((uint64_t *)(key->dtak_data + size), expr,
		    arg);
		return;
	}

	/* A new key.  Padding is id words of 0. */
	offs = buf->dtb_offset;
	while (offs & (sizeof(uint64_t) - 1)) {
		*(uint32_t *)(tomax + offs) = DTRACE_AGGIDNONE;
		offs += sizeof(uint32_t);
	}
	if ((uintptr_t)tomax + offs + fsize >
	    agb->dtagb_free - sizeof(dtrace_aggkey_t)) {
		dtrace_buffer_drop(buf);
		return;
	}
	agb->dtagb_free -= sizeof(dtrace_aggkey_t);
	key = (dtrace_aggkey_t *)agb->dtagb_free;
	key->dtak_data = tomax + offs;
	kdata = (uint8_t *)key->dtak_data;
	buf->dtb_offset = offs + fsize;

	*(dtrace_aggid_t *)kdata = agg->dtag_id;
	for (i = sizeof(dtrace_aggid_t); i < size; i++)
		kdata[i] = data[i];
	/* Behind a string's NUL the reservation holds old bytes. */
	for (act = agg->dtag_first; act != &agg->dtag_action;
	    act = act->dta_next) {
		if (!DTRACEACT_ISSTRING(act))
			continue;
		i = act->dta_rec.dtrd_offset - agg->dtag_base;
		limit = i + act->dta_rec.dtrd_size;
		while (i < limit && kdata[i] != '\0')
			i++;
		while (i < limit)
			kdata[i++] = '\0';
	}
	for (i = size; i < fsize; i++)
		kdata[i] = 0;

	key->dtak_hashval = hashval;
	key->dtak_size = size;
	key->dtak_action = &agg->dtag_action;
	key->dtak_next = agb->dtagb_hash[ndx];
	agb->dtagb_hash[ndx] = key;

	*(uint64_t *)(kdata + size) = agg->dtag_initial;
	agg->dtag_aggregate((uint64_t *)(kdata + size), expr, arg);
}

/* --- Making one ---------------------------------------------------------------------- */

/* Function, first word and size of an aggregating action; 0 if it makes no sense. */
static uint32_t
dtrace_aggregation_kind(dtrace_aggregation_t *agg, dtrace_actdesc_t *desc)
{
	uint64_t arg;
	int64_t v;
	uint16_t factor, high, low, nsteps;

	arg = desc->dtad_arg;
	agg->dtag_initial = 0;
	switch (desc->dtad_kind) {
	case DTRACEAGG_COUNT:
		agg->dtag_aggregate = dtrace_aggregate_count;
		return (sizeof(uint64_t));
	case DTRACEAGG_SUM:
		agg->dtag_aggregate = dtrace_aggregate_sum;
		return (sizeof(uint64_t));
	case DTRACEAGG_MIN:
		agg->dtag_initial = 0x7fffffffffffffffUL;
		agg->dtag_aggregate = dtrace_aggregate_min;
		return (sizeof(uint64_t));
	case DTRACEAGG_MAX:
		agg->dtag_initial = 0x8000000000000000UL;
		agg->dtag_aggregate = dtrace_aggregate_max;
		return (sizeof(uint64_t));
	case DTRACEAGG_AVG:
		agg->dtag_aggregate = dtrace_aggregate_avg;
		return (2 * sizeof(uint64_t));
	case DTRACEAGG_STDDEV:
		agg->dtag_aggregate = dtrace_aggregate_stddev;
		return (4 * sizeof(uint64_t));
	case DTRACEAGG_QUANTIZE:
		agg->dtag_aggregate = dtrace_aggregate_quantize;
		return (DTRACE_QUANTIZE_NBUCKETS * sizeof(uint64_t));
	case DTRACEAGG_LQUANTIZE:
		agg->dtag_initial = arg;
		agg->dtag_aggregate = dtrace_aggregate_lquantize;
		if (DTRACE_LQUANTIZE_STEP(arg) == 0 ||
		    DTRACE_LQUANTIZE_LEVELS(arg) == 0)
			return (0);
		return ((DTRACE_LQUANTIZE_LEVELS(arg) + 3) * sizeof(uint64_t));
	case DTRACEAGG_LLQUANTIZE:
		agg->dtag_initial = arg;
		agg->dtag_aggregate = dtrace_aggregate_llquantize;
		factor = DTRACE_LLQUANTIZE_FACTOR(arg);
		low = DTRACE_LLQUANTIZE_LOW(arg);
		high = DTRACE_LLQUANTIZE_HIGH(arg);
		nsteps = DTRACE_LLQUANTIZE_NSTEP(arg);
		if (factor < 2 || low >= high || nsteps < factor)
			return (0);
		/* Steps must divide a power of the factor evenly. */
		for (v = factor; v < nsteps; v *= factor)
			continue;
		if (v % nsteps != 0 || nsteps % factor != 0)
			return (0);
		return ((dtrace_aggregate_llquantize_bucket(factor, low, high,
		    nsteps, 0x7fffffffffffffffL) + 2) * sizeof(uint64_t));
	default:
		return (0);
	}
}

/*
 * An aggregating action for this ECB.  The ntuple actions before it are its keys.
 * A last one without size is no key but the increment.
 */
dtrace_action_t *
dtrace_ecb_aggregation_create(dtrace_ecb_t *ecb, dtrace_actdesc_t *desc)
{
	dtrace_state_t *state;
	dtrace_aggregation_t *agg, **aggs;
	dtrace_action_t *act, *last;
	uint32_t ntuple, size;
	int i, n;

	state = ecb->dte_state;
	agg = dtrace_kmem_zalloc(sizeof(*agg));
	agg->dtag_ecb = ecb;
	size = dtrace_aggregation_kind(agg, desc);
	agg->dtag_action.dta_rec.dtrd_size = size;
	agg->dtag_action.dta_rec.dtrd_alignment = sizeof(uint64_t);

	ntuple = desc->dtad_ntuple;
	last = ecb->dte_action_last;
	for (act = last; act != NULL && ntuple > 0; act = act->dta_prev) {
		if (DTRACEACT_ISAGG(act->dta_kind))
			break;
		if (--ntuple == 0)
			agg->dtag_first = act;
	}
	if (size == 0 || agg->dtag_first == NULL) {
		dtrace_kmem_free(agg);
		return (NULL);
	}
	for (act = agg->dtag_first; act != NULL; act = act->dta_next)
		act->dta_intuple = 1;
	agg->dtag_action.dta_intuple = 1;
	if (last->dta_kind == DTRACEACT_DIFEXPR &&
	    last->dta_difo->dtdo_rtype.dtdt_size == 0)
		agg->dtag_hasarg = 1;

	/* Its id is its place in the consumer's table. */
	n = state->dts_naggregations;
	if (state->dts_aggregations == NULL || (n & 15) == 0) {
		aggs = dtrace_kmem_zalloc((n + 16) * sizeof(aggs[0]));
		for (i = 0; i < n; i++)
			aggs[i] = state->dts_aggregations[i];
		dtrace_kmem_free(state->dts_aggregations);
		state->dts_aggregations = aggs;
	}
	state->dts_aggregations[n] = agg;
	state->dts_naggregations = n + 1;
	agg->dtag_id = (dtrace_aggid_t)(n + 1);
	return (&agg->dtag_action);
}

void
dtrace_ecb_aggregation_destroy(dtrace_ecb_t *ecb, dtrace_action_t *act)
{
	dtrace_aggregation_t *agg;

	agg = (dtrace_aggregation_t *)act;
	ecb->dte_state->dts_aggregations[agg->dtag_id - 1] = NULL;
	dtrace_kmem_free(agg);
}

dtrace_aggregation_t *
dtrace_aggid2agg(dtrace_state_t *state, dtrace_aggid_t id)
{

	if (id == DTRACE_AGGIDNONE || id > (dtrace_aggid_t)state->dts_naggregations)
		return (NULL);
	return (state->dts_aggregations[id - 1]);
}
