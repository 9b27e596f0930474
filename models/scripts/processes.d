/*
 * The life of processes, as it happens: who forks, what is executed, who ends.
 */
proc:::create
{
	printf("%s (%d) makes process %d", execname, pid, args[0]->p_pid);
}

proc:::exec-success
{
	printf("process %d is now %s", pid, execname);
}

proc:::exit
{
	printf("%s (%d) ends, reason %d", execname, pid, args[0]);
}
