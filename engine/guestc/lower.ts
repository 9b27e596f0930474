/**
 * Lowering: from the checked syntax tree of a function to blocks (ir.ts). Here: functions and statements.
 *
 * Expressions are in lower-expr.ts, places in memory in lower-place.ts, builtins in lower-builtin.ts. What they share is the
 * state of the function in hand, class Lower: the block being filled, where each variable lives, the jump targets.
 */
import type { Stmt as AstStmt, Expr, FunctionDecl, Loc, VarDecl } from '../cfront/ast.ts';
import { isRecord, strip, type Type, VOID } from '../cfront/types.ts';
import { FRAME_HEADER } from '../image/abi.ts';
import { F32, I32, I64, MEM, type ValType } from '../wasm/index.ts';
import { isVolatile } from './effects.ts';
import {
  type Block,
  type Fn,
  type FnIr,
  get,
  i32,
  i64,
  type Local,
  type MemLocal,
  type Stmt,
  type Term,
  type Tree,
} from './ir.ts';
import type { Linker } from './link.ts';
import { condition, discard, record, value } from './lower-expr.ts';
import { assignPlace, copyRecord, initialise } from './lower-place.ts';
import { fromSlot, loadOp, reprOf, scalar, storeOp, toSlot } from './values.ts';

/** Where a variable lives: in a local, in memory of the frame or the user stack, at an address held by a local, in the image's data. */
export type Storage = { k: 'reg'; local: Local } | { k: 'mem'; mem: MemLocal } | { k: 'ptr'; local: Local };

/** Where `return` goes in the function in hand, or in one that is being inlined. */
interface ReturnTo {
  type: Type;
  block: Block;
  /** Scalar result. */
  result?: Local;
  /** Record result: its address. */
  place?: Tree;
}

type StmtBody = Stmt extends infer S ? (S extends { line: number } ? Omit<S, 'line'> : never) : never;

export class Lower {
  readonly linker: Linker;
  readonly fn: Fn;
  readonly ir: FnIr;
  readonly kernel: boolean;
  /** The block being filled; undefined after a jump, until the next label. */
  cur: Block | undefined;
  depth = 0;
  line: number;
  /** Inside probe argument evaluation: nothing is charged, loads are raw. */
  free = false;
  /** Code that takes no room in the text. */
  cold = false;
  storage = new Map<VarDecl, Storage>();
  breaks: Block[] = [];
  continues: Block[] = [];
  private labels = new Map<string, Block>();
  private switches: Map<number, Block>[] = [];
  private returns!: ReturnTo;
  /** Functions being inlined, outermost first. */
  private inlining: FunctionDecl[] = [];
  /** Source line of the call that is being inlined, or 0. */
  private callLine = 0;

  constructor(linker: Linker, fn: Fn) {
    this.linker = linker;
    this.fn = fn;
    this.kernel = linker.kernel;
    this.line = fn.decl.loc.line;
    this.ir = {
      fn,
      blocks: [],
      locals: [],
      mems: [],
      nargs: 0,
      leaf: true,
      fns: new Set(),
      syms: new Set(),
      vars: [],
      stackSize: 0,
      frameSize: 0,
      textSize: 0,
      returnSites: [],
      lines: [],
    };
  }

  // Blocks

  newBlock(): Block {
    return {
      id: -1,
      stmts: [],
      term: { k: 'trap', no: 6 },
      line: this.line,
      termLine: this.line,
      depth: 0,
      cold: false,
      free: false,
      charge: true,
      sync: false,
      resumable: false,
      entry: -1,
      pos: -1,
      at: 0,
      end: 0,
      cost: 0,
      count: 0,
    };
  }

  /** Puts a block here in the layout and fills it from now on; what came before runs into it. */
  place(block: Block): Block {
    if (this.cur !== undefined) this.end({ k: 'jump', to: block });
    block.id = this.ir.blocks.push(block) - 1;
    block.depth = this.depth;
    block.line = this.line;
    block.free = this.free;
    block.cold = this.cold;
    this.cur = block;
    return block;
  }

  end(term: Term): void {
    if (this.cur === undefined) return;
    this.cur.term = term;
    this.cur.termLine = this.line;
    this.cur = undefined;
  }

  jump(to: Block): void {
    this.end({ k: 'jump', to });
  }

  emit(stmt: StmtBody): void {
    // Code that nothing reaches still has to go somewhere; it is dropped with its block.
    if (this.cur === undefined) this.place(this.newBlock());
    (this.cur as Block).stmts.push({ ...stmt, line: this.line } as Stmt);
  }

  at(loc: Loc): void {
    this.line = this.callLine !== 0 ? this.callLine : loc.line;
  }

  error(loc: Loc, message: string, hint?: string): never {
    this.linker.error(this.fn.unit, loc, message, hint);
  }

  // Locals

  newLocal(t: ValType, name = '', ctype?: Type): Local {
    const local: Local = { id: this.ir.locals.length, t, name, slot: -1, home: -1, brief: false, wasm: -1 };
    if (ctype !== undefined) local.ctype = ctype;
    this.ir.locals.push(local);
    return local;
  }

  /** The tree's value now, whatever happens before it is used. */
  pin(tree: Tree): Tree {
    switch (tree.k) {
      case 'i32':
      case 'i64':
      case 'flt':
      case 'sym':
      case 'fn':
      case 'mem':
      case 'fp':
        return tree;
      case 'get':
        if (tree.local.name === '') return tree;
    }
    const local = this.newLocal(tree.t);
    this.emit({ k: 'set', local, tree });
    return get(local);
  }

  newMem(name: string, type: Type, aligned = 0): MemLocal {
    const mem: MemLocal = {
      name,
      ctype: type,
      size: type.size,
      align: Math.max(type.align, aligned),
      offset: -1,
    };
    if (mem.align > 16)
      this.linker.limit(
        `variable '${name}' is aligned to ${mem.align} bytes, on a stack that has 16`,
        this.fn,
      );
    this.ir.mems.push(mem);
    return mem;
  }

  memAddress(mem: MemLocal): Tree {
    return { k: 'mem', t: I64, mem, off: 0 };
  }

  /** Where an automatic variable or parameter lives. */
  storageOf(decl: VarDecl): Storage {
    let s = this.storage.get(decl);
    if (s === undefined) {
      const r = reprOf(decl.type);
      if (r !== undefined && !inMemory(decl))
        s = { k: 'reg', local: this.newLocal(r.t, decl.name, decl.type) };
      else s = { k: 'mem', mem: this.newMem(decl.name, decl.type, decl.aligned) };
      this.storage.set(decl, s);
      this.remember(decl, s);
    }
    return s;
  }

  /** For the debugger. */
  private remember(decl: VarDecl, s: Storage): void {
    if (this.inlining.length > 0) return;
    this.ir.vars.push(s.k === 'mem' ? { decl, mem: s.mem } : { decl, local: s.local });
  }

  // Functions

  lowerFunction(): FnIr {
    const { decl } = this.fn;
    const ret = decl.type.returns;
    const params = decl.params ?? [];
    const entry = this.place(this.newBlock());
    const traced = this.kernel && !decl.notrace;
    const result = reprOf(ret);
    this.returns = { type: ret, block: this.newBlock() };
    if (result !== undefined) this.returns.result = this.newLocal(result.t, traced ? '*result' : '');

    let arg = 0;
    let hidden: Local | undefined;
    if (isRecord(ret)) {
      hidden = this.newLocal(I64, '*result');
      this.returns.place = get(hidden);
      arg = 1;
    }
    this.ir.nargs = arg + params.length;
    // Arguments are read before anything can suspend: a suspension writes registers back to their slots. A store of one that lives in
    // memory may fault (the stack's page is new), so those come last.
    const offset = (i: number) => FRAME_HEADER + 8 * i;
    if (hidden !== undefined) {
      hidden.home = offset(0);
      this.emit({
        k: 'set',
        local: hidden,
        tree: { k: 'frame', t: I64, op: MEM['i64.load'], off: offset(0) },
      });
    }
    const offsets = new Map(params.map((p) => [p, offset(arg++)]));
    for (const late of [false, true])
      for (const [p, at] of offsets)
        if ((reprOf(p.type) !== undefined && inMemory(p)) === late) this.lowerParam(p, at);
    if (traced) this.probe('fbt_entry', i64(0n), entry);

    this.statement(decl.body as AstStmt);
    if (decl.end !== undefined) this.at(decl.end);
    // Running off the end: the value is undefined, and 0 here.
    if (this.cur !== undefined) {
      if (this.returns.result !== undefined)
        this.emit({ k: 'set', local: this.returns.result, tree: zero(this.returns.result.t) });
      this.jump(this.returns.block);
    }
    this.place(this.returns.block);
    let slot: Tree | null = null;
    if (this.returns.result !== undefined) slot = toSlot(get(this.returns.result), scalar(ret));
    else if (hidden !== undefined) slot = get(hidden);
    if (traced) {
      // The site is the return instruction alone.
      if (slot !== null && slot.k !== 'get') slot = this.pin(slot);
      this.probe('fbt_return', slot ?? i64(0n));
    }
    this.end({ k: 'ret', value: slot });
    return this.ir;
  }

  /** An fbt site: tests the function's enable byte, and goes on in a new block. */
  private probe(name: string, value: Tree, from?: Block): void {
    const fire = this.newBlock();
    const next = this.newBlock();
    if (from === undefined) this.place(this.newBlock());
    this.end({ k: 'branch', cond: { k: 'fbt', t: I32 }, yes: fire, no: next, free: true });
    this.cold = this.free = true;
    this.place(fire);
    const args: Tree[] = [
      { k: 'self', t: I32 },
      { k: 'pc', t: I32 },
    ];
    if (name === 'fbt_return') args.push(value);
    this.end({ k: 'probe', name, args, next });
    this.cold = this.free = false;
    this.place(next);
  }

  private lowerParam(p: VarDecl, offset: number): void {
    const r = reprOf(p.type);
    if (r === undefined) {
      // A record: the slot holds the address of the caller's copy.
      const local = this.newLocal(I64, p.name);
      local.home = offset;
      this.emit({ k: 'set', local, tree: { k: 'frame', t: I64, op: MEM['i64.load'], off: offset } });
      this.storage.set(p, { k: 'ptr', local });
      this.remember(p, { k: 'ptr', local });
      return;
    }
    // Narrow arguments are read by their own width: right even when the caller had no prototype.
    const slot: Tree =
      r.t === F32
        ? fromSlot({ k: 'frame', t: I64, op: MEM['i64.load'], off: offset }, r)
        : { k: 'frame', t: r.t, op: loadOp(r), off: offset };
    const s: Storage = inMemory(p)
      ? { k: 'mem', mem: this.newMem(p.name, p.type) }
      : { k: 'reg', local: this.newLocal(r.t, p.name, p.type) };
    this.storage.set(p, s);
    this.remember(p, s);
    if (s.k === 'reg') {
      s.local.home = offset;
      this.emit({ k: 'set', local: s.local, tree: slot });
    } else if (s.k === 'mem') {
      if (this.kernel) s.mem.offset = offset;
      else
        this.emit({
          k: 'store',
          op: storeOp(r),
          size: r.size,
          addr: this.memAddress(s.mem),
          off: 0,
          value: slot,
          raw: false,
        });
    }
  }

  canInline(decl: FunctionDecl): boolean {
    return !this.inlining.includes(decl) && decl !== this.fn.decl && this.inlining.length < 5;
  }

  /** The body of a small function in place of its call. Arguments are evaluated already; a record's is its address. */
  inlineCall(decl: FunctionDecl, args: Tree[], place?: Tree): Tree | undefined {
    const saved = {
      returns: this.returns,
      callLine: this.callLine,
      breaks: this.breaks,
      continues: this.continues,
      switches: this.switches,
    };
    this.callLine = this.line;
    this.breaks = [];
    this.continues = [];
    this.switches = [];
    this.inlining.push(decl);
    (decl.params ?? []).forEach((p, i) => {
      const r = reprOf(p.type);
      // Each expansion has its own variables.
      this.storage.delete(p);
      if (r === undefined) {
        const mem = this.newMem(p.name, p.type);
        copyRecord(this, this.memAddress(mem), args[i], p.type);
        this.storage.set(p, { k: 'mem', mem });
      } else assignPlace(this, p, args[i]);
    });
    for (const local of decl.locals ?? []) this.storage.delete(local);
    const r = reprOf(decl.type.returns);
    this.returns = { type: decl.type.returns, block: this.newBlock() };
    if (r !== undefined) this.returns.result = this.newLocal(r.t);
    if (place !== undefined) this.returns.place = place;
    this.statement(decl.body as AstStmt);
    const { result, block } = this.returns;
    this.place(block);
    this.inlining.pop();
    Object.assign(this, saved);
    return result === undefined ? place : get(result);
  }

  private lowerReturn(value_: Expr | undefined): void {
    const { returns } = this;
    if (value_ !== undefined) {
      if (returns.place !== undefined) copyRecord(this, returns.place, record(this, value_), returns.type);
      else if (returns.result !== undefined) {
        const tree = value(this, value_);
        this.emit({ k: 'set', local: returns.result, tree });
      } else discard(this, value_);
    }
    this.jump(returns.block);
  }

  // Statements

  statement(s: AstStmt): void {
    this.at(s.loc);
    switch (s.kind) {
      case 'block':
        for (const inner of s.body) this.statement(inner);
        break;
      case 'expr':
        discard(this, s.expr);
        break;
      case 'decl':
        this.declaration(s.decl);
        break;
      case 'if':
        this.ifStatement(s);
        break;
      case 'while': {
        const head = this.newBlock();
        const body = this.newBlock();
        const out = this.newBlock();
        this.depth++;
        this.place(head);
        condition(this, s.test, body, out);
        this.place(body);
        this.loopBody(s.body, out, head);
        this.jump(head);
        this.depth--;
        this.place(out);
        break;
      }
      case 'dowhile': {
        const body = this.newBlock();
        const test = this.newBlock();
        const out = this.newBlock();
        this.depth++;
        this.place(body);
        this.loopBody(s.body, out, test);
        this.place(test);
        this.at(s.test.loc);
        condition(this, s.test, body, out);
        this.depth--;
        this.place(out);
        break;
      }
      case 'for': {
        if (s.init !== undefined) this.statement(s.init);
        const head = this.newBlock();
        const body = this.newBlock();
        const step = this.newBlock();
        const out = this.newBlock();
        this.depth++;
        this.place(head);
        if (s.test !== undefined) {
          this.at(s.test.loc);
          condition(this, s.test, body, out);
        }
        this.place(body);
        this.loopBody(s.body, out, step);
        this.place(step);
        if (s.step !== undefined) {
          this.at(s.step.loc);
          discard(this, s.step);
        }
        this.jump(head);
        this.depth--;
        this.place(out);
        break;
      }
      case 'switch':
        this.switchStatement(s);
        break;
      case 'caselabel': {
        const target = this.switches[this.switches.length - 1]?.get(s.label);
        if (target === undefined) throw new Error(`guestc: case label ${s.label} outside its switch`);
        this.place(target);
        this.statement(s.body);
        break;
      }
      case 'break':
        this.jump(this.breaks[this.breaks.length - 1]);
        break;
      case 'continue':
        this.jump(this.continues[this.continues.length - 1]);
        break;
      case 'goto':
        this.jump(this.labelBlock(s.label));
        break;
      case 'label':
        this.place(this.labelBlock(s.label));
        this.statement(s.body);
        break;
      case 'return':
        this.lowerReturn(s.value);
        break;
      case 'empty':
        break;
    }
  }

  private labelBlock(name: string): Block {
    let block = this.labels.get(name);
    if (block === undefined) {
      block = this.newBlock();
      this.labels.set(name, block);
    }
    return block;
  }

  private loopBody(body: AstStmt, out: Block, again: Block): void {
    this.breaks.push(out);
    this.continues.push(again);
    this.statement(body);
    this.breaks.pop();
    this.continues.pop();
  }

  private declaration(decl: VarDecl): void {
    if (decl.storage !== 'auto') return;
    const s = this.storageOf(decl);
    if (decl.init === undefined) return;
    if (s.k === 'reg') {
      const item = decl.init.items[0];
      const tree = item === undefined ? zero(s.local.t) : value(this, item.expr);
      this.emit({ k: 'set', local: s.local, tree });
    } else if (s.k === 'mem') initialise(this, this.memAddress(s.mem), decl.type, decl.init);
  }

  private ifStatement(s: AstStmt & { kind: 'if' }): void {
    const then = this.newBlock();
    const out = this.newBlock();
    const otherwise = s.else === undefined ? out : this.newBlock();
    condition(this, s.test, then, otherwise);
    this.place(then);
    this.statement(s.then);
    if (s.else !== undefined) {
      this.jump(out);
      this.place(otherwise);
      this.statement(s.else);
    }
    this.place(out);
  }

  private switchStatement(s: AstStmt & { kind: 'switch' }): void {
    const r = scalar(s.value.type);
    const tree = value(this, s.value);
    const out = this.newBlock();
    const targets = new Map<number, Block>();
    const target = (label: number) => {
      let block = targets.get(label);
      if (block === undefined) {
        block = this.newBlock();
        targets.set(label, block);
      }
      return block;
    };
    const cases = s.cases.map((c) => ({ lo: c.lo, hi: c.hi, to: target(c.label) }));
    const otherwise = s.defaultLabel < 0 ? out : target(s.defaultLabel);
    this.end({ k: 'switch', value: tree, cases, otherwise, signed: r.signed });
    this.switches.push(targets);
    this.breaks.push(out);
    this.statement(s.body);
    this.breaks.pop();
    this.switches.pop();
    this.place(out);
  }
}

export function zero(t: ValType): Tree {
  if (t === I64) return i64(0n);
  if (t === I32) return i32(0);
  return { k: 'flt', t: t as typeof F32, v: 0 };
}

/** Must have an address; a volatile variable keeps its value across longjmp. */
const inMemory = (decl: VarDecl): boolean => decl.addressTaken || isVolatile(decl.type);

export const isVoid = (type: Type): boolean => strip(type).kind === VOID.kind;
