/** Loads and stores: by size and signedness, of bit-fields, from user space. */
import type { Type } from '../../../cfront/types.ts';
import { fmt, OP } from '../../dif.ts';
import { bitsOf, type Member, memberOf, referent, resolve } from '../../dtypes.ts';
import { assert } from '../../errors.ts';
import { completeType } from '../cook/member.ts';
import { NF_BITFIELD, NF_REF, NF_SIGNED, NF_USERLAND, type Node, nodeSize } from '../node.ts';
import { Emitter } from './emitter.ts';

const powerOfTwo = (x: number): number => 2 ** Math.ceil(Math.log2(x));

export abstract class MemoryCode extends Emitter {
  /** The load instruction for a value of that type. */
  protected loadOp(n: Node, type: Type, bitShift = 0): number {
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
  protected scale(n: Node, op: number, reg: number): void {
    const size = resolve(referent(n.type!)).size;
    if (size === 1) return;
    const r = this.regs.alloc();
    this.setx(r, size);
    this.emit(fmt(op, reg, r, reg));
    this.regs.free(r);
  }

  /** After the load of the word around a bit-field: bring the field down and extend it. */
  protected fieldGet(n: Node, m: Member): void {
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
  protected fieldSet(src: Node, dst: Node, m: Member): number {
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

  protected store(src: Node, dst: Node, member?: Member): void {
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

  protected memberOfNode(n: Node): Member {
    let type = n.left!.type!;
    if (n.op === '->') type = referent(type);
    const m = memberOf(completeType(this.cx, type, n.op), n.right!.name);
    assert(m !== undefined, () => `member ${n.right!.name} vanished`);
    return m;
  }
}
