/* Where threads give the CPU up, and for how long. */
sched:::off-cpu
/execname != "idle"/
{
	self->ts = timestamp;
}

sched:::on-cpu
/self->ts/
{
	@[stack(8), execname] = sum((timestamp - self->ts) / 1000);
	self->ts = 0;
}

dtrace:::END
{
	trunc(@, 5);
}
