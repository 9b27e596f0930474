/*
 * Threads: making, finding and burying them.
 *
 * A thread structure is never given back to the memory allocator, only kept for
 * the next thread: a lock's spinner may look at an owner that has exited, and
 * then at least finds a thread.  Its kernel stack stays with it, and so does the
 * register stack unless there are many.
 *
 * A thread cannot free itself, since it runs on its own stack until the last
 * switch.  The next thread on that CPU puts it on the list of zombies.
 */
#include <sys/param.h>
#include <sys/callout.h>
#include <sys/eventhandler.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/proc.h>
#include <sys/rwlock.h>
#include <sys/sched.h>
#include <sys/sdt.h>
#include <sys/sleepqueue.h>
#include <sys/trace.h>
#include <sys/turnstile.h>
#include <vm/vm.h>
#include <vm/uma.h>
#include <vm/vm_extern.h>

SDT_PROVIDER_DECLARE(proc);
SDT_PROBE_DEFINE0(proc, , , lwp__exit);

static MALLOC_DEFINE(M_THREAD, "thread", "Thread structures");

#define	URSTACKS_KEPT	16	/* Free threads that keep a register stack. */
#define	TIDHASHSIZE	64
#define	TIDHASH(tid)	(&tidhashtbl[(tid) % TIDHASHSIZE])

TAILQ_HEAD(threadlist, thread);

/* Locking key: (z) zombie_lock. */
static struct mtx zombie_lock;
static struct threadlist zombie_threads =
    TAILQ_HEAD_INITIALIZER(zombie_threads);		/* (z) */
static struct threadlist free_threads =
    TAILQ_HEAD_INITIALIZER(free_threads);		/* (z) */
static int free_ustacks;				/* (z) */

static LIST_HEAD(, thread) tidhashtbl[TIDHASHSIZE];	/* tidhash_lock */
static struct rwlock tidhash_lock;
static volatile u_int last_tid = NO_PID;

MTX_SYSINIT(zombie_lock, &zombie_lock, "zombie lock", MTX_SPIN);
RW_SYSINIT(tidhash_lock, &tidhash_lock, "tidhash");

/* A structure from scratch: what stays with it for good. */
static struct thread *
thread_new(int pages)
{
	struct thread *td;

	td = malloc(sizeof(*td), M_THREAD, M_WAITOK | M_ZERO);
	td->td_kstack_pages = pages;
	td->td_kstack = (vm_offset_t)kmem_malloc((vm_size_t)pages * PAGE_SIZE,
	    M_WAITOK);
	td->td_turnstile = turnstile_alloc();
	td->td_sleepqueue = sleepq_alloc();
	return (td);
}

/*
 * A thread that is not linked to any process.  pages: size of the kernel stack,
 * 0 for the usual.
 */
struct thread *
thread_alloc(int pages)
{
	struct thread *td;
	struct turnstile *ts;
	struct sleepqueue *sq;
	vm_offset_t kstack, ustack;
	vm_size_t ustacksize;
	int kpages;

	thread_reap();
	if (pages == 0)
		pages = KSTACK_SIZE / PAGE_SIZE;
	mtx_lock_spin(&zombie_lock);
	td = TAILQ_FIRST(&free_threads);
	if (td != NULL) {
		TAILQ_REMOVE(&free_threads, td, td_slpq);
		if (td->td_ustack != 0)
			free_ustacks--;
	}
	mtx_unlock_spin(&zombie_lock);
	if (td == NULL)
		td = thread_new(pages);
	ts = td->td_turnstile;
	sq = td->td_sleepqueue;
	kstack = td->td_kstack;
	kpages = td->td_kstack_pages;
	ustack = td->td_ustack;
	ustacksize = td->td_ustacksize;
	bzero(td, sizeof(*td));
	td->td_turnstile = ts;
	td->td_sleepqueue = sq;
	td->td_kstack = kstack;
	td->td_kstack_pages = kpages;
	td->td_ustack = ustack;
	td->td_ustacksize = ustacksize;

	td->td_tid = atomic_fetchadd_int(&last_tid, 1) + 1;
	td->td_lock = &blocked_lock;
	td->td_sched = (struct td_sched *)td->td_sched_store;
	td->td_state = TDS_INACTIVE;
	td->td_flags = TDF_INMEM;
	td->td_oncpu = NOCPU;
	td->td_lastcpu = NOCPU;
	td->td_critnest = 1;
	td->td_pri_class = PRI_TIMESHARE;
	td->td_priority = td->td_base_pri = PUSER;
	td->td_user_pri = td->td_base_user_pri = PUSER;
	td->td_lend_user_pri = PRI_MAX;
	LIST_INIT(&td->td_contested);
	callout_init(&td->td_slpcallout, 1);
	cpu_thread_alloc(td);
	return (td);
}

/* Keep a dead thread for the next one. */
void
thread_free(struct thread *td)
{
	int drop;

	EVENTHANDLER_INVOKE(thread_dtor, td);
	if (td->td_ucred != NULL) {
		crfree(td->td_ucred);
		td->td_ucred = NULL;
	}
	callout_drain(&td->td_slpcallout);
#ifdef WITNESS
	witness_thread_exit(td);
#endif
	mtx_lock_spin(&zombie_lock);
	drop = td->td_ustack != 0 && free_ustacks >= URSTACKS_KEPT;
	if (td->td_ustack != 0 && !drop)
		free_ustacks++;
	mtx_unlock_spin(&zombie_lock);
	if (drop)
		cpu_thread_free(td);
	mtx_lock_spin(&zombie_lock);
	TAILQ_INSERT_HEAD(&free_threads, td, td_slpq);
	mtx_unlock_spin(&zombie_lock);
}

/*
 * Runs right after each switch: if the thread before exited, its stack is free
 * now.  A spin-lock section is open.
 */
void
thread_stash_dead(void)
{
	struct thread *td = PCPU_GET(deadthread);

	if (__predict_true(td == NULL))
		return;
	PCPU_SET(deadthread, NULL);
	mtx_lock_spin(&zombie_lock);
	TAILQ_INSERT_HEAD(&zombie_threads, td, td_slpq);
	mtx_unlock_spin(&zombie_lock);
}

void
thread_reap(void)
{
	struct thread *td;

	if (TAILQ_EMPTY(&zombie_threads))
		return;
	for (;;) {
		mtx_lock_spin(&zombie_lock);
		td = TAILQ_FIRST(&zombie_threads);
		if (td != NULL)
			TAILQ_REMOVE(&zombie_threads, td, td_slpq);
		mtx_unlock_spin(&zombie_lock);
		if (td == NULL)
			break;
		thread_free(td);
	}
}

/* Make td a thread of p. */
void
thread_link(struct thread *td, struct proc *p)
{

	td->td_state = TDS_INACTIVE;
	td->td_proc = p;
	td->td_flags = TDF_INMEM;
	TAILQ_INSERT_TAIL(&p->p_threads, td, td_plist);
	p->p_numthreads++;
	trace_thread_create(td, curthread);
	SDT_PROBE2(sysinfo, , , nthreads, 1, 0);
}

void
thread_unlink(struct thread *td)
{
	struct proc *p = td->td_proc;

	PROC_LOCK_ASSERT(p, MA_OWNED);
	TAILQ_REMOVE(&p->p_threads, td, td_plist);
	p->p_numthreads--;
}

/* A new process and its first thread. */
void
proc_linkup(struct proc *p, struct thread *td)
{

	TAILQ_INIT(&p->p_threads);
	p->p_numthreads = 0;
	thread_link(td, p);
}

/*
 * curthread ends.  The process lock and slock are held.  The last thread of a
 * process stays linked to it until somebody waits for the process.
 */
void
thread_exit(void)
{
	struct thread *td = curthread;
	struct proc *p = td->td_proc;

	PROC_LOCK_ASSERT(p, MA_OWNED);
	PROC_SLOCK_ASSERT(p, MA_OWNED);
	SDT_PROBE0(proc, , , lwp__exit);
	SDT_PROBE1(_trace, , , thread__exit, td->td_tid);
	cpu_thread_exit(td);
	if (p->p_numthreads > 1) {
		ruxagg(p, td);
		thread_unlink(td);
		PCPU_SET(deadthread, td);
	}
	PROC_UNLOCK(p);
	WITNESS_WARN(WARN_PANIC, &p->p_slock.lock_object, "thread exit");
	thread_lock(td);
	PROC_SUNLOCK(p);
	td->td_state = TDS_INACTIVE;
	sched_throw(td);
}

/* The last thread of an exited process: wait for its last switch, keep it. */
void
thread_wait(struct proc *p)
{
	struct thread *td = FIRST_THREAD_IN_PROC(p);

	KASSERT(p->p_numthreads == 1, ("multiple threads in thread_wait()"));
	thread_lock(td);
	thread_unlock(td);
	thread_reap();
	TAILQ_REMOVE(&p->p_threads, td, td_plist);
	p->p_numthreads = 0;
	thread_free(td);
}

/*
 * Finding threads by id.
 */
void
tidhash_add(struct thread *td)
{

	rw_wlock(&tidhash_lock);
	LIST_INSERT_HEAD(TIDHASH(td->td_tid), td, td_hash);
	rw_wunlock(&tidhash_lock);
}

void
tidhash_remove(struct thread *td)
{

	rw_wlock(&tidhash_lock);
	LIST_REMOVE(td, td_hash);
	rw_wunlock(&tidhash_lock);
}

/* The thread (of process pid, if not -1) with its process locked, or NULL. */
struct thread *
tdfind(lwpid_t tid, pid_t pid)
{
	struct thread *td;

	rw_rlock(&tidhash_lock);
	LIST_FOREACH(td, TIDHASH(tid), td_hash) {
		if ((lwpid_t)td->td_tid != tid)
			continue;
		if (pid != -1 && td->td_proc->p_pid != pid) {
			td = NULL;
			break;
		}
		PROC_LOCK(td->td_proc);
		if (td->td_proc->p_state == PRS_NEW) {
			PROC_UNLOCK(td->td_proc);
			td = NULL;
		}
		break;
	}
	rw_runlock(&tidhash_lock);
	return (td);
}

/*
 * Names.  Whole words are recorded, so what is behind the name must be 0.
 */
void
thread_set_name(struct thread *td, const char *name)
{

	bzero(td->td_name, sizeof(td->td_name));
	strlcpy(td->td_name, name, sizeof(td->td_name));
	trace_thread_name(td);
}

void
proc_set_comm(struct proc *p, const char *name)
{
	struct thread *td;

	bzero(p->p_comm, sizeof(p->p_comm));
	strlcpy(p->p_comm, name, sizeof(p->p_comm));
	FOREACH_THREAD_IN_PROC(p, td) {
		trace_thread_name(td);
		td->td_predcache = 0;	/* execname predicates change their mind. */
	}
}
