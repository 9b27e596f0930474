/** Constants: arithmetic on them while parsing, as the guest would do it. */

import { minAttribute } from '../../stability.ts';
import type { Context } from '../context.ts';
import { promotedType, promoteTypes } from '../cook/promote.ts';
import { assignType, NF_SIGNED, type Node, nodeSize } from '../node.ts';

export const MASK64 = 0xffffffffffffffffn;
export const signed = (v: bigint): bigint => BigInt.asIntN(64, v);

/** The value as the node's type holds it, in 64 bits. */
export function normalize(cx: Context, n: Node, v: bigint): bigint {
  const bits = nodeSize(cx, n) * 8;
  return n.flags & NF_SIGNED ? BigInt.asIntN(bits, v) & MASK64 : BigInt.asUintN(bits, v);
}

/** Both operands are constants: the value, or undefined if the operator does not fold. */
export function fold(cx: Context, op: string, l: Node, r: Node): Node | undefined {
  let a = l.value;
  let b = r.value;
  const n = cx.node('int', 'int');
  assignType(cx, n, cx.types.int);
  const bool = (v: boolean): Node => {
    n.value = v ? 1n : 0n;
    return n;
  };
  /** The operands become what the operation is done in; is that signed? */
  const promoted = (): boolean => {
    assignType(cx, n, promoteTypes(l, r));
    n.attr = minAttribute(l.attr, r.attr);
    a = normalize(cx, n, a);
    b = normalize(cx, n, b);
    return (n.flags & NF_SIGNED) !== 0;
  };
  const relational = (f: (x: bigint, y: bigint) => boolean): Node => {
    const v = promoted() ? f(signed(a), signed(b)) : f(a, b);
    assignType(cx, n, cx.types.int);
    return bool(v);
  };
  const arithmetic = (f: (x: bigint, y: bigint) => bigint): Node => {
    promoted();
    n.value = normalize(cx, n, f(a, b));
    return n;
  };
  switch (op) {
    case '||':
      return bool(a !== 0n || b !== 0n);
    case '^^':
      return bool((a !== 0n) !== (b !== 0n));
    case '&&':
      return bool(a !== 0n && b !== 0n);
    case '|':
      return arithmetic((x, y) => x | y);
    case '^':
      return arithmetic((x, y) => x ^ y);
    case '&':
      return arithmetic((x, y) => x & y);
    case '==':
      return relational((x, y) => x === y);
    case '!=':
      return relational((x, y) => x !== y);
    case '<':
      return relational((x, y) => x < y);
    case '<=':
      return relational((x, y) => x <= y);
    case '>':
      return relational((x, y) => x > y);
    case '>=':
      return relational((x, y) => x >= y);
    case '<<':
      assignType(cx, n, promotedType(l.type!));
      n.value = normalize(cx, n, a << (b & 63n));
      return n;
    case '>>':
      assignType(cx, n, promotedType(l.type!));
      n.value = l.flags & NF_SIGNED ? (signed(a) >> (b & 63n)) & MASK64 : a >> (b & 63n);
      return n;
    case '+':
      return arithmetic((x, y) => x + y);
    case '-':
      return arithmetic((x, y) => x - y);
    case '*':
      return arithmetic((x, y) => x * y);
    case '/':
      n.value = (promoted() ? signed(a) / signed(b) : a / b) & MASK64;
      return n;
    case '%':
      n.value = (promoted() ? signed(a) % signed(b) : a % b) & MASK64;
      return n;
  }
  return undefined;
}

/** A constant of one integer type as another: cut when it narrows, extended by the sign when it widens. */
export function castConstant(
  v: bigint,
  from: number,
  fromSigned: boolean,
  to: number,
  toSigned: boolean,
): bigint {
  const width = Math.min(to, from);
  if (to < from || fromSigned !== toSigned) {
    const low = BigInt.asUintN(width * 8, v);
    if (to < from || to === from) return toSigned ? BigInt.asIntN(width * 8, low) & MASK64 : low;
    // widening with a change of sign: the source's own sign decides, then the width of the result
    const value = fromSigned ? BigInt.asIntN(from * 8, low) : low;
    return (toSigned ? value : BigInt.asUintN(to * 8, value)) & MASK64;
  }
  return v;
}
