/** Inlines and translators. */

import { memberOf, resolve, typesCompatible } from '../../dtypes.ts';
import { CompileError } from '../../errors.ts';
import { ATTR_DEFAULT, ATTR_MAX, minAttribute } from '../../stability.ts';
import type { Context } from '../context.ts';
import { ID_REF } from '../ident.ts';
import { argCompat, assignType, dTypeName, isString, type Node, nodeIdent, nodeTypeName } from '../node.ts';
import type { Translator } from '../xlator.ts';
import { isNull } from './binary.ts';
import { assignAttr, cook } from './cook.ts';

export function cookInline(cx: Context, n: Node): Node {
  const id = n.ident!;
  const root = id.inline!.root!;
  const xid = nodeIdent(cx, root, 'xlsou') ?? nodeIdent(cx, root, 'xlptr');
  if (xid !== undefined) {
    let lt = resolve(n.type!);
    if (lt.kind === 'pointer') lt = resolve(lt.target);
    const rt = xid.translator!.dest;
    if (!typesCompatible(lt, rt))
      cx.fail(
        'D_OP_INCOMPAT',
        `inline ${id.name} definition uses incompatible types: "${dTypeName(cx, lt)}" = "${dTypeName(cx, rt)}"`,
        n,
      );
  } else if (!argCompat(cx, n, root))
    cx.fail(
      'D_OP_INCOMPAT',
      `inline ${id.name} definition uses incompatible types: "${nodeTypeName(cx, n)}" = "${nodeTypeName(cx, root)}"`,
      n,
    );
  return n;
}

export function cookTranslator(cx: Context, n: Node): Node {
  const x = n.xlator!;
  let attr = ATTR_MAX;
  cx.scopes.push(x.locals);
  for (const m of [...n.members!]) {
    try {
      cookTranslatorMember(cx, x, m);
    } catch (e) {
      // a library's translator gives what this guest's types can give
      if (!cx.loadingLibrary || !(e instanceof CompileError)) throw e;
      x.members.splice(x.members.indexOf(m), 1);
      continue;
    }
    attr = minAttribute(attr, m.attr);
  }
  cx.scopes.pop();
  x.souIdent.attr = attr;
  x.ptrIdent.attr = attr;
  assignType(cx, n, cx.types.dyn);
  assignAttr(cx, n, ATTR_DEFAULT);
  return n;
}

function cookTranslatorMember(cx: Context, x: Translator, m: Node): void {
  const found = memberOf(x.dest, m.name);
  if (found === undefined)
    cx.fail('D_XLATE_MEMB', `translator member ${m.name} is not a member of ${dTypeName(cx, x.dest)}`);
  cook(cx, m, ID_REF);
  assignType(cx, m, found.type);
  if (!argCompat(cx, m, m.expr!) && !(isString(cx, m) && isNull(m.expr!)))
    cx.fail(
      'D_XLATE_INCOMPAT',
      `translator member ${m.name} definition uses incompatible types: "${nodeTypeName(cx, m)}" = "${nodeTypeName(cx, m.expr!)}"`,
    );
}
