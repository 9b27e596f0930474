/* Load: threads ready and running, sampled; context switches a second. */
#pragma D option quiet

profile:::tick-100hz
{
	@running = avg(`smp_cpus);
	@procs = max(`openfiles);
}

sched:::load-change
{
	@load[args[0]] = max(args[1]);
}

sched:::on-cpu
{
	@switches = count();
}

dtrace:::END
{
	printa("cpus %@d\n", @running);
	printa("cpu %d: %@d\n", @load);
	printa("switches %@d\n", @switches);
}
