/*
 * Interrupt threads.
 *
 * An interrupt event has handlers.  A handler's filter runs at once, in the
 * interrupt; what may take longer or needs locks that block is left to the
 * event's thread, an ordinary kernel thread with a very good priority:
 * intr_event_schedule_thread() marks the handlers and makes it run.
 *
 * Software interrupts are events without hardware: swi_sched() schedules them.
 */
#include <sys/param.h>
#include <sys/interrupt.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/smp.h>
#include <sys/unistd.h>

static MALLOC_DEFINE(M_ITHREAD, "ithread", "Interrupt Threads");

/* Locking key: (t) thread lock of it_thread, (l) ie_lock. */
struct intr_thread {
	struct intr_event *it_event;	/* (l) */
	struct thread	*it_thread;	/* (b) */
	volatile u_int	 it_need;	/* (atomic) There is work. */
	int		 it_flags;	/* (t) IT_ */
};
#define	IT_DEAD		0x000001

struct intr_event *tty_intr_event;
struct intr_event *clk_intr_event;
static struct proc *intrproc;
static TAILQ_HEAD(, intr_event) event_list = TAILQ_HEAD_INITIALIZER(event_list);
static struct mtx event_lock;
MTX_SYSINIT(intr_event_list, &event_lock, "intr event list", MTX_DEF);

static void	ithread_loop(void *arg);

/* The priority of a device's thread, from the type of its interrupt. */
u_char
intr_priority(int flags)
{

	switch (flags & (INTR_TYPE_TTY | INTR_TYPE_BIO | INTR_TYPE_NET |
	    INTR_TYPE_CAM | INTR_TYPE_MISC | INTR_TYPE_CLK | INTR_TYPE_AV)) {
	case INTR_TYPE_TTY:
		return (PI_TTY);
	case INTR_TYPE_BIO:
	case INTR_TYPE_CAM:
		return (PI_DISK);
	case INTR_TYPE_NET:
		return (PI_NET);
	case INTR_TYPE_AV:
		return (PI_AV);
	case INTR_TYPE_CLK:
		return (PI_REALTIME);
	default:
		return (PI_DULL);
	}
}

/* The event's handlers changed: so do its name and its thread's. */
static void
intr_event_update(struct intr_event *ie)
{
	struct intr_handler *ih;
	struct thread *td;
	int missed, space;

	mtx_assert(&ie->ie_lock, MA_OWNED);
	strlcpy(ie->ie_fullname, ie->ie_name, sizeof(ie->ie_fullname));
	missed = 0;
	TAILQ_FOREACH(ih, &ie->ie_handlers, ih_next) {
		if (strlen(ie->ie_fullname) + strlen(ih->ih_name) + 1 <
		    sizeof(ie->ie_fullname)) {
			strlcat(ie->ie_fullname, " ", sizeof(ie->ie_fullname));
			strlcat(ie->ie_fullname, ih->ih_name,
			    sizeof(ie->ie_fullname));
		} else
			missed++;
	}
	/* One that did not fit at all keeps its end. */
	if (missed == 1 && strlen(ie->ie_fullname) == strlen(ie->ie_name)) {
		ih = TAILQ_FIRST(&ie->ie_handlers);
		space = sizeof(ie->ie_fullname) - strlen(ie->ie_fullname) - 3;
		strlcat(ie->ie_fullname, " -", sizeof(ie->ie_fullname));
		strlcat(ie->ie_fullname,
		    ih->ih_name + strlen(ih->ih_name) - space,
		    sizeof(ie->ie_fullname));
		missed = 0;
	}
	while (missed-- > 0) {
		space = strlen(ie->ie_fullname);
		if (space + 1 == sizeof(ie->ie_fullname)) {
			ie->ie_fullname[space - 1] = '*';
			break;
		}
		strlcat(ie->ie_fullname, "+", sizeof(ie->ie_fullname));
	}
	if (ie->ie_thread != NULL) {
		td = ie->ie_thread->it_thread;
		thread_set_name(td, ie->ie_fullname);
		ih = TAILQ_FIRST(&ie->ie_handlers);
		thread_lock(td);
		sched_prio(td, ih == NULL ? PRI_MAX_ITHD : ih->ih_pri);
		thread_unlock(td);
	}
}

int
intr_event_create(struct intr_event **event, void *source, int flags, int irq,
    const char *fmt, ...)
{
	struct intr_event *ie;
	va_list ap;

	ie = malloc(sizeof(*ie), M_ITHREAD, M_WAITOK | M_ZERO);
	ie->ie_source = source;
	ie->ie_flags = flags;
	ie->ie_irq = irq;
	ie->ie_cpu = NOCPU;
	TAILQ_INIT(&ie->ie_handlers);
	mtx_init(&ie->ie_lock, "intr event", NULL, MTX_DEF);
	va_start(ap, fmt);
	vsnprintf(ie->ie_name, sizeof(ie->ie_name), fmt, ap);
	va_end(ap);
	strlcpy(ie->ie_fullname, ie->ie_name, sizeof(ie->ie_fullname));
	mtx_lock(&event_lock);
	TAILQ_INSERT_TAIL(&event_list, ie, ie_list);
	mtx_unlock(&event_lock);
	if (event != NULL)
		*event = ie;
	return (0);
}

/* Make the event's thread; it waits until it is scheduled. */
static struct intr_thread *
ithread_create(const char *name)
{
	struct intr_thread *ithd;
	struct thread *td;
	int error;

	ithd = malloc(sizeof(*ithd), M_ITHREAD, M_WAITOK | M_ZERO);
	error = kproc_kthread_add(ithread_loop, ithd, &intrproc, &td,
	    RFSTOPPED | RFHIGHPID, 0, "intr", "%s", name);
	if (error != 0)
		panic("kproc_create() failed with %d", error);
	thread_lock(td);
	sched_class(td, PRI_ITHD);
	TD_SET_IWAIT(td);
	thread_unlock(td);
	td->td_pflags |= TDP_ITHREAD;
	ithd->it_thread = td;
	return (ithd);
}

int
intr_event_add_handler(struct intr_event *ie, const char *name,
    driver_filter_t filter, driver_intr_t handler, void *arg, u_char pri,
    int flags, void **cookiep)
{
	struct intr_handler *ih, *temp;
	struct intr_thread *it;

	if (ie == NULL || name == NULL || (handler == NULL && filter == NULL))
		return (EINVAL);
	ih = malloc(sizeof(*ih), M_ITHREAD, M_WAITOK | M_ZERO);
	ih->ih_filter = filter;
	ih->ih_handler = handler;
	ih->ih_argument = arg;
	strlcpy(ih->ih_name, name, sizeof(ih->ih_name));
	ih->ih_event = ie;
	ih->ih_pri = pri;
	if (flags & INTR_EXCL)
		ih->ih_flags |= IH_EXCLUSIVE;
	if (flags & INTR_MPSAFE)
		ih->ih_flags |= IH_MPSAFE;

	mtx_lock(&ie->ie_lock);
	temp = TAILQ_FIRST(&ie->ie_handlers);
	if (temp != NULL && ((flags & INTR_EXCL) != 0 ||
	    (temp->ih_flags & IH_EXCLUSIVE) != 0)) {
		mtx_unlock(&ie->ie_lock);
		free(ih, M_ITHREAD);
		return (EINVAL);
	}
	if (handler != NULL && ie->ie_thread == NULL) {
		/* Making a thread sleeps; only one of us shall do it. */
		while (ie->ie_flags & IE_ADDING_THREAD)
			msleep(ie, &ie->ie_lock, 0, "ithread", 0);
		if (ie->ie_thread == NULL) {
			ie->ie_flags |= IE_ADDING_THREAD;
			mtx_unlock(&ie->ie_lock);
			it = ithread_create("intr: newborn");
			mtx_lock(&ie->ie_lock);
			ie->ie_flags &= ~IE_ADDING_THREAD;
			ie->ie_thread = it;
			it->it_event = ie;
			wakeup(ie);
		}
	}
	TAILQ_FOREACH(temp, &ie->ie_handlers, ih_next) {
		if (temp->ih_pri > ih->ih_pri)
			break;
	}
	if (temp == NULL)
		TAILQ_INSERT_TAIL(&ie->ie_handlers, ih, ih_next);
	else
		TAILQ_INSERT_BEFORE(temp, ih, ih_next);
	intr_event_update(ie);
	mtx_unlock(&ie->ie_lock);
	if (cookiep != NULL)
		*cookiep = ih;
	return (0);
}

/* The thread may run through the handlers: it removes the dead ones itself. */
int
intr_event_remove_handler(void *cookie)
{
	struct intr_handler *ih = cookie;
	struct intr_event *ie;

	if (ih == NULL)
		return (EINVAL);
	ie = ih->ih_event;
	mtx_lock(&ie->ie_lock);
	ih->ih_flags |= IH_DEAD;
	if (ie->ie_thread == NULL) {
		TAILQ_REMOVE(&ie->ie_handlers, ih, ih_next);
		free(ih, M_ITHREAD);
		intr_event_update(ie);
		mtx_unlock(&ie->ie_lock);
		return (0);
	}
	ih->ih_need = 1;
	(void)intr_event_schedule_thread(ie);
	while (ih->ih_flags & IH_DEAD)
		msleep(ih, &ie->ie_lock, 0, "iev_rmh", 0);
	intr_event_update(ie);
	mtx_unlock(&ie->ie_lock);
	free(ih, M_ITHREAD);
	return (0);
}

int
intr_event_bind(struct intr_event *ie, int cpu)
{
	struct thread *td;

	if (cpu != NOCPU && (u_int)cpu > mp_maxid)
		return (EINVAL);
	mtx_lock(&ie->ie_lock);
	ie->ie_cpu = cpu;
	td = ie->ie_thread != NULL ? ie->ie_thread->it_thread : NULL;
	mtx_unlock(&ie->ie_lock);
	if (td != NULL && cpu != NOCPU) {
		thread_lock(td);
		sched_setbind(td, cpu);
		thread_unlock(td);
	}
	return (0);
}

/* Make the thread run.  Interrupts are off or we are in a critical section. */
int
intr_event_schedule_thread(struct intr_event *ie)
{
	struct intr_thread *it;
	struct thread *td;

	if (ie == NULL || TAILQ_EMPTY(&ie->ie_handlers) ||
	    (it = ie->ie_thread) == NULL)
		return (EINVAL);
	td = it->it_thread;
	/*
	 * it_need first: the thread clears it before it looks for work, so
	 * either it sees this or we see it waiting.
	 */
	atomic_store_rel_int(&it->it_need, 1);
	thread_lock(td);
	if (TD_AWAITING_INTR(td)) {
		TD_CLR_IWAIT(td);
		sched_wakeup(td, SRQ_INTR);
	} else
		thread_unlock(td);
	return (0);
}

/* An interrupt came: filters now, the thread if one asks for it. */
int
intr_event_handle(struct intr_event *ie, struct trapframe *frame)
{
	struct intr_handler *ih;
	int ret, thread = 0;

	if (ie == NULL || TAILQ_EMPTY(&ie->ie_handlers))
		return (EINVAL);
	ie->ie_count++;
	PCPU_INC(v_intr);
	TAILQ_FOREACH(ih, &ie->ie_handlers, ih_next) {
		if (ih->ih_flags & IH_DEAD)
			continue;
		if (ih->ih_filter == NULL)
			ret = FILTER_SCHEDULE_THREAD;
		else
			ret = ih->ih_filter(ih->ih_argument == NULL ?
			    (void *)frame : ih->ih_argument);
		if (ret & FILTER_SCHEDULE_THREAD) {
			ih->ih_need = 1;
			thread = 1;
		}
	}
	if (thread)
		(void)intr_event_schedule_thread(ie);
	return (0);
}

/* Run the handlers that are marked. */
static void
ithread_execute_handlers(struct intr_event *ie)
{
	struct intr_handler *ih, *next;

	TAILQ_FOREACH_SAFE(ih, &ie->ie_handlers, ih_next, next) {
		if (ih->ih_flags & IH_DEAD) {
			mtx_lock(&ie->ie_lock);
			TAILQ_REMOVE(&ie->ie_handlers, ih, ih_next);
			ih->ih_flags &= ~IH_DEAD;
			wakeup(ih);
			mtx_unlock(&ie->ie_lock);
			continue;
		}
		if (ih->ih_handler == NULL)
			continue;
		/* Who marks it again from here on gets another run. */
		if (atomic_swap_int(&ih->ih_need, 0) == 0)
			continue;
		if ((ih->ih_flags & IH_MPSAFE) == 0)
			mtx_lock(&Giant);
		ih->ih_handler(ih->ih_argument);
		if ((ih->ih_flags & IH_MPSAFE) == 0)
			mtx_unlock(&Giant);
	}
}

static void
ithread_loop(void *arg)
{
	struct intr_thread *ithd = arg;
	struct thread *td = curthread;

	for (;;) {
		while (atomic_swap_int(&ithd->it_need, 0) != 0)
			ithread_execute_handlers(ithd->it_event);
		WITNESS_WARN(WARN_PANIC, NULL, "suspending ithread");
		mtx_assert(&Giant, MA_NOTOWNED);
		/* Nothing to do: wait, unless there is again. */
		thread_lock(td);
		if (atomic_load_acq_int(&ithd->it_need) == 0) {
			TD_SET_IWAIT(td);
			mi_switch(SW_VOL | SWT_IWAIT);
		} else
			thread_unlock(td);
	}
}

/*
 * Software interrupts.
 */
int
swi_add(struct intr_event **eventp, const char *name, driver_intr_t handler,
    void *arg, int pri, int flags, void **cookiep)
{
	struct intr_event *ie;
	int error = 0;

	if (flags & INTR_EXCL)
		return (EINVAL);
	ie = (eventp != NULL) ? *eventp : NULL;
	if (ie == NULL) {
		error = intr_event_create(&ie, NULL, IE_SOFT, 0, "swi%d:", pri);
		if (error != 0)
			return (error);
		if (eventp != NULL)
			*eventp = ie;
	}
	if (handler != NULL)
		error = intr_event_add_handler(ie, name, NULL, handler, arg,
		    PI_SWI(pri), flags, cookiep);
	return (error);
}

void
swi_sched(void *cookie, int flags)
{
	struct intr_handler *ih = cookie;

	ih->ih_need = 1;
	if (flags & SWI_DELAY)
		return;
	PCPU_INC(v_soft);
	(void)intr_event_schedule_thread(ih->ih_event);
}

int
swi_remove(void *cookie)
{

	return (intr_event_remove_handler(cookie));
}
