/* Failing system calls: a line for each. */
#pragma D option quiet

dtrace:::BEGIN
{
	printf("%16s %16s %4s\n", "EXEC", "SYSCALL", "ERR");
}

syscall:::return
/(int)arg0 == -1 && errno > 0/
{
	printf("%16s %16s %4d\n", execname, probefunc, errno);
}
