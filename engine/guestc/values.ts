/**
 * C values as WebAssembly values: representation by type, conversions, arithmetic.
 *
 * Integers of up to four bytes are i32, narrow ones always sign- or zero-extended by their type; eight bytes are i64. Everything
 * here builds trees and folds constants on the way.
 */
import type { BinaryOp } from '../cfront/ast.ts';
import { foldInteger } from '../cfront/operators.ts';
import { strip, type Type } from '../cfront/types.ts';
import { F32, F64, I32, I64, MEM, OP, type OpName, type ValType } from '../wasm/index.ts';
import { i32, i64, type Tree } from './ir.ts';

export interface Repr {
  t: ValType;
  size: number;
  signed: boolean;
  bool: boolean;
  float: boolean;
}

const repr = (t: ValType, size: number, signed: boolean): Repr => ({
  t,
  size,
  signed,
  bool: false,
  float: false,
});
const INTS: Record<string, Repr> = {
  '1s': repr(I32, 1, true),
  '1u': repr(I32, 1, false),
  '2s': repr(I32, 2, true),
  '2u': repr(I32, 2, false),
  '4s': repr(I32, 4, true),
  '4u': repr(I32, 4, false),
  '8s': repr(I64, 8, true),
  '8u': repr(I64, 8, false),
};
export const REPR_I32 = INTS['4s'];
export const REPR_I64 = INTS['8s'];
export const REPR_U64 = INTS['8u'];
const BOOL_REPR: Repr = { t: I32, size: 1, signed: false, bool: true, float: false };
const FLOAT_REPR: Repr = { t: F32, size: 4, signed: true, bool: false, float: true };
const DOUBLE_REPR: Repr = { t: F64, size: 8, signed: true, bool: false, float: true };

/** How a scalar type's values are held; undefined for void, records, arrays and functions. */
export function reprOf(type: Type): Repr | undefined {
  const t = strip(type);
  switch (t.kind) {
    case 'int':
      if (t.name === '_Bool') return BOOL_REPR;
      return INTS[t.size + (t.signed ? 's' : 'u')];
    case 'enum':
      return INTS[t.base.size + (t.base.signed ? 's' : 'u')];
    case 'pointer':
      return REPR_U64;
    case 'float':
      return t.size === 4 ? FLOAT_REPR : DOUBLE_REPR;
  }
  return undefined;
}

export function scalar(type: Type): Repr {
  const r = reprOf(type);
  if (r === undefined) throw new Error(`guestc: a value of kind ${strip(type).kind} where a scalar must be`);
  return r;
}

export const un = (t: ValType, op: OpName, a: Tree): Tree => ({ k: 'un', t, op: OP[op], a });
export const bin = (t: ValType, op: OpName, a: Tree, b: Tree): Tree => ({ k: 'bin', t, op: OP[op], a, b });

export const isConst = (t: Tree): t is Extract<Tree, { k: 'i32' | 'i64' }> => t.k === 'i32' || t.k === 'i64';
export const constOf = (t: Tree): bigint | undefined =>
  t.k === 'i64' ? t.v : t.k === 'i32' ? BigInt(t.v) : undefined;

/** A constant of a scalar type. */
export function constant(value: bigint, r: Repr): Tree {
  if (r.float) return { k: 'flt', t: r.t as typeof F32 | typeof F64, v: Number(value) };
  return r.t === I64 ? i64(value) : i32(Number(BigInt.asIntN(32, value)));
}

/** The MEM opcode that reads (or writes) a scalar. */
export function loadOp(r: Repr): number {
  if (r.t === F32) return MEM['f32.load'];
  if (r.t === F64) return MEM['f64.load'];
  switch (r.size) {
    case 1:
      return r.signed ? MEM['i32.load8_s'] : MEM['i32.load8_u'];
    case 2:
      return r.signed ? MEM['i32.load16_s'] : MEM['i32.load16_u'];
    case 4:
      return MEM['i32.load'];
    default:
      return MEM['i64.load'];
  }
}
export function storeOp(r: Repr): number {
  if (r.t === F32) return MEM['f32.store'];
  if (r.t === F64) return MEM['f64.store'];
  switch (r.size) {
    case 1:
      return MEM['i32.store8'];
    case 2:
      return MEM['i32.store16'];
    case 4:
      return MEM['i32.store'];
    default:
      return MEM['i64.store'];
  }
}

/** base + a constant, folded into constants and addresses. */
export function addConst(base: Tree, n: number): Tree {
  if (n === 0) return base;
  switch (base.k) {
    case 'i64':
      return i64(base.v + BigInt(n));
    case 'sym':
      return { ...base, off: base.off + n };
    case 'mem':
      return { ...base, off: base.off + n };
    case 'bin':
      if (base.op === OP['i64.add'] && base.b.k === 'i64') {
        const sum = BigInt.asIntN(64, base.b.v + BigInt(n));
        return sum === 0n ? base.a : { ...base, b: i64(sum) };
      }
  }
  return bin(I64, 'i64.add', base, i64(BigInt(n)));
}

/** An i32 that is 1 or 0 already. */
function isTruth(t: Tree): boolean {
  if (t.k === 'un') return t.op === OP['i32.eqz'] || t.op === OP['i64.eqz'];
  if (t.k === 'bin') {
    if (t.op >= 0x46 && t.op <= 0x66) return true;
    return (t.op === OP['i32.and'] || t.op === OP['i32.or']) && isTruth(t.a) && isTruth(t.b);
  }
  return t.k === 'i32' && (t.v === 0 || t.v === 1);
}

const INVERSE: Partial<Record<number, number>> = {};
for (const t of ['i32', 'i64']) {
  const pairs = [
    ['eq', 'ne'],
    ['lt_s', 'ge_s'],
    ['lt_u', 'ge_u'],
    ['gt_s', 'le_s'],
    ['gt_u', 'le_u'],
  ];
  for (const [a, b] of pairs) {
    INVERSE[OP[`${t}.${a}` as OpName]] = OP[`${t}.${b}` as OpName];
    INVERSE[OP[`${t}.${b}` as OpName]] = OP[`${t}.${a}` as OpName];
  }
}

/** Not zero, as an i32 truth value. */
export function truth(a: Tree): Tree {
  if (isTruth(a)) return a;
  switch (a.t) {
    case I64:
      return a.k === 'i64' ? i32(a.v === 0n ? 0 : 1) : bin(I32, 'i64.ne', a, i64(0n));
    case F32:
      return bin(I32, 'f32.ne', a, { k: 'flt', t: F32, v: 0 });
    case F64:
      return bin(I32, 'f64.ne', a, { k: 'flt', t: F64, v: 0 });
  }
  return a.k === 'i32' ? i32(a.v === 0 ? 0 : 1) : bin(I32, 'i32.ne', a, i32(0));
}

/** Equal to zero, as an i32 truth value. */
export function falsity(a: Tree): Tree {
  if (a.k === 'i32') return i32(a.v === 0 ? 1 : 0);
  if (a.k === 'i64') return i32(a.v === 0n ? 1 : 0);
  if (a.k === 'bin' && INVERSE[a.op] !== undefined) return { ...a, op: INVERSE[a.op]! };
  if (a.k === 'un' && a.op === OP['i32.eqz']) return truth(a.a);
  if (a.k === 'un' && a.op === OP['i64.eqz']) return truth(a.a);
  if (a.t === I64) return un(I32, 'i64.eqz', a);
  if (a.t === I32) return un(I32, 'i32.eqz', a);
  return un(I32, 'i32.eqz', truth(a));
}

/** An i32 brought into the range of a narrow type. */
export function narrow(a: Tree, r: Repr): Tree {
  if (r.size >= 4) return a;
  if (a.k === 'i32') {
    const shift = 32 - r.size * 8;
    return i32(r.signed ? (a.v << shift) >> shift : (a.v << shift) >>> shift);
  }
  if (a.k === 'load' && a.size === r.size && a.op === loadOp(r)) return a;
  if (r.signed) return un(I32, r.size === 1 ? 'i32.extend8_s' : 'i32.extend16_s', a);
  return bin(I32, 'i32.and', a, i32(r.size === 1 ? 0xff : 0xffff));
}

/** A value converted as C's cast does. */
export function convert(a: Tree, from: Repr, to: Repr): Tree {
  if (to.bool) return from.bool ? a : truth(a);
  if (from.float) return to.float ? floatToFloat(a, to) : floatToInt(a, from, to);
  if (to.float) return intToFloat(a, from, to);
  if (to.t === I32) {
    if (from.t === I64) {
      if (a.k === 'i64') return narrow(i32(Number(BigInt.asIntN(32, a.v))), to);
      // The low half of a memory word can be read alone; what was an extension is taken back.
      if (a.k === 'un' && (a.op === OP['i64.extend_i32_s'] || a.op === OP['i64.extend_i32_u']))
        return narrow(a.a, to);
      return narrow(un(I32, 'i32.wrap_i64', a), to);
    }
    const fits =
      from.size < to.size ? !from.signed || to.signed : from.size === to.size && from.signed === to.signed;
    return fits ? a : narrow(a, to);
  }
  if (from.t === I64) return a;
  if (a.k === 'i32') return i64(BigInt(from.signed ? a.v : a.v >>> 0));
  return un(I64, from.signed ? 'i64.extend_i32_s' : 'i64.extend_i32_u', a);
}

function floatToFloat(a: Tree, to: Repr): Tree {
  if (a.t === to.t) return a;
  if (a.k === 'flt') return { k: 'flt', t: to.t as typeof F64, v: to.t === F32 ? Math.fround(a.v) : a.v };
  return to.t === F64 ? un(F64, 'f64.promote_f32', a) : un(F32, 'f32.demote_f64', a);
}

/** As gcc's code for amd64: unsigned int goes through a signed 64-bit integer, narrow types through int. */
function floatToInt(a: Tree, from: Repr, to: Repr): Tree {
  const f = from.t === F32 ? 'f32' : 'f64';
  if (to.t === I64) return un(I64, `i64.trunc_sat_${f}_${to.signed ? 's' : 'u'}`, a);
  if (to.size === 4 && !to.signed) return un(I32, 'i32.wrap_i64', un(I64, `i64.trunc_sat_${f}_s`, a));
  return narrow(un(I32, `i32.trunc_sat_${f}_s`, a), to);
}

function intToFloat(a: Tree, from: Repr, to: Repr): Tree {
  const t = to.t as typeof F32 | typeof F64;
  const value = constOf(a);
  if (value !== undefined) {
    const exact =
      a.k === 'i32' && !from.signed
        ? BigInt.asUintN(32, value)
        : from.signed
          ? value
          : BigInt.asUintN(64, value);
    // Rounding twice (to double, then float) could differ from the instruction.
    if (t === F64 || (exact < 1n << 24n && exact > -(1n << 24n))) return { k: 'flt', t, v: Number(exact) };
  }
  const s = from.signed || from.size < 4 ? 's' : 'u';
  return un(t, `${t === F32 ? 'f32' : 'f64'}.convert_${from.t === I64 ? 'i64' : 'i32'}_${s}`, a);
}

const NAMES: Record<BinaryOp, [signed: string, unsigned: string, float: string]> = {
  '+': ['add', 'add', 'add'],
  '-': ['sub', 'sub', 'sub'],
  '*': ['mul', 'mul', 'mul'],
  '/': ['div_s', 'div_u', 'div'],
  '%': ['rem_s', 'rem_u', ''],
  '<<': ['shl', 'shl', ''],
  '>>': ['shr_s', 'shr_u', ''],
  '&': ['and', 'and', ''],
  '|': ['or', 'or', ''],
  '^': ['xor', 'xor', ''],
  '==': ['eq', 'eq', 'eq'],
  '!=': ['ne', 'ne', 'ne'],
  '<': ['lt_s', 'lt_u', 'lt'],
  '<=': ['le_s', 'le_u', 'le'],
  '>': ['gt_s', 'gt_u', 'gt'],
  '>=': ['ge_s', 'ge_u', 'ge'],
};
const COMPARES = new Set<BinaryOp>(['==', '!=', '<', '<=', '>', '>=']);

/**
 * left op right, both held as `r` (a shift's count as i32 or i64, whatever it is). Comparisons give an i32. `type` serves folding.
 * r is int or wider: C promotes before it computes.
 */
export function binary(op: BinaryOp, left: Tree, right: Tree, r: Repr, type: Type): Tree {
  const isCompare = COMPARES.has(op);
  if (op === '<<' || op === '>>') {
    if (right.t === I32 && r.t === I64) right = convert(right, REPR_I32, REPR_I64);
    else if (right.t === I64 && r.t === I32) right = convert(right, REPR_I64, REPR_I32);
  }
  const prefix = r.t === F32 ? 'f32.' : r.t === F64 ? 'f64.' : r.t === I64 ? 'i64.' : 'i32.';
  const name = (prefix + NAMES[op][r.float ? 2 : r.signed ? 0 : 1]) as OpName;
  if (r.float) return bin(isCompare ? I32 : r.t, name, left, right);
  const a = constOf(left);
  const b = constOf(right);
  if (a !== undefined && b !== undefined) {
    const bits = r.size * 8;
    const norm = (v: bigint) => (r.signed ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v));
    const shift = op === '<<' || op === '>>';
    const value = foldInteger(op, norm(a), shift ? b & BigInt(bits - 1) : norm(b), type);
    if (value !== undefined) return constant(value, isCompare ? REPR_I32 : r);
  }
  if (b !== undefined) {
    if (b === 0n && (op === '+' || op === '-' || op === '|' || op === '^' || op === '<<' || op === '>>'))
      return left;
    if (b === 1n && (op === '*' || op === '/')) return left;
    if (op === '*' && b > 1n && (b & (b - 1n)) === 0n)
      return bin(r.t, (prefix + 'shl') as OpName, left, constant(BigInt(b.toString(2).length - 1), r));
    if (r.t === I64 && op === '+' && b >= -0x7fffffffn && b <= 0x7fffffffn) return addConst(left, Number(b));
    if (r.t === I64 && op === '-' && b >= -0x7fffffffn && b <= 0x7fffffffn) return addConst(left, -Number(b));
    if (b === 0n && op === '==') return falsity(left);
    if (b === 0n && op === '!=') return truth(left);
  } else if (a === 0n && op === '+') return right;
  if (op === '/' || op === '%') {
    // Only a constant divisor other than 0 and -1 is sure not to trap.
    const safe = b !== undefined && b !== 0n && (b !== -1n || !r.signed);
    return { k: safe ? 'bin' : 'div', t: r.t, op: OP[name], a: left, b: right };
  }
  return bin(isCompare ? I32 : r.t, name, left, right);
}

/** A value as it travels in an argument slot or as a function's result: 64 bits. */
export function toSlot(a: Tree, r: Repr): Tree {
  if (r.t === I64) return a;
  if (r.t === I32) return convert(a, r, r.signed ? REPR_I64 : REPR_U64);
  if (a.k === 'flt') {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, a.v);
    return i64(bits.getBigInt64(0));
  }
  return un(I64, 'i64.reinterpret_f64', r.t === F32 ? un(F64, 'f64.promote_f32', a) : a);
}

/** The inverse of toSlot. */
export function fromSlot(a: Tree, r: Repr): Tree {
  if (r.t === I64) return a;
  if (r.t === I32) return un(I32, 'i32.wrap_i64', a);
  const d = un(F64, 'f64.reinterpret_i64', a);
  return r.t === F32 ? un(F32, 'f32.demote_f64', d) : d;
}
