/** Values as their types hold them: registers have 64 bits whatever was computed. */
import type { Type } from '../../../cfront/types.ts';
import { fmt, OP } from '../../dif.ts';
import { resolve } from '../../dtypes.ts';
import { promoteTypes } from '../cook/promote.ts';
import { ID_DECL } from '../ident.ts';
import { isArith, isScalar, NF_BITFIELD, NF_REF, NF_SIGNED, type Node, nodeSize } from '../node.ts';
import { MemoryCode } from './memory.ts';

const ARITHMETIC = new Set(['+', '-', '*', '<<', 'u-']);

/** Operators whose result may not fit the operands' type. */
const WRAPPING = new Set([...ARITHMETIC, '~']);

const isUnsignedInt = (type: Type): boolean => {
  const t = resolve(type);
  return t.kind === 'int' && !t.signed && t.size === 4;
};

export abstract class ConversionCode extends MemoryCode {
  /** The same where the original has no cast: values that are of the type already stay as they are. */
  protected convert(src: Node, dst: Node): void {
    const same =
      nodeSize(this.cx, src) === nodeSize(this.cx, dst) && ((src.flags ^ dst.flags) & NF_SIGNED) === 0;
    if (isScalar(dst) && same) this.settle(src, dst.reg);
    else this.typecast(src, dst);
  }

  /**
   * Convert src's register, in dst's register, from src's type to dst's. As in the original, a cast to a type of the same size and sign is made
   * all the same (programs show it with -S, and in offsets of faults).
   */
  protected typecast(src: Node, dst: Node): void {
    const from = nodeSize(this.cx, src);
    const to = nodeSize(this.cx, dst);
    if (!isScalar(dst)) return;
    const signSrc = (src.flags & NF_SIGNED) !== 0;
    const signDst = (dst.flags & NF_SIGNED) !== 0;
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
  protected narrow(reg: number, n: Node, from = reg): void {
    const r = this.regs.alloc();
    this.setx(r, 64 - nodeSize(this.cx, n) * 8);
    this.emit(fmt(OP.SLL, from, r, reg));
    this.emit(fmt(n.flags & NF_SIGNED ? OP.SRA : OP.SRL, reg, r, reg));
    this.regs.free(r);
  }

  protected isUnsignedInt(n: Node): boolean {
    return (n.flags & (NF_SIGNED | NF_REF | NF_BITFIELD)) === 0 && isArith(n) && nodeSize(this.cx, n) === 4;
  }

  /** May the register of an operand of an operation on unsigned ints hold more than 32 bits? */
  protected runsOver(n: Node): boolean {
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
  protected settle(n: Node, reg = n.reg): void {
    if (this.isUnsignedInt(n) && this.runsOver(n)) this.narrow(reg, n, n.reg);
  }

  /** An operand as unsigned int, if that is what an operation on these two is done in. */
  protected settleBoth(l: Node, r: Node, n: Node): void {
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
  protected fit(n: Node): void {
    const l = n.left ?? n.child!;
    if (l.kind !== 'var' || !(l.ident!.flags & ID_DECL) || !isScalar(n) || !isArith(l)) return;
    if (n.op === '=') {
      const r = n.right!;
      if (isArith(r)) this.convert(r, n);
      return;
    }
    const size = nodeSize(this.cx, n);
    // what int overflows to has no meaning in C
    if (size === 8 || (size === 4 && n.flags & NF_SIGNED)) return;
    this.narrow(n.reg, n);
  }
}
