/* Time from being ready to running, by CPU. */
sched:::enqueue
{
	ready[args[0]->pr_lwpid, args[1]->pr_pid] = timestamp;
}

sched:::dequeue
/ready[args[0]->pr_lwpid, args[1]->pr_pid]/
{
	@taken[args[2]->cpu_id] = count();
}

sched:::on-cpu
/ready[curlwpsinfo->pr_lwpid, curpsinfo->pr_pid]/
{
	@wait[curcpu->cpu_id] = quantize(timestamp - ready[curlwpsinfo->pr_lwpid, curpsinfo->pr_pid]);
	ready[curlwpsinfo->pr_lwpid, curpsinfo->pr_pid] = 0;
}
