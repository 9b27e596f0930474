/*
 * Interrupts: events, their handlers and the threads that run them.
 */
#ifndef _SYS_INTERRUPT_H_
#define	_SYS_INTERRUPT_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/lock.h>
#include <sys/mutex.h>

struct intr_event;
struct intr_thread;
struct trapframe;

typedef int driver_filter_t(void *);
typedef void driver_intr_t(void *);
/* What a filter answers. */
#define	FILTER_STRAY		0x01
#define	FILTER_HANDLED		0x02
#define	FILTER_SCHEDULE_THREAD	0x04

#define	INTR_TYPE_TTY	1
#define	INTR_TYPE_BIO	2
#define	INTR_TYPE_NET	4
#define	INTR_TYPE_CAM	8
#define	INTR_TYPE_MISC	16
#define	INTR_TYPE_CLK	32
#define	INTR_TYPE_AV	64
#define	INTR_EXCL	256
#define	INTR_MPSAFE	512
u_char	intr_priority(int flags);

struct intr_handler {
	driver_filter_t	*ih_filter;	/* Runs in interrupt context. */
	driver_intr_t	*ih_handler;	/* Runs in the thread. */
	void		*ih_argument;
	int		 ih_flags;	/* IH_ */
	char		 ih_name[MAXCOMLEN + 1];
	struct intr_event *ih_event;
	volatile u_int	 ih_need;	/* (atomic) The thread shall run it. */
	u_char		 ih_pri;
	TAILQ_ENTRY(intr_handler) ih_next; /* By priority. */
};
#define	IH_EXCLUSIVE	0x00000002
#define	IH_DEAD		0x00000008
#define	IH_MPSAFE	0x80000000

struct intr_event {
	TAILQ_ENTRY(intr_event) ie_list;
	TAILQ_HEAD(, intr_handler) ie_handlers;
	char		 ie_name[MAXCOMLEN + 1];
	char		 ie_fullname[MAXCOMLEN + 1];
	struct mtx	 ie_lock;	/* "intr event" */
	void		*ie_source;
	struct intr_thread *ie_thread;
	int		 ie_flags;	/* IE_ */
	int		 ie_irq;
	int		 ie_cpu;	/* CPU it is bound to, or NOCPU. */
	uint64_t	 ie_count;
};
#define	IE_SOFT		0x000001
#define	IE_ADDING_THREAD 0x000004

int	intr_event_create(struct intr_event **event, void *source, int flags,
	    int irq, const char *fmt, ...) __printflike(5, 6);
int	intr_event_add_handler(struct intr_event *ie, const char *name,
	    driver_filter_t filter, driver_intr_t handler, void *arg,
	    u_char pri, int flags, void **cookiep);
int	intr_event_remove_handler(void *cookie);
int	intr_event_handle(struct intr_event *ie, struct trapframe *frame);
int	intr_event_schedule_thread(struct intr_event *ie);
int	intr_event_bind(struct intr_event *ie, int cpu);

/* A device's interrupt by vector (32 ..): makes the event when needed. */
int	bus_setup_intr(int vector, int flags, driver_filter_t filter,
	    driver_intr_t handler, void *arg, const char *name, void **cookiep);

/* Software interrupts. */
#define	SWI_TTY		0
#define	SWI_NET		1
#define	SWI_CAMBIO	2
#define	SWI_VM		3
#define	SWI_CLOCK	4
#define	SWI_TQ_FAST	5
#define	SWI_TQ		6
#define	SWI_TQ_GIANT	6
#define	SWI_DELAY	0x2
extern struct intr_event *tty_intr_event;
extern struct intr_event *clk_intr_event;
int	swi_add(struct intr_event **eventp, const char *name,
	    driver_intr_t handler, void *arg, int pri, int flags, void **cookiep);
void	swi_sched(void *cookie, int flags);
int	swi_remove(void *cookie);

#endif /* !_SYS_INTERRUPT_H_ */
