/** What code generation writes into: instructions with labels, the tables of integers and strings, and the registers in use. */

import { StringTable } from '../../../image/dof.ts';
import {
  DIF_TF_BYREF,
  DIF_TF_BYUREF,
  DIF_TYPE_CTF,
  DIF_TYPE_STRING,
  type DifType,
  indexed,
  OP,
} from '../../dif.ts';
import { ctfKind, resolve } from '../../dtypes.ts';
import { LibraryError } from '../../errors.ts';
import type { Context } from '../context.ts';
import type { Ident } from '../ident.ts';
import { isString, NF_REF, NF_USERLAND, type Node } from '../node.ts';
import { RegisterSet } from './regset.ts';

const NO_LABEL = 0;
/** As many are looked through one by one. */
const FEW_INTEGERS = 16;

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
  /** Variables read or written, each once. */
  variables: readonly Ident[];
  /** The node whose value is returned. */
  result: Node;
}

/** How the kernel is told of a node's value. */
export function difType(cx: Context, n: Node): DifType {
  const flags = n.flags & NF_REF ? (n.flags & NF_USERLAND ? DIF_TF_BYUREF : DIF_TF_BYREF) : 0;
  if (isString(cx, n)) return { kind: DIF_TYPE_STRING, ckind: 0, flags, size: n.type!.size };
  return { kind: DIF_TYPE_CTF, ckind: ctfKind(n.type!), flags, size: resolve(n.type!).size };
}

export abstract class Emitter {
  protected readonly cx: Context;
  protected readonly regs: RegisterSet;
  protected readonly ir: IrNode[] = [];
  protected labels = 1;
  protected readonly integers: bigint[] = [];
  /** Their places, once there are many. */
  protected integerIndex: Map<bigint, number> | undefined;
  protected readonly strings = new StringTable();
  protected readonly variables: Ident[] = [];

  constructor(cx: Context) {
    this.cx = cx;
    this.regs = new RegisterSet(cx.options.iregs);
  }

  protected emit(word: number, label = NO_LABEL): IrNode {
    const n = { label, word };
    this.ir.push(n);
    return n;
  }

  protected label(): number {
    return this.labels++;
  }

  /** The code uses a variable. */
  protected uses(id: Ident): void {
    if (!this.variables.includes(id)) this.variables.push(id);
  }

  protected setx(reg: number, value: bigint | number, label = NO_LABEL): void {
    const v = BigInt.asUintN(64, BigInt(value));
    const { integers } = this;
    if (integers.length === FEW_INTEGERS) this.integerIndex ??= new Map(integers.map((x, at) => [x, at]));
    let i = this.integerIndex === undefined ? integers.indexOf(v) : (this.integerIndex.get(v) ?? -1);
    if (i < 0) {
      i = integers.length;
      integers.push(v);
      this.integerIndex?.set(v, i);
    }
    if (i > 0xffff) throw new LibraryError('EDT_INT2BIG');
    this.emit(indexed(OP.SETX, i, reg), label);
  }
}
