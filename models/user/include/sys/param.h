/* Sizes of things, and the two macros that everybody writes anew. */
#ifndef _SYS_PARAM_H_
#define	_SYS_PARAM_H_

#include <sys/types.h>
#include <limits.h>

#define	__FreeBSD_version	1400097

#define	PAGE_SHIFT	12
#define	PAGE_SIZE	4096
#define	PAGE_MASK	(PAGE_SIZE - 1)
#define	MAXPATHLEN	PATH_MAX
#define	MAXCOMLEN	19
#define	MAXHOSTNAMELEN	256
#define	MAXPHYS		(1024 * 1024)
#define	DEV_BSIZE	512

#define	MIN(a, b)	((a) < (b) ? (a) : (b))
#define	MAX(a, b)	((a) > (b) ? (a) : (b))
#define	howmany(x, y)	(((x) + ((y) - 1)) / (y))
#define	roundup(x, y)	((((x) + ((y) - 1)) / (y)) * (y))
#define	roundup2(x, y)	(((x) + ((y) - 1)) & ~((y) - 1))
#define	rounddown2(x, y)	((x) & ~((y) - 1))
#define	trunc_page(x)	((unsigned long)(x) & ~(unsigned long)PAGE_MASK)
#define	round_page(x)	(((unsigned long)(x) + PAGE_MASK) & ~(unsigned long)PAGE_MASK)

#endif /* !_SYS_PARAM_H_ */
