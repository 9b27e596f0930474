/**
 * Random C programs without undefined behaviour, from a seed: what gcc and the guest compiler must agree on.
 *
 * Every operation that C leaves undefined is fenced: signed arithmetic goes through unsigned, divisors and shift counts are made
 * safe, indexes are masked, loops count down a fuel. Functions with effects are called only where C orders things: as
 * statements, and as operands of && || ?: and the comma. Each program prints a checksum after every step it takes, so that a
 * wrong value shows near where it arose.
 */
import seedrandom from 'seedrandom';

interface Variable {
  name: string;
  type: string;
  /** May be assigned. */
  mutable: boolean;
}
interface Struct {
  name: string;
  fields: { name: string; type: string; bits?: number }[];
}
interface Fn {
  name: string;
  returns: string;
  params: string[];
  pure: boolean;
}

const INTS = [
  'char', 'signed char', 'unsigned char', 'short', 'unsigned short', 'int', 'unsigned int', 'long', 'unsigned long', '_Bool',
]; // biome-ignore format: a list
const WIDE = ['int', 'unsigned int', 'long', 'unsigned long'];

export function generate(seed: string): string {
  return new Generator(seedrandom(seed)).program();
}

class Generator {
  private readonly random: () => number;
  private readonly out: string[] = [];
  private serial = 0;
  private readonly globals: Variable[] = [];
  private readonly arrays: { name: string; type: string; size: number }[] = [];
  private readonly structs: Struct[] = [];
  private readonly objects: { name: string; struct: Struct }[] = [];
  private readonly fns: Fn[] = [];
  private locals: Variable[] = [];
  private depthLimit = 4;
  private indent = 0;
  private loops = 0;

  constructor(random: () => number) {
    this.random = random;
  }

  private int(n: number): number {
    return Math.floor(this.random() * n);
  }
  private pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)] as T;
  }
  private chance(p: number): boolean {
    return this.random() < p;
  }
  private name(prefix: string): string {
    return `${prefix}${this.serial++}`;
  }
  private line(text: string): void {
    this.out.push('\t'.repeat(this.indent) + text);
  }

  private constant(type: string): string {
    const values = [
      '0',
      '1',
      '2',
      '3',
      '7',
      '-1',
      '10',
      '127',
      '128',
      '255',
      '256',
      '-128',
      '32767',
      '65535',
      '-32768',
    ];
    values.push(
      String(this.int(100000)),
      '2147483647',
      '(-2147483647 - 1)',
      '4294967295u',
      '0x123456789abcdefL',
      '9223372036854775807L',
    );
    return `(${type})${this.pick(values)}`;
  }

  program(): string {
    this.out.push('#include <stdio.h>', '', 'static unsigned long crc = 1;', 'static int fuel = 3000;', '');
    this.out.push(
      'static void',
      'note(unsigned long v)',
      '{',
      '\tcrc = (crc ^ v) * 1099511628211UL + (crc >> 31);',
      '}',
      '',
    );
    for (let i = 1 + this.int(3); i > 0; i--) this.declareStruct();
    for (let i = 3 + this.int(5); i > 0; i--) {
      const type = this.pick(INTS);
      const v = { name: this.name('g'), type, mutable: true };
      this.globals.push(v);
      const volatile = this.chance(0.1) ? 'volatile ' : '';
      this.out.push(`static ${volatile}${type} ${v.name} = ${this.constant(type)};`);
    }
    for (let i = 1 + this.int(3); i > 0; i--) {
      const a = { name: this.name('a'), type: this.pick(INTS), size: this.pick([4, 8, 16]) };
      this.arrays.push(a);
      const init = Array.from({ length: 1 + this.int(a.size) }, () => this.constant(a.type));
      this.out.push(`static ${a.type} ${a.name}[${a.size}] = { ${init.join(', ')} };`);
    }
    for (const s of this.structs) {
      const o = { name: this.name('s'), struct: s };
      this.objects.push(o);
      const init = this.chance(0.5) ? ` = { ${s.fields.map((f) => this.constant(f.type)).join(', ')} }` : '';
      this.out.push(`static struct ${s.name} ${o.name}${init};`);
    }
    this.out.push('');
    for (let i = 2 + this.int(5); i > 0; i--) this.declareFunction();
    this.pointerFunctions();
    this.main();
    return this.out.join('\n') + '\n';
  }

  private declareStruct(): void {
    const s: Struct = { name: this.name('st'), fields: [] };
    for (let i = 1 + this.int(6); i > 0; i--) {
      const type = this.pick(INTS);
      const field: Struct['fields'][number] = { name: this.name('f'), type };
      const max = { char: 8, short: 16, long: 64, _Bool: 1 }[type.replace(/^(un)?signed /, '')] ?? 32;
      if (this.chance(0.4)) field.bits = 1 + this.int(max);
      s.fields.push(field);
    }
    this.structs.push(s);
    this.out.push(`struct ${s.name} {`);
    for (const f of s.fields)
      this.out.push(`\t${f.type} ${f.name}${f.bits === undefined ? '' : ` : ${f.bits}`};`);
    this.out.push('};');
  }

  // Expressions: every one is of an arithmetic type; callers cast.

  private leaf(): string {
    const kinds = ['const', 'var', 'var', 'var', 'array', 'member'];
    switch (this.pick(kinds)) {
      case 'var': {
        const all = [...this.locals, ...this.locals, ...this.globals];
        if (all.length > 0) return this.pick(all).name;
        break;
      }
      case 'array':
        if (this.arrays.length > 0) {
          const a = this.pick(this.arrays);
          return `${a.name}[(${this.expr(1)}) & ${a.size - 1}]`;
        }
        break;
      case 'member':
        if (this.objects.length > 0) {
          const o = this.pick(this.objects);
          return `${o.name}.${this.pick(o.struct.fields).name}`;
        }
        break;
    }
    return this.constant(this.pick(WIDE));
  }

  private expr(depth = this.depthLimit): string {
    if (depth <= 0 || this.chance(0.15)) return this.leaf();
    const a = () => this.expr(depth - 1);
    const type = this.pick(WIDE);
    const unsigned = type.startsWith('unsigned') ? type : `unsigned ${type}`;
    const mask = type.includes('long') ? 63 : 31;
    switch (this.int(14)) {
      case 0:
      case 1:
      case 2: {
        const op = this.pick(['+', '-', '*']);
        return `(${type})((${unsigned})(${a()}) ${op} (${unsigned})(${a()}))`;
      }
      case 3:
        return `((${type})(${a()}) ${this.pick(['&', '|', '^'])} (${type})(${a()}))`;
      case 4:
        return `(${type})((${unsigned})(${a()}) << ((${a()}) & ${mask}))`;
      case 5:
        return `((${type})(${a()}) >> ((${a()}) & ${mask}))`;
      case 6: {
        // Odd and small: neither 0 nor, for a signed dividend, the overflowing -1.
        const divisor = `(${type})(((${a()}) & 0xff) | 1)`;
        return `((${type})(${a()}) ${this.pick(['/', '%'])} ${divisor})`;
      }
      case 7:
        return `((${type})(${a()}) ${this.pick(['<', '<=', '>', '>=', '==', '!='])} (${this.pick(WIDE)})(${a()}))`;
      case 8:
        return `((${a()}) ${this.pick(['&&', '||'])} (${a()}))`;
      case 9:
        return `((${a()}) ? (${type})(${a()}) : (${this.pick(WIDE)})(${a()}))`;
      case 10:
        return `(${this.pick(INTS)})(${a()})`;
      case 11: {
        const operand = `(${unsigned})(${a()})`;
        return this.chance(0.5)
          ? `(${type})-${operand}`
          : this.chance(0.5)
            ? `~(${type})(${a()})`
            : `!(${a()})`;
      }
      case 12: {
        const pure = this.fns.filter((f) => f.pure);
        if (pure.length > 0) return this.callOf(this.pick(pure), depth - 1);
        return this.leaf();
      }
      default:
        return `(${this.pick(WIDE)})(${a()})`;
    }
  }

  private callOf(f: Fn, depth: number): string {
    const safe = this.depthLimit;
    this.depthLimit = Math.min(depth, 2);
    const args = f.params.map((p) => `(${p})(${this.expr(this.depthLimit)})`);
    this.depthLimit = safe;
    return `${f.name}(${args.join(', ')})`;
  }
  /** Somewhere to assign to, and its type. */
  private target(): { text: string; type: string } {
    const mutable = [...this.locals, ...this.locals, ...this.globals].filter((v) => v.mutable);
    switch (this.int(5)) {
      case 0: {
        const a = this.pick(this.arrays);
        return { text: `${a.name}[(${this.simpleExpr()}) & ${a.size - 1}]`, type: a.type };
      }
      case 1: {
        const o = this.pick(this.objects);
        const f = this.pick(o.struct.fields);
        return { text: `${o.name}.${f.name}`, type: f.type };
      }
    }
    if (mutable.length === 0) return this.target();
    const v = this.pick(mutable);
    return { text: v.name, type: v.type };
  }
  private simpleExpr(): string {
    const safe = this.depthLimit;
    this.depthLimit = 1;
    const text = this.expr(this.depthLimit);
    this.depthLimit = safe;
    return text;
  }

  // Statements

  private statement(depth: number): void {
    const choice = depth <= 0 ? this.int(5) : this.int(13);
    switch (choice) {
      case 0:
      case 1:
      case 2: {
        const t = this.target();
        this.line(`${t.text} = ${this.expr()};`);
        break;
      }
      case 3: {
        const t = this.target();
        const op = this.pick(['+=', '-=', '^=', '|=', '&=', '*=']);
        // Compound assignment computes in the promoted type: unsigned long keeps it defined.
        if (op === '*=' || op === '+=' || op === '-=')
          this.line(`${t.text} ${op} (unsigned long)(${this.expr(2)});`);
        else this.line(`${t.text} ${op} ${this.expr(2)};`);
        break;
      }
      case 4: {
        const mutable = [...this.locals, ...this.globals].filter(
          (v) => v.mutable && /^(unsigned|char|short|signed char)/.test(v.type),
        );
        if (mutable.length === 0) this.line(`note(${this.expr(2)});`);
        else {
          const v = this.pick(mutable);
          const w = this.pick(mutable);
          const op = this.pick(['++', '--']);
          if (v !== w)
            this.line(this.chance(0.5) ? `${w.name} = ${v.name}${op};` : `${w.name} = ${op}${v.name};`);
          else this.line(`${v.name}${op};`);
        }
        break;
      }
      case 5:
      case 6:
        this.line(`if (${this.expr(3)}) {`);
        this.block(depth - 1, 1 + this.int(3));
        if (this.chance(0.5)) {
          this.line('} else {');
          this.block(depth - 1, 1 + this.int(3));
        }
        this.line('}');
        break;
      case 7: {
        if (this.loops >= 2) break;
        this.loops++;
        const i = this.name('i');
        const kind = this.int(3);
        const n = 1 + this.int(12);
        if (kind === 0) {
          this.line(`for (int ${i} = 0; ${i} < ${n} && --fuel > 0; ${i}++) {`);
          this.scoped({ name: i, type: 'int', mutable: false }, () =>
            this.block(depth - 1, 1 + this.int(4), true),
          );
          this.line('}');
        } else if (kind === 1) {
          this.line('{');
          this.indent++;
          this.line(`unsigned int ${i} = ${n};`);
          this.line(`while (${i}-- > 0 && --fuel > 0) {`);
          this.scoped({ name: i, type: 'unsigned int', mutable: false }, () =>
            this.block(depth - 1, 1 + this.int(4), true),
          );
          this.line('}');
          this.indent--;
          this.line('}');
        } else {
          this.line('do {');
          this.block(depth - 1, 1 + this.int(3), true);
          this.line(`} while (--fuel > 0 && (${this.expr(2)}) && (fuel & 7) != 0);`);
        }
        this.loops--;
        break;
      }
      case 8: {
        this.line(
          `switch (${this.chance(0.5) ? `(${this.expr(2)}) & ${this.pick([7, 15, 255])}` : this.expr(2)}) {`,
        );
        const values = new Set<string>();
        for (let i = 1 + this.int(7); i > 0; i--)
          values.add(String(this.chance(0.7) ? this.int(12) : this.int(300) - 20));
        for (const v of values) {
          this.line(`case ${v}:`);
          this.block(depth - 1, 1 + this.int(2));
          if (this.chance(0.7)) {
            this.indent++;
            this.line('break;');
            this.indent--;
          }
        }
        if (this.chance(0.7)) {
          this.line('default:');
          this.block(depth - 1, 1);
        }
        this.line('}');
        break;
      }
      case 9: {
        const effects = this.fns.filter((f) => !f.pure);
        if (effects.length === 0 || this.loops > 1) break;
        const t = this.target();
        const f = this.pick(effects);
        this.line('if (--fuel > 0)');
        this.indent++;
        // Effects where C orders them.
        const call = () => this.callOf(f, 2);
        const forms = [
          // An index is evaluated before or after the call, as the compiler likes.
          () => (t.text.includes('[') ? `note(${call()});` : `${t.text} = ${call()};`),
          () => `note((${this.expr(2)}) ${this.pick(['&&', '||'])} ${call()});`,
          () => `note((${this.expr(2)}) ? ${call()} : (${f.returns})(${this.expr(2)}));`,
          () => `note((${call()}, ${this.expr(2)}));`,
          () => `if (!(${this.expr(2)}) || (${call()} && (${this.expr(2)}))) note(${this.expr(1)});`,
        ];
        this.line(this.pick(forms)());
        this.indent--;
        break;
      }
      case 10: {
        const s = this.pick(this.objects);
        const p = this.name('p');
        const f = this.pick(s.struct.fields);
        this.line('{');
        this.indent++;
        this.line(`struct ${s.struct.name} ${p}v = ${s.name}, *${p} = &${p}v;`);
        this.line(`${p}->${f.name} = ${this.expr(2)};`);
        this.line(`note(${p}->${f.name});`);
        if (this.chance(0.5)) this.line(`${s.name} = *${p};`);
        this.indent--;
        this.line('}');
        break;
      }
      case 11: {
        const a = this.pick(this.arrays);
        const p = this.name('q');
        this.line('{');
        this.indent++;
        this.line(`${a.type} *${p} = ${a.name} + ((${this.simpleExpr()}) & ${a.size / 2 - 1});`);
        this.line(`*${p} = ${this.expr(2)};`);
        this.line(`${p}[1] = *${p};`);
        if (this.chance(0.5))
          this.line(
            `${this.chance(0.5) ? '++' : ''}${p}${this.chance(0.5) ? ' += 1' : '++'};`.replace(
              /^\+\+(\w+).*/,
              '++$1;',
            ),
          );
        this.line(`note(*${p} + (${p} - ${a.name}));`);
        this.indent--;
        this.line('}');
        break;
      }
      default:
        this.line(`note(${this.expr()});`);
    }
  }

  private scoped(v: Variable, body: () => void): void {
    this.locals.push(v);
    body();
    this.locals = this.locals.filter((l) => l !== v);
  }

  private block(depth: number, n: number, inLoop = false): void {
    this.indent++;
    const before = this.locals.length;
    if (this.chance(0.3)) {
      const v = { name: this.name('l'), type: this.pick(INTS), mutable: true };
      this.line(`${v.type} ${v.name} = ${this.expr(2)};`);
      this.locals.push(v);
    }
    for (let i = 0; i < n; i++) this.statement(depth);
    if (inLoop && this.chance(0.3)) {
      this.line(`if (${this.expr(2)})`);
      this.indent++;
      this.line(this.pick(['break;', 'continue;']));
      this.indent--;
    }
    this.locals.length = before;
    this.indent--;
  }

  private declareFunction(): void {
    const pure = this.chance(0.4);
    const f: Fn = {
      name: this.name('fn'),
      returns: this.pick(INTS),
      params: Array.from({ length: this.int(5) }, () => this.pick(INTS)),
      pure,
    };
    const params = f.params.map((type) => ({
      name: this.name('p'),
      type,
      mutable: !pure || this.chance(0.5),
    }));
    this.out.push(
      `static ${f.returns}`,
      `${f.name}(${params.map((p) => `${p.type} ${p.name}`).join(', ') || 'void'})`,
      '{',
    );
    this.indent = 1;
    this.locals = [...params];
    if (pure) {
      // Reads and writes only its own.
      const saved = [this.globals.splice(0), this.arrays.splice(0), this.objects.splice(0)] as const;
      const t = this.pick(WIDE);
      this.line(`${t} r = ${this.expr(3)};`);
      this.locals.push({ name: 'r', type: t, mutable: true });
      for (let i = this.int(3); i > 0; i--) this.line(`if (${this.expr(2)}) r = ${this.expr(3)};`);
      this.line(`return (${this.expr(2)} ^ r);`);
      this.globals.push(...saved[0]);
      this.arrays.push(...saved[1]);
      this.objects.push(...saved[2]);
    } else {
      for (let i = 2 + this.int(4); i > 0; i--) {
        const v = { name: this.name('l'), type: this.pick(INTS), mutable: true };
        this.line(`${v.type} ${v.name} = ${this.constant(v.type)};`);
        this.locals.push(v);
      }
      for (let i = 2 + this.int(6); i > 0; i--) this.statement(3);
      for (const v of this.locals) this.line(`note(${v.name});`);
      this.line(`return (${this.expr()});`);
    }
    this.out.push('}', '');
    this.locals = [];
    this.fns.push(f);
  }

  /** A table of function pointers, and a recursive function with a record argument and result. */
  private pointerFunctions(): void {
    const s = this.pick(this.structs);
    const f = this.pick(s.fields);
    this.out.push(
      `static struct ${s.name}`,
      `descend(struct ${s.name} v, int depth)`,
      '{',
      `\tif (depth <= 0 || --fuel <= 0)`,
      '\t\treturn (v);',
      `\tv.${f.name} = (unsigned long)v.${f.name} * 3 + depth;`,
      '\tv = descend(v, depth - 1);',
      `\tnote(v.${f.name});`,
      '\treturn (v);',
      '}',
      '',
      'static long up(long v) { return ((long)((unsigned long)v + 13)); }',
      'static long down(long v) { return ((long)((unsigned long)v * 7)); }',
      'static long flip(long v) { return (~v); }',
      'static long (*const table[3])(long) = { up, down, flip };',
      '',
    );
  }

  private main(): void {
    this.out.push('int', 'main(void)', '{');
    this.indent = 1;
    this.locals = [];
    this.line('long acc = 1;');
    this.line('int k;');
    for (let i = 3 + this.int(6); i > 0; i--) {
      this.statement(3);
      this.line('printf("%lx\\n", crc);');
    }
    for (const f of this.fns) {
      this.line(`note(${this.callOf(f, 2)});`);
      this.line('printf("%lx\\n", crc);');
    }
    const o = this.pick(this.objects);
    if (
      o.struct === this.structs[0] ||
      this.out.some((l) => l === `descend(struct ${o.struct.name} v, int depth)`)
    ) {
      if (this.out.includes(`descend(struct ${o.struct.name} v, int depth)`))
        this.line(`${o.name} = descend(${o.name}, ${1 + this.int(9)});`);
    }
    this.line('for (k = 0; k < 30; k++)');
    this.line('\tacc = table[(unsigned long)acc % 3](acc);');
    this.line('note(acc);');
    for (const g of this.globals) this.line(`printf("${g.name} %ld\\n", (long)${g.name});`);
    for (const a of this.arrays) {
      this.line(`for (k = 0; k < ${a.size}; k++)`);
      this.line(`\tnote(${a.name}[k]);`);
    }
    for (const s of this.objects)
      for (const f of s.struct.fields) this.line(`printf("${f.name} %ld\\n", (long)${s.name}.${f.name});`);
    this.line('printf("%lx\\n", crc);');
    this.line('return (crc & 63);');
    this.out.push('}');
  }
}
