/* stdlib.h: memory, numbers, sorting, the environment, the end of a program. */
#ifndef _STDLIB_H_
#define	_STDLIB_H_

#include <sys/cdefs.h>
#include <stddef.h>

#define	EXIT_SUCCESS	0
#define	EXIT_FAILURE	1
#define	RAND_MAX	0x7fffffff
#define	MB_CUR_MAX	1

typedef	struct {
	int	quot;
	int	rem;
} div_t;
typedef	struct {
	long	quot;
	long	rem;
} ldiv_t;
typedef	struct {
	long long	quot;
	long long	rem;
} lldiv_t;

_Noreturn void	 abort(void);
int		 abs(int);
void		*aligned_alloc(size_t, size_t);
int		 atexit(void (*)(void));
double		 atof(const char *);
int		 atoi(const char *);
long		 atol(const char *);
long long	 atoll(const char *);
void		*bsearch(const void *, const void *, size_t, size_t,
		    int (*)(const void *, const void *));
void		*calloc(size_t, size_t);
div_t		 div(int, int);
_Noreturn void	 exit(int);
_Noreturn void	 _Exit(int);
void		 free(void *);
char		*getenv(const char *);
long		 labs(long);
ldiv_t		 ldiv(long, long);
long long	 llabs(long long);
lldiv_t		 lldiv(long long, long long);
void		*malloc(size_t);
size_t		 malloc_usable_size(const void *);
int		 mblen(const char *, size_t);
int		 posix_memalign(void **, size_t, size_t);
int		 putenv(char *);
void		 qsort(void *, size_t, size_t, int (*)(const void *, const void *));
void		 qsort_r(void *, size_t, size_t,
		    int (*)(const void *, const void *, void *), void *);
int		 rand(void);
int		 rand_r(unsigned *);
long		 random(void);
unsigned	 arc4random(void);
void		*realloc(void *, size_t);
void		*reallocarray(void *, size_t, size_t);
void		*reallocf(void *, size_t);
int		 setenv(const char *, const char *, int);
void		 srand(unsigned);
void		 srandom(unsigned long);
double		 strtod(const char *restrict, char **restrict);
float		 strtof(const char *restrict, char **restrict);
long double	 strtold(const char *restrict, char **restrict);
long		 strtol(const char *restrict, char **restrict, int);
long long	 strtoll(const char *restrict, char **restrict, int);
unsigned long	 strtoul(const char *restrict, char **restrict, int);
unsigned long long strtoull(const char *restrict, char **restrict, int);
long long	 strtonum(const char *, long long, long long, const char **);
int		 mkstemp(char *);
int		 system(const char *);
int		 unsetenv(const char *);
char		*realpath(const char *restrict, char *restrict);
const char	*getprogname(void);
void		 setprogname(const char *);

#endif /* !_STDLIB_H_ */
