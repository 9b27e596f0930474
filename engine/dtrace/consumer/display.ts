/**
 * How single values are shown: bytes, strings, stacks, symbols, times, and the conversions of printf().
 */

import { ACT } from '../dif.ts';
import { escapeString } from '../escapes.ts';
import type { Options } from '../options.ts';
import type { FormatConversion } from '../printf.ts';
import { flagsOf, formatDouble, formatInteger, formatString } from './cformat.ts';
import { type RecordDesc, readSigned, readUnsigned } from './records.ts';
import { portText } from './services.ts';

/** A code address, resolved. `func` is missing if only the module is known. */
export interface ResolvedAddress {
  module: string;
  func?: string;
  /** From the function's start. */
  offset: bigint;
}

export interface SymbolResolver {
  kernel(pc: bigint): ResolvedAddress | undefined;
  user(pid: number, pc: bigint): ResolvedAddress | undefined;
}

/** `kernel`malloc+0x2c`, ``kernel`0xffff...``, or the bare address. */
export function addressText(a: ResolvedAddress | undefined, pc: bigint): string {
  if (a === undefined) return `0x${pc.toString(16)}`;
  if (a.func === undefined) return `${a.module}\`0x${pc.toString(16)}`;
  return a.offset > 0n ? `${a.module}\`${a.func}+0x${a.offset.toString(16)}` : `${a.module}\`${a.func}`;
}

const isPrintable = (c: number): boolean => (c >= 32 && c < 127) || (c >= 9 && c <= 13) || c === 8 || c === 7;

/** A byte dump with a ruler. */
export function hexDump(b: Buffer): string {
  let out = `\n${' '.repeat(5)}      `;
  for (const c of '0123456789abcdef') out += `  ${c}`;
  out += '  0123456789abcdef\n';
  for (let i = 0; i < b.length; i += 16) {
    const row = b.subarray(i, i + 16);
    out += `${' '.repeat(5)}${i.toString(16).padStart(5)}:`;
    for (const c of row) out += ` ${c.toString(16).padStart(2, '0')}`;
    out += '   '.repeat(16 - row.length);
    out += '  ';
    for (const c of row) out += c < 32 || c > 126 ? '.' : String.fromCharCode(c);
    out += '\n';
  }
  return out;
}

/** Bytes as a string if they look like one, else as a dump. `width`: columns for a string, left-justified (or right, after one blank). */
export function bytesText(b: Buffer, width: number, quiet: boolean, raw: boolean, right = false): string {
  if (b.length === 0) return '';
  if (raw) return hexDump(b);
  let i = 0;
  for (; i < b.length; i++) {
    if (b[i] === 0 || !isPrintable(b[i])) break;
  }
  if (i === b.length) return `  ${b.toString('latin1').padEnd(width)}`;
  if (b[i] === 0 && i > 0 && b.subarray(i).every((c) => c === 0)) {
    const s = b.toString('latin1', 0, i);
    if (quiet) return s;
    return right ? ` ${s.padStart(width)}` : `  ${s.padEnd(width)}`;
  }
  return hexDump(b);
}

/** Up to the NUL. */
export function cstringOf(b: Buffer): string {
  const z = b.indexOf(0);
  return b.toString('latin1', 0, z < 0 ? b.length : z);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');
const clock = (d: Date): string =>
  `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;

/** Seconds of a time in nanoseconds, as a date in UTC (the guest's zone). */
const dateOf = (ns: bigint): Date => new Date(Number(BigInt.asIntN(64, ns) / 1000000000n) * 1000);

/** %Y: `2023 Sep  7 16:49:02` */
export function timeText(ns: bigint): string {
  const d = dateOf(ns);
  return `${d.getUTCFullYear()} ${MONTHS[d.getUTCMonth()]} ${String(d.getUTCDate()).padStart(2)} ${clock(d)}`;
}

/** The year that the ISO week of a date belongs to. */
function isoWeekYear(d: Date): number {
  const thursday = new Date(d.getTime());
  thursday.setUTCDate(d.getUTCDate() + 4 - (d.getUTCDay() || 7));
  return thursday.getUTCFullYear();
}

/** %T: `Thu, 07 Sep 2023 16:49:02 UTC`, with the year of the ISO week as the original has it. */
export function time822Text(ns: bigint): string {
  const d = dateOf(ns);
  return `${DAYS[d.getUTCDay()]}, ${two(d.getUTCDate())} ${MONTHS[d.getUTCMonth()]} ${isoWeekYear(d)} ${clock(d)} UTC`;
}

export class Display {
  readonly options: Options;
  readonly symbols: SymbolResolver;
  /** $target, for %A of plain addresses. */
  target = 0;

  constructor(options: Options, symbols: SymbolResolver) {
    this.options = options;
    this.symbols = symbols;
  }

  private indent(): number {
    return this.options.number('stackindent', 14);
  }

  /** stack(): a line for each frame, up to the first 0. */
  stack(b: Buffer, frames: number, indent = this.indent(), format = (s: string): string => s): string {
    let out = '\n';
    for (let i = 0; i < frames && i * 8 + 8 <= b.length; i++) {
      const pc = b.readBigUInt64LE(i * 8);
      if (pc === 0n) break;
      out += `${' '.repeat(indent)}${format(addressText(this.symbols.kernel(pc), pc))}\n`;
    }
    return out;
  }

  /** ustack(): the process, frames, perhaps names that the process itself gave. */
  ustack(b: Buffer, arg: bigint, indent = this.indent(), format = (s: string): string => s): string {
    const frames = Number(arg & 0xffffffffn);
    const pid = Number(b.readBigUInt64LE(0) & 0xffffffffn);
    let out = '\n';
    for (let i = 0; i < frames; i++) {
      const at = 8 + i * 8;
      if (at + 8 > b.length) break;
      const pc = b.readBigUInt64LE(at);
      if (pc === 0n) break;
      out += `${' '.repeat(indent)}${format(addressText(this.symbols.user(pid, pc), pc))}\n`;
    }
    return out;
  }

  symText(pc: bigint): string {
    const a = this.symbols.kernel(pc);
    if (a === undefined) return `0x${pc.toString(16)}`;
    return a.func === undefined ? `${a.module}\`0x${pc.toString(16)}` : `${a.module}\`${a.func}`;
  }
  modText(pc: bigint): string {
    return this.symbols.kernel(pc)?.module ?? `0x${pc.toString(16)}`;
  }
  usymText(pid: number, pc: bigint): string {
    const a = this.symbols.user(pid, pc);
    if (a === undefined) return `0x${pc.toString(16)}`;
    return a.func === undefined ? `${a.module}\`0x${pc.toString(16)}` : `${a.module}\`${a.func}`;
  }
  umodText(pid: number, pc: bigint): string {
    return this.symbols.user(pid, pc)?.module ?? `0x${pc.toString(16)}`;
  }

  /** sym() and its like; undefined if the action is none of them. */
  symbolRecord(action: number, b: Buffer): string | undefined {
    const pid = (): number => Number(b.readBigUInt64LE(0));
    switch (action) {
      case ACT.SYM:
        return this.symText(b.readBigUInt64LE(0));
      case ACT.MOD:
        return this.modText(b.readBigUInt64LE(0));
      case ACT.USYM:
        return this.usymText(pid(), b.readBigUInt64LE(8));
      case ACT.UMOD:
        return this.umodText(pid(), b.readBigUInt64LE(8));
      case ACT.UADDR: {
        const pc = b.readBigUInt64LE(8);
        return addressText(this.symbols.user(pid(), pc), pc);
      }
    }
    return undefined;
  }

  /** One conversion of a format, applied to a record's bytes. */
  convert(
    c: FormatConversion,
    rec: RecordDesc,
    b: Buffer,
    width: number,
    prec: number,
    dynWidth: number,
    normal = 1n,
  ): string {
    const f = flagsOf(c, width, prec);
    if (rec.action === ACT.MOD || rec.action === ACT.UMOD)
      return formatString(this.symbolRecord(rec.action, b)!, f);
    const size = b.length;
    switch (c.print) {
      case 'sint':
        return formatInteger(readSigned(b, 0, size) / normal, c.letter, f);
      case 'uint':
        return formatInteger(this.unsigned(b, size, normal), c.letter, f);
      case 'dint':
        return c.signed
          ? formatInteger(readSigned(b, 0, size) / normal, 'd', f)
          : formatInteger(this.unsigned(b, size, normal), 'u', f);
      case 'char':
        return formatString(String.fromCharCode(Number(readUnsigned(b, 0, size) & 0xffn)), { ...f, prec: 0 });
      case 'wchar':
        return formatString(utf8(Number(readUnsigned(b, 0, size))), { ...f, prec: 0 });
      case 'echar':
        return formatString(escapeString(String.fromCharCode(Number(readUnsigned(b, 0, size) & 0xffn))), f);
      case 'float': {
        const v = size === 4 ? b.readFloatLE(0) : b.readDoubleLE(0);
        return formatDouble(v / Number(normal), c.letter, f);
      }
      case 'addr': {
        const pc = readUnsigned(b, 0, size);
        return formatString(addressText(this.symbols.kernel(pc), pc), f);
      }
      case 'uaddr': {
        const [pid, pc] =
          size === 16
            ? [Number(b.readBigUInt64LE(0)), b.readBigUInt64LE(8)]
            : [this.target, readUnsigned(b, 0, size)];
        return formatString(addressText(this.symbols.user(pid, pc), pc), f);
      }
      case 'str':
      case 'inet':
        return formatString(cstringOf(b), f);
      case 'estr':
        return formatString(escapeString(cstringOf(b)), f);
      case 'wstr': {
        let s = '';
        for (let i = 0; i + 4 <= size; i += 4) {
          const code = b.readUInt32LE(i);
          if (code === 0) break;
          s += utf8(code);
        }
        return formatString(s, f);
      }
      case 'time':
        return formatString(timeText(b.readBigUInt64LE(0)), f);
      case 'time822':
        return formatString(time822Text(b.readBigUInt64LE(0)), f);
      case 'port':
        return formatString(portText(Number(readUnsigned(b, 0, size))), f);
      case 'stack': {
        const indent = dynWidth < 0 ? -dynWidth : c.left ? dynWidth || c.width : 0;
        const line = (s: string): string => formatString(s, { ...f, width: c.left ? 0 : f.width });
        return rec.action === ACT.STACK
          ? this.stack(b, Number(rec.arg), indent, line)
          : this.ustack(b, rec.arg, indent, line);
      }
      case 'percent':
        return '%';
    }
  }

  private unsigned(b: Buffer, size: number, normal: bigint): bigint {
    return readUnsigned(b, 0, size) / BigInt.asUintN(64, normal);
  }
}

/** A code point in the guest's encoding. */
function utf8(code: number): string {
  if (code < 0 || code > 0x10ffff) return '?';
  return Buffer.from(String.fromCodePoint(code), 'utf8').toString('latin1');
}
