/*
 * struct stat, what fstat(2) and fstatat(2) return, and file modes.  Shared
 * with user land.
 */
#ifndef _SYS_STAT_H_
#define	_SYS_STAT_H_

#include <sys/types.h>
#include <sys/time.h>

struct stat {
	dev_t		 st_dev;	/* File system. */
	ino_t		 st_ino;	/* File serial number in it. */
	nlink_t		 st_nlink;
	mode_t		 st_mode;
	int16_t		 st_padding0;
	uid_t		 st_uid;
	gid_t		 st_gid;
	int32_t		 st_padding1;
	dev_t		 st_rdev;	/* Device, if it is one. */
	struct timespec	 st_atim;
	struct timespec	 st_mtim;
	struct timespec	 st_ctim;
	struct timespec	 st_birthtim;
	off_t		 st_size;
	blkcnt_t	 st_blocks;	/* In units of 512 bytes. */
	blksize_t	 st_blksize;	/* Best size for I/O. */
	uint32_t	 st_flags;
	uint64_t	 st_gen;
	uint64_t	 st_spare[10];
};
#define	st_atime	st_atim.tv_sec
#define	st_mtime	st_mtim.tv_sec
#define	st_ctime	st_ctim.tv_sec

#define	S_IFMT		0170000
#define	S_IFIFO		0010000
#define	S_IFCHR		0020000
#define	S_IFDIR		0040000
#define	S_IFBLK		0060000
#define	S_IFREG		0100000
#define	S_IFLNK		0120000
#define	S_IFSOCK	0140000
#define	S_ISUID		0004000
#define	S_ISGID		0002000
#define	S_ISVTX		0001000

#define	S_IRWXU		0000700
#define	S_IRUSR		0000400
#define	S_IWUSR		0000200
#define	S_IXUSR		0000100
#define	S_IRWXG		0000070
#define	S_IRGRP		0000040
#define	S_IWGRP		0000020
#define	S_IXGRP		0000010
#define	S_IRWXO		0000007
#define	S_IROTH		0000004
#define	S_IWOTH		0000002
#define	S_IXOTH		0000001
#define	ACCESSPERMS	(S_IRWXU | S_IRWXG | S_IRWXO)
#define	ALLPERMS	(S_ISUID | S_ISGID | S_ISVTX | ACCESSPERMS)
#define	S_BLKSIZE	512

#define	S_ISDIR(m)	(((m) & S_IFMT) == S_IFDIR)
#define	S_ISCHR(m)	(((m) & S_IFMT) == S_IFCHR)
#define	S_ISBLK(m)	(((m) & S_IFMT) == S_IFBLK)
#define	S_ISREG(m)	(((m) & S_IFMT) == S_IFREG)
#define	S_ISFIFO(m)	(((m) & S_IFMT) == S_IFIFO)
#define	S_ISLNK(m)	(((m) & S_IFMT) == S_IFLNK)

#ifndef _KERNEL
int	chmod(const char *, mode_t);
int	fstat(int, struct stat *);
int	fstatat(int, const char *, struct stat *, int);
int	lstat(const char *, struct stat *);
int	mkdir(const char *, mode_t);
int	stat(const char *, struct stat *);
mode_t	umask(mode_t);
#endif

#endif /* !_SYS_STAT_H_ */
