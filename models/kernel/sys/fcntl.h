/*
 * open(2) and fcntl(2) flags.  Shared with user land.
 *
 * The low two bits of an open mode (O_RDONLY 0, O_WRONLY 1, O_RDWR 2) become
 * two independent bits in the kernel: FREAD 1, FWRITE 2.  Adding one does it:
 * FFLAGS() and OFLAGS() go there and back.
 */
#ifndef _SYS_FCNTL_H_
#define	_SYS_FCNTL_H_

#include <sys/types.h>

#define	O_RDONLY	0x0000
#define	O_WRONLY	0x0001
#define	O_RDWR		0x0002
#define	O_ACCMODE	0x0003
#define	O_NONBLOCK	0x0004
#define	O_APPEND	0x0008
#define	O_CREAT		0x0200
#define	O_TRUNC		0x0400
#define	O_EXCL		0x0800
#define	O_NOCTTY	0x8000
#define	O_DIRECTORY	0x00020000
#define	O_EXEC		0x00040000
#define	O_CLOEXEC	0x00100000

#ifdef _KERNEL
#define	FREAD		0x0001
#define	FWRITE		0x0002
#define	FEXEC		O_EXEC
#define	FNONBLOCK	O_NONBLOCK
#define	FAPPEND		O_APPEND
#define	FFLAGS(oflags)	(((oflags) & O_EXEC) ? (oflags) : (oflags) + 1)
#define	OFLAGS(fflags)	(((fflags) & (FEXEC | FREAD | FWRITE)) == 0 ?	\
	(fflags) : (fflags) - 1)
/* What open(2) keeps in f_flag, and what F_SETFL may change. */
#define	FMASK		(FREAD | FWRITE | FAPPEND | FNONBLOCK | FEXEC)
#define	FCNTLFLAGS	(FAPPEND | FNONBLOCK)
#endif

/* Where a relative path starts: the current directory; *at(2) flags. */
#define	AT_FDCWD		(-100)
#define	AT_SYMLINK_NOFOLLOW	0x0200
#define	AT_REMOVEDIR		0x0800

#define	F_DUPFD		0
#define	F_GETFD		1
#define	F_SETFD		2
#define	F_GETFL		3
#define	F_SETFL		4
#define	F_DUP2FD	10
#define	F_DUPFD_CLOEXEC	17
#define	FD_CLOEXEC	1

#endif /* !_SYS_FCNTL_H_ */
