/*
 * stdatomic.h: atomic types and operations over the compiler's __atomic
 * builtins.  Atomic objects are volatile ones, so that even a plain read or
 * write is synchronised; read-modify-write needs the functions.
 */
#ifndef _STDATOMIC_H_
#define	_STDATOMIC_H_

#include <stddef.h>
#include <stdint.h>

typedef enum {
	memory_order_relaxed,
	memory_order_consume,
	memory_order_acquire,
	memory_order_release,
	memory_order_acq_rel,
	memory_order_seq_cst
} memory_order;

#define	_Atomic(type)	volatile type

typedef	volatile _Bool		atomic_bool;
typedef	volatile char		atomic_char;
typedef	volatile signed char	atomic_schar;
typedef	volatile unsigned char	atomic_uchar;
typedef	volatile short		atomic_short;
typedef	volatile unsigned short	atomic_ushort;
typedef	volatile int		atomic_int;
typedef	volatile unsigned int	atomic_uint;
typedef	volatile long		atomic_long;
typedef	volatile unsigned long	atomic_ulong;
typedef	volatile long long	atomic_llong;
typedef	volatile unsigned long long atomic_ullong;
typedef	volatile int32_t	atomic_int_least32_t;
typedef	volatile uint32_t	atomic_uint_least32_t;
typedef	volatile intptr_t	atomic_intptr_t;
typedef	volatile uintptr_t	atomic_uintptr_t;
typedef	volatile size_t		atomic_size_t;
typedef	volatile ptrdiff_t	atomic_ptrdiff_t;
typedef	volatile intmax_t	atomic_intmax_t;
typedef	volatile uintmax_t	atomic_uintmax_t;

typedef	struct {
	volatile unsigned int af_value;
} atomic_flag;

#define	ATOMIC_VAR_INIT(v)	(v)
#define	ATOMIC_FLAG_INIT	{ 0 }
#define	ATOMIC_BOOL_LOCK_FREE	2
#define	ATOMIC_INT_LOCK_FREE	2
#define	ATOMIC_LONG_LOCK_FREE	2
#define	ATOMIC_POINTER_LOCK_FREE 2
#define	kill_dependency(y)	(y)

#define	atomic_init(p, v)		((void)(*(p) = (v)))
#define	atomic_thread_fence(o)		__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define	atomic_signal_fence(o)		((void)(o))
#define	atomic_is_lock_free(p)		((void)(p), 1)

#define	atomic_load(p)			__atomic_load_n((p), __ATOMIC_SEQ_CST)
#define	atomic_store(p, v)		__atomic_store_n((p), (v), __ATOMIC_SEQ_CST)
#define	atomic_exchange(p, v)		__atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define	atomic_compare_exchange_strong(p, e, d)				\
	__atomic_compare_exchange_n((p), (e), (d), 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define	atomic_compare_exchange_weak(p, e, d)				\
	__atomic_compare_exchange_n((p), (e), (d), 1, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define	atomic_fetch_add(p, v)		__atomic_fetch_add((p), (v), __ATOMIC_SEQ_CST)
#define	atomic_fetch_sub(p, v)		__atomic_fetch_sub((p), (v), __ATOMIC_SEQ_CST)
#define	atomic_fetch_and(p, v)		__atomic_fetch_and((p), (v), __ATOMIC_SEQ_CST)
#define	atomic_fetch_or(p, v)		__atomic_fetch_or((p), (v), __ATOMIC_SEQ_CST)
#define	atomic_fetch_xor(p, v)		__atomic_fetch_xor((p), (v), __ATOMIC_SEQ_CST)

#define	atomic_load_explicit(p, o)		atomic_load(p)
#define	atomic_store_explicit(p, v, o)		atomic_store(p, v)
#define	atomic_exchange_explicit(p, v, o)	atomic_exchange(p, v)
#define	atomic_compare_exchange_strong_explicit(p, e, d, s, f)		\
	atomic_compare_exchange_strong(p, e, d)
#define	atomic_compare_exchange_weak_explicit(p, e, d, s, f)		\
	atomic_compare_exchange_weak(p, e, d)
#define	atomic_fetch_add_explicit(p, v, o)	atomic_fetch_add(p, v)
#define	atomic_fetch_sub_explicit(p, v, o)	atomic_fetch_sub(p, v)
#define	atomic_fetch_and_explicit(p, v, o)	atomic_fetch_and(p, v)
#define	atomic_fetch_or_explicit(p, v, o)	atomic_fetch_or(p, v)
#define	atomic_fetch_xor_explicit(p, v, o)	atomic_fetch_xor(p, v)

#define	atomic_flag_test_and_set(f)					\
	((_Bool)__atomic_exchange_n(&(f)->af_value, 1u, __ATOMIC_SEQ_CST))
#define	atomic_flag_clear(f)						\
	__atomic_store_n(&(f)->af_value, 0u, __ATOMIC_SEQ_CST)
#define	atomic_flag_test_and_set_explicit(f, o)	atomic_flag_test_and_set(f)
#define	atomic_flag_clear_explicit(f, o)	atomic_flag_clear(f)

#endif /* !_STDATOMIC_H_ */
