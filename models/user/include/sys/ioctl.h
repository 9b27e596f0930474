/* ioctl(2) and the commands there are. */
#ifndef _SYS_IOCTL_H_
#define	_SYS_IOCTL_H_

#include <sys/filio.h>
#include <sys/ttycom.h>

#endif /* !_SYS_IOCTL_H_ */
