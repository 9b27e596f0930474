/* Kernel memory by type, by caller and by size. */
dtmalloc:::malloc
{
	@type[probefunc] = sum(args[3]);
	@zone[args[4]] = count();
}

fbt::malloc:entry
{
	@size[execname] = lquantize(arg0, 0, 4096, 256);
	@who[stack(3)] = count();
}

dtmalloc:::free
{
	@freed[stringof(args[0]->ks_shortdesc)] = sum(arg3);
}

dtrace:::END
{
	trunc(@who, 3);
}
