/* BSD-style tail queues by macro. */
#include <stdio.h>

#define	HEAD(name, type)	struct name { struct type *first, **last; }
#define	ENTRY(type)		struct { struct type *next, **prev; }
#define	INIT(h)			do { (h)->first = 0; (h)->last = &(h)->first; } while (0)
#define	INSERT_TAIL(h, e, f)	do { (e)->f.next = 0; (e)->f.prev = (h)->last; *(h)->last = (e); (h)->last = &(e)->f.next; } while (0)
#define	REMOVE(h, e, f)		do { if ((e)->f.next) (e)->f.next->f.prev = (e)->f.prev; else (h)->last = (e)->f.prev; *(e)->f.prev = (e)->f.next; } while (0)
#define	FOREACH(v, h, f)	for ((v) = (h)->first; (v); (v) = (v)->f.next)
struct item { int n; ENTRY(item) link; };
HEAD(queue, item);

int
main(void)
{
	struct queue q;
	struct item it[8], *v;
	int i;

	INIT(&q);
	for (i = 0; i < 8; i++) {
		it[i].n = i * i;
		INSERT_TAIL(&q, &it[i], link);
	}
	REMOVE(&q, &it[0], link);
	REMOVE(&q, &it[7], link);
	REMOVE(&q, &it[3], link);
	INSERT_TAIL(&q, &it[3], link);
	FOREACH(v, &q, link)
		printf("%d ", v->n);
	printf("\n");
	return (0);
}
