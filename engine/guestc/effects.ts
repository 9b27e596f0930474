/**
 * Which expressions have side effects, and how big a function's body is.
 *
 * An operand whose neighbour has effects is kept in a temporary; the others stay in their tree. A volatile read counts as an
 * effect: it has its place in the order.
 */
import type { Expr, FunctionDecl, Stmt } from '../cfront/ast.ts';
import { Q_VOLATILE, strip, type Type } from '../cfront/types.ts';

/** Builtins that only compute. */
const PURE = new Set(
  ['__pcpu', '__ghost', '__fn_index', '__builtin_expect', '__builtin_constant_p', '__builtin_offsetof']
    .concat(
      ['clz', 'ctz', 'ffs', 'popcount'].flatMap((b) => ['', 'l', 'll'].map((s) => `__builtin_${b}${s}`)),
    )
    .concat(
      ['bswap16', 'bswap32', 'bswap64', 'frame_address', 'return_address'].map((b) => `__builtin_${b}`),
    ),
);

export const isVolatile = (type: Type): boolean => (strip(type).quals & Q_VOLATILE) !== 0;

const cache = new WeakMap<Expr, boolean>();

export function hasEffects(e: Expr): boolean {
  switch (e.kind) {
    case 'const':
    case 'fconst':
    case 'string':
    case 'var':
    case 'func':
      return false;
  }
  let known = cache.get(e);
  if (known === undefined) {
    known = compute(e);
    cache.set(e, known);
  }
  return known;
}

function compute(e: Expr): boolean {
  switch (e.kind) {
    case 'assign':
    case 'opassign':
    case 'incdec':
    case 'call':
    case 'stmtexpr':
    case 'compound':
      return true;
    case 'builtin':
      return !PURE.has(e.name) || e.args.some(hasEffects);
    case 'deref':
      return hasEffects(e.pointer);
    case 'member':
      return hasEffects(e.base);
    case 'load':
      return isVolatileLvalue(e.lvalue) || hasEffects(e.lvalue);
    case 'addr':
    case 'decay':
      return hasEffects(e.lvalue);
    case 'cast':
    case 'neg':
    case 'not':
    case 'bitnot':
      return hasEffects(e.operand);
    case 'binary':
    case 'ptrdiff':
    case 'and':
    case 'or':
    case 'comma':
      return hasEffects(e.left) || hasEffects(e.right);
    case 'ptradd':
      return hasEffects(e.pointer) || hasEffects(e.index);
    case 'cond':
      return hasEffects(e.test) || hasEffects(e.then) || hasEffects(e.else);
  }
  return false;
}

/** A volatile object, or a member of one. */
export function isVolatileLvalue(e: Expr): boolean {
  if (isVolatile(e.type)) return true;
  return e.kind === 'member' && isVolatileLvalue(e.base);
}

/** Every expression directly below a statement or expression. */
export function eachExpr(node: Stmt, visit: (e: Expr) => void, visitStmt: (s: Stmt) => void): void {
  switch (node.kind) {
    case 'block':
      node.body.forEach(visitStmt);
      break;
    case 'expr':
      visit(node.expr);
      break;
    case 'decl':
      if (node.decl.storage === 'auto') for (const i of node.decl.init?.items ?? []) visit(i.expr);
      break;
    case 'if':
      visit(node.test);
      visitStmt(node.then);
      if (node.else) visitStmt(node.else);
      break;
    case 'while':
    case 'dowhile':
      visit(node.test);
      visitStmt(node.body);
      break;
    case 'for':
      if (node.init) visitStmt(node.init);
      if (node.test) visit(node.test);
      if (node.step) visit(node.step);
      visitStmt(node.body);
      break;
    case 'switch':
      visit(node.value);
      visitStmt(node.body);
      break;
    case 'caselabel':
    case 'label':
      visitStmt(node.body);
      break;
    case 'return':
      if (node.value) visit(node.value);
      break;
  }
}

/** Sub-expressions of an expression (and the statements of a statement expression). */
export function eachOperand(e: Expr, visit: (e: Expr) => void, visitStmt: (s: Stmt) => void): void {
  switch (e.kind) {
    case 'deref':
      visit(e.pointer);
      break;
    case 'member':
      visit(e.base);
      break;
    case 'load':
    case 'addr':
    case 'decay':
      visit(e.lvalue);
      break;
    case 'cast':
    case 'neg':
    case 'not':
    case 'bitnot':
      visit(e.operand);
      break;
    case 'binary':
    case 'ptrdiff':
    case 'and':
    case 'or':
    case 'comma':
      visit(e.left);
      visit(e.right);
      break;
    case 'ptradd':
      visit(e.pointer);
      visit(e.index);
      break;
    case 'cond':
      visit(e.test);
      visit(e.then);
      visit(e.else);
      break;
    case 'assign':
    case 'opassign':
      visit(e.target);
      visit(e.value);
      break;
    case 'incdec':
      visit(e.target);
      break;
    case 'call':
      visit(e.callee);
      e.args.forEach(visit);
      break;
    case 'builtin':
      e.args.forEach(visit);
      break;
    case 'compound':
      for (const i of e.decl.init?.items ?? []) visit(i.expr);
      break;
    case 'stmtexpr':
      e.body.forEach(visitStmt);
      if (e.result) visit(e.result);
      break;
  }
}

/** Bodies up to this many nodes are worth more inline than a call. */
const INLINE_MAX = 60;
const inlinable = new WeakMap<FunctionDecl, boolean>();

/** A `static inline` function that is small, has no labels, and does not look at its own frame. */
export function isInlinable(fn: FunctionDecl): boolean {
  if (!fn.static || !fn.inline || fn.body === undefined || fn.type.variadic) return false;
  let known = inlinable.get(fn);
  if (known === undefined) {
    let nodes = 0;
    let plain = true;
    const expr = (e: Expr): void => {
      nodes++;
      if (e.kind === 'builtin' && /frame_address|return_address|va_/.test(e.name)) plain = false;
      eachOperand(e, expr, stmt);
    };
    const stmt = (s: Stmt): void => {
      nodes++;
      if (s.kind === 'label' || s.kind === 'goto' || s.kind === 'switch') plain = false;
      if (s.kind === 'decl' && s.decl.storage !== 'auto') plain = false;
      eachExpr(s, expr, stmt);
    };
    stmt(fn.body);
    known = plain && nodes <= INLINE_MAX;
    inlinable.set(fn, known);
  }
  return known;
}
