/*
 * Kernel memory by malloc type: how many allocations, how many bytes, what sizes.
 */
dtmalloc:::malloc
{
	@calls[probefunc] = count();
	@bytes[probefunc] = sum(arg3);
	@sizes[probefunc] = quantize(arg3);
}
