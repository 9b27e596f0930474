/*
 * Atomic operations.
 *
 * Each is one synchronised access: it happens in exact cycle order among all
 * CPUs and costs what the profile says.  _acq, _rel: the same here, since the
 * machine never reorders one CPU's accesses; kept because they tell a reader
 * which access opens and which closes a critical section.
 */
#ifndef _MACHINE_ATOMIC_H_
#define	_MACHINE_ATOMIC_H_

#define	__ATOMIC_ORDER		5	/* Sequentially consistent. */

#define	_atomic_cmpset(p, o, n)	__sync_bool_compare_and_swap((p), (o), (n))
#define	_atomic_add(p, v)	((void)__atomic_fetch_add((p), (v), __ATOMIC_ORDER))
#define	_atomic_sub(p, v)	((void)__atomic_fetch_sub((p), (v), __ATOMIC_ORDER))
#define	_atomic_or(p, v)	((void)__atomic_fetch_or((p), (v), __ATOMIC_ORDER))
#define	_atomic_and(p, v)	((void)__atomic_fetch_and((p), (v), __ATOMIC_ORDER))
/* Plain loads and stores are single accesses: volatile puts them in order. */
#define	_vload(t, p)		(*(volatile t *)(p))
#define	_vstore(t, p, v)	((void)(*(volatile t *)(p) = (t)(v)))
#define	_atomic_swap(p, v)	__atomic_exchange_n((p), (v), __ATOMIC_ORDER)
#define	_atomic_fadd(p, v)	__atomic_fetch_add((p), (v), __ATOMIC_ORDER)

#define	atomic_cmpset_int(p, o, n)	_atomic_cmpset(p, o, n)
#define	atomic_cmpset_acq_int(p, o, n)	_atomic_cmpset(p, o, n)
#define	atomic_cmpset_rel_int(p, o, n)	_atomic_cmpset(p, o, n)
#define	atomic_cmpset_32(p, o, n)	_atomic_cmpset(p, o, n)
#define	atomic_cmpset_64(p, o, n)	_atomic_cmpset(p, o, n)
#define	atomic_cmpset_long(p, o, n)	_atomic_cmpset(p, o, n)
#define	atomic_cmpset_ptr(p, o, n)	_atomic_cmpset(p, o, n)
#define	atomic_cmpset_acq_ptr(p, o, n)	_atomic_cmpset(p, o, n)
#define	atomic_cmpset_rel_ptr(p, o, n)	_atomic_cmpset(p, o, n)
#define	atomic_add_int(p, v)		_atomic_add(p, v)
#define	atomic_add_32(p, v)		_atomic_add(p, v)
#define	atomic_add_64(p, v)		_atomic_add(p, v)
#define	atomic_add_long(p, v)		_atomic_add(p, v)
#define	atomic_subtract_int(p, v)	_atomic_sub(p, v)
#define	atomic_subtract_long(p, v)	_atomic_sub(p, v)
#define	atomic_subtract_64(p, v)	_atomic_sub(p, v)
#define	atomic_set_int(p, v)		_atomic_or(p, v)
#define	atomic_set_long(p, v)		_atomic_or(p, v)
#define	atomic_set_ptr(p, v)		_atomic_or(p, v)
#define	atomic_clear_ptr(p, v)		_atomic_and(p, ~(uintptr_t)(v))
#define	atomic_clear_int(p, v)		_atomic_and(p, ~(v))
#define	atomic_clear_long(p, v)		_atomic_and(p, ~(v))
#define	atomic_load_int(p)	_vload(unsigned int, p)
#define	atomic_load_long(p)	_vload(unsigned long, p)
#define	atomic_load_64(p)	_vload(unsigned long, p)
#define	atomic_load_ptr(p)	_vload(unsigned long, p)
#define	atomic_load_acq_int(p)	_vload(unsigned int, p)
#define	atomic_load_acq_ptr(p)	_vload(unsigned long, p)
#define	atomic_load_acq_64(p)	_vload(unsigned long, p)
#define	atomic_store_int(p, v)	_vstore(unsigned int, p, v)
#define	atomic_store_long(p, v)	_vstore(unsigned long, p, v)
#define	atomic_store_64(p, v)	_vstore(unsigned long, p, v)
#define	atomic_store_ptr(p, v)	_vstore(unsigned long, p, v)
#define	atomic_store_rel_int(p, v)	_vstore(unsigned int, p, v)
#define	atomic_store_rel_ptr(p, v)	_vstore(unsigned long, p, v)
#define	atomic_store_rel_64(p, v)	_vstore(unsigned long, p, v)
#define	atomic_swap_int(p, v)		_atomic_swap(p, v)
#define	atomic_swap_long(p, v)		_atomic_swap(p, v)
#define	atomic_swap_ptr(p, v)		_atomic_swap(p, v)
#define	atomic_fetchadd_int(p, v)	_atomic_fadd(p, v)
#define	atomic_fetchadd_long(p, v)	_atomic_fadd(p, v)
#define	atomic_fetchadd_64(p, v)	_atomic_fadd(p, v)
#define	atomic_thread_fence_acq()	__atomic_thread_fence(__ATOMIC_ORDER)
#define	atomic_thread_fence_rel()	__atomic_thread_fence(__ATOMIC_ORDER)
#define	atomic_thread_fence_seq_cst()	__atomic_thread_fence(__ATOMIC_ORDER)
#define	mb()				__sync_synchronize()
#define	rmb()				__sync_synchronize()
#define	wmb()				__sync_synchronize()

#endif /* !_MACHINE_ATOMIC_H_ */
