#!/usr/sbin/dtrace -s
/* Bytes read and written by process, once a second. $1: how many lines (10). */
#pragma D option quiet
#pragma D option defaultargs
#pragma D option destructive

inline int TOP = $1 ? $1 : 10;

dtrace:::BEGIN
{
	lines = TOP;
	printf("%Y, top %d\n", walltimestamp, lines);
	total_r = 0;
	total_w = 0;
}

syscall::*read*:entry
{
	self->size = 1;
}

syscall::*read*:return
/self->size && (int)arg0 > 0/
{
	@rw[uid, pid, ppid, execname, "R"] = sum(arg0);
	total_r += arg0;
	self->size = 0;
}

syscall::*write*:return
/(int)arg0 > 0/
{
	@rw[uid, pid, ppid, execname, "W"] = sum(arg0);
	total_w += arg0;
}

profile:::tick-1sec,
dtrace:::END
{
	printf("%Y read %d KB, write %d KB\n", walltimestamp, total_r / 1024, total_w / 1024);
	printf("%5s %6s %6s %-14s %1s %10s\n", "UID", "PID", "PPID", "CMD", "D", "BYTES");
	trunc(@rw, lines);
	printa("%5d %6d %6d %-14s %1s %@10d\n", @rw);
	trunc(@rw);
	total_r = total_w = 0;
}
