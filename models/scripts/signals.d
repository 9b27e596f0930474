/* Signals: who sends which to whom. */
#pragma D option quiet

proc:::signal-send
{
	printf("%s(%d) -> %s(%d): %s\n", execname, pid, args[1]->pr_fname, args[1]->pr_pid,
	    args[2] == SIGKILL ? "KILL" : args[2] == SIGTERM ? "TERM" : args[2] == SIGCHLD ? "CHLD" : lltostr(args[2]));
	@sent[execname, stringof(args[1]->p_comm), args[2]] = count();
}
