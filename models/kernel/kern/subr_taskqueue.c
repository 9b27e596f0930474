/*
 * Taskqueues: functions to be called soon, by somebody who may sleep.
 *
 * A queue has threads of its own, or is run by a software interrupt.  A task
 * that is enqueued again before it ran runs once, and is told how often it was
 * enqueued.
 */
#include <sys/param.h>
#include <sys/interrupt.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/sched.h>
#include <sys/taskqueue.h>
#include <sys/trace.h>
#include <sys/unistd.h>

static MALLOC_DEFINE(M_TASKQUEUE, "taskqueue", "Task Queues");

/* Locking key: (q) tq_mutex, (b) constant. */
struct taskqueue {
	STAILQ_HEAD(, task) tq_queue;	/* (q) By priority. */
	taskqueue_enqueue_fn tq_enqueue; /* (b) Tells who runs the queue. */
	void		*tq_context;	/* (b) */
	const char	*tq_name;	/* (b) */
	struct mtx	 tq_mutex;
	struct thread	**tq_threads;	/* (b) */
	int		 tq_tcount;	/* (q) Threads. */
	int		 tq_spin;	/* (b) tq_mutex is a spin mutex. */
	int		 tq_stop;	/* (q) The threads shall exit. */
	struct task	*tq_running;	/* (q) The task that runs (one at a time). */
	int		 tq_drainers;	/* (q) Wait for it to end. */
};

#define	TQ_LOCK(tq) do {						\
	if ((tq)->tq_spin)						\
		mtx_lock_spin(&(tq)->tq_mutex);				\
	else								\
		mtx_lock(&(tq)->tq_mutex);				\
} while (0)
#define	TQ_UNLOCK(tq) do {						\
	if ((tq)->tq_spin)						\
		mtx_unlock_spin(&(tq)->tq_mutex);			\
	else								\
		mtx_unlock(&(tq)->tq_mutex);				\
} while (0)

static void
TQ_SLEEP(struct taskqueue *tq, void *p, const char *wm)
{

	if (tq->tq_spin)
		(void)msleep_spin(p, &tq->tq_mutex, wm, 0);
	else
		(void)msleep(p, &tq->tq_mutex, 0, wm, 0);
}

static struct taskqueue *
_taskqueue_create(const char *name, int mflags, taskqueue_enqueue_fn enqueue,
    void *context, int mtxflags, const char *mtxname)
{
	struct taskqueue *queue;

	queue = malloc(sizeof(*queue), M_TASKQUEUE, mflags | M_ZERO);
	if (queue == NULL)
		return (NULL);
	STAILQ_INIT(&queue->tq_queue);
	queue->tq_name = name;
	queue->tq_enqueue = enqueue;
	queue->tq_context = context;
	queue->tq_spin = (mtxflags & MTX_SPIN) != 0;
	mtx_init(&queue->tq_mutex, name, mtxname, mtxflags);
	return (queue);
}

struct taskqueue *
taskqueue_create(const char *name, int mflags, taskqueue_enqueue_fn enqueue,
    void *context)
{

	return (_taskqueue_create(name, mflags, enqueue, context, MTX_DEF,
	    "taskqueue"));
}

int
taskqueue_enqueue(struct taskqueue *queue, struct task *task)
{
	struct task *ins, *prev;

	TQ_LOCK(queue);
	KASSERT(task->ta_func != NULL, ("enqueueing task with NULL func"));
	if (task->ta_pending != 0) {
		if (task->ta_pending < 0xffff)
			task->ta_pending++;
		TQ_UNLOCK(queue);
		return (0);
	}
	/* By priority; those of one priority in order. */
	prev = NULL;
	STAILQ_FOREACH(ins, &queue->tq_queue, ta_link) {
		if (ins->ta_priority < task->ta_priority)
			break;
		prev = ins;
	}
	if (prev != NULL)
		STAILQ_INSERT_AFTER(&queue->tq_queue, prev, task, ta_link);
	else
		STAILQ_INSERT_HEAD(&queue->tq_queue, task, ta_link);
	task->ta_pending = 1;
	TQ_UNLOCK(queue);
	queue->tq_enqueue(queue->tq_context);
	return (0);
}

/* Run what is queued; the queue is locked, but for the calls. */
static void
taskqueue_run_locked(struct taskqueue *queue)
{
	struct task *task;
	int pending;

	while ((task = STAILQ_FIRST(&queue->tq_queue)) != NULL) {
		STAILQ_REMOVE_HEAD(&queue->tq_queue, ta_link);
		pending = task->ta_pending;
		task->ta_pending = 0;
		queue->tq_running = task;
		TQ_UNLOCK(queue);
		SDT_PROBE3(_trace, , , task__start, task, task->ta_func,
		    pending);
		task->ta_func(task->ta_context, pending);
		SDT_PROBE1(_trace, , , task__end, task);
		TQ_LOCK(queue);
		queue->tq_running = NULL;
		if (queue->tq_drainers != 0)
			wakeup(&queue->tq_running);
	}
}

void
taskqueue_run(struct taskqueue *queue)
{

	TQ_LOCK(queue);
	taskqueue_run_locked(queue);
	TQ_UNLOCK(queue);
}

/* Off the queue if it has not started; EBUSY if it runs. */
int
taskqueue_cancel(struct taskqueue *queue, struct task *task, u_int *pendp)
{
	int error;

	TQ_LOCK(queue);
	if (task->ta_pending > 0)
		STAILQ_REMOVE(&queue->tq_queue, task, task, ta_link);
	if (pendp != NULL)
		*pendp = task->ta_pending;
	task->ta_pending = 0;
	error = queue->tq_running == task ? EBUSY : 0;
	TQ_UNLOCK(queue);
	return (error);
}

/* Wait until the task neither runs nor is queued. */
void
taskqueue_drain(struct taskqueue *queue, struct task *task)
{

	TQ_LOCK(queue);
	while (task->ta_pending != 0 || queue->tq_running == task) {
		queue->tq_drainers++;
		TQ_SLEEP(queue, &queue->tq_running, "tq_drain");
		queue->tq_drainers--;
	}
	TQ_UNLOCK(queue);
}

static void
taskqueue_timeout_func(void *arg)
{
	struct timeout_task *t = arg;

	(void)taskqueue_enqueue(t->q, &t->t);
}

void
_timeout_task_init(struct taskqueue *queue, struct timeout_task *t,
    int priority, task_fn_t *func, void *context)
{

	TASK_INIT(&t->t, priority, func, context);
	callout_init(&t->c, 1);
	t->q = queue;
	t->f = 0;
}

int
taskqueue_enqueue_timeout(struct taskqueue *queue, struct timeout_task *t,
    int to_ticks)
{

	KASSERT(t->q == queue, ("Migrated queue"));
	if (to_ticks == 0)
		return (taskqueue_enqueue(queue, &t->t));
	(void)callout_reset(&t->c, to_ticks, taskqueue_timeout_func, t);
	return (0);
}

/*
 * Threads.
 */
int
taskqueue_start_threads(struct taskqueue **tqp, int count, int pri,
    const char *name, ...)
{
	struct taskqueue *tq = *tqp;
	char ktname[MAXCOMLEN + 1];
	struct thread *td;
	va_list ap;
	int error, i;

	va_start(ap, name);
	vsnprintf(ktname, sizeof(ktname), name, ap);
	va_end(ap);
	tq->tq_threads = malloc(sizeof(struct thread *) * count, M_TASKQUEUE,
	    M_WAITOK | M_ZERO);
	for (i = 0; i < count; i++) {
		if (count == 1)
			error = kthread_add(taskqueue_thread_loop, tqp, NULL,
			    &tq->tq_threads[i], RFSTOPPED, 0, "%s", ktname);
		else
			error = kthread_add(taskqueue_thread_loop, tqp, NULL,
			    &tq->tq_threads[i], RFSTOPPED, 0, "%s_%d", ktname,
			    i);
		if (error != 0)
			return (error);
		tq->tq_tcount++;
	}
	for (i = 0; i < count; i++) {
		td = tq->tq_threads[i];
		thread_lock(td);
		sched_prio(td, pri);
		TD_SET_CAN_RUN(td);
		sched_add(td, SRQ_BORING);
	}
	return (0);
}

void
taskqueue_thread_loop(void *arg)
{
	struct taskqueue *tq = *(struct taskqueue **)arg;

	TQ_LOCK(tq);
	while (!tq->tq_stop) {
		taskqueue_run_locked(tq);
		if (tq->tq_stop)
			break;
		TQ_SLEEP(tq, tq, "-");
	}
	tq->tq_tcount--;
	wakeup(&tq->tq_tcount);
	TQ_UNLOCK(tq);
	kthread_exit();
}

void
taskqueue_thread_enqueue(void *context)
{
	struct taskqueue *tq = *(struct taskqueue **)context;

	wakeup_any(tq);
}

void
taskqueue_free(struct taskqueue *queue)
{

	TQ_LOCK(queue);
	queue->tq_stop = 1;
	wakeup(queue);
	while (queue->tq_tcount > 0)
		TQ_SLEEP(queue, &queue->tq_tcount, "taskqueue_terminate");
	TQ_UNLOCK(queue);
	mtx_destroy(&queue->tq_mutex);
	free(queue->tq_threads, M_TASKQUEUE);
	free(queue, M_TASKQUEUE);
}

/*
 * The system's queues.
 */
struct taskqueue *taskqueue_swi;
struct taskqueue *taskqueue_fast;
static void *taskqueue_ih, *taskqueue_fast_ih;

static void
taskqueue_swi_enqueue(void *context)
{

	swi_sched(taskqueue_ih, 0);
}

static void
taskqueue_swi_run(void *dummy)
{

	taskqueue_run(taskqueue_swi);
}

static void
taskqueue_fast_enqueue(void *context)
{

	swi_sched(taskqueue_fast_ih, 0);
}

static void
taskqueue_fast_run(void *dummy)
{

	taskqueue_run(taskqueue_fast);
}

static void
taskqueue_define_swi(const void *dummy __unused)
{

	taskqueue_swi = _taskqueue_create("swi", M_WAITOK,
	    taskqueue_swi_enqueue, NULL, MTX_DEF, "taskqueue");
	(void)swi_add(NULL, "task queue", taskqueue_swi_run, NULL, SWI_TQ,
	    INTR_MPSAFE, &taskqueue_ih);
	/* Filters may enqueue here, hence a spin mutex. */
	taskqueue_fast = _taskqueue_create("fast", M_WAITOK,
	    taskqueue_fast_enqueue, NULL, MTX_SPIN, "fast_taskqueue");
	(void)swi_add(NULL, "fast taskq", taskqueue_fast_run, NULL,
	    SWI_TQ_FAST, INTR_MPSAFE, &taskqueue_fast_ih);
}
SYSINIT(taskqueue_swi, SI_SUB_TASKQ, SI_ORDER_FIRST, taskqueue_define_swi, NULL);

TASKQUEUE_DEFINE_THREAD(thread);
