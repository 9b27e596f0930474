/**
 * Unary operators, casts, members and subscripts.
 *
 * As in all of check-*.ts: each function checks its operands, makes the implicit conversions explicit and folds constants.
 * Operands come as they were parsed (lvalues unread); results are values unless C says lvalue.
 */

import type { Expr, Loc } from '../cfront/ast.ts';
import { findMember } from '../cfront/layout.ts';
import { wrap } from '../cfront/operators.ts';
import { printType } from '../cfront/printtype.ts';
import {
  type Field,
  INT,
  identity,
  isArithmetic,
  isInteger,
  isPointer,
  isRecord,
  isScalar,
  pointerTo,
  Q_CONST,
  Q_VOLATILE,
  qualified,
  type RecordType,
  strip,
  type Type,
  unqualified,
  VOID,
} from '../cfront/types.ts';
import { binary, targetOf } from './check-binary.ts';
import {
  castTo,
  constantAddress,
  errorExpr,
  intConst,
  isErrorExpr,
  isLvalue,
  markAddressTaken,
  promoted,
  rvalue,
  truth,
} from './check-value.ts';
import type { Parser } from './parser.ts';
import { suggestMember } from './suggest.ts';

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
  if (cast !== value) return { ...cast, loc };
  // A bit-field cast to its declared type is no bit-field any more: it must not promote by its width.
  const bitField =
    value.kind === 'load' && value.lvalue.kind === 'member' && value.lvalue.field.bitWidth !== undefined;
  return bitField ? { kind: 'cast', operand: value, type: unqualified(to), loc } : value;
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
