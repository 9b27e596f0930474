/**
 * Writing a function as WebAssembly: `(fp, block) -> (status, value)`.
 *
 *     [bases of the hardware's tables into locals]
 *     block $suspend (result i32)
 *       if block: reload spilled locals, dispatch
 *       ... regions and blocks ...
 *     end
 *     ;; packed: resume point << 4 | OWN | status
 *     store spilled locals, f_func, f_block (and, the innermost frame, CPU.fp); return status
 *
 * OWN marks the frame that suspends by itself; a status that comes out of a call is passed on without it. Memory accesses are
 * in emit-memory.ts, ends of blocks in emit-term.ts; the structure comes from regions.ts.
 */
import {
  CLOCK_BITS,
  CPU,
  FRAME,
  MARK_BLOCK,
  MARK_ENTRY,
  MARK_SAVE,
  MARK_SAVES,
  STATUS,
  USER_TRAP,
} from '../image/abi.ts';
import {
  type Body,
  F32,
  F64,
  type Func,
  I32,
  I64,
  type Label,
  type MEM,
  OP,
  type ValType,
} from '../wasm/index.ts';
import { MemoryEmitter } from './emit-memory.ts';
import { TermEmitter } from './emit-term.ts';
import { type Block, type Fn, type FnIr, type Local, type Stmt, shownVariables, type Tree } from './ir.ts';
import { type Prelude, pushClock } from './prelude.ts';
import type { Region, Regions } from './regions.ts';

/** In a packed suspension: the frame suspends by itself. */
export const OWN = 8;
/** A leaf function with a frame up to this needs no test at entry. */
const LEAF_FRAME = 512;

export interface EmitContext {
  kernel: boolean;
  prelude: Prelude;
  /** Index of the image's text in linear addresses: value added to relative text addresses. */
  textBase: bigint;
  wasmOf(fn: Fn): Func;
  /** Offset of the fbt enable bytes. */
  fbtEnable: number;
}

/** Spilled locals times resume points, from which on the locals stay in the frame. */
const IN_FRAME = 60_000;

const STORE: Record<number, keyof typeof MEM> = {
  [I32]: 'i32.store',
  [I64]: 'i64.store',
  [F32]: 'f32.store',
  [F64]: 'f64.store',
};
const LOAD: Record<number, keyof typeof MEM> = {
  [I32]: 'i32.load',
  [I64]: 'i64.load',
  [F32]: 'f32.load',
  [F64]: 'f64.load',
};

export class Emitter {
  readonly cx: EmitContext;
  readonly ir: FnIr;
  readonly b: Body;
  readonly memory: MemoryEmitter;
  private readonly terms: TermEmitter;
  private readonly regions: Regions;
  /** Of the block being emitted. */
  private block!: Block;
  /** Takes the packed suspension. */
  suspendLabel: Label = -1;
  private readonly labels = new Map<Region, Map<number, Label>>();
  private readonly loops = new Map<Region, Label>();
  private readonly scratch = new Map<string, number>();
  private stmtAt = 0;
  /** Of the block in hand: temporaries so far, by type. */
  private readonly briefUsed = new Map<ValType, number>();
  /** Locals that have slots live there all the time. */
  private inFrame = false;

  constructor(cx: EmitContext, ir: FnIr, regions: Regions, body: Body) {
    this.cx = cx;
    this.ir = ir;
    this.regions = regions;
    this.b = body;
    for (const local of ir.locals) local.wasm = -1; // of an earlier emission, another function's
    this.memory = new MemoryEmitter(this);
    this.terms = new TermEmitter(this);
  }

  /** A local of the emitter's own, by purpose. */
  temp(name: string, type: ValType): number {
    let local = this.scratch.get(name);
    if (local === undefined) {
      local = this.b.local(type);
      this.scratch.set(name, local);
    }
    return local;
  }

  wasm(local: Local): number {
    if (local.wasm < 0) {
      if (local.brief) {
        const n = this.briefUsed.get(local.t) ?? 0;
        this.briefUsed.set(local.t, n + 1);
        local.wasm = this.temp(`brief${local.t}.${n}`, local.t);
      } else local.wasm = this.b.local(local.t);
    }
    return local.wasm;
  }

  /** Pushes a local's value. */
  read(local: Local): void {
    if (this.inFrame && local.slot >= 0) this.b.get(0).load(LOAD[local.t], local.slot);
    else this.b.get(this.wasm(local));
  }

  /** Takes a local's value from the stack. */
  private put(local: Local): void {
    if (this.inFrame && local.slot >= 0) {
      const value = this.temp(`put${local.t}`, local.t);
      this.b.set(value).get(0).get(value).store(STORE[local.t], local.slot);
    } else this.b.set(this.wasm(local));
  }

  /** Text address of what is being emitted, relative to the image's text. */
  get pc(): number {
    return this.ir.fn.addr + this.stmtAt;
  }

  emit(): void {
    const { b, ir } = this;
    const entryCheck = !ir.leaf || ir.frameSize > LEAF_FRAME;
    let spilled = ir.locals.filter((l) => l.slot >= 0);
    // Each label merges every local that a resumption reloads. A huge function would drown the host's compiler in that.
    this.inFrame = spilled.length * ir.blocks.filter((x) => x.entry >= 0).length > IN_FRAME;
    if (this.inFrame) spilled = [];
    const suspends = this.cx.prelude.marks !== undefined || entryCheck || ir.blocks.some((x) => x.entry > 0);
    if (suspends) {
      b.block(I32);
      this.suspendLabel = b.label;
    }
    if (entryCheck) this.entry();
    this.region(this.regions.root, spilled);
    b.op('unreachable');
    if (suspends) {
      b.end();
      this.epilogue(spilled);
    }
    this.memory.prologue();
  }

  /** Too deep, or past the horizon: leave before anything has happened. */
  private entry(): void {
    const { b, ir } = this;
    b.get(1).op('i32.eqz').if_();
    b.get(0).i32(ir.frameSize).op('i32.add');
    b.i32(0).load('i32.load', CPU.fpLimit).op('i32.gt_u').if_();
    this.suspend(0, STATUS.OVERFLOW);
    b.end();
    this.pastHorizon();
    b.if_();
    this.suspend(0, STATUS.YIELD);
    b.end().end();
  }

  pastHorizon(): void {
    pushClock(this.b).i32(0).load('i64.load', CPU.horizon).op('i64.ge_s');
  }

  private epilogue(spilled: Local[]): void {
    const { b } = this;
    const packed = this.temp('status', I32);
    b.set(packed);
    if (spilled.length > 0) {
      // Leaving from the entry, nothing is in the locals yet, and the slots of arguments must keep theirs.
      b.get(packed).i32(4).op('i32.shr_u').if_();
      for (const l of spilled) b.get(0).get(this.wasm(l)).store(STORE[l.t], l.slot);
      b.end();
    }
    if (this.cx.prelude.marks !== undefined) this.saveRegisters(packed);
    b.get(0)
      .getGlobal(this.cx.prelude.tbase)
      .i32(this.ir.fn.index)
      .op('i32.add')
      .store('i32.store', FRAME.func);
    b.get(0).get(packed).i32(4).op('i32.shr_u').store('i32.store', FRAME.block);
    b.get(packed).i32(OWN).op('i32.and').if_().i32(0).get(0).store('i32.store', CPU.fp).end();
    b.get(packed).i32(7).op('i32.and').i64(0);
  }

  /** Stopped at a line: what no frame holds, so that it can be looked at. */
  private saveRegisters(packed: number): void {
    const { b } = this;
    b.get(packed).i32(4).op('i32.shr_u').i32(MARK_BLOCK).op('i32.eq').if_();
    shownVariables(this.ir).forEach(({ local }, i) => {
      if (local === undefined || local.slot >= 0 || local.wasm < 0 || i >= MARK_SAVES) return;
      b.i32(0)
        .get(local.wasm)
        .store(STORE[local.t], MARK_SAVE + 8 * i);
    });
    b.end();
  }

  /** A line begins: whoever steps may want to stop here. What follows the stop is not executed from here. */
  private mark(line: number): void {
    const { b } = this;
    const { marks, tbase } = this.cx.prelude;
    if (marks === undefined) return;
    const index = () => b.getGlobal(tbase).i32(this.ir.fn.index).op('i32.add');
    index().getGlobal(marks.table).op('i32.add').load('i32.load8_u', 0).if_();
    b.get(0);
    index().i32(this.pc).i32(line).call(marks.mark).if_();
    b.i32((MARK_BLOCK << 4) | OWN | STATUS.YIELD).br(this.suspendLabel);
    b.end().end();
  }

  /** Leaves the function; it will come back at the resume point. */
  suspend(entry: number, status: number): void {
    if (entry < 0) throw new Error(`guestc: ${this.ir.fn.name} suspends at a block that cannot be resumed`);
    this.b.i32((entry << 4) | OWN | status).br(this.suspendLabel);
  }

  /** Suspends so that the block being emitted starts again. */
  restart(status: number): void {
    this.suspend(this.block.entry, status);
  }

  /** A status is on the stack: passes it on if it is not 0. */
  passOn(entry: number): void {
    const { b } = this;
    const status = this.temp('status', I32);
    b.tee(status)
      .if_()
      .get(status)
      .i32(entry << 4)
      .op('i32.or')
      .br(this.suspendLabel)
      .end();
  }

  // Structure

  private region(r: Region, spilled: Local[]): void {
    const { b, ir } = this;
    const isLoop = r !== this.regions.root;
    if (isLoop) {
      b.loop();
      this.loops.set(r, b.label);
    }
    const labels = new Map<number, Label>();
    this.labels.set(r, labels);
    for (const pos of [...r.targets].sort((x, y) => y - x)) {
      b.block();
      labels.set(pos, b.label);
    }
    if (r.dispatch) {
      b.get(1).if_();
      if (!isLoop) {
        for (const l of spilled) b.get(0).load(LOAD[l.t], l.slot).set(this.wasm(l));
        b.i32(0).load('i64.load', CPU.retval).set(this.temp('rv', I64));
      }
      this.dispatch(r, labels);
      b.end();
    }
    const children = new Map(r.children.map((c) => [c.start, c]));
    for (let pos = r.start; pos <= r.end; ) {
      if (labels.has(pos)) b.end();
      const child = children.get(pos);
      if (child !== undefined) {
        this.region(child, spilled);
        pos = child.end + 1;
      } else this.emitBlock(ir.blocks[pos++]);
    }
    if (isLoop) b.end();
  }

  /** `block` is a resume point in this region: goes there, or to the head of the inner region that knows it. */
  private dispatch(r: Region, labels: Map<number, Label>): void {
    const { b } = this;
    const entries = this.regions.entries(r);
    const direct = entries.filter((e) => e.child?.dispatch !== true);
    for (const child of r.children) {
      if (!child.dispatch) continue;
      const ids = entries.filter((e) => e.child === child).map((e) => e.entry);
      b.get(1)
        .i32(ids[0])
        .op('i32.sub')
        .i32(ids.length)
        .op('i32.lt_u')
        .brIf(labels.get(child.start) as Label);
    }
    if (direct.length === 0) {
      b.op('unreachable');
      return;
    }
    const first = direct[0].entry;
    const table: Label[] = [];
    const otherwise = labels.get(direct[0].target) as Label;
    for (const e of direct) {
      while (table.length < e.entry - first) table.push(otherwise);
      table.push(labels.get(e.target) as Label);
    }
    const id = this.temp('status', I32);
    b.get(1).set(id).i32(0).set(1);
    b.get(id);
    if (first !== 0) b.i32(first).op('i32.sub');
    b.brTable(table, otherwise);
  }

  /** A label that a plain br can go to, if there is one: no horizon test, no dispatch. */
  plainLabel(from: Block, to: Block): Label | undefined {
    const route = this.regions.route(from, to);
    return route.k === 'label' ? this.labels.get(route.region)?.get(route.pos) : undefined;
  }

  jump(from: Block, to: Block, mayFall: boolean): void {
    const { b } = this;
    if (mayFall && to.pos === from.pos + 1) return;
    const route = this.regions.route(from, to);
    switch (route.k) {
      case 'loop':
        this.pastHorizon();
        b.if_();
        this.suspend(to.entry, STATUS.YIELD);
        b.end();
        b.br(this.loops.get(route.region) as Label);
        break;
      case 'inside':
        b.i32(to.entry).set(1);
        b.br(this.labels.get(route.region)?.get(route.pos) as Label);
        break;
      case 'label':
        b.br(this.labels.get(route.region)?.get(route.pos) as Label);
        break;
    }
  }

  // Blocks

  private emitBlock(block: Block): void {
    const { b } = this;
    this.block = block;
    this.briefUsed.clear();
    if (block.charge && block.count + block.cost > 0) this.charge(block);
    this.stmtAt = block.at;
    if (block.sync) {
      pushClock(b).i32(0).load('i64.load', CPU.syncLimit).op('i64.gt_s').if_();
      this.restart(STATUS.SYNC);
      b.end();
    }
    let line = 0;
    // Arguments are fetched first: a function begins where they are there.
    let prologue = block === this.ir.blocks[0];
    let entry = prologue ? MARK_ENTRY : 0;
    const begins = (next: number) => {
      if (next !== line && next > 0 && !block.free) {
        this.mark(next | entry);
        entry = 0;
      }
      line = next;
    };
    for (const s of block.stmts) {
      this.stmtAt = s.at as number;
      prologue &&= s.k === 'setframe' || (s.k === 'set' && fromFrame(s.tree));
      if (s.glue !== true && !prologue) begins(s.line);
      this.stmt(s);
    }
    begins(block.termLine);
    this.stmtAt = block.end;
    this.terms.emit(block, block.term);
  }

  /** Cycles and instructions, at one go (CLOCK_BITS). */
  private charge(block: Block): void {
    const cost = (BigInt(block.count) << BigInt(CLOCK_BITS)) | BigInt((block.cost + 15) >> 4);
    this.b.i32(0).i32(0).load('i64.load', CPU.clock).i64(cost).op('i64.add').store('i64.store', CPU.clock);
  }

  private stmt(s: Stmt): void {
    const { b, memory } = this;
    switch (s.k) {
      case 'set':
        this.tree(s.tree);
        this.put(s.local);
        break;
      case 'store':
        memory.store(s);
        break;
      case 'copy':
      case 'zero':
        memory.block(s);
        break;
      case 'setframe':
        b.get(0);
        this.tree(s.value);
        b.memory(s.op, s.off);
        break;
      case 'setcpu':
        b.i32(0);
        this.tree(s.value);
        b.memory(s.op, s.off);
        break;
      case 'do':
        this.helper(s);
        break;
      case 'cost':
        break;
    }
  }

  private helper(s: Stmt & { k: 'do' }): void {
    const { b } = this;
    const helper = this.cx.prelude.helper(s.name);
    for (const a of s.args) this.tree(a);
    if (helper.where) this.where();
    b.call(helper.func);
    if (s.result !== undefined) this.put(s.result);
    else if (helper.results > 0) b.op('drop');
    if (s.faults) this.testFault();
  }

  /** Own frame and text address, for what may end in a panic. */
  where(): void {
    this.b.get(0).i32(this.pc);
  }

  /** A user fault is pending: leave, and try this block again. */
  testFault(): void {
    const { b } = this;
    b.i32(0).load('i32.load', CPU.faultKind).if_();
    this.restart(STATUS.FAULT);
    b.end();
  }

  trapNow(no: number): void {
    const { b } = this;
    if (this.cx.kernel) {
      b.i32(0).i64(this.pc).store('i64.store', CPU.trapArgs);
      b.i32(no).get(0).call(this.cx.prelude.trap).op('unreachable');
    } else {
      b.i32(0)
        .i32(USER_TRAP + no)
        .store('i32.store', CPU.faultKind);
      this.restart(STATUS.FAULT);
    }
  }

  // Trees

  tree(tree: Tree): void {
    const { b } = this;
    switch (tree.k) {
      case 'i32':
        b.i32(tree.v);
        break;
      case 'i64':
        b.i64(tree.v);
        break;
      case 'flt':
        if (tree.t === F32) b.f32(tree.v);
        else b.f64(tree.v);
        break;
      case 'get':
        this.read(tree.local);
        break;
      case 'un':
        this.tree(tree.a);
        b.opcode(tree.op);
        break;
      case 'bin':
        this.tree(tree.a);
        this.tree(tree.b);
        b.opcode(tree.op);
        break;
      case 'div':
        this.divide(tree);
        break;
      case 'load':
        this.memory.load(tree);
        break;
      case 'sym':
        b.i64(this.memory.symAddress(tree.sym, tree.off));
        break;
      case 'fn':
        b.i64(this.cx.textBase + BigInt(tree.fn.addr));
        break;
      case 'mem':
        this.memory.memAddress(tree);
        break;
      case 'frame':
        b.get(0).memory(tree.op, tree.off);
        break;
      case 'cpu':
        if (tree.off === CPU.clock) pushClock(b);
        else b.i32(0).memory(tree.op, tree.off);
        break;
      case 'fp':
        b.get(0);
        break;
      case 'pc':
        b.i32(this.pc);
        break;
      case 'self':
        b.i32(this.ir.fn.index);
        break;
      case 'fbt':
        b.i32(0).load('i32.load8_u', this.cx.fbtEnable + this.ir.fn.index);
        break;
      case 'rv':
        b.get(this.temp('rv', I64));
        break;
      case 'sel':
        this.tree(tree.a);
        this.tree(tree.b);
        this.tree(tree.c);
        if (tree.c.t === I64) b.i64(0).op('i64.ne');
        b.op('select');
        break;
      case 'help':
        if (tree.name === 'fn_index' && tree.args[0].k === 'fn')
          b.getGlobal(this.cx.prelude.tbase).i32(tree.args[0].fn.index).op('i32.add');
        else {
          const helper = this.cx.prelude.helper(tree.name);
          for (const a of tree.args) this.tree(a);
          b.call(helper.func);
        }
        break;
    }
  }

  private divide(tree: Tree & { k: 'div' }): void {
    const { b } = this;
    const wide = tree.t === I64;
    const T = wide ? 'i64' : 'i32';
    const x = this.temp(`${T}.dividend`, tree.t);
    const y = this.temp(`${T}.divisor`, tree.t);
    this.tree(tree.a);
    this.tree(tree.b);
    b.set(y).set(x);
    b.get(y).op(`${T}.eqz`);
    const signed = [OP['i32.div_s'], OP['i64.div_s'], OP['i32.rem_s'], OP['i64.rem_s']].includes(
      tree.op as never,
    );
    if (signed) {
      b.get(x);
      if (wide) b.i64(-(1n << 63n));
      else b.i32(-0x80000000);
      b.op(`${T}.eq`).get(y);
      if (wide) b.i64(-1);
      else b.i32(-1);
      b.op(`${T}.eq`).op('i32.and').op('i32.or');
    }
    b.if_();
    this.trapNow(0);
    b.end();
    b.get(x).get(y).opcode(tree.op);
  }
}

/** What only fetches from the frame: an argument, the stack pointer. */
function fromFrame(tree: Tree): boolean {
  if (tree.k === 'frame') return true;
  if (tree.k === 'un') return fromFrame(tree.a);
  return tree.k === 'bin' && fromFrame(tree.a) && (tree.b.k === 'i64' || tree.b.k === 'i32');
}
