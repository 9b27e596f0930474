/*
 * System calls by program and name.
 */
syscall:::entry
{
	@calls[execname, probefunc] = count();
}
