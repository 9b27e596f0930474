/**
 * The bytes of a static object: as our front end's initialiser gives them, and as gcc does.
 */
import type { VarDecl } from '../../../engine/cfront/ast.ts';
import { strip, type Type } from '../../../engine/cfront/types.ts';
import { evaluateConstant } from '../../../engine/guestc/constant.ts';
import { parseUnit } from '../../../engine/guestc/parse.ts';
import { gccRun } from './gcc.ts';

export function objectBytes(decl: VarDecl): Uint8Array {
  const bytes = new Uint8Array(decl.type.size + (decl.extra ?? 0));
  for (const item of decl.init?.items ?? []) {
    if (item.expr.kind === 'string' && item.type.kind === 'array') {
      bytes.set(item.expr.bytes, item.offset);
      continue;
    }
    const value = evaluateConstant(item.expr);
    if (!value) throw new Error(`${decl.name}: not constant at offset ${item.offset}`);
    put(
      bytes,
      item.offset,
      item.type,
      value.kind === 'float' ? floatBits(value.value, item.type) : value.offset,
      item.bitOffset,
      item.bitWidth,
    );
  }
  return bytes;
}

function floatBits(value: number, type: Type): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (strip(type).size === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return view.getBigUint64(0, true);
}

function put(
  bytes: Uint8Array,
  offset: number,
  type: Type,
  value: bigint,
  bitOffset = 0,
  bitWidth = type.size * 8,
): void {
  for (let i = 0; i < bitWidth; i++) {
    const at = offset * 8 + bitOffset + i;
    const mask = 1 << (at % 8);
    const set = (value >> BigInt(i)) & 1n;
    bytes[at >> 3] = set ? bytes[at >> 3]! | mask : bytes[at >> 3]! & ~mask;
  }
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** One line of hexadecimal an object x0, x1, ... */
export function ourObjects(declarations: string): string[] {
  const unit = parseUnit({
    path: 'init.c',
    text: declarations,
    readFile: () => undefined,
    includeDirs: [],
    defines: {},
    kernel: false,
  });
  return unit.variables.filter((v) => /^x\d+$/.test(v.name)).map((v) => hex(objectBytes(v)));
}

export function gccObjects(declarations: string, count: number): string[] {
  const prints = Array.from({ length: count }, (_, i) => `dump(&x${i}, sizeof x${i});`);
  const source = `${declarations}
int printf(const char *, ...);
static void dump(void *p, int n) { unsigned char *c = p; for (int i = 0; i < n; i++) printf("%02x", c[i]); printf("\\n"); }
int main(void) { ${prints.join('\n')} return 0; }\n`;
  return gccRun(source).trimEnd().split('\n');
}
