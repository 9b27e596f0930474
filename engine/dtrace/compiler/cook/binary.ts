/** Operators with two operands, and ?: with three. Assignments, members and subscripts have files of their own. */
import type { Type } from '../../../cfront/types.ts';
import { enumValue, kindOf, typesCompatible } from '../../dtypes.ts';
import { ATTR_SYMBOL, minAttribute } from '../../stability.ts';
import type { Context } from '../context.ts';
import { ID_REF, IDENT_KIND_NAMES } from '../ident.ts';
import {
  assignType,
  isActionCall,
  isArith,
  isDynamic,
  isInteger,
  isPointer,
  isScalar,
  isString,
  isStringLike,
  isVoid,
  isVoidPointer,
  NF_USERLAND,
  NF_WRITABLE,
  type Node,
  nodeTypeName,
  opText,
  pointerCompat,
  propagateType,
} from '../node.ts';
import { findTranslator, translatorIdent } from '../xlator.ts';
import { cookAssignment, cookCompoundAssignment } from './assignment.ts';
import { assignAttr, cook } from './cook.ts';
import { cookMember } from './member.ts';
import { promotedType, promoteTypes } from './promote.ts';
import { cookArrayReference, cookIndexed, cookSubscript } from './subscript.ts';

export const incompatible = (cx: Context, l: Node, op: string, r: Node): never =>
  cx.fail(
    'D_OP_INCOMPAT',
    `operands have incompatible types: "${nodeTypeName(cx, l)}" ${op} "${nodeTypeName(cx, r)}"`,
  );

export const binaryAttr = (cx: Context, n: Node, l: Node, r: Node): void =>
  assignAttr(cx, n, minAttribute(l.attr, r.attr));

export function cookOp2(cx: Context, n: Node, idflags: number): Node {
  let op = n.op;
  const text = opText(op);
  if (op === '[') {
    op = cookSubscript(cx, n);
    if (op === '+') return cookIndexed(cx, n);
    return cookArrayReference(cx, n, idflags);
  }
  switch (op) {
    case '&':
    case '^':
    case '|':
    case '%':
    case '<<':
    case '>>': {
      const l = (n.left = cook(cx, n.left!, ID_REF));
      const r = (n.right = cook(cx, n.right!, ID_REF));
      if (!isInteger(l) || !isInteger(r))
        cx.fail('D_OP_INT', `operator ${text} requires operands of integral type`);
      if (op === '<<' || op === '>>') assignType(cx, n, promotedType(l.type!));
      else assignType(cx, n, promoteTypes(l, r));
      binaryAttr(cx, n, l, r);
      return n;
    }
    case '*':
    case '/': {
      const l = (n.left = cook(cx, n.left!, ID_REF));
      const r = (n.right = cook(cx, n.right!, ID_REF));
      if (!isArith(l) || !isArith(r))
        cx.fail('D_OP_ARITH', `operator ${text} requires operands of arithmetic type`);
      assignType(cx, n, promoteTypes(l, r));
      binaryAttr(cx, n, l, r);
      return n;
    }
    case '&&':
    case '^^':
    case '||': {
      const l = (n.left = cook(cx, n.left!, ID_REF));
      const r = (n.right = cook(cx, n.right!, ID_REF));
      if (!isScalar(l) || !isScalar(r))
        cx.fail('D_OP_SCALAR', `operator ${text} requires operands of scalar type`);
      assignType(cx, n, cx.types.int);
      binaryAttr(cx, n, l, r);
      return n;
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
      return cookComparison(cx, n, text);
    case '+':
    case '-':
      return cookAdditive(cx, n, op);
    case '=':
      return cookAssignment(cx, n);
    case '|=':
    case '^=':
    case '&=':
    case '<<=':
    case '>>=':
    case '%=':
    case '*=':
    case '/=':
    case '+=':
    case '-=':
      return cookCompoundAssignment(cx, n, op);
    case '->':
    case '.':
      return cookMember(cx, n, op, idflags);
    case 'xlate': {
      const l = n.left;
      const r = (n.right = cook(cx, n.right!, ID_REF));
      if (l === undefined) return n; // made by throughTranslation(), which has chosen the translator
      const x = findTranslator(cx, r, l.type!, false);
      if (x === undefined)
        cx.fail('D_XLATE_NONE', `cannot translate from "${nodeTypeName(cx, r)}" to "${nodeTypeName(cx, l)}"`);
      n.ident = translatorIdent(x, l.type!);
      assignType(cx, n, cx.types.dyn);
      assignAttr(cx, n, minAttribute(r.attr, n.ident.attr));
      return n;
    }
    case 'cast':
      return cookCast(cx, n);
    case ',': {
      const l = (n.left = cook(cx, n.left!, ID_REF));
      const r = (n.right = cook(cx, n.right!, ID_REF));
      if (isDynamic(cx, l) || isDynamic(cx, r))
        cx.fail('D_OP_DYN', 'operator , operands cannot be of dynamic type');
      if (isActionCall(l) || isActionCall(r)) cx.fail('D_OP_ACT', 'operator , operands cannot be actions');
      propagateType(r, n);
      binaryAttr(cx, n, l, r);
      return n;
    }
  }
  return cx.fail('D_UNKNOWN', `invalid binary op ${text}`);
}

function cookComparison(cx: Context, n: Node, text: string): Node {
  const l = (n.left = cook(cx, n.left!, ID_REF));
  let r = n.right!;
  if (kindOf(l.type!) === 'enum' && r.kind === 'ident' && !r.name.includes('`')) {
    const v = enumValue(l.type!, r.name);
    if (v !== undefined) {
      const id = cx.lookupGlobal(r.name);
      if (id !== undefined)
        cx.fail(
          'D_IDENT_AMBIG',
          `ambiguous use of operator ${text}: ${r.name} is both a ${nodeTypeName(cx, l)} enum tag and a global ${IDENT_KIND_NAMES[id.kind]}`,
        );
      const c = cx.node('int', 'int');
      c.value = BigInt.asUintN(64, v);
      assignType(cx, c, l.type!);
      c.attr = ATTR_SYMBOL;
      r = c;
    }
  }
  r = n.right = cook(cx, r, ID_REF);
  if (isDynamic(cx, l) || isDynamic(cx, r)) incompatible(cx, l, text, r);
  const ok =
    typesCompatible(l.type!, r.type!) ||
    (isInteger(l) && isInteger(r)) ||
    (isStringLike(l) && isStringLike(r) && (isString(cx, l) || isString(cx, r))) ||
    (isString(cx, l) && isNull(r)) ||
    (isString(cx, r) && isNull(l)) ||
    pointerCompat(cx, l, r) !== undefined;
  if (!ok) incompatible(cx, l, text, r);
  assignType(cx, n, cx.types.int);
  binaryAttr(cx, n, l, r);
  return n;
}

export const isNull = (n: Node): boolean => n.kind === 'int' && n.value === 0n;

export function cookAdditive(cx: Context, n: Node, op: string): Node {
  const l = (n.left = cook(cx, n.left!, ID_REF));
  const r = (n.right = cook(cx, n.right!, ID_REF));
  const pointer = (x: Node): boolean => isString(cx, x) || (isPointer(cx, x) && !isVoidPointer(x));
  const lp = pointer(l);
  const rp = pointer(r);
  const li = isInteger(l);
  const ri = isInteger(r);
  let type: Type;
  let user = false;
  if (li && ri) type = promoteTypes(l, r);
  else if (lp && ri) {
    type = l.type!;
    user = (l.flags & NF_USERLAND) !== 0;
  } else if (li && rp && op === '+') {
    type = r.type!;
    user = (r.flags & NF_USERLAND) !== 0;
  } else if (lp && rp && op === '-' && pointerCompat(cx, l, r) !== undefined) type = cx.types.ptrdiff;
  else return incompatible(cx, l, op, r);
  assignType(cx, n, type, user);
  binaryAttr(cx, n, l, r);
  return n;
}

function cookCast(cx: Context, n: Node): Node {
  const l = n.left!;
  const r = (n.right = cook(cx, n.right!, ID_REF));
  const lk = kindOf(l.type!);
  const rk = kindOf(r.type!);
  const dynamic = isDynamic(cx, r);
  const ok =
    (!dynamic && typesCompatible(l.type!, r.type!)) ||
    (!dynamic && isScalar(l) && (isScalar(r) || rk === 'function')) ||
    isVoid(cx, l) ||
    (lk === 'pointer' && isPointer(cx, r)) ||
    (isString(cx, l) && (isScalar(r) || isPointer(cx, r) || isStringLike(r)));
  if (!ok)
    cx.fail('D_CAST_INVAL', `invalid cast expression: "${nodeTypeName(cx, r)}" to "${nodeTypeName(cx, l)}"`);
  propagateType(l, n);
  // who casts to a pointer may try to store through it: whether it points to D's own memory is known when it runs
  if (lk === 'pointer') n.flags |= NF_WRITABLE;
  if (r.flags & NF_USERLAND && lk === 'pointer') n.flags |= NF_USERLAND;
  binaryAttr(cx, n, l, r);
  return n;
}

export function cookOp3(cx: Context, n: Node): Node {
  const e = (n.expr = cook(cx, n.expr!, ID_REF));
  const l = (n.left = cook(cx, n.left!, ID_REF));
  const r = (n.right = cook(cx, n.right!, ID_REF));
  if (!isScalar(e)) cx.fail('D_OP_SCALAR', 'operator ?: expression must be of scalar type');
  if (isDynamic(cx, l) || isDynamic(cx, r))
    cx.fail('D_OP_DYN', 'operator ?: operands cannot be of dynamic type');
  let type: Type;
  if (typesCompatible(l.type!, r.type!)) type = l.type!;
  else if (isInteger(l) && isInteger(r)) type = promoteTypes(l, r);
  else if (
    (isStringLike(l) && isStringLike(r) && (isString(cx, l) || isString(cx, r))) ||
    (isString(cx, l) && isNull(r)) ||
    (isString(cx, r) && isNull(l))
  )
    type = cx.types.string;
  else {
    const p = pointerCompat(cx, l, r);
    if (p === undefined) cx.fail('D_OP_INCOMPAT', 'operator ?: operands must have compatible types');
    type = p;
  }
  if (isActionCall(l) || isActionCall(r))
    cx.fail('D_OP_ACT', 'action cannot be used in a conditional context');
  assignType(cx, n, type);
  assignAttr(cx, n, minAttribute(e.attr, minAttribute(l.attr, r.attr)));
  return n;
}
