/*
 * Wakeups and places in the run queue: who wakes whom, and how often each CPU's
 * queue was found how long.
 */
sched:::wakeup
{
	@wakes[execname, stringof(args[1]->p_comm)] = count();
}

sched:::load-change
{
	@load[args[0]] = lquantize(args[1], 0, 16, 1);
}
