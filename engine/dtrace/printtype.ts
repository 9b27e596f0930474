/**
 * print(): a value by its type, structures spelled out.
 *
 *   int 0x1          struct foo {          string "abc"
 *                        int a = 0x1
 *                    }
 */
import type { Type } from '../cfront/types.ts';
import { cstringOf } from './display.ts';
import { fieldMember, resolve, typeName } from './dtypes.ts';
import { escapeString } from './node.ts';
import { readSigned, readUnsigned } from './records.ts';

const STEP = 4;

/** The text of print(x), as the action appends it to the line. */
export function printTyped(type: Type, b: Buffer): string {
  return `${typeName(type)} ${value(type, b, 0, 0)}`;
}

function bits(b: Buffer, at: number, size: number, shift: number, width: number, signed: boolean): bigint {
  const word = readUnsigned(b, at, size) >> BigInt(shift);
  return signed ? BigInt.asIntN(width, word) : BigInt.asUintN(width, word);
}

function value(type: Type, b: Buffer, at: number, depth: number): string {
  const t = resolve(type);
  if (at + t.size > b.length) return '<truncated>';
  switch (t.kind) {
    case 'int': {
      if (t.rank === 1 && t.name === 'char') {
        const c = b[at];
        return c >= 32 && c < 127
          ? `'${String.fromCharCode(c)}'`
          : `'${escapeString(String.fromCharCode(c))}'`;
      }
      return hex(t.signed ? readSigned(b, at, t.size) : readUnsigned(b, at, t.size), t.size);
    }
    case 'enum': {
      const v = readSigned(b, at, t.size);
      return t.members.find((m) => m.value === v)?.name ?? String(v);
    }
    case 'pointer':
      return `0x${readUnsigned(b, at, 8).toString(16)}`;
    case 'float':
      return String(t.size === 4 ? b.readFloatLE(at) : b.readDoubleLE(at));
    case 'array': {
      const e = resolve(t.element);
      if (e.kind === 'int' && e.size === 1) {
        const part = b.subarray(at, at + t.size);
        const z = part.indexOf(0);
        const body = z < 0 ? part : part.subarray(0, z);
        if (body.every((c) => c >= 32 && c < 127))
          return `[ "${cstringOf(part)}" ]`.replace(/^\[ (".*") \]$/s, '$1');
      }
      const parts: string[] = [];
      for (let i = 0; i < t.length; i++) parts.push(value(t.element, b, at + i * e.size, depth + 1));
      return `[ ${parts.join(', ')} ]`;
    }
    case 'struct':
    case 'union': {
      const pad = ' '.repeat((depth + 1) * STEP);
      let out = '{\n';
      for (const f of t.fields) {
        const m = fieldMember(f);
        let v: string;
        if (f.bitWidth !== undefined) {
          const whole = resolve(f.type);
          v = hex(
            bits(
              b,
              at + f.offset,
              whole.size,
              f.bitOffset ?? 0,
              f.bitWidth,
              whole.kind === 'int' && whole.signed,
            ),
            whole.size,
          );
        } else v = value(m.type, b, at + f.offset, depth + 1);
        out += `${pad}${typeName(f.type)} ${f.name} = ${v}\n`;
      }
      return `${out}${' '.repeat(depth * STEP)}}`;
    }
    default:
      return '';
  }
}

const hex = (v: bigint, size: number): string =>
  v === 0n ? '0' : `0x${BigInt.asUintN(size * 8, v).toString(16)}`;
