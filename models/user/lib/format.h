/*
 * What the parts of printf share: a conversion's specification, and how its text is
 * laid out:
 *
 *   [spaces] sign-or-prefix [zeroes] body [spaces]
 */
#ifndef _FORMAT_H_
#define	_FORMAT_H_

#include "stdio_private.h"

#define	LEFT	0x01		/* - */
#define	PLUS	0x02		/* + */
#define	SPACE	0x04		/* blank */
#define	ALT	0x08		/* # */
#define	ZERO	0x10		/* 0 */

struct spec {
	int	 flags;
	int	 width;
	int	 prec;		/* -1: none given. */
	char	 conv;
};

void	__pad(struct __sink *, char, long);
void	__put_head(struct __sink *, const struct spec *, const char *, int, long, int);
void	__put_tail(struct __sink *, const struct spec *, int, long);
void	__put_text(struct __sink *, const struct spec *, const char *, int, const char *, long);
void	__put_float(struct __sink *, const struct spec *, double);

#endif /* !_FORMAT_H_ */
