/*
 * A directory entry as getdirentries(2) returns it: variable length, 8-aligned.
 * Shared with user land.
 */
#ifndef _SYS_DIRENT_H_
#define	_SYS_DIRENT_H_

#include <sys/types.h>

#define	MAXNAMLEN	255

struct dirent {
	ino_t		 d_fileno;
	off_t		 d_off;		/* Where the next entry begins. */
	uint16_t	 d_reclen;	/* Bytes of this entry. */
	uint8_t		 d_type;	/* DT_. */
	uint8_t		 d_pad0;
	uint16_t	 d_namlen;
	uint16_t	 d_pad1;
	char		 d_name[MAXNAMLEN + 1];
};
#define	d_ino		d_fileno

#define	DT_UNKNOWN	0
#define	DT_FIFO		1
#define	DT_CHR		2
#define	DT_DIR		4
#define	DT_BLK		6
#define	DT_REG		8
#define	DT_LNK		10

#define	_GENERIC_DIRLEN(namlen)						\
	((__builtin_offsetof(struct dirent, d_name) + (namlen) + 1 + 7) & ~7UL)

#endif /* !_SYS_DIRENT_H_ */
