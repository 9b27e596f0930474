/* Functions of a program: calls, time in each, exclusive of what they call. */
#pragma D option quiet

pid$target:a.out::entry
{
	self->depth++;
	self->exclude[self->depth] = 0;
	self->ts[self->depth] = timestamp;
	@calls[probefunc] = count();
}

pid$target:a.out::return
/self->ts[self->depth]/
{
	this->elapsed = timestamp - self->ts[self->depth];
	@inclusive[probefunc] = sum(this->elapsed);
	@exclusive[probefunc] = sum(this->elapsed - self->exclude[self->depth]);
	self->ts[self->depth] = 0;
	self->exclude[self->depth] = 0;
	self->depth--;
	self->exclude[self->depth] += this->elapsed;
}

dtrace:::END
{
	printf("%-24s %8s %14s %14s\n", "FUNCTION", "CALLS", "INCLUSIVE", "EXCLUSIVE");
	printa("%-24s %@8d %@14d %@14d\n", @calls, @inclusive, @exclusive);
}
