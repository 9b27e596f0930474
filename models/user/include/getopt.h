/* getopt.h: options, long ones as well. */
#ifndef _GETOPT_H_
#define	_GETOPT_H_

#include <unistd.h>

#define	no_argument		0
#define	required_argument	1
#define	optional_argument	2

struct option {
	const char	*name;
	int		 has_arg;
	int		*flag;	/* Store val here and return 0; NULL: return val. */
	int		 val;
};

int	getopt_long(int, char *const *, const char *, const struct option *, int *);

#endif /* !_GETOPT_H_ */
