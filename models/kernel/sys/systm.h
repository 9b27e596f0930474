/*
 * What all of the kernel may call: assertions, printing, sleeping, copying.
 */
#ifndef _SYS_SYSTM_H_
#define	_SYS_SYSTM_H_

#include <sys/types.h>
#include <sys/libkern.h>
#include <sys/pcpu.h>
#include <machine/stdarg.h>
#include <machine/atomic.h>
#include <machine/cpu.h>

extern int	 cold;			/* Booting: nobody can sleep yet. */
extern const char *panicstr;		/* Why we are panicking, or NULL. */
extern char	 version[];
extern int	 hz, stathz, profhz;	/* Clock rates. */
extern volatile int ticks;		/* hardclock ticks since boot. */
extern int	 maxproc;
extern struct bootinfo *bootinfo;

#define	KERNEL_PANICKED()	__predict_false(panicstr != NULL)

/*
 * KASSERT(condition, ("format", args)): what must hold; checked in kernels
 * with INVARIANTS.  MPASS: the same without words of its own.
 */
#ifdef INVARIANTS
#define	KASSERT(exp, msg) do {						\
	if (__predict_false(!(exp)))					\
		kassert_panic msg;					\
} while (0)
#else
#define	KASSERT(exp, msg)	do { } while (0)
#endif
#define	MPASS(exp)	KASSERT((exp), ("Assertion %s failed at %s:%d",	\
			    #exp, __FILE__, __LINE__))
#define	CTASSERT(x)	_Static_assert(x, "compile-time assertion failed")

void	 kassert_panic(const char *fmt, ...) __printflike(1, 2);
void	 panic(const char *fmt, ...) __dead2 __printflike(1, 2);
void	 vpanic(const char *fmt, va_list ap) __dead2;

int	 printf(const char *fmt, ...) __printflike(1, 2);
int	 vprintf(const char *fmt, va_list ap);
int	 sprintf(char *buf, const char *fmt, ...) __printflike(2, 3);
int	 snprintf(char *buf, size_t size, const char *fmt, ...) __printflike(3, 4);
int	 vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int	 log(int level, const char *fmt, ...) __printflike(2, 3);
int	 uprintf(const char *fmt, ...) __printflike(1, 2);
void	 cnputs(const char *s, size_t len);	/* Straight to the console. */
#define	LOG_ERR		3
#define	LOG_WARNING	4
#define	LOG_NOTICE	5
#define	LOG_INFO	6
#define	LOG_DEBUG	7

/* User memory (amd64/copyinout.c): 0, or EFAULT (f/suword: -1). */
int	 copyin(const void *uaddr, void *kaddr, size_t len);
int	 copyout(const void *kaddr, void *uaddr, size_t len);
int	 copyinstr(const void *uaddr, void *kaddr, size_t len, size_t *done);
int	 copyin_nofault(const void *uaddr, void *kaddr, size_t len);
int	 copyout_nofault(const void *kaddr, void *uaddr, size_t len);
int	 copystr(const void *from, void *to, size_t len, size_t *done);
long	 fuword(const void *uaddr);
int	 fubyte(const void *uaddr);
int	 fueword32(const void *uaddr, int32_t *val);
int	 fueword64(const void *uaddr, int64_t *val);
int	 suword(void *uaddr, long word);
int	 suword32(void *uaddr, int word);
int	 subyte(void *uaddr, int byte);
int	 casueword32(void *uaddr, uint32_t old, uint32_t *actual, uint32_t new);

/*
 * Critical sections: no preemption.  Spinlock sections: no interrupts either.
 */
void	 critical_enter(void);
void	 critical_exit(void);
void	 spinlock_enter(void);
void	 spinlock_exit(void);
#define	CRITICAL_ASSERT(td)						\
	KASSERT((td)->td_critnest >= 1, ("Not in critical section"))

/*
 * Sleeping.  _sleep() drops an interlock (mutex, rwlock or sx) after the
 * thread is queued, so that no wakeup is lost, and takes it again unless PDROP.
 */
struct lock_object;
int	 _sleep(const void *chan, struct lock_object *lock, int pri,
	    const char *wmesg, sbintime_t sbt, sbintime_t pr, int flags);
#define	msleep(chan, mtx, pri, wmesg, timo)				\
	_sleep((chan), &(mtx)->lock_object, (pri), (wmesg),		\
	    tick_sbt * (timo), 0, C_HARDCLOCK)
#define	msleep_sbt(chan, mtx, pri, wmesg, bt, pr, flags)		\
	_sleep((chan), &(mtx)->lock_object, (pri), (wmesg), (bt), (pr), (flags))
#define	tsleep(chan, pri, wmesg, timo)					\
	_sleep((chan), NULL, (pri), (wmesg), tick_sbt * (timo), 0, C_HARDCLOCK)
#define	tsleep_sbt(chan, pri, wmesg, bt, pr, flags)			\
	_sleep((chan), NULL, (pri), (wmesg), (bt), (pr), (flags))
int	 msleep_spin_sbt(const void *chan, void *mtx, const char *wmesg,
	    sbintime_t sbt, sbintime_t pr, int flags);
#define	msleep_spin(chan, mtx, wmesg, timo)				\
	msleep_spin_sbt((chan), (mtx), (wmesg), tick_sbt * (timo), 0, C_HARDCLOCK)
int	 pause_sbt(const char *wmesg, sbintime_t sbt, sbintime_t pr, int flags);
#define	pause(wmesg, timo)						\
	pause_sbt((wmesg), tick_sbt * (timo), 0, C_HARDCLOCK)
void	 wakeup(const void *chan);
void	 wakeup_one(const void *chan);
void	 wakeup_any(const void *chan);
extern sbintime_t tick_sbt;		/* One hardclock tick. */

/* Flags of timed things, shared with callout.h. */
#define	C_DIRECT_EXEC	0x0001		/* Run in the timer interrupt. */
#define	C_PRELBITS	7
#define	C_PREL(x)	(((x) + 1) << 1) /* Precision: 1/2^x of the time. */
#define	C_PRELGET(x)	(int)((((x) >> 1) & ((1 << C_PRELBITS) - 1)) - 1)
#define	C_HARDCLOCK	0x0100		/* Align to hardclock ticks. */
#define	C_ABSOLUTE	0x0200		/* The time is since boot. */
#define	C_PRECALC	0x0400	/* Time and precision are final. */
#define	C_CATCH		0x0800	/* pause_sbt(): signals end it. */

int	 should_yield(void);
void	 DELAY(int usec);
char	*kern_getenv(const char *name);		/* Not to be freed; NULL if unset. */
int	 getenv_int(const char *name, int *data);

/* Clocks' entry points. */
void	 hardclock(int cnt, int usermode);
void	 statclock(int cnt, int usermode);

/* Shutdown. */
void	 kern_reboot(int howto) __dead2;
#define	RB_AUTOBOOT	0
#define	RB_HALT		0x008
#define	RB_NOSYNC	0x004
#define	RB_POWEROFF	0x4000
extern int shutdown_status;		/* Exit status the machine reports. */

struct thread;
void	 userret(struct thread *td, struct trapframe *frame);
void	 ast(struct trapframe *frame);

#endif /* !_SYS_SYSTM_H_ */
