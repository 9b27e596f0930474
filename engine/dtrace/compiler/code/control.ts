/** Comparisons, logical operators and ?:, which branch. */

import { branch, fmt, NOP, OP } from '../../dif.ts';
import { resolve } from '../../dtypes.ts';
import { promoteTypes } from '../cook/promote.ts';
import { isArith, isString, type Node } from '../node.ts';
import { MemberCode } from './members.ts';

export abstract class ControlCode extends MemberCode {
  protected comparesSigned(n: Node): boolean {
    const l = n.left!;
    const r = n.right!;
    if (isString(this.cx, l) || isString(this.cx, r)) return true;
    if (!isArith(l) || !isArith(r)) return false;
    const t = resolve(promoteTypes(l, r));
    return t.kind === 'int' && t.signed;
  }

  protected compare(n: Node, op: number): void {
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
  protected ternary(n: Node): void {
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
  protected arm(a: Node, n: Node): void {
    if (!isArith(a) || !isArith(n)) return;
    const reg = n.reg;
    n.reg = a.reg;
    this.convert(a, n);
    n.reg = reg;
  }

  protected logicalAnd(n: Node): void {
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

  protected logicalXor(n: Node): void {
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

  protected logicalOr(n: Node): void {
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

  protected logicalNot(n: Node): void {
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
}
