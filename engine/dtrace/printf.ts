/**
 * Formats of printf(), printa(), system(), freopen(): parsing, and checking against the arguments' types.
 *
 * A format is a list of pieces: literal text, and conversions with flags, width and precision. The conversions are the C library's, less
 * positions, plus D's own (`%a` symbol, `%k` stack, `%Y` time, `%@` aggregation value, ...).
 */
import type { Context } from './compiler/context.ts';
import {
  argCompat,
  assignType,
  isFloat,
  isInteger,
  isPointer,
  isStack,
  isString,
  isSymaddr,
  isUsymaddr,
  NF_SIGNED,
  type Node,
  nodeSize,
  nodeTypeName,
} from './compiler/node.ts';
import { isChar, kindOf, resolve, typeName, typesCompatible } from './dtypes.ts';
import type { ErrorTag } from './errors.ts';

export type PrintKind =
  | 'sint'
  | 'uint'
  | 'dint'
  | 'float'
  | 'addr'
  | 'uaddr'
  | 'char'
  | 'echar'
  | 'str'
  | 'estr'
  | 'wstr'
  | 'wchar'
  | 'time'
  | 'time822'
  | 'stack'
  | 'port'
  | 'inet'
  | 'percent';

interface Conversion {
  name: string;
  /** printf's own letter. */
  letter: string;
  /** What the argument should be, for messages. */
  expects: string;
  check: (cx: Context, n: Node) => boolean;
  print: PrintKind;
}

const XINT = 'char, short, int, long, or long long';
const CSI = 'char, short, or int';
const FP = 'float, double, or long double';
const ADDR = 'pointer or integer';
const UADDR = 'pointer or integer (with -p/-c) or _usymaddr (without -p/-c)';
const CSTR = 'char [] or string (or use stringof)';
const WSTR = 'wchar_t []';

const isAddr = (cx: Context, n: Node): boolean => isPointer(cx, n) || isInteger(n);
const checkXint = (_: Context, n: Node): boolean => isInteger(n);
const checkType =
  (spelling: string) =>
  (cx: Context, n: Node): boolean =>
    typesCompatible(resolve(n.type!), resolve(cx.types.lookup(spelling)!));
const checkNames =
  (...names: string[]) =>
  (_: Context, n: Node): boolean =>
    names.includes(typeName(resolve(n.type!)));
const checkLongLong = (_: Context, n: Node): boolean => {
  if (['long long', 'unsigned long long'].includes(typeName(resolve(n.type!)))) return true;
  for (let t = n.type!; t.kind === 'typedef'; t = t.target)
    if (t.name === 'int64_t' || t.name === 'uint64_t') return true;
  return false;
};
const checkStr = (cx: Context, n: Node): boolean => {
  if (isString(cx, n)) return true;
  const t = resolve(n.type!);
  return t.kind === 'array' && isChar(t.element);
};
const checkWstr = (_: Context, n: Node): boolean => {
  const t = resolve(n.type!);
  if (t.kind !== 'array') return false;
  const e = resolve(t.element);
  return e.kind === 'int' && e.size === 4;
};
const checkFloat = (_: Context, n: Node): boolean => isFloat(n);
const checkTime = (cx: Context, n: Node): boolean => isInteger(n) && nodeSize(cx, n) === 8;
const checkCsi = (cx: Context, n: Node): boolean => isInteger(n) && nodeSize(cx, n) <= 4;
const checkUaddr = (cx: Context, n: Node): boolean => {
  if (isUsymaddr(cx, n)) return true;
  if ((cx.macros.get('target') ?? 0n) === 0n) return false;
  return isAddr(cx, n);
};

const CONVERSIONS = new Map<string, Conversion>(
  (
    [
      ['a', 's', ADDR, (cx: Context, n: Node) => isAddr(cx, n) || isSymaddr(cx, n), 'addr'],
      ['A', 's', UADDR, checkUaddr, 'uaddr'],
      ['c', 'c', CSI, checkCsi, 'char'],
      ['C', 's', CSI, checkCsi, 'echar'],
      ['d', 'd', XINT, checkXint, 'dint'],
      ['e', 'e', FP, checkFloat, 'float'],
      ['E', 'E', FP, checkFloat, 'float'],
      ['f', 'f', FP, checkFloat, 'float'],
      ['g', 'g', FP, checkFloat, 'float'],
      ['G', 'G', FP, checkFloat, 'float'],
      ['hd', 'd', 'short', checkType('short'), 'sint'],
      ['hi', 'i', 'short', checkType('short'), 'sint'],
      ['ho', 'o', 'unsigned short', checkType('unsigned short'), 'uint'],
      ['hu', 'u', 'unsigned short', checkType('unsigned short'), 'uint'],
      ['hx', 'x', 'short', checkNames('short', 'unsigned short'), 'uint'],
      ['hX', 'X', 'short', checkNames('short', 'unsigned short'), 'uint'],
      ['i', 'i', XINT, checkXint, 'sint'],
      ['I', 's', CSTR, checkStr, 'inet'],
      ['k', 's', 'stack', (cx: Context, n: Node) => isStack(cx, n), 'stack'],
      ['lc', 'lc', 'int', checkType('int'), 'wchar'],
      ['ld', 'd', 'long', checkType('long'), 'sint'],
      ['li', 'i', 'long', checkType('long'), 'sint'],
      ['lo', 'o', 'unsigned long', checkType('unsigned long'), 'uint'],
      ['lu', 'u', 'unsigned long', checkType('unsigned long'), 'uint'],
      ['ls', 'ls', WSTR, checkWstr, 'wstr'],
      ['lx', 'x', 'long', checkNames('long', 'unsigned long'), 'uint'],
      ['lX', 'X', 'long', checkNames('long', 'unsigned long'), 'uint'],
      ['lld', 'd', 'long long', checkType('long long'), 'sint'],
      ['lli', 'i', 'long long', checkType('long long'), 'sint'],
      ['llo', 'o', 'unsigned long long', checkType('unsigned long long'), 'uint'],
      ['llu', 'u', 'unsigned long long', checkType('unsigned long long'), 'uint'],
      ['llx', 'x', 'long long', checkLongLong, 'uint'],
      ['llX', 'X', 'long long', checkLongLong, 'uint'],
      ['Le', 'e', 'long double', checkType('long double'), 'float'],
      ['LE', 'E', 'long double', checkType('long double'), 'float'],
      ['Lf', 'f', 'long double', checkType('long double'), 'float'],
      ['Lg', 'g', 'long double', checkType('long double'), 'float'],
      ['LG', 'G', 'long double', checkType('long double'), 'float'],
      ['o', 'o', XINT, checkXint, 'uint'],
      ['p', 'x', ADDR, isAddr, 'uint'],
      ['P', 's', 'uint16_t', checkType('uint16_t'), 'port'],
      ['s', 's', CSTR, checkStr, 'str'],
      ['S', 's', CSTR, checkStr, 'estr'],
      ['T', 's', 'int64_t', checkTime, 'time822'],
      ['u', 'u', XINT, checkXint, 'uint'],
      ['wc', 'lc', 'int', checkType('int'), 'wchar'],
      ['ws', 'ls', WSTR, checkWstr, 'wstr'],
      ['x', 'x', XINT, checkXint, 'uint'],
      ['X', 'X', XINT, checkXint, 'uint'],
      ['Y', 's', 'int64_t', checkTime, 'time'],
      ['%', '%', 'void', () => true, 'percent'],
    ] as [string, string, string, Conversion['check'], PrintKind][]
  ).map(([name, letter, expects, check, print]) => [name, { name, letter, expects, check, print }]),
);

/** Literal text, then perhaps a conversion. */
export interface FormatPiece {
  prefix: string;
  conv: FormatConversion | undefined;
}
export interface FormatConversion {
  name: string;
  letter: string;
  print: PrintKind;
  alt: boolean;
  zero: boolean;
  left: boolean;
  plus: boolean;
  group: boolean;
  space: boolean;
  /** Takes the aggregation's value. */
  agg: boolean;
  dynWidth: boolean;
  dynPrec: boolean;
  width: number;
  prec: number;
  /** The argument is signed (decides %d). */
  signed: boolean;
}
export interface Format {
  text: string;
  pieces: FormatPiece[];
  /** printa: conversions may take the aggregation's value. */
  aggregation: boolean;
}

/** Parse a format string; `fail` reports what is wrong with it. */
export function parseFormat(text: string, fail: (tag: ErrorTag, message: string) => never): Format {
  const pieces: FormatPiece[] = [];
  let i = 0;
  for (;;) {
    const p = text.indexOf('%', i);
    if (p < 0) break;
    const no = pieces.length + 1;
    const c: FormatConversion = {
      name: '',
      letter: '',
      print: 'percent',
      alt: false,
      zero: false,
      left: false,
      plus: false,
      group: false,
      space: false,
      agg: false,
      dynWidth: false,
      dynPrec: false,
      width: 0,
      prec: 0,
      signed: false,
    };
    let dot = false;
    let digits = false;
    let j = p;
    let name = '';
    parse: for (;;) {
      const ch = text[++j];
      switch (ch) {
        case undefined:
          return fail('D_SYNTAX', `format conversion #${no} name expected before end of format string`);
        case '#':
          c.alt = true;
          break;
        case '*':
          if (dot ? c.dynPrec : c.dynWidth)
            return fail(
              'D_SYNTAX',
              `format conversion #${no} has more than one '*' specified for the output ${dot ? 'precision' : 'width'}`,
            );
          if (dot) c.dynPrec = true;
          else c.dynWidth = true;
          break;
        case '+':
          c.plus = true;
          break;
        case '-':
          c.left = true;
          c.zero = false;
          break;
        case '.':
          if (dot) return fail('D_SYNTAX', `format conversion #${no} has more than one '.' specified`);
          dot = true;
          digits = false;
          break;
        case '?':
          c.width = 16;
          break;
        case '@':
          c.agg = true;
          break;
        case "'":
          c.group = true;
          break;
        case ' ':
          c.space = true;
          break;
        case '$':
          return fail('D_SYNTAX', `format conversion #${no} uses unsupported positional format (%n$)`);
        case 'h':
        case 'l':
        case 'L':
        case 'w':
          if (name.length < 6) name += ch;
          break;
        case '%':
          if (j === p + 1) {
            name = '%';
            break parse;
          }
          return fail('D_SYNTAX', `format conversion #${no} cannot be combined with other format flags: %%`);
        default:
          if (ch >= '0' && ch <= '9') {
            if (!dot && !digits && ch === '0') {
              c.zero = true;
              c.left = false;
              break;
            }
            let n = 0;
            while (text[j] >= '0' && text[j] <= '9') n = Math.min(n * 10 + Number(text[j++]), 1 << 20);
            j--;
            if (dot) c.prec = n;
            else c.width = n;
            digits = true;
            break;
          }
          name += ch;
          break parse;
      }
    }
    const conv = CONVERSIONS.get(name);
    if (conv === undefined) return fail('D_SYNTAX', `format conversion #${no} is undefined: %${name}`);
    c.name = conv.name;
    c.letter = conv.letter;
    c.print = conv.print;
    pieces.push({ prefix: text.slice(i, p), conv: c });
    i = j + 1;
  }
  if (i < text.length || text === '') pieces.push({ prefix: text.slice(i), conv: undefined });
  return { text, pieces, aggregation: false };
}

/**
 * Check the arguments against the format. `exact`: no more arguments than conversions. For printa the keys are the arguments and
 * `aggType` is the value's type for %@.
 */
export function validateFormat(
  cx: Context,
  f: Format,
  func: string,
  args: Node[],
  mode: { exact: boolean; aggregation: boolean; countAggregation: boolean },
): void {
  if (f.text === '') cx.fail('D_PRINTF_FMT_EMPTY', `${func}( ) format string is empty`);
  f.aggregation = mode.aggregation;
  const aggNode = cx.node('type', 'id');
  assignType(cx, aggNode, cx.types.lookup(mode.countAggregation ? 'uint64_t' : 'int64_t')!);
  let next = 0;
  f.pieces.forEach((piece, index) => {
    const c = piece.conv;
    if (c === undefined || c.print === 'percent') return;
    const no = index + 1;
    const dyns = [...(c.dynWidth ? ['*'] : []), ...(c.dynPrec ? ['.*'] : [])];
    for (const dyn of dyns) {
      const a = args[next];
      if (a === undefined)
        cx.fail(
          'D_PRINTF_DYN_PROTO',
          `${func}( ) prototype mismatch: conversion #${no} (%${c.name}) is missing a corresponding "${dyn}" argument`,
        );
      if (!isInteger(a))
        cx.fail(
          'D_PRINTF_DYN_TYPE',
          `${func}( ) argument #${next + 2} is incompatible with conversion #${no} prototype:\n\tconversion: % ${dyn} ${c.name}\n` +
            `\t prototype: int\n\t  argument: ${nodeTypeName(cx, a)}`,
        );
      next++;
    }
    let value: Node;
    let shown: string;
    if (c.agg) {
      if (!mode.aggregation)
        cx.fail(
          'D_PRINTF_AGG_CONV',
          `%@ conversion requires an aggregation and is not for use with ${func}( )`,
        );
      value = aggNode;
      shown = 'aggregating action';
    } else if (args[next] === undefined)
      cx.fail(
        'D_PRINTF_ARG_PROTO',
        `${func}( ) prototype mismatch: conversion #${no} (%${c.name}) is missing a corresponding value argument`,
      );
    else {
      value = args[next];
      shown = `argument #${next + 2}`;
      next++;
    }
    const conv = CONVERSIONS.get(c.name)!;
    c.signed = (value.flags & NF_SIGNED) !== 0 || kindOf(value.type!) === 'enum';
    if (!conv.check(cx, value))
      cx.fail(
        'D_PRINTF_ARG_TYPE',
        `${func}( ) ${shown} is incompatible with conversion #${no} prototype:\n\tconversion: %${c.name}\n` +
          `\t prototype: ${conv.expects}\n\t  argument: ${nodeTypeName(cx, value)}`,
      );
  });
  if (mode.exact && next < args.length)
    cx.fail(
      'D_PRINTF_ARG_EXTRA',
      `${func}( ) prototype mismatch: only ${next} arguments required by this format string`,
    );
}

/** Aggregations printed by one printa must have matching keys. */
export function validatePrinta(cx: Context, left: Node, right: Node): void {
  const l = left.ident!;
  const r = right.ident!;
  const la = l.sig?.args ?? [];
  const ra = r.sig?.args ?? [];
  const keys = (n: number): string => `${n} key${n === 1 ? '' : 's'}`;
  if (la.length !== ra.length)
    cx.fail(
      'D_PRINTA_AGGKEY',
      `printa( ): @${l.name} and @${r.name} do not have matching key signatures: @${l.name} has ${keys(la.length)}, @${r.name} has ${keys(ra.length)}`,
    );
  for (let i = 0; i < la.length; i++) {
    if (argCompat(cx, la[i], ra[i])) continue;
    cx.fail(
      'D_PRINTA_AGGPROTO',
      `printa( ): @${r.name}[ ] key #${i + 1} is incompatible with @${l.name}:\n${l.name.padStart(9)} key #${i + 1}: ${nodeTypeName(cx, la[i])}\n` +
        `${r.name.padStart(9)} key #${i + 1}: ${nodeTypeName(cx, ra[i])}`,
    );
  }
}
