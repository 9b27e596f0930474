/*
 * mmap(2): protections, flags, advice.
 */
#ifndef _SYS_MMAN_H_
#define	_SYS_MMAN_H_

#define	PROT_NONE	0x00
#define	PROT_READ	0x01
#define	PROT_WRITE	0x02
#define	PROT_EXEC	0x04
#define	_PROT_ALL	(PROT_READ | PROT_WRITE | PROT_EXEC)

#define	MAP_SHARED	0x0001
#define	MAP_PRIVATE	0x0002
#define	MAP_FIXED	0x0010		/* Exactly at addr. */
#define	MAP_STACK	0x0400
#define	MAP_ANON	0x1000		/* No file: zeros. */
#define	MAP_GUARD	0x2000		/* Reserve addresses only. */
#define	MAP_EXCL	0x4000		/* With MAP_FIXED: replace nothing. */

#define	MADV_NORMAL	0
#define	MADV_RANDOM	1
#define	MADV_SEQUENTIAL	2
#define	MADV_WILLNEED	3
#define	MADV_DONTNEED	4
#define	MADV_FREE	5

#endif /* !_SYS_MMAN_H_ */
