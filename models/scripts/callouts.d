/*
 * Timers: which functions the callout wheel calls, and for how long they run.
 */
callout_execute:::callout-start
{
	self->start = timestamp;
}

callout_execute:::callout-end
/self->start/
{
	@calls[args[0]->c_func] = count();
	@time[args[0]->c_func] = avg(timestamp - self->start);
	self->start = 0;
}
