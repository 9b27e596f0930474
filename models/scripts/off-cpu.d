/*
 * Where threads wait: stacks at the moment they leave the CPU, and for how many
 * microseconds they were away.
 */
sched:::off-cpu
{
	self->left = timestamp;
}

sched:::on-cpu
/self->left/
{
	@away[execname] = quantize((timestamp - self->left) / 1000);
	self->left = 0;
}

sched:::off-cpu
{
	@why[execname, stack()] = count();
}
