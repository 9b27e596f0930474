/* Files opened, with the outcome: in the manner of opensnoop. */
#pragma D option quiet
#pragma D option switchrate=10hz

dtrace:::BEGIN
{
	printf("%5s %6s %-12s %3s %3s %s\n", "UID", "PID", "COMM", "FD", "ERR", "PATH");
}

syscall::open:entry
{
	self->path = arg0;
	self->ok = 1;
}

syscall::openat:entry
{
	self->path = arg1;
	self->ok = 1;
}

syscall::open:return,
syscall::openat:return
/self->ok/
{
	printf("%5d %6d %-12s %3d %3d %s\n", uid, pid, execname, (int)arg0, errno, copyinstr(self->path));
	self->path = 0;
	self->ok = 0;
}
