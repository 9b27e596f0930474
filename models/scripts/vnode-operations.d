/* Operations on vnodes by file system, with time and errors. */
vfs:vop::entry
/execname != "dtrace"/
{
	self->start[probefunc] = timestamp;
	@calls[stringof(((struct vnode *)arg0)->v_tag), probefunc] = count();
}

vfs:vop::return
/self->start[probefunc]/
{
	@time[probefunc] = quantize(timestamp - self->start[probefunc]);
	self->start[probefunc] = 0;
}

vfs:vop::return
/arg2 != 0/
{
	@errors[probefunc, (int)arg2] = count();
}

vfs:namei:lookup:entry
{
	@paths[stringof(args[1])] = count();
}
