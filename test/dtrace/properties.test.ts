/** Properties over many inputs: against the C compiler where there is one, against direct definitions elsewhere. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CFlags, formatInteger, formatString } from '../../engine/dtrace/consumer/cformat.ts';
import { globMatch } from '../../engine/dtrace/glob.ts';
import { DtraceFailure } from '../../engine/dtrace/index.ts';
import { build, options, Run } from './harness.ts';

const SEED = 20210607;

const hasC = ((): boolean => {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Lines that a C program prints. */
function runC(statements: string[]): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'dtrace-'));
  try {
    writeFileSync(
      join(dir, 'a.c'),
      `#include <stdio.h>\nint main(void) {\n${statements.join('\n')}\nreturn 0; }\n`,
    );
    execFileSync('gcc', ['-w', '-O0', '-fwrapv', '-o', join(dir, 'a'), join(dir, 'a.c')]);
    return execFileSync(join(dir, 'a'), { encoding: 'utf8' }).split('\n').slice(0, -1);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const i64 = fc.oneof(
  fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  fc.bigInt({ min: -300n, max: 300n }),
);

const flagText = (f: CFlags): string =>
  `${f.alt ? '#' : ''}${f.zero ? '0' : ''}${f.left ? '-' : ''}${f.plus ? '+' : ''}${f.space ? ' ' : ''}` +
  `${f.width > 0 ? f.width : ''}${f.prec > 0 ? `.${f.prec}` : ''}`;

const cflags: fc.Arbitrary<CFlags> = fc.record({
  alt: fc.boolean(),
  zero: fc.boolean(),
  left: fc.boolean(),
  plus: fc.boolean(),
  space: fc.boolean(),
  width: fc.integer({ min: 0, max: 24 }),
  prec: fc.integer({ min: 0, max: 24 }),
});

describe.skipIf(!hasC)('against the C library', () => {
  it('formats integers and strings as printf(3)', () => {
    const cases = fc.sample(fc.tuple(cflags, fc.constantFrom('d', 'i', 'u', 'o', 'x', 'X', 's'), i64), {
      numRuns: 400,
      seed: SEED,
    });
    const c = cases.map(([f, letter, v]) =>
      letter === 's'
        ? `printf("%${flagText({ ...f, alt: false, zero: false, plus: false, space: false })}s\\n", "n${v}");`
        : `printf("%${flagText(f)}ll${letter}\\n", ${BigInt.asUintN(64, v)}ULL);`,
    );
    const ours = cases.map(([f, letter, v]) =>
      letter === 's'
        ? formatString(`n${v}`, { ...f, alt: false, zero: false, plus: false, space: false })
        : formatInteger(letter === 'd' || letter === 'i' ? v : BigInt.asUintN(64, v), letter, f),
    );
    expect(ours).toEqual(runC(c));
  });

  it('computes on 64-bit integers as C does, folded or in DIF', () => {
    const signed = fc.constantFrom('a', 'b', 'c');
    const unsigned = fc.constantFrom('u', 'v');
    const expression: fc.Arbitrary<string> = fc.letrec<{ e: string }>((tie) => ({
      e: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        signed,
        unsigned,
        i64.map((v) => (v < 0n ? `(${v + 1n}LL - 1LL)` : `${v}LL`)),
        fc
          .tuple(
            tie('e'),
            fc.constantFrom('+', '-', '*', '&', '|', '^', '<', '<=', '>', '>=', '==', '!='),
            tie('e'),
          )
          .map(([l, op, r]) => `((long long)(${l}) ${op} (${r}))`),
        fc
          .tuple(tie('e'), fc.constantFrom('<<', '>>'), fc.integer({ min: 0, max: 63 }))
          .map(([l, op, n]) => `((${l}) ${op} ${n})`),
        fc
          .tuple(tie('e'), fc.constantFrom('/', '%'), fc.integer({ min: 2, max: 1000 }))
          .map(([l, op, n]) => `((${l}) ${op} ${n}LL)`),
        tie('e').map((e) => `(~(unsigned long long)(${e}))`),
        tie('e').map((e) => `(-(long long)(${e}))`),
        fc
          .tuple(tie('e'), tie('e'), tie('e'))
          .map(([p, x, y]) => `((${p}) != 0 ? (long long)(${x}) : (long long)(${y}))`),
        tie('e').map((e) => `((long long)(int)(${e}))`),
        tie('e').map((e) => `((unsigned long long)(unsigned short)(${e}))`),
        tie('e').map((e) => `((long long)(char)(${e}))`),
      ),
    })).e;
    const values = { a: 7n, b: -123456789012n, c: (1n << 63n) - 5n, u: 0xffffffffffffff01n, v: 42n };
    const cases = fc.sample(expression, { numRuns: 150, seed: SEED });
    const literal = (v: bigint): string => (v < 0n ? `(-${-v}LL)` : v >> 63n ? `${v}ULL` : `${v}LL`);
    const declared = Object.entries(values).map(([name, v]) => {
      const type = name === 'u' || name === 'v' ? 'unsigned long long' : 'long long';
      return {
        c: `${type} ${name} = ${literal(v)};`,
        d: `${name} = (${type})${literal(v)};`,
        name,
        text: `((${type})${literal(v)})`,
      };
    });
    const fold = (e: string): string =>
      declared.reduce((s, d) => s.replaceAll(new RegExp(`\\b${d.name}\\b`, 'g'), d.text), e);
    const expected = runC([
      ...declared.map((d) => d.c),
      ...cases.map((e) => `printf("%lld\\n", (long long)(${e}));`),
    ]);
    const program = (use: (e: string) => string): string =>
      `BEGIN { ${declared.map((d) => d.d).join(' ')} }\n${cases.map((e) => `BEGIN { printf("%lld\\n", (long long)(${use(e)})); }`).join('\n')}`;
    const settings = (): ReturnType<typeof options> => options('quiet', 'dynvarsize=4m');
    const lines = (text: string): string[] => text.split('\n').slice(0, cases.length);
    expect(
      lines(
        new Run(
          program((e) => e),
          settings(),
        ).end(),
      ),
    ).toEqual(expected);
    expect(lines(new Run(program(fold), settings()).end())).toEqual(expected);
  });
});

/** Label and count of each row of a histogram that is not empty. */
const rows = (text: string): Record<string, number> => {
  const out: Record<string, number> = {};
  for (const m of text.matchAll(/^ *((?:[<>]=? )?-?\d+) \|@* +(\d+) *$/gm))
    if (m[2] !== '0') out[m[1]] = Number(m[2]);
  return out;
};
const histogram = (fun: (v: bigint) => string, values: bigint[]): Record<string, number> =>
  rows(new Run(`BEGIN { ${values.map((v) => `@ = ${fun(v)};`).join(' ')} }`, options('quiet')).end());
const tally = (labels: string[]): Record<string, number> => {
  const out: Record<string, number> = {};
  for (const l of labels) out[l] = (out[l] ?? 0) + 1;
  return out;
};
const number = (v: bigint): string => `(${v < 0n ? '-' : ''}${v < 0n ? -v : v}LL)`;

describe('histograms', () => {
  const value = fc.oneof(
    fc.bigInt({ min: -2000n, max: 100000n }),
    fc.bigInt({ min: -(1n << 50n), max: 1n << 50n }),
  );
  const values = fc.array(value, { minLength: 1, maxLength: 12 });

  it('quantize: the power of two that is nearest towards zero', () => {
    fc.assert(
      fc.property(values, (vs) => {
        const bucket = (v: bigint): bigint => {
          if (v === 0n) return 0n;
          const a = v < 0n ? -v : v;
          const p = 1n << BigInt(a.toString(2).length - 1);
          return v < 0n ? -p : p;
        };
        expect(histogram((v) => `quantize(${number(v)})`, vs)).toEqual(
          tally(vs.map((v) => String(bucket(v)))),
        );
      }),
      { numRuns: 40, seed: SEED },
    );
  });

  it('lquantize: steps from the base, and two ends', () => {
    fc.assert(
      fc.property(
        values,
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 40 }),
        (vs, base, step, n) => {
          const limit = base + step * n;
          const label = (v: bigint): string => {
            if (v < BigInt(base)) return `< ${base}`;
            if (v >= BigInt(limit)) return `>= ${limit}`;
            return String(base + step * Math.floor((Number(v) - base) / step));
          };
          expect(histogram((v) => `lquantize(${number(v)}, ${base}, ${limit}, ${step})`, vs)).toEqual(
            tally(vs.map(label)),
          );
        },
      ),
      { numRuns: 40, seed: SEED },
    );
  });

  it('llquantize: equal steps within each power of the factor', () => {
    const parameters = fc.constantFrom(
      [10, 0, 6, 10],
      [10, 2, 4, 20],
      [2, 0, 12, 4],
      [10, 1, 5, 100],
      [5, 0, 4, 25],
    );
    fc.assert(
      fc.property(values, parameters, (vs, [factor, low, high, steps]) => {
        const label = (v: bigint): string => {
          if (v < BigInt(factor ** low)) return `< ${factor ** low}`;
          if (v >= BigInt(factor ** (high + 1))) return `>= ${factor ** (high + 1)}`;
          let m = low;
          while (v >= BigInt(factor ** (m + 1))) m++;
          // `steps` of them make up the whole of the magnitude's end, but never less than one unit
          const next = factor ** (m + 1);
          const width = next > steps ? next / steps : 1;
          const start = factor ** m;
          return String(start + width * Math.floor((Number(v) - start) / width));
        };
        expect(
          histogram((v) => `llquantize(${number(v)}, ${factor}, ${low}, ${high}, ${steps})`, vs),
        ).toEqual(tally(vs.map(label)));
      }),
      { numRuns: 40, seed: SEED },
    );
  });
});

describe('robustness', () => {
  const TOKENS = (
    'BEGIN END fbt::malloc:entry syscall::: tick-1 { } ( ) [ ] / ; , : ? = == + - * % & | ^ ! ~ << >> <= && || ++ -- += -> . ` @ @a $1 $target ' +
    '1 0 0x10 077 1.5 "s" \'c\' x self->x this->y a[1] pid execname arg0 args[0] curthread timestamp trace printf printa count sum quantize lquantize ' +
    'stack ustack exit strlen stringof sizeof offsetof xlate if else int char unsigned long struct union enum typedef inline translator provider ' +
    'proc psinfo_t string void self this #pragma \n'
  ).split(' ');

  it('ends every heap of tokens in a program or a message', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...TOKENS), { maxLength: 25 }), fc.boolean(), (tokens, script) => {
        const text = tokens.join(' ');
        try {
          build(script ? { kind: 's', text, path: 'x.d' } : `BEGIN { ${text} }`);
        } catch (e) {
          if (!(e instanceof DtraceFailure)) throw e;
          expect(e.message).toMatch(/^dtrace: /);
        }
      }),
      { numRuns: 600, seed: SEED },
    );
  });

  it('ends every string of characters in a program or a message', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40, unit: 'binary' }), (text) => {
        try {
          build({ kind: 's', text, path: 'x.d' });
        } catch (e) {
          if (!(e instanceof DtraceFailure)) throw e;
        }
      }),
      { numRuns: 300, seed: SEED },
    );
  });

  it('answers deep nesting with a message', () => {
    for (const text of [
      `${'('.repeat(20000)}1${')'.repeat(20000)}`,
      `${'!'.repeat(20000)}1`,
      `1${' + 1'.repeat(5000)}`,
    ])
      try {
        build(`BEGIN { trace(${text}); }`);
      } catch (e) {
        if (!(e instanceof DtraceFailure)) throw e;
      }
  });

  it('compiles 500 clauses of their own aggregations and variables', () => {
    const lines = Array.from(
      { length: 500 },
      (_, i) =>
        `fbt::malloc:entry\n/arg0 > ${i}/\n{ @a${i}[execname, arg0] = quantize(arg0 * ${i});\n x${i} = timestamp; }`,
    );
    const { ecbs } = build({ kind: 's', text: lines.join('\n'), path: 'x.d' });
    expect(ecbs.length).toBe(500);
    expect(ecbs[499].actions.map((a) => a.kind)).toEqual(ecbs[0].actions.map((a) => a.kind));
  });
});

describe('patterns of probe descriptions', () => {
  it('match as regular expressions of the same meaning would', () => {
    const piece = fc.constantFrom('a', 'b', '*', '?', '[ab]', '[!a]', '[a-c]');
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') }),
        (pieces, text) => {
          const regexp = new RegExp(
            `^${pieces.map((p) => (p === '*' ? '.*' : p === '?' ? '.' : p.replace('!', '^'))).join('')}$`,
          );
          expect(globMatch(pieces.join(''), text)).toBe(regexp.test(text));
        },
      ),
      { numRuns: 500, seed: SEED },
    );
  });
});
