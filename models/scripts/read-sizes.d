/*
 * What read(2) was asked for and what it gave, by program.
 */
syscall::read:entry
{
	@asked[execname] = quantize(arg2);
}

syscall::read:return
/errno == 0/
{
	@got[execname] = quantize(arg0);
}
