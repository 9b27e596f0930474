/**
 * Lowering, part two: places. An lvalue is a local or a 64-bit address; reading, writing, copying and initialising it.
 */
import type { Expr, Initializer, VarDecl } from '../cfront/ast.ts';
import { bitFieldUnit } from '../cfront/layout.ts';
import { isRecord, strip, type Type } from '../cfront/types.ts';
import { I32, I64 } from '../wasm/index.ts';
import { isVolatile } from './effects.ts';
import { get, i32, i64, type Local, type Tree } from './ir.ts';
import { type Lower, zero } from './lower.ts';
import { record, value } from './lower-expr.ts';
import { addConst, bin, constant, loadOp, type Repr, reprOf, scalar, storeOp, un } from './values.ts';

export type Place =
  | { k: 'reg'; local: Local; type: Type }
  | { k: 'mem'; addr: Tree; off: number; type: Type; volatile: boolean; bits?: Bits };

/** A bit-field within the storage unit at the place's address. */
interface Bits {
  unit: number;
  offset: number;
  width: number;
}

const memory = (addr: Tree, type: Type, volatile = false): Place => ({
  k: 'mem',
  addr,
  off: 0,
  type,
  volatile: volatile || isVolatile(type),
});

export function place(lw: Lower, e: Expr): Place {
  switch (e.kind) {
    case 'var':
      return variable(lw, e.decl, e.type);
    case 'string': {
      const sym = lw.linker.stringSym(e.bytes);
      lw.ir.syms.add(sym);
      return memory({ k: 'sym', t: I64, sym, off: 0 }, e.type);
    }
    case 'deref':
      return memory(value(lw, e.pointer), e.type);
    case 'member': {
      const base = place(lw, e.base);
      if (base.k !== 'mem') throw new Error('guestc: a member of something that is not in memory');
      const { field } = e;
      const result: Place = {
        k: 'mem',
        addr: base.addr,
        off: base.off + field.offset,
        type: e.type,
        volatile: base.volatile || isVolatile(e.type),
      };
      if (field.bitWidth !== undefined)
        result.bits = { unit: bitFieldUnit(field), offset: field.bitOffset as number, width: field.bitWidth };
      return result;
    }
    case 'compound': {
      if (e.decl.storage !== 'auto') return variable(lw, e.decl, e.type);
      const s = lw.storageOf(e.decl);
      if (s.k === 'mem') {
        if (e.decl.init !== undefined) initialise(lw, lw.memAddress(s.mem), e.decl.type, e.decl.init);
      } else if (s.k === 'reg') {
        const item = e.decl.init?.items[0];
        lw.emit({ k: 'set', local: s.local, tree: item ? value(lw, item.expr) : zero(s.local.t) });
      }
      return variable(lw, e.decl, e.type);
    }
  }
  // A record that is not an lvalue: f().x
  if (isRecord(e.type)) return memory(record(lw, e), e.type);
  if (strip(e.type).kind === 'array' && e.kind === 'load') return place(lw, e.lvalue);
  throw new Error(`guestc: ${e.kind} is not a place`);
}

function variable(lw: Lower, decl: VarDecl, type: Type): Place {
  if (decl.storage === 'auto' || decl.storage === 'param') {
    const s = lw.storageOf(decl);
    if (s.k === 'reg') return { k: 'reg', local: s.local, type };
    return memory(s.k === 'ptr' ? get(s.local) : lw.memAddress(s.mem), type);
  }
  const sym = lw.linker.resolveVar(lw.fn.unit, decl);
  lw.ir.syms.add(sym);
  return memory({ k: 'sym', t: I64, sym, off: 0 }, type);
}

/** Address of a place in memory. */
export function addressOf(p: Place): Tree {
  if (p.k !== 'mem') throw new Error('guestc: address of a local that is in no memory');
  return addConst(p.addr, p.off);
}

/** A place whose address will not change, whatever is evaluated before it is used. */
export function pinPlace(lw: Lower, p: Place): Place {
  return p.k === 'reg' ? p : { ...p, addr: lw.pin(p.addr) };
}

function unitRepr(bits: Bits): Repr {
  return {
    t: bits.unit === 8 ? I64 : I32,
    size: bits.unit,
    signed: false,
    bool: false,
    float: false,
  };
}

const loadTree = (lw: Lower, p: Place & { k: 'mem' }, r: Repr): Tree => ({
  k: 'load',
  t: r.t,
  op: loadOp(r),
  size: r.size,
  addr: p.addr,
  off: p.off,
  raw: lw.free,
});

/** The value of a scalar place. A volatile one is read here and now. */
export function load(lw: Lower, p: Place): Tree {
  if (p.k === 'reg') return get(p.local);
  const r = scalar(p.type);
  const unit = p.bits === undefined ? r : unitRepr(p.bits);
  let tree = loadTree(lw, p, unit);
  if (p.volatile && !lw.free) {
    const local = lw.newLocal(unit.t);
    lw.emit({ k: 'set', local, tree, sync: true });
    tree = get(local);
  }
  return p.bits === undefined ? tree : extract(tree, p.bits, r);
}

/** A bit-field's value out of its unit. */
function extract(unit: Tree, { offset, width, unit: size }: Bits, r: Repr): Tree {
  const t = size === 8 ? I64 : I32;
  const T = size === 8 ? 'i64' : 'i32';
  const bits = size === 8 ? 64 : 32;
  const n = (v: number): Tree => (t === I64 ? i64(BigInt(v)) : i32(v));
  let tree = unit;
  if (r.signed) {
    const up = bits - offset - width;
    if (up > 0) tree = bin(t, `${T}.shl`, tree, n(up));
    if (bits > width) tree = bin(t, `${T}.shr_s`, tree, n(bits - width));
  } else {
    if (offset > 0) tree = bin(t, `${T}.shr_u`, tree, n(offset));
    if (offset + width < size * 8) tree = bin(t, `${T}.and`, tree, mask(t, width, 0));
  }
  if (t === I64 && r.t === I32) return un(I32, 'i32.wrap_i64', tree);
  if (t === I32 && r.t === I64) return un(I64, r.signed ? 'i64.extend_i32_s' : 'i64.extend_i32_u', tree);
  return tree;
}

function mask(t: typeof I32 | typeof I64, width: number, shift: number): Tree {
  const m = ((1n << BigInt(width)) - 1n) << BigInt(shift);
  return t === I64 ? i64(m) : i32(Number(BigInt.asIntN(32, m)));
}

/**
 * Writes a scalar place. The result is the place's new value, in a form that may be used once more, if `used`.
 */
export function store(lw: Lower, p: Place, tree: Tree, used: boolean): Tree {
  if (p.k === 'reg') {
    lw.emit({ k: 'set', local: p.local, tree });
    return get(p.local);
  }
  const r = scalar(p.type);
  if (p.bits !== undefined) return storeBits(lw, p, p.bits, tree, r, used);
  const kept = used ? lw.pin(tree) : tree;
  lw.emit({
    k: 'store',
    op: storeOp(r),
    size: r.size,
    addr: p.addr,
    off: p.off,
    value: kept,
    raw: false,
    sync: p.volatile,
  });
  return kept;
}

function storeBits(lw: Lower, p: Place & { k: 'mem' }, bits: Bits, tree: Tree, r: Repr, used: boolean): Tree {
  const unit = unitRepr(bits);
  const T = unit.t === I64 ? 'i64' : 'i32';
  const kept = used ? lw.pin(tree) : tree;
  let field = kept;
  if (unit.t === I64 && r.t === I32) field = un(I64, 'i64.extend_i32_u', field);
  if (unit.t === I32 && r.t === I64) field = un(I32, 'i32.wrap_i64', field);
  const whole = bits.offset === 0 && bits.width === bits.unit * 8;
  if (!whole) {
    const t = unit.t as typeof I32;
    // Masking a constant now saves the instruction.
    if (field.k === 'i32')
      field = i32((field.v & Number(BigInt.asIntN(32, (1n << BigInt(bits.width)) - 1n))) << bits.offset);
    else {
      if (bits.offset + bits.width < bits.unit * 8 || unit.size < 4)
        field = bin(t, `${T}.and`, field, mask(t, bits.width, 0));
      if (bits.offset > 0) field = bin(t, `${T}.shl`, field, constant(BigInt(bits.offset), unit));
    }
    const addr = lw.pin(p.addr);
    p = { ...p, addr };
    const others = ~(((1n << BigInt(bits.width)) - 1n) << BigInt(bits.offset));
    const keep = unit.t === I64 ? i64(others) : i32(Number(BigInt.asIntN(32, others)));
    field = bin(t, `${T}.or`, bin(t, `${T}.and`, loadTree(lw, p, unit), keep), field);
  }
  lw.emit({
    k: 'store',
    op: storeOp(unit),
    size: unit.size,
    addr: p.addr,
    off: p.off,
    value: field,
    raw: false,
    sync: p.volatile,
  });
  if (!used) return kept;
  // The value of the assignment is what the field now holds.
  const low: Bits = { unit: r.size === 8 ? 8 : 4, offset: 0, width: bits.width };
  return r.bool ? kept : extract(kept, low, r);
}

/** Assigns to a parameter or variable just declared. */
export function assignPlace(lw: Lower, decl: VarDecl, tree: Tree): void {
  store(lw, variable(lw, decl, decl.type), tree, false);
}

/** Copies a record; dst and src are addresses. */
export function copyRecord(lw: Lower, dst: Tree, src: Tree, type: Type): void {
  const { size } = strip(type);
  if (size === 0) return;
  const unit = size <= 8 ? WORD[size] : undefined;
  if (unit !== undefined) {
    const tree: Tree = { k: 'load', t: unit.t, op: loadOp(unit), size, addr: src, off: 0, raw: lw.free };
    lw.emit({ k: 'store', op: storeOp(unit), size, addr: dst, off: 0, value: tree, raw: false });
  } else lw.emit({ k: 'copy', dst, src, size });
}
const WORD: Record<number, Repr> = Object.fromEntries(
  [1, 2, 4, 8].map((size) => [
    size,
    { t: size === 8 ? I64 : I32, size, signed: false, bool: false, float: false },
  ]),
);

/** Fills an automatic variable in memory (address `at`) from its initializer; what no item covers becomes zero. */
export function initialise(lw: Lower, at: Tree, type: Type, init: Initializer): void {
  const { size } = strip(type);
  at = lw.pin(at);
  const covered = init.items.reduce((n, i) => n + (i.bitWidth === undefined ? strip(i.type).size : 0), 0);
  if (covered < size) clear(lw, at, size);
  for (const item of init.items) {
    const t = strip(item.type);
    const addr = addConst(at, item.offset);
    if (item.expr.kind === 'string' && t.kind === 'array') {
      const bytes = item.expr.bytes.subarray(0, t.size);
      const sym = lw.linker.stringSym(bytes);
      lw.ir.syms.add(sym);
      lw.emit({ k: 'copy', dst: addr, src: { k: 'sym', t: I64, sym, off: 0 }, size: bytes.length });
      if (bytes.length < t.size && covered >= size)
        clear(lw, addConst(addr, bytes.length), t.size - bytes.length);
    } else if (isRecord(t)) copyRecord(lw, addr, record(lw, item.expr), t);
    else {
      const p: Place = { k: 'mem', addr: at, off: item.offset, type: item.type, volatile: false };
      if (item.bitWidth !== undefined) {
        const offset = item.bitOffset as number;
        p.bits = { unit: offset + item.bitWidth <= t.size * 8 ? t.size : 8, offset, width: item.bitWidth };
      }
      const r = reprOf(t);
      if (r === undefined) throw new Error(`guestc: initializer of kind ${t.kind}`);
      const tree = value(lw, item.expr);
      // Memory is zero already.
      if (covered < size && ((tree.k === 'i32' && tree.v === 0) || (tree.k === 'i64' && tree.v === 0n)))
        continue;
      store(lw, p, tree, false);
    }
  }
}

function clear(lw: Lower, at: Tree, size: number): void {
  const unit = size <= 8 ? WORD[size] : undefined;
  if (unit !== undefined)
    lw.emit({ k: 'store', op: storeOp(unit), size, addr: at, off: 0, value: zero(unit.t), raw: false });
  else lw.emit({ k: 'zero', dst: at, size });
}
