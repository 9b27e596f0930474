/**
 * Binary operators: arithmetic with the usual conversions, shifts, pointers, comparisons, `&&` and `||`.
 */

import type { BinaryOp, Expr, Loc } from '../cfront/ast.ts';
import { foldFloat, foldInteger, isComparison, usualArithmetic } from '../cfront/operators.ts';
import { printType } from '../cfront/printtype.ts';
import {
  INT,
  isArithmetic,
  isInteger,
  isPointer,
  isScalar,
  LONG,
  strip,
  type Type,
  ULONG,
  unqualified,
} from '../cfront/types.ts';
import { compatible, isComplete, isNullConstant } from './check-types.ts';
import {
  bitsOf,
  castTo,
  condition,
  errorExpr,
  intConst,
  isErrorExpr,
  promoted,
  rvalue,
  truth,
} from './check-value.ts';
import type { Parser } from './parser.ts';

export function badOperands(p: Parser, op: string, left: Expr, right: Expr, loc: Loc): Expr {
  if (!isErrorExpr(left) && !isErrorExpr(right)) {
    p.error(
      loc,
      `invalid operands to binary ${op} (have '${printType(left.type)}' and '${printType(right.type)}')`,
    );
  }
  return errorExpr(loc);
}

export function binary(p: Parser, op: BinaryOp, leftOperand: Expr, rightOperand: Expr, loc: Loc): Expr {
  const left = rvalue(p, leftOperand);
  const right = rvalue(p, rightOperand);
  if (isErrorExpr(left) || isErrorExpr(right)) return errorExpr(loc);
  if (op === '<<' || op === '>>') return shift(p, op, left, right, loc);
  const lp = isPointer(left.type);
  const rp = isPointer(right.type);
  if (lp || rp) {
    if (op === '+' && lp && isInteger(right.type)) return pointerAdd(p, left, right, 1, loc);
    if (op === '+' && rp && isInteger(left.type)) return pointerAdd(p, right, left, 1, loc);
    if (op === '-' && lp && isInteger(right.type)) return pointerAdd(p, left, right, -1, loc);
    if (op === '-' && lp && rp) return pointerDifference(p, left, right, loc);
    if (isComparison(op)) return comparePointers(p, op, left, right, loc);
    return badOperands(p, op, left, right, loc);
  }
  if (!isArithmetic(left.type) || !isArithmetic(right.type)) return badOperands(p, op, left, right, loc);
  const type = usualArithmetic(left.type, right.type, bitsOf(left), bitsOf(right));
  const integersOnly = op === '%' || op === '&' || op === '|' || op === '^';
  if (integersOnly && type.kind === 'float') return badOperands(p, op, left, right, loc);
  return arithmetic(p, op, castTo(left, type), castTo(right, type), type, loc);
}

function arithmetic(p: Parser, op: BinaryOp, left: Expr, right: Expr, type: Type, loc: Loc): Expr {
  const result = isComparison(op) ? INT : type;
  if (left.kind === 'const' && right.kind === 'const') {
    const value = foldInteger(op, left.value, right.value, type);
    if (value !== undefined) return { kind: 'const', value, type: result, loc };
  }
  if ((op === '/' || op === '%') && right.kind === 'const' && right.value === 0n)
    p.warn(loc, 'division by zero');
  if (left.kind === 'fconst' && right.kind === 'fconst') {
    const value = foldFloat(op, left.value, right.value, type);
    if (value !== undefined) {
      return isComparison(op) ? intConst(value, loc) : { kind: 'fconst', value, type, loc };
    }
  }
  return { kind: 'binary', op, left, right, type: result, loc };
}

function shift(p: Parser, op: '<<' | '>>', leftValue: Expr, rightValue: Expr, loc: Loc): Expr {
  if (!isInteger(leftValue.type) || !isInteger(rightValue.type))
    return badOperands(p, op, leftValue, rightValue, loc);
  const left = promoted(leftValue);
  const right = promoted(rightValue);
  const { type } = left;
  if (right.kind === 'const') {
    if (right.value < 0n) p.warn(loc, `${op === '<<' ? 'left' : 'right'} shift count is negative`);
    else if (right.value >= BigInt(type.size * 8)) p.warn(loc, 'shift count >= width of type');
    if (left.kind === 'const') {
      const value = foldInteger(op, left.value, right.value, type)!;
      return { kind: 'const', value, type, loc };
    }
  }
  return { kind: 'binary', op, left, right, type, loc };
}

/** sizeof for pointer arithmetic: GNU C counts void and functions as 1. 0 after an error. */
export function stride(p: Parser, target: Type, loc: Loc): number {
  const t = strip(target);
  if (t.kind === 'void' || t.kind === 'function') return 1;
  if (!isComplete(t)) {
    p.error(loc, `invalid use of undefined type '${printType(target)}' in pointer arithmetic`);
    return 0;
  }
  return t.size;
}

export const targetOf = (pointer: Expr): Type => (strip(pointer.type) as { target: Type }).target;

/** An index as 64 bits. */
export const wide = (e: Expr): Expr => (isPointer(e.type) || e.type.size === 8 ? e : castTo(e, LONG));

function pointerAdd(p: Parser, pointer: Expr, indexValue: Expr, sign: 1 | -1, loc: Loc): Expr {
  const size = stride(p, targetOf(pointer), loc);
  const type = unqualified(pointer.type);
  const index = wide(indexValue);
  if (index.kind === 'const') {
    const delta = index.value * BigInt(size * sign);
    if (pointer.kind === 'const')
      return { kind: 'const', value: BigInt.asUintN(64, pointer.value + delta), type, loc };
    if (delta === 0n) return pointer;
  }
  return { kind: 'ptradd', pointer, index, scale: size * sign, type, loc };
}

function pointerDifference(p: Parser, left: Expr, right: Expr, loc: Loc): Expr {
  const target = targetOf(left);
  if (!compatible(strip(target), strip(targetOf(right)), true)) return badOperands(p, '-', left, right, loc);
  const scale = stride(p, target, loc);
  if (left.kind === 'const' && right.kind === 'const' && scale > 0) {
    return intConst(BigInt.asIntN(64, left.value - right.value) / BigInt(scale), loc, LONG);
  }
  return { kind: 'ptrdiff', left, right, scale, type: LONG, loc };
}

function comparePointers(p: Parser, op: BinaryOp, left: Expr, right: Expr, loc: Loc): Expr {
  const pointer = isPointer(left.type) && !(isNullConstant(left) && isPointer(right.type)) ? left : right;
  const other = pointer === left ? right : left;
  if (!isScalar(other.type) || strip(other.type).kind === 'float')
    return badOperands(p, op, left, right, loc);
  if (isPointer(other.type)) {
    const [a, b] = [strip(targetOf(left)), strip(targetOf(right))];
    if (!isNullConstant(other) && a.kind !== 'void' && b.kind !== 'void' && !compatible(a, b, true)) {
      p.warn(loc, 'comparison of distinct pointer types lacks a cast');
    }
  } else if (!isNullConstant(other)) p.warn(loc, 'comparison between pointer and integer');
  const type = unqualified(pointer.type);
  const [l, r] = [castTo(left, type), castTo(right, type)];
  if (l.kind === 'const' && r.kind === 'const')
    return intConst(foldInteger(op, l.value, r.value, ULONG)!, loc);
  return { kind: 'binary', op, left: l, right: r, type: INT, loc };
}

export function logical(
  p: Parser,
  kind: 'and' | 'or',
  leftOperand: Expr,
  rightOperand: Expr,
  loc: Loc,
): Expr {
  const left = condition(p, leftOperand);
  const right = condition(p, rightOperand);
  if (isErrorExpr(left) || isErrorExpr(right)) return errorExpr(loc);
  const l = truth(left);
  const r = truth(right);
  const deciding = kind === 'or';
  if (l === deciding) return intConst(deciding ? 1 : 0, loc);
  if (l !== undefined && r !== undefined) return intConst(r ? 1 : 0, loc);
  return { kind, left, right, type: INT, loc };
}
