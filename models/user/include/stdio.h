/*
 * stdio.h: buffered streams.  getc and putc go to the buffer; the system is
 * called when it runs empty or full.
 */
#ifndef _STDIO_H_
#define	_STDIO_H_

#include <sys/types.h>
#include <stdarg.h>

#define	EOF		(-1)
#define	BUFSIZ		1024
#define	FILENAME_MAX	1024
#define	FOPEN_MAX	20
#define	L_tmpnam	1024
#define	TMP_MAX		308915776
#define	P_tmpdir	"/tmp/"

#define	_IOFBF		0	/* Write when the buffer is full. */
#define	_IOLBF		1	/* ... or at the end of a line. */
#define	_IONBF		2	/* Write at once. */

#ifndef SEEK_SET
#define	SEEK_SET	0
#define	SEEK_CUR	1
#define	SEEK_END	2
#endif

typedef	struct __file	FILE;
typedef	off_t		fpos_t;

extern FILE	*__stdinp;
extern FILE	*__stdoutp;
extern FILE	*__stderrp;
#define	stdin	__stdinp
#define	stdout	__stdoutp
#define	stderr	__stderrp

int	 asprintf(char **, const char *, ...);
void	 clearerr(FILE *);
int	 dprintf(int, const char *restrict, ...);
int	 fclose(FILE *);
FILE	*fdopen(int, const char *);
int	 feof(FILE *);
int	 ferror(FILE *);
int	 fflush(FILE *);
int	 fgetc(FILE *);
int	 fgetpos(FILE *restrict, fpos_t *restrict);
char	*fgets(char *restrict, int, FILE *restrict);
int	 fileno(FILE *);
void	 flockfile(FILE *);
void	 funlockfile(FILE *);
FILE	*fopen(const char *restrict, const char *restrict);
int	 fprintf(FILE *restrict, const char *restrict, ...);
int	 fputc(int, FILE *);
int	 fputs(const char *restrict, FILE *restrict);
size_t	 fread(void *restrict, size_t, size_t, FILE *restrict);
FILE	*freopen(const char *restrict, const char *restrict, FILE *restrict);
int	 fscanf(FILE *restrict, const char *restrict, ...);
int	 fseek(FILE *, long, int);
int	 fseeko(FILE *, off_t, int);
int	 fsetpos(FILE *, const fpos_t *);
long	 ftell(FILE *);
off_t	 ftello(FILE *);
size_t	 fwrite(const void *restrict, size_t, size_t, FILE *restrict);
int	 getc(FILE *);
int	 getchar(void);
int	 getc_unlocked(FILE *);
int	 getchar_unlocked(void);
ssize_t	 getdelim(char **restrict, size_t *restrict, int, FILE *restrict);
ssize_t	 getline(char **restrict, size_t *restrict, FILE *restrict);
FILE	*open_memstream(char **, size_t *);
int	 pclose(FILE *);
void	 perror(const char *);
FILE	*popen(const char *, const char *);
int	 printf(const char *restrict, ...);
int	 putc(int, FILE *);
int	 putchar(int);
int	 putc_unlocked(int, FILE *);
int	 putchar_unlocked(int);
int	 puts(const char *);
int	 remove(const char *);
int	 rename(const char *, const char *);
void	 rewind(FILE *);
int	 scanf(const char *restrict, ...);
void	 setbuf(FILE *restrict, char *restrict);
void	 setbuffer(FILE *, char *, int);
int	 setlinebuf(FILE *);
int	 setvbuf(FILE *restrict, char *restrict, int, size_t);
int	 snprintf(char *restrict, size_t, const char *restrict, ...);
int	 sprintf(char *restrict, const char *restrict, ...);
int	 sscanf(const char *restrict, const char *restrict, ...);
FILE	*tmpfile(void);
char	*tmpnam(char *);
int	 ungetc(int, FILE *);
int	 vasprintf(char **, const char *, va_list);
int	 vdprintf(int, const char *restrict, va_list);
int	 vfprintf(FILE *restrict, const char *restrict, va_list);
int	 vfscanf(FILE *restrict, const char *restrict, va_list);
int	 vprintf(const char *restrict, va_list);
int	 vscanf(const char *restrict, va_list);
int	 vsnprintf(char *restrict, size_t, const char *restrict, va_list);
int	 vsprintf(char *restrict, const char *restrict, va_list);
int	 vsscanf(const char *restrict, const char *restrict, va_list);

#endif /* !_STDIO_H_ */
