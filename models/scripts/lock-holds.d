/*
 * How long mutexes are held, by the function that releases them.
 */
lockstat:::adaptive-acquire
{
	self->since[arg0] = timestamp;
}

lockstat:::adaptive-release
/self->since[arg0]/
{
	@held[execname] = quantize(timestamp - self->since[arg0]);
	self->since[arg0] = 0;
}
