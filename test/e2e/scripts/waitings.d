/* Sleeps: on what, and who wakes whom. */
sched:::sleep
{
	self->slept = timestamp;
	@wchan[curlwpsinfo->pr_wchan != 0] = count();
}

sched:::wakeup
/args[1]->p_pid != 0/
{
	@wakes[execname, args[1]->pr_fname, args[0]->pr_lwpid] = count();
}

sched:::on-cpu
/self->slept/
{
	@time[execname] = stddev(timestamp - self->slept);
	@avg[execname] = avg(timestamp - self->slept);
	self->slept = 0;
}

sched:::preempt, sched:::surrender, sched:::remain-cpu
{
	@[probename] = count();
}

sched:::change-pri
{
	@up[args[2] < args[0]->td_priority ? "up" : "down"] = count();
}

sched:::tick
{
	@ticks[args[1]->pr_psargs] = count();
}
