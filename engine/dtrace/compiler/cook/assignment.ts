/** Assignments: to variables, through pointers, and of aggregating functions to aggregations. */

import { kindOf, typesCompatible } from '../../dtypes.ts';
import type { Context } from '../context.ts';
import { ID_MOD, ID_REF } from '../ident.ts';
import {
  argCompat,
  assignType,
  isArith,
  isInteger,
  isPointer,
  isString,
  isVoidPointer,
  NF_LVALUE,
  NF_USERLAND,
  NF_WRITABLE,
  type Node,
  nodeIdent,
  nodeTypeName,
  pointerCompat,
  propagateType,
} from '../node.ts';
import { binaryAttr, incompatible, isNull } from './binary.ts';
import { assignAttr, cook } from './cook.ts';
import { cookIdent } from './identifiers.ts';
import { adopt, resolveName } from './names.ts';

export function cookAssignment(cx: Context, n: Node): Node {
  let l = n.left!;
  if (l.kind === 'ident')
    resolveName(cx, l, l.op === '@' ? cx.aggs : cx.globals, l.op === '@' ? 'agg' : 'scalar', true);
  l = n.left = cook(cx, l, 0);
  const r = (n.right = cook(cx, n.right!, ID_REF));
  if (l.kind === 'agg') return cookAggregate(cx, l, r);
  const xid = nodeIdent(cx, r, 'xlsou');
  const type = xid !== undefined ? xid.type! : r.type!;
  const user = (r.flags & NF_USERLAND) !== 0;
  if (l.kind === 'var' && cx.isVirgin(l.ident!)) adopt(cx, l, type, user);
  if (l.kind === 'var') l.ident!.flags |= ID_MOD;
  if (!isString(cx, l)) {
    const k = kindOf(l.type!);
    if (k === 'array' || k === 'function')
      cx.fail('D_OP_ARRFUN', `operator = may not be applied to operand of type "${nodeTypeName(cx, l)}"`);
  }
  const ok =
    (xid !== undefined && typesCompatible(l.type!, type)) ||
    argCompat(cx, l, r) ||
    (isString(cx, l) && isNull(r));
  if (!ok) incompatible(cx, l, '=', r);
  return finishAssignment(cx, n, '=');
}

/** `@a[...] = f(...)`: the aggregation takes the function as its own. */
function cookAggregate(cx: Context, l: Node, r: Node): Node {
  const id = l.ident!;
  const name = id.name;
  if (r.kind !== 'func' || r.ident!.kind !== 'aggfunc')
    cx.fail('D_AGG_FUNC', `@${name} must be assigned the result of an aggregating function`);
  if (id.aggfunc !== undefined && id.aggfunc !== r.ident)
    cx.fail(
      'D_AGG_REDEF',
      `aggregation redefined: @${name}\n\t current: @${name} = ${r.ident!.name}( )\n\tprevious: @${name} = ${id.aggfunc.name}( ) : line ${id.line}`,
    );
  id.aggfunc ??= r.ident;
  if (l.aggfun !== undefined) cx.fail('D_OP_LVAL', 'operator = requires modifiable lvalue as an operand');
  l.aggfun = r;
  return cook(cx, l, ID_MOD);
}

export function cookCompoundAssignment(cx: Context, n: Node, op: string): Node {
  if (n.left!.kind === 'ident') resolveName(cx, n.left!, cx.globals, 'scalar', true);
  const l = (n.left = cook(cx, n.left!, ID_REF | ID_MOD));
  const r = (n.right = cook(cx, n.right!, ID_REF));
  if (op === '*=' || op === '/=') {
    if (!isArith(l) || !isArith(r))
      cx.fail('D_OP_ARITH', `operator ${op} requires operands of arithmetic type`);
  } else if (op === '+=' || op === '-=') {
    if (isString(cx, l) || isString(cx, r)) incompatible(cx, l, op, r);
    if (!isInteger(l) || !isInteger(r)) {
      if (!isPointer(cx, l) || isVoidPointer(l))
        cx.fail('D_OP_VFPTR', `operator ${op} requires left-hand scalar operand of known size`);
      if (!isInteger(r) && pointerCompat(cx, l, r) === undefined) incompatible(cx, l, op, r);
    }
  } else if (!isInteger(l) || !isInteger(r))
    cx.fail('D_OP_INT', `operator ${op} requires operands of integral type`);
  return finishAssignment(cx, n, op);
}

function finishAssignment(cx: Context, n: Node, op: string): Node {
  const l = n.left!;
  const r = n.right!;
  if (!(l.flags & NF_LVALUE)) cx.fail('D_OP_LVAL', `operator ${op} requires modifiable lvalue as an operand`);
  if (!(l.flags & NF_WRITABLE))
    cx.fail('D_OP_WRITE', `operator ${op} can only be applied to a writable variable`);
  propagateType(l, n);
  binaryAttr(cx, n, l, r);
  return n;
}

export function cookAggregation(cx: Context, n: Node): Node {
  const id = n.ident!;
  if (n.aggfun !== undefined) {
    n.aggfun = cook(cx, n.aggfun, ID_REF);
    assignAttr(cx, n, cookIdent(cx, n, id, (n.args ??= [])));
  } else {
    assignType(cx, n, cx.types.dyn);
    assignAttr(cx, n, id.attr);
  }
  n.flags |= NF_LVALUE | NF_WRITABLE;
  return n;
}
