/**
 * Values as a debugger shows them, by their C type.
 *
 *   42   'a'   PRS_NORMAL   0xfffffe0001400000 (kernel`allproc+0x0)   "csh"   {td_tid = 100002, td_proc = 0x…, …}
 *
 * Reading is through a function, so that kernel memory, a user address space and a frame are all the same.
 */
import type { Field, Type } from '../cfront/types.ts';
import { strip } from '../cfront/types.ts';
import type { SymbolResolver } from '../dtrace/index.ts';

/** Bytes at an address, or undefined where nothing is mapped. */
export type Reader = (address: bigint, length: number) => Uint8Array | undefined;

export interface ShowOptions {
  read: Reader;
  symbols?: SymbolResolver | undefined;
  /** One line; otherwise structures are spelled out, a member a line. */
  brief?: boolean;
}

/** Elements of an array, members of a structure that are shown on one line. */
const BRIEF_MEMBERS = 8;
const MAX_ELEMENTS = 64;
const MAX_STRING = 128;
const MAX_DEPTH = 6;
const TEXT_LIMIT = 400;

export function showValue(type: Type, bytes: Uint8Array, options: ShowOptions): string {
  const text = show(type, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, 0, options);
  return options.brief && text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}…` : text;
}

/** As C spells it: 'struct thread *', 'char [20]', 'int (*)()'. */
export function typeText(type: Type): string {
  const quals = type.quals & 1 ? 'const ' : '';
  switch (type.kind) {
    case 'typedef':
      return quals + type.name;
    case 'int':
    case 'float':
      return quals + type.name;
    case 'void':
      return `${quals}void`;
    case 'struct':
    case 'union':
    case 'enum':
      return `${quals}${type.kind}${type.tag === '' ? ' {…}' : ` ${type.tag}`}`;
    case 'pointer': {
      const target = type.target;
      if (target.kind === 'function') return `${typeText(target.returns)} (*)()`;
      const inner = typeText(target);
      return inner.endsWith('*') ? `${inner}*` : `${inner} *`;
    }
    case 'array':
      return `${typeText(type.element)} [${type.length < 0 ? '' : type.length}]`;
    case 'function':
      return `${typeText(type.returns)} ()`;
  }
}

function integer(view: DataView, at: number, size: number, signed: boolean): bigint {
  switch (size) {
    case 1:
      return BigInt(signed ? view.getInt8(at) : view.getUint8(at));
    case 2:
      return BigInt(signed ? view.getInt16(at, true) : view.getUint16(at, true));
    case 4:
      return BigInt(signed ? view.getInt32(at, true) : view.getUint32(at, true));
    default:
      return signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true);
  }
}

function show(type: Type, view: DataView, at: number, depth: number, options: ShowOptions): string {
  const t = strip(type);
  if (t.kind !== 'function' && at + t.size > view.byteLength) return '(cut off)';
  switch (t.kind) {
    case 'void':
      return '(void)';
    case 'function':
      return '(function)';
    case 'int': {
      const value = integer(view, at, t.size, t.signed);
      if (t.name === 'char' && value !== 0n) return `${value} ${quoteChar(Number(value))}`;
      return String(value);
    }
    case 'float':
      return String(t.size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true));
    case 'enum': {
      const value = integer(view, at, t.size, t.base.signed);
      return t.members.find((m) => m.value === value)?.name ?? String(value);
    }
    case 'pointer':
      return pointer(t.target, integer(view, at, 8, false), options);
    case 'array':
      return array(t, view, at, depth, options);
    case 'struct':
    case 'union':
      return record(t.fields, view, at, depth, options);
  }
}

function pointer(target: Type, address: bigint, { read, symbols }: ShowOptions): string {
  if (address === 0n) return '0';
  let text = `0x${address.toString(16)}`;
  const known = symbols?.kernel(address);
  if (known !== undefined)
    text += ` (${known.module}\`${known.func}${known.offset === 0n ? '' : `+0x${known.offset.toString(16)}`})`;
  const to = strip(target);
  if (to.kind === 'int' && to.name === 'char') {
    const string = cstring(address, read);
    if (string !== undefined) text += ` ${string}`;
  }
  return text;
}

/** A string in quotes, when it looks like one. */
function cstring(address: bigint, read: Reader): string | undefined {
  let bytes: Uint8Array | undefined;
  for (let n = MAX_STRING; n >= 8 && bytes === undefined; n >>= 1) bytes = read(address, n);
  if (bytes === undefined) return undefined;
  const end = bytes.indexOf(0);
  const body = end < 0 ? bytes : bytes.subarray(0, end);
  if (!body.every(printable)) return undefined;
  return `"${quoteBytes(body)}"${end < 0 ? '…' : ''}`;
}

const printable = (c: number) => (c >= 32 && c < 127) || c === 10 || c === 9 || c === 13;

const ESCAPES: Record<number, string> = { 10: '\\n', 9: '\\t', 13: '\\r', 34: '\\"', 92: '\\\\' };
const quoteBytes = (bytes: Uint8Array) =>
  Array.from(bytes, (c) => ESCAPES[c] ?? (printable(c) ? String.fromCharCode(c) : octal(c))).join('');
const octal = (c: number) => `\\${(c & 255).toString(8).padStart(3, '0')}`;
const quoteChar = (c: number) =>
  `'${c === 39 ? "\\'" : c === 34 ? '"' : (ESCAPES[c] ?? (printable(c) ? String.fromCharCode(c) : octal(c)))}'`;

function array(
  t: { element: Type; length: number },
  view: DataView,
  at: number,
  depth: number,
  options: ShowOptions,
): string {
  const element = strip(t.element);
  if (element.kind === 'int' && element.size === 1 && element.name !== '_Bool') {
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at, Math.max(0, t.length));
    const end = bytes.indexOf(0);
    const body = end < 0 ? bytes : bytes.subarray(0, end);
    if (body.every(printable) && (element.name === 'char' || body.length > 0)) return `"${quoteBytes(body)}"`;
  }
  if (depth >= MAX_DEPTH) return '{…}';
  const parts: string[] = [];
  let same = 0;
  for (let i = 0; i < t.length && parts.length < MAX_ELEMENTS; i++) {
    const text = show(t.element, view, at + i * element.size, depth + 1, options);
    // As gdb: runs of equal elements once.
    if (i > 0 && text === parts[parts.length - 1]) same++;
    else {
      if (same > 0) parts[parts.length - 1] += ` <repeats ${same + 1} times>`;
      same = 0;
      parts.push(text);
    }
  }
  if (same > 0) parts[parts.length - 1] += ` <repeats ${same + 1} times>`;
  return `{${parts.join(', ')}}`;
}

function record(fields: Field[], view: DataView, at: number, depth: number, options: ShowOptions): string {
  if (depth >= MAX_DEPTH) return '{…}';
  const member = (f: Field): string => {
    let value: string;
    if (f.bitWidth !== undefined) {
      const t = strip(f.type);
      const word = integer(view, at + f.offset, t.size, false) >> BigInt(f.bitOffset ?? 0);
      const signed = t.kind === 'int' && t.signed;
      value = String(signed ? BigInt.asIntN(f.bitWidth, word) : BigInt.asUintN(f.bitWidth, word));
    } else value = show(f.type, view, at + f.offset, depth + 1, options);
    return f.name === '' ? value : `${f.name} = ${value}`;
  };
  if (options.brief) {
    if (depth > 0) return '{…}';
    const shown = fields.slice(0, BRIEF_MEMBERS).map(member);
    return `{${shown.join(', ')}${fields.length > BRIEF_MEMBERS ? ', …' : ''}}`;
  }
  const pad = '  '.repeat(depth + 1);
  return `{\n${fields.map((f) => `${pad}${member(f)}`).join(',\n')}\n${'  '.repeat(depth)}}`;
}
