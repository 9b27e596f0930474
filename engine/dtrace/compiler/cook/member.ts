/** Members of structures, of translations, and the variables of a thread or clause: `.` and `->`. */
import { pointerTo, type Type } from '../../../cfront/types.ts';
import { kindOf, memberOf, referent, resolve, typeName, typesCompatible } from '../../dtypes.ts';
import { minAttribute } from '../../stability.ts';
import type { Context } from '../context.ts';
import { ID_REF, ID_USER } from '../ident.ts';
import {
  assignType,
  dTypeName,
  isDynamic,
  isString,
  NF_LVALUE,
  NF_REF,
  NF_USERLAND,
  NF_WRITABLE,
  type Node,
  nodeIdent,
} from '../node.ts';
import { lookupType } from '../syntax/decl.ts';
import { findTranslator, translatorIdent, translatorMember } from '../xlator.ts';
import { assignAttr, cook } from './cook.ts';
import { resolveName } from './names.ts';

export function cookMember(cx: Context, n: Node, op: string, idflags: number): Node {
  const left = n.left!;
  const right = n.right!;
  if (op === '->' && left.kind === 'ident' && (left.name === 'self' || left.name === 'this')) {
    if (right.kind !== 'var')
      resolveName(cx, right, left.name === 'self' ? cx.tls : cx.locals, 'scalar', true);
    right.line = n.line;
    return idflags !== 0 ? cook(cx, right, idflags) : right;
  }
  let l = (n.left = cook(cx, left, ID_REF));
  if (right.kind !== 'ident') cx.fail('D_OP_IDENT', `operator ${op} must be followed by an identifier`);
  l = n.left = throughTranslation(cx, l, op, right.name);
  let type: Type;
  let user: boolean;
  const xid = nodeIdent(cx, l, 'xlsou') ?? nodeIdent(cx, l, 'xlptr');
  if (xid !== undefined) {
    if (translatorMember(xid.translator!, right.name) === undefined)
      cx.fail('D_XLATE_NOCONV', `translator does not define conversion for member: ${right.name}`);
    type = xid.type!;
    user = (xid.flags & ID_USER) !== 0;
  } else {
    type = l.type!;
    user = (l.flags & NF_USERLAND) !== 0;
  }
  if (op === '->') {
    if (kindOf(type) !== 'pointer') cx.fail('D_OP_PTR', 'operator -> must be applied to a pointer');
    type = referent(type);
  }
  type = completeType(cx, type, op);
  const kind = kindOf(type);
  if (kind !== 'struct' && kind !== 'union') {
    const shown = dTypeName(cx, resolve(type));
    if (op === '->')
      cx.fail(
        'D_OP_SOU',
        `operator -> cannot be applied to pointer to type "${shown}"; must be applied to a struct or union pointer`,
      );
    cx.fail(
      'D_OP_SOU',
      `operator ${op} cannot be applied to type "${shown}"; must be applied to a struct or union`,
    );
  }
  const m = memberOf(type, right.name);
  if (m === undefined)
    cx.fail('D_TYPE_MEMBER', `${right.name} is not a member of ${typeName(resolve(type))}`);
  assignType(cx, n, m.type);
  assignAttr(cx, n, l.attr);
  const array = kindOf(m.type) === 'array' && !isString(cx, n);
  if (!array && (op === '->' || l.flags & NF_LVALUE)) n.flags |= NF_LVALUE;
  if (l.flags & NF_WRITABLE) n.flags |= NF_WRITABLE;
  if (user && (kindOf(m.type) === 'pointer' || n.flags & NF_REF)) n.flags |= NF_USERLAND;
  return n;
}

/**
 * args[i]->member, where the native type has no such member: the argument translated to a type that has it. The probe's own
 * translated type comes first, then any that a translator gives.
 */
function throughTranslation(cx: Context, l: Node, op: string, member: string): Node {
  if (l.kind !== 'var' || l.ident?.id !== 0 || l.ident.name !== 'args' || isDynamic(cx, l)) return l;
  const native = kindOf(l.type!) === 'pointer' ? referent(l.type!) : l.type!;
  const k = kindOf(native);
  const wanted = l.ident.translated;
  // What a program's own probe passes lies in its memory: members are those of the translation.
  const own = wanted !== undefined && cx.probe?.row.attributes !== undefined;
  if (!own && (k === 'struct' || k === 'union') && memberOf(native, member) !== undefined) return l;
  if (
    !own &&
    k === 'forward' &&
    memberOf(lookupType(cx, typeName(resolve(native))) ?? native, member) !== undefined
  )
    return l;
  let x = wanted !== undefined ? findTranslator(cx, l, wanted, false) : undefined;
  if (x === undefined || translatorMember(x, member) === undefined)
    x = [...cx.xlators]
      .reverse()
      .find((t) => typesCompatible(t.source, l.type!) && translatorMember(t, member) !== undefined);
  if (x === undefined) return l;
  const xl = cx.node('op2', 'xlate');
  xl.line = l.line;
  xl.right = l;
  xl.ident = translatorIdent(x, op === '->' ? pointerTo(x.dest) : x.dest);
  assignType(cx, xl, cx.types.dyn);
  assignAttr(cx, xl, minAttribute(l.attr, xl.ident.attr));
  return xl;
}

/** The definition behind a forward declaration. */
export function completeType(cx: Context, type: Type, op: string): Type {
  const t = resolve(type);
  if (kindOf(t) !== 'forward') return t;
  const tag = typeName(t);
  const found = lookupType(cx, tag);
  if (found === undefined || kindOf(found) === 'forward')
    cx.fail(
      'D_OP_INCOMPLETE',
      `operator ${op} cannot be applied to a forward declaration: no ${tag} definition is available`,
    );
  return resolve(found);
}
