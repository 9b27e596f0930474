#!/usr/sbin/dtrace -ws
/* Stops a run-away: acts on a process that opens a certain file. */
#pragma D option quiet

syscall::open:entry
/execname == "cat" && copyinstr(arg0) == "/etc/secret"/
{
	printf("%s[%d] caught\n", execname, pid);
	raise(SIGKILL);
	system("echo caught %d", pid);
}

dtrace:::ERROR
{
	@errors[arg4 == DTRACEFLT_BADADDR ? "bad address" : "other", arg1] = count();
}
