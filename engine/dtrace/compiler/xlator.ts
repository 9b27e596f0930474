/**
 * Translators: how the members of an output struct are computed from an input.
 *
 * `translator psinfo_t < struct proc *P > { pr_pid = P->p_pid; ... };` is found by source and destination type when `xlate` or args[]
 * asks for it. The result has no memory: each use of a member compiles that member's expression.
 */
import type { Type } from '../../cfront/types.ts';
import { pointerTo } from '../../cfront/types.ts';
import { kindOf, referent, resolve, typesCompatible } from '../dtypes.ts';
import type { Context } from './context.ts';
import { ID_REF, Ident, IdTable } from './ident.ts';
import { argCompat, assignType, type Node } from './node.ts';

export interface Translator {
  id: number;
  gen: number;
  /** The input parameter. */
  input: Ident;
  locals: IdTable;
  source: Type;
  dest: Type;
  /** Stand for the translated struct, and for a pointer to it. */
  souIdent: Ident;
  ptrIdent: Ident;
  members: Node[];
}

export function createTranslator(
  cx: Context,
  source: Type,
  dest: Type,
  name: string,
  members: Node[],
): Translator {
  const input = new Ident(name, 'scalar', ID_REF, 0, 'thaw', cx.gen);
  input.type = source;
  const locals = new IdTable('xlparams');
  locals.insert(input);
  const sou = new Ident('translator', 'xlsou', ID_REF, 0, 'thaw', cx.gen);
  sou.type = dest;
  const ptr = new Ident('translator', 'xlptr', ID_REF, 0, 'thaw', cx.gen);
  ptr.type = pointerTo(dest);
  const x: Translator = {
    id: cx.xlators.length,
    gen: cx.gen,
    input,
    locals,
    source,
    dest,
    souIdent: sou,
    ptrIdent: ptr,
    members,
  };
  sou.translator = x;
  ptr.translator = x;
  cx.applyPragmas(sou, 'translator');
  ptr.attr = sou.attr;
  ptr.vers = sou.vers;
  for (const m of members) m.xlator = x;
  cx.xlators.push(x);
  return x;
}

/** The translator from src's type to dst's (or what it points to): by exact, resolved, then compatible source type. */
export function findTranslator(cx: Context, src: Node, dst: Type, exact: boolean): Translator | undefined {
  if (src.type === undefined) return undefined;
  let target = dst;
  if (kindOf(target) === 'pointer') target = referent(target);
  const kind = kindOf(target);
  if (kind !== 'struct' && kind !== 'union') return undefined;
  const usable = (x: Translator): boolean =>
    (x.souIdent.vers === 0 || x.souIdent.vers <= cx.options.vmax) && typesCompatible(x.dest, target);
  // newest first: a program's translator wins over a library's
  const all = [...cx.xlators].reverse().filter(usable);
  if (exact) return all.find((x) => typesCompatible(x.source, src.type!));
  const direct = all.find((x) => sameSource(x.source, src.type!));
  if (direct !== undefined) return direct;
  const resolved = all.find((x) => typesCompatible(resolve(x.source), src.type!));
  if (resolved !== undefined) return resolved;
  return all.find((x) => {
    const n = cx.node('type', 'id');
    assignType(cx, n, x.source);
    return argCompat(cx, src, n);
  });
}

const sameSource = (a: Type, b: Type): boolean => {
  // id_t and int are both int: translators tell them apart by name only when both are typedefs
  if (a.kind === 'typedef' && b.kind === 'typedef') return a.name === b.name && typesCompatible(a, b);
  return a.kind === b.kind && typesCompatible(a, b);
};

export const translatorIdent = (x: Translator, type: Type): Ident =>
  kindOf(type) === 'pointer' ? x.ptrIdent : x.souIdent;

export const translatorMember = (x: Translator, name: string): Node | undefined =>
  x.members.find((m) => m.name === name);
