/*
 * The probe-effect experiment: as lockstat-stack.d, dd's firings only.
 */
lockstat:::
/execname == "dd"/
{
	@stacks[stack()] = count();
}
