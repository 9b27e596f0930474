/*
 * dd: what the files of the program share.
 */
#ifndef _DD_H_
#define	_DD_H_

#include <sys/types.h>
#include <stdint.h>
#include <time.h>

typedef struct {
	u_char		*db;		/* Buffer ... */
	u_char		*dbp;		/* ... place in it for the next bytes ... */
	size_t		 dbcnt;		/* ... bytes in it. */
	size_t		 dbrcnt;	/* Bytes of the last read. */
	size_t		 dbsz;		/* Block size. */
	const char	*name;
	int		 fd;
	off_t		 offset;	/* Blocks to skip or seek. */
	int		 seekable;
} IO;

typedef struct {
	uintmax_t	 in_full;	/* Whole and partial blocks in ... */
	uintmax_t	 in_part;
	uintmax_t	 out_full;	/* ... and out. */
	uintmax_t	 out_part;
	uintmax_t	 swab;		/* Odd-length swab blocks. */
	uintmax_t	 bytes;
	struct timespec	 start;
} STAT;

/* ddflags */
#define	C_BS		0x0001		/* bs= given: blocks pass unchanged. */
#define	C_COUNT		0x0002
#define	C_IBS		0x0004
#define	C_IF		0x0008
#define	C_OBS		0x0010
#define	C_OF		0x0020
#define	C_SKIP		0x0040
#define	C_SEEK		0x0080
#define	C_STATUS	0x0100
#define	C_NOERROR	0x0200		/* conv=... */
#define	C_NOTRUNC	0x0400
#define	C_SWAB		0x0800
#define	C_SYNC		0x1000
#define	C_LCASE		0x2000
#define	C_UCASE		0x4000
#define	C_OSYNC		0x8000
#define	C_FSYNC		0x10000
#define	C_NOXFER	0x20000		/* status=... */
#define	C_NOINFO	0x40000
#define	C_PROGRESS	0x80000
#define	C_FILL		0x100000

extern IO		 in, out;
extern STAT		 st;
extern u_int		 ddflags;
extern uintmax_t	 cpy_cnt;	/* Blocks to copy; ~0: none, 0: all. */
extern u_char		 fillchar;
extern const u_char	*ctab;		/* Case conversion, or NULL. */
extern volatile int	 need_summary, need_progress;

void	jcl(char **);
void	summary(void);
void	progress(void);
void	summary_handler(int);
void	progress_handler(int);
void	terminate(int);
void	check_info(void);

#endif /* !_DD_H_ */
