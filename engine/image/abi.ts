/**
 * The guest ABI in numbers: see docs/guest-abi.md, which explains each of them.
 *
 * The kernel's copy is models/kernel/machine/abi.h; a test compares the two.
 */

/** Kernel data addresses are KVBASE + offset into linear memory. */
export const KVBASE = 0xfffffe0000000000n;
/** First kernel text address. */
export const KTEXT = 0xffffffff80200000n;
/** First user text address. */
export const UTEXT = 0x200000;
/** First user data address. */
export const UDATA = 0x10000000;
/** One past the highest user address: the top of the user memory stack. */
export const USRSTACK = 0x7ffffffff000;
/** Lowest offset that a kernel address may reach; below is the machine's own. */
export const KDATA_OFFSET = 0x1000000;
export const PAGE_SIZE = 4096;
/** Cache line, bytes. */
export const LINE_SHIFT = 6;

/** Offsets of the fields of the CPU block (section 2). */
export const CPU = {
  clock: 0x100,
  horizon: 0x108,
  syncLimit: 0x110,
  retval: 0x118,
  instructions: 0x120,
  faultAddr: 0x128,
  faultKind: 0x130,
  faultAbort: 0x134,
  fp: 0x138,
  fpLimit: 0x13c,
  cpu: 0x140,
  flags: 0x144,
  pcpu: 0x148,
  l1d: 0x150,
  tlb: 0x154,
  bp: 0x158,
  ftabUser: 0x15c,
  cr3: 0x160,
  pcb: 0x168,
  l1Misses: 0x170,
  l2Misses: 0x178,
  l3Misses: 0x180,
  transfers: 0x188,
  tlbMisses: 0x190,
  mispredicts: 0x198,
  trapArgs: 0x1a0,
  memCycles: 0x1e0,
  stackEnd: 0x1e8,
} as const;
/**
 * While guest code runs, the executed instructions that `instructions` does not count yet are in the clock's upper bits; `settle` takes them out when
 * it has suspended. A CPU runs AT_A_TIME cycles at most between two such moments, so that they fit.
 */
export const CLOCK_BITS = 44;
export const AT_A_TIME = 2 ** 16;
/** First byte and length of the block that is copied when the machine turns to another CPU. */
export const CPU_BLOCK = 0x100;
export const CPU_BLOCK_SIZE = 0x100;
export const REC_PTR = 0x300;
export const REC_END = 0x304;
/** i64: cycles of the exception that an fbt site takes. */
export const FBT_TRAP = 0x308;
export const RECORD_SIZE = 64;

/** f_block of a function that was stopped at a line: it cannot go on from there (docs/live.md). */
export const MARK_BLOCK = 0x7ffff;
/** In a line's number: the function begins. */
export const MARK_ENTRY = 0x40000000;
/** Where such a function leaves variables that have no slot in its frame: 8 bytes each, by number of the variable. */
export const MARK_SAVE = 0x400;
export const MARK_SAVES = 384;

/** Bits of CPU.flags. */
export const FLAG_INTR = 1;
export const FLAG_USER = 2;
export const FLAG_GHOST = 4;
/** An interrupt is pending: enabling interrupts suspends with YIELD. */
export const FLAG_PENDING = 8;

/** Offsets in struct frame (section 3). */
export const FRAME = {
  func: 0,
  block: 4,
  caller: 8,
  ret: 16,
  kind: 24,
  usp: 32,
  spare: 40,
  args: 48,
} as const;
export const FRAME_HEADER = 48;
export const KIND_CALL = 0;
export const KIND_TRAP = 1;
export const KIND_FIRST = 2;

/** What a guest function's run ends with. */
export const STATUS = {
  RETURN: 0,
  YIELD: 1,
  SYNC: 2,
  SWITCH: 3,
  SYSCALL: 4,
  FAULT: 5,
  HW: 6,
  OVERFLOW: 7,
} as const;

/** Offsets in struct trapframe and struct pcb (section 6). */
export const TF = {
  trapno: 0,
  addr: 8,
  err: 16,
  pc: 24,
  fp: 32,
  user: 40,
  flags: 48,
  nr: 56,
  args: 64,
  rax: 112,
} as const;
export const TF_SIZE = 128;
export const PCB = {
  fp: 0,
  kstack: 8,
  kstacksize: 16,
  ufp: 24,
  ustack: 32,
  ustacksize: 40,
  cr3: 48,
  spare: 56,
} as const;

export const TRAP = { DIVIDE: 0, BPTFLT: 3, UNREACHABLE: 6, PROTFLT: 9, PAGEFLT: 12, SYSCALL: 22 } as const;

/** User-code traps suspend with FAULT and faultKind = USER_TRAP + trap number. */
export const USER_TRAP = 16;
/** A breakpoint's faultKind says besides, in the bits from here, which sort of site it is (PID_). */
export const USER_TRAP_ERR_SHIFT = 8;

/**
 * Breakpoints of a process (section 8): a byte for each instruction of its text, found through an entry of the top page table that no user
 * address can reach.
 */
export const PID_MAP_ENTRY = 511 * 8;
export const PID_INSTRUCTION = 1;
export const PID_RETURN = 2;
export const PID_USDT = 4;

export const VECTOR = { TIMER: 0, IPI_AST: 1, IPI_RENDEZVOUS: 2, IPI_STOP: 3, CONSOLE: 32 } as const;

/** `__hw` operations (section 7). */
export const HW = {
  CONS_WRITE: 1,
  CONS_READ: 2,
  TIMER_SET: 3,
  IPI: 4,
  HALT: 5,
  POWEROFF: 6,
  PANIC: 7,
  RANDOM: 8,
  CPU_START: 9,
  MARK: 10,
  LIBDTRACE: 11,
  CYCLES_LEFT: 12,
} as const;

/** In what HW.CONS_READ reads: no byte, but a signal for a process: signal << 16 | pid << 32. */
export const CONS_KILL = 0x100;

/** Subfunctions of HW.LIBDTRACE (section 9). */
export const LIBDTRACE = {
  DOFSIZE: 0,
  DOFCOPY: 1,
  OPTION: 2,
  SETOPT: 3,
  CONSUME: 4,
  AGGSNAP: 5,
  STATUS: 6,
  TEXT: 7,
  GO: 8,
  STOPPED: 9,
  ASK: 10,
  EXITSTATUS: 11,
  EPROBE: 12,
  AGGDESC: 13,
  SYSTEM: 14,
  TARGET: 15,
  FAILED: 16,
  ARGV: 17,
  WANT: 18,
  FILE: 19,
  COMPILE: 20,
  ERRTEXT: 21,
  PIDPROBE: 22,
  HOLD: 23,
} as const;

/** Bits of a site's enable word (SDT) and byte (fbt), section 8. */
export const SDT_RECORD = 1;
export const SDT_DTRACE = 2;
export const SDT_GHOST = 4;
export const FBT_RECORD = 1;
export const FBT_ENTRY = 2;
export const FBT_RETURN = 4;
export const FBT_GHOST_ENTRY = 8;
export const FBT_GHOST_RETURN = 16;

export const BOOTFS_MAGIC = 0x46424c50;
export const EXEC_MAGIC = 0x58424c50;
