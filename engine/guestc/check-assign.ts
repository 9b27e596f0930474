/**
 * Assignments, the conditional and comma operators, and calls.
 */

import type { BinaryOp, Expr, Loc } from '../cfront/ast.ts';
import { promote, usualArithmetic } from '../cfront/operators.ts';
import { printType } from '../cfront/printtype.ts';
import {
  DOUBLE,
  type FunctionType,
  identity,
  isArithmetic,
  isInteger,
  isPointer,
  isRecord,
  isScalar,
  pointerTo,
  Q_CONST,
  qualified,
  strip,
  type Type,
  unqualified,
  VOID,
} from '../cfront/types.ts';
import { badOperands, stride, wide } from './check-binary.ts';
import { compatible, composite, convertAssign, isComplete, isNullConstant } from './check-types.ts';
import {
  bitsOf,
  castTo,
  condition,
  errorExpr,
  isErrorExpr,
  isLvalue,
  promoted,
  rvalue,
  truth,
} from './check-value.ts';
import type { Parser } from './parser.ts';

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
