/** What declarations and definitions leave behind: variables, inlines, translators. They are complete when they are parsed. */
import type { Type } from '../../../cfront/types.ts';
import { kindOf, resolve, sameType, typedefOf } from '../../dtypes.ts';
import { ATTR_DEFAULT, minAttribute } from '../../stability.ts';
import type { Context } from '../context.ts';
import { cook } from '../cook/cook.ts';
import { cookIdent } from '../cook/identifiers.ts';
import {
  ID_DECL,
  ID_INLINE,
  ID_LOCAL,
  ID_REF,
  ID_TLS,
  ID_USER,
  ID_WRITE,
  IDENT_KIND_NAMES,
  Ident,
  IdTable,
} from '../ident.ts';
import { assignType, dTypeName, isDynamic, isVoid, type Node, nodeTypeName, resolveIdent } from '../node.ts';
import { createTranslator, findTranslator } from '../xlator.ts';
import { type Decl, declType, pushScope, topDecl } from './decl.ts';
import { definitions } from './records.ts';

/** A declarator of a declaration is complete: make the variable, type or extern that it names. */
export function declarationNode(cx: Context): void {
  const s = cx.decl;
  const d = topDecl(cx);
  let type = declType(cx, d);
  const name = s.ident;
  if (name === undefined) {
    if (d.kind !== 'struct' && d.kind !== 'union' && d.kind !== 'enum')
      cx.fail('D_DECL_USELESS', 'useless declaration');
    return;
  }
  if (name.includes('`'))
    cx.fail('D_DECL_SCOPE', `D scoping operator may not be used in a declaration name (${name})`);
  let cls = s.class;
  if (kindOf(type) === 'function' && (cls === '' || cls === 'static')) cls = 'extern';
  switch (cls) {
    case 'auto':
    case 'register':
    case 'static':
      cx.fail('D_DECL_BADCLASS', 'specified storage class not appropriate in D');
      break;
    case 'extern':
      declareExtern(cx, name, type);
      break;
    case 'typedef': {
      if (cx.lookupGlobal(name) !== undefined)
        cx.fail('D_DECL_IDRED', `global variable identifier redeclared: ${name}`);
      const defs = definitions(cx);
      if (defs.has(name) || cx.types.lookup(name, 'C') !== undefined)
        cx.fail('D_DECL_IDRED', `typedef redeclared: ${name}`);
      defs.set(name, typedefOf(name, type));
      break;
    }
    default: {
      const table = cls === 'this' ? cx.locals : cls === 'self' ? cx.tls : cx.globals;
      const flags = cls === 'this' ? ID_LOCAL : cls === 'self' ? ID_TLS : 0;
      const existing = table === cx.globals ? cx.lookupGlobal(name) : table.lookup(name);
      if (d.kind === 'array' && d.nodes === undefined)
        cx.fail('D_DECL_ARRNULL', `array declaration requires array dimension or tuple signature: ${name}`);
      if (existing !== undefined && existing.gen === 0)
        cx.fail('D_DECL_IDRED', `built-in identifier redeclared: ${existing.name}`);
      if (cx.types.d.has(name) || cx.types.c.has(name) || cx.types.lookup(name, 'C') !== undefined)
        cx.fail('D_DECL_IDRED', `typedef identifier redeclared: ${name}`);
      const assoc = d.kind === 'array' && d.nodes![0].kind === 'type';
      const kind = assoc ? 'array' : 'scalar';
      if (assoc) {
        if (cls === 'this')
          cx.fail('D_DECL_LOCASSC', `associative arrays may not be declared as local variables: ${name}`);
        type = declType(cx, d.next!);
      }
      if (existing !== undefined) {
        compareDeclaration(cx, name, existing, kind, type, assoc ? d.nodes! : undefined);
        break;
      }
      declareVariable(cx, table, name, kind, flags, type, assoc ? d.nodes! : undefined);
    }
  }
  s.ident = undefined;
}

function declareExtern(cx: Context, name: string, type: Type): void {
  const key = `extern ${name}`;
  const defs = definitions(cx);
  const old = defs.get(key);
  const module = cx.includeDepth > 0 ? 'C' : 'D';
  if (old !== undefined && !sameType(old, type))
    cx.fail(
      'D_DECL_IDRED',
      `identifier redeclared: ${module}\`${name}\n\t current: ${dTypeName(cx, type)}\n\tprevious: ${dTypeName(cx, old)}`,
    );
  defs.set(key, type);
}

function compareDeclaration(
  cx: Context,
  name: string,
  old: Ident,
  kind: 'array' | 'scalar',
  type: Type,
  keys: Node[] | undefined,
): void {
  const probe = cx.node('type', 'id');
  if (old.type !== undefined) assignType(cx, probe, old.type);
  const oldName = old.type !== undefined ? nodeTypeName(cx, probe) : '<none>';
  if (old.kind !== kind || old.type === undefined || !sameType(type, old.type))
    cx.fail(
      'D_DECL_IDRED',
      `identifier redeclared: ${name}\n\t current: ${IDENT_KIND_NAMES[kind]} ${dTypeName(cx, type)}\n\tprevious: ${IDENT_KIND_NAMES[old.kind]} ${oldName}`,
    );
  if (keys === undefined) return;
  const sig = old.sig!;
  for (let i = 0; i < keys.length && i < sig.args.length; i++) {
    if (sameType(keys[i].type!, sig.args[i].type!)) continue;
    cx.fail(
      'D_DECL_IDRED',
      `identifier redeclared: ${name}\n\t current: ${IDENT_KIND_NAMES[kind]}, key #${i + 1} of type ${nodeTypeName(cx, keys[i])}\n` +
        `\tprevious: ${IDENT_KIND_NAMES[old.kind]}, key #${i + 1} of type ${nodeTypeName(cx, sig.args[i])}`,
    );
  }
  if (keys.length !== sig.args.length)
    cx.fail(
      'D_DECL_IDRED',
      `identifier redeclared: ${name}\n\t current: ${IDENT_KIND_NAMES[kind]} of ${dTypeName(cx, type)}, tuple length ${keys.length}\n` +
        `\tprevious: ${IDENT_KIND_NAMES[old.kind]} of ${oldName}, tuple length ${sig.args.length}`,
    );
}

function declareVariable(
  cx: Context,
  table: IdTable,
  name: string,
  kind: 'array' | 'scalar',
  flags: number,
  type: Type,
  keys: Node[] | undefined,
): void {
  const k = kindOf(type);
  if (k === 'void' && type !== cx.types.dyn) cx.fail('D_DECL_VOIDOBJ', `cannot have void object: ${name}`);
  if (k === 'forward' || ((k === 'struct' || k === 'union') && resolve(type).size === 0))
    cx.fail('D_DECL_INCOMPLETE', `incomplete struct/union/enum ${dTypeName(cx, type)}: ${name}`);
  const id = table.nextId();
  if (id < 0)
    cx.fail('D_ID_OFLOW', `cannot create ${name}: limit on number of ${table.label} variables exceeded`);
  const ident = new Ident(name, kind, flags | ID_WRITE | ID_DECL, id, keys ? 'assc' : 'thaw', cx.gen);
  ident.type = type;
  cx.insert(table, ident);
  if (keys !== undefined) {
    const probe = cx.node('type', 'id');
    ident.attr = cookIdent(cx, probe, ident, keys);
  }
}

/** `inline type name = expr;` and `inline type name[int a, ...] = expr;`, begun: called when the `=` was read. */
export interface InlineStart {
  node: Node;
  ident: Ident;
  type: Type;
  params: Node[] | undefined;
}

export function inlineStart(cx: Context): InlineStart {
  const s = cx.decl;
  const d = topDecl(cx);
  let type = declType(cx, d);
  const name = s.ident;
  if (s.class !== '')
    cx.fail('D_DECL_BADCLASS', 'specified storage class not appropriate for inline declaration');
  if (name === undefined) cx.fail('D_DECL_USELESS', 'inline declaration requires a name');
  const old = cx.lookupGlobal(name);
  const library =
    old?.inline !== undefined && old.gen !== 0 && old.gen <= cx.libraryGen && cx.gen > cx.libraryGen;
  if (old !== undefined && !library)
    cx.fail(
      'D_DECL_IDRED',
      `identifier redefined: ${old.name}\n\t current: inline definition\n\tprevious: ${IDENT_KIND_NAMES[old.kind]} ${old.inline ? 'inline' : ''}`,
    );
  let params: Node[] | undefined;
  if (d.kind === 'array') {
    if (d.nodes === undefined)
      cx.fail('D_DECL_ARRNULL', `inline declaration requires array tuple signature: ${name}`);
    if (d.nodes[0].kind !== 'type')
      cx.fail('D_DECL_ARRNULL', `inline declaration cannot be of scalar array type: ${name}`);
    params = d.nodes;
    type = declType(cx, d.next!);
  }
  const node = cx.node('inline', '');
  assignType(cx, node, type);
  if (isVoid(cx, node)) cx.fail('D_DECL_VOIDOBJ', `cannot declare void inline: ${name}`);
  if (kindOf(type) === 'forward')
    cx.fail('D_DECL_INCOMPLETE', `incomplete struct/union/enum ${nodeTypeName(cx, node)}: ${name}`);
  const ident = new Ident(
    name,
    params ? 'array' : 'scalar',
    ID_INLINE | ID_REF | ID_DECL,
    0,
    'inline',
    cx.gen,
  );
  ident.inline = { root: undefined, argv: [], locals: undefined };
  ident.line = cx.line;
  node.ident = ident;
  if (params !== undefined) {
    const locals = new IdTable('inline args');
    for (const p of params) {
      if (!p.hasName) {
        ident.inline.argv.push(undefined);
        continue;
      }
      const arg = new Ident(p.name, 'scalar', ID_DECL | ID_INLINE, 0, 'inline', cx.gen);
      arg.inline = { root: undefined, argv: [], locals: undefined };
      arg.type = p.type;
      locals.insert(arg);
      ident.inline.argv.push(arg);
    }
    ident.inline.locals = locals;
    cx.scopes.push(locals);
  }
  pushScope(cx, undefined);
  return { node, ident, type, params };
}

export function inlineFinish(cx: Context, start: InlineStart, raw: Node): Node {
  const { node, ident, type, params } = start;
  const expr = cook(cx, raw, ID_REF);
  if (params !== undefined) cx.scopes.pop();
  let source: Ident | undefined;
  if (isDynamic(cx, expr)) source = expr.ident && resolveIdent(expr.ident);
  else if (expr.kind === 'var' || expr.kind === 'sym') source = expr.ident;
  if (source !== undefined) ident.flags |= source.flags & (ID_WRITE | ID_USER);
  ident.attr = minAttribute(ATTR_DEFAULT, expr.attr);
  ident.type = type;
  ident.inline!.root = undefined;
  cookIdent(cx, node, ident, params ?? []);
  ident.inline!.root = expr;
  cx.insert(cx.globals, ident);
  return cook(cx, node, ID_REF);
}

export function memberNode(cx: Context, name: string, expr: Node): Node {
  const n = cx.node('member', '');
  n.name = name;
  n.expr = expr;
  return n;
}

export function translatorNode(cx: Context, dd: Decl, sd: Decl, name: string, members: Node[]): Node {
  const dest = declType(cx, dd);
  const source = declType(cx, sd);
  const sn = cx.node('type', 'id');
  assignType(cx, sn, source);
  const dn = cx.node('type', 'id');
  assignType(cx, dn, dest);
  const old = findTranslator(cx, sn, dest, true);
  if (old !== undefined && (old.gen > cx.libraryGen || cx.gen <= cx.libraryGen))
    cx.fail(
      'D_XLATE_REDECL',
      `translator from ${nodeTypeName(cx, sn)} to ${nodeTypeName(cx, dn)} has already been declared`,
    );
  const kind = kindOf(dest);
  if (kind === 'forward') cx.fail('D_XLATE_SOU', `incomplete struct/union/enum ${dTypeName(cx, dest)}`);
  if (kind !== 'struct' && kind !== 'union')
    cx.fail('D_XLATE_SOU', 'translator output type must be a struct or union');
  const n = cx.node('xlator', '');
  n.xlator = createTranslator(cx, source, dest, name, members);
  n.members = members;
  return cook(cx, n, ID_REF);
}
