/*
 * The probe-effect experiment: all malloc and free probes, counted.
 */
dtmalloc:::
{
	@count = count();
}
