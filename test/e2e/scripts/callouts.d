/* Timers: what runs, and how long. */
callout_execute:::callout-start
{
	self->c = timestamp;
	@rate[sym((uintptr_t)args[0]->c_func)] = count();
}

callout_execute:::callout-end
/self->c/
{
	@time[(uintptr_t)args[0]->c_func] = avg(timestamp - self->c);
	self->c = 0;
}

profile:::tick-10ms
{
	@ticks = count();
}

profile:::tick-1s
/++seconds >= 5/
{
	exit(0);
}
