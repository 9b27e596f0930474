/*
 * Stacks as lists of text addresses, for panic messages and WITNESS.
 */
#ifndef _SYS_STACK_H_
#define	_SYS_STACK_H_

#include <sys/types.h>

#define	STACK_MAX	18	/* Deepest that is kept. */

struct stack {
	int		 depth;
	uint32_t	 trapped;	/* Bit i: pcs[i] is where a trap came. */
	uintptr_t	 pcs[STACK_MAX];
};

void	stack_save(struct stack *st);		/* The caller's own. */
void	stack_zero(struct stack *st);
void	stack_copy(const struct stack *src, struct stack *dst);
void	stack_print(const struct stack *st);
void	kdb_backtrace(void);
/* Name of the function that pc lies in; 0, or ENOENT. */
int	stack_symbol(uintptr_t pc, const char **name, long *offset);

#endif /* !_SYS_STACK_H_ */
