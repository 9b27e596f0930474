/* Bytes read and written by file and file system. */
#pragma D option quiet

syscall::read:entry,
syscall::write:entry
{
	self->fd = arg0;
	self->in = 1;
}

syscall::read:return,
syscall::write:return
/self->in && (int)arg0 > 0/
{
	@bytes[execname, probefunc, fds[self->fd].fi_fs, fds[self->fd].fi_dirname, fds[self->fd].fi_name] = sum(arg0);
	@offset[fds[self->fd].fi_pathname] = max(fds[self->fd].fi_offset);
	self->in = 0;
	self->fd = 0;
}

dtrace:::END
{
	printa("%-10s %-6s %-6s %s/%s %@d\n", @bytes);
	printa("%s up to %@d\n", @offset);
}
