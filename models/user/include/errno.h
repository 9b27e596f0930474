/*
 * errno.h: FreeBSD's error numbers.  errno is one variable a thread.
 */
#ifndef _ERRNO_H_
#define	_ERRNO_H_

int	*__error(void);
#define	errno	(*__error())

#include <sys/errno.h>

#endif /* !_ERRNO_H_ */
