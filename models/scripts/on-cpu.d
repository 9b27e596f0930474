/*
 * How long threads run before they leave the CPU, in microseconds.
 */
sched:::on-cpu
{
	self->came = timestamp;
}

sched:::off-cpu
/self->came/
{
	@ran[execname] = quantize((timestamp - self->came) / 1000);
	self->came = 0;
}
