/**
 * print(): a value by its type, structures spelled out.
 *
 *   int 0x1          struct foo {                  string "abc"
 *                        int a = 0x1
 *                        void *b = 0
 *                        char [8] c = [ "text" ]
 *                    }
 *
 * A scalar ends its line, a structure does not: the record's own newline follows.
 */
import type { Field, Type } from '../../cfront/types.ts';
import { fieldMember, resolve, typeName } from '../dtypes.ts';
import type { SymbolResolver } from './display.ts';
import { readUnsigned } from './records.ts';

const STEP = 4;

/** The text of print(x), as the action appends it to the line. */
export function printTyped(type: Type, b: Buffer, symbols: SymbolResolver): string {
  const out = new Printer(b, symbols);
  const kind = resolve(type).kind;
  const brace = kind === 'struct' || kind === 'union';
  return `${named(type)} ${out.value(type, 0, 0, true)}${brace ? '' : '\n'}`;
}

/** A type's name; a structure without a tag has only its kind. */
const named = (type: Type): string =>
  typeName(type)
    .replace(/\(anon\)$/, '')
    .trimEnd();

const isChar = (type: Type): boolean => {
  const t = resolve(type);
  return t.kind === 'int' && t.size === 1 && t.signed;
};
const printable = (c: number): boolean => c >= 32 && c < 127;
const indent = (depth: number): string => ' '.repeat(depth * STEP);

class Printer {
  private readonly b: Buffer;
  private readonly symbols: SymbolResolver;

  constructor(b: Buffer, symbols: SymbolResolver) {
    this.b = b;
    this.symbols = symbols;
  }

  /** `depth`: of the line that the value begins on. */
  value(type: Type, at: number, depth: number, top = false): string {
    const t = resolve(type);
    if (at + t.size > this.b.length) return '<truncated>';
    switch (t.kind) {
      case 'int':
        if (isChar(t)) return character(this.b[at]);
        return this.hex(at, t.size);
      case 'enum': {
        const v = BigInt.asIntN(32, readUnsigned(this.b, at, t.size));
        return t.members.find((m) => m.value === v)?.name ?? String(v);
      }
      case 'pointer': {
        const a =
          resolve(t.target).kind === 'function'
            ? this.symbols.kernel(readUnsigned(this.b, at, 8))
            : undefined;
        return a?.func === undefined ? this.hex(at, 8) : `${a.module}\`${a.func}`;
      }
      case 'float': {
        const v = t.size === 4 ? this.b.readFloatLE(at) : this.b.readDoubleLE(at);
        const [m, e] = v.toExponential(7).split('e');
        const n = Number(e);
        return `${v < 0 ? '' : '+'}${m}e${n < 0 ? '-' : '+'}${String(Math.abs(n)).padStart(2, '0')}`;
      }
      case 'array':
        return this.array(t.element, t.length ?? 0, at, depth, top);
      case 'struct':
      case 'union': {
        let out = '{\n';
        for (const f of t.fields) out += this.member(f, at, depth + 1);
        return `${out}${indent(depth)}}`;
      }
      default:
        return '<forward decl>';
    }
  }

  private member(f: Field, at: number, depth: number): string {
    const type = named(f.type);
    const blank = type.endsWith('*') ? '' : ' ';
    const bits = f.bitWidth === undefined ? '' : ` :${f.bitWidth}`;
    const equals = f.name === '' ? '' : ' =';
    const v =
      f.bitWidth === undefined
        ? this.value(fieldMember(f).type, at + f.offset, depth)
        : this.bits(at + f.offset, resolve(f.type).size, f.bitOffset ?? 0, f.bitWidth);
    return `${indent(depth)}${type}${blank}${f.name}${bits}${equals} ${v}\n`;
  }

  /** Characters up to a NUL are a string, in brackets unless it stands alone or in an array; other elements stand side by side, structures below each other. */
  private array(element: Type, length: number, at: number, depth: number, top: boolean): string {
    const e = resolve(element);
    if (isChar(e)) {
      let n = 0;
      while (n < length && printable(this.b[at + n])) n++;
      if (n < length && this.b[at + n] === 0) {
        const text = `"${this.b.toString('latin1', at, at + n)}"`;
        return top ? text : `[ ${text} ]`;
      }
    }
    const structs = e.kind === 'struct' || e.kind === 'union';
    const parts: string[] = [];
    for (let i = 0; i < length; i++) {
      const v = this.value(element, at + i * e.size, structs ? depth + 1 : depth, true);
      parts.push(structs ? `\n${indent(depth + 1)}${named(element)} ${v}` : v);
    }
    return structs ? `[ ${parts.join(', ')}\n${indent(depth)}]` : `[ ${parts.join(', ')} ]`;
  }

  private bits(at: number, size: number, shift: number, width: number): string {
    const v = BigInt.asUintN(width, readUnsigned(this.b, at, size) >> BigInt(shift));
    return v === 0n ? '0' : `0x${v.toString(16)}`;
  }

  private hex(at: number, size: number): string {
    const v = readUnsigned(this.b, at, size);
    return v === 0n ? '0' : `0x${v.toString(16)}`;
  }
}

function character(c: number): string {
  if (printable(c)) return `'${String.fromCharCode(c)}'`;
  return c === 0 ? "'\\0'" : `'\\${c.toString(8).padStart(3, '0')}'`;
}
