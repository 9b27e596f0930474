/* Disk latency as a histogram by device and direction, errors apart. */
#pragma D option quiet
#pragma D option dynvarsize=4m

dtrace:::BEGIN
{
	trace("Tracing disk requests...\n");
}

io:::start
{
	ts[arg0] = timestamp;
}

io:::done
/this->t = ts[arg0]/
{
	@latency[args[1]->dev_statname, args[0]->b_flags & B_READ ? "read" : "write"] = quantize((timestamp - this->t) / 1000);
	@blocks[args[1]->dev_major, args[1]->dev_minor] = lquantize(args[0]->b_blkno / 2048, 0, 30000, 1000);
	ts[arg0] = 0;
}

io:::done
/args[0]->b_error != 0/
{
	@errors[args[1]->dev_pathname, args[0]->b_error] = count();
}

io:::wait-start
{
	self->wait = timestamp;
}

io:::wait-done
/self->wait/
{
	@wait[execname, args[2]->fi_fs] = sum(timestamp - self->wait);
	self->wait = 0;
}
