/*
 * The kernel's basic types.  LP64, little-endian: long and pointers are 64
 * bits wide.
 */
#ifndef _SYS_TYPES_H_
#define	_SYS_TYPES_H_

#include <sys/cdefs.h>

typedef signed char		int8_t;
typedef unsigned char		uint8_t;
typedef short			int16_t;
typedef unsigned short		uint16_t;
typedef int			int32_t;
typedef unsigned int		uint32_t;
typedef long			int64_t;
typedef unsigned long		uint64_t;
typedef long			intptr_t;
typedef unsigned long		uintptr_t;
typedef long			intmax_t;
typedef unsigned long		uintmax_t;
typedef long			ptrdiff_t;

typedef unsigned char		u_char;
typedef unsigned short		u_short;
typedef unsigned int		u_int;
typedef unsigned long		u_long;
typedef uint8_t			u_int8_t;
typedef uint16_t		u_int16_t;
typedef uint32_t		u_int32_t;
typedef uint64_t		u_int64_t;

typedef unsigned long		size_t;
typedef long			ssize_t;
typedef long			off_t;
typedef long			time_t;
typedef long			suseconds_t;
typedef int			clockid_t;
typedef int			pid_t;
typedef int			lwpid_t;	/* Thread id. */
typedef unsigned int		uid_t;
typedef unsigned int		gid_t;
typedef unsigned long		id_t;
typedef unsigned short		mode_t;
typedef unsigned long		ino_t;
typedef unsigned long		nlink_t;
typedef unsigned long		dev_t;
typedef int			blksize_t;
typedef long			blkcnt_t;
typedef char			*caddr_t;
typedef int64_t		daddr_t;	/* Number of a disk block. */
typedef const char		*c_caddr_t;
typedef int			cpuid_t;
typedef long			segsz_t;
typedef long			register_t;
typedef unsigned long		fixpt_t;
typedef int64_t			sbintime_t;	/* 32.32 seconds. */

typedef unsigned long		vm_offset_t;	/* A virtual address. */
typedef unsigned long		vm_paddr_t;	/* An offset into physical memory. */
typedef unsigned long		vm_size_t;
typedef unsigned long		vm_ooffset_t;
typedef unsigned long		vm_pindex_t;
typedef unsigned char		vm_prot_t;

typedef _Bool			bool;
#define	true	1
#define	false	0
typedef int			boolean_t;
#ifndef NULL
#define	NULL	((void *)0)
#endif

/* A set of CPUs: one bit each. */
#define	MAXCPU		64
typedef struct _cpuset {
	unsigned long	 __bits;
} cpuset_t;

typedef unsigned long		fd_mask;

/* Signals: one bit each, signal 1 is bit 0 of word 0. */
#define	_SIG_WORDS	4
typedef struct __sigset {
	uint32_t	 __bits[_SIG_WORDS];
} sigset_t;

#define	offsetof(type, field)	__builtin_offsetof(type, field)

#endif /* !_SYS_TYPES_H_ */
