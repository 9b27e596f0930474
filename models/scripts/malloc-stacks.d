/*
 * Who calls malloc(9)?  Kernel stacks, counted; the most frequent come last.
 */
fbt::malloc:entry
{
	@traces[stack()] = count();
}
