/*
 * Names that nearly every script expects.
 */
inline long NULL = 0;

inline int DTRACEFLT_UNKNOWN = 0;	/* Unknown fault */
inline int DTRACEFLT_BADADDR = 1;	/* Bad address */
inline int DTRACEFLT_BADALIGN = 2;	/* Bad alignment */
inline int DTRACEFLT_ILLOP = 3;		/* Illegal operation */
inline int DTRACEFLT_DIVZERO = 4;	/* Division by zero */
inline int DTRACEFLT_NOSCRATCH = 5;	/* Out of scratch space */
inline int DTRACEFLT_KPRIV = 6;		/* Kernel access not allowed */
inline int DTRACEFLT_UPRIV = 7;		/* User access not allowed */
inline int DTRACEFLT_TUPOFLOW = 8;	/* Tuple stack overflow */
inline int DTRACEFLT_BADSTACK = 9;	/* Stack makes no sense */
inline int DTRACEFLT_LIBRARY = 1000;	/* The consumer's own fault */
