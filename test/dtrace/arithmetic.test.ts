/**
 * Integer expressions of D against the same expressions of C, as gcc computed them.
 *
 * The expressions are drawn from a seed; gcc's answers are kept in arithmetic.json, so that the test needs no compiler. Where there is gcc it is
 * asked again, which shows the file to be true. `GOLDEN=1 npx vitest run test/dtrace/arithmetic.test.ts` writes it anew.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { options, Run } from './harness.ts';

const GOLDEN = 'test/dtrace/arithmetic.json';

/** Declared in both languages. Signed ones are small, so that nothing here depends on what signed overflow does. */
const VARIABLES: [type: string, name: string, value: string][] = [
  ['signed char', 'c', '-7'],
  ['unsigned char', 'uc', '250'],
  ['short', 's', '-300'],
  ['unsigned short', 'us', '65000'],
  ['int', 'i', '-1000'],
  ['int', 'j', '917'],
  ['unsigned int', 'u', '4294967290U'],
  ['unsigned int', 'v', '3U'],
  ['long long', 'l', '-123456789012LL'],
  ['unsigned long long', 'ul', '18446744073709551001ULL'],
];
const declare = ([type, name]: (typeof VARIABLES)[number]): string => `${type} ${name};`;
const assign = ([, name, value]: (typeof VARIABLES)[number]): string => `${name} = ${value};`;

const leaf = fc.constantFrom(...VARIABLES.map(([, name]) => name), '1', '2U', '3LL', '(-5)', '0x10', '7ULL');
const wide = fc.constantFrom('unsigned int', 'long long', 'unsigned long long');
const any = fc.constantFrom('signed char', 'unsigned char', 'short', 'unsigned short', 'int', 'unsigned int');

const expression: fc.Arbitrary<string> = fc.letrec<{ e: string }>((tie) => ({
  e: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    leaf,
    fc
      .tuple(tie('e'), fc.constantFrom('+', '-', '&', '|', '^', '<', '<=', '>', '>=', '==', '!='), tie('e'))
      .map(([l, op, r]) => `(${l} ${op} ${r})`),
    fc.tuple(wide, tie('e'), tie('e')).map(([t, l, r]) => `((${t})${l} * ${r})`),
    fc
      .tuple(tie('e'), fc.constantFrom('/', '%'), fc.integer({ min: 2, max: 99 }))
      .map(([l, op, n]) => `(${l} ${op} ${n})`),
    fc.tuple(tie('e'), fc.integer({ min: 0, max: 31 })).map(([l, n]) => `(${l} >> ${n})`),
    fc.tuple(wide, tie('e'), fc.integer({ min: 0, max: 31 })).map(([t, l, n]) => `((${t})${l} << ${n})`),
    fc.tuple(fc.constantFrom('~', '!', '-', '+'), tie('e')).map(([op, e]) => `(${op}${e})`),
    fc.tuple(any, tie('e')).map(([t, e]) => `((${t})${e})`),
    // D takes an arm while parsing when the condition is constant, and its type with it
    fc
      .tuple(fc.constantFrom('i < j', 'u', 'ul == v', '!l'), tie('e'), tie('e'))
      .map(([p, a, b]) => `((${p}) ? ${a} : ${b})`),
    fc.tuple(tie('e'), fc.constantFrom('&&', '||'), tie('e')).map(([l, op, r]) => `(${l} ${op} ${r})`),
  ),
})).e;

const EXPRESSIONS = [...new Set(fc.sample(expression, { numRuns: 700, seed: 20210607 }))].filter(
  (e) => e.length > 3,
);

/** Assignments to a declared variable of each type, then its value: what it is cut to. */
const ASSIGNMENTS = VARIABLES.flatMap(([type]) =>
  ['i', 'u', 'l', 'ul', 'uc'].flatMap((value) =>
    ['=', '+=', '-=', '^='].map((op) => ({ type, statement: `${op} ${value}` })),
  ),
).filter(({ type }) => type !== 'int');

function askC(): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'arithmetic-'));
  try {
    const body = [
      ...VARIABLES.map(declare),
      ...VARIABLES.map(assign),
      ...EXPRESSIONS.map((e) => `printf("%lld\\n", (long long)${e});`),
      ...ASSIGNMENTS.map(
        ({ type, statement }) => `{ ${type} x = 5; x ${statement}; printf("%lld\\n", (long long)x); }`,
      ),
    ];
    writeFileSync(
      join(dir, 'a.c'),
      `#include <stdio.h>\nint main(void) {\n${body.join('\n')}\nreturn 0; }\n`,
    );
    execFileSync('gcc', ['-w', '-O0', '-fwrapv', '-o', join(dir, 'a'), join(dir, 'a.c')]);
    return execFileSync(join(dir, 'a'), { encoding: 'utf8' }).trimEnd().split('\n');
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const hasC = ((): boolean => {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

function askD(): string[] {
  const show = (e: string): string => `printf("%lld\\n", (long long)${e});`;
  const clauses = [
    `BEGIN { ${VARIABLES.map(assign).join(' ')} }`,
    ...EXPRESSIONS.map((e) => `BEGIN { ${show(e)} }`),
    ...ASSIGNMENTS.map(({ statement }, i) => `BEGIN { x${i} = 5; x${i} ${statement}; ${show(`x${i}`)} }`),
  ];
  const program = [
    ...VARIABLES.map(declare),
    ...ASSIGNMENTS.map(({ type }, i) => `${type} x${i};`),
    ...clauses,
  ].join('\n');
  const run = new Run({ kind: 's', text: program, path: 'x.d' }, options('quiet', 'dynvarsize=4m'));
  return run
    .end()
    .split('\n')
    .slice(0, EXPRESSIONS.length + ASSIGNMENTS.length);
}

const titles = [...EXPRESSIONS, ...ASSIGNMENTS.map(({ type, statement }) => `${type} x = 5, x ${statement}`)];
const pairs = (values: string[]): Record<string, string> =>
  Object.fromEntries(titles.map((t, i) => [t, values[i]]));

describe('integer arithmetic', () => {
  if (process.env.GOLDEN) writeFileSync(GOLDEN, `${JSON.stringify(pairs(askC()), null, 1)}\n`);
  const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Record<string, string>;

  it('is C arithmetic', () => {
    expect(pairs(askD())).toEqual(golden);
  });

  it.runIf(hasC)('has the answers that gcc gives', () => {
    expect(pairs(askC())).toEqual(golden);
  });
});
