/*
 * The probe-effect experiment: all lock probes, counted.
 */
lockstat:::
{
	@count = count();
}
