/**
 * Lowering, part three: expressions. Each becomes a tree; its side effects become statements of the current block, in C's order.
 *
 * An operand that stands left of one with effects is pinned to a temporary first, so that it keeps its value; so is everything that
 * must survive a call. Where C leaves the order open it is gcc's on amd64: operands from left to right, arguments from right to left.
 */
import type { Expr } from '../cfront/ast.ts';
import { isRecord, strip } from '../cfront/types.ts';
import { I32, I64, OP } from '../wasm/index.ts';
import { hasEffects, isInlinable } from './effects.ts';
import { type Block, type Fn, get, i32, i64, type ProbeSite, type Tree } from './ir.ts';
import { isVoid, type Lower } from './lower.ts';
import { builtin } from './lower-builtin.ts';
import { addressOf, copyRecord, load, type Place, pinPlace, place, store } from './lower-place.ts';
import {
  addConst,
  bin,
  binary,
  constant,
  constOf,
  convert,
  falsity,
  fromSlot,
  REPR_I32,
  reprOf,
  scalar,
  toSlot,
  truth,
  un,
} from './values.ts';

/** The value of a scalar expression. */
export function value(lw: Lower, e: Expr): Tree {
  switch (e.kind) {
    case 'const':
      return constant(e.value, scalar(e.type));
    case 'fconst': {
      const r = scalar(e.type);
      return { k: 'flt', t: r.t as 0x7d, v: r.size === 4 ? Math.fround(e.value) : e.value };
    }
    case 'func':
      return functionAddress(lw, e);
    case 'load':
      return load(lw, place(lw, e.lvalue));
    case 'addr':
      if (e.lvalue.kind === 'func') return functionAddress(lw, e.lvalue);
      return addressOf(place(lw, e.lvalue));
    case 'decay':
      if (e.lvalue.kind === 'func') return functionAddress(lw, e.lvalue);
      return addressOf(place(lw, e.lvalue));
    case 'cast':
      if (strip(e.operand.type).kind === 'array') return addressOf(place(lw, e.operand));
      return convert(value(lw, e.operand), scalar(e.operand.type), scalar(e.type));
    case 'neg': {
      const r = scalar(e.type);
      const a = value(lw, e.operand);
      if (r.float)
        return a.k === 'flt' ? { ...a, v: -a.v } : un(r.t, r.size === 4 ? 'f32.neg' : 'f64.neg', a);
      return binary('-', constant(0n, r), a, r, e.type);
    }
    case 'bitnot': {
      const r = scalar(e.type);
      return binary('^', value(lw, e.operand), constant(-1n, r), r, e.type);
    }
    case 'not':
      return falsity(value(lw, e.operand));
    case 'binary': {
      const [a, b] = pair(lw, e.left, e.right);
      return binary(e.op, a, b, scalar(e.left.type), e.left.type);
    }
    case 'ptradd': {
      const [a, b] = pair(lw, e.pointer, e.index);
      const index = convert(b, scalar(e.index.type), scalar(e.type));
      return addScaled(a, index, e.scale);
    }
    case 'ptrdiff': {
      const [a, b] = pair(lw, e.left, e.right);
      const bytes = bin(I64, 'i64.sub', a, b);
      const { scale } = e;
      if (scale === 1) return bytes;
      if ((scale & (scale - 1)) === 0) return bin(I64, 'i64.shr_s', bytes, i64(BigInt(Math.log2(scale))));
      return bin(I64, 'i64.div_s', bytes, i64(BigInt(scale)));
    }
    case 'and':
    case 'or':
      return logical(lw, e);
    case 'cond':
      return conditional(lw, e);
    case 'comma':
      discard(lw, e.left);
      return value(lw, e.right);
    case 'assign':
      return assign(lw, e, true);
    case 'opassign':
      return opAssign(lw, e, true);
    case 'incdec':
      return incDec(lw, e, true);
    case 'call':
      return call(lw, e, true) as Tree;
    case 'builtin': {
      const result = builtin(lw, e);
      if (result === undefined) throw new Error(`guestc: ${e.name} has no value`);
      return result;
    }
    case 'stmtexpr':
      for (const s of e.body) lw.statement(s);
      return value(lw, e.result as Expr);
    case 'compound':
    case 'var':
    case 'string':
    case 'deref':
    case 'member':
      // Not loaded explicitly: an array or function designator used as an address.
      return addressOf(place(lw, e));
  }
}

/** The address of a record's value. */
export function record(lw: Lower, e: Expr): Tree {
  switch (e.kind) {
    case 'load':
      return addressOf(place(lw, e.lvalue));
    case 'call':
      return call(lw, e, true) as Tree;
    case 'assign': {
      const target = pinPlace(lw, place(lw, e.target));
      copyRecord(lw, addressOf(target), record(lw, e.value), e.type);
      return addressOf(target);
    }
    case 'cond': {
      const result = lw.newLocal(I64);
      branches(
        lw,
        e.test,
        () => lw.emit({ k: 'set', local: result, tree: record(lw, e.then) }),
        () => lw.emit({ k: 'set', local: result, tree: record(lw, e.else) }),
      );
      return get(result);
    }
    case 'comma':
      discard(lw, e.left);
      return record(lw, e.right);
    case 'cast':
      return record(lw, e.operand);
    case 'stmtexpr':
      for (const s of e.body) lw.statement(s);
      return record(lw, e.result as Expr);
    case 'builtin':
      return builtin(lw, e) as Tree;
    case 'var':
    case 'deref':
    case 'member':
    case 'compound':
      return addressOf(place(lw, e));
  }
  throw new Error(`guestc: a record value of kind ${e.kind}`);
}

/** Evaluates an expression for its effects only. */
export function discard(lw: Lower, e: Expr): void {
  if (!hasEffects(e)) return;
  switch (e.kind) {
    case 'assign':
      if (isRecord(e.type)) record(lw, e);
      else assign(lw, e, false);
      return;
    case 'opassign':
      opAssign(lw, e, false);
      return;
    case 'incdec':
      incDec(lw, e, false);
      return;
    case 'call':
      call(lw, e, false);
      return;
    case 'builtin':
      builtin(lw, e);
      return;
    case 'comma':
      discard(lw, e.left);
      discard(lw, e.right);
      return;
    case 'cast':
      discard(lw, e.operand);
      return;
    case 'cond':
      branches(
        lw,
        e.test,
        () => discard(lw, e.then),
        () => discard(lw, e.else),
      );
      return;
    case 'and':
    case 'or': {
      const rest = lw.newBlock();
      const out = lw.newBlock();
      if (e.kind === 'and') condition(lw, e.left, rest, out);
      else condition(lw, e.left, out, rest);
      lw.place(rest);
      discard(lw, e.right);
      lw.place(out);
      return;
    }
    case 'stmtexpr':
      for (const s of e.body) lw.statement(s);
      if (e.result !== undefined) discard(lw, e.result);
      return;
    case 'compound':
      place(lw, e);
      return;
  }
  if (reprOf(e.type) !== undefined) value(lw, e);
  else if (isRecord(e.type)) record(lw, e);
  else place(lw, e);
}

/** Two operands, the left one safe from the right one's effects. */
function pair(lw: Lower, left: Expr, right: Expr): [Tree, Tree] {
  let a = value(lw, left);
  if (hasEffects(right)) a = lw.pin(a);
  return [a, value(lw, right)];
}

/** pointer + index * scale. */
function addScaled(pointer: Tree, index: Tree, scale: number): Tree {
  const n = constOf(index);
  if (n !== undefined) {
    const bytes = n * BigInt(scale);
    if (bytes >= -0x7fffffffn && bytes <= 0x7fffffffn) return addConst(pointer, Number(bytes));
    return bin(I64, 'i64.add', pointer, i64(bytes));
  }
  // &a[i - 1]: the constant part goes into the offset.
  if (index.k === 'bin' && index.op === OP['i64.add'] && index.b.k === 'i64') {
    const bytes = index.b.v * BigInt(scale);
    if (bytes >= -0x7fffffffn && bytes <= 0x7fffffffn)
      return addConst(addScaled(pointer, index.a, scale), Number(bytes));
  }
  const positive = Math.abs(scale);
  let bytes = index;
  if (positive !== 1) {
    const power = (positive & (positive - 1)) === 0;
    bytes = power
      ? bin(I64, 'i64.shl', index, i64(BigInt(Math.log2(positive))))
      : bin(I64, 'i64.mul', index, i64(BigInt(positive)));
  }
  if (scale < 0) return bin(I64, 'i64.sub', pointer, bytes);
  // The constant part of an address stands outermost, where loads take it as their offset.
  if (pointer.k === 'bin' && pointer.op === OP['i64.add'] && pointer.b.k === 'i64')
    return { ...pointer, a: bin(I64, 'i64.add', pointer.a, bytes) };
  return bin(I64, 'i64.add', pointer, bytes);
}

function functionAddress(lw: Lower, e: Expr & { kind: 'func' }): Tree {
  const fn = lw.linker.resolveFn(lw.fn.unit, e.decl, e.loc);
  lw.ir.fns.add(fn);
  return { k: 'fn', t: I64, fn };
}

// Control flow in expressions

/** Jumps to `yes` or `no`. */
export function condition(lw: Lower, e: Expr, yes: Block, no: Block): void {
  switch (e.kind) {
    case 'not':
      condition(lw, e.operand, no, yes);
      return;
    case 'and':
    case 'or': {
      if (simple(e.left) && simple(e.right)) break;
      const rest = lw.newBlock();
      if (e.kind === 'and') condition(lw, e.left, rest, no);
      else condition(lw, e.left, yes, rest);
      lw.place(rest);
      condition(lw, e.right, yes, no);
      return;
    }
    case 'comma':
      discard(lw, e.left);
      condition(lw, e.right, yes, no);
      return;
    case 'cast':
      if (strip(e.type).kind === 'int' && e.operand.kind !== 'const' && reprOf(e.type)?.bool === true) {
        condition(lw, e.operand, yes, no);
        return;
      }
      // int and long views of a truth value
      if (e.operand.kind === 'not' || e.operand.kind === 'and' || e.operand.kind === 'or') {
        condition(lw, e.operand, yes, no);
        return;
      }
      break;
    case 'builtin':
      if (e.name === '__builtin_expect') {
        condition(lw, e.args[0], yes, no);
        return;
      }
      break;
  }
  const cond = truth(value(lw, e));
  const known = constOf(cond);
  if (known !== undefined) lw.jump(known !== 0n ? yes : no);
  else lw.end({ k: 'branch', cond: stripTruth(cond), yes, no, free: lw.free });
}

/** x != 0 branches as x does. */
function stripTruth(cond: Tree): Tree {
  if (cond.k === 'bin' && cond.op === OP['i32.ne'] && cond.b.k === 'i32' && cond.b.v === 0) return cond.a;
  return cond;
}

function branches(lw: Lower, test: Expr, then: () => void, otherwise: () => void): void {
  const yes = lw.newBlock();
  const no = lw.newBlock();
  const out = lw.newBlock();
  condition(lw, test, yes, no);
  lw.place(yes);
  then();
  lw.jump(out);
  lw.place(no);
  otherwise();
  lw.place(out);
}

/** Cheap, without loads: evaluating it for nothing costs less than a branch. */
function simple(e: Expr, depth = 3): boolean {
  if (depth === 0) return false;
  switch (e.kind) {
    case 'const':
      return true;
    case 'load':
      return (
        e.lvalue.kind === 'var' &&
        (e.lvalue.decl.storage === 'auto' || e.lvalue.decl.storage === 'param') &&
        !e.lvalue.decl.addressTaken &&
        reprOf(e.type)?.float === false
      );
    case 'cast':
      return (
        reprOf(e.type)?.float === false &&
        reprOf(e.operand.type)?.float === false &&
        simple(e.operand, depth - 1)
      );
    case 'not':
    case 'neg':
    case 'bitnot':
      return reprOf(e.type)?.float === false && simple(e.operand, depth - 1);
    case 'binary':
      if (e.op === '/' || e.op === '%' || e.op === '*') return false;
      return reprOf(e.left.type)?.float === false && simple(e.left, depth - 1) && simple(e.right, depth - 1);
    case 'ptradd':
      return e.index.kind === 'const' && simple(e.pointer, depth - 1);
  }
  return false;
}

function logical(lw: Lower, e: Expr & { kind: 'and' | 'or' }): Tree {
  if (simple(e.left) && simple(e.right)) {
    const op = e.kind === 'and' ? 'i32.and' : 'i32.or';
    const [a, b] = [truth(value(lw, e.left)), truth(value(lw, e.right))];
    if (a.k === 'i32' && b.k === 'i32') return i32(e.kind === 'and' ? a.v & b.v : a.v | b.v);
    return bin(I32, op, a, b);
  }
  const result = lw.newLocal(I32);
  const yes = lw.newBlock();
  const no = lw.newBlock();
  const out = lw.newBlock();
  condition(lw, e, yes, no);
  lw.place(yes);
  lw.emit({ k: 'set', local: result, tree: i32(1) });
  lw.jump(out);
  lw.place(no);
  lw.emit({ k: 'set', local: result, tree: i32(0) });
  lw.place(out);
  return get(result);
}

function conditional(lw: Lower, e: Expr & { kind: 'cond' }): Tree {
  const r = scalar(e.type);
  if (simple(e.test) && simple(e.then) && simple(e.else)) {
    const c = truth(value(lw, e.test));
    if (c.k === 'i32') return value(lw, c.v !== 0 ? e.then : e.else);
    return { k: 'sel', t: r.t, c: stripTruth(c), a: value(lw, e.then), b: value(lw, e.else) };
  }
  const result = lw.newLocal(r.t);
  branches(
    lw,
    e.test,
    () => lw.emit({ k: 'set', local: result, tree: value(lw, e.then) }),
    () => lw.emit({ k: 'set', local: result, tree: value(lw, e.else) }),
  );
  return get(result);
}

// Assignments

function assign(lw: Lower, e: Expr & { kind: 'assign' }, used: boolean): Tree {
  let target: Place = place(lw, e.target);
  if (hasEffects(e.value)) target = pinPlace(lw, target);
  return store(lw, target, value(lw, e.value), used);
}

function opAssign(lw: Lower, e: Expr & { kind: 'opassign' }, used: boolean): Tree {
  // The right side's effects come first, as in gcc; then the target's address, then its old value.
  const first = hasEffects(e.value) ? lw.pin(value(lw, e.value)) : undefined;
  const target = pinPlace(lw, place(lw, e.target));
  const own = scalar(e.target.type);
  const right = first ?? value(lw, e.value);
  const old = load(lw, target);
  if (e.scale !== 0) {
    const index = convert(right, scalar(e.value.type), own);
    return store(lw, target, addScaled(old, index, e.op === '-' ? -Math.abs(e.scale) : e.scale), used);
  }
  const wide = scalar(e.computeType);
  const shift = e.op === '<<' || e.op === '>>';
  const b = shift ? right : convert(right, scalar(e.value.type), wide);
  const result = binary(e.op, convert(old, own, wide), b, wide, e.computeType);
  return store(lw, target, convert(result, wide, own), used);
}

function incDec(lw: Lower, e: Expr & { kind: 'incdec' }, used: boolean): Tree {
  const target = pinPlace(lw, place(lw, e.target));
  const r = scalar(e.target.type);
  let old = load(lw, target);
  if (used && !e.prefix) {
    // A named local is about to change: take its value first.
    const local = lw.newLocal(old.t);
    lw.emit({ k: 'set', local, tree: old });
    old = get(local);
  }
  let next: Tree;
  if (r.float) next = binary('+', old, { k: 'flt', t: r.t as 0x7d, v: e.delta }, r, e.type);
  else if (r.bool) next = e.delta > 0 ? i32(1) : falsity(old);
  else if (r.t === I64) next = addConst(old, e.delta * (e.scale === 0 ? 1 : e.scale));
  else next = convert(bin(I32, 'i32.add', old, i32(e.delta)), REPR_I32, r);
  const result = store(lw, target, next, used && e.prefix);
  return e.prefix ? result : old;
}

// Calls

function call(lw: Lower, e: Expr & { kind: 'call' }, used: boolean): Tree | undefined {
  const returnsRecord = isRecord(e.type);
  let target: Fn | Tree;
  let decl: Extract<Expr, { kind: 'func' }>['decl'] | undefined;
  const callee = calledFunction(e.callee);
  if (callee !== undefined) {
    const site = lw.linker.probeSite(lw.fn.unit, callee.decl, e.loc, e.args.length);
    if (site !== undefined) return probeSite(lw, e, site);
    target = lw.linker.resolveFn(lw.fn.unit, callee.decl, e.loc);
    decl = target.decl;
  } else {
    target = value(lw, e.callee);
    if (e.args.some(hasEffects)) target = lw.pin(target);
  }
  const args: Tree[] = [];
  const inline = decl !== undefined && isInlinable(decl) && lw.canInline(decl);
  let result: Tree | undefined;
  if (returnsRecord) {
    result = lw.memAddress(lw.newMem('', e.type));
    if (!inline) args.push(result);
  }
  // From the last to the first, as gcc does on amd64. Records go by the address of a copy; a value is kept if an earlier one has effects.
  const values: Tree[] = new Array(e.args.length);
  const firstEffect = e.args.some(hasEffects) ? e.args.findIndex(hasEffects) : e.args.length;
  for (let i = e.args.length - 1; i >= 0; i--) {
    const arg = e.args[i];
    let tree: Tree;
    if (isRecord(arg.type)) {
      tree = record(lw, arg);
      if (!inline) {
        const copy = lw.memAddress(lw.newMem('', arg.type));
        copyRecord(lw, copy, tree, arg.type);
        tree = copy;
      }
    } else {
      tree = value(lw, arg);
      if (!inline) tree = toSlot(tree, scalar(arg.type));
    }
    values[i] = inline || firstEffect < i ? lw.pin(tree) : tree;
  }
  args.push(...values);
  if (inline && decl !== undefined) return lw.inlineCall(decl, args, result);

  if (!('k' in target)) lw.ir.fns.add(target);
  lw.ir.leaf = false;
  const variadic = e.fn.variadic ? e.fn.params.length + (returnsRecord ? 1 : 0) : -1;
  const next = lw.newBlock();
  const noreturn = decl?.noreturn === true;
  lw.end({ k: 'call', target, args, variadic, next, noreturn });
  if (noreturn) {
    // What follows is dead, but must go somewhere.
    lw.place(lw.newBlock());
    return returnsRecord ? result : reprOf(e.type) === undefined ? undefined : constant(0n, scalar(e.type));
  }
  lw.place(next);
  if (returnsRecord || isVoid(e.type)) return result;
  if (!used) return undefined;
  const r = scalar(e.type);
  const local = lw.newLocal(r.t);
  lw.emit({ k: 'set', local, tree: fromSlot({ k: 'rv', t: I64 }, r) });
  return get(local);
}

/** A site of the program's own probes, in place of a call: its arguments, then a place that can trap. */
function probeSite(lw: Lower, e: Expr & { kind: 'call' }, site: ProbeSite): Tree | undefined {
  const args: Tree[] = new Array(e.args.length);
  const firstEffect = e.args.findIndex(hasEffects);
  for (let i = e.args.length - 1; i >= 0; i--) {
    const arg = e.args[i];
    const tree = isRecord(arg.type) ? record(lw, arg) : toSlot(value(lw, arg), scalar(arg.type));
    args[i] = firstEffect >= 0 && firstEffect < i ? lw.pin(tree) : tree;
  }
  lw.ir.leaf = false;
  const next = lw.newBlock();
  lw.end({ k: 'probe', name: 'usdt', args, next, site });
  lw.place(next);
  if (!site.enabled) return undefined;
  const r = scalar(e.type);
  const local = lw.newLocal(r.t);
  lw.emit({ k: 'set', local, tree: fromSlot({ k: 'rv', t: I64 }, r) });
  return get(local);
}

/** The function that a call names, through & and *. */
function calledFunction(e: Expr): Extract<Expr, { kind: 'func' }> | undefined {
  if (e.kind === 'func') return e;
  if ((e.kind === 'addr' || e.kind === 'decay') && e.lvalue.kind === 'func') return e.lvalue;
  if (e.kind === 'deref') return calledFunction(e.pointer);
  return undefined;
}
