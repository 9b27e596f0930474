/* Processes as they come and go. */
#pragma D option quiet
#pragma D option switchrate=10hz

proc:::create
{
	self->began = timestamp;
	printf("%d create %s %d -> %d\n", pid, args[0]->pr_fname, args[1]->pr_pid, args[0]->pr_pid);
}

proc:::exec
{
	self->path = stringof(args[0]);
	self->exec = timestamp;
}

proc:::exec-success
/self->exec/
{
	printf("%d exec %s %s [%d us] uid %d euid %d sid %d\n", pid, self->path, curpsinfo->pr_psargs,
	    (timestamp - self->exec) / 1000, curpsinfo->pr_uid, curpsinfo->pr_euid, curpsinfo->pr_sid);
	self->exec = 0;
	self->path = 0;
	self->ran = timestamp;
}

proc:::exec-failure
{
	printf("%d exec of %s failed: %d\n", pid, self->path, args[0]);
	self->path = 0;
	self->exec = 0;
}

proc:::exit
{
	printf("%d exit %s %s\n", pid, execname, args[0] == CLD_EXITED ? "exited" : args[0] == CLD_KILLED ? "killed" : "dumped");
	@life[execname] = quantize(self->ran ? (timestamp - self->ran) / 1000 : 0);
}

proc:::signal-discard
{
	@discarded[args[2]] = count();
}
