/**
 * C's operators: precedence, the types of their results, and their exact values on constants.
 *
 * Shared by guest C, the preprocessor's #if and D. Integer values are bigints in the range of their type: `wrap` brings
 * any bigint back there, as the machine's registers would.
 */
import type { BinaryOp } from './ast.ts';
import {
  DOUBLE,
  FLOAT,
  INT,
  type IntType,
  identity,
  LDOUBLE,
  strip,
  type Type,
  UINT,
  ULLONG,
  ULONG,
} from './types.ts';

/** Binary operators by binding strength; all of them group to the left. `?:` and assignments bind weaker. */
export const PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 1, '&&': 2, '|': 3, '^': 4, '&': 5, '==': 6, '!=': 6, '<': 7, '>': 7, '<=': 7, '>=': 7, '<<': 8, '>>': 8,
  '+': 9, '-': 9, '*': 10, '/': 10, '%': 10,
}; // biome-ignore format: a table

export const isComparison = (op: string): boolean =>
  op === '==' || op === '!=' || op === '<' || op === '<=' || op === '>' || op === '>=';

/** The integer type behind an int or enum type. */
export function integerType(type: Type): IntType | undefined {
  const t = strip(type);
  return t.kind === 'int' ? t : t.kind === 'enum' ? t.base : undefined;
}

/** Integer promotion. A bit-field promotes by its width: to int if int holds all its values, else unsigned int. */
export function promote(type: Type, bitWidth?: number): Type {
  const t = integerType(type);
  if (!t) return strip(type);
  if (bitWidth !== undefined) {
    if (bitWidth < 32 || (bitWidth === 32 && t.signed)) return INT;
    if (bitWidth === 32) return UINT;
  }
  if (t.rank < INT.rank) return INT;
  return identity(t);
}

const unsignedOf = (t: IntType): IntType => (t.rank === 3 ? UINT : t.rank === 4 ? ULONG : ULLONG);

/** The common type of two arithmetic operands (bit widths for bit-field operands). */
export function usualArithmetic(left: Type, right: Type, leftBits?: number, rightBits?: number): Type {
  const l = strip(left);
  const r = strip(right);
  if (l.kind === 'float' || r.kind === 'float') {
    const names = [l, r].map((t) => (t.kind === 'float' ? t.name : ''));
    return names.includes('long double') ? LDOUBLE : names.includes('double') ? DOUBLE : FLOAT;
  }
  const a = promote(l, leftBits) as IntType;
  const b = promote(r, rightBits) as IntType;
  if (a.signed === b.signed) return a.rank >= b.rank ? a : b;
  const [s, u] = a.signed ? [a, b] : [b, a];
  if (u.rank >= s.rank) return u;
  if (s.size > u.size) return s;
  return unsignedOf(s);
}

/** The value as the type holds it: the low bits, with the type's sign. Pointers are unsigned 64-bit. */
export function wrap(value: bigint, type: Type): bigint {
  const t = integerType(type);
  if (!t) return BigInt.asUintN(64, value);
  if (t.name === '_Bool') return value === 0n ? 0n : 1n;
  return t.signed ? BigInt.asIntN(t.size * 8, value) : BigInt.asUintN(t.size * 8, value);
}

/** A float's value in the precision of its type. */
export function roundFloat(value: number, type: Type): number {
  const t = strip(type);
  return t.kind === 'float' && t.name === 'float' ? Math.fround(value) : value;
}

/**
 * `left op right` on integers of one type (shifts: `type` is the left operand's), wrapped to it; comparisons give 0 or 1.
 * Undefined when there is no value: division by zero, and the quotient that overflows.
 */
export function foldInteger(op: BinaryOp, left: bigint, right: bigint, type: Type): bigint | undefined {
  switch (op) {
    case '+':
      return wrap(left + right, type);
    case '-':
      return wrap(left - right, type);
    case '*':
      return wrap(left * right, type);
    case '/':
    case '%': {
      if (right === 0n) return undefined;
      const quotient = left / right;
      if (wrap(quotient, type) !== quotient) return undefined;
      return op === '/' ? quotient : left % right;
    }
    case '<<':
      // A count outside the width is undefined in C; the machine takes it modulo the width.
      return wrap(left << (right & BigInt(strip(type).size * 8 - 1)), type);
    case '>>':
      return left >> (right & BigInt(strip(type).size * 8 - 1));
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '==':
      return left === right ? 1n : 0n;
    case '!=':
      return left !== right ? 1n : 0n;
    case '<':
      return left < right ? 1n : 0n;
    case '<=':
      return left <= right ? 1n : 0n;
    case '>':
      return left > right ? 1n : 0n;
    case '>=':
      return left >= right ? 1n : 0n;
  }
}

/** The same on floats; a comparison's result comes as 0 or 1. */
export function foldFloat(op: BinaryOp, left: number, right: number, type: Type): number | undefined {
  switch (op) {
    case '+':
      return roundFloat(left + right, type);
    case '-':
      return roundFloat(left - right, type);
    case '*':
      return roundFloat(left * right, type);
    case '/':
      return roundFloat(left / right, type);
    case '==':
      return Number(left === right);
    case '!=':
      return Number(left !== right);
    case '<':
      return Number(left < right);
    case '<=':
      return Number(left <= right);
    case '>':
      return Number(left > right);
    case '>=':
      return Number(left >= right);
    default:
      return undefined;
  }
}

/** An integer's value in the precision of a float type, rounded once. */
export function integerToFloat(value: bigint, type: Type): number {
  const bits = (value < 0n ? -value : value).toString(2).length;
  if (bits <= 53) return roundFloat(Number(value), type);
  // Rounding to double first could land on a tie of float: keep what is cut off visible in the last bit.
  const shift = BigInt(bits - 53);
  const kept = value >> shift;
  const sticky = kept << shift === value ? kept : kept | 1n;
  return strip(type).size === 4 ? Math.fround(Number(sticky)) * 2 ** Number(shift) : Number(value);
}

/** A float's value as an integer of the type, cut toward zero; what does not fit is clamped, as the machine's instruction does. */
export function floatToInteger(value: number, type: Type): bigint {
  const t = integerType(type);
  if (t?.name === '_Bool') return value !== 0 ? 1n : 0n;
  if (Number.isNaN(value)) return 0n;
  const bits = BigInt((t?.size ?? 8) * 8);
  const [min, max] = t?.signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
  const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : value > 0 ? max : min;
  return whole < min ? min : whole > max ? max : whole;
}
