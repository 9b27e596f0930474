/* stddef.h: sizes, NULL and member offsets. */
#ifndef _STDDEF_H_
#define	_STDDEF_H_

typedef	__SIZE_TYPE__	size_t;
typedef	long		ptrdiff_t;
typedef	int		wchar_t;
typedef	struct {
	long long	ma_ll;
	double		ma_d;
} max_align_t;

#define	NULL		((void *)0)
#define	offsetof(t, m)	__builtin_offsetof(t, m)

#endif /* !_STDDEF_H_ */
