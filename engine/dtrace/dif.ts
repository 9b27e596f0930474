/**
 * DIF, the D intermediate format: the virtual machine's instructions, variables, subroutines and actions, as tables.
 *
 * An instruction is a 32-bit word: op 31-24, then by format
 *   r1 23-16, r2 15-8, rd 7-0     arithmetic, loads (r1 address), stores (rd address), compares
 *   label 23-0                    branches: index of the target instruction
 *   index 23-8, rd 7-0            setx, sets, call, variables, xlate: index into a table, variable id or subroutine number
 *   var 23-16, r2 15-8, rd 7-0    lda: array id, index register, destination
 *   type 23-16, r2 15-8, rs 7-0   push: type kind, size register, value register
 * The assembler, the disassembler and the tests read these tables; the numbers are the original's.
 */

export { DIF_DIR_NREGS, DIF_DTR_NREGS, DIF_VERSION } from '../image/dof.ts';

/** How a mnemonic's operands are written. */
export type OperandFormat =
  | 'r1,r2,rd'
  | 'r1,rd'
  | 'r1,r2'
  | 'r1'
  | 'label'
  | 'load'
  | 'store'
  | 'none'
  | 'ret'
  | 'setx'
  | 'sets'
  | 'lda'
  | 'ldv'
  | 'stv'
  | 'call'
  | 'pushtr'
  | 'pushtv'
  | 'xlate';

export interface Opcode {
  op: number;
  name: string;
  format: OperandFormat;
}

const TABLE: [number, string, OperandFormat][] = [
  [1, 'or', 'r1,r2,rd'],
  [2, 'xor', 'r1,r2,rd'],
  [3, 'and', 'r1,r2,rd'],
  [4, 'sll', 'r1,r2,rd'],
  [5, 'srl', 'r1,r2,rd'],
  [6, 'sub', 'r1,r2,rd'],
  [7, 'add', 'r1,r2,rd'],
  [8, 'mul', 'r1,r2,rd'],
  [9, 'sdiv', 'r1,r2,rd'],
  [10, 'udiv', 'r1,r2,rd'],
  [11, 'srem', 'r1,r2,rd'],
  [12, 'urem', 'r1,r2,rd'],
  [13, 'not', 'r1,rd'],
  [14, 'mov', 'r1,rd'],
  [15, 'cmp', 'r1,r2'],
  [16, 'tst', 'r1'],
  [17, 'ba', 'label'],
  [18, 'be', 'label'],
  [19, 'bne', 'label'],
  [20, 'bg', 'label'],
  [21, 'bgu', 'label'],
  [22, 'bge', 'label'],
  [23, 'bgeu', 'label'],
  [24, 'bl', 'label'],
  [25, 'blu', 'label'],
  [26, 'ble', 'label'],
  [27, 'bleu', 'label'],
  [28, 'ldsb', 'load'],
  [29, 'ldsh', 'load'],
  [30, 'ldsw', 'load'],
  [31, 'ldub', 'load'],
  [32, 'lduh', 'load'],
  [33, 'lduw', 'load'],
  [34, 'ldx', 'load'],
  [35, 'ret', 'ret'],
  [36, 'nop', 'none'],
  [37, 'setx', 'setx'],
  [38, 'sets', 'sets'],
  [39, 'scmp', 'r1,r2'],
  [40, 'ldga', 'lda'],
  [41, 'ldgs', 'ldv'],
  [42, 'stgs', 'stv'],
  [43, 'ldta', 'lda'],
  [44, 'ldts', 'ldv'],
  [45, 'stts', 'stv'],
  [46, 'sra', 'r1,r2,rd'],
  [47, 'call', 'call'],
  [48, 'pushtr', 'pushtr'],
  [49, 'pushtv', 'pushtv'],
  [50, 'popts', 'none'],
  [51, 'flushts', 'none'],
  [52, 'ldgaa', 'ldv'],
  [53, 'ldtaa', 'ldv'],
  [54, 'stgaa', 'stv'],
  [55, 'sttaa', 'stv'],
  [56, 'ldls', 'ldv'],
  [57, 'stls', 'stv'],
  [58, 'allocs', 'r1,rd'],
  [59, 'copys', 'r1,r2,rd'],
  [60, 'stb', 'store'],
  [61, 'sth', 'store'],
  [62, 'stw', 'store'],
  [63, 'stx', 'store'],
  [64, 'uldsb', 'load'],
  [65, 'uldsh', 'load'],
  [66, 'uldsw', 'load'],
  [67, 'uldub', 'load'],
  [68, 'ulduh', 'load'],
  [69, 'ulduw', 'load'],
  [70, 'uldx', 'load'],
  [71, 'rldsb', 'load'],
  [72, 'rldsh', 'load'],
  [73, 'rldsw', 'load'],
  [74, 'rldub', 'load'],
  [75, 'rlduh', 'load'],
  [76, 'rlduw', 'load'],
  [77, 'rldx', 'load'],
  [78, 'xlate', 'xlate'],
  [79, 'xlarg', 'xlate'],
];

export const OPCODES: readonly (Opcode | undefined)[] = (() => {
  const table: (Opcode | undefined)[] = new Array(80).fill(undefined);
  for (const [op, name, format] of TABLE) table[op] = { op, name, format };
  return table;
})();

/** Opcode number by mnemonic. */
export const OP = Object.fromEntries(TABLE.map(([op, name]) => [name.toUpperCase(), op])) as Record<
  string,
  number
>;

export const fmt = (op: number, r1: number, r2: number, rd: number): number =>
  ((op << 24) | (r1 << 16) | (r2 << 8) | rd) >>> 0;
export const branch = (op: number, label: number): number => ((op << 24) | label) >>> 0;
export const indexed = (op: number, index: number, rd: number): number =>
  ((op << 24) | (index << 8) | rd) >>> 0;
export const NOP = fmt(36, 0, 0, 0);
export const FLUSHTS = fmt(51, 0, 0, 0);

export const opOf = (word: number): number => word >>> 24;
export const r1Of = (word: number): number => (word >>> 16) & 0xff;
export const r2Of = (word: number): number => (word >>> 8) & 0xff;
export const rdOf = (word: number): number => word & 0xff;
export const labelOf = (word: number): number => word & 0xffffff;
export const indexOf = (word: number): number => (word >>> 8) & 0xffff;

export const DIF_VAR_ARRAY_MAX = 0xff;
export const DIF_VAR_OTHER_UBASE = 0x500;
export const DIF_VAR_OTHER_MAX = 0xffff;
export const DIF_VAR_ARGS = 0;

/** Built-in variables. */
export const DIF_VAR = {
  args: 0x000,
  regs: 0x001,
  uregs: 0x002,
  curthread: 0x100,
  timestamp: 0x101,
  vtimestamp: 0x102,
  ipl: 0x103,
  epid: 0x104,
  id: 0x105,
  arg0: 0x106,
  stackdepth: 0x110,
  caller: 0x111,
  probeprov: 0x112,
  probemod: 0x113,
  probefunc: 0x114,
  probename: 0x115,
  pid: 0x116,
  tid: 0x117,
  execname: 0x118,
  zonename: 0x119,
  walltimestamp: 0x11a,
  ustackdepth: 0x11b,
  ucaller: 0x11c,
  ppid: 0x11d,
  uid: 0x11e,
  gid: 0x11f,
  errno: 0x120,
  execargs: 0x121,
  jid: 0x122,
  jailname: 0x123,
  cpu: 0x200,
} as const;

/** Subroutines: index is the call number. */
export const SUBROUTINES = [
  'rand',
  'mutex_owned',
  'mutex_owner',
  'mutex_type_adaptive',
  'mutex_type_spin',
  'rw_read_held',
  'rw_write_held',
  'rw_iswriter',
  'copyin',
  'copyinstr',
  'speculation',
  'progenyof',
  'strlen',
  'copyout',
  'copyoutstr',
  'alloca',
  'bcopy',
  'copyinto',
  'msgdsize',
  'msgsize',
  'getmajor',
  'getminor',
  'ddi_pathname',
  'strjoin',
  'lltostr',
  'basename',
  'dirname',
  'cleanpath',
  'strchr',
  'strrchr',
  'strstr',
  'strtok',
  'substr',
  'index',
  'rindex',
  'htons',
  'htonl',
  'htonll',
  'ntohs',
  'ntohl',
  'ntohll',
  'inet_ntop',
  'inet_ntoa',
  'inet_ntoa6',
  'toupper',
  'tolower',
  'memref',
  'sx_shared_held',
  'sx_exclusive_held',
  'sx_isexclusive',
  'memstr',
  'getf',
  'json',
  'strtoll',
] as const;

/** Kernel action kinds (dtad_kind). */
export const ACT = {
  NONE: 0,
  DIFEXPR: 1,
  EXIT: 2,
  PRINTF: 3,
  PRINTA: 4,
  LIBACT: 5,
  TRACEMEM: 6,
  TRACEMEM_DYNSIZE: 7,
  PRINTM: 8,
  USTACK: 0x101,
  JSTACK: 0x102,
  USYM: 0x103,
  UMOD: 0x104,
  UADDR: 0x105,
  STOP: 0x201,
  RAISE: 0x202,
  SYSTEM: 0x203,
  FREOPEN: 0x204,
  STACK: 0x401,
  SYM: 0x402,
  MOD: 0x403,
  BREAKPOINT: 0x501,
  PANIC: 0x502,
  CHILL: 0x503,
  SPECULATE: 0x601,
  COMMIT: 0x602,
  DISCARD: 0x603,
  AGG: 0x700,
  COUNT: 0x701,
  MIN: 0x702,
  MAX: 0x703,
  AVG: 0x704,
  SUM: 0x705,
  STDDEV: 0x706,
  QUANTIZE: 0x707,
  LQUANTIZE: 0x708,
  LLQUANTIZE: 0x709,
} as const;

const classOf = (kind: number): number => kind & 0xff00;
export const isDestructive = (kind: number): boolean => classOf(kind) === 0x200 || classOf(kind) === 0x500;
export const isSpeculative = (kind: number): boolean => classOf(kind) === 0x600;
export const isAggregation = (kind: number): boolean => classOf(kind) === 0x700;
export const isPrintfLike = (kind: number): boolean =>
  kind === ACT.PRINTF || kind === ACT.PRINTA || kind === ACT.SYSTEM || kind === ACT.FREOPEN;

/** Actions that the consumer performs (dtad_arg of LIBACT) and action identifiers: DIF's subroutine space ends at 53. */
export const DT_ACT_BASE = 54;
export const DT_ACT = {
  printf: 54,
  trace: 55,
  tracemem: 56,
  stack: 57,
  stop: 58,
  breakpoint: 59,
  panic: 60,
  speculate: 61,
  commit: 62,
  discard: 63,
  chill: 64,
  exit: 65,
  ustack: 66,
  printa: 67,
  raise: 68,
  clear: 69,
  normalize: 70,
  denormalize: 71,
  trunc: 72,
  system: 73,
  jstack: 74,
  ftruncate: 75,
  freopen: 76,
  sym: 77,
  mod: 78,
  usym: 79,
  umod: 80,
  uaddr: 81,
  setopt: 82,
  print: 83,
  printm: 84,
} as const;

/** DIF types: kind of the register's content and how the kernel sees it. */
export const DIF_TYPE_CTF = 0;
export const DIF_TYPE_STRING = 1;
export const DIF_TF_BYREF = 1;
export const DIF_TF_BYUREF = 2;

export interface DifType {
  kind: number;
  ckind: number;
  flags: number;
  size: number;
}

export const DIFV_KIND_ARRAY = 0;
export const DIFV_KIND_SCALAR = 1;
export const DIFV_SCOPE_GLOBAL = 0;
export const DIFV_SCOPE_THREAD = 1;
export const DIFV_SCOPE_LOCAL = 2;
export const DIFV_F_REF = 1;
export const DIFV_F_MOD = 2;

export interface DifVariable {
  /** Offset in the string table. */
  name: number;
  id: number;
  kind: number;
  scope: number;
  flags: number;
  type: DifType;
}

/** A DIF object: code and tables. */
export interface Difo {
  code: number[];
  integers: bigint[];
  strings: Uint8Array;
  variables: DifVariable[];
  rtype: DifType;
  destructive: boolean;
}

/** The C string at an offset of a string table. */
export function stringAt(table: Uint8Array, offset: number): string {
  let end = offset;
  while (end < table.length && table[end] !== 0) end++;
  return Buffer.from(table.subarray(offset, end)).toString('latin1');
}
