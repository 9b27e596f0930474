/*
 * Event handlers: lists of functions by name.
 *
 * A list may be changed while it is run through: entries are then only marked
 * dead, and removed when the last run is over.
 */
#include <sys/param.h>
#include <sys/eventhandler.h>
#include <sys/kernel.h>
#include <sys/malloc.h>
#include <sys/proc.h>

static MALLOC_DEFINE(M_EVENTHANDLER, "eventhandler", "Event handler records");

static TAILQ_HEAD(, eventhandler_list) eventhandler_lists =
    TAILQ_HEAD_INITIALIZER(eventhandler_lists);
static int eventhandler_lists_initted;
static struct mtx eventhandler_mutex;

static void
eventhandler_init(const void *dummy __unused)
{

	mtx_init(&eventhandler_mutex, "eventhandler", NULL, MTX_DEF);
	eventhandler_lists_initted = 1;
}
SYSINIT(eventhandlers, SI_SUB_EVENTHANDLER, SI_ORDER_FIRST, eventhandler_init,
    NULL);

/* eventhandler_mutex held. */
static struct eventhandler_list *
find_list_locked(const char *name)
{
	struct eventhandler_list *list;

	TAILQ_FOREACH(list, &eventhandler_lists, el_link) {
		if (strcmp(name, list->el_name) == 0)
			return (list);
	}
	return (NULL);
}

/* NULL if nobody has ever registered for it. */
struct eventhandler_list *
eventhandler_find_list(const char *name)
{
	struct eventhandler_list *list;

	if (!eventhandler_lists_initted)
		return (NULL);
	mtx_lock(&eventhandler_mutex);
	list = find_list_locked(name);
	mtx_unlock(&eventhandler_mutex);
	return (list);
}

eventhandler_tag
eventhandler_register(struct eventhandler_list *list, const char *name,
    void *func, void *arg, int priority)
{
	struct eventhandler_entry *ee, *ep;
	struct eventhandler_list *new;

	KASSERT(eventhandler_lists_initted, ("eventhandler registered too early"));
	ee = malloc(sizeof(*ee), M_EVENTHANDLER, M_WAITOK | M_ZERO);
	ee->ee_func = func;
	ee->ee_arg = arg;
	ee->ee_priority = priority;
	if (list == NULL) {
		new = malloc(sizeof(*new), M_EVENTHANDLER, M_WAITOK | M_ZERO);
		mtx_lock(&eventhandler_mutex);
		list = find_list_locked(name);
		if (list == NULL) {
			new->el_name = name;
			TAILQ_INIT(&new->el_entries);
			mtx_init(&new->el_lock, name, "eventhandler list",
			    MTX_DEF);
			TAILQ_INSERT_HEAD(&eventhandler_lists, new, el_link);
			list = new;
			new = NULL;
		}
		mtx_unlock(&eventhandler_mutex);
		if (new != NULL)
			free(new, M_EVENTHANDLER);
	}
	mtx_lock(&list->el_lock);
	TAILQ_FOREACH(ep, &list->el_entries, ee_link) {
		if (ep->ee_priority != EHE_DEAD_PRIORITY &&
		    ee->ee_priority < ep->ee_priority)
			break;
	}
	if (ep != NULL)
		TAILQ_INSERT_BEFORE(ep, ee, ee_link);
	else
		TAILQ_INSERT_TAIL(&list->el_entries, ee, ee_link);
	mtx_unlock(&list->el_lock);
	return (ee);
}

static void
prune_list(struct eventhandler_list *list)
{
	struct eventhandler_entry *en, *ep;

	TAILQ_FOREACH_SAFE(ep, &list->el_entries, ee_link, en) {
		if (ep->ee_priority == EHE_DEAD_PRIORITY) {
			TAILQ_REMOVE(&list->el_entries, ep, ee_link);
			free(ep, M_EVENTHANDLER);
		}
	}
}

void
eventhandler_deregister(struct eventhandler_list *list, eventhandler_tag tag)
{

	if (list == NULL)
		return;
	mtx_lock(&list->el_lock);
	tag->ee_priority = EHE_DEAD_PRIORITY;
	if (list->el_runcount == 0)
		prune_list(list);
	mtx_unlock(&list->el_lock);
}

/* Around EVENTHANDLER_INVOKE()'s walk. */
void
eventhandler_enter(struct eventhandler_list *list)
{

	mtx_lock(&list->el_lock);
	list->el_runcount++;
	mtx_unlock(&list->el_lock);
}

void
eventhandler_leave(struct eventhandler_list *list)
{

	mtx_lock(&list->el_lock);
	if (--list->el_runcount == 0)
		prune_list(list);
	mtx_unlock(&list->el_lock);
}
