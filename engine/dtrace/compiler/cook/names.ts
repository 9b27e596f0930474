/** What a name stands for: variables, which their first assignment makes, and with a backquote symbols of the guest. */
import type { Type } from '../../../cfront/types.ts';
import { LIBRARY_ERRORS } from '../../errors.ts';
import { ATTR_SYMBOL, type Attribute } from '../../stability.ts';
import type { Context } from '../context.ts';
import {
  ID_LOCAL,
  ID_REF,
  ID_TLS,
  ID_USER,
  ID_WRITE,
  IDENT_KIND_NAMES,
  Ident,
  type IdentKind,
  type IdTable,
} from '../ident.ts';
import { assignType, NF_LVALUE, NF_USERLAND, NF_WRITABLE, type Node } from '../node.ts';
import { assignAttr } from './cook.ts';
import { cookIdent } from './identifiers.ts';

/**
 * What a name stands for in table `table`: a variable (made now, if `create`), or with a backquote a symbol of the guest.
 */
export function resolveName(cx: Context, n: Node, table: IdTable, kind: IdentKind, create: boolean): void {
  const full = n.name;
  const tick = full.lastIndexOf('`');
  if (tick >= 0) {
    resolveSymbol(cx, n, full, tick);
    return;
  }
  const name = kind === 'agg' ? full.slice(1) : full;
  const nodeKind = kind === 'agg' ? 'agg' : 'var';
  let id = table === cx.globals ? cx.lookupGlobal(name) : table.lookup(name);
  if (id !== undefined) {
    if (id.kind !== kind && table === cx.globals && !(id.kind === 'enum' && kind === 'scalar'))
      cx.fail(
        'D_IDENT_BADREF',
        `${IDENT_KIND_NAMES[id.kind]} '${id.name}' may not be referenced as ${IDENT_KIND_NAMES[kind]}`,
      );
    finish(cx, n, id, nodeKind);
    if (id.flags & ID_WRITE) n.flags |= NF_WRITABLE;
    return;
  }
  if (!create) cx.fail('D_IDENT_UNDEF', `failed to resolve ${full}: ${LIBRARY_ERRORS.EDT_NOVAR}`);
  const no = table.nextId();
  if (no < 0)
    cx.fail('D_ID_OFLOW', `cannot create ${name}: limit on number of ${table.label} variables exceeded`);
  let flags = ID_WRITE;
  if (table === cx.locals) flags |= ID_LOCAL;
  else if (table === cx.tls) flags |= ID_TLS;
  id = new Ident(name, kind, flags, no, kind === 'array' || kind === 'agg' ? 'assc' : 'thaw', cx.gen);
  cx.insert(table, id);
  finish(cx, n, id, nodeKind);
  n.flags |= NF_WRITABLE;
}

function finish(cx: Context, n: Node, id: Ident, kind: 'var' | 'agg'): void {
  let attr: Attribute;
  // arrays and aggregations get their type when [ ] is seen
  if (id.kind !== 'array' && id.kind !== 'agg') attr = cookIdent(cx, n, id, []);
  else {
    assignType(cx, n, cx.types.dyn);
    attr = id.attr;
  }
  n.kind = kind;
  n.name = '';
  n.ident = id;
  n.flags |= NF_LVALUE;
  assignAttr(cx, n, attr);
}

function resolveSymbol(cx: Context, n: Node, full: string, tick: number): void {
  const user = tick > 0 && full[tick - 1] === '`';
  const mark = user ? '``' : '`';
  const scope = full.slice(0, user ? tick - 1 : tick);
  const name = full.slice(tick + 1);
  const sym = user ? undefined : cx.symbols(scope === '' ? undefined : scope, name);
  if (user && scope !== '' && cx.symbols(scope, name) !== undefined)
    cx.fail(
      'D_SYM_BADREF',
      `kernel module '${scope}' symbol '${name}' may not be referenced as a user symbol`,
    );
  if (sym === undefined) {
    const external = scope === 'D' || scope === 'C';
    const type = external ? (scope === 'D' ? cx.types.d : cx.types.c).get(`extern ${name}`) : undefined;
    if (type !== undefined)
      cx.fail('D_ASRELO', `relocation remains against user symbol ${scope}\`${name} (offset 0x0)`);
    const known = external || scope === '' || cx.types.modules.has(scope);
    cx.fail(
      'D_IDENT_UNDEF',
      `failed to resolve ${scope}${mark}${name}: ${LIBRARY_ERRORS[known ? 'EDT_NOSYM' : 'EDT_NOMOD']}`,
    );
  }
  if (sym.type === undefined)
    cx.fail(
      'D_SYM_NOTYPES',
      `no symbolic type information is available for ${sym.module}${mark}${sym.name}: ${LIBRARY_ERRORS.EDT_NOCTF}`,
    );
  const id = new Ident(name, 'symbol', 0, 0, 'thaw', cx.gen, { attr: ATTR_SYMBOL });
  id.symbol = sym;
  id.type = sym.type;
  n.kind = 'sym';
  n.name = '';
  n.ident = id;
  assignType(cx, n, sym.type);
  n.flags |= NF_LVALUE;
  assignAttr(cx, n, ATTR_SYMBOL);
}

export function cookVar(cx: Context, n: Node, idflags: number): Node {
  const id = n.ident!;
  if (idflags & ID_REF && cx.isVirgin(id)) {
    const scope = id.flags & ID_LOCAL ? 'this->' : id.flags & ID_TLS ? 'self->' : '';
    cx.fail('D_VAR_UNDEF', `${scope}${id.name} has not yet been declared or assigned`, n);
  }
  if (id.kind === 'array' && n.args === undefined) {
    assignType(cx, n, cx.types.dyn);
    assignAttr(cx, n, id.attr);
    n.flags |= NF_LVALUE;
    return n;
  }
  const keep = n.flags & (NF_LVALUE | NF_WRITABLE);
  assignAttr(cx, n, cookIdent(cx, n, id, n.args ?? []));
  n.flags |= keep;
  return n;
}

/** Give a variable that was only named so far its type. */
export function adopt(cx: Context, n: Node, type: Type, user = false): void {
  const keep = n.flags & (NF_LVALUE | NF_WRITABLE);
  assignType(cx, n, type);
  n.flags |= keep;
  n.ident!.type = type;
  if (user) {
    n.flags |= NF_USERLAND;
    n.ident!.flags |= ID_USER;
  }
}
