/** [ ]: elements of arrays and of what pointers point to, and keys of associative arrays and aggregations. */
import type { Context } from '../context.ts';
import { ID_LOCAL, ID_REF, ID_TLS, IDENT_KIND_NAMES } from '../ident.ts';
import { NF_COOKED, type Node, nodeName } from '../node.ts';
import { op1 } from '../syntax/create.ts';
import { cookAdditive } from './binary.ts';
import { cook } from './cook.ts';
import { resolveName } from './names.ts';

/** The left side of [ ]: '+' if it is E1[E2] = *(E1 + E2), '[' if it is an associative array or aggregation. */
export function cookSubscript(cx: Context, n: Node): '+' | '[' {
  let l = n.left!;
  if (l.kind === 'ident') {
    const agg = l.op === '@';
    const table = agg ? cx.aggs : cx.globals;
    const id = l.name.includes('`')
      ? undefined
      : agg
        ? cx.aggs.lookup(l.name.slice(1))
        : cx.lookupGlobal(l.name);
    if (l.name.includes('`')) l = n.left = cook(cx, l, ID_REF);
    else if (id === undefined || cx.isVirgin(id)) resolveName(cx, l, table, agg ? 'agg' : 'array', true);
    else resolveName(cx, l, table, id.kind, false);
  } else l = n.left = cook(cx, l, 0);
  if (l.kind === 'var') {
    const id = l.ident!;
    if (id.kind === 'array') return l.args !== undefined ? '+' : '[';
    return cx.isVirgin(id) ? '[' : '+';
  }
  return l.kind === 'agg' ? '[' : '+';
}

export function cookIndexed(cx: Context, n: Node): Node {
  const list = n.list!;
  const sum = cx.node('op2', '+');
  sum.line = n.line;
  sum.left = n.left;
  sum.right = list[0];
  const cooked = cookAdditive(cx, sum, '+');
  if (list.length > 1)
    cx.fail('D_ARR_BADREF', `cannot access ${nodeName(cx, cooked.left!)} as an associative array`);
  cooked.flags |= NF_COOKED;
  const d = op1(cx, 'deref', cooked);
  d.line = n.line;
  return cook(cx, d, ID_REF);
}

export function cookArrayReference(cx: Context, n: Node, idflags: number): Node {
  const l = n.left!;
  if (l.kind === 'agg') {
    if (l.args !== undefined)
      cx.fail('D_AGG_MDIM', `improper attempt to reference @${l.ident!.name} as a multi-dimensional array`);
    l.args = n.list!;
    return cook(cx, l, 0);
  }
  const id = l.ident!;
  if (id.kind === 'scalar' && cx.isVirgin(id) && id.flags & (ID_LOCAL | ID_TLS)) {
    if (id.flags & ID_LOCAL)
      cx.fail('D_ARR_LOCAL', `local variables may not be used as associative arrays: ${id.name}`);
    id.kind = 'array';
    id.cook = 'assc';
  }
  if (id.kind !== 'array')
    cx.fail(
      'D_IDENT_BADREF',
      `${IDENT_KIND_NAMES[id.kind]} '${id.name}' may not be referenced as ${IDENT_KIND_NAMES.array}`,
    );
  const v = cx.node('var', 'id');
  v.line = n.line;
  v.ident = id;
  v.flags = l.flags;
  v.type = l.type;
  v.attr = l.attr;
  v.args = n.list!;
  return cook(cx, v, idflags);
}
