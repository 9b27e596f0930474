/*
 * Linker sets: arrays that no single file declares.  Each DATA_SET() adds one
 * pointer to the set's section; the linker gathers them, in link order, between
 * __start_set_NAME and __stop_set_NAME.
 */
#ifndef _SYS_LINKER_SET_H_
#define	_SYS_LINKER_SET_H_

#define	_SET_ENTRY(set, sym)						\
	static void const * const __set_##set##_sym_##sym		\
	    __attribute__((section("set_" #set), used)) = &sym
#define	TEXT_SET(set, sym)	_SET_ENTRY(set, sym)
#define	DATA_SET(set, sym)	_SET_ENTRY(set, sym)

#define	SET_DECLARE(set, ptype)						\
	extern ptype *__start_set_##set[];				\
	extern ptype *__stop_set_##set[]
#define	SET_BEGIN(set)		(&__start_set_##set[0])
#define	SET_LIMIT(set)		(&__stop_set_##set[0])
#define	SET_FOREACH(pvar, set)						\
	for ((pvar) = SET_BEGIN(set); (pvar) < SET_LIMIT(set); (pvar)++)

#endif /* !_SYS_LINKER_SET_H_ */
