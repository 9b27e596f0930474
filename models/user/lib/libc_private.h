/*
 * What the parts of libc know of each other.
 *
 * Threads: a program starts single-threaded and pays for no lock until the first
 * pthread_create() sets __isthreaded.  A thread's control block lies at the
 * bottom of its stack, and stacks are aligned to their size: so any code can
 * find its thread by masking the address of a local variable.  The main thread's
 * stack lies elsewhere; its control block is __main_thread.
 */
#ifndef _LIBC_PRIVATE_H_
#define	_LIBC_PRIVATE_H_

#include <sys/types.h>
#include <sys/syscall.h>
#include <machine/abi.h>

#define	THR_STACK	(256UL * 1024)	/* Size and alignment of a thread's stack. */

struct pthread {
	struct pthread	*pt_self;	/* Check: points to itself. */
	long		 pt_tid;	/* Kernel thread id. */
	int		 pt_errno;
	int		 pt_detached;
	volatile long	 pt_done;	/* thr_exit(2) sets it; joiners sleep on it. */
	void		*(*pt_start)(void *);
	void		*pt_arg;
	void		*pt_ret;
	struct pthread	*pt_next;	/* Detached ones and free stacks. */
};

extern int		 __isthreaded;
extern struct pthread	 __main_thread;
struct pthread		*__thr_self(void);

/* A lock that does nothing until there are threads: 0 free, 1 held, 2 with waiters. */
typedef	uint32_t	 __lock_t;
void			 __lock_slow(__lock_t *);
void			 __unlock_slow(__lock_t *);

static inline void
__lock(__lock_t *l)
{
	uint32_t want = 0;

	if (__isthreaded && !__atomic_compare_exchange_n(l, &want, 1, 0,
	    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		__lock_slow(l);
}

static inline void
__unlock(__lock_t *l)
{
	if (__isthreaded && __atomic_exchange_n(l, 0, __ATOMIC_RELEASE) == 2)
		__unlock_slow(l);
}

/* A system call's answer: -errno becomes -1 with errno set. */
long			 __sysret(long);

#define	SYSCALL0(n)		__sysret(__syscall((n), 0, 0, 0, 0, 0, 0))
#define	SYSCALL1(n, a)		__sysret(__syscall((n), (long)(a), 0, 0, 0, 0, 0))
#define	SYSCALL2(n, a, b)						\
	__sysret(__syscall((n), (long)(a), (long)(b), 0, 0, 0, 0))
#define	SYSCALL3(n, a, b, c)						\
	__sysret(__syscall((n), (long)(a), (long)(b), (long)(c), 0, 0, 0))
#define	SYSCALL4(n, a, b, c, d)						\
	__sysret(__syscall((n), (long)(a), (long)(b), (long)(c),	\
	    (long)(d), 0, 0))
#define	SYSCALL5(n, a, b, c, d, e)					\
	__sysret(__syscall((n), (long)(a), (long)(b), (long)(c),	\
	    (long)(d), (long)(e), 0))
#define	SYSCALL6(n, a, b, c, d, e, f)					\
	__sysret(__syscall((n), (long)(a), (long)(b), (long)(c),	\
	    (long)(d), (long)(e), (long)(f)))

extern const char	*__progname;

/* dtoa.c: digits of doubles, exactly. */
#define	FLTDEC_MAX	1200		/* Decimal digits of any finite double, and room. */
struct fltdec {
	int	 fd_ndigits;		/* 0: the value is zero. */
	int	 fd_point;		/* Decimal point after this many digits. */
	char	 fd_digits[FLTDEC_MAX];	/* 0..9, without leading zeroes. */
};
void	 __fltdec(uint64_t mantissa, int exponent, struct fltdec *);
void	 __fltdec_round(struct fltdec *, int ndigits);
double	 __decflt(const char *digits, int ndigits, int point, int inexact);

static inline uint64_t
__double_bits(double d)
{
	union { double d; uint64_t u; } u;

	u.d = d;
	return (u.u);
}

static inline double
__bits_double(uint64_t bits)
{
	union { double d; uint64_t u; } u;

	u.u = bits;
	return (u.d);
}

void	 __stdio_flush(void);		/* exit(): write what is buffered. */

#endif /* !_LIBC_PRIVATE_H_ */
