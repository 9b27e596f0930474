/*
 * What all locks have in common: a name, a class and, for WITNESS, a node in
 * the graph of lock orders.
 */
#ifndef _SYS_LOCK_H_
#define	_SYS_LOCK_H_

#include <sys/types.h>

struct witness;
struct lock_list_entry;
struct thread;

struct lock_object {
	const char	*lo_name;
	u_int		 lo_flags;
	u_int		 lo_data;	/* Recursion count, owned by the class. */
	struct witness	*lo_witness;
};

struct lock_class {
	const char	*lc_name;
	u_int		 lc_flags;
	void		(*lc_assert)(const struct lock_object *lock, int what);
	void		(*lc_lock)(struct lock_object *lock, uintptr_t how);
	int		(*lc_owner)(const struct lock_object *lock,
			    struct thread **owner);
	uintptr_t	(*lc_unlock)(struct lock_object *lock);
};

#define	LC_SLEEPLOCK	0x00000001	/* Blocks on a turnstile or sleepqueue. */
#define	LC_SPINLOCK	0x00000002
#define	LC_SLEEPABLE	0x00000004	/* May be held across a sleep. */
#define	LC_RECURSABLE	0x00000008
#define	LC_UPGRADABLE	0x00000010

#define	LO_CLASSFLAGS	0x0000ffff
#define	LO_INITIALIZED	0x00010000
#define	LO_WITNESS	0x00020000	/* Watched. */
#define	LO_QUIET	0x00040000
#define	LO_RECURSABLE	0x00080000
#define	LO_SLEEPABLE	0x00100000
#define	LO_UPGRADABLE	0x00200000
#define	LO_DUPOK	0x00400000	/* Two of one type at once are fine. */
#define	LO_IS_VNODE	0x00800000
#define	LO_NOPROFILE	0x10000000
#define	LO_CLASSMASK	0x0f000000
#define	LO_CLASSSHIFT	24

#define	LO_CLASSINDEX(lock)	((((lock)->lo_flags) & LO_CLASSMASK) >> LO_CLASSSHIFT)
#define	LOCK_CLASS(lock)	(lock_classes[LO_CLASSINDEX((lock))])
#define	LOCK_CLASS_MAX		(LO_CLASSMASK >> LO_CLASSSHIFT)

/* Options of one lock operation. */
#define	LOP_NEWORDER	0x00000001
#define	LOP_QUIET	0x00000002
#define	LOP_TRYLOCK	0x00000004
#define	LOP_EXCLUSIVE	0x00000008
#define	LOP_DUPOK	0x00000010
#define	LOP_NOSLEEP	0x00000020

/* What to assert of a lock. */
#define	LA_MASKASSERT	0x000000ff
#define	LA_UNLOCKED	0x00000000
#define	LA_LOCKED	0x00000001
#define	LA_SLOCKED	0x00000002
#define	LA_XLOCKED	0x00000004
#define	LA_RECURSED	0x00000008
#define	LA_NOTRECURSED	0x00000010

/*
 * LOCK_DEBUG: lock operations are functions that check and tell WITNESS.
 * Otherwise the uncontested case is done where it is written.
 */
#if defined(WITNESS) || defined(INVARIANTS)
#define	LOCK_DEBUG	1
#define	LOCK_FILE	__FILE__
#define	LOCK_LINE	__LINE__
#else
#define	LOCK_DEBUG	0
#define	LOCK_FILE	NULL
#define	LOCK_LINE	0
#endif

extern struct lock_class *lock_classes[];
extern struct lock_class lock_class_mtx_sleep;
extern struct lock_class lock_class_mtx_spin;
extern struct lock_class lock_class_sx;
extern struct lock_class lock_class_rw;
extern struct lock_class lock_class_lockmgr;

/* Back-off of spinning: the delay doubles up to a limit. */
struct lock_delay_config {
	u_int		 base;
	u_int		 max;
};
struct lock_delay_arg {
	struct lock_delay_config *config;
	u_int		 delay;
	u_int		 spin_cnt;
};
extern struct lock_delay_config locks_delay;
void	lock_delay_arg_init(struct lock_delay_arg *la, struct lock_delay_config *lc);
void	lock_delay(struct lock_delay_arg *la);

/* After a panic only one thread runs on, and no lock keeps it. */
#define	SCHEDULER_STOPPED()	__predict_false(panicstr != NULL)

#ifdef INVARIANTS
#define	TD_LOCKS_INC(td)	((void)((td)->td_locks++))
#define	TD_LOCKS_DEC(td)	((void)((td)->td_locks--))
#else
#define	TD_LOCKS_INC(td)	((void)0)
#define	TD_LOCKS_DEC(td)	((void)0)
#endif

void	lock_init(struct lock_object *lock, struct lock_class *class,
	    const char *name, const char *type, int flags);
void	lock_destroy(struct lock_object *lock);

#ifdef WITNESS
void	witness_init(struct lock_object *lock, const char *type);
void	witness_destroy(struct lock_object *lock);
void	witness_checkorder(struct lock_object *lock, int flags,
	    const char *file, int line, struct lock_object *interlock);
void	witness_lock(struct lock_object *lock, int flags, const char *file, int line);
void	witness_upgrade(struct lock_object *lock, int flags, const char *file, int line);
void	witness_downgrade(struct lock_object *lock, int flags, const char *file, int line);
void	witness_unlock(struct lock_object *lock, int flags, const char *file, int line);
void	witness_save(struct lock_object *lock, const char **filep, int *linep);
void	witness_restore(struct lock_object *lock, const char *file, int line);
void	witness_assert(const struct lock_object *lock, int flags, const char *file, int line);
int	witness_warn(int flags, struct lock_object *lock, const char *fmt, ...);
void	witness_thread_exit(struct thread *td);
int	witness_defineorder(struct lock_object *a, struct lock_object *b);
#define	WARN_GIANTOK	0x01
#define	WARN_PANIC	0x02
#define	WARN_SLEEPOK	0x04
#define	WITNESS_INIT(lock, type)	witness_init((lock), (type))
#define	WITNESS_DESTROY(lock)		witness_destroy(lock)
#define	WITNESS_CHECKORDER(lock, flags, file, line, interlock)		\
	witness_checkorder((lock), (flags), (file), (line), (interlock))
#define	WITNESS_LOCK(lock, flags, file, line)				\
	witness_lock((lock), (flags), (file), (line))
#define	WITNESS_UPGRADE(lock, flags, file, line)			\
	witness_upgrade((lock), (flags), (file), (line))
#define	WITNESS_DOWNGRADE(lock, flags, file, line)			\
	witness_downgrade((lock), (flags), (file), (line))
#define	WITNESS_UNLOCK(lock, flags, file, line)				\
	witness_unlock((lock), (flags), (file), (line))
#define	WITNESS_WARN(flags, lock, ...)					\
	witness_warn((flags), (lock), __VA_ARGS__)
#define	WITNESS_SAVE_DECL(n)						\
	const char *n##__wf; int n##__wl
#define	WITNESS_SAVE(lock, n)		witness_save((lock), &n##__wf, &n##__wl)
#define	WITNESS_RESTORE(lock, n)	witness_restore((lock), n##__wf, n##__wl)
#else
#define	WITNESS_INIT(lock, type)	((lock)->lo_witness = NULL)
#define	WITNESS_DESTROY(lock)		((void)0)
#define	WITNESS_CHECKORDER(lock, flags, file, line, interlock) ((void)0)
#define	WITNESS_LOCK(lock, flags, file, line)	((void)0)
#define	WITNESS_UPGRADE(lock, flags, file, line) ((void)0)
#define	WITNESS_DOWNGRADE(lock, flags, file, line) ((void)0)
#define	WITNESS_UNLOCK(lock, flags, file, line)	((void)0)
#define	WITNESS_WARN(flags, lock, ...)		((void)0)
#define	WITNESS_SAVE_DECL(n)
#define	WITNESS_SAVE(lock, n)		((void)0)
#define	WITNESS_RESTORE(lock, n)	((void)0)
#endif

#endif /* !_SYS_LOCK_H_ */
