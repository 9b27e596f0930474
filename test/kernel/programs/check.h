/*
 * For test programs that check themselves: CHECK() prints the line that does not
 * hold; a program ends with `return (checked());', which prints "ok" if all held.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int failures;

#define	CHECK(e) do {							\
	if (!(e)) {							\
		printf("%s, line %d: %s (errno %d)\n", __FILE__, __LINE__, \
		    #e, errno);						\
		failures++;						\
	}								\
} while (0)
/* A call that must fail with that error. */
#define	FAILS(e, error) do {						\
	errno = 0;							\
	if ((long)(e) != -1 || errno != (error)) {			\
		printf("%s, line %d: %s: errno %d, not %d\n", __FILE__,	\
		    __LINE__, #e, errno, (error));			\
		failures++;						\
	}								\
} while (0)

static int
checked(void)
{

	if (failures == 0)
		printf("ok\n");
	return (failures != 0);
}
