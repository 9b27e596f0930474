/*
 * Words that every header uses: attributes, and nothing that makes code.
 */
#ifndef _SYS_CDEFS_H_
#define	_SYS_CDEFS_H_

#define	__BEGIN_DECLS
#define	__END_DECLS
#define	__dead2		__attribute__((noreturn))
#define	__unused	__attribute__((unused))
#define	__used		__attribute__((used))
#define	__packed	__attribute__((packed))
#define	__aligned(x)	__attribute__((aligned(x)))
#define	__section(x)	__attribute__((section(x)))
#define	__printflike(f, a)
#define	__scanflike(f, a)
#define	__restrict	restrict
#define	__predict_true(e)	__builtin_expect((e), 1)
#define	__predict_false(e)	__builtin_expect((e), 0)
#define	__CONCAT1(x, y)	x ## y
#define	__CONCAT(x, y)	__CONCAT1(x, y)
#define	__STRING(x)	#x
#define	__XSTRING(x)	__STRING(x)
#define	__DECONST(t, v)	((t)(unsigned long)(const void *)(v))
#define	nitems(x)	(sizeof(x) / sizeof((x)[0]))

#endif /* !_SYS_CDEFS_H_ */
