/**
 * The values of literals: numbers, characters, strings.
 *
 * Each function takes the token's text and throws LiteralError with a message; the caller knows the position.
 */
import {
  CHAR,
  DOUBLE,
  FLOAT,
  INT,
  LDOUBLE,
  LLONG,
  LONG,
  type Type,
  UINT,
  ULLONG,
  ULONG,
  USHORT,
} from './types.ts';

export class LiteralError extends Error {}

export interface IntegerLiteral {
  value: bigint;
  type: Type;
}
export interface FloatLiteral {
  float: number;
  type: Type;
}

const HEX_FLOAT = /^0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?\d+)([fl]?)$/i;
const DEC_FLOAT = /^(\d*\.?\d*(?:e[+-]?\d+)?)([fl]?)$/i;

export function parseNumber(text: string): IntegerLiteral | FloatLiteral {
  const integer = /^(0x[0-9a-f]+|0b[01]+|\d+)([ul]*)$/i.exec(text);
  if (integer) return parseInteger(integer[1]!, integer[2]!.toLowerCase(), text);
  return parseFloating(text);
}

function parseInteger(digits: string, suffix: string, text: string): IntegerLiteral {
  if (!/^(u|l|ll|ul|ull|lu|llu|)$/.test(suffix) || /lL|Ll/.test(text)) {
    throw new LiteralError(`invalid suffix "${text.slice(digits.length)}" on integer constant`);
  }
  const decimal = !/^0/.test(digits);
  if (/^0[0-9]/.test(digits) && /[89]/.test(digits)) {
    throw new LiteralError(`invalid digit "${/[89]/.exec(digits)![0]}" in octal constant`);
  }
  const value = BigInt(/^0[0-9]/.test(digits) ? `0o${digits}` : digits);
  if (value >= 1n << 64n) throw new LiteralError('integer constant is too large for its type');
  const unsigned = suffix.includes('u');
  const size = suffix.replace('u', '');
  const candidates: Type[] = [];
  // The first type of the standard's list that holds the value.
  for (const [signedType, unsignedType, from] of [
    [INT, UINT, ''],
    [LONG, ULONG, 'l'],
    [LLONG, ULLONG, 'll'],
  ] as const) {
    if (size.length > from.length) continue;
    if (!unsigned) candidates.push(signedType);
    if (unsigned || !decimal) candidates.push(unsignedType);
  }
  // A decimal constant above LONG_MAX has no type of its own: gcc takes unsigned long.
  candidates.push(ULONG);
  const type = candidates.find(
    (t) => value < 1n << BigInt(t.size * 8 - (t.kind === 'int' && t.signed ? 1 : 0)),
  )!;
  return { value, type };
}

function parseFloating(text: string): FloatLiteral {
  const hex = HEX_FLOAT.exec(text);
  if (hex && hex[1]! + hex[2]! !== '') {
    const mantissa = BigInt(`0x${hex[1]}${hex[2]}`);
    const exponent = Number(hex[3]) - 4 * hex[2]!.length;
    return withSuffix(scale(mantissa, exponent), hex[4]!);
  }
  const dec = DEC_FLOAT.exec(text);
  if (!dec || !/^\.?\d/.test(text)) throw new LiteralError(`invalid number "${text}"`);
  return withSuffix(Number(dec[1]), dec[2]!);
}

/** mantissa * 2^exponent, rounded once. */
function scale(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0;
  const bits = mantissa.toString(2).length;
  // Bits that the result can hold: fewer for a subnormal one.
  const keep = Math.min(53, bits + exponent + 1074);
  if (keep < 0) return 0;
  const drop = bits - keep;
  if (drop > 0) {
    const low = mantissa & ((1n << BigInt(drop)) - 1n);
    const half = 1n << BigInt(drop - 1);
    mantissa >>= BigInt(drop);
    if (low > half || (low === half && (mantissa & 1n) === 1n)) mantissa++;
    exponent += drop;
  }
  // Two exact steps at most: 2 ** exponent alone could overflow or underflow.
  const step = Math.max(-1000, Math.min(900, exponent));
  return Number(mantissa) * 2 ** step * 2 ** (exponent - step);
}

function withSuffix(value: number, suffix: string): FloatLiteral {
  const s = suffix.toLowerCase();
  if (s === 'f') return { float: Math.fround(value), type: FLOAT };
  return { float: value, type: s === 'l' ? LDOUBLE : DOUBLE };
}

const SIMPLE: Record<string, number> = {
  a: 7, b: 8, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, "'": 39, '"': 34, '?': 63,
}; // biome-ignore format: a table

/** One element of a literal: a code point from the source, or a raw value from an escape. */
type Unit = { code: number; raw: boolean };

function* units(body: string): Generator<Unit> {
  for (let i = 0; i < body.length; ) {
    if (body[i] !== '\\') {
      const code = body.codePointAt(i)!;
      i += code > 0xffff ? 2 : 1;
      yield { code, raw: false };
      continue;
    }
    const rest = body.slice(i + 1);
    const octal = /^[0-7]{1,3}/.exec(rest);
    const hex = /^x([0-9a-fA-F]*)/.exec(rest);
    const ucn = /^(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest);
    if (octal) {
      i += 1 + octal[0].length;
      yield { code: Number.parseInt(octal[0], 8), raw: true };
    } else if (hex) {
      if (hex[1] === '') throw new LiteralError('\\x used with no following hex digits');
      i += 1 + hex[0].length;
      yield { code: Number(BigInt(`0x${hex[1]}`) & 0xffffffffn), raw: true };
    } else if (ucn) {
      i += 1 + ucn[0].length;
      const code = Number.parseInt(ucn[1] ?? ucn[2]!, 16);
      if (code > 0x10ffff) throw new LiteralError(`${ucn[0]} is not a valid universal character`);
      yield { code, raw: false };
    } else {
      const simple = SIMPLE[rest[0]!] ?? (rest[0] === 'E' ? 27 : undefined);
      if (rest === '') throw new LiteralError("invalid string literal: it ends with '\\'");
      if (simple === undefined) throw new LiteralError(`unknown escape sequence: '\\${rest[0]}'`);
      i += 2;
      yield { code: simple, raw: true };
    }
  }
}

function utf8(code: number): number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
}

const PREFIX = /^(L|u8|u|U)?(?=["'])/;

/** Element type by prefix. */
function elementType(prefix: string): Type {
  return prefix === 'L' ? INT : prefix === 'U' ? UINT : prefix === 'u' ? USHORT : CHAR;
}

export function parseChar(text: string): IntegerLiteral {
  const prefix = PREFIX.exec(text)?.[0] ?? '';
  const all = [...units(text.slice(prefix.length + 1, -1))];
  if (all.length === 0) throw new LiteralError('empty character constant');
  if (prefix !== '') {
    const type = elementType(prefix);
    if (all.length > 1) throw new LiteralError('character constant too long for its type');
    const value = BigInt(all[0]!.code);
    return { value: type === INT ? BigInt.asIntN(32, value) : BigInt.asUintN(type.size * 8, value), type };
  }
  const bytes = all.flatMap((u) => (u.raw ? [u.code] : utf8(u.code)));
  if (bytes.some((b) => b > 255)) throw new LiteralError('hex escape sequence out of range');
  if (bytes.length > 4) throw new LiteralError('character constant too long for its type');
  // As gcc: one character is a char converted to int; more are packed, the last one lowest.
  if (bytes.length === 1) return { value: BigInt.asIntN(8, BigInt(bytes[0]!)), type: INT };
  return { value: BigInt.asIntN(32, BigInt(bytes.reduce((sum, b) => sum * 256 + b, 0))), type: INT };
}

/** Adjacent literals as one; the result ends with a NUL of the element's size. */
export function parseStrings(texts: string[]): { bytes: Uint8Array; element: Type } {
  const prefixes = new Set(texts.map((t) => PREFIX.exec(t)?.[0] ?? '').filter((p) => p !== '' && p !== 'u8'));
  if (prefixes.size > 1)
    throw new LiteralError('unsupported concatenation of string literals of different kinds');
  const element = elementType([...prefixes][0] ?? '');
  const out: number[] = [];
  const put = (value: number) => {
    for (let i = 0; i < element.size; i++) out.push((value >>> (8 * i)) & 255);
  };
  for (const text of texts) {
    const body = text.slice((PREFIX.exec(text)?.[0] ?? '').length + 1, -1);
    for (const { code, raw } of units(body)) {
      if (element.size === 1) {
        if (raw && code > 255) throw new LiteralError('hex escape sequence out of range');
        if (raw) out.push(code);
        else out.push(...utf8(code));
      } else if (element.size === 2 && !raw && code > 0xffff) {
        put(0xd800 + ((code - 0x10000) >> 10));
        put(0xdc00 + ((code - 0x10000) & 0x3ff));
      } else put(code);
    }
  }
  put(0);
  return { bytes: Uint8Array.from(out), element };
}
