/*
 * The probe-effect experiment: as lockstat-count.d, dd's firings only.  The
 * predicate makes it dearer: nearly all firings are dd's, and each one compares.
 */
lockstat:::
/execname == "dd"/
{
	@count = count();
}
