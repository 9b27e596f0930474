#!/usr/sbin/dtrace -s
/* System calls by program, call and outcome; the busiest twenty. */
#pragma D option quiet

dtrace:::BEGIN
{
	printf("Tracing... Hit Ctrl-C to end.\n");
}

syscall:::entry
{
	@num[execname, probefunc] = count();
	@who[pid, execname] = count();
}

syscall:::return
/errno != 0 && errno > 0/
{
	@err[execname, probefunc, errno,
	    errno == ENOENT ? "not found" : errno == EAGAIN ? "again" : errno == EINTR ? "interrupted" :
	    errno == ENOTTY ? "no terminal" : errno == ECHILD ? "no child" : "other"] = count();
}

dtrace:::END
{
	trunc(@num, 20);
	printf("%-16s %-20s %8s\n", "EXEC", "SYSCALL", "COUNT");
	printa("%-16s %-20s %@8d\n", @num);
	printa("%6d %-16s %@8d\n", @who);
	printf("%-16s %-20s %5s %-12s %8s\n", "EXEC", "SYSCALL", "ERRNO", "WHY", "COUNT");
	printa("%-16s %-20s %5d %-12s %@8d\n", @err);
}
