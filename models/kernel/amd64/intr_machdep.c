/*
 * Interrupts, from the machine to whoever handles them.
 *
 * intr_entry() runs with interrupts off, on the stack of the interrupted
 * thread, which is in a critical section meanwhile: if a handler makes a better
 * thread ready, the switch happens at the end of it (critical_exit).
 */
#include <sys/param.h>
#include <sys/interrupt.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/smp.h>
#include <sys/timeet.h>
#include <sys/trace.h>

#define	FIRST_DEVICE	32
#define	NUM_IO_INTS	64

/* By vector - FIRST_DEVICE; entries are made at boot and stay. */
static struct intr_event *intr_sources[NUM_IO_INTS];

void	cpustop_handler(void);

static void
intr_execute_handlers(u_int vector, struct trapframe *frame)
{
	struct intr_event *ie = NULL;

	if (vector >= FIRST_DEVICE && vector < FIRST_DEVICE + NUM_IO_INTS)
		ie = intr_sources[vector - FIRST_DEVICE];
	if (intr_event_handle(ie, frame) != 0)
		printf("stray interrupt, vector %u\n", vector);
}

void
intr_entry(unsigned int vector, struct trapframe *frame)
{
	struct thread *td = curthread;
	struct trapframe *oldframe;

	SDT_PROBE2(_trace, , , intr__entry, vector, frame->tf_pc);
	critical_enter();
	td->td_intr_nesting_level++;
	oldframe = td->td_intr_frame;
	td->td_intr_frame = frame;
	switch (vector) {
	case VEC_TIMER:
		timer_intr(frame);
		break;
	case VEC_IPI_AST:
		ipi_bitmap_handler(frame);
		break;
	case VEC_IPI_RENDEZVOUS:
		smp_rendezvous_action();
		break;
	case VEC_IPI_STOP:
		cpustop_handler();
		break;
	default:
		intr_execute_handlers(vector, frame);
		break;
	}
	td->td_intr_frame = oldframe;
	td->td_intr_nesting_level--;
	SDT_PROBE1(_trace, , , intr__exit, vector);
	critical_exit();
	if (TRAPF_USERMODE(frame)) {
		td->td_frame = frame;
		doreti(frame);
	}
}

/* A driver's handlers for a device's vector. */
int
bus_setup_intr(int vector, int flags, driver_filter_t filter,
    driver_intr_t handler, void *arg, const char *name, void **cookiep)
{
	struct intr_event **iep;
	int error;

	if (vector < FIRST_DEVICE || vector >= FIRST_DEVICE + NUM_IO_INTS)
		return (EINVAL);
	iep = &intr_sources[vector - FIRST_DEVICE];
	if (*iep == NULL) {
		error = intr_event_create(iep, NULL, 0, vector - FIRST_DEVICE,
		    "irq%d:", vector - FIRST_DEVICE);
		if (error != 0)
			return (error);
	}
	return (intr_event_add_handler(*iep, name, filter, handler, arg,
	    intr_priority(flags), flags & (INTR_EXCL | INTR_MPSAFE), cookiep));
}

/* From here on this CPU takes interrupts. */
static void
intr_enable(const void *dummy __unused)
{

	enable_intr();
}
SYSINIT(intr_enable, SI_SUB_CONFIGURE, SI_ORDER_FIRST, intr_enable, NULL);
