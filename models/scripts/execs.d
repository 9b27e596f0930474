/* New programs with their arguments: in the manner of execsnoop. */
#pragma D option quiet

dtrace:::BEGIN
{
	printf("%5s %6s %6s %s\n", "UID", "PID", "PPID", "ARGS");
}

syscall::execve:return
/errno <= 0/
{
	printf("%5d %6d %6d %s|%s\n", uid, pid, ppid, execname, curpsinfo->pr_psargs);
}
