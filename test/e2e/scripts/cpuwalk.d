/* On which CPUs a program ran; $1: its name, all but idle by default. */
#pragma D option defaultargs
#pragma D option quiet

inline string WHO = $$1;

profile:::profile-1001hz
/$$1 == "" ? pid != 0 : execname == WHO/
{
	@walk["cpus"] = lquantize(curcpu->cpu_id, 0, 8, 1);
	@prio[curlwpsinfo->pr_pri] = count();
	@state[curlwpsinfo->pr_sname, curlwpsinfo->pr_onpro] = count();
}
