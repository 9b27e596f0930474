/**
 * Making parse nodes: the first pass.
 *
 * Constants are folded here, so that a constant expression can be used while parsing (array sizes, `?:` with a constant
 * condition). What is declared or defined is made in declare.ts; clauses are only built.
 */
import { identity } from '../../../cfront/types.ts';
import { CONSTANT_TYPES, kindOf, memberOf, resolve } from '../../dtypes.ts';
import { LibraryError } from '../../errors.ts';
import { parseProbeDesc } from '../../probe.ts';
import { ATTR_DEFAULT, ATTR_TYPE, minAttribute } from '../../stability.ts';
import type { Context } from '../context.ts';
import { promotedType } from '../cook/promote.ts';
import { IDENT_KIND_NAMES } from '../ident.ts';
import {
  assignType,
  isInteger,
  NF_BITFIELD,
  NF_SIGNED,
  type Node,
  nodeSize,
  propagateType,
} from '../node.ts';
import { type Decl, declType } from './decl.ts';
import { castConstant, fold, MASK64, normalize } from './fold.ts';
import type { IntegerForm } from './lexer.ts';

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
