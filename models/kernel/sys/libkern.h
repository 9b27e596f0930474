/*
 * Small functions that C programs expect of their library.
 */
#ifndef _SYS_LIBKERN_H_
#define	_SYS_LIBKERN_H_

#include <sys/types.h>

void	*memcpy(void *dst, const void *src, size_t len);
void	*memmove(void *dst, const void *src, size_t len);
void	*memset(void *dst, int c, size_t len);
int	 memcmp(const void *a, const void *b, size_t len);
void	*memchr(const void *s, int c, size_t len);
#define	bcopy(src, dst, len)	((void)memmove((dst), (src), (len)))
#define	bzero(dst, len)		((void)memset((dst), 0, (len)))
#define	bcmp(a, b, len)		memcmp((a), (b), (len))

size_t	 strlen(const char *s);
size_t	 strnlen(const char *s, size_t max);
int	 strcmp(const char *a, const char *b);
int	 strncmp(const char *a, const char *b, size_t len);
char	*strchr(const char *s, int c);
char	*strrchr(const char *s, int c);
char	*strstr(const char *s, const char *find);
char	*strcpy(char *dst, const char *src);
size_t	 strlcpy(char *dst, const char *src, size_t size);
size_t	 strlcat(char *dst, const char *src, size_t size);
long	 strtol(const char *s, char **end, int base);
unsigned long strtoul(const char *s, char **end, int base);

#define	imax(a, b)	((int)(a) > (int)(b) ? (int)(a) : (int)(b))
#define	imin(a, b)	((int)(a) < (int)(b) ? (int)(a) : (int)(b))
#define	ulmin(a, b)	((u_long)(a) < (u_long)(b) ? (u_long)(a) : (u_long)(b))
#define	ulmax(a, b)	((u_long)(a) > (u_long)(b) ? (u_long)(a) : (u_long)(b))
#define	lmin(a, b)	((long)(a) < (long)(b) ? (long)(a) : (long)(b))
#define	lmax(a, b)	((long)(a) > (long)(b) ? (long)(a) : (long)(b))
#define	abs(a)		((a) < 0 ? -(a) : (a))

/* Number of the highest (fls) or lowest (ffs) bit set, from 1; 0 if none. */
#define	ffs(x)		__builtin_ffs(x)
#define	ffsl(x)		__builtin_ffsl(x)
#define	ffsll(x)	__builtin_ffsll(x)
int	 fls(int x);
int	 flsl(long x);
#define	bitcount(x)	__builtin_popcount(x)
#define	bitcountl(x)	__builtin_popcountl(x)

#endif /* !_SYS_LIBKERN_H_ */
