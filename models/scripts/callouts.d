/*
 * Timers: which functions the callout wheel calls, how often, and for how long
 * they run, in nanoseconds on average.
 */
callout_execute:::callout-start
{
	self->start = timestamp;
}

callout_execute:::callout-end
/self->start/
{
	@calls[func((uintptr_t)args[0]->c_func)] = count();
	@time[func((uintptr_t)args[0]->c_func)] = avg(timestamp - self->start);
	self->start = 0;
}
