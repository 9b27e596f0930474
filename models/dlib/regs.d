/*
 * Indexes of uregs[], by FreeBSD's names.  The machine has no register file of its own to show: of a thread that is in the kernel there are
 * the arguments of its system call, its result, the user's program counter, frame and stack pointer, and the trap's number and error.
 */
inline int R_R15 = 19;
inline int R_R14 = 20;
inline int R_R13 = 21;
inline int R_R12 = 22;
inline int R_R11 = 23;
inline int R_R10 = 24;
inline int R_R9 = 25;
inline int R_R8 = 26;
inline int R_RDI = 27;
inline int R_RSI = 28;
inline int R_RBP = 29;
inline int R_RBX = 30;
inline int R_RDX = 31;
inline int R_RCX = 32;
inline int R_RAX = 33;
inline int R_TRAPNO = 38;
inline int R_ERR = 39;
inline int R_RIP = 40;
inline int R_CS = 41;
inline int R_RFL = 42;
inline int R_RSP = 43;
inline int R_SS = 44;
inline int R_PC = R_RIP;
inline int R_SP = R_RSP;
inline int R_FP = R_RBP;
