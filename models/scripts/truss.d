/* The calls of one command with arguments and results. */
#pragma D option quiet
#pragma D option strsize=64

syscall:::entry
/pid == $target/
{
	self->arg0 = arg0;
	self->arg1 = arg1;
	self->arg2 = arg2;
	self->in = 1;
}

syscall::open:return, syscall::openat:return, syscall::access:return
/self->in/
{
	printf("%s(\"%S\", 0x%X) = %d %d\n", probefunc, copyinstr(probefunc == "openat" ? self->arg1 : self->arg0),
	    self->arg2, (int)arg0, (int)errno);
	self->in = 0;
}

syscall::write:return, syscall::read:return
/self->in && arg0 + 1 > 1/
{
	printf("%s(0x%X, \"%S\", 0x%X) = %d\n", probefunc, self->arg0,
	    stringof(copyin(self->arg1, arg0 > 40 ? 40 : arg0)), self->arg2, (int)arg0);
	self->in = 0;
}

syscall:::return
/self->in/
{
	printf("%s(0x%X, 0x%X, 0x%X) = %d\n", probefunc, self->arg0, self->arg1, self->arg2, (int)arg0);
	self->in = 0;
}
