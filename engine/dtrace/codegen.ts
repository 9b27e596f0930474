/**
 * Code generation: a cooked expression becomes a list of DIF instructions with labels.
 *
 * One pass over the tree, no optimisation: each node leaves its value in a register that it allocated, and its user frees it. The shape of the
 * code (which register, which order, which extra shift) is the original's, because -S shows it and the guest executes it.
 */
import type { Type } from '../cfront/types.ts';
import type { Context } from './context.ts';
import { completeType, promoteTypes, sizeofNode } from './cook.ts';
import {
  branch,
  DIF_TF_BYREF,
  DIF_TF_BYUREF,
  DIF_TYPE_CTF,
  DIF_TYPE_STRING,
  DIF_VAR_ARGS,
  DIF_VAR_ARRAY_MAX,
  type DifType,
  FLUSHTS,
  fmt,
  indexed,
  NOP,
  OP,
} from './dif.ts';
import { bitsOf, ctfKind, type Member, memberOf, referent, resolve } from './dtypes.ts';
import { assert, LibraryError } from './errors.ts';
import {
  ID_CGREG,
  ID_DECL,
  ID_DIFR,
  ID_DIFW,
  ID_LOCAL,
  ID_TLS,
  IDENT_KIND_NAMES,
  type Ident,
} from './ident.ts';
import {
  assignType,
  cloneNode,
  isArith,
  isPointer,
  isScalar,
  isString,
  NF_BITFIELD,
  NF_REF,
  NF_SIGNED,
  NF_USERLAND,
  type Node,
  nodeIdent,
  nodeSize,
  propagateType,
  resolveIdent,
} from './node.ts';
import { RegisterSet } from './regset.ts';
import { type Translator, translatorMember } from './xlator.ts';

const NO_LABEL = 0;

export interface IrNode {
  label: number;
  word: number;
}

/** What the generator hands to the assembler. */
export interface Generated {
  ir: IrNode[];
  labels: number;
  integers: bigint[];
  strings: StringTable;
  /** Variables read or written. */
  variables: Set<Ident>;
  /** The node whose value is returned. */
  result: Node;
}

/** Strings of a DIF object: each once, from offset 1 on. */
export class StringTable {
  private text = '\0';
  private readonly index = new Map<string, number>();
  insert(s: string): number {
    if (s === '') return 0;
    let off = this.index.get(s);
    if (off === undefined) {
      off = this.text.length;
      this.index.set(s, off);
      this.text += `${s}\0`;
    }
    return off;
  }
  get size(): number {
    return this.text.length;
  }
  bytes(): Uint8Array {
    return new Uint8Array(Buffer.from(this.text, 'latin1'));
  }
}

export function generate(cx: Context, n: Node): Generated {
  return new Generator(cx).run(n);
}

/** How the kernel is told of a node's value. */
export function difType(cx: Context, n: Node): DifType {
  const flags = n.flags & NF_REF ? (n.flags & NF_USERLAND ? DIF_TF_BYUREF : DIF_TF_BYREF) : 0;
  if (isString(cx, n)) return { kind: DIF_TYPE_STRING, ckind: 0, flags, size: n.type!.size };
  return { kind: DIF_TYPE_CTF, ckind: ctfKind(n.type!), flags, size: resolve(n.type!).size };
}

const ARITHMETIC = new Set(['+', '-', '*', '<<', 'u-']);
/** Operators whose result may not fit the operands' type. */
const WRAPPING = new Set([...ARITHMETIC, '~']);
/** Operators to whose result the upper bits of an operand matter. */
const WHOLE = new Set(['/', '%', '>>', '/=', '%=', '>>=']);

const isUnsignedInt = (type: Type): boolean => {
  const t = resolve(type);
  return t.kind === 'int' && !t.signed && t.size === 4;
};

const powerOfTwo = (x: number): number => 2 ** Math.ceil(Math.log2(x));

class Generator {
  private readonly cx: Context;
  private readonly regs: RegisterSet;
  private readonly ir: IrNode[] = [];
  private labels = 1;
  private readonly integers: bigint[] = [];
  private readonly integerIndex = new Map<bigint, number>();
  private readonly strings = new StringTable();
  private readonly variables = new Set<Ident>();

  constructor(cx: Context) {
    this.cx = cx;
    this.regs = new RegisterSet(cx.options.iregs);
  }

  run(n: Node): Generated {
    const cx = this.cx;
    if (nodeIdent(cx, n, 'xlptr') !== undefined)
      cx.fail('D_CG_DYN', 'expression cannot evaluate to result of a translated pointer', n);
    this.node(n);
    const xid = nodeIdent(cx, n, 'xlsou');
    let result = n;
    if (xid !== undefined) {
      const reg = this.expandTranslation(n.reg, xid.translator!);
      this.regs.free(n.reg);
      n.reg = reg;
      result = cx.node('type', 'id');
      assignType(cx, result, xid.type!);
    }
    this.emit(fmt(OP.RET, 0, 0, n.reg));
    this.regs.free(n.reg);
    this.regs.assertFree();
    return {
      ir: this.ir,
      labels: this.labels,
      integers: this.integers,
      strings: this.strings,
      variables: this.variables,
      result,
    };
  }

  private emit(word: number, label = NO_LABEL): IrNode {
    const n = { label, word };
    this.ir.push(n);
    return n;
  }
  private label(): number {
    return this.labels++;
  }

  private setx(reg: number, value: bigint | number, label = NO_LABEL): void {
    const v = BigInt.asUintN(64, BigInt(value));
    let i = this.integerIndex.get(v);
    if (i === undefined) {
      i = this.integers.length;
      this.integers.push(v);
      this.integerIndex.set(v, i);
    }
    if (i > 0xffff) throw new LibraryError('EDT_INT2BIG');
    this.emit(indexed(OP.SETX, i, reg), label);
  }

  /** The load instruction for a value of that type. */
  private loadOp(n: Node, type: Type, bitShift = 0): number {
    const t = resolve(type);
    let size = t.size;
    if (n.flags & NF_BITFIELD) size = powerOfTwo(Math.ceil((bitsOf(t) + bitShift) / 8));
    const signed = (n.flags & NF_SIGNED) !== 0;
    const user = (n.flags & NF_USERLAND) !== 0;
    const names: Record<number, [string, string]> = {
      1: ['LDUB', 'LDSB'],
      2: ['LDUH', 'LDSH'],
      4: ['LDUW', 'LDSW'],
      8: ['LDX', 'LDX'],
    };
    const pair = names[size];
    if (pair === undefined)
      this.cx.fail('D_UNKNOWN', `internal error -- cg cannot load size ${size} when passed by value`);
    return OP[(user ? 'U' : '') + pair[signed ? 1 : 0]];
  }

  /** Multiply or divide a register by the size of what a pointer points to. */
  private scale(n: Node, op: number, reg: number): void {
    const size = resolve(referent(n.type!)).size;
    if (size === 1) return;
    const r = this.regs.alloc();
    this.setx(r, size);
    this.emit(fmt(op, reg, r, reg));
    this.regs.free(r);
  }

  /** After the load of the word around a bit-field: bring the field down and extend it. */
  private fieldGet(n: Node, m: Member): void {
    const bits = bitsOf(m.type);
    const shift = m.bitOffset % 8;
    const r1 = n.left!.reg;
    const r2 = this.regs.alloc();
    if (n.flags & NF_SIGNED) {
      this.setx(r2, 64 - shift - bits);
      this.emit(fmt(OP.SLL, r1, r2, r1));
      this.setx(r2, 64 - bits);
      this.emit(fmt(OP.SRA, r1, r2, r1));
    } else {
      this.setx(r2, shift);
      this.emit(fmt(OP.SRL, r1, r2, r1));
      this.setx(r2, (1n << BigInt(bits)) - 1n);
      this.emit(fmt(OP.AND, r1, r2, r1));
    }
    this.regs.free(r2);
  }

  /** Before the store of a bit-field: the surrounding bits with the field put in; the register that holds them. */
  private fieldSet(src: Node, dst: Node, m: Member): number {
    const bits = bitsOf(m.type);
    const shift = m.bitOffset % 8;
    const r1 = this.regs.alloc();
    const r2 = this.regs.alloc();
    const r3 = this.regs.alloc();
    const mask = (1n << BigInt(bits)) - 1n;
    this.emit(fmt(this.loadOp(dst, m.type, shift), dst.reg, 0, r1));
    this.setx(r2, ~(mask << BigInt(shift)));
    this.emit(fmt(OP.AND, r1, r2, r1));
    this.setx(r2, mask);
    this.emit(fmt(OP.AND, src.reg, r2, r2));
    this.setx(r3, shift);
    this.emit(fmt(OP.SLL, r2, r3, r2));
    this.emit(fmt(OP.OR, r1, r2, r1));
    this.regs.free(r3);
    this.regs.free(r2);
    return r1;
  }

  private store(src: Node, dst: Node, member?: Member): void {
    let size: number;
    let m = member;
    if (dst.flags & NF_BITFIELD) {
      m ??= this.memberOfNode(dst);
      size = powerOfTwo(Math.ceil((bitsOf(m.type) + (m.bitOffset % 8)) / 8));
    } else size = nodeSize(this.cx, src);
    if (src.flags & NF_REF) {
      const r = this.regs.alloc();
      this.setx(r, size);
      this.emit(fmt(OP.COPYS, src.reg, r, dst.reg));
      this.regs.free(r);
      return;
    }
    const reg = dst.flags & NF_BITFIELD ? this.fieldSet(src, dst, m!) : src.reg;
    const op = { 1: OP.STB, 2: OP.STH, 4: OP.STW, 8: OP.STX }[size];
    if (op === undefined)
      this.cx.fail('D_UNKNOWN', `internal error -- cg cannot store size ${size} when passed by value`);
    this.emit(fmt(op, reg, 0, dst.reg));
    if (dst.flags & NF_BITFIELD) this.regs.free(reg);
  }

  private memberOfNode(n: Node): Member {
    let type = n.left!.type!;
    if (n.op === '->') type = referent(type);
    const m = memberOf(completeType(this.cx, type, n.op), n.right!.name);
    assert(m !== undefined, () => `member ${n.right!.name} vanished`);
    return m;
  }

  /** Convert src's register, in dst's register, from src's type to dst's. */
  private typecast(src: Node, dst: Node): void {
    const from = nodeSize(this.cx, src);
    const to = nodeSize(this.cx, dst);
    if (!isScalar(dst)) return;
    const signSrc = (src.flags & NF_SIGNED) !== 0;
    const signDst = (dst.flags & NF_SIGNED) !== 0;
    if (to === from && signSrc === signDst) {
      this.settle(src, dst.reg);
      return;
    }
    if (to > from && !signSrc) {
      this.settle(src, dst.reg);
      return;
    }
    // a signed value is extended to 64 bits: arithmetic may have overflowed its type
    if (to > from && (signDst || to === 8)) {
      const r = this.regs.alloc();
      this.setx(r, 64 - from * 8);
      this.emit(fmt(OP.SLL, src.reg, r, dst.reg));
      this.emit(fmt(OP.SRA, dst.reg, r, dst.reg));
      this.regs.free(r);
      return;
    }
    if (to === 8) return;
    const r = this.regs.alloc();
    this.setx(r, 64 - to * 8);
    this.emit(fmt(OP.SLL, src.reg, r, dst.reg));
    this.emit(fmt(signDst ? OP.SRA : OP.SRL, dst.reg, r, dst.reg));
    this.regs.free(r);
  }

  /** The register's value as its type holds it. */
  private narrow(reg: number, n: Node, from = reg): void {
    const r = this.regs.alloc();
    this.setx(r, 64 - nodeSize(this.cx, n) * 8);
    this.emit(fmt(OP.SLL, from, r, reg));
    this.emit(fmt(n.flags & NF_SIGNED ? OP.SRA : OP.SRL, reg, r, reg));
    this.regs.free(r);
  }

  private isUnsignedInt(n: Node): boolean {
    return (n.flags & (NF_SIGNED | NF_REF | NF_BITFIELD)) === 0 && isArith(n) && nodeSize(this.cx, n) === 4;
  }

  /** May the register of an operand of an operation on unsigned ints hold more than 32 bits? */
  private runsOver(n: Node): boolean {
    if (n.kind === 'int') return n.value > 0xffffffffn;
    if (!this.isUnsignedInt(n)) return (n.flags & NF_SIGNED) !== 0;
    if (n.kind !== 'op1' && n.kind !== 'op2') return false;
    if (WRAPPING.has(n.op)) return true;
    switch (n.op) {
      case 'u+':
        return this.runsOver(n.child!);
      case ',':
        return this.runsOver(n.right!);
      case '|':
      case '^':
        return this.runsOver(n.left!) || this.runsOver(n.right!);
      case '&':
        return this.runsOver(n.left!) && this.runsOver(n.right!);
    }
    return false;
  }

  /**
   * Registers have 64 bits, so what was computed as unsigned int may have run over its 32. Where that shows (division, comparison, a wider
   * operand), it is cut first. Signed overflow has no meaning in C.
   */
  private settle(n: Node, reg = n.reg): void {
    if (this.isUnsignedInt(n) && this.runsOver(n)) this.narrow(reg, n, n.reg);
  }

  /** An operand as unsigned int, if that is what an operation on these two is done in. */
  private settleBoth(l: Node, r: Node, n: Node): void {
    if (!isArith(l) || !isArith(r) || !isUnsignedInt(promoteTypes(l, r))) {
      this.settle(n);
      return;
    }
    if (!this.runsOver(n)) return;
    const reg = this.regs.alloc();
    this.setx(reg, 32);
    this.emit(fmt(OP.SLL, n.reg, reg, n.reg));
    this.emit(fmt(OP.SRL, n.reg, reg, n.reg));
    this.regs.free(reg);
  }

  /**
   * An assignment's value as the type of a declared variable holds it. One that is not declared keeps all 64 bits: scripts say `start = 0`
   * before they say `start = timestamp`.
   */
  private fit(n: Node): void {
    const l = n.left ?? n.child!;
    if (l.kind !== 'var' || !(l.ident!.flags & ID_DECL) || !isScalar(n) || !isArith(l)) return;
    if (n.op === '=') {
      const r = n.right!;
      if (isArith(r)) this.typecast(r, n);
      return;
    }
    const size = nodeSize(this.cx, n);
    // what int overflows to has no meaning in C
    if (size === 8 || (size === 4 && n.flags & NF_SIGNED)) return;
    this.narrow(n.reg, n);
  }

  /** Push arguments or keys: all are computed before the first is pushed, as each may itself use the tuple stack. */
  private arglist(id: Ident, args: Node[]): void {
    for (const a of args) this.node(a);
    this.emit(FLUSHTS);
    const sig = id.sig!;
    args.forEach((a, i) => {
      const t = difType(this.cx, a);
      const formal = sig.args[i];
      if (formal?.type !== undefined) {
        formal.reg = a.reg;
        this.typecast(a, formal);
        formal.reg = -1;
      }
      let reg = 0;
      let op = OP.PUSHTV;
      if (t.flags !== 0) {
        op = OP.PUSHTR;
        if (t.size !== 0) {
          reg = this.regs.alloc();
          this.setx(reg, t.size);
        }
      }
      this.emit(fmt(op, t.kind, reg, a.reg));
      this.regs.free(a.reg);
      if (reg !== 0) this.regs.free(reg);
    });
    if (args.length > this.cx.options.tregs) throw new LibraryError('EDT_NOTUPREG');
  }

  private arithmetic(n: Node, op: number): void {
    const l = n.left!;
    const r = n.right!;
    let pointerOp = n.op === '+' || n.op === '-' || n.op === '+=' || n.op === '-=';
    const lp = isPointer(this.cx, l);
    const rp = isPointer(this.cx, r);
    if (lp && rp) pointerOp = false;
    const whole = WHOLE.has(n.op);
    const size = nodeSize(this.cx, n);
    this.node(l);
    if (whole && op !== OP.SRL && op !== OP.SRA) this.settleBoth(l, r, l);
    else if (whole || nodeSize(this.cx, l) < size) this.settle(l);
    if (pointerOp && rp) this.scale(n, OP.MUL, l.reg);
    this.node(r);
    if (whole && op !== OP.SRL && op !== OP.SRA) this.settleBoth(l, r, r);
    else if (nodeSize(this.cx, r) < size) this.settle(r);
    if (pointerOp && lp) this.scale(n, OP.MUL, r.reg);
    this.emit(fmt(op, l.reg, r.reg, l.reg));
    this.regs.free(r.reg);
    n.reg = l.reg;
    if (lp && rp) this.scale(r, OP.SDIV, n.reg);
  }

  private storeOp(id: Ident): number {
    const local = (id.flags & ID_LOCAL) !== 0;
    const tls = (id.flags & ID_TLS) !== 0;
    if (id.kind === 'array') return tls ? OP.STTAA : OP.STGAA;
    return local ? OP.STLS : tls ? OP.STTS : OP.STGS;
  }

  /** Store a register to what an lvalue node names. `value` describes the register's content. */
  private assignTo(target: Node, value: Node): void {
    if (target.kind === 'var') {
      const id = resolveIdent(target.ident!);
      if (id.kind === 'array') this.arglist(id, target.args!);
      id.flags |= ID_DIFW;
      this.variables.add(id);
      this.emit(indexed(this.storeOp(id), id.id, value.reg));
      return;
    }
    const bit = target.flags & NF_REF;
    target.flags |= NF_REF;
    this.node(target);
    this.store(value, target);
    this.regs.free(target.reg);
    target.flags = (target.flags & ~NF_REF) | bit;
  }

  private step(n: Node): number {
    const t = resolve(n.type!);
    return t.kind === 'pointer' ? resolve(t.target).size : 1;
  }

  private preIncrement(n: Node, op: number): void {
    const c = n.child!;
    this.node(c);
    n.reg = c.reg;
    const r = this.regs.alloc();
    this.setx(r, this.step(n));
    this.emit(fmt(op, n.reg, r, n.reg));
    this.regs.free(r);
    this.fit(n);
    this.assignTo(c, n);
  }

  private postIncrement(n: Node, op: number): void {
    const c = n.child!;
    this.node(c);
    n.reg = c.reg;
    const r = this.regs.alloc();
    this.setx(r, this.step(n));
    this.emit(fmt(op, n.reg, r, r));
    const old = n.reg;
    n.reg = r;
    this.fit(n);
    this.assignTo(c, n);
    n.reg = old;
    this.regs.free(r);
  }

  private comparesSigned(n: Node): boolean {
    const l = n.left!;
    const r = n.right!;
    if (isString(this.cx, l) || isString(this.cx, r)) return true;
    if (!isArith(l) || !isArith(r)) return false;
    const t = resolve(promoteTypes(l, r));
    return t.kind === 'int' && t.signed;
  }

  private compare(n: Node, op: number): void {
    const yes = this.label();
    const done = this.label();
    const l = n.left!;
    const r = n.right!;
    this.node(l);
    this.settleBoth(l, r, l);
    this.node(r);
    this.settleBoth(l, r, r);
    this.emit(fmt(isString(this.cx, l) || isString(this.cx, r) ? OP.SCMP : OP.CMP, l.reg, r.reg, 0));
    this.regs.free(r.reg);
    n.reg = l.reg;
    this.emit(branch(op, yes));
    this.emit(fmt(OP.MOV, 0, 0, n.reg));
    this.emit(branch(OP.BA, done));
    this.setx(n.reg, 1, yes);
    this.emit(NOP, done);
  }

  /** The register of the result is the second arm's: the first arm's move is patched when that is known. */
  private ternary(n: Node): void {
    const no = this.label();
    const done = this.label();
    this.node(n.expr!);
    this.emit(fmt(OP.TST, n.expr!.reg, 0, 0));
    this.regs.free(n.expr!.reg);
    this.emit(branch(OP.BE, no));
    this.node(n.left!);
    this.arm(n.left!, n);
    const move = this.emit(fmt(OP.MOV, n.left!.reg, 0, 0));
    this.regs.free(n.left!.reg);
    this.emit(branch(OP.BA, done));
    this.emit(NOP, no);
    this.node(n.right!);
    this.arm(n.right!, n);
    n.reg = n.right!.reg;
    move.word = fmt(OP.MOV, n.left!.reg, 0, n.reg);
    this.emit(NOP, done);
  }

  /** An arm's value as the type of the whole. */
  private arm(a: Node, n: Node): void {
    if (!isArith(a) || !isArith(n)) return;
    const reg = n.reg;
    n.reg = a.reg;
    this.typecast(a, n);
    n.reg = reg;
  }

  private logicalAnd(n: Node): void {
    const no = this.label();
    const done = this.label();
    this.node(n.left!);
    this.emit(fmt(OP.TST, n.left!.reg, 0, 0));
    this.regs.free(n.left!.reg);
    this.emit(branch(OP.BE, no));
    this.node(n.right!);
    n.reg = n.right!.reg;
    this.emit(fmt(OP.TST, n.reg, 0, 0));
    this.emit(branch(OP.BE, no));
    this.setx(n.reg, 1);
    this.emit(branch(OP.BA, done));
    this.emit(fmt(OP.MOV, 0, 0, n.reg), no);
    this.emit(NOP, done);
  }

  private logicalXor(n: Node): void {
    const next = this.label();
    const tail = this.label();
    this.node(n.left!);
    this.emit(fmt(OP.TST, n.left!.reg, 0, 0));
    this.emit(branch(OP.BE, next));
    this.setx(n.left!.reg, 1);
    this.emit(NOP, next);
    this.node(n.right!);
    this.emit(fmt(OP.TST, n.right!.reg, 0, 0));
    this.emit(branch(OP.BE, tail));
    this.setx(n.right!.reg, 1);
    this.emit(fmt(OP.XOR, n.left!.reg, n.right!.reg, n.left!.reg), tail);
    this.regs.free(n.right!.reg);
    n.reg = n.left!.reg;
  }

  private logicalOr(n: Node): void {
    const yes = this.label();
    const no = this.label();
    const done = this.label();
    this.node(n.left!);
    this.emit(fmt(OP.TST, n.left!.reg, 0, 0));
    this.regs.free(n.left!.reg);
    this.emit(branch(OP.BNE, yes));
    this.node(n.right!);
    n.reg = n.right!.reg;
    this.emit(fmt(OP.TST, n.reg, 0, 0));
    this.emit(branch(OP.BE, no));
    this.setx(n.reg, 1, yes);
    this.emit(branch(OP.BA, done));
    this.emit(fmt(OP.MOV, 0, 0, n.reg), no);
    this.emit(NOP, done);
  }

  private logicalNot(n: Node): void {
    const zero = this.label();
    const done = this.label();
    this.node(n.child!);
    n.reg = n.child!.reg;
    this.emit(fmt(OP.TST, n.reg, 0, 0));
    this.emit(branch(OP.BE, zero));
    this.emit(fmt(OP.MOV, 0, 0, n.reg));
    this.emit(branch(OP.BA, done));
    this.setx(n.reg, 1, zero);
    this.emit(NOP, done);
  }

  /** All members of a translation, computed into scratch space; the register with its address. `input` holds the source. */
  private expandTranslation(input: number, x: Translator): number {
    const r1 = this.regs.alloc();
    this.setx(r1, resolve(x.dest).size);
    this.emit(fmt(OP.ALLOCS, r1, 0, r1));
    const saved = this.bindInput(x, input);
    for (const m of x.members) {
      const e = cloneNode(m.expr!);
      this.node(e);
      m.reg = e.reg;
      this.typecast(e, m);
      const place = memberOf(x.dest, m.name)!;
      const dst = this.cx.node('op2', '.');
      propagateType(m, dst);
      const offset = Math.floor(place.bitOffset / 8);
      if (offset !== 0) {
        const r2 = this.regs.alloc();
        this.setx(r2, offset);
        this.emit(fmt(OP.ADD, r1, r2, r2));
        dst.reg = r2;
        this.store(m, dst, place);
        this.regs.free(r2);
      } else {
        dst.reg = r1;
        this.store(m, dst, place);
      }
      this.regs.free(m.reg);
    }
    this.unbindInput(x, saved);
    return r1;
  }

  /** While a translator's members are generated its input parameter is a register. Nested uses save the outer one. */
  private bindInput(x: Translator, reg: number): { flags: number; id: number } {
    const saved = { flags: x.input.flags, id: x.input.id };
    x.input.flags |= ID_CGREG;
    x.input.id = reg;
    return saved;
  }
  private unbindInput(x: Translator, saved: { flags: number; id: number }): void {
    x.input.flags = saved.flags;
    x.input.id = saved.id;
  }

  private assignment(n: Node): void {
    const xid = nodeIdent(this.cx, n.right!, 'xlsou');
    if (n.op === '=' && xid !== undefined) {
      const r = this.expandTranslation(n.right!.reg, xid.translator!);
      this.regs.free(n.right!.reg);
      n.reg = r;
    }
    this.fit(n);
    this.assignTo(n.left!, n);
  }

  private associative(n: Node): void {
    const id = n.ident!;
    this.arglist(id, n.args!);
    n.reg = this.regs.alloc();
    const tls = (id.flags & ID_TLS) !== 0;
    const load = tls ? OP.LDTAA : OP.LDGAA;
    id.flags |= ID_DIFR;
    this.variables.add(id);
    this.emit(indexed(load, id.id, n.reg));
    if (n.flags & NF_REF) this.faultIn(n, load, tls ? OP.STTAA : OP.STGAA);
  }

  /** A value kept by reference may not exist yet: then make it, zero-filled, and load its address again. */
  private faultIn(n: Node, load: number, store: number): void {
    const id = n.ident!;
    const there = this.label();
    this.emit(fmt(OP.TST, n.reg, 0, 0));
    this.emit(branch(OP.BNE, there));
    this.setx(n.reg, nodeSize(this.cx, n));
    this.emit(fmt(OP.ALLOCS, n.reg, 0, n.reg));
    id.flags |= ID_DIFW;
    this.emit(indexed(store, id.id, n.reg));
    this.emit(indexed(load, id.id, n.reg));
    this.emit(NOP, there);
  }

  /** args[], regs[], uregs[] */
  private array(n: Node): void {
    const id = n.ident!;
    const index = n.args![0];
    const saved = index.value;
    if (id.id === DIF_VAR_ARGS) index.value = BigInt(this.cx.probe!.mapping[Number(saved)]);
    this.node(index);
    index.value = saved;
    n.reg = index.reg;
    id.flags |= ID_DIFR;
    this.variables.add(this.cx.globals.lookup(id.name) ?? id);
    this.cx.globals.lookup(id.name)!.flags |= ID_DIFR;
    this.emit(fmt(OP.LDGA, id.id, index.reg, n.reg));
    // the kernel gives 64 bits whatever the argument's type: cut them
    if (id.id !== DIF_VAR_ARGS || !isScalar(n)) return;
    const size = nodeSize(this.cx, n);
    if (size === 8) return;
    this.narrow(n.reg, n);
  }

  /** An inline: its expression, generated here, with parameters standing for the argument trees. */
  private inline(n: Node): void {
    const id = n.ident!;
    const inl = id.inline!;
    const saved: (Node | undefined)[] = [];
    if (id.kind === 'array')
      inl.argv.forEach((p, i) => {
        if (p === undefined) return;
        saved[i] = p.inline!.root;
        p.inline!.root = n.args![i];
      });
    // a copy: an argument may use the same inline
    const root = cloneNode(inl.root!);
    this.node(root);
    n.reg = root.reg;
    this.typecast(root, n);
    if (id.kind === 'array')
      inl.argv.forEach((p, i) => {
        if (p !== undefined) p.inline!.root = saved[i];
      });
  }

  private variable(n: Node): void {
    const id = n.ident!;
    if (id.flags & ID_CGREG) {
      n.reg = this.regs.alloc();
      this.emit(fmt(OP.MOV, id.id, 0, n.reg));
      return;
    }
    if (id.inline !== undefined) {
      this.inline(n);
      return;
    }
    if (id.kind === 'xlsou' || id.kind === 'xlptr') {
      this.array(n);
      return;
    }
    if (id.kind === 'array') {
      if (id.id > DIF_VAR_ARRAY_MAX) this.associative(n);
      else this.array(n);
      return;
    }
    n.reg = this.regs.alloc();
    const op = id.flags & ID_LOCAL ? OP.LDLS : id.flags & ID_TLS ? OP.LDTS : OP.LDGS;
    id.flags |= ID_DIFR;
    this.variables.add(id);
    this.emit(indexed(op, id.id, n.reg));
    // a string that is not there is NULL; a thread's struct or array has members that may be assigned to
    if (op === OP.LDTS && n.flags & NF_REF && !isString(this.cx, n)) this.faultIn(n, OP.LDTS, OP.STTS);
  }

  private member(n: Node): void {
    const l = n.left!;
    this.node(l);
    const xid = nodeIdent(this.cx, l, 'xlsou') ?? nodeIdent(this.cx, l, 'xlptr');
    if (xid !== undefined) {
      const x = xid.translator!;
      const m = translatorMember(x, n.right!.name)!;
      const saved = this.bindInput(x, l.reg);
      const e = cloneNode(m.expr!);
      this.node(e);
      n.reg = e.reg;
      this.typecast(e, n);
      this.unbindInput(x, saved);
      this.regs.free(l.reg);
      return;
    }
    const m = this.memberOfNode(n);
    const offset = Math.floor(m.bitOffset / 8);
    if (offset !== 0 || m.bitOffset % 8 !== 0) {
      const r = this.regs.alloc();
      this.setx(r, offset);
      this.emit(fmt(OP.ADD, l.reg, r, l.reg));
      this.regs.free(r);
    }
    if (!(n.flags & NF_REF)) {
      const flags = n.flags;
      n.flags |= l.flags & NF_USERLAND;
      this.emit(fmt(this.loadOp(n, m.type, m.bitOffset % 8), l.reg, 0, l.reg));
      n.flags = flags;
      if (n.flags & NF_BITFIELD) this.fieldGet(n, m);
    }
    n.reg = l.reg;
  }

  private identifier(n: Node): void {
    switch (n.kind) {
      case 'var':
        this.variable(n);
        return;
      case 'func': {
        const id = n.ident!;
        if (id.kind !== 'func')
          this.cx.fail(
            'D_CG_EXPR',
            `${IDENT_KIND_NAMES[id.kind]} ${id.name}( ) may not be called from a D expression (D program context required)`,
            n,
          );
        this.arglist(id, n.args!);
        n.reg = this.regs.alloc();
        this.emit(indexed(OP.CALL, id.id, n.reg));
        return;
      }
      case 'sym': {
        const s = n.ident!.symbol!;
        n.reg = this.regs.alloc();
        this.setx(n.reg, s.address);
        if (!(n.flags & NF_REF)) this.emit(fmt(this.loadOp(n, n.type!), n.reg, 0, n.reg));
        return;
      }
      default:
        this.cx.fail('D_UNKNOWN', `internal error -- node type ${n.kind} is not valid for an identifier`);
    }
  }

  private node(n: Node): void {
    const signed = (n.flags & NF_SIGNED) !== 0;
    switch (n.op) {
      case ',':
        this.node(n.left!);
        this.regs.free(n.left!.reg);
        this.node(n.right!);
        n.reg = n.right!.reg;
        return;
      case '=':
        this.node(n.right!);
        n.reg = n.right!.reg;
        this.assignment(n);
        return;
      case '+=':
      case '-=':
      case '*=':
      case '/=':
      case '%=':
      case '&=':
      case '^=':
      case '|=':
      case '<<=':
      case '>>=':
        this.arithmetic(n, this.arithmeticOp(n.op.slice(0, -1), signed));
        this.assignment(n);
        return;
      case '?':
        this.ternary(n);
        return;
      case '||':
        this.logicalOr(n);
        return;
      case '^^':
        this.logicalXor(n);
        return;
      case '&&':
        this.logicalAnd(n);
        return;
      case '|':
      case '^':
      case '&':
      case '<<':
      case '>>':
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        this.arithmetic(n, this.arithmeticOp(n.op, signed));
        return;
      case '==':
        this.compare(n, OP.BE);
        return;
      case '!=':
        this.compare(n, OP.BNE);
        return;
      case '<':
        this.compare(n, this.comparesSigned(n) ? OP.BL : OP.BLU);
        return;
      case '<=':
        this.compare(n, this.comparesSigned(n) ? OP.BLE : OP.BLEU);
        return;
      case '>':
        this.compare(n, this.comparesSigned(n) ? OP.BG : OP.BGU);
        return;
      case '>=':
        this.compare(n, this.comparesSigned(n) ? OP.BGE : OP.BGEU);
        return;
      case '!':
        this.logicalNot(n);
        return;
      case '~':
        this.node(n.child!);
        n.reg = n.child!.reg;
        this.emit(fmt(OP.NOT, n.reg, 0, n.reg));
        return;
      case 'pre++':
        this.preIncrement(n, OP.ADD);
        return;
      case 'pre--':
        this.preIncrement(n, OP.SUB);
        return;
      case 'post++':
        this.postIncrement(n, OP.ADD);
        return;
      case 'post--':
        this.postIncrement(n, OP.SUB);
        return;
      case 'u+':
        this.node(n.child!);
        n.reg = n.child!.reg;
        return;
      case 'u-':
        this.node(n.child!);
        n.reg = n.child!.reg;
        this.emit(fmt(OP.SUB, 0, n.reg, n.reg));
        return;
      case 'deref': {
        const c = n.child!;
        this.node(c);
        n.reg = c.reg;
        if (n.type === this.cx.types.dyn || n.flags & NF_REF) return;
        const flags = n.flags;
        n.flags |= c.flags & NF_USERLAND;
        this.emit(fmt(this.loadOp(n, n.type!), n.reg, 0, n.reg));
        n.flags = flags;
        return;
      }
      case 'addr': {
        const c = n.child!;
        const bit = c.flags & NF_REF;
        c.flags |= NF_REF;
        this.node(c);
        n.reg = c.reg;
        c.flags = (c.flags & ~NF_REF) | bit;
        return;
      }
      case 'sizeof':
        n.reg = this.regs.alloc();
        this.setx(n.reg, sizeofNode(this.cx, n.child!));
        return;
      case 'stringof':
        this.node(n.child!);
        n.reg = n.child!.reg;
        return;
      case 'xlate':
        this.node(n.right!);
        n.reg = n.right!.reg;
        return;
      case 'cast':
        this.node(n.right!);
        n.reg = n.right!.reg;
        this.typecast(n.right!, n);
        return;
      case '->':
      case '.':
        this.member(n);
        return;
      case 'string': {
        n.reg = this.regs.alloc();
        const off = this.strings.insert(n.name);
        if (off > 0xffff) throw new LibraryError('EDT_STR2BIG');
        this.emit(indexed(OP.SETS, off, n.reg));
        return;
      }
      case 'int':
        n.reg = this.regs.alloc();
        this.setx(n.reg, n.value);
        return;
      case 'id':
        this.identifier(n);
        return;
    }
    this.cx.fail('D_UNKNOWN', `internal error -- token ${n.op} is not a valid D compilation token`);
  }

  private arithmeticOp(op: string, signed: boolean): number {
    switch (op) {
      case '+':
        return OP.ADD;
      case '-':
        return OP.SUB;
      case '*':
        return OP.MUL;
      case '/':
        return signed ? OP.SDIV : OP.UDIV;
      case '%':
        return signed ? OP.SREM : OP.UREM;
      case '&':
        return OP.AND;
      case '|':
        return OP.OR;
      case '^':
        return OP.XOR;
      case '<<':
        return OP.SLL;
      default:
        return signed ? OP.SRA : OP.SRL;
    }
  }
}
