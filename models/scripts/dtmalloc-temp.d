/*
 * Allocations of the malloc type "temp" by csh: arg3 is the size that was taken,
 * which is that of the zone and may be more than what was asked for.
 */
dtmalloc::temp:malloc
/execname == "csh"/
{
	trace(execname);
	trace(arg3);
}
