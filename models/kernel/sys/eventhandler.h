/*
 * Event handlers: lists of functions to be called when something happens.
 * EVENTHANDLER_DECLARE names a list and the arguments of its functions.
 */
#ifndef _SYS_EVENTHANDLER_H_
#define	_SYS_EVENTHANDLER_H_

#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/queue.h>

struct eventhandler_entry {
	TAILQ_ENTRY(eventhandler_entry) ee_link;
	int		 ee_priority;
	void		*ee_arg;
	void		*ee_func;
};
#define	EHE_DEAD_PRIORITY	(-1)

struct eventhandler_list {
	const char	*el_name;
	int		 el_runcount;	/* (l) Invocations under way. */
	struct mtx	 el_lock;	/* (l) */
	TAILQ_ENTRY(eventhandler_list) el_link;
	TAILQ_HEAD(, eventhandler_entry) el_entries; /* (l) */
};
typedef struct eventhandler_entry *eventhandler_tag;

#define	EVENTHANDLER_DECLARE(name, args)				\
	typedef void (*eventhandler_fn_##name) args

#define	EVENTHANDLER_INVOKE(name, ...) do {				\
	struct eventhandler_list *_el = eventhandler_find_list(#name);	\
	struct eventhandler_entry *_ep;					\
	if (_el == NULL || TAILQ_EMPTY(&_el->el_entries))		\
		break;							\
	eventhandler_enter(_el);					\
	TAILQ_FOREACH(_ep, &_el->el_entries, ee_link) {			\
		if (_ep->ee_priority != EHE_DEAD_PRIORITY)		\
			((eventhandler_fn_##name)_ep->ee_func)(		\
			    _ep->ee_arg, ## __VA_ARGS__);		\
	}								\
	eventhandler_leave(_el);					\
} while (0)
#define	EVENTHANDLER_REGISTER(name, func, arg, priority)		\
	eventhandler_register(NULL, #name, (void *)(func), (arg), (priority))
#define	EVENTHANDLER_DEREGISTER(name, tag)				\
	eventhandler_deregister(eventhandler_find_list(#name), (tag))

eventhandler_tag eventhandler_register(struct eventhandler_list *list,
	    const char *name, void *func, void *arg, int priority);
void	eventhandler_deregister(struct eventhandler_list *list, eventhandler_tag tag);
struct eventhandler_list *eventhandler_find_list(const char *name);
void	eventhandler_enter(struct eventhandler_list *list);
void	eventhandler_leave(struct eventhandler_list *list);

#define	EVENTHANDLER_PRI_FIRST	0
#define	EVENTHANDLER_PRI_ANY	10000
#define	EVENTHANDLER_PRI_LAST	20000
#define	SHUTDOWN_PRI_FIRST	EVENTHANDLER_PRI_FIRST
#define	SHUTDOWN_PRI_DEFAULT	EVENTHANDLER_PRI_ANY
#define	SHUTDOWN_PRI_LAST	EVENTHANDLER_PRI_LAST

struct image_params;
struct proc;
struct thread;
EVENTHANDLER_DECLARE(shutdown_pre_sync, (void *, int));
EVENTHANDLER_DECLARE(shutdown_post_sync, (void *, int));
EVENTHANDLER_DECLARE(shutdown_final, (void *, int));
EVENTHANDLER_DECLARE(vm_lowmem, (void *, int));
EVENTHANDLER_DECLARE(mountroot, (void *));
EVENTHANDLER_DECLARE(process_ctor, (void *, struct proc *));
EVENTHANDLER_DECLARE(process_dtor, (void *, struct proc *));
EVENTHANDLER_DECLARE(process_init, (void *, struct proc *));
EVENTHANDLER_DECLARE(process_fini, (void *, struct proc *));
EVENTHANDLER_DECLARE(process_exit, (void *, struct proc *));
EVENTHANDLER_DECLARE(process_fork, (void *, struct proc *, struct proc *, int));
EVENTHANDLER_DECLARE(process_exec, (void *, struct proc *, struct image_params *));
EVENTHANDLER_DECLARE(thread_ctor, (void *, struct thread *));
EVENTHANDLER_DECLARE(thread_dtor, (void *, struct thread *));
EVENTHANDLER_DECLARE(thread_init, (void *, struct thread *));
EVENTHANDLER_DECLARE(thread_fini, (void *, struct thread *));

#endif /* !_SYS_EVENTHANDLER_H_ */
