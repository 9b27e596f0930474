/**
 * Cooking: the second pass over the parse tree.
 *
 * Resolves names, gives each node its type and attributes, and refuses what the language does not allow; each refusal has its tag. Variables
 * are made by their first assignment, so the order of cooking is the order of the program. Here is which kind of node is cooked where.
 */

import {
  ATTR_DEFAULT,
  type Attribute,
  attributeName,
  compareAttributes,
  minAttribute,
} from '../../stability.ts';
import type { Context } from '../context.ts';
import { ID_REF } from '../ident.ts';
import { NF_COOKED, type Node, nodeName } from '../node.ts';
import { cookAggregation } from './assignment.ts';
import { cookOp2, cookOp3 } from './binary.ts';
import { cookInline, cookTranslator } from './definitions.ts';
import { cookIdent } from './identifiers.ts';
import { cookVar, resolveName } from './names.ts';
import { cookOp1 } from './unary.ts';

export function assignAttr(cx: Context, n: Node, attr: Attribute): void {
  const amin = cx.options.amin;
  if (amin !== undefined && compareAttributes(attr, amin) < 0)
    cx.fail(
      'D_ATTR_MIN',
      `attributes for ${nodeName(cx, n)} (${attributeName(attr)}) are less than predefined minimum`,
      n,
    );
  n.attr = attr;
}

export function cook(cx: Context, n: Node, idflags: number): Node {
  const saved = cx.line;
  cx.line = n.line;
  const out = cookKind(cx, n, idflags);
  out.flags |= NF_COOKED;
  if ((out.kind === 'var' || out.kind === 'agg') && out.ident) out.ident.flags |= idflags;
  cx.line = saved;
  return out;
}

/** Cook each in place; the weakest attributes. */
export function cookList(cx: Context, list: Node[] | undefined, idflags = ID_REF): Attribute {
  let attr = ATTR_DEFAULT;
  if (list === undefined) return attr;
  for (let i = 0; i < list.length; i++) {
    if (list[i].kind !== 'type' || list[i].flags === 0) list[i] = cook(cx, list[i], idflags);
    attr = minAttribute(attr, list[i].attr);
  }
  return attr;
}

function cookKind(cx: Context, n: Node, idflags: number): Node {
  switch (n.kind) {
    case 'ident':
      resolveName(cx, n, n.op === '@' ? cx.aggs : cx.globals, n.op === '@' ? 'agg' : 'scalar', false);
      return cook(cx, n, idflags);
    case 'var':
      return cookVar(cx, n, idflags);
    case 'func':
      assignAttr(cx, n, cookIdent(cx, n, n.ident!, n.args!));
      return n;
    case 'op1':
      return cookOp1(cx, n);
    case 'op2':
      return cookOp2(cx, n, idflags);
    case 'op3':
      return cookOp3(cx, n);
    case 'dexpr':
    case 'dfunc':
      n.expr = cook(cx, n.expr!, idflags);
      assignAttr(cx, n, n.expr.attr);
      return n;
    case 'agg':
      return cookAggregation(cx, n);
    case 'inline':
      return cookInline(cx, n);
    case 'member':
      n.expr = cook(cx, n.expr!, idflags);
      assignAttr(cx, n, n.expr.attr);
      return n;
    case 'xlator':
      return cookTranslator(cx, n);
    default:
      return n;
  }
}
