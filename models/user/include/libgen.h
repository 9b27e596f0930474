/* libgen.h: the two halves of a path. */
#ifndef _LIBGEN_H_
#define	_LIBGEN_H_

char	*basename(char *);
char	*dirname(char *);

#endif /* !_LIBGEN_H_ */
