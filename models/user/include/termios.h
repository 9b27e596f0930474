/* termios.h: terminal settings. */
#ifndef _TERMIOS_H_
#define	_TERMIOS_H_

#include <sys/types.h>
#include <sys/_termios.h>

#define	TCSANOW		0
#define	TCSADRAIN	1
#define	TCSAFLUSH	2

void	cfmakeraw(struct termios *);
int	tcgetattr(int, struct termios *);
int	tcsetattr(int, int, const struct termios *);

#endif /* !_TERMIOS_H_ */
