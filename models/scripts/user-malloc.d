/* malloc(3): sizes, callers, and what is not given back. */
pid$target:libc:malloc:entry
{
	self->size = arg0;
	@sizes = quantize(arg0);
	@who[ustack(4)] = sum(arg0);
}

pid$target:libc:malloc:return
/self->size && arg1 != 0/
{
	addr[arg1] = self->size;
	@live = sum(self->size);
	self->size = 0;
}

pid$target:libc:free:entry
/addr[arg0]/
{
	@live = sum(-addr[arg0]);
	addr[arg0] = 0;
}
