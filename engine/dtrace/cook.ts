/**
 * Cooking: the second pass over the parse tree.
 *
 * Resolves names, gives each node its type and attributes, and refuses what the language does not allow; each refusal has its tag. Variables
 * are made by their first assignment, so the order of cooking is the order of the program; a clause whose actions use what only
 * its predicate makes is cooked the other way round.
 */
import { INT, pointerTo, type Type } from '../cfront/types.ts';

import type { Context } from './context.ts';
import { op1 } from './create.ts';
import { lookupType } from './decl.ts';
import {
  bitsOf,
  enumValue,
  isSignedType,
  kindOf,
  memberOf,
  referent,
  resolve,
  typeName,
  typesCompatible,
} from './dtypes.ts';
import { CompileError, LIBRARY_ERRORS } from './errors.ts';
import { cookIdent } from './idcook.ts';
import {
  ID_LOCAL,
  ID_MOD,
  ID_REF,
  ID_TLS,
  ID_USER,
  ID_WRITE,
  IDENT_KIND_NAMES,
  Ident,
  type IdentKind,
  type IdTable,
} from './ident.ts';
import {
  argCompat,
  assignType,
  cloneNode,
  dTypeName,
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
  NF_BITFIELD,
  NF_COOKED,
  NF_LVALUE,
  NF_REF,
  NF_USERLAND,
  NF_WRITABLE,
  type Node,
  nodeIdent,
  nodeName,
  nodeSize,
  nodeTypeName,
  opText,
  pointerCompat,
  propagateType,
} from './node.ts';

import {
  ATTR_DEFAULT,
  ATTR_MAX,
  ATTR_SYMBOL,
  type Attribute,
  attributeName,
  compareAttributes,
  minAttribute,
} from './stability.ts';
import { findTranslator, type Translator, translatorIdent, translatorMember } from './xlator.ts';

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

/** What an operand of this integer type is computed in: enums, bit-fields and what is narrower than int become int. */
export function promotedType(type: Type): Type {
  const t = resolve(type);
  return t.kind === 'enum' || (t.kind === 'int' && bitsOf(t) < 32) ? INT : type;
}

/** The common type of two integers: each promoted, the higher rank of size and unsignedness wins. */
export function promoteTypes(l: Node, r: Node): Type {
  const side = (n: Node): { type: Type; rank: number; order: number } => {
    const type = promotedType(n.type!);
    const t = resolve(type);
    const order = t.kind === 'int' ? t.rank : 0;
    return { type, rank: bitsOf(t) + (isSignedType(t) ? 0 : 1), order };
  };
  const a = side(l);
  const b = side(r);
  if (a.rank === b.rank) return a.order < b.order ? b.type : a.type;
  return a.rank > b.rank ? a.type : b.type;
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

/**
 * What a name stands for in table `table`: a variable (made now, if `create`), or with a backquote a symbol of the guest.
 */
function resolveName(cx: Context, n: Node, table: IdTable, kind: IdentKind, create: boolean): void {
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

function cookVar(cx: Context, n: Node, idflags: number): Node {
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
function adopt(cx: Context, n: Node, type: Type, user = false): void {
  const keep = n.flags & (NF_LVALUE | NF_WRITABLE);
  assignType(cx, n, type);
  n.flags |= keep;
  n.ident!.type = type;
  if (user) {
    n.flags |= NF_USERLAND;
    n.ident!.flags |= ID_USER;
  }
}

function cookOp1(cx: Context, n: Node): Node {
  const modifies = n.op === 'pre++' || n.op === 'post++' || n.op === 'pre--' || n.op === 'post--';
  let c = n.child!;
  if (c.kind === 'ident' && modifies) resolveName(cx, c, cx.globals, 'scalar', true);
  c = n.child = cook(cx, c, 0);
  if (c.kind === 'var' && cx.isVirgin(c.ident!)) adopt(cx, c, cx.types.int64);
  if (c.kind === 'var') c.ident!.flags |= ID_REF | (modifies ? ID_MOD : 0);
  const text = opText(n.op);
  switch (n.op) {
    case 'deref': {
      const xid = nodeIdent(cx, c, 'xlptr');
      if (xid !== undefined) {
        n.ident = xid.translator!.souIdent;
        assignType(cx, n, cx.types.dyn);
        break;
      }
      const k = kindOf(c.type!);
      if (k !== 'array' && k !== 'pointer') cx.fail('D_DEREF_NONPTR', 'cannot dereference non-pointer type');
      const type = referent(c.type!);
      assignType(cx, n, type);
      const target = kindOf(type);
      if (target === 'void') cx.fail('D_DEREF_VOID', 'cannot dereference pointer to void');
      if (target === 'function') cx.fail('D_DEREF_FUNC', 'cannot dereference pointer to function');
      if (target !== 'array' || isString(cx, n)) n.flags |= NF_LVALUE;
      if (c.flags & NF_WRITABLE || (c.kind === 'op2' && c.op === '+' && c.left!.flags & NF_WRITABLE))
        n.flags |= NF_WRITABLE;
      if (c.flags & NF_USERLAND && (target === 'pointer' || n.flags & NF_REF)) n.flags |= NF_USERLAND;
      break;
    }
    case 'u+':
    case 'u-':
      if (!isArith(c)) cx.fail('D_OP_ARITH', `operator ${text} requires an operand of arithmetic type`);
      assignType(cx, n, promotedType(c.type!));
      break;
    case '~':
      if (!isInteger(c)) cx.fail('D_OP_INT', `operator ${text} requires an operand of integral type`);
      assignType(cx, n, promotedType(c.type!));
      break;
    case '!':
      if (!isScalar(c)) cx.fail('D_OP_SCALAR', `operator ${text} requires an operand of scalar type`);
      assignType(cx, n, cx.types.int);
      break;
    case 'addr':
      if (c.kind === 'var' || c.kind === 'agg')
        cx.fail('D_ADDROF_VAR', 'cannot take address of dynamic variable');
      if (isDynamic(cx, c)) cx.fail('D_ADDROF_VAR', 'cannot take address of dynamic object');
      if (!(c.flags & NF_LVALUE)) cx.fail('D_ADDROF_LVAL', 'unacceptable operand for unary & operator');
      if (c.flags & NF_BITFIELD) cx.fail('D_ADDROF_BITFIELD', 'cannot take address of bit-field');
      assignType(cx, n, pointerTo(c.type!), (c.flags & NF_USERLAND) !== 0);
      break;
    case 'sizeof':
      if (c.flags & NF_BITFIELD) cx.fail('D_SIZEOF_BITFIELD', 'cannot apply sizeof to a bit-field');
      if (sizeofNode(cx, c) === 0)
        cx.fail('D_SIZEOF_TYPE', 'cannot apply sizeof to an operand of unknown size');
      assignType(cx, n, cx.types.size);
      break;
    case 'stringof':
      if (!isScalar(c) && !isPointer(cx, c) && !isStringLike(c))
        cx.fail('D_STRINGOF_TYPE', `cannot apply stringof to a value of type ${nodeTypeName(cx, c)}`);
      assignType(cx, n, cx.types.string, (c.flags & NF_USERLAND) !== 0);
      break;
    default:
      if (!isScalar(c)) cx.fail('D_OP_SCALAR', `operator ${text} requires operand of scalar type`);
      if (isVoidPointer(c)) cx.fail('D_OP_VFPTR', `operator ${text} requires an operand of known size`);
      if (!(c.flags & NF_LVALUE))
        cx.fail('D_OP_LVAL', `operator ${text} requires modifiable lvalue as an operand`);
      if (!(c.flags & NF_WRITABLE))
        cx.fail('D_OP_WRITE', `operator ${text} can only be applied to a writable variable`);
      propagateType(c, n);
  }
  assignAttr(cx, n, c.attr);
  return n;
}

/** sizeof's answer: of a symbol, what the symbol table says. */
export const sizeofNode = (cx: Context, n: Node): number =>
  n.kind === 'sym' ? n.ident!.symbol!.size : nodeSize(cx, n);

const incompatible = (cx: Context, l: Node, op: string, r: Node): never =>
  cx.fail(
    'D_OP_INCOMPAT',
    `operands have incompatible types: "${nodeTypeName(cx, l)}" ${op} "${nodeTypeName(cx, r)}"`,
  );

const binaryAttr = (cx: Context, n: Node, l: Node, r: Node): void =>
  assignAttr(cx, n, minAttribute(l.attr, r.attr));

function cookOp2(cx: Context, n: Node, idflags: number): Node {
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

/** The left side of [ ]: '+' if it is E1[E2] = *(E1 + E2), '[' if it is an associative array or aggregation. */
function cookSubscript(cx: Context, n: Node): '+' | '[' {
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

function cookIndexed(cx: Context, n: Node): Node {
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

function cookArrayReference(cx: Context, n: Node, idflags: number): Node {
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

const isNull = (n: Node): boolean => n.kind === 'int' && n.value === 0n;

function cookAdditive(cx: Context, n: Node, op: string): Node {
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

function cookAssignment(cx: Context, n: Node): Node {
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

function cookCompoundAssignment(cx: Context, n: Node, op: string): Node {
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

function cookMember(cx: Context, n: Node, op: string, idflags: number): Node {
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

function cookOp3(cx: Context, n: Node): Node {
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

function cookAggregation(cx: Context, n: Node): Node {
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

/** Statements of a clause and its predicate, for the probe that the context is set to; `last`: for the last of its probes. */
export function cookClause(
  cx: Context,
  clause: Node,
  pred: Node | undefined,
  acts: Node[],
  last: boolean,
): { pred: Node | undefined; acts: Node[] } {
  assignAttr(cx, clause, cx.probeAttr);
  clause.ctxattr = cx.probeAttr;
  // only a predicate that makes variables can help actions that failed without it
  const again = pred !== undefined && modifies(pred);
  const cookActs = (): Node[] => {
    cx.region = 'action list';
    // the originals may be used up when nobody will cook them again
    const copy = last && !again ? acts : acts.map(cloneNode);
    assignAttr(cx, clause, cookList(cx, copy, ID_REF));
    cx.region = undefined;
    return copy;
  };
  const cookPred = (): Node | undefined => {
    if (pred === undefined) return undefined;
    cx.region = 'predicate';
    const p = cook(cx, last ? pred : cloneNode(pred), ID_REF);
    assignAttr(cx, clause, minAttribute(clause.attr, p.attr));
    if (isDynamic(cx, p) || !isScalar(p)) cx.fail('D_PRED_SCALAR', 'predicate result must be of scalar type');
    cx.region = undefined;
    return p;
  };
  let cookedActs: Node[] | undefined;
  let failure: CompileError | undefined;
  if (pred === undefined) return { pred: undefined, acts: cookActs() };
  try {
    cookedActs = cookActs();
  } catch (e) {
    if (!(e instanceof CompileError) || (e.tag !== 'D_IDENT_UNDEF' && e.tag !== 'D_VAR_UNDEF')) throw e;
    cx.region = undefined;
    failure = e;
  }
  const p = cookPred();
  if (failure !== undefined && !again) throw failure;
  cookedActs ??= cookActs();
  return { pred: p, acts: cookedActs };
}

const MODIFYING = /^(?:pre|post)(?:\+\+|--)$|^(?:[-+*/%&^|]|<<|>>)?=$/;

/** Does the expression assign to anything? */
function modifies(n: Node): boolean {
  if (MODIFYING.test(n.op)) return true;
  for (const c of [n.child, n.left, n.right, n.expr]) if (c !== undefined && modifies(c)) return true;
  for (const list of [n.args, n.list]) if (list?.some(modifies)) return true;
  return false;
}

function cookInline(cx: Context, n: Node): Node {
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

function cookTranslator(cx: Context, n: Node): Node {
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
