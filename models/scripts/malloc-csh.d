/*
 * Sizes of kernel allocations made on behalf of csh.
 *
 * fbt:NAME:entry fires at the entry of any kernel function; arg0 is its first
 * argument, for malloc(9) the size.  The predicate lets csh's calls through only.
 */
fbt::malloc:entry
/execname == "csh"/
{
	trace(arg0);
}
