/**
 * Code generation: a cooked expression becomes a list of DIF instructions with labels.
 *
 * One pass over the tree, no optimisation: each node leaves its value in a register that it allocated, and its user frees it. The shape of the
 * code (which register, which order, which extra shift) is the original's, because -S shows it and the guest executes it.
 *
 * Each class of code has a file, which builds on those before it: emitter, memory, conversions, variables, members, control, and here arithmetic
 * and which operator is made by what.
 */

import { fmt, indexed, OP } from '../../dif.ts';
import { resolve } from '../../dtypes.ts';
import { LibraryError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { sizeofNode } from '../cook/unary.ts';
import {
  assignType,
  isPointer,
  NF_REF,
  NF_SIGNED,
  NF_USERLAND,
  type Node,
  nodeIdent,
  nodeSize,
} from '../node.ts';
import { ControlCode } from './control.ts';
import type { Generated } from './emitter.ts';

export function generate(cx: Context, n: Node): Generated {
  return new Generator(cx).run(n);
}

/** Operators to whose result the upper bits of an operand matter. */
const WHOLE = new Set(['/', '%', '>>', '/=', '%=', '>>=']);

class Generator extends ControlCode {
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

  protected arithmetic(n: Node, op: number): void {
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

  protected step(n: Node): number {
    const t = resolve(n.type!);
    return t.kind === 'pointer' ? resolve(t.target).size : 1;
  }

  protected preIncrement(n: Node, op: number): void {
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

  protected postIncrement(n: Node, op: number): void {
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

  protected node(n: Node): void {
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

  protected arithmeticOp(op: string, signed: boolean): number {
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
