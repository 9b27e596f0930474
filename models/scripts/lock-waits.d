/*
 * Waiting for mutexes: how long threads spun or slept, in nanoseconds, by program.
 */
lockstat:::adaptive-spin
{
	@spin[execname] = quantize(arg1);
}

lockstat:::adaptive-block
{
	@block[execname] = quantize(arg1);
}
