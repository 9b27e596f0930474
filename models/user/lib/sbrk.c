/*
 * The break: the end of the program's data, moved by break(2).
 */
#include <errno.h>
#include <stdint.h>
#include <unistd.h>
#include "libc_private.h"

extern char	 _end[];		/* The linker's end of data and bss. */
static char	*curbrk;

int
brk(const void *addr)
{
	if (SYSCALL1(SYS_break, addr) == -1)
		return (-1);
	curbrk = (char *)addr;
	return (0);
}

void *
sbrk(intptr_t increment)
{
	char *old;

	if (curbrk == NULL)
		curbrk = _end;
	old = curbrk;
	if (increment != 0 && brk(old + increment) == -1)
		return ((void *)-1);
	return (old);
}
