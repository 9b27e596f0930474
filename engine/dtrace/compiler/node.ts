/**
 * The parse tree of D: nodes, their types and the questions asked of them.
 *
 * Nodes are made while parsing (syntax/create.ts) and completed by cooking (cook/), which resolves identifiers, assigns types and checks
 * the rules of the language. A clause is cooked once for each of its probe descriptions, each time on a fresh copy.
 */
import type { Type } from '../../cfront/types.ts';
import {
  bitsOf,
  isChar,
  isSignedType,
  kindOf,
  referent,
  resolve,
  typeName,
  typesCompatible,
} from '../dtypes.ts';
import { escapeString } from '../escapes.ts';
import type { ProbeDesc } from '../probe.ts';
import type { Attribute } from '../stability.ts';
import type { Context } from './context.ts';
import type { Ident, IdentKind } from './ident.ts';
import { IDENT_KIND_NAMES } from './ident.ts';
import type { Translator } from './xlator.ts';

export type NodeKind =
  | 'int'
  | 'string'
  | 'ident'
  | 'var'
  | 'sym'
  | 'type'
  | 'func'
  | 'op1'
  | 'op2'
  | 'op3'
  | 'dexpr'
  | 'dfunc'
  | 'agg'
  | 'pdesc'
  | 'clause'
  | 'inline'
  | 'member'
  | 'xlator'
  | 'provider'
  | 'probe';

/** Flags of a node. */
export const NF_SIGNED = 1;
export const NF_COOKED = 2;
export const NF_REF = 4;
export const NF_LVALUE = 8;
export const NF_WRITABLE = 16;
export const NF_BITFIELD = 32;
export const NF_USERLAND = 64;

export class Node {
  kind: NodeKind;
  /** Operator: its spelling, with ++ and -- told apart; or 'int', 'string', 'id', '@'. */
  op: string;
  line: number;
  flags = 0;
  type: Type | undefined = undefined;
  reg = -1;
  attr: Attribute;
  /** int */
  value = 0n;
  /** string, ident, type (a parameter's name), member */
  name = '';
  hasName = false;
  ident: Ident | undefined = undefined;
  /** var (array keys), func, agg (tuple), probe */
  args: Node[] | undefined = undefined;
  child: Node | undefined = undefined;
  left: Node | undefined = undefined;
  right: Node | undefined = undefined;
  /** op3's condition; statements; a member's expression */
  expr: Node | undefined = undefined;
  aggfun: Node | undefined = undefined;
  /** the right operand of '[' is a list */
  list: Node[] | undefined = undefined;
  /** clause */
  pdescs: Node[] | undefined = undefined;
  pred: Node | undefined = undefined;
  acts: Node[] | undefined = undefined;
  desc: ProbeDesc | undefined = undefined;
  ctxattr: Attribute | undefined = undefined;
  /** xlator, member */
  xlator: Translator | undefined = undefined;
  members: Node[] | undefined = undefined;
  /** A varargs parameter. */
  varargs = false;

  constructor(kind: NodeKind, op: string, line: number, attr: Attribute) {
    this.kind = kind;
    this.op = op;
    this.line = line;
    this.attr = attr;
  }
}

/** A copy of a tree that was not cooked yet. Identifiers that were resolved while parsing are shared. */
export function cloneNode(n: Node): Node {
  const c = new Node(n.kind, n.op, n.line, n.attr);
  c.flags = n.flags;
  c.type = n.type;
  c.value = n.value;
  c.name = n.name;
  c.hasName = n.hasName;
  c.ident = n.ident;
  c.desc = n.desc;
  c.xlator = n.xlator;
  c.varargs = n.varargs;
  c.args = n.args?.map(cloneNode);
  c.list = n.list?.map(cloneNode);
  if (n.child) c.child = cloneNode(n.child);
  if (n.left) c.left = cloneNode(n.left);
  if (n.right) c.right = cloneNode(n.right);
  if (n.expr) c.expr = cloneNode(n.expr);
  if (n.aggfun) c.aggfun = cloneNode(n.aggfun);
  if (n.pred) c.pred = cloneNode(n.pred);
  c.acts = n.acts?.map(cloneNode);
  c.pdescs = n.pdescs;
  return c;
}

/** How an operator is written in messages. */
export function opText(op: string): string {
  switch (op) {
    case 'pre++':
    case 'post++':
      return '++';
    case 'pre--':
    case 'post--':
      return '--';
    case 'u+':
      return '+';
    case 'u-':
      return '-';
    case 'deref':
      return '*';
    case 'addr':
      return '&';
    case 'cast':
      return '(';
    case 'int':
      return '<int>';
    case 'string':
      return '<string>';
    case 'id':
      return '<ident>';
    default:
      return op;
  }
}

export function assignType(cx: Context, n: Node, type: Type, user = false): void {
  n.flags &= ~(NF_SIGNED | NF_REF | NF_BITFIELD | NF_USERLAND);
  const t = resolve(type);
  const kind = kindOf(type);
  if (kind === 'int') {
    const bits = bitsOf(t);
    if (bits % 8 !== 0 || bits > 64 || ((bits / 8) & (bits / 8 - 1)) !== 0) n.flags |= NF_BITFIELD;
    if (isSignedType(t)) n.flags |= NF_SIGNED;
  }
  if (kind === 'float' && t.size > 8) n.flags |= NF_REF;
  if (kind === 'struct' || kind === 'union' || kind === 'forward' || kind === 'array' || kind === 'function')
    n.flags |= NF_REF;
  else if (type === cx.types.dyn) n.flags |= NF_REF;
  if (user) n.flags |= NF_USERLAND;
  n.flags |= NF_COOKED;
  n.type = type;
}

export function propagateType(src: Node, dst: Node): void {
  dst.flags = src.flags & ~NF_LVALUE;
  dst.type = src.type;
}

/** The identifier itself, through inlines to what they stand for. */
export function resolveIdent(id: Ident): Ident {
  let i = id;
  while (i.inline?.root !== undefined) {
    const root: Node = i.inline.root;
    if (root.ident === undefined) break;
    i = root.ident;
  }
  return i;
}

/** The node's identifier if, through inlines, it is of that kind. */
export function nodeIdent(cx: Context, n: Node, kind: IdentKind): Ident | undefined {
  const named =
    n.kind === 'var' || n.kind === 'sym' || n.kind === 'func' || n.kind === 'agg' || n.kind === 'inline';
  if ((named || isDynamic(cx, n)) && n.ident !== undefined) {
    const id = resolveIdent(n.ident);
    return id.kind === kind ? id : undefined;
  }
  return undefined;
}

const kindOfNode = (n: Node) => kindOf(n.type!);

export function isDynamic(cx: Context, n: Node): boolean {
  if (n.kind === 'var' && n.ident?.inline !== undefined) {
    const root = n.ident.inline.root;
    return root !== undefined ? isDynamic(cx, root) : false;
  }
  return n.type === cx.types.dyn;
}

export const isString = (cx: Context, n: Node): boolean => n.type === cx.types.string;
export const isStack = (cx: Context, n: Node): boolean => n.type === cx.types.stack;
export const isSymaddr = (cx: Context, n: Node): boolean => n.type === cx.types.symaddr;
export const isUsymaddr = (cx: Context, n: Node): boolean => n.type === cx.types.usymaddr;

export function isInteger(n: Node): boolean {
  const k = kindOfNode(n);
  return k === 'int' || k === 'enum';
}
export const isFloat = (n: Node): boolean => kindOfNode(n) === 'float';
export function isScalar(n: Node): boolean {
  const k = kindOfNode(n);
  return k === 'int' || k === 'enum' || k === 'pointer';
}
export const isArith = isInteger;

/** Pointer to void or to a function. */
export function isVoidPointer(n: Node): boolean {
  const t = resolve(n.type!);
  if (t.kind !== 'pointer') return false;
  const k = kindOf(t.target);
  return k === 'function' || k === 'void';
}

/** char pointers and char arrays may stand for strings. */
export function isStringLike(n: Node): boolean {
  const t = resolve(n.type!);
  if (t.kind === 'pointer') return isChar(t.target);
  if (t.kind === 'array') return isChar(t.element);
  return false;
}

export function isPointer(cx: Context, n: Node): boolean {
  if (isString(cx, n)) return false;
  const k = kindOfNode(n);
  return k === 'pointer' || k === 'array';
}

export function isVoid(cx: Context, n: Node): boolean {
  if (isDynamic(cx, n) || isStack(cx, n) || isSymaddr(cx, n) || isUsymaddr(cx, n)) return false;
  return kindOfNode(n) === 'void';
}

/** Types of pointers that may be compared or assigned; the more specific one if they may. */
export function pointerCompat(cx: Context, l: Node, r: Node): Type | undefined {
  if (isDynamic(cx, l) || isDynamic(cx, r)) return undefined;
  const li = isInteger(l);
  const ri = isInteger(r);
  if (li && ri) return undefined;
  if (li && (l.kind !== 'int' || l.value !== 0n)) return undefined;
  if (ri && (r.kind !== 'int' || r.value !== 0n)) return undefined;
  if (!li && !ri && ((l.flags ^ r.flags) & NF_USERLAND) !== 0) return undefined;
  let lt = resolve(l.type!);
  let rt = resolve(r.type!);
  if (li) lt = rt;
  else if (ri) rt = lt;
  if ((lt.kind !== 'pointer' && lt.kind !== 'array') || (rt.kind !== 'pointer' && rt.kind !== 'array'))
    return undefined;
  const lref = referent(lt);
  const rref = referent(rt);
  const lvoid = kindOf(lref) === 'void';
  const rvoid = kindOf(rref) === 'void';
  const bothFunctions = kindOf(lref) === 'function' && kindOf(rref) === 'function';
  if (!lvoid && !rvoid && !bothFunctions && !typesCompatible(lref, rref)) return undefined;
  return rvoid ? lt : rt;
}

/** An argument or assigned value fits a parameter or variable. */
export function argCompat(cx: Context, l: Node, r: Node): boolean {
  if (isInteger(l) && isInteger(r)) return true;
  if (isStringLike(l) && isStringLike(r)) return true;
  if (isStack(cx, l) && isStack(cx, r)) return true;
  if (isSymaddr(cx, l) && isSymaddr(cx, r)) return true;
  if (isUsymaddr(cx, l) && isUsymaddr(cx, r)) return true;
  const k = kindOfNode(l);
  if (k === 'function' || k === 'struct' || k === 'union') return typesCompatible(l.type!, r.type!);
  return pointerCompat(cx, l, r) !== undefined;
}

/** A constant that is an integer above zero. */
export const isPositiveConstant = (n: Node): boolean =>
  n.kind === 'int' && n.value !== 0n && ((n.flags & NF_SIGNED) === 0 || BigInt.asIntN(64, n.value) > 0n);

export const isActionCall = (n: Node): boolean => n.kind === 'func' && n.ident!.kind === 'actfunc';

export function dTypeName(cx: Context, type: Type | undefined): string {
  if (type === undefined) return '<none>';
  if (type === cx.types.fptr) return 'function pointer';
  if (type === cx.types.func) return 'function';
  if (type === cx.types.dyn) return 'dynamic variable';
  if ('special' in type) return (type as unknown as { special: string }).special;
  return typeName(type);
}

export function nodeTypeName(cx: Context, n: Node): string {
  if (n.type !== undefined && isDynamic(cx, n) && n.ident !== undefined)
    return IDENT_KIND_NAMES[resolveIdent(n.ident).kind];
  return ((n.flags & NF_USERLAND) !== 0 ? 'userland ' : '') + dTypeName(cx, n.type);
}

/** Bytes of the node's value; of a string constant, its own length. */
export function nodeSize(cx: Context, n: Node): number {
  if (n.kind === 'string') return n.name.length + 1;
  if (isDynamic(cx, n) && n.ident !== undefined) {
    const id = resolveIdent(n.ident);
    return id.type !== undefined ? id.type.size : 0;
  }
  return n.type!.size;
}

/** What the node is, for messages. */
export function nodeName(cx: Context, n: Node): string {
  switch (n.kind) {
    case 'int':
      return `integer constant 0x${BigInt.asUintN(64, n.value).toString(16)}`;
    case 'string':
      return `string constant "${escapeString(n.name)}"`;
    case 'ident':
      return `identifier ${n.name}`;
    case 'var':
    case 'func':
    case 'agg':
    case 'inline': {
      const k = n.ident!.kind;
      const prefix = k === 'agg' ? '@' : '';
      const suffix = k === 'func' || k === 'aggfunc' || k === 'actfunc' ? '( )' : '';
      return `${IDENT_KIND_NAMES[k]} ${prefix}${n.ident!.name}${suffix}`;
    }
    case 'sym':
      return `symbol ${n.ident!.symbol!.module}\`${n.ident!.symbol!.name}`;
    case 'type':
      return `type ${nodeTypeName(cx, n)}`;
    case 'op1':
    case 'op2':
    case 'op3':
      return `operator ${opText(n.op)}`;
    case 'dexpr':
    case 'dfunc':
      return n.expr ? nodeName(cx, n.expr) : 'statement';
    case 'pdesc': {
      const d = n.desc!;
      return d.id === 0
        ? `probe description ${d.provider}:${d.module}:${d.func}:${d.name}`
        : `probe description ${d.id}`;
    }
    case 'member':
      return `member ${n.name}`;
    default:
      return n.kind;
  }
}
