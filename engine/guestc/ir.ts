/**
 * The intermediate form of guest C: basic blocks whose statements hold expression trees.
 *
 * A tree has no effect of its own: it reads locals and memory and computes. A statement evaluates its trees and then has one effect
 * (sets a local, stores, copies). Calls and everything else that another frame or the machine must finish end a block; the
 * block they continue in is a resume point. Blocks stand in layout order: the order of the text, and of the WebAssembly code.
 *
 *   lower*.ts   makes blocks from the syntax tree
 *   split.ts    cuts blocks so that whatever may suspend restarts at the start of its block, and numbers resume points
 *   live.ts     finds which locals live across resume points and gives them slots in the frame
 *   charge.ts   counts instructions and cost, lays out text addresses
 *   emit*.ts    writes WebAssembly
 *
 * Tree opcodes are WebAssembly's own (engine/wasm/opcodes.ts).
 */
import type { FunctionDecl, VarDecl } from '../cfront/ast.ts';
import type { Type } from '../cfront/types.ts';
import { type F32, type F64, I32, I64, type ValType } from '../wasm/index.ts';

/** A value of a function: a WebAssembly local, and a slot in the frame if it lives across a resume point. */
export interface Local {
  id: number;
  t: ValType;
  /** C name, '' for a temporary. */
  name: string;
  ctype?: Type;
  /** Offset in the frame where it is spilled, or -1. */
  slot: number;
  /** A parameter's own argument slot, or -1: spilled there. */
  home: number;
  /** A temporary of one block only: shares its WebAssembly local with those of other blocks. */
  brief: boolean;
  /** WebAssembly local, or -1 while unused. */
  wasm: number;
}

/** A variable in memory: in the frame (kernel), or on the user memory stack. */
export interface MemLocal {
  name: string;
  ctype?: Type;
  size: number;
  align: number;
  /** Offset from the frame, or from the memory stack pointer; -1 until laid out. */
  offset: number;
}

/** A data object of the image: a variable, a string literal, a table that the linker makes. */
export interface DataSym {
  name: string;
  /** Offset in linear memory (kernel) or address (user), once laid out. */
  addr: number;
  size: number;
  align: number;
}

/** A function of the image. */
export interface Fn {
  name: string;
  /** Link name is local to its file. */
  static: boolean;
  decl: FunctionDecl;
  unit: number;
  /** Local function index, once the image's functions are known. */
  index: number;
  /** Text address relative to the image's text base. */
  addr: number;
  ir?: FnIr;
}

export type Tree =
  | { k: 'i32'; t: typeof I32; v: number }
  | { k: 'i64'; t: typeof I64; v: bigint }
  | { k: 'flt'; t: typeof F32 | typeof F64; v: number }
  | { k: 'get'; t: ValType; local: Local }
  | { k: 'un'; t: ValType; op: number; a: Tree }
  | { k: 'bin'; t: ValType; op: number; a: Tree; b: Tree }
  /** Division that may trap: by zero, or the quotient that overflows. */
  | { k: 'div'; t: ValType; op: number; a: Tree; b: Tree }
  /** Memory at the 64-bit address addr + off; op is a WebAssembly load. */
  | { k: 'load'; t: ValType; op: number; size: number; addr: Tree; off: number; raw: boolean }
  /** Address of data, of a function, of a variable in memory. */
  | { k: 'sym'; t: typeof I64; sym: DataSym; off: number }
  | { k: 'fn'; t: typeof I64; fn: Fn }
  | { k: 'mem'; t: typeof I64; mem: MemLocal; off: number }
  /** A field of the own frame at this offset, uncharged: arguments at entry. */
  | { k: 'frame'; t: ValType; op: number; off: number }
  /** A field of the CPU block. */
  | { k: 'cpu'; t: ValType; op: number; off: number }
  /** Offset of the own frame. */
  | { k: 'fp'; t: typeof I32 }
  /** What the call, system call or device before this block returned. */
  | { k: 'rv'; t: typeof I64 }
  /** Text address of the statement, relative to the image; own local function index; own fbt enable byte. */
  | { k: 'pc'; t: typeof I32 }
  | { k: 'self'; t: typeof I32 }
  | { k: 'fbt'; t: typeof I32 }
  | { k: 'sel'; t: ValType; c: Tree; a: Tree; b: Tree }
  /** A helper function of the prelude without effect. */
  | { k: 'help'; t: ValType; name: string; args: Tree[] };

export type Stmt = StmtBase &
  (
    | { k: 'set'; local: Local; tree: Tree }
    | { k: 'store'; op: number; size: number; addr: Tree; off: number; value: Tree; raw: boolean }
    | { k: 'copy'; dst: Tree; src: Tree; size: number }
    | { k: 'zero'; dst: Tree; size: number }
    /** A field of the own frame, or of the CPU block, at this offset: not charged. */
    | { k: 'setframe'; op: number; off: number; value: Tree }
    | { k: 'setcpu'; op: number; off: number; value: Tree }
    /** A helper with an effect; `faults`: it may leave a user fault pending, and then restarts. */
    | { k: 'do'; name: string; args: Tree[]; result?: Local; faults: boolean; cost: number }
    /** Only charges: cycles/16. */
    | { k: 'cost'; cost: number }
  );
interface StmtBase {
  line: number;
  /** A synchronised access: waits until this CPU is the earliest. */
  sync?: boolean;
  /** Belongs to the statement before it: nothing may suspend between them. */
  glue?: boolean;
  /** Starts a new charge: the clock is exact when it runs. */
  exact?: boolean;
  /** Text address of its first instruction, relative to the function. */
  at?: number;
}

export type Term =
  | { k: 'jump'; to: Block }
  /** `free`: a probe test: neither charged nor predicted. */
  | { k: 'branch'; cond: Tree; yes: Block; no: Block; free: boolean }
  | {
      k: 'switch';
      value: Tree;
      cases: { lo: bigint; hi: bigint; to: Block }[];
      otherwise: Block;
      signed: boolean;
    }
  | { k: 'ret'; value: Tree | null }
  /** args: 64-bit values. `variadic`: number of named ones, or -1. */
  | { k: 'call'; target: Fn | Tree; args: Tree[]; variadic: number; next: Block; noreturn: boolean }
  /** Hand `args` to the machine in trapArgs and suspend; go on in next. */
  | { k: 'suspend'; status: number; args: Tree[]; next: Block }
  /** __hw: ask the machine; it may complete at once. */
  | { k: 'hw'; args: Tree[]; next: Block }
  /** A prelude helper that may call guest code: (fp, newfp, args...) -> status. User programs: a place that can trap; `site`: one of their own. */
  | { k: 'probe'; name: string; args: Tree[]; next: Block; site?: ProbeSite }
  /** Suspend with YIELD if an interrupt may be taken now. */
  | { k: 'yieldcheck'; next: Block }
  | { k: 'trap'; no: number };

/** A site of a program's own probes (usdt.ts). */
export interface ProbeSite {
  provider: string;
  probe: string;
  /** It asks whether somebody traces the probe. */
  enabled: boolean;
}

export interface Block {
  id: number;
  stmts: Stmt[];
  term: Term;
  line: number;
  /** The terminator's line. */
  termLine: number;
  /** Loops around it in the source. */
  depth: number;
  /** Cold probe code: takes no room in the text. */
  cold: boolean;
  /** Costs nothing at all. */
  free: boolean;

  // Filled in by the later passes
  /** Starts a charge; else its cost was charged with the block before it. */
  charge: boolean;
  /** Waits for its turn at the start. */
  sync: boolean;
  /** May suspend and restart at its start, or is where something continues. */
  resumable: boolean;
  /** Resume number, or -1. */
  entry: number;
  /** Position in layout order. */
  pos: number;
  /** Text address relative to the function. */
  at: number;
  /** Text address after the terminator: the return site of a call. */
  end: number;
  /** Sixteenths of a cycle, and instructions. */
  cost: number;
  count: number;
}

/** A lowered function. */
export interface FnIr {
  fn: Fn;
  blocks: Block[];
  locals: Local[];
  mems: MemLocal[];
  /** Slots of arguments, hidden one included. */
  nargs: number;
  leaf: boolean;
  /** Functions and data it refers to. */
  fns: Set<Fn>;
  syms: Set<DataSym>;
  /** Debugger's view of variables: register or memory. */
  vars: { decl: VarDecl; local?: Local; mem?: MemLocal }[];
  /** User: the memory stack pointer's local, if there are variables on that stack. */
  usp?: Local;
  stackSize: number;
  frameSize: number;
  textSize: number;
  returnSites: number[];
  /** [relative text address, line] flattened. */
  lines: number[];
}

export const i32 = (v: number): Tree => ({ k: 'i32', t: I32, v: v | 0 });
export const i64 = (v: bigint): Tree => ({ k: 'i64', t: I64, v: BigInt.asIntN(64, v) });
export const get = (local: Local): Tree => ({ k: 'get', t: local.t, local });

/** Calls visit on each tree directly below this one. */
export function children(tree: Tree, visit: (t: Tree) => void): void {
  switch (tree.k) {
    case 'un':
      visit(tree.a);
      break;
    case 'bin':
    case 'div':
      visit(tree.a);
      visit(tree.b);
      break;
    case 'load':
      visit(tree.addr);
      break;
    case 'sel':
      visit(tree.c);
      visit(tree.a);
      visit(tree.b);
      break;
    case 'help':
      tree.args.forEach(visit);
      break;
  }
}

/** Calls visit on the trees that a statement evaluates. */
export function stmtTrees(s: Stmt, visit: (t: Tree) => void): void {
  switch (s.k) {
    case 'set':
      visit(s.tree);
      break;
    case 'store':
      visit(s.addr);
      visit(s.value);
      break;
    case 'copy':
      visit(s.dst);
      visit(s.src);
      break;
    case 'zero':
      visit(s.dst);
      break;
    case 'setframe':
    case 'setcpu':
      visit(s.value);
      break;
    case 'do':
      s.args.forEach(visit);
      break;
  }
}

/** Calls visit on the trees that a terminator evaluates. */
export function termTrees(term: Term, visit: (t: Tree) => void): void {
  switch (term.k) {
    case 'branch':
      visit(term.cond);
      break;
    case 'switch':
      visit(term.value);
      break;
    case 'ret':
      if (term.value !== null) visit(term.value);
      break;
    case 'call':
      if ('k' in term.target) visit(term.target);
      term.args.forEach(visit);
      break;
    case 'suspend':
    case 'hw':
    case 'probe':
      term.args.forEach(visit);
      break;
  }
}

/** Calls visit on each block that may follow. */
export function successors(term: Term, visit: (b: Block) => void): void {
  switch (term.k) {
    case 'jump':
      visit(term.to);
      break;
    case 'branch':
      visit(term.yes);
      visit(term.no);
      break;
    case 'switch':
      for (const c of term.cases) visit(c.to);
      visit(term.otherwise);
      break;
    case 'call':
      if (!term.noreturn) visit(term.next);
      break;
    case 'suspend':
    case 'hw':
    case 'probe':
    case 'yieldcheck':
      visit(term.next);
      break;
  }
}

/** Variables that a debugger shows, in the order of FunctionInfo.locals. */
export const shownVariables = (ir: FnIr): FnIr['vars'] => ir.vars.filter((v) => !v.decl.name.startsWith('.'));
