/* Which kernel functions and modules run, sampled. */
#pragma D option quiet

profile:::profile-997hz
/arg0/
{
	@pc[func(arg0)] = count();
	@module[mod(arg0)] = count();
}

profile:::profile-997hz
/arg1 && pid != 0/
{
	@user[execname, ufunc(arg1)] = count();
}

dtrace:::END
{
	printa("%-40a %@8d\n", @pc);
	printa("%-40a %@8d\n", @module);
	printa(@user);
}
