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
#ifndef RFPROC
#define	RFFDG		0x00000004	/* Copy the file table. */
#define	RFPROC		0x00000010	/* A new process. */
#define	RFMEM		0x00000020	/* Share memory. */
#define	RFNOWAIT	0x00000040	/* init(8) is to be the parent. */
#define	RFCFDG		0x00001000	/* Empty file table. */
#define	RFPPWAIT	0x80000000	/* vfork: the parent waits. */
#endif
#define	RFFLAGS		(RFFDG | RFPROC | RFMEM | RFNOWAIT | RFCFDG | RFPPWAIT)

#endif /* !_SYS_UNISTD_H_ */
