/*
 * Loading: DTrace is a module, and comes into the kernel after it has booted.
 *
 * What kldload(8) would do happens here at once, when the kernel says that it is
 * ready: the host calls dtrace_modload() in ghost execution, with memory of the module's
 * own.  So loading takes no cycle, moves no allocation and leaves no line in a
 * cache, and a kernel with DTrace loaded and idle runs exactly like one without.
 * A kernel without has /dev/dtrace/dtrace, too, but opening it fails.
 */
#include "dtrace_impl.h"
#include <sys/dtrace_bsd.h>

SET_DECLARE(dtrace_modinit_set, struct sysinit);

int	dtrace_loaded;

/* The framework first, then its providers, as their orders say. */
int
dtrace_modload(void *base, size_t size)
{
	struct sysinit **sip;
	uint64_t done, key, next;

	if (dtrace_loaded)
		return (-EEXIST);
	dtrace_arena_set(base, size);
	for (done = 0;; done = next) {
		next = ~0UL;
		SET_FOREACH(sip, dtrace_modinit_set) {
			key = (uint64_t)(*sip)->subsystem << 32 |
			    (*sip)->order;
			if (key > done && key < next)
				next = key;
		}
		if (next == ~0UL)
			break;
		SET_FOREACH(sip, dtrace_modinit_set)
			if (((uint64_t)(*sip)->subsystem << 32 |
			    (*sip)->order) == next)
				(*sip)->func((*sip)->udata);
	}
	dtrace_loaded = 1;
	return (0);
}
