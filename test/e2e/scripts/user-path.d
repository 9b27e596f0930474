/* One call of main() from the program through the kernel and back. */
#pragma D option flowindent

pid$target:a.out:main:entry
{
	self->trace = 1;
}

pid$target:a.out::entry,
pid$target:libc::entry,
syscall:::entry
/self->trace/
{
	printf("%x", arg0);
}

pid$target:a.out::return,
pid$target:libc::return,
syscall:::return
/self->trace/
{
	trace((int)arg1);
}

pid$target:a.out:main:return
{
	self->trace = 0;
}
