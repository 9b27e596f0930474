/*
 * What the kernel is doing, sampled: stacks at 997 Hz on every CPU.  997 is no
 * multiple of the clock's rate, so the samples do not march in step with it.
 */
profile-997
/arg0 != 0/
{
	@samples[stack()] = count();
}

profile-997
{
	@where[arg0 != 0 ? "kernel" : "user"] = count();
}
