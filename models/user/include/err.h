/* err.h: `program: message: reason' on standard error. */
#ifndef _ERR_H_
#define	_ERR_H_

#include <stdarg.h>

_Noreturn void	err(int, const char *, ...);
_Noreturn void	errc(int, int, const char *, ...);
_Noreturn void	errx(int, const char *, ...);
_Noreturn void	verr(int, const char *, va_list);
_Noreturn void	verrc(int, int, const char *, va_list);
_Noreturn void	verrx(int, const char *, va_list);
void		vwarn(const char *, va_list);
void		vwarnc(int, const char *, va_list);
void		vwarnx(const char *, va_list);
void		warn(const char *, ...);
void		warnc(int, const char *, ...);
void		warnx(const char *, ...);

#endif /* !_ERR_H_ */
