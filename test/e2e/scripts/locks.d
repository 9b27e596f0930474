/* Locks that somebody had to wait for. */
lockstat:::adaptive-block,
lockstat:::adaptive-spin
{
	@wait[stringof(args[0]->lock_object.lo_name), probename] = sum(arg1);
}

lockstat:::rw-block,
lockstat:::sx-block
{
	@long[probename, arg2 == 0 ? "writer" : "reader", arg3, arg4] = quantize(arg1);
}

lockstat:::adaptive-acquire
{
	self->held[arg0] = timestamp;
}

lockstat:::adaptive-release
/self->held[arg0]/
{
	@hold[stringof(((struct mtx *)arg0)->lock_object.lo_name)] = max(timestamp - self->held[arg0]);
	self->held[arg0] = 0;
}

lockstat:::spin-acquire
{
	@spin[sym(caller)] = count();
}

dtrace:::END
{
	trunc(@hold, 5);
	trunc(@spin, 5);
}
