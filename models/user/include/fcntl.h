/* fcntl.h: opening files and controlling descriptors. */
#ifndef _FCNTL_H_
#define	_FCNTL_H_

#include <sys/fcntl.h>

int	creat(const char *, mode_t);
int	fcntl(int, int, ...);
int	open(const char *, int, ...);
int	openat(int, const char *, int, ...);

#endif /* !_FCNTL_H_ */
