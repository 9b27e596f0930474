/**
 * Values: how operands are read, converted and tested, with constants folded.
 *
 * A value's type is never a typedef and has no qualifiers; an lvalue keeps both.
 */

import type { Expr, Loc } from '../cfront/ast.ts';
import { floatToInteger, integerToFloat, promote, roundFloat, wrap } from '../cfront/operators.ts';
import { printType } from '../cfront/printtype.ts';
import {
  INT,
  isInteger,
  isRecord,
  isScalar,
  pointerTo,
  strip,
  type Type,
  ULONG,
  unqualified,
  VOID,
} from '../cfront/types.ts';
import { isComplete } from './check-types.ts';
import { ERROR_TYPE, type Parser } from './parser.ts';

export const intConst = (value: bigint | number, loc: Loc, type: Type = INT): Expr => ({
  kind: 'const',
  value: BigInt(value),
  type,
  loc,
});
export const errorExpr = (loc: Loc): Expr => ({ kind: 'const', value: 0n, type: ERROR_TYPE, loc });
export const isErrorExpr = (e: Expr): boolean => e.type === ERROR_TYPE;

export function isLvalue(e: Expr): boolean {
  switch (e.kind) {
    case 'var':
    case 'deref':
    case 'member':
    case 'compound':
    case 'string':
      return true;
    default:
      return false;
  }
}

/** The value of an operand: arrays and functions become pointers, other lvalues are read. */
export function rvalue(p: Parser, e: Expr): Expr {
  const t = strip(e.type);
  if (t.kind === 'function') {
    return e.kind === 'deref' ? e.pointer : { kind: 'addr', lvalue: e, type: pointerTo(e.type), loc: e.loc };
  }
  if (t.kind === 'array') return decay(e, t.element);
  if (!isLvalue(e)) return e;
  if (t.kind === 'void')
    return { kind: 'cast', operand: (e as { pointer: Expr }).pointer, type: VOID, loc: e.loc };
  if (isRecord(t) && !isComplete(t)) {
    p.error(e.loc, `invalid use of undefined type '${printType(t)}'`);
    return errorExpr(e.loc);
  }
  return { kind: 'load', lvalue: e, type: unqualified(t), loc: e.loc };
}

function decay(e: Expr, element: Type): Expr {
  const type = pointerTo(element);
  markAddressTaken(e);
  const at = constantAddress(e);
  if (at !== undefined) return { kind: 'const', value: at, type, loc: e.loc };
  return { kind: 'decay', lvalue: e, type, loc: e.loc };
}

export function markAddressTaken(e: Expr): void {
  while (e.kind === 'member') e = e.base;
  if (e.kind === 'var') e.decl.addressTaken = true;
}

/** The address of an lvalue that hangs on a constant pointer: what offsetof written by hand is. */
export function constantAddress(e: Expr): bigint | undefined {
  if (e.kind === 'deref') return e.pointer.kind === 'const' ? e.pointer.value : undefined;
  if (e.kind !== 'member') return undefined;
  const base = constantAddress(e.base);
  return base === undefined ? undefined : BigInt.asUintN(64, base + BigInt(e.field.offset));
}

/** The width of a bit-field that a value was just read from: it decides how the value promotes. */
export const bitsOf = (e: Expr): number | undefined =>
  e.kind === 'load' && e.lvalue.kind === 'member' ? e.lvalue.field.bitWidth : undefined;

/** Conversion of a value, explicit or implied, without any check. */
export function castTo(e: Expr, type: Type): Expr {
  const to = unqualified(type);
  const from = strip(e.type);
  if (from === to) return e;
  if (e.kind === 'const' && (isInteger(to) || to.kind === 'pointer')) {
    return { kind: 'const', value: wrap(e.value, to), type: to, loc: e.loc };
  }
  if (e.kind === 'const' && to.kind === 'float') {
    return { kind: 'fconst', value: integerToFloat(e.value, to), type: to, loc: e.loc };
  }
  if (e.kind === 'fconst' && to.kind === 'float') {
    return { kind: 'fconst', value: roundFloat(e.value, to), type: to, loc: e.loc };
  }
  if (e.kind === 'fconst' && isInteger(to)) {
    return { kind: 'const', value: floatToInteger(e.value, to), type: to, loc: e.loc };
  }
  return { kind: 'cast', operand: e, type: to, loc: e.loc };
}

export function promoted(e: Expr): Expr {
  return isInteger(e.type) ? castTo(e, promote(e.type, bitsOf(e))) : e;
}

/** A condition: any scalar value. */
export function condition(p: Parser, operand: Expr): Expr {
  const e = rvalue(p, operand);
  if (!isErrorExpr(e) && !isScalar(e.type)) {
    p.error(e.loc, `used '${printType(e.type)}' value where a scalar is required`);
    return errorExpr(e.loc);
  }
  return e;
}

/** The truth of a constant, or undefined. */
export function truth(e: Expr): boolean | undefined {
  if (e.kind === 'const') return e.value !== 0n;
  if (e.kind === 'fconst') return e.value !== 0;
  return undefined;
}

/** integer constants of a given type for sizeof and the like. */
export const sizeConst = (value: number, loc: Loc): Expr => intConst(value, loc, ULONG);
