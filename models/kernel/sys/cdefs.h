/*
 * Words for the compiler: attributes and small tricks of C that the rest of
 * the kernel spells in one way only.
 */
#ifndef _SYS_CDEFS_H_
#define	_SYS_CDEFS_H_

#define	__BEGIN_DECLS
#define	__END_DECLS

#define	__predict_true(exp)	__builtin_expect((exp), 1)
#define	__predict_false(exp)	__builtin_expect((exp), 0)
#define	__unused		__attribute__((unused))
#define	__used			__attribute__((used))
#define	__packed		__attribute__((packed))
#define	__aligned(x)		__attribute__((aligned(x)))
#define	__section(x)		__attribute__((section(x)))
#define	__dead2			__attribute__((noreturn))
#define	__noinline		__attribute__((noinline))
#define	__printflike(f, a)	__attribute__((format(printf, f, a)))
/* No fbt probe site: for what probe context itself may call. */
#define	__notrace		__attribute__((no_instrument_function))

#define	__CONCAT1(x, y)		x ## y
#define	__CONCAT(x, y)		__CONCAT1(x, y)
#define	__STRING(x)		#x
#define	__XSTRING(x)		__STRING(x)

#define	__offsetof(type, field)	__builtin_offsetof(type, field)
#define	__containerof(x, s, m)						\
	((s *)((char *)(unsigned long)(x) - __offsetof(s, m)))
#define	__DECONST(type, var)	((type)(unsigned long)(const void *)(var))
#define	__DEVOLATILE(type, var)	((type)(unsigned long)(volatile void *)(var))

#endif /* !_SYS_CDEFS_H_ */
