/* assert.h: may be included again with NDEBUG changed, so it has no guard. */
#include <sys/cdefs.h>

#undef assert
#ifdef NDEBUG
#define	assert(e)	((void)0)
#else
#define	assert(e)	((e) ? (void)0 : __assert(__func__, __FILE__, __LINE__, #e))
#endif

#ifndef _ASSERT_H_
#define	_ASSERT_H_
#define	static_assert	_Static_assert
void	__assert(const char *, const char *, int, const char *) __dead2;
#endif
