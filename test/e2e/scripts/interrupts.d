#!/usr/sbin/dtrace -Zs
/* Interrupt threads by time; the handlers that this kernel has. */
fbt::intr_event_execute_handlers:entry,
fbt::ithread_loop:entry,
fbt::intr_entry:entry
{
	self->i = timestamp;
	@n[probefunc] = count();
}

fbt::intr_event_execute_handlers:return,
fbt::intr_entry:return
/self->i/
{
	@ns[cpu, probefunc] = sum(timestamp - self->i);
	self->i = 0;
}
