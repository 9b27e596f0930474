/**
 * Making parse nodes: the first pass.
 *
 * Constants are folded here, so that a constant expression can be used while parsing (array sizes, `?:` with a constant
 * condition). Inlines and translators are complete when they are parsed; clauses are only built.
 */
import { identity, type Type } from '../../../cfront/types.ts';
import { CONSTANT_TYPES, kindOf, memberOf, resolve, sameType, typedefOf } from '../../dtypes.ts';
import { LibraryError } from '../../errors.ts';
import { parseProbeDesc } from '../../probe.ts';
import { ATTR_DEFAULT, ATTR_TYPE, minAttribute } from '../../stability.ts';
import type { Context } from '../context.ts';
import { cook } from '../cook/cook.ts';
import { cookIdent } from '../cook/identifiers.ts';
import { promotedType, promoteTypes } from '../cook/promote.ts';
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
import {
  assignType,
  dTypeName,
  isDynamic,
  isInteger,
  isVoid,
  NF_BITFIELD,
  NF_SIGNED,
  type Node,
  nodeSize,
  nodeTypeName,
  propagateType,
  resolveIdent,
} from '../node.ts';
import { createTranslator, findTranslator } from '../xlator.ts';
import { type Decl, declType, definitions, pushScope, topDecl } from './decl.ts';
import type { IntegerForm } from './lexer.ts';

const MASK64 = 0xffffffffffffffffn;
const PLAIN: IntegerForm = { decimal: true, suffix: '', prefix: '' };

/** An integer constant; its type is the first of C's list that can hold it. */
export function intNode(cx: Context, value: bigint, form: IntegerForm = PLAIN): Node {
  const n = cx.node('int', 'int');
  n.value = value;
  let i = 0;
  for (const c of form.suffix.toLowerCase()) i += c === 'u' ? 1 : 2;
  const step = form.decimal || form.suffix[0]?.toLowerCase() === 'u' ? 2 : 1;
  for (; i < CONSTANT_TYPES.length; i += step) {
    if (value > CONSTANT_TYPES[i].limit) continue;
    assignType(cx, n, CONSTANT_TYPES[i].type);
    if (form.prefix === '+') return op1(cx, 'u+', n);
    if (form.prefix === '-') return op1(cx, 'u-', n);
    return n;
  }
  return cx.fail(
    'D_INT_OFLOW',
    `integer constant 0x${value.toString(16)} cannot be represented in any built-in integral type`,
  );
}

export function stringNode(cx: Context, s: string): Node {
  const n = cx.node('string', 'string');
  n.name = s;
  assignType(cx, n, cx.types.string);
  return n;
}

/** A name. An inline integer becomes its constant at once. */
export function identNode(cx: Context, name: string): Node {
  const id = cx.lookupGlobal(name);
  const root = id?.inline?.root;
  if (root !== undefined && root.kind === 'int') {
    const n = cx.node('int', 'int');
    n.value = root.value;
    propagateType(root, n);
    return n;
  }
  const n = cx.node('ident', name[0] === '@' ? '@' : 'id');
  n.name = name;
  return n;
}

/** A type used as an operand or parameter. */
export function typeNode(cx: Context, decl: Decl, name?: string): Node {
  const type = declType(cx, decl);
  const n = cx.node('type', 'id');
  if (name !== undefined) {
    n.name = name;
    n.hasName = true;
  }
  assignType(cx, n, type);
  const t = identity(resolve(type));
  const own = 'tag' in t ? [...cx.types.d.values(), ...cx.types.c.values()].includes(t) : true;
  n.attr = own ? ATTR_DEFAULT : ATTR_TYPE;
  return n;
}

/** `...` */
export function varargsNode(cx: Context): Node {
  const n = cx.node('type', 'id');
  n.varargs = true;
  assignType(cx, n, cx.types.void);
  return n;
}

export function callNode(cx: Context, fn: Node, args: Node[]): Node {
  if (fn.kind !== 'ident') cx.fail('D_FUNC_IDENT', 'function designator is not of function type');
  const id = cx.lookupGlobal(fn.name);
  if (id === undefined) cx.fail('D_FUNC_UNDEF', `undefined function name: ${fn.name}`);
  if (id.kind !== 'func' && id.kind !== 'aggfunc' && id.kind !== 'actfunc')
    cx.fail('D_FUNC_IDKIND', `${IDENT_KIND_NAMES[id.kind]} '${id.name}' may not be referenced as a function`);
  const n = cx.node('func', 'id');
  n.line = fn.line;
  n.ident = id;
  n.args = args;
  return n;
}

export function offsetofNode(cx: Context, decl: Decl, member: string): Node {
  const type = declType(cx, decl);
  const kind = kindOf(type);
  if (kind !== 'struct' && kind !== 'union')
    cx.fail('D_OFFSETOF_TYPE', 'offsetof operand must be a struct or union type');
  const m = memberOf(type, member);
  if (m === undefined)
    cx.fail('D_UNKNOWN', `failed to determine offset of ${member}: Member name not found in struct or union`);
  const probe = cx.node('type', 'id');
  assignType(cx, probe, m.type);
  if (probe.flags & NF_BITFIELD)
    cx.fail('D_OFFSETOF_BITFIELD', `cannot take offset of a bit-field: ${member}`);
  return intNode(cx, BigInt(Math.floor(m.bitOffset / 8)));
}

export function op1(cx: Context, op: string, c: Node): Node {
  if (c.kind === 'int') {
    if (op === 'u-' || op === 'u+' || op === '~') assignType(cx, c, promotedType(c.type!));
    switch (op) {
      case 'u-':
        c.value = -c.value & MASK64;
        if (!(c.flags & NF_SIGNED)) c.value &= MASK64 >> BigInt(64 - nodeSize(cx, c) * 8);
        return c;
      case 'u+':
        return c;
      case '~':
        c.value = normalize(cx, c, ~c.value);
        return c;
      case '!':
        c.value = c.value === 0n ? 1n : 0n;
        assignType(cx, c, cx.types.int);
        return c;
    }
  }
  if (op === 'sizeof' && (c.kind === 'string' || c.kind === 'type')) {
    const size = nodeSize(cx, c);
    if (size === 0) cx.fail('D_SIZEOF_TYPE', 'cannot apply sizeof to an operand of unknown size');
    const n = cx.node('int', 'int');
    assignType(cx, n, cx.types.size);
    n.value = BigInt(size);
    return n;
  }
  const n = cx.node('op1', op);
  n.child = c;
  return n;
}

const signed = (v: bigint): bigint => BigInt.asIntN(64, v);

/** The value as the node's type holds it, in 64 bits. */
function normalize(cx: Context, n: Node, v: bigint): bigint {
  const bits = nodeSize(cx, n) * 8;
  return n.flags & NF_SIGNED ? BigInt.asIntN(bits, v) & MASK64 : BigInt.asUintN(bits, v);
}

/** Both operands are constants: the value, or undefined if the operator does not fold. */
function fold(cx: Context, op: string, l: Node, r: Node): Node | undefined {
  let a = l.value;
  let b = r.value;
  const n = cx.node('int', 'int');
  assignType(cx, n, cx.types.int);
  const bool = (v: boolean): Node => {
    n.value = v ? 1n : 0n;
    return n;
  };
  /** The operands become what the operation is done in; is that signed? */
  const promoted = (): boolean => {
    assignType(cx, n, promoteTypes(l, r));
    n.attr = minAttribute(l.attr, r.attr);
    a = normalize(cx, n, a);
    b = normalize(cx, n, b);
    return (n.flags & NF_SIGNED) !== 0;
  };
  const relational = (f: (x: bigint, y: bigint) => boolean): Node => {
    const v = promoted() ? f(signed(a), signed(b)) : f(a, b);
    assignType(cx, n, cx.types.int);
    return bool(v);
  };
  const arithmetic = (f: (x: bigint, y: bigint) => bigint): Node => {
    promoted();
    n.value = normalize(cx, n, f(a, b));
    return n;
  };
  switch (op) {
    case '||':
      return bool(a !== 0n || b !== 0n);
    case '^^':
      return bool((a !== 0n) !== (b !== 0n));
    case '&&':
      return bool(a !== 0n && b !== 0n);
    case '|':
      return arithmetic((x, y) => x | y);
    case '^':
      return arithmetic((x, y) => x ^ y);
    case '&':
      return arithmetic((x, y) => x & y);
    case '==':
      return relational((x, y) => x === y);
    case '!=':
      return relational((x, y) => x !== y);
    case '<':
      return relational((x, y) => x < y);
    case '<=':
      return relational((x, y) => x <= y);
    case '>':
      return relational((x, y) => x > y);
    case '>=':
      return relational((x, y) => x >= y);
    case '<<':
      assignType(cx, n, promotedType(l.type!));
      n.value = normalize(cx, n, a << (b & 63n));
      return n;
    case '>>':
      assignType(cx, n, promotedType(l.type!));
      n.value = l.flags & NF_SIGNED ? (signed(a) >> (b & 63n)) & MASK64 : a >> (b & 63n);
      return n;
    case '+':
      return arithmetic((x, y) => x + y);
    case '-':
      return arithmetic((x, y) => x - y);
    case '*':
      return arithmetic((x, y) => x * y);
    case '/':
      n.value = (promoted() ? signed(a) / signed(b) : a / b) & MASK64;
      return n;
    case '%':
      n.value = (promoted() ? signed(a) % signed(b) : a % b) & MASK64;
      return n;
  }
  return undefined;
}

export function op2(cx: Context, op: string, l: Node, r: Node): Node {
  if (r.kind === 'int' && r.value === 0n && (op === '%' || op === '/' || op === '%=' || op === '/='))
    cx.fail('D_DIV_ZERO', 'expression contains division by zero');
  if (l.kind === 'int' && r.kind === 'int') {
    const n = fold(cx, op, l, r);
    if (n !== undefined) return n;
  }
  if (op === 'cast' && r.kind === 'int' && l.kind === 'type' && isInteger(l)) {
    const n = cx.node('int', 'int');
    n.value = castConstant(
      r.value,
      nodeSize(cx, r),
      (r.flags & NF_SIGNED) !== 0,
      nodeSize(cx, l),
      (l.flags & NF_SIGNED) !== 0,
    );
    propagateType(l, n);
    n.attr = minAttribute(l.attr, r.attr);
    return n;
  }
  const n = cx.node('op2', op);
  n.left = l;
  n.right = r;
  return n;
}

/** A constant of one integer type as another: cut when it narrows, extended by the sign when it widens. */
function castConstant(v: bigint, from: number, fromSigned: boolean, to: number, toSigned: boolean): bigint {
  const width = Math.min(to, from);
  if (to < from || fromSigned !== toSigned) {
    const low = BigInt.asUintN(width * 8, v);
    if (to < from || to === from) return toSigned ? BigInt.asIntN(width * 8, low) & MASK64 : low;
    // widening with a change of sign: the source's own sign decides, then the width of the result
    const value = fromSigned ? BigInt.asIntN(from * 8, low) : low;
    return (toSigned ? value : BigInt.asUintN(to * 8, value)) & MASK64;
  }
  return v;
}

export function op3(cx: Context, cond: Node, l: Node, r: Node): Node {
  if (cond.kind === 'int') return cond.value !== 0n ? l : r;
  const n = cx.node('op3', '?');
  n.expr = cond;
  n.left = l;
  n.right = r;
  return n;
}

export function statementNode(cx: Context, expr: Node): Node {
  if (expr.kind === 'agg') return expr;
  const n = cx.node(expr.kind === 'func' && expr.ident!.kind === 'actfunc' ? 'dfunc' : 'dexpr', '');
  n.line = expr.line;
  n.expr = expr;
  return n;
}

export function pdescByName(cx: Context, text: string): Node {
  const n = cx.node('pdesc', '');
  const macro = (name: string): string | undefined => {
    const bare = name.replace(/^\$/, '');
    if (/^[0-9]/.test(bare)) {
      const i = Number(bare);
      if (i < cx.macroArgs.length) {
        cx.macroArgsUsed.add(i);
        return cx.macroArgs[i];
      }
      return cx.options.flags.defaultargs ? '' : undefined;
    }
    const v = cx.macros.get(bare);
    return v === undefined ? undefined : String(BigInt.asIntN(32, v));
  };
  try {
    n.desc = parseProbeDesc(text, cx.spec, macro);
  } catch (e) {
    if (!(e instanceof LibraryError)) throw e;
    cx.fail('D_PDESC_INVAL', `invalid probe description "${text}": ${e.message}`);
  }
  return n;
}

export function pdescById(cx: Context, id: bigint): Node {
  const n = cx.node('pdesc', '');
  if (id > 0xffffffffn) cx.fail('D_PDESC_INVAL', `identifier ${id} exceeds maximum probe id`);
  if (cx.spec !== 'name') {
    const names = { provider: 'providers', module: 'modules', func: 'functions' };
    cx.fail('D_PDESC_INVAL', `probe identifier ${id} not permitted when specifying ${names[cx.spec]}`);
  }
  const row = cx.catalog.get(Number(id));
  if (row === undefined) cx.fail('D_PDESC_INVAL', `invalid probe identifier ${id}: Unknown probe identifier`);
  n.desc = { id: row.id, provider: row.provider, module: row.module, func: row.func, name: row.name };
  return n;
}

export function clauseNode(cx: Context, pdescs: Node[], pred: Node | undefined, acts: Node[]): Node {
  const n = cx.node('clause', '');
  n.line = pdescs[0].line;
  n.pdescs = pdescs;
  n.pred = pred;
  n.acts = acts;
  return n;
}

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
