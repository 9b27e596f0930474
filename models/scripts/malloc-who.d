/*
 * Every kernel allocation: which program it is for, and how large.
 */
fbt::malloc:entry
{
	trace(execname);
	trace(arg0);
}
