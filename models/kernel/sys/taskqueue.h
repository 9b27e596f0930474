/*
 * Taskqueues: functions to be called soon by a thread.
 */
#ifndef _SYS_TASKQUEUE_H_
#define	_SYS_TASKQUEUE_H_

#include <sys/types.h>
#include <sys/queue.h>
#include <sys/callout.h>

struct taskqueue;
struct thread;

typedef void task_fn_t(void *context, int pending);
typedef void (*taskqueue_enqueue_fn)(void *context);

struct task {
	STAILQ_ENTRY(task) ta_link;	/* (q) */
	uint16_t	 ta_pending;	/* (q) Times enqueued since it last ran. */
	u_char		 ta_priority;	/* (b) High ones first. */
	u_char		 ta_flags;
	task_fn_t	*ta_func;	/* (b) */
	void		*ta_context;	/* (b) */
};

struct timeout_task {
	struct taskqueue *q;
	struct task	 t;
	struct callout	 c;
	int		 f;
};

#define	TASK_INIT(task, priority, func, context) do {			\
	(task)->ta_pending = 0;						\
	(task)->ta_priority = (priority);				\
	(task)->ta_flags = 0;						\
	(task)->ta_func = (func);					\
	(task)->ta_context = (context);					\
} while (0)

struct taskqueue *taskqueue_create(const char *name, int mflags,
	    taskqueue_enqueue_fn enqueue, void *context);
int	taskqueue_start_threads(struct taskqueue **tqp, int count, int pri,
	    const char *name, ...) __printflike(4, 5);
int	taskqueue_enqueue(struct taskqueue *queue, struct task *task);
int	taskqueue_enqueue_timeout(struct taskqueue *queue,
	    struct timeout_task *ttask, int ticks);
int	taskqueue_cancel(struct taskqueue *queue, struct task *task, u_int *pendp);
void	taskqueue_drain(struct taskqueue *queue, struct task *task);
void	taskqueue_run(struct taskqueue *queue);
void	taskqueue_free(struct taskqueue *queue);
void	taskqueue_thread_loop(void *arg);
void	taskqueue_thread_enqueue(void *context);
void	_timeout_task_init(struct taskqueue *queue, struct timeout_task *t,
	    int priority, task_fn_t *func, void *context);
#define	TIMEOUT_TASK_INIT(queue, t, priority, func, context)		\
	_timeout_task_init((queue), (t), (priority), (func), (context))

/* A queue `taskqueue_NAME' with its own thread "NAME taskq". */
#define	TASKQUEUE_DECLARE(name)	extern struct taskqueue *taskqueue_##name
#define	TASKQUEUE_DEFINE_THREAD(name)					\
struct taskqueue *taskqueue_##name;					\
static void								\
taskqueue_define_##name(void *arg)					\
{									\
	taskqueue_##name = taskqueue_create(#name, M_WAITOK,		\
	    taskqueue_thread_enqueue, &taskqueue_##name);		\
	taskqueue_start_threads(&taskqueue_##name, 1, PWAIT,		\
	    "%s taskq", #name);						\
}									\
SYSINIT(taskqueue_##name, SI_SUB_TASKQ, SI_ORDER_SECOND,		\
    taskqueue_define_##name, NULL)

TASKQUEUE_DECLARE(thread);	/* General purpose. */
TASKQUEUE_DECLARE(swi);		/* Run by swi6. */
TASKQUEUE_DECLARE(fast);	/* Run by swi5; may be fed by filters. */

#endif /* !_SYS_TASKQUEUE_H_ */
