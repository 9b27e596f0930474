/*
 * Linked lists as macros, so that a link lies inside the thing it links.
 *
 * SLIST: one pointer a link, insert at the head.  STAILQ: also at the tail.
 * LIST: removes anything in constant time, no tail.  TAILQ: all of these.
 * Doubly linked ones keep the address of the previous next-pointer, so that
 * removing needs no special case for the first.
 */
#ifndef _SYS_QUEUE_H_
#define	_SYS_QUEUE_H_

/* Singly linked list. */
#define	SLIST_HEAD(name, type)						\
struct name { struct type *slh_first; }
#define	SLIST_HEAD_INITIALIZER(head)	{ NULL }
#define	SLIST_ENTRY(type)						\
struct { struct type *sle_next; }
#define	SLIST_FIRST(head)	((head)->slh_first)
#define	SLIST_EMPTY(head)	((head)->slh_first == NULL)
#define	SLIST_NEXT(elm, field)	((elm)->field.sle_next)
#define	SLIST_INIT(head)	((head)->slh_first = NULL)
#define	SLIST_FOREACH(var, head, field)					\
	for ((var) = SLIST_FIRST(head); (var) != NULL;			\
	    (var) = SLIST_NEXT(var, field))
#define	SLIST_FOREACH_SAFE(var, head, field, tmp)			\
	for ((var) = SLIST_FIRST(head);					\
	    (var) != NULL && ((tmp) = SLIST_NEXT(var, field), 1);	\
	    (var) = (tmp))
#define	SLIST_INSERT_HEAD(head, elm, field) do {			\
	SLIST_NEXT(elm, field) = SLIST_FIRST(head);			\
	SLIST_FIRST(head) = (elm);					\
} while (0)
#define	SLIST_INSERT_AFTER(prev, elm, field) do {			\
	SLIST_NEXT(elm, field) = SLIST_NEXT(prev, field);		\
	SLIST_NEXT(prev, field) = (elm);				\
} while (0)
#define	SLIST_REMOVE_HEAD(head, field)					\
	(SLIST_FIRST(head) = SLIST_NEXT(SLIST_FIRST(head), field))
#define	SLIST_REMOVE(head, elm, type, field) do {			\
	if (SLIST_FIRST(head) == (elm))					\
		SLIST_REMOVE_HEAD(head, field);				\
	else {								\
		struct type *_cur = SLIST_FIRST(head);			\
		while (SLIST_NEXT(_cur, field) != (elm))		\
			_cur = SLIST_NEXT(_cur, field);			\
		SLIST_NEXT(_cur, field) = SLIST_NEXT(elm, field);	\
	}								\
} while (0)

/* Singly linked tail queue. */
#define	STAILQ_HEAD(name, type)						\
struct name { struct type *stqh_first; struct type **stqh_last; }
#define	STAILQ_HEAD_INITIALIZER(head)	{ NULL, &(head).stqh_first }
#define	STAILQ_ENTRY(type)						\
struct { struct type *stqe_next; }
#define	STAILQ_FIRST(head)	((head)->stqh_first)
#define	STAILQ_EMPTY(head)	((head)->stqh_first == NULL)
#define	STAILQ_NEXT(elm, field)	((elm)->field.stqe_next)
#define	STAILQ_INIT(head) do {						\
	(head)->stqh_first = NULL;					\
	(head)->stqh_last = &(head)->stqh_first;			\
} while (0)
#define	STAILQ_FOREACH(var, head, field)				\
	for ((var) = STAILQ_FIRST(head); (var) != NULL;			\
	    (var) = STAILQ_NEXT(var, field))
#define	STAILQ_FOREACH_SAFE(var, head, field, tmp)			\
	for ((var) = STAILQ_FIRST(head);				\
	    (var) != NULL && ((tmp) = STAILQ_NEXT(var, field), 1);	\
	    (var) = (tmp))
#define	STAILQ_INSERT_HEAD(head, elm, field) do {			\
	if (((elm)->field.stqe_next = (head)->stqh_first) == NULL)	\
		(head)->stqh_last = &(elm)->field.stqe_next;		\
	(head)->stqh_first = (elm);					\
} while (0)
#define	STAILQ_INSERT_TAIL(head, elm, field) do {			\
	(elm)->field.stqe_next = NULL;					\
	*(head)->stqh_last = (elm);					\
	(head)->stqh_last = &(elm)->field.stqe_next;			\
} while (0)
#define	STAILQ_INSERT_AFTER(head, prev, elm, field) do {		\
	if (((elm)->field.stqe_next = (prev)->field.stqe_next) == NULL)	\
		(head)->stqh_last = &(elm)->field.stqe_next;		\
	(prev)->field.stqe_next = (elm);				\
} while (0)
#define	STAILQ_REMOVE_HEAD(head, field) do {				\
	if (((head)->stqh_first =					\
	    (head)->stqh_first->field.stqe_next) == NULL)		\
		(head)->stqh_last = &(head)->stqh_first;		\
} while (0)
#define	STAILQ_REMOVE(head, elm, type, field) do {			\
	if (STAILQ_FIRST(head) == (elm))				\
		STAILQ_REMOVE_HEAD(head, field);			\
	else {								\
		struct type *_cur = STAILQ_FIRST(head);			\
		while (STAILQ_NEXT(_cur, field) != (elm))		\
			_cur = STAILQ_NEXT(_cur, field);		\
		if ((STAILQ_NEXT(_cur, field) =				\
		    STAILQ_NEXT(elm, field)) == NULL)			\
			(head)->stqh_last = &_cur->field.stqe_next;	\
	}								\
} while (0)
#define	STAILQ_CONCAT(head1, head2) do {				\
	if (!STAILQ_EMPTY(head2)) {					\
		*(head1)->stqh_last = (head2)->stqh_first;		\
		(head1)->stqh_last = (head2)->stqh_last;		\
		STAILQ_INIT(head2);					\
	}								\
} while (0)

/* Doubly linked list. */
#define	LIST_HEAD(name, type)						\
struct name { struct type *lh_first; }
#define	LIST_HEAD_INITIALIZER(head)	{ NULL }
#define	LIST_ENTRY(type)						\
struct { struct type *le_next; struct type **le_prev; }
#define	LIST_FIRST(head)	((head)->lh_first)
#define	LIST_EMPTY(head)	((head)->lh_first == NULL)
#define	LIST_NEXT(elm, field)	((elm)->field.le_next)
#define	LIST_INIT(head)		((head)->lh_first = NULL)
#define	LIST_FOREACH(var, head, field)					\
	for ((var) = LIST_FIRST(head); (var) != NULL;			\
	    (var) = LIST_NEXT(var, field))
#define	LIST_FOREACH_SAFE(var, head, field, tmp)			\
	for ((var) = LIST_FIRST(head);					\
	    (var) != NULL && ((tmp) = LIST_NEXT(var, field), 1);	\
	    (var) = (tmp))
#define	LIST_INSERT_HEAD(head, elm, field) do {				\
	if (((elm)->field.le_next = (head)->lh_first) != NULL)		\
		(head)->lh_first->field.le_prev = &(elm)->field.le_next; \
	(head)->lh_first = (elm);					\
	(elm)->field.le_prev = &(head)->lh_first;			\
} while (0)
#define	LIST_INSERT_AFTER(prev, elm, field) do {			\
	if (((elm)->field.le_next = (prev)->field.le_next) != NULL)	\
		(prev)->field.le_next->field.le_prev =			\
		    &(elm)->field.le_next;				\
	(prev)->field.le_next = (elm);					\
	(elm)->field.le_prev = &(prev)->field.le_next;			\
} while (0)
#define	LIST_INSERT_BEFORE(next, elm, field) do {			\
	(elm)->field.le_prev = (next)->field.le_prev;			\
	(elm)->field.le_next = (next);					\
	*(next)->field.le_prev = (elm);					\
	(next)->field.le_prev = &(elm)->field.le_next;			\
} while (0)
#define	LIST_REMOVE(elm, field) do {					\
	if ((elm)->field.le_next != NULL)				\
		(elm)->field.le_next->field.le_prev =			\
		    (elm)->field.le_prev;				\
	*(elm)->field.le_prev = (elm)->field.le_next;			\
} while (0)

/* Doubly linked tail queue. */
#define	TAILQ_HEAD(name, type)						\
struct name { struct type *tqh_first; struct type **tqh_last; }
#define	TAILQ_HEAD_INITIALIZER(head)	{ NULL, &(head).tqh_first }
#define	TAILQ_ENTRY(type)						\
struct { struct type *tqe_next; struct type **tqe_prev; }
#define	TAILQ_FIRST(head)	((head)->tqh_first)
#define	TAILQ_EMPTY(head)	((head)->tqh_first == NULL)
#define	TAILQ_NEXT(elm, field)	((elm)->field.tqe_next)
/* The tail's address is that of the last next-pointer: go back over it. */
#define	TAILQ_LAST(head, headname)					\
	(*(((struct headname *)((head)->tqh_last))->tqh_last))
#define	TAILQ_PREV(elm, headname, field)				\
	(*(((struct headname *)((elm)->field.tqe_prev))->tqh_last))
#define	TAILQ_INIT(head) do {						\
	(head)->tqh_first = NULL;					\
	(head)->tqh_last = &(head)->tqh_first;				\
} while (0)
#define	TAILQ_FOREACH(var, head, field)					\
	for ((var) = TAILQ_FIRST(head); (var) != NULL;			\
	    (var) = TAILQ_NEXT(var, field))
#define	TAILQ_FOREACH_SAFE(var, head, field, tmp)			\
	for ((var) = TAILQ_FIRST(head);					\
	    (var) != NULL && ((tmp) = TAILQ_NEXT(var, field), 1);	\
	    (var) = (tmp))
#define	TAILQ_FOREACH_REVERSE(var, head, headname, field)		\
	for ((var) = TAILQ_LAST(head, headname); (var) != NULL;		\
	    (var) = TAILQ_PREV(var, headname, field))
#define	TAILQ_INSERT_HEAD(head, elm, field) do {			\
	if (((elm)->field.tqe_next = (head)->tqh_first) != NULL)	\
		(head)->tqh_first->field.tqe_prev =			\
		    &(elm)->field.tqe_next;				\
	else								\
		(head)->tqh_last = &(elm)->field.tqe_next;		\
	(head)->tqh_first = (elm);					\
	(elm)->field.tqe_prev = &(head)->tqh_first;			\
} while (0)
#define	TAILQ_INSERT_TAIL(head, elm, field) do {			\
	(elm)->field.tqe_next = NULL;					\
	(elm)->field.tqe_prev = (head)->tqh_last;			\
	*(head)->tqh_last = (elm);					\
	(head)->tqh_last = &(elm)->field.tqe_next;			\
} while (0)
#define	TAILQ_INSERT_AFTER(head, prev, elm, field) do {			\
	if (((elm)->field.tqe_next = (prev)->field.tqe_next) != NULL)	\
		(elm)->field.tqe_next->field.tqe_prev =			\
		    &(elm)->field.tqe_next;				\
	else								\
		(head)->tqh_last = &(elm)->field.tqe_next;		\
	(prev)->field.tqe_next = (elm);					\
	(elm)->field.tqe_prev = &(prev)->field.tqe_next;		\
} while (0)
#define	TAILQ_INSERT_BEFORE(next, elm, field) do {			\
	(elm)->field.tqe_prev = (next)->field.tqe_prev;			\
	(elm)->field.tqe_next = (next);					\
	*(next)->field.tqe_prev = (elm);				\
	(next)->field.tqe_prev = &(elm)->field.tqe_next;		\
} while (0)
#define	TAILQ_REMOVE(head, elm, field) do {				\
	if ((elm)->field.tqe_next != NULL)				\
		(elm)->field.tqe_next->field.tqe_prev =			\
		    (elm)->field.tqe_prev;				\
	else								\
		(head)->tqh_last = (elm)->field.tqe_prev;		\
	*(elm)->field.tqe_prev = (elm)->field.tqe_next;			\
} while (0)
#define	TAILQ_CONCAT(head1, head2, field) do {				\
	if (!TAILQ_EMPTY(head2)) {					\
		*(head1)->tqh_last = (head2)->tqh_first;		\
		(head2)->tqh_first->field.tqe_prev = (head1)->tqh_last;	\
		(head1)->tqh_last = (head2)->tqh_last;			\
		TAILQ_INIT(head2);					\
	}								\
} while (0)

#endif /* !_SYS_QUEUE_H_ */
