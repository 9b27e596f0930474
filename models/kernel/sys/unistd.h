/*
 * Constants that the kernel and unistd.h share: access(2), lseek(2), rfork(2).
 * Shared with user land.
 */
#ifndef _SYS_UNISTD_H_
#define	_SYS_UNISTD_H_

#define	F_OK		0
#define	X_OK		0x01
#define	W_OK		0x02
#define	R_OK		0x04

#define	SEEK_SET	0
#define	SEEK_CUR	1
#define	SEEK_END	2

/* rfork(2): what parent and child have in common or in copy. */
#define	RFFDG		(1 << 2)	/* Copy the descriptor table. */
#define	RFPROC		(1 << 4)	/* Make a process. */
#define	RFMEM		(1 << 5)	/* Share the address space. */
#define	RFNOWAIT	(1 << 6)	/* init(8) is to be the parent. */
#define	RFCFDG		(1 << 12)	/* Start with no descriptors. */
#define	RFSTOPPED	(1 << 17)	/* Kernel only: do not make it runnable. */
#define	RFHIGHPID	(1 << 18)	/* Kernel only: a pid from 10 up. */
#define	RFPPWAIT	(1u << 31)	/* vfork(2): the parent waits for exec. */
#define	RFFLAGS		(RFFDG | RFPROC | RFMEM | RFNOWAIT | RFCFDG | RFPPWAIT)

#endif /* !_SYS_UNISTD_H_ */
