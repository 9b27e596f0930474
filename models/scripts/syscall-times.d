/*
 * How long system calls take, in nanoseconds from entry to return.
 */
syscall:::entry
{
	self->start = timestamp;
}

syscall:::return
/self->start/
{
	@time[probefunc] = quantize(timestamp - self->start);
	self->start = 0;
}
