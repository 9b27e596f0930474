/*
 * The system's types, as FreeBSD has them on amd64 (LP64; 64-bit inode
 * numbers): what crosses the system call boundary has exactly these sizes.
 */
#ifndef _SYS_TYPES_H_
#define	_SYS_TYPES_H_

#include <sys/cdefs.h>
#include <stdint.h>
#include <stddef.h>

typedef	unsigned char	u_char;
typedef	unsigned short	u_short;
typedef	unsigned int	u_int;
typedef	unsigned long	u_long;
typedef	unsigned short	ushort;
typedef	unsigned int	uint;
typedef	uint8_t		u_int8_t;
typedef	uint16_t	u_int16_t;
typedef	uint32_t	u_int32_t;
typedef	uint64_t	u_int64_t;
typedef	uint64_t	u_quad_t;
typedef	int64_t		quad_t;
typedef	char		*caddr_t;

typedef	long		ssize_t;
typedef	int64_t		off_t;
typedef	uint64_t	ino_t;
typedef	uint64_t	dev_t;
typedef	uint64_t	nlink_t;
typedef	uint16_t	mode_t;
typedef	uint32_t	uid_t;
typedef	uint32_t	gid_t;
typedef	uint32_t	id_t;
typedef	int32_t		pid_t;
typedef	int32_t		lwpid_t;
typedef	int64_t		blkcnt_t;
typedef	int32_t		blksize_t;
typedef	int64_t		time_t;
typedef	long		suseconds_t;
typedef	unsigned int	useconds_t;
typedef	int32_t		clock_t;
typedef	int32_t		clockid_t;
typedef	uint32_t	fflags_t;
typedef	long		segsz_t;
typedef	long		register_t;

/* Signal n is bit n - 1. */
#define	_SIG_WORDS	4
typedef	struct __sigset {
	uint32_t	__bits[_SIG_WORDS];
} sigset_t;

typedef	struct pthread		*pthread_t;
typedef	struct pthread_mutex {
	uint32_t	pm_word;	/* 0 free, 1 held, 2 held and waited for. */
	uint32_t	pm_count;	/* Recursive: extra holds. */
	int		pm_type;	/* PTHREAD_MUTEX_. */
	int		pm_pad;
	pthread_t	pm_owner;
} pthread_mutex_t;
typedef	struct pthread_cond {
	uint32_t	pc_seq;		/* Grows with every signal. */
	uint32_t	pc_waiters;
} pthread_cond_t;
typedef	struct {
	int		pa_type;
} pthread_mutexattr_t;
typedef	struct {
	int		pa_unused;
} pthread_condattr_t;
typedef	struct {
	size_t		pa_stacksize;
	int		pa_detached;
} pthread_attr_t;
typedef	struct {
	pthread_mutex_t	pb_mtx;
	pthread_cond_t	pb_cond;
	unsigned	pb_count, pb_need, pb_round;
} pthread_barrier_t;
typedef	struct {
	uint32_t	po_state;
} pthread_once_t;

#define	major(d)	((int)((d) >> 8 & 0xff))
#define	minor(d)	((int)((d) & 0xffff00ff))
#define	makedev(M, m)	((dev_t)((M) << 8 | (m)))

#endif /* !_SYS_TYPES_H_ */
