/* A byte-code interpreter: a large dense switch in a loop. */
#include <stdio.h>

enum { PUSH, ADD, SUB, MUL, DUP, SWAP, JNZ, JMP, LOAD, STORE, PRINT, LT, HALT, CALL, RET };
static long mem[8];
static const int code[] = {
	PUSH, 0, STORE, 0, PUSH, 1, STORE, 1, PUSH, 20, STORE, 2,
	/* 12 */ LOAD, 0, PRINT, LOAD, 1, DUP, LOAD, 0, ADD, STORE, 1, STORE, 0,
	LOAD, 2, PUSH, 1, SUB, DUP, STORE, 2, JNZ, 12, PUSH, 6, CALL, 41, PRINT, HALT,
	/* 41 */ DUP, PUSH, 2, LT, JNZ, 55, DUP, PUSH, 1, SUB, CALL, 41, MUL, RET,
	/* 55 */ RET,
};
static long
run(void)
{
	long stack[64], *sp = stack, t;
	int calls[32], *cp = calls, pc = 0;
	long steps = 0;

	for (;; steps++)
		switch (code[pc++]) {
		case PUSH: *sp++ = code[pc++]; break;
		case ADD: sp--; sp[-1] += *sp; break;
		case SUB: sp--; sp[-1] -= *sp; break;
		case MUL: sp--; sp[-1] *= *sp; break;
		case DUP: sp[0] = sp[-1]; sp++; break;
		case SWAP: t = sp[-1]; sp[-1] = sp[-2]; sp[-2] = t; break;
		case JNZ: if (*--sp != 0) pc = code[pc]; else pc++; break;
		case JMP: pc = code[pc]; break;
		case LOAD: *sp++ = mem[code[pc++]]; break;
		case STORE: mem[code[pc++]] = *--sp; break;
		case PRINT: printf("%ld ", *--sp); break;
		case LT: sp--; sp[-1] = sp[-1] < *sp; break;
		case CALL: *cp++ = pc + 1; pc = code[pc]; break;
		case RET: pc = *--cp; break;
		case HALT: return (steps);
		}
}

int
main(void)
{
	long n = run();

	printf("\n%ld\n", n);
	return (n & 127);
}
