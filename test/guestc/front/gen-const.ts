/**
 * Generated constant expressions, with every type, conversion and operator; and their type and value by gcc and by us.
 */
import seedrandom from 'seedrandom';
import { printType } from '../../../engine/cfront/printtype.ts';
import { strip } from '../../../engine/cfront/types.ts';
import { parseUnit } from '../../../engine/guestc/parse.ts';
import { gccRun } from './gcc.ts';
import { objectBytes } from './image.ts';

const INTEGERS = [
  '_Bool',
  'char',
  'signed char',
  'unsigned char',
  'short',
  'unsigned short',
  'int',
  'unsigned',
  'long',
  'unsigned long',
  'long long',
  'unsigned long long',
];
const LITERALS = [
  '0', '1', '2', '7', '100', '0x7f', '0x80', '255', '0x7fff', '0xffff', '65536', '0x7fffffff', '0x80000000', '0xffffffff', '2147483648',
  '4294967296', '0x7fffffffffffffff', '0x8000000000000000', '0xffffffffffffffff', '1u', '3U', '1l', '5L', '7ul', '9LU', '1ll', '2ull', '010', '0777',
  '037777777777', "'a'", "'\\n'", "'\\xff'", "'\\0'", "'\\377'", "'ab'", "L'x'", "u'\\xffff'", '0b1011', 'sizeof(int)', 'sizeof(char[3])', '_Alignof(long)', 'E_A', 'E_B',
  'E_BIG', '__INT_MAX__', "'\\''", "'\"'", "'\\t'",
]; // biome-ignore format: a table
const FLOATS = ['0.0', '1.5', '(-2.75)', '3.0f', '1e10', '0x1.8p3', '.5', '1.', '1e-3f', '123456.789'];

export const PRELUDE = 'enum { E_A = 5, E_B = -6 };\nenum { E_BIG = 0x123456789 };\n';

export class ConstGenerator {
  readonly #random: () => number;
  constructor(seed: number) {
    this.#random = seedrandom(String(seed));
  }
  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)]!;
  }

  /** An integer constant expression. */
  integer(depth: number): string {
    if (depth === 0) return this.#pick(LITERALS);
    const sub = () => this.integer(depth - 1 - (this.#random() < 0.3 ? 1 : 0) < 0 ? 0 : depth - 1);
    switch (
      this.#pick([
        'bin',
        'bin',
        'bin',
        'bin',
        'div',
        'shift',
        'un',
        'cast',
        'cast',
        'cmp',
        'logic',
        'cond',
        'float',
        'sizeof',
        'fcmp',
      ])
    ) {
      case 'bin':
        return `(${sub()} ${this.#pick(['+', '-', '*', '&', '|', '^'])} ${sub()})`;
      case 'div':
        return `(${sub()} ${this.#pick(['/', '%'])} ((${sub()} & 0xff) + 1))`;
      case 'shift':
        return `(${sub()} ${this.#pick(['<<', '>>'])} (${sub()} & ${this.#pick(['7', '15', '31u', '31L'])}))`;
      case 'un':
        return `(${this.#pick(['-', '~', '!', '+'])}${sub()})`;
      case 'cast':
        return `((${this.#pick(INTEGERS)})${sub()})`;
      case 'cmp':
        return `(${sub()} ${this.#pick(['<', '<=', '>', '>=', '==', '!='])} ${sub()})`;
      case 'logic':
        return `(${sub()} ${this.#pick(['&&', '||'])} ${sub()})`;
      case 'cond':
        return `(${sub()} ? ${sub()} : ${sub()})`;
      case 'float':
        return `((${this.#pick(['int', 'long', 'short', '_Bool'])})${this.#pick(FLOATS)})`;
      case 'fcmp':
        return `(${this.float(1)} ${this.#pick(['<', '<=', '>', '>=', '==', '!='])} ${this.float(1)})`;
      default:
        return `sizeof(${sub()})`;
    }
  }

  float(depth: number): string {
    if (depth === 0)
      return this.#random() < 0.3
        ? this.#pick(['1', '3u', '100L', '0x7fffffffffffffff'])
        : this.#pick(FLOATS);
    const sub = () => this.float(depth - 1);
    switch (this.#pick(['bin', 'bin', 'cast', 'neg', 'cond', 'mix'])) {
      case 'bin':
        return `(${sub()} ${this.#pick(['+', '-', '*'])} ${sub()})`;
      case 'cast':
        return `((${this.#pick(['float', 'double'])})${sub()})`;
      case 'neg':
        return `(-${sub()})`;
      case 'cond':
        return `(${this.integer(1)} ? ${sub()} : ${sub()})`;
      default:
        return `((double)${this.integer(1)} ${this.#pick(['+', '*'])} ${sub()})`;
    }
  }
}

const declarations = (exprs: string[]) =>
  PRELUDE + exprs.map((e, i) => `__typeof__(${e}) x${i} = ${e};`).join('\n');

export function gccConstants(exprs: string[]): string[] {
  const names = [...INTEGERS.map((n) => (n === 'unsigned' ? 'unsigned int' : n)), 'float', 'double'];
  const generic = names.map((n) => `${n}: "${n}"`).join(', ');
  const prints = exprs.map(
    (_, i) => `printf("%s ", _Generic(x${i}, ${generic})); dump(&x${i}, sizeof x${i});`,
  );
  return gccRun(
    `${declarations(exprs)}
int printf(const char *, ...);
static void dump(void *p, int n) { unsigned char *c = p; for (int i = 0; i < n; i++) printf("%02x", c[i]); printf("\\n"); }
int main(void) { ${prints.join('\n')} return 0; }\n`,
    ['-fwrapv'],
  )
    .trimEnd()
    .split('\n');
}

export function ourConstants(exprs: string[]): string[] {
  const unit = parseUnit({
    path: 'const.c',
    text: declarations(exprs),
    readFile: () => undefined,
    includeDirs: [],
    defines: {},
    kernel: false,
  });
  return unit.variables.map(
    (v) => `${printType(strip(v.type))} ${Buffer.from(objectBytes(v)).toString('hex')}`,
  );
}
