#!/usr/sbin/dtrace -Zs
/* connect(2) by address, read from the argument. */
#pragma D option quiet

syscall::connect*:entry
{
	this->s = (struct sockaddr_in *)copyin(arg1, sizeof(struct sockaddr_in));
	this->f = this->s->sin_family;
}

syscall::connect*:entry
/this->f == AF_INET/
{
	self->port = ntohs(this->s->sin_port);
	self->address = inet_ntop(this->f, (void *)&this->s->sin_addr);
	self->begin = timestamp;
}

syscall::connect*:return
/self->begin/
{
	printf("%-6d %-16s %-16s %5d %8d %s\n", pid, execname, self->address, self->port,
	    (timestamp - self->begin) / 1000, errno == 0 ? "ok" : errno == EINPROGRESS ? "in progress" : "failed");
	self->begin = 0;
	self->port = 0;
	self->address = 0;
}
