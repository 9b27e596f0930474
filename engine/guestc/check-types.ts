/**
 * Relations between types: complete, compatible, composite; and the conversion of a value as if by assignment.
 */

import type { Expr, Loc } from '../cfront/ast.ts';
import { integerType } from '../cfront/operators.ts';
import { printType } from '../cfront/printtype.ts';
import {
  arrayOf,
  type FunctionType,
  functionType,
  identity,
  isArithmetic,
  isInteger,
  isPointer,
  isRecord,
  pointerTo,
  strip,
  type Type,
  unqualified,
} from '../cfront/types.ts';
import { castTo } from './check-value.ts';
import { ERROR_TYPE, type Parser } from './parser.ts';

export function isComplete(type: Type): boolean {
  const t = strip(type);
  switch (t.kind) {
    case 'void':
    case 'function':
      return false;
    case 'array':
      return t.length >= 0;
    case 'struct':
    case 'union':
      return t.complete;
    default:
      return true;
  }
}

const isError = (e: Expr): boolean => e.type === ERROR_TYPE;

/** Same type but for qualifiers at the top. */
export function compatibleUnqualified(a: Type, b: Type): boolean {
  return compatible(a, b, true);
}

export function compatible(a: Type, b: Type, ignoreQuals = false): boolean {
  if (a === b) return true;
  const s = strip(a);
  const t = strip(b);
  if (s === t) return true;
  if (s === ERROR_TYPE || t === ERROR_TYPE) return true;
  if (!ignoreQuals && s.quals !== t.quals) return false;
  // An enum is compatible with the integer type that represents it.
  if (s.kind === 'enum' || t.kind === 'enum') {
    if (s.kind === t.kind) return identity<Type>(s) === identity<Type>(t);
    return integerType(s)?.name === integerType(t)?.name;
  }
  switch (s.kind) {
    case 'void':
      return t.kind === 'void';
    case 'int':
    case 'float':
      return t.kind === s.kind && t.name === s.name;
    case 'pointer':
      return t.kind === 'pointer' && compatible(s.target, t.target);
    case 'array':
      if (t.kind !== 'array' || !compatible(s.element, t.element)) return false;
      return s.length < 0 || t.length < 0 || s.length === t.length;
    case 'function':
      return t.kind === 'function' && compatibleFunctions(s, t);
    default:
      return identity<Type>(s) === identity<Type>(t);
  }
}

function compatibleFunctions(a: FunctionType, b: FunctionType): boolean {
  if (!compatible(a.returns, b.returns)) return false;
  if (a.oldStyle && b.oldStyle) return true;
  if (a.oldStyle || b.oldStyle) {
    // f() matches any prototype without narrow parameters; a definition's parameters came promoted already.
    const [old, proto] = a.oldStyle ? [a, b] : [b, a];
    return old.params.length === 0 || old.params.length === proto.params.length;
  }
  return (
    a.params.length === b.params.length &&
    a.variadic === b.variadic &&
    a.params.every((x, i) => compatible(x.type, b.params[i]!.type, true))
  );
}

/** What two compatible declarations say together. */
export function composite(a: Type, b: Type): Type {
  if (a === b) return a;
  const s = strip(a);
  const t = strip(b);
  if (s.kind === 'array' && t.kind === 'array') {
    if (s.length >= 0 && t.length < 0) return a;
    return s.length < 0 && t.length >= 0 ? b : arrayOf(composite(s.element, t.element), s.length);
  }
  if (s.kind === 'function' && t.kind === 'function') {
    if (s.oldStyle) return b;
    if (t.oldStyle) return a;
    const params = t.params.map((x, i) => ({
      name: x.name || s.params[i]!.name,
      type: composite(s.params[i]!.type, x.type),
    }));
    return functionType(composite(s.returns, t.returns), params, t.variadic);
  }
  if (s.kind === 'pointer' && t.kind === 'pointer') {
    const target = composite(s.target, t.target);
    return target === s.target ? a : pointerTo(target, s.quals);
  }
  return a;
}

export function isNullConstant(e: Expr): boolean {
  if (e.kind !== 'const' || e.value !== 0n) return false;
  const t = strip(e.type);
  return isInteger(t) || (t.kind === 'pointer' && t.target.kind === 'void' && t.target.quals === 0);
}

/** `value` (already read) converted to `type` as an assignment does; `context` names the place for messages. */
export function convertAssign(p: Parser, value: Expr, type: Type, loc: Loc, context: string): Expr {
  const to = strip(type);
  const from = strip(value.type);
  if (to === ERROR_TYPE || isError(value)) return { kind: 'const', value: 0n, type: unqualified(to), loc };
  if (isArithmetic(to) && isArithmetic(from)) return castTo(value, to);
  if (isRecord(to) && isRecord(from) && identity<Type>(to) === identity<Type>(from)) return value;
  if (to.kind === 'pointer') {
    if (isNullConstant(value)) return castTo(value, to);
    if (from.kind === 'pointer') {
      checkPointers(p, to.target, from.target, value, type, loc, context);
      return castTo(value, to);
    }
    if (isInteger(from)) {
      p.warn(loc, `${context} makes pointer from integer without a cast`);
      return castTo(value, to);
    }
  }
  if (isInteger(to) && isPointer(from)) {
    if (integerType(to)!.name !== '_Bool')
      p.warn(loc, `${context} makes integer from pointer without a cast`);
    return castTo(value, to);
  }
  const what = from.kind === 'void' ? 'void value not ignored as it ought to be' : undefined;
  p.error(
    loc,
    what ?? `incompatible types: ${context} to '${printType(type)}' from '${printType(value.type)}'`,
  );
  return { kind: 'const', value: 0n, type: ERROR_TYPE, loc };
}

function checkPointers(
  p: Parser,
  to: Type,
  from: Type,
  value: Expr,
  type: Type,
  loc: Loc,
  context: string,
): void {
  const t = strip(to);
  const f = strip(from);
  if (t.kind !== 'void' && f.kind !== 'void' && !compatible(t, f, true) && !sameButSign(t, f)) {
    p.warn(
      loc,
      `${context} to '${printType(type)}' from incompatible pointer type '${printType(value.type)}'`,
    );
  } else if (f.quals & ~t.quals & 3) {
    p.warn(loc, `${context} discards a qualifier of '${printType(value.type)}'`);
  }
}

/** gcc's -Wpointer-sign is off by default: char and unsigned char point to the same. */
function sameButSign(a: Type, b: Type): boolean {
  const s = integerType(a);
  const t = integerType(b);
  return s !== undefined && t !== undefined && s.size === t.size && s.rank === t.rank;
}
