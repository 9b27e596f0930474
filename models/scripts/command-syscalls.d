/* Elapsed and CPU time, overheads and counts of system calls of one command and its children. */
#pragma D option quiet

dtrace:::BEGIN
{
	self->start = 0;
}

syscall:::entry
/progenyof($target)/
{
	self->start = timestamp;
	self->vstart = vtimestamp;
}

syscall:::return
/self->start/
{
	this->elapsed = timestamp - self->start;
	this->cpu = vtimestamp - self->vstart;
	@Count[probefunc] = count();
	@Elapsed[probefunc] = sum(this->elapsed);
	@Cpu[probefunc] = sum(this->cpu);
	@total["total"] = sum(this->elapsed);
	self->start = 0;
	self->vstart = 0;
}

dtrace:::END
{
	printf("%-20s %10s %14s %14s\n", "CALL", "COUNT", "ELAPSED(ns)", "CPU(ns)");
	printa("%-20s %@10d %@14d %@14d\n", @Count, @Elapsed, @Cpu);
	printa("%-20s %@25d\n", @total);
}
