/**
 * What expressions mean: each function checks its operands, makes the implicit conversions explicit and folds constants.
 *
 * Operands come as they were parsed (lvalues unread); results are values unless C says lvalue. A value's type is never a
 * typedef and has no qualifiers; an lvalue keeps both.
 */
import type { BinaryOp, Expr, Loc } from '../cfront/ast.ts';
import { findMember } from '../cfront/layout.ts';
import {
  floatToInteger,
  foldFloat,
  foldInteger,
  isComparison,
  promote,
  roundFloat,
  usualArithmetic,
  wrap,
} from '../cfront/operators.ts';
import { printType } from '../cfront/printtype.ts';
import {
  DOUBLE,
  type Field,
  type FunctionType,
  INT,
  identity,
  isArithmetic,
  isInteger,
  isPointer,
  isRecord,
  isScalar,
  LONG,
  pointerTo,
  Q_CONST,
  Q_VOLATILE,
  qualified,
  type RecordType,
  strip,
  type Type,
  ULONG,
  unqualified,
  VOID,
} from '../cfront/types.ts';
import { compatible, composite, convertAssign, isComplete, isNullConstant } from './check-types.ts';
import { ERROR_TYPE, type Parser } from './parser.ts';
import { suggestMember } from './suggest.ts';

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

function markAddressTaken(e: Expr): void {
  while (e.kind === 'member') e = e.base;
  if (e.kind === 'var') e.decl.addressTaken = true;
}

/** The address of an lvalue that hangs on a constant pointer: what offsetof written by hand is. */
function constantAddress(e: Expr): bigint | undefined {
  if (e.kind === 'deref') return e.pointer.kind === 'const' ? e.pointer.value : undefined;
  if (e.kind !== 'member') return undefined;
  const base = constantAddress(e.base);
  return base === undefined ? undefined : BigInt.asUintN(64, base + BigInt(e.field.offset));
}

/** The width of a bit-field that a value was just read from: it decides how the value promotes. */
const bitsOf = (e: Expr): number | undefined =>
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
    return { kind: 'fconst', value: roundFloat(Number(e.value), to), type: to, loc: e.loc };
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

function badOperands(p: Parser, op: string, left: Expr, right: Expr, loc: Loc): Expr {
  if (!isErrorExpr(left) && !isErrorExpr(right)) {
    p.error(
      loc,
      `invalid operands to binary ${op} (have '${printType(left.type)}' and '${printType(right.type)}')`,
    );
  }
  return errorExpr(loc);
}

// Binary operators ---------------------------------------------------------------------------------------------------------------

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
function stride(p: Parser, target: Type, loc: Loc): number {
  const t = strip(target);
  if (t.kind === 'void' || t.kind === 'function') return 1;
  if (!isComplete(t)) {
    p.error(loc, `invalid use of undefined type '${printType(target)}' in pointer arithmetic`);
    return 0;
  }
  return t.size;
}

const targetOf = (pointer: Expr): Type => (strip(pointer.type) as { target: Type }).target;

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

// Unary operators -----------------------------------------------------------------------------------------------------------------

export function unary(p: Parser, op: '+' | '-' | '~' | '!', operand: Expr, loc: Loc): Expr {
  const value = rvalue(p, operand);
  if (isErrorExpr(value)) return value;
  const wrong = () => {
    p.error(loc, `wrong type argument to unary '${op}' (have '${printType(value.type)}')`);
    return errorExpr(loc);
  };
  if (op === '!') {
    if (!isScalar(value.type)) return wrong();
    const known = truth(value);
    if (known !== undefined) return intConst(known ? 0 : 1, loc);
    return { kind: 'not', operand: value, type: INT, loc };
  }
  if (!isArithmetic(value.type)) return wrong();
  const e = promoted(value);
  const { type } = e;
  if (op === '+') return e === value && isLvalue(operand) ? { ...e, loc } : e;
  if (op === '~') {
    if (!isInteger(type)) return wrong();
    if (e.kind === 'const') return intConst(wrap(~e.value, type), loc, type);
    return { kind: 'bitnot', operand: e, type, loc };
  }
  if (e.kind === 'const') return intConst(wrap(-e.value, type), loc, type);
  if (e.kind === 'fconst') return { kind: 'fconst', value: -e.value, type, loc };
  return { kind: 'neg', operand: e, type, loc };
}

export function dereference(p: Parser, operand: Expr, loc: Loc): Expr {
  const pointer = rvalue(p, operand);
  if (isErrorExpr(pointer)) return pointer;
  if (!isPointer(pointer.type)) {
    p.error(loc, `invalid type argument of unary '*' (have '${printType(pointer.type)}')`);
    return errorExpr(loc);
  }
  // *&x is x.
  if (pointer.kind === 'addr' && pointer.lvalue.kind !== 'func') return pointer.lvalue;
  return { kind: 'deref', pointer, type: targetOf(pointer), loc };
}

export function addressOf(p: Parser, e: Expr, loc: Loc): Expr {
  if (isErrorExpr(e)) return e;
  if (e.kind === 'func') return { kind: 'addr', lvalue: e, type: pointerTo(e.type), loc };
  if (e.kind === 'deref') return e.pointer;
  if (!isLvalue(e)) {
    p.error(loc, "lvalue required as unary '&' operand");
    return errorExpr(loc);
  }
  if (e.kind === 'member' && e.field.bitWidth !== undefined) {
    p.error(loc, `cannot take address of bit-field '${e.field.name}'`);
    return errorExpr(loc);
  }
  markAddressTaken(e);
  const type = pointerTo(e.type);
  const at = constantAddress(e);
  if (at !== undefined) return { kind: 'const', value: at, type, loc };
  return { kind: 'addr', lvalue: e, type, loc };
}

/** An explicit cast. */
export function explicitCast(p: Parser, operand: Expr, type: Type, loc: Loc): Expr {
  const to = strip(type);
  const value = rvalue(p, operand);
  if (isErrorExpr(value)) return value;
  if (to.kind === 'void') return { kind: 'cast', operand: value, type: VOID, loc };
  const from = strip(value.type);
  if (isRecord(to) && from === unqualified(to)) return value;
  if (!isScalar(to)) {
    p.error(loc, `conversion to non-scalar type '${printType(type)}' requested`);
    return errorExpr(loc);
  }
  if (!isScalar(from)) {
    p.error(loc, `'${printType(value.type)}' value used where a scalar was expected`);
    return errorExpr(loc);
  }
  if ((to.kind === 'pointer' && from.kind === 'float') || (to.kind === 'float' && from.kind === 'pointer')) {
    p.error(loc, `cannot convert '${printType(from)}' to '${printType(type)}'`);
    return errorExpr(loc);
  }
  if (to.kind === 'pointer' && isInteger(from) && from.size !== 8 && value.kind !== 'const') {
    p.warn(loc, 'cast to pointer from integer of different size');
  }
  const cast = castTo(value, to);
  return cast === value ? value : { ...cast, loc };
}

// Members, elements ---------------------------------------------------------------------------------------------------------------

export function member(p: Parser, operand: Expr, name: string, loc: Loc): Expr {
  if (isErrorExpr(operand)) return operand;
  const t = strip(operand.type);
  if (t.kind !== 'struct' && t.kind !== 'union') {
    const hint = t.kind === 'pointer' && isRecord(t.target) ? "it is a pointer: use '->'" : undefined;
    p.error(loc, `request for member '${name}' in something not a structure or union`, hint);
    return errorExpr(loc);
  }
  if (!t.complete) {
    p.error(
      loc,
      `invalid use of undefined type '${printType(operand.type)}'`,
      'its definition is not visible here: include its header',
    );
    return errorExpr(loc);
  }
  const chain = findMember(identity<RecordType>(t), name);
  if (!chain) {
    p.error(loc, `'${printType(unqualified(t))}' has no member named '${name}'`, suggestMember(name, t));
    return errorExpr(loc);
  }
  let base = isLvalue(operand) ? operand : materialize(p, operand, loc);
  for (const field of chain) base = memberOf(base, field, loc);
  return base;
}

export function memberOf(base: Expr, field: Field, loc: Loc): Expr {
  const record = strip(base.type) as RecordType;
  const type = qualified(field.type, record.quals & (Q_CONST | Q_VOLATILE));
  return { kind: 'member', base, record: identity(record), field, type, loc };
}

/** A record value as an lvalue: kept in a variable of its own. */
export function materialize(p: Parser, value: Expr, loc: Loc): Expr {
  const type = unqualified(value.type);
  const decl = p.temporary(type, loc);
  const target: Expr = { kind: 'var', decl, type, loc };
  const pointer = pointerTo(type);
  return {
    kind: 'deref',
    pointer: {
      kind: 'comma',
      left: { kind: 'assign', target, value, type, loc },
      right: { kind: 'addr', lvalue: target, type: pointer, loc },
      type: pointer,
      loc,
    },
    type,
    loc,
  };
}

export function subscript(p: Parser, array: Expr, index: Expr, loc: Loc): Expr {
  const left = rvalue(p, array);
  const right = rvalue(p, index);
  if (isErrorExpr(left) || isErrorExpr(right)) return errorExpr(loc);
  if (!isPointer(left.type) && !isPointer(right.type)) {
    p.error(loc, 'subscripted value is neither array nor pointer');
    return errorExpr(loc);
  }
  if (!isInteger(isPointer(left.type) ? right.type : left.type)) {
    p.error(loc, 'array subscript is not an integer');
    return errorExpr(loc);
  }
  return dereference(p, binary(p, '+', left, right, loc), loc);
}

// Assignment ----------------------------------------------------------------------------------------------------------------------

function describe(e: Expr): string {
  if (e.kind === 'var')
    return e.decl.storage === 'param' ? `parameter '${e.decl.name}'` : `variable '${e.decl.name}'`;
  if (e.kind === 'member') return `member '${e.field.name}'`;
  return 'location';
}

function hasConstMember(type: Type): boolean {
  const t = strip(type);
  if (t.kind === 'array') return hasConstMember(t.element);
  if (t.kind !== 'struct' && t.kind !== 'union') return false;
  return t.fields.some((f) => (constQuals(f.type) & Q_CONST) !== 0 || hasConstMember(f.type));
}

/** Qualifiers, through an array to its element. */
function constQuals(type: Type): number {
  const t = strip(type);
  return t.kind === 'array' ? constQuals(t.element) : t.quals;
}

function checkTarget(p: Parser, target: Expr, what: string, loc: Loc): boolean {
  if (isErrorExpr(target)) return false;
  const t = strip(target.type);
  if (!isLvalue(target) || t.kind === 'function' || t.kind === 'void') {
    p.error(loc, `lvalue required as ${what}`);
    return false;
  }
  if (t.kind === 'array') {
    p.error(
      loc,
      'assignment to expression with array type',
      'arrays are copied element by element, or with memcpy()',
    );
    return false;
  }
  if (constQuals(t) & Q_CONST || hasConstMember(t)) {
    p.error(
      loc,
      `${what.startsWith('left') ? 'assignment' : what.split(' ')[0]} of read-only ${describe(target)}`,
    );
    return false;
  }
  if (!isComplete(t)) {
    p.error(loc, `invalid use of undefined type '${printType(target.type)}'`);
    return false;
  }
  return true;
}

export function assign(p: Parser, target: Expr, operand: Expr, loc: Loc): Expr {
  const value = rvalue(p, operand);
  if (!checkTarget(p, target, 'left operand of assignment', loc)) return errorExpr(loc);
  if (isErrorExpr(value)) return value;
  const type = unqualified(target.type);
  return { kind: 'assign', target, value: convertAssign(p, value, type, loc, 'assignment'), type, loc };
}

export function assignOp(p: Parser, op: BinaryOp, target: Expr, operand: Expr, loc: Loc): Expr {
  const right = rvalue(p, operand);
  if (!checkTarget(p, target, 'left operand of assignment', loc)) return errorExpr(loc);
  if (isErrorExpr(right)) return right;
  const type = unqualified(target.type);
  const read: Expr = { kind: 'load', lvalue: target, type, loc };
  if (isPointer(type)) {
    if ((op !== '+' && op !== '-') || !isInteger(right.type))
      return badOperands(p, `${op}=`, read, right, loc);
    const scale = stride(p, (type as { target: Type } & Type).target, loc);
    return {
      kind: 'opassign',
      op,
      target,
      value: wide(right),
      computeType: type,
      scale,
      type,
      loc,
    };
  }
  if (!isArithmetic(type) || !isArithmetic(right.type)) return badOperands(p, `${op}=`, read, right, loc);
  if (op === '<<' || op === '>>') {
    if (!isInteger(type) || !isInteger(right.type)) return badOperands(p, `${op}=`, read, right, loc);
    const computeType = promote(type, bitsOf(read));
    return { kind: 'opassign', op, target, value: promoted(right), computeType, scale: 0, type, loc };
  }
  const computeType = usualArithmetic(type, right.type, bitsOf(read), bitsOf(right));
  if (computeType.kind === 'float' && '%&|^'.includes(op)) return badOperands(p, `${op}=`, read, right, loc);
  return {
    kind: 'opassign',
    op,
    target,
    value: castTo(right, computeType),
    computeType,
    scale: 0,
    type,
    loc,
  };
}

export function incdec(p: Parser, target: Expr, delta: 1 | -1, prefix: boolean, loc: Loc): Expr {
  const what = delta > 0 ? 'increment operand' : 'decrement operand';
  if (!checkTarget(p, target, what, loc)) return errorExpr(loc);
  const type = unqualified(target.type);
  if (!isScalar(type)) {
    p.error(loc, `wrong type argument to ${what.split(' ')[0]} (have '${printType(target.type)}')`);
    return errorExpr(loc);
  }
  const scale = type.kind === 'pointer' ? stride(p, type.target, loc) : 1;
  return { kind: 'incdec', delta, prefix, target, scale, type, loc };
}

// Conditional, comma, call ------------------------------------------------------------------------------------------------------------

export function comma(p: Parser, leftOperand: Expr, rightOperand: Expr, loc: Loc): Expr {
  const left = toVoid(rvalue(p, leftOperand));
  const right = rvalue(p, rightOperand);
  if (left.kind === 'cast' && left.operand.kind === 'const') return { ...right };
  return { kind: 'comma', left, right, type: right.type, loc };
}

/** An expression evaluated for its effects alone. */
export const toVoid = (e: Expr): Expr =>
  e.type.kind === 'void' ? e : { kind: 'cast', operand: e, type: VOID, loc: e.loc };

export function conditional(
  p: Parser,
  testOperand: Expr,
  thenOperand: Expr,
  elseOperand: Expr,
  loc: Loc,
): Expr {
  const test = condition(p, testOperand);
  let yes = rvalue(p, thenOperand);
  let no = rvalue(p, elseOperand);
  if (isErrorExpr(test) || isErrorExpr(yes) || isErrorExpr(no)) return errorExpr(loc);
  const type = conditionalType(p, yes, no, loc);
  if (!type) return errorExpr(loc);
  if (type.kind === 'void') {
    yes = toVoid(yes);
    no = toVoid(no);
  } else if (!isRecord(type)) {
    yes = castTo(yes, type);
    no = castTo(no, type);
  }
  const known = truth(test);
  if (known !== undefined) return known ? yes : no;
  return { kind: 'cond', test, then: yes, else: no, type, loc };
}

function conditionalType(p: Parser, yes: Expr, no: Expr, loc: Loc): Type | undefined {
  const a = strip(yes.type);
  const b = strip(no.type);
  if (isArithmetic(a) && isArithmetic(b)) return usualArithmetic(a, b, bitsOf(yes), bitsOf(no));
  if (a.kind === 'void' || b.kind === 'void') return VOID;
  if (isRecord(a) && identity<Type>(a) === identity<Type>(b)) return unqualified(a);
  if (a.kind === 'pointer' || b.kind === 'pointer') {
    if (isNullConstant(no) && a.kind === 'pointer') return unqualified(a);
    if (isNullConstant(yes) && b.kind === 'pointer') return unqualified(b);
    if (a.kind === 'pointer' && b.kind === 'pointer') {
      const [s, t] = [strip(a.target), strip(b.target)];
      const quals = s.quals | t.quals;
      if (s.kind === 'void' || t.kind === 'void') return pointerTo(qualified(VOID, quals));
      if (compatible(s, t, true)) return pointerTo(qualified(composite(a.target, b.target), quals));
      p.warn(loc, 'pointer type mismatch in conditional expression');
      return pointerTo(VOID);
    }
    if (isInteger(a) || isInteger(b)) {
      p.warn(loc, 'pointer/integer type mismatch in conditional expression');
      return unqualified(a.kind === 'pointer' ? a : b);
    }
  }
  p.error(loc, `type mismatch in conditional expression ('${printType(a)}' and '${printType(b)}')`);
  return undefined;
}

/** Default argument promotions: what a variadic or old-style function gets. */
export function defaultPromotion(e: Expr): Expr {
  const t = strip(e.type);
  if (t.kind === 'float' && t.name === 'float') return castTo(e, DOUBLE);
  return promoted(e);
}

export function call(p: Parser, callee: Expr, operands: Expr[], loc: Loc): Expr {
  if (isErrorExpr(callee)) return callee;
  let target = callee;
  let fn: FunctionType;
  if (callee.kind === 'func') fn = callee.decl.type;
  else {
    target = rvalue(p, callee);
    const t = strip(target.type);
    const pointed = t.kind === 'pointer' ? strip(t.target) : undefined;
    if (pointed?.kind !== 'function') {
      p.error(loc, `called object is not a function or function pointer (it is '${printType(callee.type)}')`);
      return errorExpr(loc);
    }
    fn = pointed;
    // (&f)() and (*f)() are direct calls.
    if (target.kind === 'addr' && target.lvalue.kind === 'func') target = target.lvalue;
  }
  const name = target.kind === 'func' ? `function '${target.decl.name}'` : 'function';
  const fixed = fn.params.length;
  if (!fn.oldStyle && (operands.length < fixed || (operands.length > fixed && !fn.variadic))) {
    const few = operands.length < fixed;
    p.error(
      loc,
      `too ${few ? 'few' : 'many'} arguments to ${name}: expected ${fixed}, have ${operands.length}`,
    );
    return errorExpr(loc);
  }
  const args = operands.map((operand, i) => {
    const value = rvalue(p, operand);
    if (isErrorExpr(value)) return value;
    const t = strip(value.type);
    if (i < fixed && !fn.oldStyle) {
      return convertAssign(p, value, fn.params[i]!.type, operand.loc, `passing argument ${i + 1} of ${name}`);
    }
    if (t.kind === 'void') {
      p.error(operand.loc, `invalid use of void expression as argument ${i + 1} of ${name}`);
      return errorExpr(loc);
    }
    return defaultPromotion(value);
  });
  const returns = strip(fn.returns);
  if (returns.kind !== 'void' && !isComplete(returns)) {
    p.error(loc, `calling a function that returns incomplete type '${printType(fn.returns)}'`);
    return errorExpr(loc);
  }
  return { kind: 'call', callee: target, fn, args, type: unqualified(fn.returns), loc };
}

/** integer constants of a given type for sizeof and the like. */
export const sizeConst = (value: number, loc: Loc): Expr => intConst(value, loc, ULONG);
