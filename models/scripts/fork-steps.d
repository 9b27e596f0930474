/*
 * The inside of a fork: every kernel function called between the entry of fork1
 * and its return, with the time since the entry in nanoseconds.
 */
#pragma D option flowindent
#pragma D option switchrate=100hz

fbt::fork1:entry
{
	self->start = timestamp;
}

fbt:kernel::
/self->start/
{
	printf("%d", timestamp - self->start);
}

fbt::fork1:return
/self->start/
{
	self->start = 0;
	exit(0);
}
