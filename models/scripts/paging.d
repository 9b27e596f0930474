/* Counts of the memory and system statistics, by process. */
vminfo:::as_fault,
vminfo:::zfod,
vminfo:::cow_fault,
vminfo:::maj_fault,
vminfo:::pgpgin
{
	@mem[execname, probename] = sum(arg0);
}

sysinfo:::pswitch,
sysinfo:::inv_swtch,
sysinfo:::readch,
sysinfo:::writech,
sysinfo:::sysfork,
sysinfo:::sysvfork,
sysinfo:::sysexec
{
	@sys[execname, probename] = sum(arg0);
}
