/*
 * The probe-effect experiment: all lock probes, counted by kernel stack.
 */
lockstat:::
{
	@stacks[stack()] = count();
}
