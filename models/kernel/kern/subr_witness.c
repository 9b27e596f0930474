/*
 * WITNESS: does everybody take locks in the same order?
 *
 * If one thread takes A and then B, and another B and then A, they may deadlock,
 * one day.  WITNESS need not wait for that day.  It has a node for each kind of
 * lock (struct witness, by name) and remembers that "A before B" was seen.  These
 * relations, with all that follow from them, make a graph.  Before a thread
 * takes a lock, the locks it holds are looked up: if one of them is known to
 * come after the new one, that is a lock order reversal, and is printed with the
 * stacks of both orders.  Each pair is reported once.
 *
 * The graph is a matrix: w_rmatrix[i][j] tells what i is to j.  Held locks are kept
 * in lists: per thread for locks that block, per CPU for spin mutexes.
 *
 * Nothing here is free.  A kernel with WITNESS is slower, and how much is what
 * executing this file costs.
 *
 * Locking: w_mtx protects the nodes, the matrix when it changes, and the free
 * lists.  A relation that is known is looked up without it.
 */
#include <sys/param.h>

#ifdef WITNESS

#include <sys/kernel.h>
#include <sys/lock.h>
#include <sys/mutex.h>
#include <sys/pcpu.h>
#include <sys/proc.h>
#include <sys/stack.h>

#define	WITNESS_COUNT		1536	/* Nodes. */
#define	WITNESS_HASH_SIZE	251
#define	WITNESS_PENDLIST	1024	/* Locks made before we were ready. */
#define	LOCK_NCHILDREN		5	/* Held locks in one list entry. */
#define	LOCK_CHILDCOUNT		1024	/* List entries. */
#define	LO_DATA_COUNT		2048	/* Relations with stacks. */
#define	LO_HASH_SIZE		1021

/* What node i is to node j: w_rmatrix[i][j]. */
#define	WITNESS_PARENT		0x01	/* i was held when j was taken. */
#define	WITNESS_ANCESTOR	0x02	/* The same through others. */
#define	WITNESS_CHILD		0x04
#define	WITNESS_DESCENDANT	0x08
#define	WITNESS_REVERSAL	0x10	/* Reported. */
#define	WITNESS_LOCK_ORDER_KNOWN 0x80	/* With a stack in the hash table. */
#define	WITNESS_ANCESTOR_MASK	(WITNESS_PARENT | WITNESS_ANCESTOR)

/* A kind of lock. */
struct witness {
	const char	*w_name;
	u_int		 w_index;	/* In the matrix; 0 is nobody. */
	struct lock_class *w_class;
	u_int		 w_refcount;	/* Locks of this kind. */
	int		 w_reversed;	/* Took part in a reversal. */
	const char	*w_file;	/* Where it was taken last. */
	int		 w_line;
	struct witness	*w_hash_next;
};

/* A lock that is held. */
struct lock_instance {
	struct lock_object *li_lock;
	const char	*li_file;
	int		 li_line;
	u_int		 li_flags;	/* LI_, and the recursion count. */
};
#define	LI_RECURSEMASK	0x0000ffff
#define	LI_EXCLUSIVE	0x00010000

/* Held locks come in lumps; the newest lump is first, its last child newest. */
struct lock_list_entry {
	struct lock_list_entry *ll_next;
	struct lock_instance ll_children[LOCK_NCHILDREN];
	u_int		 ll_count;
};

/* Where an order was seen first. */
struct lock_order_data {
	u_int		 wlod_from, wlod_to;
	struct stack	 wlod_stack;
	struct lock_order_data *wlod_next;
};

/* Orders that hold by decree, each list ended by NULL, all by another. */
static const char *const order_lists[] = {
	"proctree", "allproc", "process group", "process lock", "sigacts",
	NULL,
	"filedesc structure", "tty", NULL,
	"vm map (user)", "vm object", "vm page free queue", NULL,
	"sleepq chain", "sched lock", NULL,
	"turnstile chain", "turnstile lock", "sched lock", "td_contested",
	NULL,
	"callout", "et_hw_mtx", NULL,
	NULL
};

static struct mtx w_mtx;
static int witness_cold = 1;
static int witness_watch = 1;
static int witness_panic;		/* A reversal is fatal: tunable. */

static struct witness w_data[WITNESS_COUNT + 1];
static uint8_t w_rmatrix[WITNESS_COUNT + 1][WITNESS_COUNT + 1];
static u_int w_max_used_index;
static struct witness *w_hash[WITNESS_HASH_SIZE];
static struct lock_order_data w_lodata[LO_DATA_COUNT];
static struct lock_order_data *w_lohash[LO_HASH_SIZE];
static u_int w_lodata_used;
static struct lock_list_entry w_locklistdata[LOCK_CHILDCOUNT];
static struct lock_list_entry *w_lock_list_free;

static struct {
	struct lock_object *wh_lock;
	const char	*wh_type;
} pending_locks[WITNESS_PENDLIST];
static int pending_cnt;

/*
 * Nodes.
 */
static u_int
witness_hash(const char *name)
{
	u_int h = 5381;

	while (*name != '\0')
		h = h * 33 + *name++;
	return (h % WITNESS_HASH_SIZE);
}

/* The node of a kind of lock, made if it is new. */
static struct witness *
enroll(const char *description, struct lock_class *class)
{
	struct witness *w;
	u_int h = witness_hash(description);

	mtx_lock_spin(&w_mtx);
	for (w = w_hash[h]; w != NULL; w = w->w_hash_next) {
		if (w->w_name == description ||
		    strcmp(w->w_name, description) == 0)
			break;
	}
	if (w != NULL) {
		w->w_refcount++;
		if (w->w_class != class)
			panic("lock (%s) %s does not match earlier (%s) lock",
			    description, class->lc_name, w->w_class->lc_name);
		mtx_unlock_spin(&w_mtx);
		return (w);
	}
	if (w_max_used_index >= WITNESS_COUNT) {
		witness_watch = -1;
		mtx_unlock_spin(&w_mtx);
		printf("WITNESS: unable to allocate a new witness object\n");
		return (NULL);
	}
	w = &w_data[++w_max_used_index];
	w->w_index = w_max_used_index;
	w->w_name = description;
	w->w_class = class;
	w->w_refcount = 1;
	w->w_hash_next = w_hash[h];
	w_hash[h] = w;
	mtx_unlock_spin(&w_mtx);
	return (w);
}

/*
 * Relations.
 */
static int
isitmychild(struct witness *parent, struct witness *child)
{

	return ((w_rmatrix[parent->w_index][child->w_index] &
	    WITNESS_PARENT) != 0);
}

static int
isitmydescendant(struct witness *ancestor, struct witness *descendant)
{

	return ((w_rmatrix[ancestor->w_index][descendant->w_index] &
	    WITNESS_ANCESTOR_MASK) != 0);
}

/* parent comes before child, and so do all who come before parent. */
static void
itismychild(struct witness *parent, struct witness *child)
{
	u_int ci = child->w_index, i, j, pi = parent->w_index;

	if (isitmychild(parent, child))
		return;
	w_rmatrix[pi][ci] |= WITNESS_PARENT;
	w_rmatrix[ci][pi] |= WITNESS_CHILD;
	for (i = 1; i <= w_max_used_index; i++) {
		if (i != pi && (w_rmatrix[i][pi] & WITNESS_ANCESTOR_MASK) == 0)
			continue;
		for (j = 1; j <= w_max_used_index; j++) {
			if (j != ci &&
			    (w_rmatrix[ci][j] & WITNESS_ANCESTOR_MASK) == 0)
				continue;
			if ((w_rmatrix[i][j] & WITNESS_ANCESTOR_MASK) != 0)
				continue;
			w_rmatrix[i][j] |= WITNESS_ANCESTOR;
			w_rmatrix[j][i] |= WITNESS_DESCENDANT;
		}
	}
}

static u_int
lo_hash(u_int from, u_int to)
{

	return ((from * 1601 + to) % LO_HASH_SIZE);
}

static struct lock_order_data *
witness_lock_order_get(struct witness *from, struct witness *to)
{
	struct lock_order_data *data;

	data = w_lohash[lo_hash(from->w_index, to->w_index)];
	for (; data != NULL; data = data->wlod_next) {
		if (data->wlod_from == from->w_index &&
		    data->wlod_to == to->w_index)
			return (data);
	}
	return (NULL);
}

/* Nothing new: parent before child has been seen and is right. */
static int
witness_lock_order_check(struct witness *parent, struct witness *child)
{

	return ((w_rmatrix[parent->w_index][child->w_index] &
	    (WITNESS_LOCK_ORDER_KNOWN | WITNESS_PARENT)) ==
	    (WITNESS_LOCK_ORDER_KNOWN | WITNESS_PARENT));
}

/* Remember where this order was seen first. */
static void
witness_lock_order_add(struct witness *parent, struct witness *child)
{
	struct lock_order_data *data;
	u_int h;

	if (w_rmatrix[parent->w_index][child->w_index] &
	    WITNESS_LOCK_ORDER_KNOWN)
		return;
	w_rmatrix[parent->w_index][child->w_index] |= WITNESS_LOCK_ORDER_KNOWN;
	if (w_lodata_used >= LO_DATA_COUNT)
		return;
	data = &w_lodata[w_lodata_used++];
	data->wlod_from = parent->w_index;
	data->wlod_to = child->w_index;
	stack_save(&data->wlod_stack);
	h = lo_hash(parent->w_index, child->w_index);
	data->wlod_next = w_lohash[h];
	w_lohash[h] = data;
}

/*
 * Held locks.
 */
static struct lock_list_entry *
witness_lock_list_get(void)
{
	struct lock_list_entry *lle;

	mtx_lock_spin(&w_mtx);
	lle = w_lock_list_free;
	if (lle == NULL) {
		witness_watch = -1;
		mtx_unlock_spin(&w_mtx);
		printf("WITNESS: witness exhausted\n");
		return (NULL);
	}
	w_lock_list_free = lle->ll_next;
	mtx_unlock_spin(&w_mtx);
	lle->ll_next = NULL;
	lle->ll_count = 0;
	return (lle);
}

static void
witness_lock_list_put(struct lock_list_entry *lle)
{

	mtx_lock_spin(&w_mtx);
	lle->ll_next = w_lock_list_free;
	w_lock_list_free = lle;
	mtx_unlock_spin(&w_mtx);
}

static struct lock_list_entry **
held_list(struct lock_class *class)
{

	if (class->lc_flags & LC_SLEEPLOCK)
		return (&curthread->td_sleeplocks);
	return (PCPU_PTR(spinlocks));
}

static struct lock_instance *
find_instance(struct lock_list_entry *list, const struct lock_object *lock)
{
	struct lock_list_entry *lle;
	int i;

	for (lle = list; lle != NULL; lle = lle->ll_next) {
		for (i = (int)lle->ll_count - 1; i >= 0; i--) {
			if (lle->ll_children[i].li_lock == lock)
				return (&lle->ll_children[i]);
		}
	}
	return (NULL);
}

/*
 * Reports.
 */
static void
witness_print_lock(int n, const struct lock_object *lock, const char *file,
    int line)
{
	const char *suffix = n == 1 ? "st" : n == 2 ? "nd" : "rd";
	struct witness *w = lock->lo_witness;

	printf(" %d%s %p %s (%s, %s) @ %s:%d\n", n, suffix, lock, lock->lo_name,
	    w->w_name, w->w_class->lc_name, file, line);
}

static void
witness_list_lock(struct lock_instance *instance)
{
	struct lock_object *lock = instance->li_lock;

	printf("%s %s %s", (instance->li_flags & LI_EXCLUSIVE) != 0 ?
	    "exclusive" : "shared", LOCK_CLASS(lock)->lc_name, lock->lo_name);
	if (lock->lo_witness->w_name != lock->lo_name)
		printf(" (%s)", lock->lo_witness->w_name);
	printf(" r = %d (%p) locked @ %s:%d\n",
	    instance->li_flags & LI_RECURSEMASK, lock, instance->li_file,
	    instance->li_line);
}

static void
witness_debugger(int stack)
{
	struct stack st;

	if (stack) {
		printf("stack backtrace:\n");
		stack_save(&st);
		stack_print(&st);
	}
	if (witness_panic)
		panic("witness");
}

static void
witness_reversal(struct lock_object *lock, struct lock_instance *lock1,
    struct lock_instance *plock, int flags, const char *file, int line)
{
	struct lock_order_data *data;
	struct stack st;
	struct witness *w = lock->lo_witness, *w1 = lock1->li_lock->lo_witness;
	int second;

	if ((lock->lo_flags & LO_SLEEPABLE) != 0 &&
	    (flags & LOP_NOSLEEP) == 0 &&
	    (lock1->li_lock->lo_flags & LO_SLEEPABLE) == 0)
		printf("lock order reversal: (sleepable after non-sleepable)\n");
	else if (lock1->li_lock->lo_flags & LO_SLEEPABLE &&
	    lock == &Giant.lock_object)
		printf("lock order reversal: (Giant after non-sleepable)\n");
	else
		printf("lock order reversal:\n");
	second = lock1 == plock;
	witness_print_lock(1, lock1->li_lock, lock1->li_file, lock1->li_line);
	if (!second)
		witness_print_lock(2, plock->li_lock, plock->li_file,
		    plock->li_line);
	witness_print_lock(second ? 2 : 3, lock, file, line);
	data = witness_lock_order_get(w, w1);
	if (data != NULL) {
		printf("lock order %s -> %s established at:\n", w->w_name,
		    w1->w_name);
		stack_print(&data->wlod_stack);
	}
	printf("lock order %s -> %s attempted at:\n", w1->w_name, w->w_name);
	stack_save(&st);
	stack_print(&st);
	witness_debugger(0);
}

/*
 * May curthread take this lock now?
 */
void
witness_checkorder(struct lock_object *lock, int flags, const char *file,
    int line, struct lock_object *interlock)
{
	struct lock_class *class = LOCK_CLASS(lock);
	struct lock_instance *lock1, *plock;
	struct lock_list_entry *lle, *lock_list;
	struct thread *td = curthread;
	struct witness *w = lock->lo_witness, *w1;
	int i;

	if (witness_cold || witness_watch < 1 || w == NULL ||
	    KERNEL_PANICKED())
		return;
	if (class->lc_flags & LC_SLEEPLOCK) {
		/*
		 * Spin mutexes come last by decree: who holds one is in a
		 * critical section.
		 */
		if (td->td_critnest != 0)
			panic("acquiring blockable sleep lock with spinlock or "
			    "critical section held (%s) %s @ %s:%d",
			    class->lc_name, lock->lo_name, file, line);
		lock_list = td->td_sleeplocks;
	} else
		lock_list = PCPU_GET(spinlocks);
	if (lock_list == NULL || lock_list->ll_count == 0)
		return;

	/* One that we hold already: right or wrong, it is no question of order. */
	lock1 = find_instance(lock_list, lock);
	if (lock1 != NULL) {
		if ((lock1->li_flags & LI_EXCLUSIVE) != 0 &&
		    (flags & LOP_EXCLUSIVE) == 0)
			panic("excl->share on %s @ %s:%d", lock->lo_name, file,
			    line);
		if ((lock1->li_flags & LI_EXCLUSIVE) == 0 &&
		    (flags & LOP_EXCLUSIVE) != 0)
			panic("share->excl on %s @ %s:%d", lock->lo_name, file,
			    line);
		return;
	}

	/* The one taken last, but for the interlock, which will be dropped. */
	plock = &lock_list->ll_children[lock_list->ll_count - 1];
	if (interlock != NULL && plock->li_lock == interlock) {
		if (lock_list->ll_count > 1)
			plock--;
		else if (lock_list->ll_next != NULL) {
			lle = lock_list->ll_next;
			plock = &lle->ll_children[lle->ll_count - 1];
		} else
			return;
	}
	w1 = plock->li_lock->lo_witness;
	/* Nearly always this is all. */
	if (witness_lock_order_check(w1, w))
		return;

	mtx_lock_spin(&w_mtx);
	if (witness_lock_order_check(w1, w))
		goto out;
	if (w1 == w) {
		/* Two of a kind: in which order? */
		i = w->w_index;
		if ((lock->lo_flags & LO_DUPOK) != 0 ||
		    (flags & LOP_DUPOK) != 0 ||
		    (w_rmatrix[i][i] & WITNESS_REVERSAL) != 0)
			goto out;
		w_rmatrix[i][i] |= WITNESS_REVERSAL;
		w->w_reversed = 1;
		mtx_unlock_spin(&w_mtx);
		printf("acquiring duplicate lock of same type: \"%s\"\n",
		    w->w_name);
		printf(" 1st %s @ %s:%d\n", plock->li_lock->lo_name,
		    plock->li_file, plock->li_line);
		printf(" 2nd %s @ %s:%d\n", lock->lo_name, file, line);
		witness_debugger(1);
		return;
	}
	witness_lock_order_add(w1, w);
	if (isitmychild(w1, w))
		goto out;
	for (lle = lock_list; lle != NULL; lle = lle->ll_next) {
		for (i = (int)lle->ll_count - 1; i >= 0; i--) {
			lock1 = &lle->ll_children[i];
			if (lock1->li_lock == interlock)
				continue;
			w1 = lock1->li_lock->lo_witness;
			/* Locks that may be held asleep come before others. */
			if ((lock->lo_flags & LO_SLEEPABLE) == 0 ||
			    (flags & LOP_NOSLEEP) != 0 ||
			    (lock1->li_lock->lo_flags & LO_SLEEPABLE) != 0 ||
			    lock1->li_lock == &Giant.lock_object) {
				if (lock == &Giant.lock_object &&
				    (lock1->li_lock->lo_flags & LO_SLEEPABLE))
					continue;
				if (!isitmydescendant(w, w1))
					continue;
			}
			if (w_rmatrix[w1->w_index][w->w_index] &
			    WITNESS_REVERSAL)
				goto out;
			w_rmatrix[w1->w_index][w->w_index] |= WITNESS_REVERSAL;
			w_rmatrix[w->w_index][w1->w_index] |= WITNESS_REVERSAL;
			w->w_reversed = w1->w_reversed = 1;
			mtx_unlock_spin(&w_mtx);
			witness_reversal(lock, lock1, plock, flags, file, line);
			return;
		}
	}
	if ((flags & LOP_NEWORDER) != 0 &&
	    !(plock->li_lock == &Giant.lock_object &&
	    (lock->lo_flags & LO_SLEEPABLE) != 0))
		itismychild(plock->li_lock->lo_witness, w);
out:
	mtx_unlock_spin(&w_mtx);
}

/* curthread has it. */
void
witness_lock(struct lock_object *lock, int flags, const char *file, int line)
{
	struct lock_instance *instance;
	struct lock_list_entry **lock_list, *lle;
	struct witness *w = lock->lo_witness;

	if (witness_cold || witness_watch == -1 || w == NULL ||
	    KERNEL_PANICKED())
		return;
	lock_list = held_list(LOCK_CLASS(lock));
	instance = find_instance(*lock_list, lock);
	if (instance != NULL) {
		instance->li_flags++;
		instance->li_file = file;
		instance->li_line = line;
		return;
	}
	w->w_file = file;
	w->w_line = line;
	lle = *lock_list;
	if (lle == NULL || lle->ll_count == LOCK_NCHILDREN) {
		lle = witness_lock_list_get();
		if (lle == NULL)
			return;
		lle->ll_next = *lock_list;
		*lock_list = lle;
	}
	instance = &lle->ll_children[lle->ll_count++];
	instance->li_lock = lock;
	instance->li_file = file;
	instance->li_line = line;
	instance->li_flags = (flags & LOP_EXCLUSIVE) != 0 ? LI_EXCLUSIVE : 0;
}

/* The entry of a lock that curthread holds; a panic if it does not. */
static struct lock_instance *
held_instance(struct lock_object *lock, const char *what, const char *file,
    int line)
{
	struct lock_instance *instance;

	instance = find_instance(*held_list(LOCK_CLASS(lock)), lock);
	if (instance == NULL)
		panic("%s of unlocked lock (%s) %s @ %s:%d", what,
		    LOCK_CLASS(lock)->lc_name, lock->lo_name, file, line);
	return (instance);
}

void
witness_upgrade(struct lock_object *lock, int flags, const char *file, int line)
{
	struct lock_instance *instance;

	if (witness_cold || witness_watch == -1 || lock->lo_witness == NULL ||
	    KERNEL_PANICKED())
		return;
	instance = held_instance(lock, "upgrade", file, line);
	if ((instance->li_flags & LI_EXCLUSIVE) != 0)
		panic("upgrade of exclusive lock (%s) %s @ %s:%d",
		    LOCK_CLASS(lock)->lc_name, lock->lo_name, file, line);
	instance->li_flags |= LI_EXCLUSIVE;
}

void
witness_downgrade(struct lock_object *lock, int flags, const char *file,
    int line)
{
	struct lock_instance *instance;

	if (witness_cold || witness_watch == -1 || lock->lo_witness == NULL ||
	    KERNEL_PANICKED())
		return;
	instance = held_instance(lock, "downgrade", file, line);
	if ((instance->li_flags & LI_EXCLUSIVE) == 0)
		panic("downgrade of shared lock (%s) %s @ %s:%d",
		    LOCK_CLASS(lock)->lc_name, lock->lo_name, file, line);
	instance->li_flags &= ~LI_EXCLUSIVE;
}

/* curthread is about to let it go. */
void
witness_unlock(struct lock_object *lock, int flags, const char *file, int line)
{
	struct lock_class *class = LOCK_CLASS(lock);
	struct lock_instance *instance;
	struct lock_list_entry **lock_list, *lle;
	u_int i, j;

	if (witness_cold || lock->lo_witness == NULL || KERNEL_PANICKED())
		return;
	for (lock_list = held_list(class); *lock_list != NULL;
	    lock_list = &(*lock_list)->ll_next) {
		for (i = 0; i < (*lock_list)->ll_count; i++) {
			if ((*lock_list)->ll_children[i].li_lock == lock)
				goto found;
		}
	}
	if (witness_watch > 0)
		panic("lock (%s) %s not locked @ %s:%d", class->lc_name,
		    lock->lo_name, file, line);
	return;
found:
	lle = *lock_list;
	instance = &lle->ll_children[i];
	if ((instance->li_flags & LI_EXCLUSIVE) != 0 &&
	    (flags & LOP_EXCLUSIVE) == 0)
		panic("excl->ushare on %s @ %s:%d", lock->lo_name, file, line);
	if ((instance->li_flags & LI_EXCLUSIVE) == 0 &&
	    (flags & LOP_EXCLUSIVE) != 0)
		panic("share->uexcl on %s @ %s:%d", lock->lo_name, file, line);
	if ((instance->li_flags & LI_RECURSEMASK) > 0) {
		instance->li_flags--;
		return;
	}
	for (j = i; j < lle->ll_count - 1; j++)
		lle->ll_children[j] = lle->ll_children[j + 1];
	lle->ll_count--;
	/*
	 * An empty entry goes, but for the last of the list: it will be wanted
	 * again at once, and the free list costs w_mtx.
	 */
	if (lle->ll_count == 0 &&
	    (lle->ll_next != NULL || lock_list != held_list(class))) {
		*lock_list = lle->ll_next;
		witness_lock_list_put(lle);
	}
}

/* A sleep drops a lock and takes it again: keep where it was taken. */
void
witness_save(struct lock_object *lock, const char **filep, int *linep)
{
	struct lock_instance *instance;

	*filep = NULL;
	*linep = 0;
	if (witness_cold || witness_watch == -1 || lock->lo_witness == NULL ||
	    KERNEL_PANICKED())
		return;
	instance = find_instance(*held_list(LOCK_CLASS(lock)), lock);
	if (instance == NULL)
		return;
	*filep = instance->li_file;
	*linep = instance->li_line;
}

void
witness_restore(struct lock_object *lock, const char *file, int line)
{
	struct lock_instance *instance;

	if (witness_cold || witness_watch == -1 || lock->lo_witness == NULL ||
	    KERNEL_PANICKED())
		return;
	instance = find_instance(*held_list(LOCK_CLASS(lock)), lock);
	if (instance == NULL || file == NULL)
		return;
	lock->lo_witness->w_file = file;
	lock->lo_witness->w_line = line;
	instance->li_file = file;
	instance->li_line = line;
}

/*
 * curthread is about to sleep or leave the kernel.  It should hold no lock but
 * the one given (and what flags allow).  Returns how many it does hold.
 */
int
witness_warn(int flags, struct lock_object *lock, const char *fmt, ...)
{
	struct lock_instance *lock1;
	struct lock_list_entry *lle;
	va_list ap;
	int i, n = 0;

	if (witness_cold || witness_watch < 1 || KERNEL_PANICKED())
		return (0);
	for (lle = curthread->td_sleeplocks; lle != NULL; lle = lle->ll_next) {
		for (i = (int)lle->ll_count - 1; i >= 0; i--) {
			lock1 = &lle->ll_children[i];
			if (lock1->li_lock == lock)
				continue;
			if ((flags & WARN_GIANTOK) != 0 &&
			    lock1->li_lock == &Giant.lock_object)
				continue;
			if ((flags & WARN_SLEEPOK) != 0 &&
			    (lock1->li_lock->lo_flags & LO_SLEEPABLE) != 0)
				continue;
			if (n++ == 0) {
				va_start(ap, fmt);
				vprintf(fmt, ap);
				va_end(ap);
				printf(" with the following %slocks held:\n",
				    (flags & WARN_SLEEPOK) != 0 ?
				    "non-sleepable " : "");
			}
			witness_list_lock(lock1);
		}
	}
	/* The CPU's own list: nobody else's lock, since we hold none. */
	lle = PCPU_GET(spinlocks);
	if (lle != NULL && lle->ll_count != 0 &&
	    !(lle->ll_count == 1 && lle->ll_children[0].li_lock == lock)) {
		if (n == 0) {
			va_start(ap, fmt);
			vprintf(fmt, ap);
			va_end(ap);
			printf(" with the following %slocks held:\n",
			    (flags & WARN_SLEEPOK) != 0 ? "non-sleepable " : "");
		}
		for (i = 0; i < (int)lle->ll_count; i++) {
			witness_list_lock(&lle->ll_children[i]);
			n++;
		}
	}
	if (n != 0) {
		if (flags & WARN_PANIC)
			panic("witness_warn");
		witness_debugger(1);
	}
	return (n);
}

/* Does curthread hold this lock as flags say? */
void
witness_assert(const struct lock_object *lock, int flags, const char *file,
    int line)
{
	struct lock_instance *instance;

	if (witness_cold || witness_watch < 1 || lock->lo_witness == NULL ||
	    KERNEL_PANICKED())
		return;
	instance = find_instance(*held_list(LOCK_CLASS(lock)), lock);
	if ((flags & LA_MASKASSERT) == LA_UNLOCKED) {
		if (instance != NULL)
			panic("Lock (%s) %s locked @ %s:%d.",
			    LOCK_CLASS(lock)->lc_name, lock->lo_name, file, line);
		return;
	}
	if (instance == NULL)
		panic("Lock (%s) %s not locked @ %s:%d.",
		    LOCK_CLASS(lock)->lc_name, lock->lo_name, file, line);
	if ((flags & LA_XLOCKED) != 0 &&
	    (instance->li_flags & LI_EXCLUSIVE) == 0)
		panic("Lock (%s) %s not exclusively locked @ %s:%d.",
		    LOCK_CLASS(lock)->lc_name, lock->lo_name, file, line);
	if ((flags & LA_SLOCKED) != 0 &&
	    (instance->li_flags & LI_EXCLUSIVE) != 0)
		panic("Lock (%s) %s exclusively locked @ %s:%d.",
		    LOCK_CLASS(lock)->lc_name, lock->lo_name, file, line);
}

/* A thread is done with: its list entry goes back. */
void
witness_thread_exit(struct thread *td)
{
	struct lock_list_entry *lle = td->td_sleeplocks;

	if (lle == NULL || KERNEL_PANICKED())
		return;
	if (lle->ll_count != 0)
		panic("Thread %p cannot exit while holding sleeplocks", td);
	td->td_sleeplocks = NULL;
	witness_lock_list_put(lle);
}

/*
 * Locks come and go.
 */
void
witness_init(struct lock_object *lock, const char *type)
{
	struct lock_class *class = LOCK_CLASS(lock);

	if ((lock->lo_flags & LO_WITNESS) == 0 || witness_watch < 1 ||
	    KERNEL_PANICKED())
		lock->lo_witness = NULL;
	else if (witness_cold) {
		/* Too early to enroll: witness_initialize() will. */
		if (pending_cnt >= WITNESS_PENDLIST)
			panic("%s: pending locks list is too small", __func__);
		pending_locks[pending_cnt].wh_lock = lock;
		pending_locks[pending_cnt++].wh_type = type;
		lock->lo_witness = NULL;
	} else
		lock->lo_witness = enroll(type, class);
}

void
witness_destroy(struct lock_object *lock)
{
	int i;

	if (witness_cold) {
		for (i = 0; i < pending_cnt; i++) {
			if (pending_locks[i].wh_lock == lock)
				pending_locks[i].wh_lock = NULL;
		}
		return;
	}
	/* The node stays: its orders hold for the next of its kind. */
	if (lock->lo_witness != NULL) {
		mtx_lock_spin(&w_mtx);
		lock->lo_witness->w_refcount--;
		mtx_unlock_spin(&w_mtx);
		lock->lo_witness = NULL;
	}
}

/* a before b by decree. */
int
witness_defineorder(struct lock_object *a, struct lock_object *b)
{

	if (witness_watch == -1 || KERNEL_PANICKED())
		return (0);
	if (a->lo_witness == NULL || b->lo_witness == NULL)
		return (EINVAL);
	mtx_lock_spin(&w_mtx);
	if (isitmydescendant(b->lo_witness, a->lo_witness)) {
		mtx_unlock_spin(&w_mtx);
		return (EDOOFUS);
	}
	itismychild(a->lo_witness, b->lo_witness);
	mtx_unlock_spin(&w_mtx);
	return (0);
}

/* The node with this name, or NULL. */
static struct witness *
witness_find(const char *name)
{
	struct witness *w;

	for (w = w_hash[witness_hash(name)]; w != NULL; w = w->w_hash_next) {
		if (strcmp(w->w_name, name) == 0)
			return (w);
	}
	return (NULL);
}

/* Start watching.  No lock is held at this point of boot. */
static void
witness_initialize(const void *dummy __unused)
{
	struct lock_object *lock;
	int i;

	(void)getenv_int("debug.witness.watch", &witness_watch);
	(void)getenv_int("debug.witness.panic", &witness_panic);
	mtx_init(&w_mtx, "witness lock", NULL,
	    MTX_SPIN | MTX_QUIET | MTX_NOWITNESS | MTX_NOPROFILE);
	for (i = LOCK_CHILDCOUNT - 1; i >= 0; i--) {
		w_locklistdata[i].ll_next = w_lock_list_free;
		w_lock_list_free = &w_locklistdata[i];
	}
	for (i = 0; i < pending_cnt; i++) {
		lock = pending_locks[i].wh_lock;
		if (lock != NULL)
			lock->lo_witness = enroll(pending_locks[i].wh_type,
			    LOCK_CLASS(lock));
	}
	witness_cold = 0;
}
SYSINIT(witness_init, SI_SUB_WITNESS, SI_ORDER_FIRST, witness_initialize, NULL);

/* The decreed orders, when the locks they speak of have been made. */
static void
witness_decree(const void *dummy __unused)
{
	const char *const *name;
	struct witness *prev = NULL, *w;

	mtx_lock_spin(&w_mtx);
	for (name = order_lists; name[0] != NULL || name[1] != NULL; name++) {
		if (*name == NULL) {
			prev = NULL;
			continue;
		}
		w = witness_find(*name);
		if (w == NULL)
			continue;
		if (prev != NULL && !isitmydescendant(w, prev))
			itismychild(prev, w);
		prev = w;
	}
	mtx_unlock_spin(&w_mtx);
}
SYSINIT(witness_decree, SI_SUB_INTRINSIC, SI_ORDER_ANY, witness_decree, NULL);

#endif /* WITNESS */
