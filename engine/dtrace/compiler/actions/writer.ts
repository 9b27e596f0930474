/** What actions are written into: the ECB and the statement that are being compiled. */

import { type Difo, type DifType, fmt, indexed, OP } from '../../dif.ts';
import type { ErrorTag } from '../../errors.ts';
import type { Action, EcbDesc, Statement } from '../../program.ts';
import { assemble } from '../code/assemble.ts';
import { generate } from '../code/generate.ts';
import type { Context } from '../context.ts';
import { isDynamic, isScalar, type Node } from '../node.ts';

export const INT_TYPE: DifType = { kind: 0, ckind: 1, flags: 0, size: 8 };

export const VOID_TYPE: DifType = { kind: 0, ckind: 1, flags: 0, size: 0 };

/** Something to be told of each DIF object as it is finished: -S. */
export type DifoListener = (d: Difo) => void;

export abstract class ActionWriter {
  protected readonly cx: Context;
  protected readonly listener: DifoListener | undefined;
  protected ecb!: EcbDesc;
  protected stmt!: Statement;

  constructor(cx: Context, listener: DifoListener | undefined) {
    this.cx = cx;
    this.listener = listener;
  }

  /** Code for an expression. */
  difo(n: Node): Difo {
    const d = assemble(this.cx, generate(this.cx, n));
    this.listener?.(d);
    return d;
  }

  protected add(kind: number, difo: Difo | undefined, arg: bigint | number = 0): Action {
    const a: Action = { kind, difo, ntuple: 0, arg: BigInt(arg), statement: this.stmt };
    this.ecb.actions.push(a);
    return a;
  }

  /** An object that returns a constant: an aggregation's id, or a missing argument. */
  protected constant(value: bigint | number): Difo {
    return {
      code: [indexed(OP.SETX, 0, 1), fmt(OP.RET, 0, 0, 1)],
      integers: [BigInt(value)],
      strings: new Uint8Array(0),
      variables: [],
      rtype: { ...INT_TYPE },
      destructive: false,
    };
  }

  protected fail(n: Node, tag: ErrorTag, text: string): never {
    return this.cx.fail(tag, text, n);
  }

  protected scalar(n: Node): boolean {
    return !isDynamic(this.cx, n) && isScalar(n);
  }
}
