/*
 * Page faults by program, and how long each takes, in nanoseconds.
 */
fbt::vm_fault:entry
{
	self->start = timestamp;
	@faults[execname] = count();
}

fbt::vm_fault:return
/self->start/
{
	@time[execname] = quantize(timestamp - self->start);
	self->start = 0;
}
