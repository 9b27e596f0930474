/**
 * Writing a block's end: jumps, branches, switches, calls, and what the machine or another frame must finish.
 */
import {
  CPU,
  FLAG_INTR,
  FLAG_PENDING,
  FRAME,
  FRAME_HEADER,
  KVBASE,
  PID_INSTRUCTION,
  PID_MAP_ENTRY,
  PID_RETURN,
  PID_USDT,
  STATUS,
  TRAP,
  USER_TRAP,
  USER_TRAP_ERR_SHIFT,
} from '../image/abi.ts';
import { I32, I64, type Label } from '../wasm/index.ts';
import { caseBounds, INSTRUCTION_BYTES, isTable } from './charge.ts';
import { type Emitter, OWN } from './emit.ts';
import type { Block, Term, Tree } from './ir.ts';

/** Which bit of the breakpoint map each sort of user site tests. */
const PID_KIND: Record<string, number> = {
  pid_entry: PID_INSTRUCTION,
  pid_site: PID_INSTRUCTION,
  pid_return: PID_RETURN,
};

export class TermEmitter {
  private readonly e: Emitter;

  constructor(e: Emitter) {
    this.e = e;
  }

  emit(block: Block, term: Term): void {
    const { e } = this;
    const { b } = e;
    switch (term.k) {
      case 'jump':
        e.jump(block, term.to, true);
        break;
      case 'branch':
        this.branch(block, term);
        break;
      case 'switch':
        this.switch(block, term);
        break;
      case 'ret':
        if (term.value === null) b.i32(0).i64(0);
        else {
          b.i32(0);
          e.tree(term.value);
        }
        b.return();
        break;
      case 'call':
        this.call(block, term);
        break;
      case 'suspend':
        this.operands(term.args);
        e.suspend(term.next.entry, term.status);
        break;
      case 'hw': {
        this.operands(term.args);
        const status = e.temp('status', I32);
        b.get(0).call(e.cx.prelude.hw).tee(status).if_();
        b.get(status)
          .i32((term.next.entry << 4) | OWN)
          .op('i32.or')
          .br(e.suspendLabel);
        b.end();
        b.i32(0).load('i64.load', CPU.retval).set(e.temp('rv', I64));
        e.jump(block, term.next, true);
        break;
      }
      case 'probe': {
        if (term.name.startsWith('pid_')) {
          this.pidSite(block, term);
          break;
        }
        if (term.site !== undefined) {
          this.ownSite(block, term);
          break;
        }
        const helper = e.cx.prelude.helper(term.name);
        b.get(0).get(0).i32(e.ir.frameSize).op('i32.add');
        for (const a of term.args) e.tree(a);
        b.call(helper.func);
        e.passOn(term.next.entry);
        e.jump(block, term.next, true);
        break;
      }
      case 'yieldcheck':
        // Enabled, and something is pending or the horizon is reached.
        b.i32(0).load('i32.load', CPU.flags).i32(FLAG_INTR).op('i32.and').if_();
        b.i32(0).load('i32.load', CPU.flags).i32(FLAG_PENDING).op('i32.and');
        e.pastHorizon();
        b.op('i32.or').if_();
        e.suspend(term.next.entry, STATUS.YIELD);
        b.end().end();
        e.jump(block, term.next, true);
        break;
      case 'trap':
        e.trapNow(term.no);
        break;
    }
  }

  /** A user site: the running process may have a breakpoint here. */
  private pidSite(block: Block, term: Term & { k: 'probe' }): void {
    const { e } = this;
    const { b } = e;
    const { next } = term;
    const entry = term.name === 'pid_entry';
    const kind = PID_KIND[term.name];
    // A block without an instruction has no address of its own; the first address is the entry's.
    if (term.name !== 'pid_site' || (next.at > 0 && next.at < next.end)) {
      // What the next block may want, and what a return returns, comes back in retval.
      this.breakpoint(e.ir.fn.addr + (entry ? 0 : next.at), kind, next, () => {
        if (kind !== PID_INSTRUCTION) e.tree(term.args[0]);
        else b.get(e.temp('rv', I64));
      });
    }
    e.jump(block, next, true);
  }

  /**
   * A site of the program's own: the arguments lie where a callee would find them, whether somebody reads them or not. "Not enabled" is 0, and
   * what a trap says instead comes back in retval.
   */
  private ownSite(block: Block, term: Term & { k: 'probe' }): void {
    const { e } = this;
    const { b, ir } = e;
    term.args.forEach((a, i) => {
      b.get(0);
      e.tree(a);
      b.store('i64.store', ir.frameSize + FRAME_HEADER + 8 * i);
    });
    b.i64(0).set(e.temp('rv', I64));
    this.breakpoint(ir.fn.addr + block.end - INSTRUCTION_BYTES, PID_USDT, term.next, () => b.i64(0));
    e.jump(block, term.next, true);
  }

  /** Traps if the running process has a breakpoint of this kind at the text address (less the image's base). */
  private breakpoint(rel: number, kind: number, next: Block, retval: () => void): void {
    const { e } = this;
    const { b, cx } = e;
    const map = e.temp('breakpoints', I32);
    b.i32(0).load('i32.load', CPU.cr3).load('i32.load', PID_MAP_ENTRY).tee(map).if_();
    b.get(map)
      .load('i32.load8_u', rel / INSTRUCTION_BYTES)
      .i32(kind)
      .op('i32.and')
      .if_();
    b.i32(0);
    retval();
    b.store('i64.store', CPU.retval);
    b.i32(0)
      .i64(cx.textBase + BigInt(rel))
      .store('i64.store', CPU.faultAddr);
    b.i32(0)
      .i32((USER_TRAP + TRAP.BPTFLT) | (kind << USER_TRAP_ERR_SHIFT))
      .store('i32.store', CPU.faultKind);
    e.suspend(next.entry, STATUS.FAULT);
    b.end().end();
  }

  private operands(args: Tree[]): void {
    const { e } = this;
    args.forEach((a, i) => {
      e.b.i32(0);
      e.tree(a);
      e.b.store('i64.store', CPU.trapArgs + 8 * i);
    });
  }

  private branch(block: Block, term: Term & { k: 'branch' }): void {
    const { e } = this;
    const { b } = e;
    const predicted = !term.free && e.cx.prelude.predictor !== undefined;
    let { yes, no } = term;
    e.tree(term.cond);
    let flipped = false;
    if (yes.pos === block.pos + 1) {
      b.op('i32.eqz');
      [yes, no] = [no, yes];
      flipped = true;
    }
    const site = Number((e.cx.textBase + BigInt(e.pc)) & 0xffffffffn) >>> 2;
    const label = predicted ? undefined : e.plainLabel(block, yes);
    if (label !== undefined) b.brIf(label);
    else {
      b.if_();
      if (predicted) e.memory.predict(site, !flipped);
      e.jump(block, yes, false);
      b.end();
    }
    if (predicted) e.memory.predict(site, flipped);
    e.jump(block, no, true);
  }

  private switch(block: Block, term: Term & { k: 'switch' }): void {
    const { e } = this;
    const { b } = e;
    const wide = term.value.t === I64;
    const v = e.temp(wide ? 'switch64' : 'switch32', term.value.t);
    const T = wide ? 'i64' : 'i32';
    const n = (x: bigint) => (wide ? b.i64(x) : b.i32(Number(BigInt.asIntN(32, x))));
    e.tree(term.value);
    if (!isTable(term)) {
      b.set(v);
      for (const c of term.cases) {
        b.get(v);
        n(c.lo);
        if (c.hi === c.lo) b.op(`${T}.eq`);
        else {
          b.op(`${T}.sub`);
          n(c.hi - c.lo);
          b.op(`${T}.le_u`);
        }
        const label = e.plainLabel(block, c.to);
        if (label !== undefined) b.brIf(label);
        else {
          b.if_();
          e.jump(block, c.to, false);
          b.end();
        }
      }
      e.jump(block, term.otherwise, true);
      return;
    }
    const { lo, hi } = caseBounds(term);
    if (lo !== 0n) {
      n(lo);
      b.op(`${T}.sub`);
    }
    if (wide) {
      // Out of range stays out of range in 32 bits.
      b.tee(v)
        .i64(hi - lo)
        .op('i64.gt_u');
      b.if_(I32).i32(-1).else_().get(v).op('i32.wrap_i64').end();
    }
    b.set(e.temp('status', I32));
    // Targets that take more than a br get a landing each, outside the table.
    const targets = [...new Set([...term.cases.map((c) => c.to), term.otherwise])];
    const landing = new Map<Block, Label>();
    const far = targets.filter((t) => e.plainLabel(block, t) === undefined);
    for (const t of far) {
      b.block();
      landing.set(t, b.label);
    }
    const label = (t: Block): Label => landing.get(t) ?? (e.plainLabel(block, t) as Label);
    const table: Label[] = new Array(Number(hi - lo) + 1).fill(label(term.otherwise));
    for (const c of term.cases) for (let x = c.lo; x <= c.hi; x++) table[Number(x - lo)] = label(c.to);
    b.get(e.temp('status', I32)).brTable(table, label(term.otherwise));
    for (const t of far.reverse()) {
      b.end();
      e.jump(block, t, false);
    }
  }

  private call(block: Block, term: Term & { k: 'call' }): void {
    const { e } = this;
    const { b, cx, ir } = e;
    const named = term.variadic < 0 ? term.args.length : Math.min(term.variadic, term.args.length);
    const pad = (8 * (term.args.length - named) + 15) & -16;
    const frame = ir.frameSize + pad;
    let target = -1;
    if ('k' in term.target) {
      target = e.temp('callee', I32);
      e.tree(term.target);
      b.call(cx.prelude.helper('callee').func).set(target);
    }
    // Variable arguments lie just below the new frame, in order.
    term.args.forEach((a, i) => {
      b.get(0);
      e.tree(a);
      b.store('i64.store', i < named ? frame + FRAME_HEADER + 8 * i : ir.frameSize + 8 * (i - named));
    });
    b.get(0)
      .get(0)
      .op('i64.extend_i32_u')
      .i64(KVBASE)
      .op('i64.or')
      .store('i64.store', frame + FRAME.caller);
    b.get(0)
      .i64(cx.textBase + BigInt(ir.fn.addr + block.end))
      .store('i64.store', frame + FRAME.ret);
    b.get(0)
      .i64(BigInt(pad) << 32n)
      .store('i64.store', frame + FRAME.kind);
    if (!cx.kernel)
      b.get(0)
        .get(0)
        .load('i64.load', FRAME.usp)
        .store('i64.store', frame + FRAME.usp);
    b.get(0).i32(frame).op('i32.add').i32(0);
    if ('k' in term.target) b.get(target).callIndirect(cx.prelude.functionType, cx.prelude.calleeTable);
    else b.call(cx.wasmOf(term.target));
    b.set(e.temp('rv', I64));
    e.passOn(term.noreturn ? 0 : term.next.entry);
    if (term.noreturn) {
      if (cx.kernel || block.entry >= 0) e.trapNow(6);
      else b.op('unreachable');
    } else e.jump(block, term.next, true);
  }
}
